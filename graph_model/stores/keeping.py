"""Looking after a store by its URL (保管): going through all of it, backups, putting one in its place.

For stores in a file. A server is looked after with its own tools.
"""

from __future__ import annotations

from pathlib import Path

from graph_model.errors import BadUserInputError
from graph_model.stores.embedded import keeping, verifying
from graph_model.stores.embedded.verifying import Verified
from graph_model.stores.opening import file_of

__all__ = ["Verified", "back_up", "belongs_to_store", "restore", "verify"]


def verify(url: str) -> Verified:
    """Go through all of a store, in use or not. Raises StoreError that says what is not in order."""
    return verifying.verify_file(_file(url))


def back_up(url: str, out: Path) -> Verified:
    """See ``embedded.keeping.back_up``."""
    return keeping.back_up(_file(url), out)


def restore(url: str, backup: Path) -> tuple[Verified, Path | None]:
    """See ``embedded.keeping.restore``."""
    return keeping.restore(backup, _file(url))


def belongs_to_store(url: str, target: Path) -> bool:
    """Whether a file is that of a store, or lies beside it and belongs to it."""
    path = file_of(url)
    return path is not None and keeping.belongs(path.resolve(), target.resolve())


def _file(url: str) -> Path:
    path = file_of(url)
    if path is None:
        raise BadUserInputError(f"{url}: this is for stores in a file: a server is looked after with its own tools")
    return path
