"""A copy of a store in a file of its own, while others read it and write to it (备份)."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

import apsw

from graph_model.errors import StoreFullError
from graph_model.stores.embedded.pages import RESERVED, page_layer

_SPARE_BYTES = 16 << 20


def copy_into(connection: apsw.Connection, target: Path, disk: str = "") -> None:
    """Write all that a connection sees now into a new file: one consistent state, without a log beside it.

    The connection must be in no transaction. The new file has checksums in its pages, whether or not the old one has.
    """
    connection.reserve_bytes("main", RESERVED)
    connection.execute("VACUUM INTO ?", (f"{target.absolute().as_uri()}?vfs={page_layer(disk)}",))


def check_room(path: Path, folder: Path, purpose: str) -> None:
    """Raises StoreFullError unless a folder has room for a copy of a store."""
    log = path.with_name(path.name + "-wal")
    needed = path.stat().st_size + (log.stat().st_size if log.exists() else 0) + _SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StoreFullError(
            f"{path}: {purpose} needs {needed >> 20} MiB in {folder}, and {free >> 20} MiB are free; make room there;"
            " nothing was changed"
        )


def give_owner_of(path: Path, copy: Path) -> None:
    """Open a copy to those whom the original is open to, and to nobody else."""
    status = path.stat()
    copy.chmod(status.st_mode & 0o777)
    if sys.platform != "win32":
        with suppress(PermissionError):  # it stays its maker's, who may read the original
            os.chown(copy, status.st_uid, status.st_gid)
