"""Opening a store's file: what may lie there, and what is refused before anything is changed (打开)."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

import apsw
from msgspec import Struct

from graph_model.errors import StoreError, StoreInvalidError, StoreNewerError, StoreUnavailableError
from graph_model.stores.embedded.acknowledged import check_gone
from graph_model.stores.embedded.faults import translated
from graph_model.stores.embedded.pages import PAGE_SIZE, DamagedPageError, page_layer
from graph_model.stores.embedded.schema import APPLICATION_ID, FIRST_WITH_PAGES, SCHEMA_VERSION

OLDEST_SQLITE: Final = (3, 51, 3)
BUSY_MILLISECONDS: Final = 5_000

_MAGIC = b"SQLite format 3\0"
_HEAD_BYTES = 108
_LEAF = 13
"""The kind of a first page that lists all tables by itself."""

_LOAD = "load data into it first: python -m loaders load"
_ELSEWHERE = "give another address, or move it away"
_BACKUP = "put a backup in its place (docs/durability.md)"


def check_library(version: str) -> None:
    """Raises StoreError for a SQLite whose write-ahead log is known to corrupt."""
    if tuple(int(part) for part in version.split(".")) < OLDEST_SQLITE:
        oldest = ".".join(str(part) for part in OLDEST_SQLITE)
        raise StoreError(
            f"apsw brings SQLite {version} here; {oldest} or later is needed, since earlier ones can damage a"
            " write-ahead log: install the versions of requirements.lock"
        )


class Found(Struct, frozen=True):
    """What lies at a store's address: its schema version (None: nothing yet), and whether pages have checksums."""

    schema: int | None = None
    is_paged: bool = True

    @property
    def is_of_earlier_release(self) -> bool:
        """Whether it must be brought up to date before it can be used."""
        return not self.is_paged or (self.schema is not None and self.schema < SCHEMA_VERSION)


def check_for_reading(path: Path, disk: str = "") -> None:
    """Raises a StoreError unless a store of this release lies there."""
    found = check_file(path, disk)
    if found.schema is None:
        check_gone(path.resolve(), str(path))
        what = "the file is empty" if path.exists() else "there is no such file"
        raise StoreUnavailableError(f"{path}: {what}; {_LOAD}")
    if found.is_of_earlier_release:
        raise StoreUnavailableError(
            f"{path}: it was written by an earlier release (schema {found.schema}, now {SCHEMA_VERSION});"
            " opening it once for writing brings it up to date: python -m loaders load"
        )


def check_file(path: Path, disk: str = "", *, writable: bool = False) -> Found:
    """What lies at an address. Raises a StoreError for what this release cannot use, and leaves that as it is.

    Nothing is changed; where it is ``writable``, which asks for the writer's lock, what a crash left is put in order.
    """
    is_paged = refuse_strangers(path)
    if is_paged is None:
        return Found()
    with translated(str(path)):
        connection = connect(path, writable=writable, disk=disk, is_paged=is_paged)
        try:
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)  # a log that hides damage stays, too
            schema = _check_content(connection, path)
        except DamagedPageError:
            raise
        except apsw.CorruptError as fault:
            raise _cut_off(path, fault) from fault
        except apsw.ReadOnlyError as fault:
            if writable:
                raise
            raise StoreUnavailableError(
                f"{path}: a crash left it half-made; opening it once for writing puts it in order:"
                " python -m loaders load"
            ) from fault
        finally:
            connection.close()
    if schema is not None and is_paged != (schema >= FIRST_WITH_PAGES):
        raise StoreInvalidError(f"{path}: it is damaged: its first page contradicts itself; {_BACKUP}")
    return Found(schema, is_paged)


def refuse_strangers(path: Path) -> bool | None:
    """Whether the pages of a database have checksums; None where there is no file, or an empty one.

    Raises a StoreError for what is no database, or another program's. Looks at the first bytes of the main file alone:
    opening a stranger's database would leave files of ours beside it; and of ours, what lies behind them may be
    half-written, while the log has the whole. They lie in one sector.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise StoreUnavailableError(f"{path}: it cannot be opened: {fault.strerror}") from fault
    if stat.S_ISDIR(found.st_mode):
        raise StoreInvalidError(f"{path}: it is a directory, not a file; {_ELSEWHERE}")
    if not stat.S_ISREG(found.st_mode):
        raise StoreInvalidError(f"{path}: it is a device or pipe, not a file; {_ELSEWHERE}")
    if not found.st_size:
        return None
    with translated(str(path)):
        head, _ = _head(path)
    if not head.strip(b"\0"):
        return True  # a store that was being made when power was lost; SQLite knows more
    if not head.startswith(_MAGIC) or found.st_size < _HEAD_BYTES:
        raise StoreInvalidError(f"{path}: it is no database, it begins with {head[:16]!r}; {_ELSEWHERE}")
    application, kind, cells = int.from_bytes(head[68:72], "big"), head[100], int.from_bytes(head[103:105], "big")
    if application != APPLICATION_ID and (application or kind != _LEAF or cells):
        raise StoreInvalidError(
            f"{path}: it is a database of another program (application id {application:#010x}); {_ELSEWHERE}"
        )
    return head[20] != 0


def _head(path: Path) -> tuple[bytes, int]:
    """The header of a database and of its first page, and the size of the file.

    It is SQLite that reads, never ``open``: closing a file that SQLite has open elsewhere in this process would drop
    SQLite's own locks on it.
    """
    file = apsw.VFSFile("", os.path.realpath(path), [apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_MAIN_DB, 0])
    try:
        return file.xRead(_HEAD_BYTES, 0).ljust(_HEAD_BYTES, b"\0"), file.xFileSize()
    finally:
        file.xClose()


def _cut_off(path: Path, fault: apsw.CorruptError) -> StoreInvalidError:
    """What SQLite says without a place where a file is shorter than its first page has it."""
    head, size = _head(path)
    pages = int.from_bytes(head[28:32], "big")
    what = f"it ends after {size} bytes, and should have {pages} pages" if size < pages * PAGE_SIZE else str(fault)
    return StoreInvalidError(f"{path}: it is damaged: {what}; {_BACKUP}")


def _has_tables(connection: apsw.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_schema").get)


def _check_content(connection: apsw.Connection, path: Path) -> int | None:
    application = connection.pragma("application_id")
    schema = int(connection.pragma("user_version"))
    if application != APPLICATION_ID:
        if application or _has_tables(connection):
            raise StoreInvalidError(f"{path}: it is a database of another program; {_ELSEWHERE}")
        return None
    if schema > SCHEMA_VERSION:
        raise StoreNewerError(
            f"{path}: it was written by a newer release (schema {schema}; this one knows {SCHEMA_VERSION} and earlier);"
            f" use that release, or {_ELSEWHERE}; nothing was changed"
        )
    return schema


def connect(path: Path | None, *, writable: bool, disk: str = "", is_paged: bool = True) -> apsw.Connection:
    """A connection to a file, or (None) to a database in memory, set up as every connection of ours is.

    ``disk`` is the name of the VFS to go through, SQLite's own where it is empty: tests put theirs there. ``is_paged``
    is False only for files of earlier releases, whose pages have no checksums.
    """
    if path is None:
        connection = apsw.Connection(":memory:")
    else:
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE if writable else apsw.SQLITE_OPEN_READONLY
        vfs = page_layer(disk) if is_paged else disk or None
        connection = apsw.Connection(str(path), flags=flags | apsw.SQLITE_OPEN_URI, vfs=vfs)
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    connection.pragma("cache_size", -65_536)  # KiB
    return connection
