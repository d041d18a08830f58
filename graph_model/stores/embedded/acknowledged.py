"""What was acknowledged, noted beside the store (已确认记录): whatever a store lost since can then not go unnoticed.

A log that was deleted, cut off or damaged, or an older copy put in a store's place, leaves a store that is whole and
lacks its newest writes. So the number and checksum of the last write are noted in ``<store>.last`` before anybody is
told of it. The note is flushed now and then only: after a loss of power it may name an earlier write, and never one
that the store does not have.
"""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import apsw

from graph_model.errors import StoreInvalidError, StoreUnavailableError
from graph_model.stores.embedded.chain import Last, last_entry
from graph_model.stores.embedded.flushing import flush_folder

_CHECKSUM = "SELECT checksum FROM write WHERE number = ?"
_LINE = re.compile(rb"([0-9]{20}) ([0-9a-f]{64})\n")
_TRIES = 10


class Note:
    """The note of a store that is open for writing. Raises StoreUnavailableError where it cannot be opened."""

    def __init__(self, store: Path) -> None:
        path = _path(store)
        is_new = not path.exists()
        try:
            self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, store.stat().st_mode & 0o777), "r+b", 0)
            if is_new:
                flush_folder(path.parent)
        except OSError as fault:
            raise StoreUnavailableError(f"{path}: it cannot be opened for writing: {fault.strerror}") from fault

    def write(self, last: Last) -> None:
        """Note a write that is on the disk. Raises apsw.IOError; on a full disk the note stays at an earlier one."""
        try:
            self._file.seek(0)
            self._file.write(b"%020d %b\n" % (last.number, last.checksum.hex().encode()))
        except OSError as fault:
            if fault.errno != errno.ENOSPC:
                raise apsw.IOError(f"{self._file.name} cannot be written: {fault.strerror}") from fault

    def flush(self) -> None:
        """Bring the note to the disk. Raises apsw.IOError."""
        try:
            os.fsync(self._file.fileno())
        except OSError as fault:
            raise apsw.IOError(f"the note of the last write cannot be flushed: {fault.strerror}") from fault

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def read_note(store: Path) -> Last | None:
    """The write that a store's note names; None where there is no note. Raises StoreInvalidError for a damaged one."""
    path, content = _path(store), b""
    for _ in range(_TRIES):  # it may be written meanwhile
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise StoreUnavailableError(f"{path}: it cannot be read: {fault.strerror}") from fault
        found = _LINE.fullmatch(content)
        if found is not None:
            return Last(number=int(found[1]), checksum=bytes.fromhex(found[2].decode()))
    if not content.strip(b"\0"):
        return None  # it was made, and nothing reached the disk before a loss of power
    raise StoreInvalidError(
        f"{path}: it is damaged: it names no write; the store beside it may be whole: delete this file, and let"
        " `python -m loaders verify` look at the store"
    )


def check_kept(connection: apsw.Connection, place: str, noted: Last | None) -> None:
    """Check that a store has the write that was noted, which must have been read before the connection's snapshot.

    Raises StoreInvalidError.
    """
    if noted is None or not noted.number:
        return
    checksum = connection.execute(_CHECKSUM, (noted.number,)).get
    if checksum == noted.checksum:
        return
    if checksum is None:
        held = last_entry(connection).number
        what = f"it holds {held} writes, and {noted.number} were acknowledged: the newest are lost, with its log"
    else:
        what = f"its write {noted.number} is another one than was acknowledged: it belongs to another store"
    raise StoreInvalidError(
        f"{place}: it is damaged: {what}; put it back as it was, or a backup in its place (docs/durability.md); to"
        f" go on with what is there, delete {place}.last"
    )


def check_gone(store: Path, place: str) -> None:
    """Raises StoreInvalidError for a note without a store."""
    noted = read_note(store)
    if noted is not None and noted.number:
        raise StoreInvalidError(
            f"{place}: it is gone, and {noted.number} writes to it were acknowledged; put it back, or a backup in its"
            f" place (docs/durability.md); to begin anew, delete {place}.last"
        )


def _path(store: Path) -> Path:
    return store.with_name(store.name + ".last")
