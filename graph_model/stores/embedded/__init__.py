"""The embedded store: one SQLite file, no server (嵌入式存储).

Choose it for one machine: loading, scripts and a server share one file, with one writer at a time and any number of
readers beside it, in this and other processes. Nobody may copy the file while a process has it open.

``address`` reads URLs, ``opening`` opens stores, ``files`` looks at files and refuses strangers, ``lock`` keeps to one
writer, ``schema`` has the tables, ``migrating`` brings earlier ones up to date, ``rows`` fills them, ``writing`` and
``editing`` compare and write, ``writer`` is the one who does, ``snapshot`` reads one state, ``surroundings``,
``listing``, ``searching``, ``counting``, ``outlining`` and ``recorded`` hold the look-ups, ``store`` the contract,
``faults`` turns errors of SQLite into ours. What keeps the data safe: ``pages`` (a checksum in each), ``chain`` (of the
journal), ``acknowledged`` (a note of the last write), ``log``, ``flushing``, ``copying`` (backups) and ``verifying``
(all of it).
"""

from __future__ import annotations

from typing import Literal

from graph_model.stores.embedded.address import parse_url
from graph_model.stores.embedded.opening import Mode, open_file, open_memory
from graph_model.stores.embedded.store import EmbeddedStore

__all__ = ["EmbeddedStore", "open_store", "parse_url"]


def open_store(url: str, mode: Literal["reader", "writer"]) -> EmbeddedStore:
    """The store at ``sqlite:///relative/path``, ``sqlite:////absolute/path`` or ``sqlite:///:memory:``.

    A reader changes nothing and needs a store that was written before. A writer makes the file (and its folder) where
    there is none, and keeps others from writing until it is closed.

    Raises StoreAddressError for another URL; StoreUnavailableError for a file that is absent, empty, or shut to this
    user; StoreInvalidError for what is no store, or damaged; StoreNewerError for one of a newer release;
    StoreLockedError where another writer is at work.
    """
    path = parse_url(url)
    return open_memory(Mode(mode)) if path is None else open_file(path, Mode(mode))
