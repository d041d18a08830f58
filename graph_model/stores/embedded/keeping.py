"""Backups of a store, and putting one in its place (备份与恢复)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph_model.errors import StoreInvalidError, StoreUnavailableError
from graph_model.stores.embedded.copying import check_room, copy_into, give_owner_of
from graph_model.stores.embedded.faults import translated
from graph_model.stores.embedded.files import check_for_reading, connect
from graph_model.stores.embedded.flushing import flush_file, flush_folder
from graph_model.stores.embedded.lock import WriterLock
from graph_model.stores.embedded.verifying import Verified, verify_file

BESIDE = ("-wal", "-shm", "-journal", ".last", ".loaded", ".lock", ".new")
"""How the names of what lies beside a store, and belongs to it, end."""


def back_up(path: Path, out: Path) -> Verified:
    """Write a copy of a store into one file, while others read it and write to it; what was found in the copy.

    The file takes its place, that of an earlier backup perhaps, once it is on the disk and was gone through as
    ``verify_file`` does. Raises a StoreError; nothing has changed then.
    """
    check_for_reading(path)
    out = out.resolve()
    if belongs(path.resolve(), out):
        raise StoreInvalidError(f"{out}: it belongs to the store: choose another file for the backup")
    with _file_beside(out) as part:
        check_room(path, part.parent, "a backup")
        verified = _copy(path, part)
        part.replace(out)
        flush_folder(out.parent)
    return verified


def restore(backup: Path, path: Path) -> tuple[Verified, Path | None]:
    """Put a copy of a backup in a store's place; what was found in it, and where what was there lies now.

    What was there is kept with all that belongs to it. Nobody must have the store open: a writer is refused with
    StoreLockedError; who reads it is told by the next question that the file was replaced. Raises a StoreError for a
    backup that is not whole; nothing has changed then.
    """
    check_for_reading(backup)
    path = path.resolve()
    lock = WriterLock(path)
    try:
        with _file_beside(path) as part:
            check_room(backup, part.parent, "a copy of the backup")
            verified = _copy(backup, part)
            aside = _move_aside(path)
            part.replace(path)
            # Until now the note has guarded the place: what it names may not be in the backup.
            note = path.with_name(path.name + ".last")
            if aside is None:
                note.unlink(missing_ok=True)
            elif note.exists():
                note.replace(aside.with_name(aside.name + ".last"))
            flush_folder(path.parent)
    finally:
        lock.release()
    return verified, aside


def _copy(path: Path, part: Path) -> Verified:
    with translated(str(path)):
        connection = connect(path, writable=False)
        try:
            copy_into(connection, part)
        finally:
            connection.close()
    give_owner_of(path, part)
    flush_file(part)
    return verify_file(part)


@contextmanager
def _file_beside(target: Path) -> Iterator[Path]:
    """An empty file under a name that nobody has, which is gone afterwards unless it was renamed."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as fault:
        raise StoreUnavailableError(f"{target}: it cannot be written: {fault.strerror}") from fault
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            Path(name + ending).unlink(missing_ok=True)


def belongs(path: Path, out: Path) -> bool:
    """Whether a file is that of a store, or lies beside it and belongs to it; both paths are resolved ones."""
    if out.exists() and path.samefile(out):
        return True
    return out.parent == path.parent and out.name in {path.name + ending for ending in BESIDE}


def _move_aside(path: Path) -> Path | None:
    """Give a store and its log another name; its new path, None where there is none. Its note stays."""
    if not path.exists():
        return None
    number = 1
    while (aside := path.with_name(f"{path.name}.replaced-{number}")).exists():
        number += 1
    for ending in ("-wal", "", "-shm"):
        found = path.with_name(path.name + ending)
        if found.exists():
            found.replace(aside.with_name(aside.name + ending))
    path.with_name(path.name + ".loaded").unlink(missing_ok=True)  # it was about the other content
    return aside
