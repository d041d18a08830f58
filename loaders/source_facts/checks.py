"""What must agree between the rows of the source (核对): clauses, periods, days, and the ids they refer to."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from graph_model.dates import parse_day, parse_partial, parse_period
from graph_model.errors import BadDateError, Place
from graph_model.records import ID_PATTERN, NODE_TYPES, ChangeEvent
from loaders.reading import Refused
from loaders.source_facts.entries import Entry, Steps, refuse
from loaders.source_facts.files import SourceFiles
from loaders.source_facts.rows import DatasetFile, DocumentRow, FactRow, OrganizationRow, PostRow, Row

Fault = tuple[Steps, str, str]
"""Where in a row, the value, and what is wrong with it and would help."""

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_OWN_TYPE: Mapping[type[Row], str] = {DocumentRow: "document", OrganizationRow: "organization", PostRow: "post"}
_NODE_TAGS = sorted(str(node_type.__struct_config__.tag) for node_type in NODE_TYPES if node_type is not ChangeEvent)
_REMEDY = {
    "division": "write one of the loaded editions, such as division:530521",
    "document": "write one of documents.yaml",
    "organization": "write one of organizations.yaml or each-division.yaml",
    "post": "write one of posts.yaml or each-division.yaml",
}
_OTHER_REMEDY = "an id looks like post:5305:party-secretary"


def check_rows(files: SourceFiles) -> Iterator[Refused]:
    """What can be told before any record is made."""
    dataset = files.dataset.content
    for steps, value, reason in _dataset_faults(dataset):
        yield refuse(files.dataset, steps, value, reason)
    for located in files.iter_rows():
        for steps, value, reason in _row_faults(located.row, dataset):
            yield refuse(located.file, (*located.path, *steps), value, reason)
    for index, group in enumerate(files.facts.content):
        for steps, value, reason in _clause_faults((index, "clause"), group.clause, dataset):
            yield refuse(files.facts, steps, value, reason)


def _dataset_faults(dataset: DatasetFile) -> Iterator[Fault]:
    yield from _date_faults(("reference-date",), dataset.reference_date, parse_day)
    for index, day in enumerate(dataset.editions):
        yield from _date_faults(("editions", index), day, parse_day)
    for word, period in dataset.periods.items():
        yield from _date_faults(("periods", word, "span"), period.span, parse_period)


def _row_faults(row: Row, dataset: DatasetFile) -> Iterator[Fault]:
    clause = getattr(row, "clause", None)
    if clause is not None:
        yield from _clause_faults(("clause",), clause, dataset)
    for index, one in enumerate(getattr(row, "clauses", ())):
        yield from _clause_faults(("clauses", index), one, dataset)
    period = getattr(row, "period", None)
    if period is not None and period not in dataset.periods:
        yield ("period",), period, f"is no period of dataset.yaml: write one of {', '.join(dataset.periods)}"
    for column in ("since", "date"):
        day = getattr(row, column, None)
        if day is not None:
            yield from _date_faults((column,), day, parse_partial)
    for column in ("key", "word"):
        key = getattr(row, column, None)
        if key is not None and KEY.fullmatch(key) is None:
            yield (
                (column,),
                key,
                "is no key: write small letters and digits with hyphens between, such as study-meetings",
            )
    for column, sort in _counted(row, "sources", "targets", "subjects"):
        if sort.partition(":")[0] not in _NODE_TAGS:
            yield (
                ("counts", column),
                sort,
                f"is no sort of nodes: write one of {', '.join(_NODE_TAGS)}; or with a kind, division:county",
            )
    own = _OWN_TYPE.get(type(row))
    if own is not None:
        yield from _id_faults(getattr(row, "id", ""), own)


def _id_faults(record_id: str, own: str) -> Iterator[Fault]:
    if ID_PATTERN.fullmatch(record_id) is None or not record_id.startswith(f"{own}:"):
        yield ("id",), record_id, f"is no id of this file: write {own}: and letters, digits or hyphens (ASCII)"


def _clause_faults(steps: Steps, clause: str, dataset: DatasetFile) -> Iterator[Fault]:
    if clause not in dataset.clauses:
        yield steps, clause, no_clause(dataset.clauses)


def _date_faults(steps: Steps, day: str, parse: Callable[[str], object]) -> Iterator[Fault]:
    try:
        parse(day)
    except BadDateError as error:
        yield steps, day, str(error)


def no_clause(clauses: Collection[str]) -> str:
    """Why the number of a clause is refused, and what would help."""
    return f"is no clause of the source: write one of {', '.join(clauses)}"


def check_references(files: SourceFiles, known: Collection[str]) -> Iterator[Refused]:
    """Every id that a row refers to and that is no node's: here, in the divisions, or made for each division."""
    for located in files.iter_rows():
        for field in located.row.refers:
            column = field.replace("_", "-")
            value: str | Sequence[str] | None = getattr(located.row, field)
            single: list[tuple[Steps, str]] = [((column,), value)] if isinstance(value, str) else []
            several: list[tuple[Steps, str]] = (
                [((column, n), v) for n, v in enumerate(value or ())] if not single else []
            )
            for steps, one in single or several:
                if one not in known:
                    yield refuse(located.file, (*located.path, *steps), one, unknown(one))
        for column, one in _counted(located.row, "by", "source", "target"):
            if one not in known:
                yield refuse(located.file, (*located.path, "counts", column), one, unknown(one))
    dataset = files.dataset.content
    for column, one in (("source", dataset.source), ("area", dataset.area)):
        if one not in known:
            yield refuse(files.dataset, (column,), one, unknown(one))


def _counted(row: Row, *columns: str) -> Iterator[tuple[str, str]]:
    """Some columns of what a figure counts, where they are given."""
    if isinstance(row, FactRow):
        for column in columns:
            value: str | None = getattr(row.counts, column, None)
            if value is not None:
                yield column, value


def unknown(node: str) -> str:
    """Why an id is refused, and what would help."""
    kind = node.partition(":")[0]
    return f"is no {kind} that is known: {_REMEDY[kind]}" if kind in _REMEDY else f"is unknown: {_OTHER_REMEDY}"


def check_unique(entries: Sequence[Entry]) -> Iterator[Refused]:
    """Every second record of one id, with the place of the first."""
    first: dict[str, Place] = {}
    for entry in entries:
        place = first.setdefault(entry.record.id, entry.place)
        if place is not entry.place:
            at = Place(entry.place.file, entry.place.row, "id", entry.record.id)
            yield Refused(at, f"is made at {place} already: remove one of the two, or give it a word of its own")
