"""The writer's lock (写锁): one writer at a time, held as a lock of the operating system.

The lock is on a file of its own beside the store's, which holds the number of the process that has it. The kernel
lets go of it when that process ends, however it ends. The lock file stays where it is: whoever deleted it could let
in two writers, each with a lock on a different file of the same name. On a network file system the lock is only as
good as that system's own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from graph_model.errors import StoreLockedError, StoreUnavailableError

if sys.platform == "win32":
    import msvcrt

    _FAR_BEHIND = (
        1 << 30
    )  # Windows keeps others from reading what is locked; the number at the start must stay readable

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _FAR_BEHIND, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class WriterLock:
    """A lock that is held from its making until ``release``.

    Raises StoreLockedError, with the holder's process number where it is known, and StoreUnavailableError where the
    lock file cannot be made.
    """

    def __init__(self, store: Path) -> None:
        path = store.with_name(store.name + ".lock")
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as fault:
            raise StoreUnavailableError(f"{path}: the writer's lock cannot be made: {fault.strerror}") from fault
        try:
            _lock(descriptor)
        except OSError as fault:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() if hasattr(os, "pread") else ""
            os.close(descriptor)
            who = f"process {holder}" if holder.isdigit() else "another process"
            raise StoreLockedError(
                f"{store}: {who} is writing to it, and there is one writer at a time; wait for it, or stop it"
            ) from fault
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Let go of the lock; a second time does nothing."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None
