"""Reading one SQLite file: the contract's reader (读取)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import apsw

from graph_model.errors import StoreUnavailableError
from graph_model.exchange import (
    ChangePage,
    Count,
    Edge,
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
)
from graph_model.neighbourhood import Neighbourhood
from graph_model.outline import Outline
from graph_model.records import AnyRecord, Family, Tally
from graph_model.stores.embedded import counting, listing, outlining, recorded, replaying, searching, surroundings
from graph_model.stores.embedded.faults import translated
from graph_model.stores.embedded.files import connect
from graph_model.stores.embedded.snapshot import Snapshot, snapshot

_HEADERS_KEPT = 16
_TALLIES_KEPT = 4096

Row = TypeVar("Row")


class EmbeddedReader:
    """What can be read over one connection: the last commit, or inside a write transaction what it has written."""

    def __init__(
        self,
        place: str,
        path: Path | None,
        reading: apsw.Connection,
        *,
        disk: str = "",
        is_within_transaction: bool = False,
    ) -> None:
        self._place = place
        self._path = path
        self._reading = reading
        self._disk = disk
        self._is_within_transaction = is_within_transaction
        self._headers: dict[int, Header] = {}
        self._tallied: dict[tuple[int, int, Tally], int | None] = {}
        self._state: Snapshot | None = None
        self._is_closed = False
        self._identity = _identity(path)

    @classmethod
    def within(cls, connection: apsw.Connection, place: str) -> EmbeddedReader:
        """A reader of the state inside the transaction that a connection is in; for its decision alone."""
        return cls(place, None, connection, is_within_transaction=True)

    async def header(self, recorded_as_of: int | None = None) -> Header:
        """As ``StoreReader``; read from the tables once a generation."""
        with self._snapshot(recorded_as_of) as seen:
            header = self._headers.get(seen.generation)
            if header is None:
                header = listing.read_header(seen)
                if len(self._headers) == _HEADERS_KEPT:
                    del self._headers[next(iter(self._headers))]
                self._headers[seen.generation] = header
            return header

    async def counts(self, recorded_as_of: int | None = None) -> tuple[Count, ...]:
        """As ``StoreReader``."""
        with self._snapshot(recorded_as_of) as seen:
            return listing.read_counts(seen)

    async def neighbourhood(
        self, keys: Sequence[str], window: Window, recorded_as_of: int | None = None, *, own_only: bool = False
    ) -> Neighbourhood:
        """As ``StoreReader``."""
        with self._snapshot(recorded_as_of) as seen:
            return surroundings.read_neighbourhood(seen, keys, window, own_only=own_only)

    async def lookup(self, ids: Sequence[str], recorded_as_of: int | None = None) -> Neighbourhood:
        """As ``StoreReader``."""
        with self._snapshot(recorded_as_of) as seen:
            return surroundings.read_nodes(seen, ids)

    async def records(self, ids: Sequence[str], recorded_as_of: int | None = None) -> dict[str, AnyRecord]:
        """As ``StoreReader``."""
        with self._snapshot(recorded_as_of) as seen:
            return listing.read_by_ids(seen, ids)

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
        """As ``StoreReader``."""
        with self._snapshot(recorded_as_of) as seen:
            return listing.read_relations(seen, nodes, family, end, window, first=first, after=after, regimes=regimes)

    async def assignments(
        self,
        wanted: Wanted,
        window: Window,
        *,
        first: int,
        after: tuple[str, str] | None = None,
        recorded_as_of: int | None = None,
    ) -> RelationPage:
        """As ``StoreReader``."""
        with self._snapshot(recorded_as_of) as seen:
            return listing.read_assignments(seen, wanted, window, first=first, after=after)

    async def descendants(
        self, node: str, level: str, window: Window, recorded_as_of: int | None = None
    ) -> Neighbourhood:
        """As ``StoreReader``."""
        with self._snapshot(recorded_as_of) as seen:
            return surroundings.read_descendants(seen, node, level, window)

    async def assets(self, node: str, window: Window, recorded_as_of: int | None = None) -> Neighbourhood:
        """As ``StoreReader``."""
        with self._snapshot(recorded_as_of) as seen:
            return surroundings.read_assets(seen, node, window)

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
        """As ``StoreReader``. Raises BadUserInputError for a type that does not exist."""
        with self._snapshot(recorded_as_of) as seen:
            return listing.read_records(seen, record_type, first=first, after=after, kind=kind, prefix=prefix)

    async def search(
        self,
        text: str,
        window: Window,
        *,
        first: int,
        after: Hit | None = None,
        recorded_as_of: int | None = None,
    ) -> HitPage:
        """As ``StoreReader``."""
        with self._snapshot(recorded_as_of) as seen:
            return searching.read_hits(seen, text, window, first=first, after=after)

    async def tally(
        self, tallies: Sequence[Tally], day: int, recorded_as_of: int | None = None
    ) -> tuple[int | None, ...]:
        """As ``StoreReader``; each tally is counted once a generation and day."""
        with self._snapshot(recorded_as_of) as seen:
            if len(self._tallied) > _TALLIES_KEPT:
                self._tallied.clear()
            for tally in tallies:
                key = (seen.generation, day, tally)
                if key not in self._tallied:
                    self._tallied[key] = counting.count(seen, tally, day)
            return tuple(self._tallied[seen.generation, day, tally] for tally in tallies)

    async def journal(self, *, first: int, before: int | None = None) -> EntryPage:
        """As ``StoreReader``."""
        with self._snapshot(None) as seen:
            return recorded.read_journal(seen, first=first, before=before)

    async def entries(self, numbers: Sequence[int]) -> dict[int, Entry]:
        """As ``StoreReader``."""
        with self._snapshot(None) as seen:
            return recorded.read_entries(seen, numbers)

    async def changes(
        self,
        *,
        since: int = 0,
        until: int | None = None,
        touching: str | None = None,
        first: int,
        after: tuple[int, str] | None = None,
    ) -> ChangePage:
        """As ``StoreReader``."""
        with self._snapshot(None) as seen:
            return recorded.read_changes(seen, since=since, until=until, touching=touching, first=first, after=after)

    async def read_write(self, number: int) -> WholeWrite:
        """As ``StoreReader``."""
        with self._snapshot(None) as seen:
            return replaying.read_write(seen, self._place, number)

    async def outline(self, recorded_as_of: int | None = None) -> Outline:
        """As ``StoreReader``; on a connection of its own, so that other questions may be asked meanwhile."""
        if self._path is None:
            with self._snapshot(recorded_as_of) as seen:
                return await _finish(outlining.read_outline(seen), is_alone=True)
        self._check_open()
        with translated(self._place):
            connection = connect(self._path, writable=False, disk=self._disk)
            try:
                with snapshot(connection, recorded_as_of) as seen:
                    return await _finish(outlining.read_outline(seen), is_alone=False)
            finally:
                connection.close()

    def versions(self) -> AsyncIterator[Stored]:
        """As ``StoreReader``."""
        return self._stream(listing.iter_versions, None)

    def edges(self, recorded_as_of: int | None = None) -> AsyncIterator[Edge | Vacated]:
        """As ``StoreReader``."""
        return self._stream(counting.iter_edges, recorded_as_of)

    def of_origin(self, origin: str, recorded_as_of: int | None = None) -> AsyncIterator[AnyRecord]:
        """As ``StoreReader``."""
        return self._stream(lambda seen: listing.iter_origin(seen, origin), recorded_as_of)

    def dump(self, recorded_as_of: int | None = None) -> AsyncIterator[tuple[str, bytes]]:
        """As ``StoreReader``."""
        return self._stream(listing.iter_dump, recorded_as_of)

    async def _stream(
        self, read: Callable[[Snapshot], Iterator[Row]], recorded_as_of: int | None
    ) -> AsyncIterator[Row]:
        """Row by row, on a connection of its own, so that other questions may be asked meanwhile."""
        if self._path is None:
            with self._snapshot(recorded_as_of) as seen:
                rows = list(read(seen))
            for row in rows:
                yield row
            return
        self._check_open()
        with translated(self._place):
            connection = connect(self._path, writable=False, disk=self._disk)
            try:
                with snapshot(connection, recorded_as_of) as seen:
                    for row in read(seen):
                        yield row
            finally:
                connection.close()

    @contextmanager
    def _snapshot(self, recorded_as_of: int | None) -> Iterator[Snapshot]:
        self._check_open()
        with translated(self._place):
            if self._is_within_transaction:
                if recorded_as_of is None and self._state is None:
                    self._state = Snapshot(self._reading, None)  # nobody else writes until the decision is taken
                yield self._state if recorded_as_of is None and self._state else Snapshot(self._reading, recorded_as_of)
            else:
                with snapshot(self._reading, recorded_as_of) as seen:
                    yield seen

    def _check_open(self) -> None:
        if self._is_closed:
            raise StoreUnavailableError(f"{self._place}: this store was closed")
        if _identity(self._path) != self._identity:
            raise StoreUnavailableError(
                f"{self._place}: the file was moved, deleted or replaced since it was opened; restart what serves it"
            )


async def _finish(steps: Generator[None, None, Row], *, is_alone: bool) -> Row:
    """What comes of some steps; others have their turn in between, unless it must be alone."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            result: Row = done.value
            return result
        if not is_alone:
            await asyncio.sleep(0)


def _identity(path: Path | None) -> tuple[int, int] | None:
    """Which file lies at a path: an open connection would go on answering from one that is no longer there."""
    try:
        status = None if path is None else os.stat(path)
    except OSError:
        return None
    return None if status is None else (status.st_dev, status.st_ino)
