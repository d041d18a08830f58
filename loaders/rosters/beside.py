"""Rows beside each other (行与行): what says the same twice, what hangs on a refused row, several periods of a pair."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence

from msgspec import structs

from graph_model.dates import Validity
from graph_model.records import AnyRecord, Claim, Relation
from loaders.reading import Refused
from loaders.rosters.building import Built


def tell_apart(built: Sequence[Built], made: Callable[[str], bool]) -> list[Built]:
    """Rows beside each other: what says the same twice is refused, and other dates of the same ends get other keys.

    ``made`` tells the ids of what this import makes: a row that speaks of what only a refused row makes is refused.

    Whatever the order of the rows, the relation that begins first has the plain key.
    """
    nodes: dict[str, tuple[int, AnyRecord]] = {}
    dated: defaultdict[str, dict[AnyRecord, int]] = defaultdict(dict)
    kept: list[Built] = []
    for row in sorted(built, key=lambda each: each.number):
        faults = list(row.faults)
        for record in row.records:
            number, known = nodes.setdefault(record.id, (row.number, record)) if _is_node(record) else (0, record)
            if known != record:
                faults.append(Refused(row.place, f"gives {record.id} another name than row {number}"))
        own = [record for record in row.records if not _is_node(record)]
        if own and not faults and all(record in dated[record.id] for record in own):
            first = min(dated[record.id][record] for record in own)
            faults.append(Refused(row.place, f"says the same as row {first}: take one of them out"))
        if faults:
            kept.append(structs.replace(row, records=(), faults=tuple(faults)))
            continue
        for record in own:
            dated[record.id].setdefault(record, row.number)
        kept.append(row)
    kept = _without_orphans(kept, made)
    dated = defaultdict(dict)
    for row in kept:
        for record in row.records:
            if not _is_node(record):
                dated[record.id].setdefault(record, row.number)
    keys = {
        record: record if place == 0 else _with_key(record, place)
        for found in dated.values()
        for place, record in enumerate(sorted(found, key=_begins))
    }
    return [structs.replace(row, records=tuple(keys.get(each, each) for each in row.records)) for row in kept]


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


def _begins(record: AnyRecord) -> tuple[str, str]:
    validity = record.validity if isinstance(record, Relation | Claim) else Validity()
    return validity.since or "", validity.until or ""


def _with_key(record: AnyRecord, place: int) -> AnyRecord:
    """A later one of several with the same ends: its key says since when, or which it is."""
    since = re.sub(r"[^A-Za-z0-9]+", "-", _begins(record)[0]).strip("-") or str(place + 1)
    return structs.replace(record, id=f"{record.id}.{since}")
