"""What was written, and what it changed (跟随): journal, histories, chains between checkpoints, the next write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TypeVar

from graph_model.chain_changes import ChainChanges, State, Wish, find_chain_changes, find_traces_between
from graph_model.checkpoint import BEGINNING, Checkpoint, parse_checkpoint
from graph_model.errors import (
    CheckpointUnknownError,
)
from graph_model.exchange import (
    ChangePage,
    EntryPage,
    HistoryPage,
)
from graph_model.facade.framed import Framed
from graph_model.questions.traces import Traces
from graph_model.regime_file import decode_regime
from graph_model.watching import HeadWatch

_CHANGES_KEPT = 16
K = TypeVar("K")
V = TypeVar("V")
_ChangesKey = tuple[Checkpoint, Checkpoint, str, int, str, frozenset[str] | None]


class Following(Framed):
    """The part of the facade that looks back on writes, and waits for the next one."""

    @cached_property
    def _chain_changes(self) -> dict[_ChangesKey, ChainChanges]:
        return {}

    @cached_property
    def _traces(self) -> dict[tuple[Checkpoint, Checkpoint], Traces | None]:
        return {}

    @cached_property
    def _watch(self) -> HeadWatch:
        return HeadWatch(self.last_checkpoint, self._watch_seconds)

    @cached_property
    def _area_turn(self) -> asyncio.Semaphore:
        return asyncio.Semaphore(1)

    @cached_property
    def _chain_turn(self) -> asyncio.Semaphore:
        return asyncio.Semaphore(1)

    async def journal(self, *, first: int, before: int | None = None) -> EntryPage:
        """A page of the journal, the newest entry first."""
        return await self._store.journal(first=first, before=before)

    async def changes(
        self,
        *,
        since: int = 0,
        until: int | None = None,
        touching: str | None = None,
        first: int,
        after: tuple[int, str] | None = None,
    ) -> ChangePage:
        """A page of what was written after one generation and up to another, record by record."""
        return await self._store.changes(since=since, until=until, touching=touching, first=first, after=after)

    async def history(self, touching: str, *, first: int, after: tuple[int, str] | None = None) -> HistoryPage:
        """A page of what was ever recorded of a node or a record (id), and of all records about it, oldest first."""
        page = await self._store.changes(touching=touching, first=first, after=after)
        entries = await self._store.entries(sorted({change.number for change in page.changes}))
        rows = tuple((entries[change.number], change) for change in page.changes)
        return HistoryPage(rows, page.total or 0, page.has_next)

    async def checkpoint_of(self, generation: int) -> Checkpoint:
        """The checkpoint of a generation, that of a frame for instance."""
        entry = (await self._store.entries([generation])).get(generation)
        return BEGINNING if entry is None else Checkpoint(entry.number, entry.recorded_at)

    async def chain_changes(
        self,
        since: Checkpoint,
        until: Checkpoint,
        within: str,
        day: int,
        *,
        regime: str | None = None,
        lanes: Sequence[str] | None = None,
    ) -> ChainChanges:
        """The targets in a division (id) whose chains on a day (ordinal) differ between the states after two writes.

        Bounded, however much was written (see ``graph_model.chain_changes``), and kept: what lies between two writes
        never changes. Raises BadUserInputError for an unknown regime or lane, RangeTooLargeError.
        """
        after = await self.frame(None, until.recorded_at)
        chosen = after.regime(regime)
        wanted = None if lanes is None else chosen.check_lanes(lanes)
        key = (since, until, within, day, chosen.code, wanted)
        async with self._area_turn:  # those who ask for the same find it when their turn comes
            known = self._chain_changes.get(key)
            if known is None:
                states = (await self._state(since, chosen.code), await self._state(until, chosen.code))
                wish = Wish(within, day, wanted)
                known = await find_chain_changes(self._store, wish, *states, since=since.number, until=until.number)
                _make_room(self._chain_changes)
                self._chain_changes[key] = known
            return known

    async def may_show(self, since: Checkpoint, until: Checkpoint, hangs_on: AbstractSet[str]) -> bool:
        """Whether what lies between two writes may show in a chain that hung together with some nodes before.

        Looked up once for all who ask; cheap then.
        """
        key = (since, until)
        if key not in self._traces:
            found = await find_traces_between(self._store, since.number, until.number)
            _make_room(self._traces)
            self._traces[key] = found
        traces = self._traces[key]
        return traces is None or traces.may_show_among(hangs_on)

    async def next_write(self, known: Checkpoint) -> Checkpoint:
        """Wait until the store has been written since, by whatever process, and gives its last write.

        All who wait share one look at the store every ``watch_seconds``. Raises StoreError where it fails.
        """
        return await self._watch.beyond(known)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One after the other: one write may be a reason to look at thousands of chains, and others ask meanwhile."""
        async with self._chain_turn:
            await asyncio.sleep(0)
            yield

    async def _state(self, checkpoint: Checkpoint, regime: str) -> State:
        header = await self._store.header(checkpoint.recorded_at)
        content = header.regimes.get(regime)
        return State(checkpoint.recorded_at, None if content is None else decode_regime(content), header.coverages)

    async def last_checkpoint(self) -> Checkpoint:
        """The checkpoint of the last write."""
        return await self.checkpoint_of((await self.refresh()).header.generation)

    async def find_checkpoint(self, text: str, argument: str) -> Checkpoint:
        """The checkpoint of a text. Raises BadUserInputError, CheckpointUnknownError if it is none of this store's."""
        asked = parse_checkpoint(text, argument)
        entry = (await self._store.entries([asked.number])).get(asked.number)
        if asked != BEGINNING and (entry is None or entry.recorded_at != asked.recorded_at):
            raise CheckpointUnknownError(
                f"{argument}: there was no such write here: {text}; the store is another one, or was restored: read "
                "anew what you show, and go on from `dataset { checkpoint }`"
            )
        return asked


def _make_room(kept: dict[K, V]) -> None:
    """Let go of the oldest, so that one more may be kept."""
    while len(kept) >= _CHANGES_KEPT:
        del kept[next(iter(kept))]
