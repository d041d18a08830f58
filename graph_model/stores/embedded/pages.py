"""Pages that vouch for themselves (页校验): a checksum in each page of a store's file, checked at every reading.

SQLite leaves the last bytes of a page alone where it is told to. A layer below it (a VFS) fills them, whenever a page
goes into the file, with the CRC-32 of the page's number and content, and refuses a page that does not fit: flipped
bits, a torn page, a page in another's place, an end that was cut off. A page on its way through the write-ahead log has
none; the log has checksums of its own, which SQLite checks when it reads a log that was left behind, and this layer
checks that what a writer reads from its log is what it wrote.

SQLite alone reads such a file, and ignores the checksums; whoever writes to it without this layer damages it.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import Final
from zlib import crc32

import apsw

from graph_model.stores.embedded.flushing import Descriptors, flush

PAGE_SIZE: Final = 4_096
RESERVED: Final = 4
"""Bytes at the end of a page that hold its checksum."""

_CONTENT = PAGE_SIZE - RESERVED
_SPREAD = 2_654_435_761  # odd, so that each page number begins its checksum with another 32 bits
_FLUSHES_ITSELF = sys.platform == "linux"


class DamagedPageError(apsw.CorruptError):
    """A page that is not what was written there; the message says which."""


def page_layer(disk: str = "") -> str:
    """The name of the layer over a VFS (SQLite's own by default), to open connections with."""
    return _layer(disk).name


@cache
def _layer(disk: str) -> _Layer:
    return _Layer(f"zeren-{disk}" if disk else "zeren", disk)  # SQLite knows it by name only: it must live on


class _Layer(apsw.VFS):
    """Puts a file of ours over each file of a store; what else SQLite opens is left as it is."""

    def __init__(self, name: str, disk: str) -> None:
        super().__init__(name, disk)
        self.name = name
        self._disk = disk
        self._descriptors = Descriptors() if _FLUSHES_ITSELF and not disk else None

    def xFullPathname(self, name: str) -> str:
        """As SQLite has it, links resolved: what it says of them gets lost between two layers."""
        return super().xFullPathname(os.path.realpath(name))

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        """As SQLite has it."""
        if name is not None and flags[0] & apsw.SQLITE_OPEN_MAIN_DB:
            return _PageFile(self._disk, name, flags, self._descriptors)
        if name is not None and flags[0] & apsw.SQLITE_OPEN_WAL:
            return _LogFile(self._disk, name, flags, is_flushed_here=self._descriptors is not None)
        return apsw.VFSFile(self._disk, name, flags)


class _PageFile(apsw.VFSFile):
    """The file itself: whole pages go in and out, each with its checksum."""

    def __init__(
        self, disk: str, name: str | apsw.URIFilename, flags: list[int], descriptors: Descriptors | None
    ) -> None:
        super().__init__(disk, name, flags)
        self._read, self._write = super().xRead, super().xWrite
        self._is_read_only = bool(flags[1] & apsw.SQLITE_OPEN_READONLY)
        self._descriptors = descriptors
        self._shared = None if descriptors is None else descriptors.enter(_path(name))

    def xRead(self, amount: int, offset: int) -> bytes:
        """As SQLite has it. Raises DamagedPageError."""
        number, start = divmod(offset, PAGE_SIZE)
        if number == 0 and amount < PAGE_SIZE:
            # SQLite looks at the header before it knows of a log, which may have the first page anew while that of the
            # file is half-written. The page itself it reads whole, wherever it lies.
            return self._read(amount, offset)
        if amount > PAGE_SIZE:
            raise DamagedPageError(f"page {number + 1} is read as if pages had {amount} bytes: its header was changed")
        page = self._read(PAGE_SIZE, offset - start)
        if len(page) < PAGE_SIZE:
            # An empty file is a new one; and a writer that undoes may look where the file ended before.
            if not page and (number == 0 or not self._is_read_only):
                return b""
            raise DamagedPageError(f"page {number + 1}, at byte {number * PAGE_SIZE}, was cut off")
        if crc32(memoryview(page)[:_CONTENT], number * _SPREAD & 0xFFFFFFFF) != int.from_bytes(page[_CONTENT:], "big"):
            raise DamagedPageError(f"page {number + 1}, at byte {number * PAGE_SIZE}, is not what was written there")
        return page if amount == PAGE_SIZE else page[start : start + amount]

    def xWrite(self, data: bytes, offset: int) -> None:
        """As SQLite has it."""
        number, start = divmod(offset, PAGE_SIZE)
        if start or len(data) != PAGE_SIZE:
            raise apsw.IOError(f"{len(data)} bytes at byte {offset} are no page")
        content = data[:_CONTENT]
        self._write(content + crc32(content, number * _SPREAD & 0xFFFFFFFF).to_bytes(RESERVED, "big"), offset)

    def xDeviceCharacteristics(self) -> int:
        """As SQLite has it: it must not read parts of a page behind the back of its own cache."""
        return super().xDeviceCharacteristics() & ~apsw.SQLITE_IOCAP_SUBPAGE_READ

    def xSync(self, flags: int) -> None:
        """As SQLite has it."""
        if self._shared is None:
            super().xSync(flags)
        else:
            flush(self._shared.descriptor())

    def xLock(self, level: int) -> None:
        """As SQLite has it."""
        if self._is_read_only and level == apsw.SQLITE_LOCK_EXCLUSIVE:
            raise apsw.BusyError("it was opened for reading")  # for SQLite: not now, and nothing is wrong
        super().xLock(level)

    def xClose(self) -> None:
        """As SQLite has it."""
        super().xClose()
        if self._descriptors is not None and self._shared is not None:
            self._descriptors.leave(self._shared)


class _LogFile(apsw.VFSFile):
    """The write-ahead log: what is read must be what was written through this file, where it was."""

    def __init__(self, disk: str, name: str | apsw.URIFilename, flags: list[int], *, is_flushed_here: bool) -> None:
        super().__init__(disk, name, flags)
        self._read, self._write = super().xRead, super().xWrite
        self._written: dict[int, int] = {}
        self._descriptor = os.open(_path(name), os.O_RDONLY) if is_flushed_here else None
        self._was_flushed = False

    def xRead(self, amount: int, offset: int) -> bytes:
        """As SQLite has it. Raises DamagedPageError."""
        data = self._read(amount, offset)
        if amount == PAGE_SIZE and offset in self._written and self._written[offset] != crc32(data):
            raise DamagedPageError(f"the write-ahead log, at byte {offset}, is not what was written there")
        return data

    def xWrite(self, data: bytes, offset: int) -> None:
        """As SQLite has it."""
        if offset == 0:  # its header: the log begins anew
            self._written.clear()
        self._written.pop(offset, None)
        self._write(data, offset)
        if len(data) == PAGE_SIZE:
            self._written[offset] = crc32(data)

    def xSync(self, flags: int) -> None:
        """As SQLite has it."""
        if self._descriptor is None or not self._was_flushed:
            super().xSync(flags)  # the first time it flushes the folder too
            self._was_flushed = True
        else:
            flush(self._descriptor)

    def xClose(self) -> None:
        """As SQLite has it."""
        super().xClose()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _path(name: str | apsw.URIFilename) -> str:
    return name if isinstance(name, str) else name.filename()
