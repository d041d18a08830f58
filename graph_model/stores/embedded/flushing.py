"""Bringing files and folders to the disk (落盘)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import Lock

import apsw


class Shared:
    """A descriptor of our own of a file that SQLite has open, and how often it is open."""

    def __init__(self, path: str, key: tuple[int, int]) -> None:
        self.key = key
        self.users = 0
        self._path = path
        self._descriptor: int | None = None

    def descriptor(self) -> int:
        """The descriptor, opened when it is asked for the first time."""
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_RDONLY)
        return self._descriptor

    def close(self) -> None:
        """Close it, if it was opened."""
        if self._descriptor is not None:
            os.close(self._descriptor)


class Descriptors:
    """Lets files be flushed without holding Python's own lock: SQLite's way would stop all threads meanwhile.

    When a process closes any descriptor of a file, its locks on that file are gone, SQLite's too: so ours is closed
    after the last of its connections.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[int, int], Shared] = {}
        self._lock = Lock()

    def enter(self, path: str) -> Shared:
        """Count one more connection to a file that is there."""
        status = os.stat(path)
        key = (status.st_dev, status.st_ino)
        with self._lock:
            shared = self._open.setdefault(key, Shared(path, key))
            shared.users += 1
            return shared

    def leave(self, shared: Shared) -> None:
        """Count one less; SQLite must have closed it already."""
        with self._lock:
            shared.users -= 1
            if not shared.users:
                del self._open[shared.key]
                shared.close()


def flush(descriptor: int) -> None:
    """Bring a file's content and size to the disk. Raises apsw.IOError, as SQLite wants it."""
    try:
        os.fdatasync(descriptor)
    except OSError as fault:
        error = apsw.IOError(f"it cannot be flushed: {fault.strerror}")
        error.extendedresult = apsw.SQLITE_IOERR_FSYNC  # type: ignore[attr-defined]  # its stub has it for reading only
        raise error from fault


def flush_file(path: Path) -> None:
    """Bring a file that nobody has open to the disk, and its name too. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk. Raises OSError; does nothing on Windows, which cannot be told to."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
