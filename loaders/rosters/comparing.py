"""What a roster says beside what is there of it (比对): what becomes of each record, and of each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from graph_model.records import AnyRecord, decode
from loaders.rosters.spool import CHANGED, CREATED, ENDED, REFUSED, UNCHANGED, Spool, Spooled

_GOING_ON: Final = frozenset({"-", '".."'})
_NEW: Final = """
    UPDATE record SET outcome = CASE WHEN EXISTS (SELECT 1 FROM present WHERE present.id = record.id) THEN ? ELSE ? END
    WHERE times > 0"""
_DIFFERING: Final = """
    SELECT number, present.body, body.body FROM present CROSS JOIN record ON record.id = present.id AND times > 0
    CROSS JOIN body USING (number) WHERE present.body <> body.body"""
_LEFT: Final = "UPDATE record SET outcome = ? WHERE id = ? AND outcome = ?"
_KEPT: Final = "SELECT id FROM record WHERE id = ? AND times > 0"
_OF_ROWS: Final = """
    INSERT INTO came (line, outcome)
    SELECT number, coalesce((SELECT min(outcome) FROM said JOIN record ON record.number = said.record
            WHERE said.line = line.number),
        CASE WHEN EXISTS (SELECT 1 FROM refused WHERE refused.line = line.number) THEN ? ELSE ? END)
    FROM line"""
_COUNT_GONE: Final = """
    SELECT count(*) FROM present WHERE NOT EXISTS (SELECT 1 FROM record WHERE record.id = present.id AND times > 0)"""
_GONE: Final = """
    SELECT id, body FROM present
    WHERE NOT EXISTS (SELECT 1 FROM record WHERE record.id = present.id AND times > 0) ORDER BY id"""
_COUNT: Final = "SELECT count(*) FROM record WHERE outcome BETWEEN ? AND ?"


class Change(Struct, frozen=True):
    """What becomes of one record: its id, and of one that changes each field with what it was and what it becomes."""

    id: str
    fields: tuple[tuple[str, str, str], ...] = ()


def compare(spool: Spool, edited: Iterable[str]) -> list[str]:
    """Decide what becomes of records and rows; the ids of those that are left as people edited or retracted them."""
    spool.do(_NEW, UNCHANGED, CREATED)
    differing = ((_outcome(decode(before), decode(after)), number) for number, before, after in spool.rows(_DIFFERING))
    spool.do_each("UPDATE record SET outcome = ? WHERE number = ?", differing)
    kept = []
    for key in edited:
        spool.do(_LEFT, UNCHANGED, key, CREATED)
        kept += [each for (each,) in spool.rows(_KEPT, key)]
    spool.do("CREATE INDEX refused_line ON refused (line)")
    spool.do(_OF_ROWS, REFUSED, UNCHANGED)
    return sorted(set(kept))


def created(spool: Spool) -> Sequence[Change]:
    """The records that are new, by id."""
    rows = "SELECT id FROM record WHERE outcome = ? ORDER BY id"
    return Spooled(spool, "SELECT count(*) FROM record WHERE outcome = ?", rows, Change, CREATED)


def changed(spool: Spool) -> Sequence[Change]:
    """The records that differ from what is there, field by field, by id."""
    rows = """
        SELECT record.id, present.body, body.body FROM record JOIN body USING (number) JOIN present USING (id)
        WHERE outcome BETWEEN ? AND ? ORDER BY record.id"""
    return Spooled(spool, _COUNT, rows, _change, CHANGED, ENDED)


def gone(spool: Spool) -> Sequence[Change]:
    """The records that no row says any more, by id."""
    return Spooled(spool, _COUNT_GONE, _GONE, lambda key, _: Change(key))


def written(spool: Spool) -> Sequence[AnyRecord]:
    """The records that are new or differ, as they become."""
    rows = "SELECT body FROM record JOIN body USING (number) WHERE outcome BETWEEN ? AND ? ORDER BY number"
    return Spooled(spool, _COUNT, rows, decode, CREATED, ENDED)


def earlier(spool: Spool) -> Iterator[AnyRecord]:
    """What is there now of the records that change, and those that go."""
    rows = "SELECT present.body FROM record JOIN present USING (id) WHERE outcome BETWEEN ? AND ? ORDER BY id"
    for (body,) in spool.rows(rows, CHANGED, ENDED):
        yield decode(body)
    for _, body in spool.rows(_GONE):
        yield decode(body)


def _change(key: str, before: bytes, after: bytes) -> Change:
    return Change(key, _fields(decode(before), decode(after)))


def _outcome(before: AnyRecord, after: AnyRecord) -> int:
    """Whether all that changes is that something which went on, or whose end nobody knew, has an end."""
    ((field, old, new), *more) = _fields(before, after)
    is_end = not more and field == "validity.until" and old in _GOING_ON and new not in _GOING_ON
    return ENDED if is_end else CHANGED


def _fields(before: AnyRecord, after: AnyRecord) -> tuple[tuple[str, str, str], ...]:
    """Each field that differs, with its two values as JSON; dates one by one."""
    old, new = _flat(msgspec.to_builtins(before)), _flat(msgspec.to_builtins(after))
    return tuple(
        (field, old.get(field, "-"), new.get(field, "-"))
        for field in sorted(old.keys() | new.keys())
        if old.get(field) != new.get(field)
    )


def _flat(value: object, name: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        return {key: text for part, each in value.items() for key, text in _flat(each, f"{name}{part}.").items()}
    return {name.rstrip("."): msgspec.json.encode(value).decode()}
