"""Where a Neo4j store lies: ``neo4j:`` and ``bolt:`` URLs (地址). A password is never part of one."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from msgspec import Struct

from graph_model.errors import StoreAddressError

SCHEMES: Final = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
"""``neo4j`` finds the members of a cluster by itself, ``bolt`` speaks to the one server named; ``+s`` is TLS."""

_FORM = "neo4j://user@host:7687/database"
_PORT = 7687
_DATABASE = "neo4j"
_DATABASE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,62}")
_PASSWORD = re.compile(r"(?<=:)[^/]*@")


class Address(Struct, frozen=True):
    """A database of a server, and who asks it: ``user`` is None where the server asks nobody who he is."""

    scheme: str
    host: str
    port: int
    user: str | None
    database: str

    @property
    def server(self) -> str:
        """The URL as the driver takes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def place(self) -> str:
        """The URL as messages name it: without the user."""
        return f"{self.server}/{self.database}"


def is_address(url: str) -> bool:
    """Whether a URL is meant to be one of these."""
    return url.partition(":")[0].lower() in SCHEMES


def parse_url(url: str) -> Address:
    """The address that a URL gives. Raises StoreAddressError, which never repeats a password."""
    scheme, separator, rest = url.partition("://")
    shown = f"{scheme}{separator}{_PASSWORD.sub('***@', rest)}"
    try:
        parts = urlsplit(url)
        port = parts.port or _PORT
    except ValueError as error:
        raise StoreAddressError(f"{shown!r} is no address of a Neo4j store; write {_FORM}") from error
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise StoreAddressError(f"{shown!r} is no address of a Neo4j store; write {_FORM}")
    if parts.password is not None:
        raise StoreAddressError(
            f"{shown!r} holds a password, which every log would show: write {_FORM}, and set ZEREN_STORE_PASSWORD"
            " or ZEREN_STORE_PASSWORD_FILE"
        )
    if parts.query or parts.fragment:
        raise StoreAddressError(f"{shown!r} holds a '?' or a '#', and there are no options; write {_FORM}")
    return Address(parts.scheme, parts.hostname, port, _user(parts), _database(parts, shown))


def _user(parts: SplitResult) -> str | None:
    return unquote(parts.username) if parts.username else None


def _database(parts: SplitResult, shown: str) -> str:
    name = parts.path.strip("/")
    if not name:
        return _DATABASE
    if _DATABASE_NAME.fullmatch(name) is None:
        raise StoreAddressError(f"{shown!r}: {name!r} is no name of a database; write {_FORM}")
    return name
