"""Rows beside each other (行与行): what says the same twice, what hangs on a refused row, several periods of a pair."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import structs

from graph_model.dates import Validity
from graph_model.errors import Place
from graph_model.records import AnyRecord, Claim, Relation, encode
from loaders.reading import Refused
from loaders.rosters.building import Built


def tell_apart(built: Sequence[Built], made: Callable[[str], bool]) -> list[Built]:
    """Rows beside each other: what says the same twice is refused, and other dates of the same ends get other keys.

    ``made`` tells the ids of what this import makes: a row that speaks of what only a refused row makes is refused.

    Whatever the order of the rows, the same is kept, and the relation that begins first has the plain key.
    """
    rows = sorted(built, key=lambda each: each.number)
    repeated = _repeated(rows) | _contradicting(rows)
    kept = [
        structs.replace(row, records=(), faults=(*row.faults, repeated[row.number])) if row.number in repeated else row
        for row in rows
    ]
    kept = _without_orphans(kept, made)
    keys = _keys(kept)
    return [
        structs.replace(row, records=tuple(keys.get(each, each) for each in row.records))
        if keys and not keys.keys().isdisjoint(row.records)
        else row
        for row in kept
    ]


def _keys(rows: Sequence[Built]) -> dict[AnyRecord, AnyRecord]:
    """The records that share their id with others, each with an id of its own."""
    first: dict[str, AnyRecord] = {}
    several: defaultdict[str, set[AnyRecord]] = defaultdict(set)
    for row in rows:
        for record in row.records:
            if not _is_node(record) and first.setdefault(record.id, record) != record:
                several[record.id] |= {first[record.id], record}
    return {record: keyed for found in several.values() for record, keyed in _keyed(found)}


def _contradicting(rows: Sequence[Built]) -> dict[int, Refused]:
    """The rows that give one thing another name than other rows: which is right, nobody here can tell."""
    names: defaultdict[str, dict[AnyRecord, Built]] = defaultdict(dict)
    for row in rows:
        for record in row.records:
            if _is_node(record):
                names[record.id].setdefault(record, row)
    found: dict[int, Refused] = {}
    for row in rows:
        for record in row.records:
            other = next((each for known, each in names[record.id].items() if known != record), None)
            if _is_node(record) and other is not None:
                reason = (
                    f"gives {record.id} another name than {_row(other.place, row.place)}: which of the two is right?"
                )
                found.setdefault(row.number, Refused(row.place, reason))
    return found


def _repeated(rows: Sequence[Built]) -> dict[int, Refused]:
    """The rows that say nothing but what one other row says; of those that say just the same all but the first."""
    once: set[AnyRecord] = set()
    again: set[AnyRecord] = set()
    for row in rows:
        for record in _own(row):
            (again if record in once else once).add(record)
    once.clear()
    saying: defaultdict[AnyRecord, list[Built]] = defaultdict(list)
    alike = [row for row in rows if row.records and again.issuperset(_own(row))]
    told = {row.number: _own(row) for row in rows if not again.isdisjoint(_own(row))} if alike else {}
    for row in rows if alike else ():
        for record in _own(row) & again:
            saying[record].append(row)
    found: dict[int, Refused] = {}
    for row in alike:
        said = told.get(row.number, frozenset())
        rarest = min((saying[record] for record in said), key=len, default=[])
        for other in rarest if len(rarest) > 1 else ():
            is_more = said < told[other.number]
            if is_more or (said == told[other.number] and other.number < row.number):
                reason = f"says the same as {_row(other.place, row.place)}: take one of them out"
                found[row.number] = Refused(row.place, reason)
                break
    return found


def _row(one: Place, beside: Place) -> str:
    """A row, as another one speaks of it."""
    return f"row {one.row}" if one.at is None and one.file == beside.file else str(one)


def _own(row: Built) -> frozenset[AnyRecord]:
    """What a row says of nodes."""
    return frozenset(each for each in row.records if not _is_node(each))


def _without_orphans(rows: Sequence[Built], made: Callable[[str], bool]) -> list[Built]:
    """The rows, those refused that hang on what no row that is kept makes; refusing one may orphan another."""
    kept = list(rows)
    while True:
        there = {record.id for row in kept for record in row.records}
        orphans = {
            place: sorted(end for record in row.records for end in _ends(record) if made(end) and end not in there)
            for place, row in enumerate(kept)
        }
        if not any(orphans.values()):
            return kept
        for place, missing in orphans.items():
            if missing:
                row = kept[place]
                reason = f"speaks of {missing[0]}, which only a row that was refused makes: mend that one first"
                kept[place] = structs.replace(row, records=(), faults=(Refused(row.place, reason),))


def _ends(record: AnyRecord) -> tuple[str, ...]:
    if isinstance(record, Relation):
        return record.source, record.target
    return (record.subject,) if isinstance(record, Claim) else ()


def _is_node(record: AnyRecord) -> bool:
    return not isinstance(record, Relation | Claim)


def _begins(record: AnyRecord) -> tuple[str, str, bytes]:
    validity = record.validity if isinstance(record, Relation | Claim) else Validity()
    return validity.since or "", validity.until or "", encode(record)


def _keyed(found: Iterable[AnyRecord]) -> Iterator[tuple[AnyRecord, AnyRecord]]:
    """Several records of the same ends, each with one of its own id: the first keeps its key.

    Those that follow say in it since when they hold, and where that is said already, by four letters which they are.
    """
    first, *others = sorted(found, key=_begins)
    yield first, first
    taken: set[str] = set()
    for record in others:
        since, _, content = _begins(record)
        word = re.sub(r"[^A-Za-z0-9]+", "-", since).strip("-")
        if not word or word in taken:
            word = f"{word}-{hashlib.blake2b(content, digest_size=4).hexdigest()}".lstrip("-")
        taken.add(word)
        yield record, structs.replace(record, id=f"{record.id}.{word}")
