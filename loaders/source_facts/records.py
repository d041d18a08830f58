"""From rows to records (记录): what the source states is observed on its day and has no bounds but those given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import structs

from graph_model.keys import claim_id, key_of, node_id, relation_id
from graph_model.records import (
    AnyRecord,
    Basis,
    Coverage,
    Dataset,
    Designation,
    Document,
    Fact,
    Family,
    Finding,
    Measure,
    Organization,
    Post,
    Provenance,
    Relation,
    RelationTally,
    Tally,
)
from graph_model.yaml_file import YamlFile
from loaders.romanise import pinyin
from loaders.source_facts.entries import Context, Entry, Steps, joint_id, place_of
from loaders.source_facts.files import SourceFiles
from loaders.source_facts.rows import (
    AssignmentRow,
    Cited,
    CoverageRow,
    DatasetFile,
    DesignationRow,
    DocumentRow,
    FactRow,
    FindingRow,
    MeasureRow,
    MembershipRow,
    OrganizationRow,
    PostRow,
    ReportingRow,
    Row,
    text,
)

UNIT_OF, POST_IN, MEMBER_OF, REPORTS_TO = "unit-of", "post-in", "member-of", "reports-to"


def iter_entries(files: SourceFiles, context: Context) -> Iterator[Entry]:
    """The records of every file but ``each-division.yaml``, each with its place."""
    for record in _of_dataset(files.dataset.content):
        yield _entry(record, files.dataset, ())
    for located in files.iter_rows():
        for record in _of_row(located.row, files.dataset.content, context):
            yield _entry(record, located.file, located.path)
    for index, group in enumerate(files.facts.content):
        for number, row in enumerate(group.facts):
            yield _entry(_fact(row, group.clause, number + 1, context), files.facts, (index, "facts", number))


def _entry(record: AnyRecord, file: YamlFile[Any], steps: Steps) -> Entry:
    return Entry(record, place_of(file, steps))


def _of_dataset(dataset: DatasetFile) -> Iterator[AnyRecord]:
    yield Dataset(
        id=node_id("dataset", key_of(dataset.source)),
        provenance=Provenance.DERIVED,
        basis=Basis(document=dataset.source),
        name=text(dataset.name),
        reference_date=dataset.reference_date,
        editions=tuple(dataset.editions),
        regimes=tuple(dataset.regimes),
    )


def _of_row(row: Row, dataset: DatasetFile, context: Context) -> Iterator[AnyRecord]:
    if isinstance(row, DocumentRow):
        yield _document(row, dataset, context)
    elif isinstance(row, OrganizationRow):
        yield from _organization(row, context)
    elif isinstance(row, PostRow):
        yield from _post(row, context)
    elif isinstance(row, AssignmentRow):
        yield from _assignments(row, context)
    elif isinstance(row, MembershipRow):
        yield from _memberships(row, context)
    elif isinstance(row, ReportingRow):
        yield from _reporting(row, context)
    elif isinstance(row, MeasureRow):
        yield from _measures(row, context)
    elif isinstance(row, DesignationRow):
        yield from _designations(row, context)
    elif isinstance(row, CoverageRow):
        yield _coverage(row, context)
    elif isinstance(row, FindingRow):
        yield _finding(row, context)


def _document(row: DocumentRow, dataset: DatasetFile, context: Context) -> Document:
    clauses = tuple(dataset.clauses) if row.id == dataset.source else tuple(row.clauses)
    return Document(
        id=row.id,
        provenance=row.provenance,
        basis=context.basis(row.clauses[0] if row.clauses else None, row.note),
        title=row.title,
        title_en=row.title_en,
        kind=row.kind,
        issuer=row.issuer,
        date=row.date,
        clauses=clauses,
    )


def _organization(row: OrganizationRow, context: Context) -> Iterator[AnyRecord]:
    yield Organization(
        id=row.id,
        provenance=row.provenance,
        basis=context.basis(row.clause, row.note),
        code=key_of(row.id),
        kind=row.kind,
        name=row.name[0],
        pinyin=pinyin(row.name[0]),
        name_en=row.name[1],
    )
    for parent in row.unit_of:
        yield _edge(row, context, Family.CONTAINMENT, UNIT_OF, row.id, parent)


def _post(row: PostRow, context: Context) -> Iterator[AnyRecord]:
    yield Post(
        id=row.id,
        provenance=row.provenance,
        basis=context.basis(row.clause, row.note),
        kind=row.kind,
        name=row.name[0],
        pinyin=pinyin(row.name[0]),
        name_en=row.name[1],
        rank=row.rank,
    )
    yield _edge(row, context, Family.CONTAINMENT, POST_IN, row.id, row.post_in)


def _edge(row: Cited, context: Context, family: Family, kind: str, source: str, target: str) -> Relation:
    return Relation(
        id=relation_id(family, kind, source, target),
        provenance=row.provenance,
        basis=context.basis(row.clause, row.note),
        family=family,
        kind=kind,
        source=source,
        target=target,
        validity=context.seen(),
    )


def _assignments(row: AssignmentRow, context: Context) -> Iterator[Relation]:
    for target in row.targets:
        for assignee in row.assignees:
            edge = _edge(row, context, Family.RESPONSIBILITY, row.kind, assignee, target)
            joint = joint_id(row.kind, target) if row.joint else None
            yield structs.replace(edge, regime=context.regime, joint=joint)


def _memberships(row: MembershipRow, context: Context) -> Iterator[Relation]:
    for member in row.members:
        yield structs.replace(_edge(row, context, Family.MEMBERSHIP, MEMBER_OF, member, row.of), role=row.role)


def _reporting(row: ReportingRow, context: Context) -> Iterator[Relation]:
    for reporter in row.reporters:
        for to in row.to:
            yield structs.replace(_edge(row, context, Family.REPORTING, REPORTS_TO, reporter, to), rhythm=row.rhythm)


def _measures(row: MeasureRow, context: Context) -> Iterator[Measure]:
    for addressee in row.to:
        yield Measure(
            id=node_id("measure", row.kind, key_of(addressee), row.word),
            provenance=row.provenance,
            basis=context.basis(row.clause, row.note),
            kind=row.kind,
            by=tuple(row.by),
            to=(addressee,),
            period=context.periods[row.period].span,
        )


def _designations(row: DesignationRow, context: Context) -> Iterator[Designation]:
    for subject in row.subjects:
        yield Designation(
            id=claim_id("designation", subject, row.kind),
            provenance=row.provenance,
            basis=context.basis(row.clause, row.note),
            subject=subject,
            kind=row.kind,
            validity=context.seen(),
        )


def _coverage(row: CoverageRow, context: Context) -> Coverage:
    return Coverage(
        id=node_id("coverage", row.roster.value, row.kind, key_of(row.area)),
        provenance=row.provenance,
        basis=context.basis(row.clause, row.note),
        roster=row.roster,
        regime=context.regime,
        kind=row.kind,
        area=row.area,
        validity=context.seen(row.since),
    )


def _fact(row: FactRow, clause: str, position: int, context: Context) -> Fact:
    period = context.periods[row.period]
    return Fact(
        id=node_id("fact", clause, row.key),
        provenance=row.provenance,
        basis=context.basis(clause, row.note),
        subject=text(row.subject),
        measure=text(row.measure),
        period=period.span,
        period_label=text(period.label),
        value=row.value,
        unit=row.unit,
        qualifier=row.qualifier,
        counts=_tally(row, context),
        position=position,
    )


def _tally(row: FactRow, context: Context) -> Tally | None:
    """What the figure counts: assignments are those of the data set's regime."""
    if isinstance(row.counts, RelationTally) and row.counts.family is Family.RESPONSIBILITY:
        return structs.replace(row.counts, regime=row.counts.regime or context.regime)
    return row.counts


def _finding(row: FindingRow, context: Context) -> Finding:
    return Finding(
        id=node_id("finding", row.code, row.key),
        provenance=Provenance.DERIVED,
        basis=context.basis(row.clauses[0], row.note),
        code=row.code,
        severity=row.severity,
        message=text(row.message),
        clauses=tuple(row.clauses),
        subjects=tuple(row.subjects),
    )
