"""The journal, and what each write did to which record (日志与沿革)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apsw
import msgspec

from graph_model.exchange import Change, ChangePage, Entry, EntryPage, Written
from graph_model.records import AnyRecord, Basis, decode
from graph_model.stores.embedded.snapshot import Parameter, Snapshot, is_storable

_COLUMNS = "number, recorded_at, author, action, origins, created, changed, unchanged, ended, kept, version, basis, key"
_ENTRY = f"SELECT {_COLUMNS} FROM write WHERE number = ?"  # noqa: S608 - made of the text above alone
_ENTRIES = f"""
SELECT {_COLUMNS} FROM write WHERE number < :before AND recorded_at <= :moment ORDER BY number DESC LIMIT :first_rows
"""  # noqa: S608 - made of the text above alone
_ENTRIES_BY_NUMBER = f"""
SELECT {_COLUMNS} FROM write WHERE number IN (SELECT value FROM json_each(:numbers))
"""  # noqa: S608 - made of the text above alone
_RANGE = """
SELECT coalesce((SELECT max(recorded_at) FROM write WHERE number <= :since), 0),
    coalesce((SELECT max(recorded_at) FROM write WHERE number <= :until), 0),
    coalesce((SELECT recorded_at FROM write WHERE number = :number), 0)
"""
_NUMBER = "SELECT number FROM write WHERE recorded_at = :at"

_BEGUN = """
SELECT * FROM (SELECT recorded_from AS at, id FROM {table}
    WHERE recorded_from > :low AND recorded_from <= :high AND (recorded_from, id) > (:at, :id)
    ORDER BY recorded_from, id LIMIT :first_rows)
"""
_ENDED = """
SELECT * FROM (SELECT recorded_to AS at, id FROM {table}
    WHERE recorded_to < 9223372036854775807 AND recorded_to > :low AND recorded_to <= :high
        AND (recorded_to, id) > (:at, :id)
    ORDER BY recorded_to, id LIMIT :first_rows)
"""
_TOUCHED = (
    " UNION ".join(
        part.format(table=table) for table in ("node", "claim", "relation", "item") for part in (_BEGUN, _ENDED)
    )
    + " ORDER BY at, id LIMIT :first_rows"
)

_OF_ID = """
SELECT recorded_from, recorded_to, id FROM node WHERE id = :touching
UNION ALL SELECT recorded_from, recorded_to, id FROM item WHERE id = :touching
UNION ALL SELECT recorded_from, recorded_to, id FROM claim WHERE id = :touching
UNION ALL SELECT recorded_from, recorded_to, id FROM claim WHERE subject = :touching
UNION ALL SELECT recorded_from, recorded_to, id FROM relation WHERE id = :touching
UNION ALL SELECT recorded_from, recorded_to, id FROM relation WHERE source = :touching
UNION ALL SELECT recorded_from, recorded_to, id FROM relation WHERE target = :touching
"""
_ABOUT = f"""
WITH about AS ({_OF_ID}),
    moment(at, id) AS (SELECT recorded_from, id FROM about UNION SELECT recorded_to, id FROM about)
"""  # noqa: S608 - made of the text above alone
_TOUCHING = f"""{_ABOUT}
SELECT at, id FROM moment
WHERE at > :low AND at <= :high AND (at, id) > (:at, :id)
ORDER BY at, id LIMIT :first_rows
"""  # noqa: S608 - made of the texts above alone
_TOUCHING_TOTAL = f"""{_ABOUT}
SELECT count(*) FROM moment WHERE at > :low AND at <= :high
"""  # noqa: S608 - made of the texts above alone

_VERSIONS = """
SELECT recorded_from, recorded_to, data FROM node WHERE id = :id AND (recorded_to = :at OR recorded_from = :at)
UNION ALL
SELECT recorded_from, recorded_to, data FROM claim WHERE id = :id AND (recorded_to = :at OR recorded_from = :at)
UNION ALL
SELECT recorded_from, recorded_to, data FROM relation WHERE id = :id AND (recorded_to = :at OR recorded_from = :at)
UNION ALL
SELECT recorded_from, recorded_to, data FROM item WHERE id = :id AND (recorded_to = :at OR recorded_from = :at)
"""


def get_entry(connection: apsw.Connection, number: int) -> Entry:
    """An entry of the journal by its number, which must be there."""
    return _entry(next(connection.execute(_ENTRY, (number,))))


def read_journal(snapshot: Snapshot, *, first: int, before: int | None) -> EntryPage:
    """As ``StoreReader.journal`` has it."""
    beyond = (1 << 62) if before is None else before
    rows = snapshot.rows(_ENTRIES, before=beyond, first_rows=first + 1)
    # Numbers rise by one, so that the last one is how many there are.
    return EntryPage(tuple(map(_entry, rows[:first])), snapshot.generation, len(rows) > first)


def read_entries(snapshot: Snapshot, numbers: Sequence[int]) -> dict[int, Entry]:
    """As ``StoreReader.entries`` has it."""
    wanted = [number for number in set(numbers) if 0 < number <= snapshot.generation]
    found = map(_entry, snapshot.iterate(_ENTRIES_BY_NUMBER, numbers=msgspec.json.encode(wanted).decode()))
    return {entry.number: entry for entry in found}


def _entry(row: tuple[Any, ...]) -> Entry:
    number, recorded_at, author, action, origins, *counts, version, basis, key = row
    return Entry(
        number=number,
        recorded_at=recorded_at,
        author=author,
        action=action,
        origins=tuple(msgspec.json.decode(origins)),
        written=Written(*counts),
        version=version,
        basis=msgspec.json.decode(basis, type=Basis),
        key=key,
    )


def read_changes(
    snapshot: Snapshot,
    *,
    since: int,
    until: int | None,
    touching: str | None,
    first: int,
    after: tuple[int, str] | None,
) -> ChangePage:
    """As ``StoreReader.changes`` has it."""
    if touching is not None and not is_storable(touching):
        return ChangePage((), False, 0)
    number, record_id = after or (0, "")
    last = snapshot.generation if until is None else min(until, snapshot.generation)
    ((low, high, at),) = snapshot.rows(_RANGE, since=since, until=last, number=number)
    asked: dict[str, Parameter] = {"low": low, "high": high, "at": at, "id": record_id, "first_rows": first + 1}
    total: int | None = None
    if touching is None:
        rows = snapshot.rows(_TOUCHED, **asked)
    else:
        rows = snapshot.rows(_TOUCHING, **asked, touching=touching)
        total = snapshot.count(_TOUCHING_TOTAL, low=low, high=high, touching=touching)
    numbers: dict[int, int] = {}
    changes = []
    for moment, changed in rows[:first]:
        if moment not in numbers:
            numbers[moment] = snapshot.count(_NUMBER, at=moment)
        before: AnyRecord | None = None
        now: AnyRecord | None = None
        for recorded_from, _, data in snapshot.rows(_VERSIONS, id=changed, at=moment):
            if recorded_from == moment:
                now = decode(data)
            else:
                before = decode(data)
        changes.append(Change(numbers[moment], moment, changed, before, now))
    return ChangePage(tuple(changes), len(rows) > first, total)
