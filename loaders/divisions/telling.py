"""The history of a city's divisions for people (沿革表): tables in Markdown, made of the records as they are loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from graph_model.dates import Certainty, parse_since
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.change_words import ends_of
from graph_model.questions.naming import code_on, name_on
from graph_model.questions.succession import when
from graph_model.records import AnyRecord, ChangeEvent, ChangeKind, Code, Division, Finding, Name
from loaders.divisions.history import TOWNSHIP, base_name
from loaders.divisions.unsure import UNSURE


def tell_history(records: Sequence[AnyRecord]) -> list[str]:
    """Lines of Markdown: how much happened between which editions, the townships, the renames, what is unsure."""
    events = sorted((record for record in records if isinstance(record, ChangeEvent)), key=when)
    return [*_counts(events), "", *_townships(records, events), "", *_renames(records, events), "", *_unsure(records)]


def _table(*header: str, rows: Iterator[Sequence[str]]) -> list[str]:
    lines = [header, ["---"] * len(header), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _counts(events: Sequence[ChangeEvent]) -> list[str]:
    days = sorted({_by(event) for event in events})
    numbers = Counter((event.kind, _by(event)) for event in events)
    possible = Counter(event.kind for event in events if event.confidence is Certainty.POSSIBLE)

    def rows() -> Iterator[Sequence[str]]:
        for kind in ChangeKind:
            each = [numbers[kind, day] for day in days]
            yield kind.name, *(str(number or "") for number in each), str(sum(each)), str(possible[kind] or "")

    return ["### How much happened", "", *_table("by", *days, "all", "of them POSSIBLE", rows=rows())]


def _by(event: ChangeEvent) -> str:
    return str(parse_since(event.on).latest_day)


def _townships(records: Sequence[AnyRecord], events: Sequence[ChangeEvent]) -> list[str]:
    around = _around(records)
    levels = {record.id: record.level for record in records if isinstance(record, Division)}
    goes_on = {ChangeKind.RECODED, ChangeKind.MOVED, ChangeKind.RENAMED}

    def rows() -> Iterator[Sequence[str]]:
        for event in events:
            concerned = (*event.before, *event.after)
            if event.kind in goes_on or any(levels[one] != TOWNSHIP for one in concerned):
                continue
            first, last = ends_of(event)
            before = _list(around, event.before, first)
            after = _list(around, event.after, last)
            yield _by(event), event.kind.name, before, after, event.confidence.value

    return ["### Townships", "", *_table("by", "kind", "before", "after", "confidence", rows=rows())]


def _list(around: Neighbourhood, divisions: Sequence[str], day: int) -> str:
    named = [f"{name_on(around, one, day).text} {code_on(around, one, day).text}" for one in divisions]
    return ", ".join(named) or "-"


def _renames(records: Sequence[AnyRecord], events: Sequence[ChangeEvent]) -> list[str]:
    """Renames of more than an ending."""
    around = _around(records)
    levels = {record.id: record.level for record in records if isinstance(record, Division)}

    def rows() -> Iterator[Sequence[str]]:
        for event in events:
            old, new = event.old or "", event.new or ""
            if event.kind is ChangeKind.RENAMED:
                level = levels[event.before[0]]
                if base_name(level, old) != base_name(level, new):
                    code = code_on(around, event.after[0], ends_of(event)[1]).text
                    yield _by(event), code, old, new, event.confidence.value

    return ["### New names", "", *_table("by", "code", "before", "after", "confidence", rows=rows())]


def _unsure(records: Sequence[AnyRecord]) -> list[str]:
    found = [record for record in records if isinstance(record, Finding) and record.code == UNSURE]
    return ["### What was left unsure", "", *(f"- {one.message.en}." for one in found)]


def _around(records: Sequence[AnyRecord]) -> Neighbourhood:
    return Neighbourhood(
        [record for record in records if isinstance(record, Division)],
        [record for record in records if isinstance(record, Name | Code)],
    )
