"""The contract of a store, written for an embedded and for a remote one.

A store keeps every version of every record and answers no question itself: it fetches records, and questions are pure
functions over them. Days are ordinals (``graph_model.dates``). ``recorded_as_of`` is a moment in microseconds since
1970-01-01 UTC: the store must answer as it would have answered then; None means now. "Current" below means current at
that moment.

All methods are coroutines, so that a remote store need not block; all lists are in the stated order, by code point,
so that every store gives the same bytes. Every method raises StoreUnavailableError, or another StoreError, when the
store cannot answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Protocol

from graph_model.exchange import (
    Batch,
    ChangePage,
    Count,
    Edge,
    Edit,
    Edited,
    EditRequest,
    End,
    Entry,
    EntryPage,
    Header,
    Hit,
    HitPage,
    Page,
    RelationPage,
    Stored,
    Vacated,
    Wanted,
    WholeWrite,
    Window,
    Written,
)
from graph_model.neighbourhood import Neighbourhood
from graph_model.outline import Outline
from graph_model.records import AnyRecord, Family, Tally


class StoreReader(Protocol):
    """Reading. Must be safe beside a writer in this or another process, and must see its writes once committed."""

    async def header(self, recorded_as_of: int | None = None) -> Header:
        """The data set's header."""
        ...

    async def counts(self, recorded_as_of: int | None = None) -> tuple[Count, ...]:
        """The counts by provenance, in the order SOURCE, DERIVED, SYNTHETIC; all three, also where they are zero."""
        ...

    async def neighbourhood(
        self, keys: Sequence[str], window: Window, recorded_as_of: int | None = None, *, own_only: bool = False
    ) -> Neighbourhood:
        """What chains and duties of some targets need, in one round trip.

        A key is a node's id (it contains a colon) or a code of a division, household, organisation or asset. Seeds: the
        nodes with that id, or those that ever had that code (Code claims; a household's, organisation's, asset's code).
        Then must be there, each once, and nothing is missing though more may be there:

        - up: the seeds and, over current containment relations that are possible on some day of the window (source
          to target), all that is reached; with these relations;
        - assignments: current responsibility relations whose target is in up and that may have begun by the window's
          last day, ended ones included;
        - seats: the sources of these; the current holding relations to them that are possible in the window, with the
          person; the containment relations reached from them as in up, with their nodes;
        - all current claims about nodes in up and seats;
        - the node records of all of these (a relation's end without a record stays without), and the documents that
          the bases of all these relations and claims name.

        With ``own_only`` the assignments whose target is a seed are enough, and nothing that their seats lie in.

        A key that nothing answers to has an empty tuple in ``seeds``.
        """
        ...

    async def lookup(self, ids: Sequence[str], recorded_as_of: int | None = None) -> Neighbourhood:
        """The current nodes with these ids, all their claims, and no relations; unknown ids are left away."""
        ...

    async def records(self, ids: Sequence[str], recorded_as_of: int | None = None) -> dict[str, AnyRecord]:
        """The current records with these ids, of any type, by their id; unknown ids are left away."""
        ...

    async def relations(
        self,
        nodes: Sequence[str],
        family: Family,
        end: End,
        window: Window,
        *,
        first: int,
        after: tuple[str, str, str] | None = None,
        regimes: Sequence[str] | None = None,
        recorded_as_of: int | None = None,
    ) -> dict[str, RelationPage]:
        """A page of the current relations of a family that have each node at ``end``, in one round trip.

        Only those possible on some day of the window and, where ``regimes`` is given, of these regimes. ``after`` is
        (kind, other end's id, relation id) of the last one seen. ``total`` does not depend on ``after``. Every node
        has a page, also an unknown one.
        """
        ...

    async def assignments(
        self,
        wanted: Wanted,
        window: Window,
        *,
        first: int,
        after: tuple[str, str] | None = None,
        recorded_as_of: int | None = None,
    ) -> RelationPage:
        """A page of the current responsibility relations that are wanted and possible in the window.

        In the order (kind, id); ``after`` is that of the last one seen. ``total`` does not depend on ``after``.
        """
        ...

    async def descendants(
        self, node: str, level: str, window: Window, recorded_as_of: int | None = None
    ) -> Neighbourhood:
        """The divisions of a level that are reached downwards from a node over containment possible in the window.

        The walk passes through divisions only, and goes no further below one of the level; the node itself is not
        among those found. With their claims, and with all containment relations possible in the window that are
        reached upwards from them, also outside of the node: whether one lies surely in it hangs on its alternatives.
        Of other nodes there must be no records.
        """
        ...

    async def assets(self, node: str, window: Window, recorded_as_of: int | None = None) -> Neighbourhood:
        """The assets that are reached downwards from a node over containment possible in the window.

        The walk passes through divisions and assets only, and goes on below an asset; the node itself is not among
        those found. What comes with them is as for ``descendants``.
        """
        ...

    async def list_records(
        self,
        record_type: str,
        *,
        first: int,
        after: str | None = None,
        kind: str | None = None,
        prefix: str = "",
        recorded_as_of: int | None = None,
    ) -> Page:
        """A page of the current records of one type tag, by ``order_key``; ``after`` is the last key seen.

        Only those whose ``kind_of`` is ``kind``, where it is given, and whose key begins with ``prefix``.
        """
        ...

    async def search(
        self,
        text: str,
        window: Window,
        *,
        first: int,
        after: Hit | None = None,
        recorded_as_of: int | None = None,
    ) -> HitPage:
        """A page of nodes whose search keys (``search_keys``) equal, begin with, or contain ``text``, each node once.

        ``text`` must come from ``search_keys.normalise``. Only keys possible on some day of the window count; a
        node's best grade counts. A hit's ``rank`` is ``search_keys.search_rank``; its ``code`` a division's code on
        the window's first day, picked as ``questions.naming.pick`` does (CERTAIN before POSSIBLE, then the latest
        observation on or before the day, then the earliest after, then the text), an organisation's or asset's
        ``code``, else the id.
        """
        ...

    async def tally(
        self, tallies: Sequence[Tally], day: int, recorded_as_of: int | None = None
    ) -> tuple[int | None, ...]:
        """What some tallies count on a day, in their order, in one round trip.

        Counted are current records that are CERTAIN on the day by their own validity. Nodes have none and always
        count, but a measure only from the last day of its period on. An end without a node's record is of no sort.
        None, and not 0, where no current record fits the tally, whatever its time: not recorded is not nothing.
        """
        ...

    def edges(self, recorded_as_of: int | None = None) -> AsyncIterator[Edge | Vacated]:
        """All current vacancies, then all current relations, light, each once; streaming, one consistent state.

        For checks of the whole graph, never for a question: it goes through everything.
        """
        ...

    async def outline(self, recorded_as_of: int | None = None) -> Outline:
        """The whole graph, as light as whoever judges all of it at once can do with; one consistent state.

        All current nodes that answer or are answered for; all current containment, holding and responsibility
        relations; all current designations, vacancies and exemptions; in any order. Goes through everything: an answer
        is kept for as long as nothing is written. Lets other questions in between.
        """
        ...

    async def journal(self, *, first: int, before: int | None = None) -> EntryPage:
        """A page of the journal, the newest entry first; ``before`` is the number of the last one seen."""
        ...

    async def entries(self, numbers: Sequence[int]) -> dict[int, Entry]:
        """The entries of the journal with these numbers, by number; unknown ones are left away."""
        ...

    async def changes(
        self,
        *,
        since: int = 0,
        until: int | None = None,
        touching: str | None = None,
        first: int,
        after: tuple[int, str] | None = None,
    ) -> ChangePage:
        """A page of what the writes with ``since`` < number <= ``until`` did, in the order (number, record's id).

        With ``touching`` (an id) only the records that have it as id, as a claim's subject, or as an end of a relation
        (before or after), and with the total. ``after`` is (number, record's id) of the last one seen; the total does
        not depend on it.
        """
        ...

    async def read_write(self, number: int) -> WholeWrite:
        """One write in full, by its number, for ``replay``. Raises StoreError where there is no such write."""
        ...

    def versions(self) -> AsyncIterator[Stored]:
        """Every version of every record that was ever current, in any order; streaming, one consistent state."""
        ...

    def of_origin(self, origin: str, recorded_as_of: int | None = None) -> AsyncIterator[AnyRecord]:
        """All current records of an origin, in any order; streaming, one consistent state. None of an unknown one."""
        ...

    def dump(self, recorded_as_of: int | None = None) -> AsyncIterator[tuple[str, bytes]]:
        """All current records as (origin, canonical JSON), in the order (type, id); streaming, one consistent state."""
        ...


Decide = Callable[[StoreReader], Awaitable[Edit]]
"""What decides on an edit: it is given a reader, and must await nothing else."""


class StoreWriter(Protocol):
    """Writing. There must be one writer at a time; a second one gets StoreLockedError."""

    async def apply(
        self,
        batches: Sequence[Batch],
        *,
        recorded_at: int,
        author: str,
        progress: Callable[[int], None] | None = None,
        upon: int | None = None,
    ) -> tuple[Written, ...]:
        """Write some batches in one transaction: all or nothing; one Written a batch.

        The recorded time must be later than any before: the store takes the later of ``recorded_at`` and the last
        one plus one microsecond; nothing changes, and no generation is counted, where all is unchanged. ``progress``
        is told how many records were handled since its last call; what it raises undoes everything. Raises BatchError,
        naming each record, where an id belongs to another origin already (one that gives it up in the same call does
        not count), where two different records of a call have one id, or where two batches have one origin.

        ``upon``: the generation that it was decided by; raises StaleWriteError where it is no longer the last one.

        What the origin ``EDITS`` has, or has a Retraction of, is left alone and counted as ``kept``, unless the call
        has a batch of that origin itself.
        """
        ...

    async def edit(self, decide: Decide, request: EditRequest, *, recorded_at: int) -> Edited:
        """Decide on an edit and write it, in one transaction; when this returns, it is written for good.

        ``decide`` sees the state that it is written upon, with nobody writing in between; it may be called more than
        once, and what it raises undoes the edit and is raised here. Its reader sees no later than the transaction's
        beginning, and must not be used afterwards. All that is put belongs to the origin ``EDITS`` from then on; an id
        to remove that nothing has is passed over. The recorded time is chosen as ``apply`` does. Nothing is written,
        and no generation counted, where nothing differs.

        A key that the author used before: with the same digest nothing is decided, and the first answer is given
        again; with another one KeyReusedError is raised.

        Whoever is told of an error that is no CommitUnknownError can count on it that nothing was written.
        """
        ...

    async def check_writing(self) -> None:
        """Raises StoreFencedError where a fault stopped the writing; nothing on a store opened for reading only."""
        ...

    async def replay(self, write: WholeWrite, *, progress: Callable[[int], None] | None = None) -> None:
        """Write what another store wrote, with its number, recorded time, author, reason, key and answer.

        It must be the write that follows this store's last one: raises StoreError where its number does not follow, or
        where the content afterwards would have another digest than the entry says; nothing is written then.
        """
        ...


class Store(StoreReader, StoreWriter, Protocol):
    """A store that reads and writes."""

    async def warm_up(self) -> None:
        """Take the time now that the first questions would lose; must return soon, and go on by itself.

        Raises StoreUnavailableError as long as it goes on, and another StoreError where it failed; next time it begins
        anew. Where nothing was lost since it ended, it has nothing to do.
        """
        ...

    async def close(self) -> None:
        """Let go of files and connections; closing twice does nothing."""
        ...
