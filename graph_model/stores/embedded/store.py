"""The store object: the contract of ``stores.base`` over one SQLite file (嵌入式存储)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from pathlib import Path

import apsw

from graph_model.errors import StoreError, StoreUnavailableError
from graph_model.exchange import Batch, Edited, EditRequest, Written
from graph_model.stores.base import Decide
from graph_model.stores.embedded.editing import Waiting, write_group
from graph_model.stores.embedded.faults import translated
from graph_model.stores.embedded.files import (
    check_file,
    check_for_reading,
    check_library,
    connect,
    prepare_for_writing,
)
from graph_model.stores.embedded.lock import WriterLock
from graph_model.stores.embedded.reader import EmbeddedReader
from graph_model.stores.embedded.writing import transaction, write_batches

_GROUP = 256
"""How many edits one transaction takes at most."""


class Mode(Enum):
    """What a store is opened for."""

    READER = "reader"
    WRITER = "writer"


class EmbeddedStore(EmbeddedReader):
    """A store over one SQLite file, or over a database in memory; made by ``open_store``.

    For one thread, that of the event loop: reads never wait for anything but SQLite, and block the loop while they run.
    A read takes well under a millisecond for a village. ``apply`` blocks the loop as long as it needs, so that loading
    a whole data set is for a process of its own; edits are decided and written in a thread of their own, all that wait
    in one transaction. Reads see each commit, of this or another process, as soon as it is done.
    """

    def __init__(
        self,
        place: str,
        path: Path | None,
        reading: apsw.Connection,
        writing: apsw.Connection | None,
        lock: WriterLock | None,
    ) -> None:
        super().__init__(place, path, reading)
        self._writing = writing
        self._lock = lock
        self._waiting: list[tuple[Waiting, asyncio.Future[Edited]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="zeren-writer")

    async def apply(
        self, batches: Sequence[Batch], *, recorded_at: int, author: str, progress: Callable[[int], None] | None = None
    ) -> tuple[Written, ...]:
        """As ``StoreWriter``. Raises StoreError on a store that was opened for reading.

        When it returns, what it wrote is on the disk. An exception of ``progress`` undoes everything, as any other.
        """
        self._check_open()
        if self._writing is None:
            raise StoreError(f"{self._place}: it was opened for reading; open it for writing")
        async with self._turn:
            with translated(self._place), transaction(self._writing):
                return write_batches(
                    self._writing, batches, recorded_at=recorded_at, author=author, progress=progress or _ignore
                )

    async def edit(self, decide: Decide, request: EditRequest, *, recorded_at: int) -> Edited:
        """As ``StoreWriter``. Raises StoreError on a store that was opened for reading.

        ``decide`` runs in the thread that writes. When this returns, what it wrote is on the disk.
        """
        self._check_open()
        if self._writing is None:
            raise StoreError(f"{self._place}: it was opened for reading; open it for writing")
        outcome: asyncio.Future[Edited] = asyncio.get_running_loop().create_future()
        self._waiting.append((Waiting(decide, request, recorded_at), outcome))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_waiting(self._writing))
        return await outcome

    async def _write_waiting(self, writing: apsw.Connection) -> None:
        """Write all that wait, group after group, until none is left."""
        try:
            while self._waiting:
                async with self._turn:
                    taken, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
                    # Nobody waits any longer for one that was cancelled, and it was not begun: it is not written.
                    group = [(waiting, outcome) for waiting, outcome in taken if not outcome.done()]
                    outcomes = await self._write_apart(writing, [waiting for waiting, _ in group])
                for (_, outcome), edited in zip(group, outcomes, strict=True):
                    if outcome.done():
                        continue
                    if isinstance(edited, Exception):
                        outcome.set_exception(edited)
                    else:
                        outcome.set_result(edited)
        finally:
            self._writer = None

    async def _write_apart(self, writing: apsw.Connection, group: Sequence[Waiting]) -> Sequence[Edited | Exception]:
        if self._path is None:  # a database in memory has one connection, which is the loop's
            return self._write_group(writing, group)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._write_group, writing, group)

    def _write_group(self, writing: apsw.Connection, group: Sequence[Waiting]) -> Sequence[Edited | Exception]:
        try:
            with translated(self._place):
                return write_group(writing, self._place, group)
        except Exception as fault:  # the transaction came to nothing, for each of them
            return [fault] * len(group)

    async def close(self) -> None:
        """As ``Store``. Edits that wait are refused; the group that is being written is written to its end."""
        if self._is_closed:
            return
        self._is_closed = True
        left, self._waiting = self._waiting, []
        for _, outcome in left:
            if not outcome.done():
                outcome.set_exception(StoreUnavailableError(f"{self._place}: this store was closed"))
        if self._writer is not None:
            await self._writer
        self._thread.shutdown()
        with translated(self._place):
            try:
                self._reading.close()
                if self._writing is not None:
                    self._writing.close()
            finally:
                if self._lock is not None:
                    self._lock.release()


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
