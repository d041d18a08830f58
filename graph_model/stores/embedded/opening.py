"""Opening a store: what lies there is checked, made, or brought up to date (打开)."""

from __future__ import annotations

from contextlib import ExitStack
from enum import Enum
from pathlib import Path

import apsw

from graph_model.errors import StoreError, StoreUnavailableError
from graph_model.stores.embedded.acknowledged import Note, check_gone, check_kept, read_note
from graph_model.stores.embedded.chain import CHECKED_AT_START, check_chain, last_entry
from graph_model.stores.embedded.faults import translated
from graph_model.stores.embedded.files import check_file, check_for_reading, check_library, connect, refuse_strangers
from graph_model.stores.embedded.flushing import flush_folder
from graph_model.stores.embedded.lock import WriterLock
from graph_model.stores.embedded.migrating import migrate, upgrade
from graph_model.stores.embedded.pages import PAGE_SIZE, RESERVED
from graph_model.stores.embedded.snapshot import snapshot
from graph_model.stores.embedded.store import EmbeddedStore
from graph_model.stores.embedded.writer import Writer

_MEMORY = "sqlite:///:memory:"


class Mode(Enum):
    """What a store is opened for."""

    READER = "reader"
    WRITER = "writer"


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
    refuse_strangers(path)
    path = path.resolve()  # one lock, whatever links lead there
    _make_folder(path.parent)
    lock = WriterLock(path)
    try:
        found = check_file(path, disk, writable=True)
        if found.schema is None:
            check_gone(path, place)
        with translated(place):
            if found.is_of_earlier_release:
                migrate(path, found, disk)
            return _open_writing(path, place, lock, disk)
    except BaseException:
        lock.release()
        raise


def _open_writing(path: Path, place: str, lock: WriterLock, disk: str) -> EmbeddedStore:
    with ExitStack() as undoing:
        writing = connect(path, writable=True, disk=disk)
        undoing.callback(writing.close)
        # A store that is refused stays as it is, with its log.
        writing.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        _prepare(writing, path)
        reading = _open_reading(path, place, disk)
        undoing.callback(reading.close)
        note = Note(path)
        undoing.callback(note.close)
        note.write(last_entry(writing))
        note.flush()
        writing.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
        undoing.pop_all()
        return EmbeddedStore(place, path, reading, Writer(place, writing, lock, note), disk)


def _make_folder(folder: Path) -> None:
    """Make a folder with those above it, so that a power cut does not take them away again."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for made in missing:
            flush_folder(made.parent)
    except OSError as fault:
        raise StoreUnavailableError(f"{folder}: this folder cannot be made: {fault.strerror}") from fault


def _prepare(connection: apsw.Connection, path: Path | None) -> None:
    """Set a database up so that what is acknowledged survives a power cut; a new one is given its tables."""
    if path is not None:
        if connection.readonly("main"):  # SQLite does so by itself where it may not write
            raise StoreUnavailableError(f"{path}: it cannot be opened for writing: this user may only read it")
        connection.pragma("page_size", PAGE_SIZE)
        connection.reserve_bytes("main", RESERVED)
        mode = connection.pragma("journal_mode", "wal")
        if mode != "wal":
            raise StoreError(
                f"{path}: its file system allows no write-ahead log (it stays at {mode}); use a local disk"
            )
    connection.pragma("synchronous", "FULL")
    connection.pragma("fullfsync", "ON")  # for macOS, whose flushes go no further than the disk's own memory otherwise
    connection.pragma("checkpoint_fullfsync", "ON")
    connection.pragma("journal_size_limit", 64 << 20)
    upgrade(connection)
    if path is not None:
        flush_folder(path.parent)


def _open_reading(path: Path, place: str, disk: str) -> apsw.Connection:
    """A connection to read with.

    Raises StoreInvalidError where the newest entries of the journal are not in order, or not those acknowledged.
    """
    noted = read_note(path.resolve())
    connection = connect(path, writable=False, disk=disk)
    try:
        with snapshot(connection, None):
            check_kept(connection, place, noted)
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
    _prepare(connection, None)
    return EmbeddedStore(_MEMORY, None, connection, Writer(_MEMORY, connection))
