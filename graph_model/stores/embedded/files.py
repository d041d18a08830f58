"""Opening a store's file: what may lie there, and what is refused before anything is changed (打开)."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

import apsw

from graph_model.errors import StoreError, StoreInvalidError, StoreNewerError, StoreUnavailableError
from graph_model.stores.embedded.chain import write_checksums
from graph_model.stores.embedded.faults import translated
from graph_model.stores.embedded.schema import APPLICATION_ID, FIRST_WITH_CHAIN, MIGRATIONS, SCHEMA_VERSION

OLDEST_SQLITE: Final = (3, 51, 3)
BUSY_MILLISECONDS: Final = 5_000

_LOAD = "load data into it first: python -m loaders load"
_ELSEWHERE = "give another address, or move it away"


def check_library(version: str) -> None:
    """Raises StoreError for a SQLite whose write-ahead log is known to corrupt."""
    if tuple(int(part) for part in version.split(".")) < OLDEST_SQLITE:
        oldest = ".".join(str(part) for part in OLDEST_SQLITE)
        raise StoreError(
            f"apsw brings SQLite {version} here; {oldest} or later is needed, since earlier ones can damage a"
            " write-ahead log: install the versions of requirements.lock"
        )


def check_for_reading(path: Path, disk: str = "") -> None:
    """Raises a StoreError unless a store of this release lies there."""
    schema = check_file(path, disk)
    if schema is None:
        found = "the file is empty" if path.exists() else "there is no such file"
        raise StoreUnavailableError(f"{path}: {found}; {_LOAD}")
    if schema < SCHEMA_VERSION:
        raise StoreUnavailableError(
            f"{path}: it was written by an earlier release (schema {schema}, now {SCHEMA_VERSION});"
            " opening it once for writing brings it up to date: python -m loaders load"
        )


def check_file(path: Path, disk: str = "") -> int | None:
    """The schema version of the store at an address; None where there is no file, or one without any content.

    Raises a StoreError for what this release cannot use, and changes nothing.
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
        _refuse_strangers(path)
        connection = connect(path, writable=False, disk=disk)
        try:
            return _check_content(connection, path)
        finally:
            connection.close()


def _refuse_strangers(path: Path) -> None:
    """Looks at the main file alone: opening a stranger's database in full would leave files of ours beside it.

    It is SQLite that looks, never ``open``: closing a file that SQLite has open elsewhere in this process would drop
    SQLite's own locks on it.
    """
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    try:
        connection = apsw.Connection(f"{path.absolute().as_uri()}?immutable=1", flags=flags)
    except apsw.NotADBError as fault:
        raise _no_database(path) from fault
    try:
        application = connection.pragma("application_id")
        if application != APPLICATION_ID and (application or _has_tables(connection)):
            raise StoreInvalidError(
                f"{path}: it is a database of another program (application id {application:#010x}); {_ELSEWHERE}"
            )
    except apsw.NotADBError as fault:
        raise _no_database(path) from fault
    finally:
        connection.close()


def _no_database(path: Path) -> StoreInvalidError:
    with path.open("rb") as file:
        return StoreInvalidError(f"{path}: it is no database, it begins with {file.read(16)!r}; {_ELSEWHERE}")


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


def connect(path: Path | None, *, writable: bool, disk: str = "") -> apsw.Connection:
    """A connection to a file, or (None) to a database in memory, set up as every connection of ours is.

    ``disk`` is the name of the VFS to go through, SQLite's own where it is empty: tests put theirs there.
    """
    if path is None:
        connection = apsw.Connection(":memory:")
    else:
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE if writable else apsw.SQLITE_OPEN_READONLY
        connection = apsw.Connection(str(path), flags=flags, vfs=disk or None)
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    connection.pragma("cache_size", -65_536 if writable else -32_768)  # KiB
    return connection


def prepare_for_writing(connection: apsw.Connection, path: Path | None) -> None:
    """Sets the file up so that what is acknowledged survives a power cut, and brings its tables up to date."""
    if path is not None:
        if connection.readonly("main"):  # SQLite does so by itself where it may not write
            raise StoreUnavailableError(f"{path}: it cannot be opened for writing: this user may only read it")
        mode = connection.pragma("journal_mode", "wal")
        if mode != "wal":
            raise StoreError(
                f"{path}: its file system allows no write-ahead log (it stays at {mode}); use a local disk"
            )
    connection.pragma("synchronous", "FULL")
    connection.pragma("journal_size_limit", 64 << 20)
    connection.execute("BEGIN IMMEDIATE")
    try:
        schema = connection.pragma("user_version")
        for script in MIGRATIONS[schema:]:
            connection.execute(script)
        if schema < FIRST_WITH_CHAIN:
            write_checksums(connection)
        if schema < SCHEMA_VERSION:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
