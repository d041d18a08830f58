"""Opening a store by its URL (打开存储): the one place that knows every store that there is."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from graph_model.errors import StoreAddressError
from graph_model.stores import embedded
from graph_model.stores.base import Store
from graph_model.stores.neo4j import address
from graph_model.stores.neo4j.patience import Patience

__all__ = ["DEFAULT_PATIENCE", "Patience", "file_of", "is_server", "open_store"]

DEFAULT_PATIENCE = Patience()
_FORMS = "sqlite:///relative/path, sqlite:////absolute/path, sqlite:///:memory: or neo4j://user@host:7687/database"


def open_store(
    url: str,
    mode: Literal["reader", "writer"],
    *,
    password: str | None = None,
    patience: Patience = DEFAULT_PATIENCE,
) -> Store:
    """The store at a URL; ``password`` and ``patience`` are for servers.

    A reader needs a store that was written before; a writer makes one where there is none. A file is opened at once; a
    server is first spoken to by the first question, so that a process may start before it.

    Raises StoreAddressError for a URL of no kind, and what ``embedded.open_store`` and ``neo4j.store.open_database``
    raise.
    """
    if is_server(url):
        # The driver takes 0.2 s to import: who has a file need not wait for it.
        from graph_model.stores.neo4j.store import Mode, open_database  # noqa: PLC0415

        return open_database(url, Mode(mode), password, patience)
    if not url.startswith("sqlite:"):
        raise StoreAddressError(f"{url!r} is no address of a store; write {_FORMS}")
    return embedded.open_store(url, mode)


def is_server(url: str) -> bool:
    """Whether a URL is that of a server, which may ask for a password."""
    return address.is_address(url)


def file_of(url: str) -> Path | None:
    """The file in which a store lies; None for one in memory or on a server. Raises StoreAddressError."""
    if is_server(url):
        address.parse_url(url)
        return None
    return embedded.parse_url(url)
