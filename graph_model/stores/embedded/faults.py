"""The one place where faults of SQLite become errors of the store (故障)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import apsw
import msgspec

from graph_model.errors import (
    BadUserInputError,
    StoreError,
    StoreFullError,
    StoreInvalidError,
    StoreLockedError,
    StoreUnavailableError,
)

_DAMAGED: Final = (apsw.NotADBError, apsw.CorruptError)
_OUT_OF_REACH: Final = (apsw.CantOpenError, apsw.PermissionsError, apsw.ReadOnlyError, apsw.AuthError)


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Whatever SQLite raises inside becomes a StoreError that names ``place``, with the fault as its cause."""
    try:
        yield
    except apsw.Error as fault:
        raise _store_error(fault, place) from fault
    except msgspec.DecodeError as fault:
        raise StoreInvalidError(f"{place}: a record in it cannot be read, it is damaged: {fault}") from fault
    except UnicodeEncodeError as fault:
        raise BadUserInputError(f"{fault.object!r} is no text that UTF-8 can hold") from fault
    except OverflowError as fault:
        raise BadUserInputError("a number is too large: 64 bits must hold it") from fault


def is_of_sqlite(fault: Exception) -> bool:
    """Whether SQLite raised it, translated or not."""
    return isinstance(fault, apsw.Error) or isinstance(fault.__cause__, apsw.Error)


def is_fault_of_disk(error: StoreError) -> bool:
    """Whether it says that a disk failed, or that what it holds is damaged."""
    return isinstance(error.__cause__, (apsw.IOError, *_DAMAGED))


def _store_error(fault: apsw.Error, place: str) -> StoreError:
    if isinstance(fault, apsw.BusyError | apsw.LockedError):
        return StoreLockedError(f"{place}: another process is working on it ({fault}); try again")
    if isinstance(fault, _DAMAGED):
        return StoreInvalidError(
            f"{place}: it is damaged ({fault}); put a backup in its place (docs/durability.md), or move it"
            " away and load the data again"
        )
    if isinstance(fault, apsw.ConnectionClosedError | apsw.CursorClosedError):
        return StoreUnavailableError(f"{place}: this store was closed")
    if isinstance(fault, _OUT_OF_REACH):
        return StoreUnavailableError(
            f"{place}: it cannot be opened ({fault}); the file and its folder must be open to this user"
            " (readers too keep two small files, -wal and -shm, beside it)"
        )
    if isinstance(fault, apsw.FullError):
        return StoreFullError(f"{place}: no room is left on its disk, nothing was written ({fault}); make room")
    if isinstance(fault, apsw.IOError):
        return StoreError(f"{place}: its disk cannot be read or written ({fault})")
    return StoreError(f"{place}: {type(fault).__name__}: {fault}")
