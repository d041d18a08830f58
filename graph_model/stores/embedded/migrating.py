"""How a file of an earlier schema becomes one of this release, and what stays beside it (升级)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import apsw

from graph_model.errors import StoreLockedError
from graph_model.stores.embedded.chain import check_chain, write_checksums
from graph_model.stores.embedded.copying import check_room, copy_into, give_owner_of
from graph_model.stores.embedded.files import Found, connect
from graph_model.stores.embedded.flushing import flush_file, flush_folder
from graph_model.stores.embedded.schema import APPLICATION_ID, FIRST_WITH_CHAIN, MIGRATIONS, SCHEMA_VERSION
from graph_model.stores.embedded.snapshot import snapshot
from graph_model.stores.embedded.verifying import check_content, verify


def upgrade(connection: apsw.Connection) -> None:
    """Bring the tables from whatever schema they have to this release's, in one transaction."""
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
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def migrate(path: Path, found: Found, disk: str = "") -> None:
    """Put a file of this release in the place of an earlier one, which stays beside it as a backup.

    The new file is written, upgraded, compared with the old one's journal and flushed under another name, and takes
    its place by being renamed: whenever this is cut short, a whole file of one of the two releases lies there. The
    writer's lock must be held. Raises StoreInvalidError for a damaged file, StoreFullError where there is no room for
    a second one, StoreLockedError while somebody else has it open; nothing has changed then.
    """
    check_room(path, path.parent, "bringing it up to date")
    new = path.with_name(path.name + ".new")
    _remove(new)
    try:
        _write_new(path, found, new, disk)
        give_owner_of(path, new)
        flush_file(new)
        if found.schema is not None:
            _keep(path, found.schema)
        new.replace(path)
        flush_folder(path.parent)
    finally:
        _remove(new)


def _write_new(path: Path, found: Found, new: Path, disk: str) -> None:
    old = connect(path, writable=True, disk=disk, is_paged=found.is_paged)
    try:
        _hold_alone(old, path)
        if found.schema is not None:
            with snapshot(old, None):
                verify(old, str(path))
        copy_into(old, new, disk)
    finally:
        old.close()
    connection = connect(new, writable=True, disk=disk)
    try:
        upgrade(connection)
        check_chain(connection, str(new))
        check_content(connection, str(new))
    finally:
        connection.close()


def _hold_alone(connection: apsw.Connection, path: Path) -> None:
    """Keep everybody else out until the connection is closed, with all of the log in the file."""
    connection.pragma("locking_mode", "exclusive")
    try:
        connection.pragma("journal_mode", "delete")
    except apsw.BusyError as fault:
        raise StoreLockedError(
            f"{path}: it was written by an earlier release, and is open somewhere: stop what reads it, so that it can"
            " be brought up to date"
        ) from fault


def _keep(path: Path, schema: int) -> None:
    """Give the old file a second name; what a migration that was cut short has kept already is kept."""
    number = 1
    while True:
        backup = path.with_name(f"{path.name}.schema-{schema}-backup{'' if number == 1 else f'-{number}'}")
        if not backup.exists():
            break
        if backup.samefile(path):
            return
        number += 1
    try:
        os.link(path, backup)
    except OSError:  # no second names on this file system
        part = backup.with_name(backup.name + ".part")
        shutil.copyfile(path, part)
        give_owner_of(path, part)
        flush_file(part)
        part.replace(backup)
    flush_folder(path.parent)


def _remove(new: Path) -> None:
    for ending in ("", "-journal"):
        new.with_name(new.name + ending).unlink(missing_ok=True)
