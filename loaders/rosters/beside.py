"""Rows beside each other (行与行): what says the same twice, what hangs on a refused row, several periods of a pair."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import structs

from graph_model.dates import Validity
from graph_model.errors import Place, both
from graph_model.records import AnyRecord, Claim, Relation, Text, decode, encode
from loaders.reading import Refused
from loaders.rosters.spool import Spool

_ALIKE = """
    SELECT line FROM said JOIN record ON number = record WHERE NOT is_node GROUP BY line HAVING min(times) > 1
    ORDER BY line"""
_OWN = "SELECT number, times FROM said JOIN record ON number = record WHERE line = ? AND NOT is_node"
_SAYING = "SELECT line FROM said WHERE record = ? ORDER BY line"
_NAMED_TWICE = "SELECT id FROM record WHERE is_node GROUP BY id HAVING count(*) > 1 ORDER BY id"
_NAMES = """
    SELECT number, min(line) FROM record JOIN said ON record = number WHERE id = ? GROUP BY number ORDER BY min(line)"""
_ORPHANS = """
    INSERT INTO orphan (line, missing) SELECT line, min(missing) FROM (
        SELECT number, source AS missing FROM record WHERE makes_source AND times > 0 AND NOT EXISTS
            (SELECT 1 FROM record AS made WHERE made.id = record.source AND made.is_node AND made.times > 0)
        UNION ALL
        SELECT number, target FROM record WHERE makes_target AND times > 0 AND NOT EXISTS
            (SELECT 1 FROM record AS made WHERE made.id = record.target AND made.is_node AND made.times > 0)
    ) JOIN said ON record = number GROUP BY line"""
_SHARED = """
    CREATE TABLE shared AS SELECT id FROM (
        SELECT id FROM record WHERE NOT is_node AND times > 0 GROUP BY id HAVING count(*) > 1
        UNION
        SELECT id FROM record WHERE NOT is_node AND times > 0 AND EXISTS
            (SELECT 1 FROM present WHERE present.id > record.id || '.' AND present.id < record.id || '/')
    ) ORDER BY id"""
_THERE = "SELECT id, body FROM present WHERE id = ? OR (id > ? AND id < ?) ORDER BY id DESC"
_SHARING = "SELECT number, body FROM record JOIN body USING (number) WHERE id = ? AND times > 0"


def tell_apart(spool: Spool) -> None:
    """Rows beside each other: what says the same twice is refused, and other dates of the same ends get other keys.

    A row that speaks of what only a refused row makes is refused. Whatever the order of the rows, the same is kept;
    what is there already keeps its key, and else the relation that begins first has the plain one.
    """
    spool.do("CREATE TABLE judged (line INTEGER PRIMARY KEY, other INTEGER, named TEXT)")
    _judge(spool, _contradicting(spool))
    _judge(spool, _repeated(spool))
    for line, other, named in spool.rows("SELECT line, other, named FROM judged ORDER BY line"):
        spool.refuse(line, [_fault(spool.line(line).place, spool.line(other).place, named)])
    _refuse_orphans(spool)
    _give_keys(spool)


def _judge(spool: Spool, found: Iterable[tuple[int, int, str | None]]) -> None:
    """Note lines that go not together with another one: what was noted first of a line counts."""
    spool.do_each("INSERT INTO judged (line, other, named) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", found)


def _fault(place: Place, other: Place, named: str | None) -> Refused:
    is_near = other.at is None and other.file == place.file
    beside = Text(f"第 {other.row} 行", f"row {other.row}") if is_near else both(str(other))
    said = (
        Text(f"与{beside.zh}说的相同：请删去其中一行", f"says the same as {beside.en}: take one of them out")
        if named is None
        else Text(
            f"给 {named} 的名称与{beside.zh}不同：哪一个对？",
            f"gives {named} another name than {beside.en}: which of the two is right?",
        )
    )
    return Refused.because(place, said)


def _contradicting(spool: Spool) -> Iterator[tuple[int, int, str]]:
    """The rows that give one thing another name than other rows: which is right, nobody here can tell."""
    twice = [key for (key,) in spool.rows(_NAMED_TWICE)]
    if twice:
        spool.look_up_lines()
    for key in twice:
        (first, line), (_, beside), *_ = names = list(spool.rows(_NAMES, key))
        for number, _ in names:
            other = beside if number == first else line
            for (each,) in spool.rows(_SAYING, number):
                yield each, other, key


def _repeated(spool: Spool) -> Iterator[tuple[int, int, None]]:
    """The rows that say nothing but what one other row says; of those that say just the same all but the first."""
    if not spool.repeats:
        return
    spool.look_up_lines()
    for (line,) in spool.rows(_ALIKE):
        own = dict(spool.rows(_OWN, line))
        rarest = min(own, key=lambda number: (own[number], number))
        for (other,) in spool.rows(_SAYING, rarest):
            if other == line:
                continue
            beside = {number for number, _ in spool.rows(_OWN, other)}
            if own.keys() < beside or (own.keys() == beside and other < line):
                yield line, other, None
                break


def _refuse_orphans(spool: Spool) -> None:
    """Refuse the rows that hang on what no row that is kept makes; refusing one may orphan another."""
    spool.do("CREATE TABLE orphan (line INTEGER PRIMARY KEY, missing TEXT NOT NULL)")
    while True:
        spool.do(_ORPHANS)
        is_done = True
        for line, missing in spool.rows("SELECT line, missing FROM orphan ORDER BY line"):
            is_done = False
            said = Text(
                f"说到 {missing}，而新建它的行都被拒收了：请先改正那一行",
                f"speaks of {missing}, which only a row that was refused makes: mend that one first",
            )
            spool.refuse(line, [Refused.because(spool.line(line).place, said)])
        if is_done:
            return
        spool.do("DELETE FROM orphan")


def _give_keys(spool: Spool) -> None:
    """Of the records that share their id with others each gets an id of its own: that which it has already, if any."""
    spool.do(_SHARED)
    for (key,) in spool.rows("SELECT id FROM shared"):
        numbers = {decode(body): number for number, body in spool.rows(_SHARING, key)}
        there = {_said(decode(body)): own for own, body in spool.rows(_THERE, key, f"{key}.", f"{key}/")}
        for record, own in _keyed(numbers, key, there):
            if own != key:
                spool.do("UPDATE record SET id = ? WHERE number = ?", own, numbers[record])
                keyed = encode(structs.replace(record, id=own))
                spool.do("UPDATE body SET body = ? WHERE number = ?", keyed, numbers[record])


def _said(record: AnyRecord) -> bytes:
    """What a record says, whatever its id."""
    return encode(structs.replace(record, id=""))


def _begins(record: AnyRecord) -> tuple[str, str, bytes]:
    validity = record.validity if isinstance(record, Relation | Claim) else Validity()
    return validity.since or "", validity.until or "", encode(record)


def _keyed(found: Iterable[AnyRecord], key: str, there: Mapping[bytes, str]) -> Iterator[tuple[AnyRecord, str]]:
    """Several records of the same ends, each with an id of its own: the one by which it is ``there``, by what it says.

    Of the others the first has the plain key, if that is free. Those that follow say in it since when they hold, and
    where that is said already, by four letters which they are.
    """
    ordered = sorted(found, key=_begins)
    known = {record: there[_said(record)] for record in ordered if _said(record) in there}
    yield from known.items()
    taken = set(known.values())
    for record in ordered:
        if record in known:
            continue
        since, _, content = _begins(record)
        word = re.sub(r"[^A-Za-z0-9]+", "-", since).strip("-")
        letters = f"{word}-{hashlib.blake2b(content, digest_size=4).hexdigest()}".lstrip("-")
        own = key if key not in taken else f"{key}.{word}"
        if own in taken or own.endswith("."):
            own = f"{key}.{letters}"
        taken.add(own)
        yield record, own
