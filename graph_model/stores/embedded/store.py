"""The store object: the contract of ``stores.base`` over one SQLite file (嵌入式存储)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path

import apsw

from graph_model.errors import StoreError, StoreUnavailableError
from graph_model.exchange import Batch, Edited, EditRequest, Written
from graph_model.stores.base import Decide
from graph_model.stores.embedded.chain import CHECKED_AT_START, check_chain
from graph_model.stores.embedded.editing import Waiting
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
from graph_model.stores.embedded.snapshot import snapshot
from graph_model.stores.embedded.writer import Writer

_MEMORY = "sqlite:///:memory:"


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
        self, place: str, path: Path | None, reading: apsw.Connection, writer: Writer | None, disk: str = ""
    ) -> None:
        super().__init__(place, path, reading, disk=disk)
        self._writer = writer

    async def apply(
        self, batches: Sequence[Batch], *, recorded_at: int, author: str, progress: Callable[[int], None] | None = None
    ) -> tuple[Written, ...]:
        """As ``StoreWriter``. Raises StoreError on a store that was opened for reading.

        When it returns, what it wrote is on the disk. An exception of ``progress`` undoes everything, as any other.
        """
        writer = self._open_writer()
        return await writer.apply(batches, recorded_at=recorded_at, author=author, progress=progress or _ignore)

    async def edit(self, decide: Decide, request: EditRequest, *, recorded_at: int) -> Edited:
        """As ``StoreWriter``. Raises StoreError on a store that was opened for reading.

        ``decide`` runs in the thread that writes. When this returns, what it wrote is on the disk.
        """
        return await self._open_writer().edit(Waiting(decide, request, recorded_at))

    async def check_writing(self) -> None:
        """As ``StoreWriter``."""
        self._check_open()
        if self._writer is not None:
            self._writer.check()

    def _open_writer(self) -> Writer:
        self._check_open()
        if self._writer is None:
            raise StoreError(f"{self._place}: it was opened for reading; open it for writing")
        return self._writer

    async def close(self) -> None:
        """As ``Store``. Edits that wait are refused; the group that is being written is written to its end."""
        if self._is_closed:
            return
        self._is_closed = True
        with translated(self._place):
            try:
                self._reading.close()
            finally:
                if self._writer is not None:
                    await self._writer.close()


def _ignore(_: int) -> None:
    """No progress is asked for."""


def open_file(path: Path, mode: Mode, disk: str = "") -> EmbeddedStore:
    """The store in a file. Raises a StoreError that says what lies there, and what to do.

    ``disk`` as for ``connect``.
    """
    check_library(apsw.sqlite_lib_version())
    place, path = str(path), path.absolute()
    if mode is Mode.READER:
        check_for_reading(path, disk)
        with translated(place):
            return EmbeddedStore(place, path, _open_reading(path, place, disk), None, disk)
    check_file(path, disk)
    path = path.resolve()  # one lock, whatever links lead there
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreUnavailableError(f"{path.parent}: this folder cannot be made: {fault.strerror}") from fault
    lock = WriterLock(path)
    try:
        check_file(path, disk)  # another writer may have been faster
        with translated(place):
            writing = connect(path, writable=True, disk=disk)
            try:
                prepare_for_writing(writing, path)
                return EmbeddedStore(place, path, _open_reading(path, place, disk), Writer(place, writing, lock), disk)
            except BaseException:
                writing.close()
                raise
    except BaseException:
        lock.release()
        raise


def _open_reading(path: Path, place: str, disk: str) -> apsw.Connection:
    """A connection to read with. Raises StoreInvalidError where the newest entries of the journal are not in order."""
    connection = connect(path, writable=False, disk=disk)
    try:
        with snapshot(connection, None):
            check_chain(connection, place, newest=CHECKED_AT_START)
    except BaseException:
        connection.close()
        raise
    return connection


def open_memory(mode: Mode) -> EmbeddedStore:
    """A store that lives as long as its object: for tests, and for trying things out."""
    check_library(apsw.sqlite_lib_version())
    if mode is Mode.READER:
        raise StoreUnavailableError(f"{_MEMORY} holds nothing until it is written: open it for writing")
    connection = connect(None, writable=True)
    prepare_for_writing(connection, None)
    return EmbeddedStore(_MEMORY, None, connection, Writer(_MEMORY, connection, None))
