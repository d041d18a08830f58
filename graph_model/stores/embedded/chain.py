"""The journal's rows: one more, and whether those there are follow from each other (日志链)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import apsw
from msgspec import Struct

from graph_model.errors import StoreInvalidError
from graph_model.stores.embedded.snapshot import EMPTY_VERSION
from graph_model.stores.journal_chain import BEGINNING, Value, link

CHECKED_AT_START: Final = 10_000
"""How many of the newest entries are checked whenever a store is opened: a tenth of a second."""

_CONTENT = (
    "number, recorded_at, author, origins, created, changed, unchanged, ended, kept, version, action, basis, key,"
    " digest, answer"
)
_PLACES = ", ".join("?" * (_CONTENT.count(",") + 2))
_INSERT = f"INSERT INTO write ({_CONTENT}, checksum) VALUES ({_PLACES})"  # noqa: S608 - made of the texts above alone
_LAST = """
SELECT number, recorded_at, version, checksum FROM write WHERE number = (SELECT max(number) FROM write)
"""
_CHAIN = f"SELECT checksum, {_CONTENT} FROM write WHERE number >= ? ORDER BY number"  # noqa: S608 - as above
_SET = "UPDATE write SET checksum = ? WHERE number = ?"


class Last(Struct, frozen=True):
    """The newest entry of the journal; number 0 where there is none yet."""

    number: int = 0
    recorded_at: int | None = None
    version: str = EMPTY_VERSION
    checksum: bytes = BEGINNING


def last_entry(connection: apsw.Connection) -> Last:
    """The newest entry."""
    row = connection.execute(_LAST).fetchone()
    return Last(*row) if row else Last()


def append(connection: apsw.Connection, last: Last, recorded_at: int, *content: Value) -> bytes:
    """Write the entry after ``last``, and give its checksum; ``content`` are its columns from ``author`` on."""
    values = (last.number + 1, recorded_at, *content)
    checksum = link(last.checksum, values)
    connection.execute(_INSERT, (*values, checksum))
    return checksum


def check_chain(connection: apsw.Connection, place: str, *, newest: int | None = None) -> int:
    """Check that the newest entries (None: all) follow from each other, without a gap, in rising time.

    Returns how many were checked. Raises StoreInvalidError that names the first entry that is wrong.
    """
    last = last_entry(connection).number
    first = 1 if newest is None else max(1, last - newest + 1)
    number, before, recorded_at = first - 1, BEGINNING, -(1 << 63)
    rows = _rows(connection, max(1, first - 1))
    if first > 1:
        checksum, *content = next(rows)
        if content[0] != number:
            raise _broken(place, number, "is missing")
        before, recorded_at = checksum, content[1]
    for checksum, *content in rows:
        number += 1
        if content[0] != number:
            raise _broken(place, number, "is missing")
        if content[1] <= recorded_at:
            raise _broken(place, number, "was not recorded later than the one before")
        if checksum != link(before, content):
            raise _broken(place, number, "does not follow from the one before: one of the two was changed")
        before, recorded_at = checksum, content[1]
    return last - first + 1


def _rows(connection: apsw.Connection, first: int) -> Iterator[tuple[Any, ...]]:
    return connection.execute(_CHAIN, (first,))


def _broken(place: str, number: int, what: str) -> StoreInvalidError:
    return StoreInvalidError(
        f"{place}: it is damaged: write {number} of its journal {what}; put a backup in its place (docs/durability.md)"
    )


def write_checksums(connection: apsw.Connection) -> None:
    """Give every entry the checksum that it has none of yet: for files of a release before there were any."""
    connection.executemany(_SET, _missing(connection))


def _missing(connection: apsw.Connection) -> Iterator[tuple[Any, ...]]:
    before = BEGINNING
    for _, *content in list(_rows(connection, 1)):
        before = link(before, content)
        yield before, content[0]
