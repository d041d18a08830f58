"""A disk under the store that a test watches, and lets fail (受控磁盘)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import TypeAlias

import apsw
from msgspec import Struct

_NUMBERS = count()


class Write(Struct, frozen=True):
    """Some bytes that are to be written; ``path`` is the file's."""

    path: str
    offset: int
    data: bytes


class Cut(Struct, frozen=True):
    """A file that is to have another size."""

    path: str
    size: int


class Flush(Struct, frozen=True):
    """A file whose writes are to be brought to the disk."""

    path: str


class Delete(Struct, frozen=True):
    """A file that is to be deleted."""

    path: str


Event: TypeAlias = Write | Cut | Flush | Delete
Listen: TypeAlias = Callable[[Event], None]


class _Disk(apsw.VFS):
    def __init__(self, name: str, listen: Listen) -> None:
        super().__init__(name, "")
        self._listen = listen

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        if name is None:
            return apsw.VFSFile("", name, flags)  # for SQLite's own passing use
        return _File(name, flags, self._listen)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self._listen(Delete(filename))
        super().xDelete(filename, syncdir)


class _File(apsw.VFSFile):
    def __init__(self, name: str | apsw.URIFilename, flags: list[int], listen: Listen) -> None:
        super().__init__("", name, flags)
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._is_read_only = bool(flags[1] & apsw.SQLITE_OPEN_READONLY)
        self._listen = listen

    def xWrite(self, data: bytes, offset: int) -> None:
        self._listen(Write(self._path, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        self._listen(Cut(self._path, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        self._listen(Flush(self._path))
        super().xSync(flags)

    def xLock(self, level: int) -> None:
        if self._is_read_only and level == apsw.SQLITE_LOCK_EXCLUSIVE:
            raise apsw.BusyError("this file was opened for reading")  # SQLite takes it as "not now"
        super().xLock(level)


@contextmanager
def disk(listen: Listen) -> Iterator[str]:
    """The name of a disk that tells of each change before it is made; what ``listen`` raises is its fault."""
    name = f"test-disk-{next(_NUMBERS)}"
    vfs = _Disk(name, listen)
    try:
        yield name
    finally:
        vfs.unregister()


def failed_write() -> apsw.Error:
    """What a disk says that could not write."""
    fault = apsw.IOError("the disk failed to write")
    fault.extendedresult = apsw.SQLITE_IOERR_WRITE  # type: ignore[attr-defined]  # its stub has it for reading only
    return fault


def failed_flush() -> apsw.Error:
    """What a disk says that could not bring everything to where it lasts."""
    fault = apsw.IOError("the disk failed to flush")
    fault.extendedresult = apsw.SQLITE_IOERR_FSYNC  # type: ignore[attr-defined]  # as above
    return fault


def no_room() -> apsw.Error:
    """What a disk says that is full."""
    return apsw.FullError("no room is left")
