"""Posts, holders and members as rows (席位表): what Popolo and W3C ORG files say, for the mapping ``popolo-org``.

Ids of such files are IRIs, paths or UUIDs; where one cannot be a code here, its last word and eight letters of its sum
stand for it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct, structs

from loaders.sheets.tables import Row, Table

JOINED: Final = "、"
_KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")


class Seat(Struct, frozen=True, kw_only=True):
    """One row; ``at`` is its place in the file. Ids are codes, as ``code_of`` makes them."""

    at: str
    organization: str = ""
    organization_id: str = ""
    parent_id: str = ""
    post: str = ""
    post_id: str = ""
    reports_to_id: str = ""
    person_id: str = ""
    role: str = ""
    since: str = ""
    last_day: str = ""


def code_of(identifier: str) -> str:
    """A code for an id of any form, the same for the same id."""
    if _KEY.fullmatch(identifier):
        return identifier
    words = re.findall(r"[A-Za-z0-9]+", identifier)
    told_apart = hashlib.blake2b(identifier.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{words[-1][:40] if words else 'x'}-{told_apart}"


def codes_of(identifiers: Iterable[str]) -> str:
    """Several codes as one cell."""
    return JOINED.join(sorted(map(code_of, identifiers)))


def seats_table(name: str, seats: Sequence[Seat]) -> Table:
    """The rows, numbered from 1, as a table whose columns are the fields of a seat."""
    titles = [field.name for field in structs.fields(Seat) if field.name != "at"]
    rows = (Row(number, [getattr(seat, title) for title in titles], seat.at) for number, seat in enumerate(seats, 1))
    return Table(name, None, rows, titles=titles)
