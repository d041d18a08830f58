"""The store object: the contract of ``stores.base`` over one SQLite file (嵌入式存储)."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TypeVar

import apsw

from graph_model.errors import StoreError, StoreUnavailableError
from graph_model.exchange import (
    Batch,
    Count,
    Edge,
    End,
    Header,
    Hit,
    HitPage,
    Page,
    RelationPage,
    Vacated,
    Wanted,
    Window,
    Written,
)
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import Family, Tally
from graph_model.stores.embedded import counting, listing, searching, surroundings
from graph_model.stores.embedded.faults import translated
from graph_model.stores.embedded.files import (
    check_file,
    check_for_reading,
    check_library,
    connect,
    prepare_for_writing,
)
from graph_model.stores.embedded.lock import WriterLock
from graph_model.stores.embedded.snapshot import Snapshot, snapshot
from graph_model.stores.embedded.writing import transaction, write_batches

_HEADERS_KEPT = 16
_TALLIES_KEPT = 4096

Row = TypeVar("Row")


class Mode(Enum):
    """What a store is opened for."""

    READER = "reader"
    WRITER = "writer"


class EmbeddedStore:
    """A store over one SQLite file, or over a database in memory; made by ``open_store``.

    For one thread, that of the event loop: the coroutines never wait for anything but SQLite, and block the loop while
    they run. A read takes well under a millisecond for a village; a write as long as it needs, so that loading a whole
    data set is for a process of its own. Reads see each commit, of this or another process, as soon as it is done.
    """

    def __init__(
        self,
        place: str,
        path: Path | None,
        reading: apsw.Connection,
        writing: apsw.Connection | None,
        lock: WriterLock | None,
    ) -> None:
        self._place = place
        self._path = path
        self._reading = reading
        self._writing = writing
        self._lock = lock
        self._headers: dict[int, Header] = {}
        self._tallied: dict[tuple[int, int, Tally], int | None] = {}
        self._is_closed = False
        self._identity = _identity(path)

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
        self, keys: Sequence[str], window: Window, recorded_as_of: int | None = None
    ) -> Neighbourhood:
        """As ``StoreReader``."""
        with self._snapshot(recorded_as_of) as seen:
            return surroundings.read_neighbourhood(seen, keys, window)

    async def lookup(self, ids: Sequence[str], recorded_as_of: int | None = None) -> Neighbourhood:
        """As ``StoreReader``."""
        with self._snapshot(recorded_as_of) as seen:
            return surroundings.read_nodes(seen, ids)

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

    def edges(self, recorded_as_of: int | None = None) -> AsyncIterator[Edge | Vacated]:
        """As ``StoreReader``."""
        return self._stream(counting.iter_edges, recorded_as_of)

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
            connection = connect(self._path, writable=False)
            try:
                with snapshot(connection, recorded_as_of) as seen:
                    for row in read(seen):
                        yield row
            finally:
                connection.close()

    async def apply(
        self, batches: Sequence[Batch], *, recorded_at: int, author: str, progress: Callable[[int], None] | None = None
    ) -> tuple[Written, ...]:
        """As ``StoreWriter``. Raises StoreError on a store that was opened for reading.

        When it returns, what it wrote is on the disk. An exception of ``progress`` undoes everything, as any other.
        """
        self._check_open()
        if self._writing is None:
            raise StoreError(f"{self._place}: it was opened for reading; open it for writing")
        with translated(self._place), transaction(self._writing):
            return write_batches(
                self._writing, batches, recorded_at=recorded_at, author=author, progress=progress or _ignore
            )

    async def close(self) -> None:
        """As ``Store``."""
        if self._is_closed:
            return
        self._is_closed = True
        with translated(self._place):
            try:
                self._reading.close()
                if self._writing is not None:
                    self._writing.close()
            finally:
                if self._lock is not None:
                    self._lock.release()

    @contextmanager
    def _snapshot(self, recorded_as_of: int | None) -> Iterator[Snapshot]:
        self._check_open()
        with translated(self._place), snapshot(self._reading, recorded_as_of) as seen:
            yield seen

    def _check_open(self) -> None:
        if self._is_closed:
            raise StoreUnavailableError(f"{self._place}: this store was closed")
        if _identity(self._path) != self._identity:
            raise StoreUnavailableError(
                f"{self._place}: the file was moved, deleted or replaced since it was opened; restart what serves it"
            )


def _identity(path: Path | None) -> tuple[int, int] | None:
    """Which file lies at a path: an open connection would go on answering from one that is no longer there."""
    try:
        status = None if path is None else os.stat(path)
    except OSError:
        return None
    return None if status is None else (status.st_dev, status.st_ino)


def _ignore(_: int) -> None:
    """No progress is asked for."""


def open_file(path: Path, mode: Mode) -> EmbeddedStore:
    """The store in a file. Raises a StoreError that says what lies there, and what to do."""
    check_library(apsw.sqlite_lib_version())
    place, path = str(path), path.absolute()
    if mode is Mode.READER:
        check_for_reading(path)
        with translated(place):
            return EmbeddedStore(place, path, connect(path, writable=False), None, None)
    check_file(path)
    path = path.resolve()  # one lock, whatever links lead there
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreUnavailableError(f"{path.parent}: this folder cannot be made: {fault.strerror}") from fault
    lock = WriterLock(path)
    try:
        check_file(path)  # another writer may have been faster
        with translated(place):
            writing = connect(path, writable=True)
            try:
                prepare_for_writing(writing, path)
                return EmbeddedStore(place, path, connect(path, writable=False), writing, lock)
            except BaseException:
                writing.close()
                raise
    except BaseException:
        lock.release()
        raise


def open_memory(mode: Mode) -> EmbeddedStore:
    """A store that lives as long as its object: for tests, and for trying things out."""
    check_library(apsw.sqlite_lib_version())
    if mode is Mode.READER:
        raise StoreUnavailableError("sqlite:///:memory: holds nothing until it is written: open it for writing")
    connection = connect(None, writable=True)
    prepare_for_writing(connection, None)
    return EmbeddedStore("sqlite:///:memory:", None, connection, connection, None)
