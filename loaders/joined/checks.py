"""What is wrong with the rows of a set (核对): ids, words of the regime, clauses, days, and who is referred to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from graph_model.dates import limits, parse_day, parse_period
from graph_model.errors import BadDateError
from graph_model.records import ID_PATTERN, AnyNode, Provenance, Roster
from graph_model.regime import Kind, Regime, allows
from loaders.joined import rows
from loaders.joined.records import Maker
from loaders.source_facts.checks import Fault, unknown

_OWN_TYPES: Mapping[type[rows.Row] | type[rows.DocumentRow], str] = {
    rows.DocumentRow: "document",
    rows.AssetRow: "asset",
    rows.OrganizationRow: "organization",
    rows.PostRow: "post",
    rows.PersonRow: "person",
}


def head_faults(file: rows.SetFile) -> Iterator[Fault]:
    """What is wrong with the head, and the documents."""
    try:
        parse_day(file.seen)
    except BadDateError as error:
        yield ("seen",), file.seen, str(error)
    for index, row in enumerate(file.documents):
        yield from (((("documents", index, *steps)), value, reason) for steps, value, reason in _id_faults(row))
    if file.source not in {row.id for row in file.documents}:
        yield ("source",), file.source, "is none of the documents of this file: name one of them"


def row_faults(row: rows.Row, file: rows.SetFile, regime: Regime) -> Iterator[Fault]:
    """What can be told of a row by itself."""
    yield from _id_faults(row)
    yield from _clause_faults(row, file)
    try:
        limits(Maker(file).validity(row))
    except BadDateError as error:
        yield ("since" if row.since else "until" if row.until else "seen",), row.since or row.until or "", str(error)
    match row:
        case rows.AssignmentRow():
            yield from _word_faults(("kind",), row.kind, regime.kind_positions, f"kind of {regime.code}")
        case rows.DesignationRow():
            yield from _word_faults(
                ("kind",), row.kind, [kind.code for kind in regime.designations], f"designation of {regime.code}"
            )
        case rows.ExemptionRow():
            yield from _word_faults(("duty",), row.duty, regime.duty_positions, f"duty of {regime.code}")
        case rows.DoneRow():
            measures = [kind.code for kind in regime.measures]
            yield from _word_faults(("kind",), row.kind, measures, f"measure of {regime.code}")
            for index, period in enumerate(row.on):
                try:
                    parse_period(period)
                except BadDateError as error:
                    yield ("on", index), period, str(error)
        case rows.CoverageRow():
            yield from _coverage_faults(row, regime)


def _id_faults(row: rows.Row | rows.DocumentRow) -> Iterator[Fault]:
    own = _OWN_TYPES.get(type(row))
    record_id: str | None = getattr(row, "id", None)
    if own is None or record_id is None:
        return
    if ID_PATTERN.fullmatch(record_id) is None or not record_id.startswith(f"{own}:"):
        yield ("id",), record_id, f"is no id of this part: write {own}: and letters, digits or hyphens (ASCII)"


def _clause_faults(row: rows.Row, file: rows.SetFile) -> Iterator[Fault]:
    if row.clause is None:
        return
    clauses = {document.id: document.clauses for document in file.documents}.get(row.document or file.source)
    if clauses is not None and row.clause not in clauses:
        yield ("clause",), row.clause, f"is no clause of the document: write one of {', '.join(clauses)}"


def _word_faults(steps: tuple[str], word: str, known: Collection[str], what: str) -> Iterator[Fault]:
    if word not in known:
        yield steps, word, f"is no {what}: write one of {', '.join(known)}"


def _coverage_faults(row: rows.CoverageRow, regime: Regime) -> Iterator[Fault]:
    if row.roster is Roster.ASSIGNMENT:
        yield from _word_faults(("kind",), row.kind or "", regime.kind_positions, f"kind of {regime.code}")
    elif row.roster is Roster.EVIDENCE:
        measures = [kind.code for kind in regime.measures]
        yield from _word_faults(("kind",), row.kind or "", measures, f"measure of {regime.code}")
    elif row.kind is not None:
        yield ("kind",), row.kind, f"a roster of {row.roster.value} has no kind: leave it away"


def reference_faults(row: rows.Row, nodes: Mapping[str, AnyNode], regime: Regime) -> Iterator[Fault]:
    """Ids that no node has, ends that the kind does not allow, and what is stated of something that is made up."""
    if row.document is not None and row.document not in nodes:
        yield ("document",), row.document, "is no document of this file, nor of a set that it joins"
    for field in row.refers:
        for steps, one in _ids_in(field, getattr(row, field)):
            if one not in nodes:
                yield steps, one, unknown(one)
                continue
            node = nodes[one]
            if row.provenance is not Provenance.SYNTHETIC and node.provenance is Provenance.SYNTHETIC:
                yield steps, one, "is SYNTHETIC: what is not made up cannot rest on it; say so of the row, too"
            kind = regime.find_kind(row.kind) if isinstance(row, rows.AssignmentRow) else None
            if kind is not None:
                yield from _end_faults(kind, field, steps, node)


def _ids_in(field: str, value: str | Sequence[str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The ids that a field holds, one or several, each with its steps."""
    column = field.replace("_", "-")
    if isinstance(value, str):
        yield (column,), value
    else:
        yield from (((column, index), one) for index, one in enumerate(value))


def _end_faults(kind: Kind, field: str, steps: tuple[str | int, ...], node: AnyNode) -> Iterator[Fault]:
    patterns = kind.assignees if field == "assignees" else kind.targets
    if not allows(patterns, node):
        what = "answers" if field == "assignees" else "is answered for"
        yield steps, node.id, f"is nothing that {what} so: {kind.code} takes {', '.join(patterns)}"
