"""What may stand in the files of the source (文件格式): one struct for each kind of row.

A text in both languages is a pair, Chinese first. Ids are written whole: ``post:5305:party-secretary``.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from graph_model.records import Provenance, Qualifier, Roster, Severity, Tally, Text

Pair = tuple[str, str]
Ids = Annotated[list[str], Meta(min_length=1)]


def text(pair: Pair) -> Text:
    """A pair as a text in both languages."""
    return Text(zh=pair[0], en=pair[1])


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What all rows share. ``refers``: the fields that hold ids of nodes, one or a list."""

    refers: ClassVar[tuple[str, ...]] = ()

    note: Pair | None = None


class Stated(Row, frozen=True, kw_only=True):
    """A row that says where it comes from: the source, unless it says otherwise."""

    provenance: Provenance = Provenance.SOURCE


class Cited(Stated, frozen=True, kw_only=True):
    """A row that rests on one clause of the source (条款)."""

    clause: str


class Period(Struct, frozen=True, forbid_unknown_fields=True):
    """A period that figures speak of (时期): ``span`` as ``dates.parse_period``, and what the source calls it."""

    span: str
    label: Pair


class DatasetFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """``dataset.yaml``: the data set itself, the source's clauses, and the periods of its figures.

    ``source`` is the id of the source's document, ``area`` that of the division it speaks of.
    """

    name: Pair
    source: str
    area: str
    reference_date: str
    editions: list[str]
    regimes: Ids
    clauses: dict[str, Pair]
    periods: dict[str, Period]


class DocumentRow(Stated, frozen=True, kw_only=True):
    """A document (文件) and the clauses that name it."""

    refers: ClassVar[tuple[str, ...]] = ("issuer",)

    id: str
    kind: str
    title: str
    title_en: str
    issuer: str | None = None
    date: str | None = None
    clauses: list[str] = []


class OrganizationRow(Cited, frozen=True, kw_only=True):
    """An organisation (组织) and what it is a unit of."""

    refers: ClassVar[tuple[str, ...]] = ("unit_of",)

    id: str
    kind: str
    name: Pair
    unit_of: list[str]


class PostRow(Cited, frozen=True, kw_only=True):
    """A post (职务) and the organisation that it is in."""

    refers: ClassVar[tuple[str, ...]] = ("post_in",)

    id: str
    kind: str
    name: Pair
    post_in: str
    rank: int | None = None


class AssignmentRow(Cited, frozen=True, kw_only=True):
    """Each assignee answers for each target (责任); ``joint``: the assignees answer together."""

    refers: ClassVar[tuple[str, ...]] = ("assignees", "targets")

    kind: str
    assignees: Ids
    targets: Ids
    joint: bool = False


class MembershipRow(Cited, frozen=True, kw_only=True):
    """The members of a group, in one role (成员)."""

    refers: ClassVar[tuple[str, ...]] = ("members", "of")

    role: str
    members: Ids
    of: str


class ReportingRow(Cited, frozen=True, kw_only=True):
    """Each reporter reports to each of ``to`` (汇报、述职)."""

    refers: ClassVar[tuple[str, ...]] = ("reporters", "to")

    reporters: Ids
    to: Ids
    rhythm: str | None = None


class MeasureRow(Cited, frozen=True, kw_only=True):
    """A measure (措施): one record for each of ``to``. ``word`` tells it apart from others of its kind in the id."""

    refers: ClassVar[tuple[str, ...]] = ("by", "to")

    kind: str
    by: Ids
    to: Ids
    word: str
    period: str


class DesignationRow(Stated, frozen=True, kw_only=True):
    """What divisions are registered as (认定); without a clause where it is not in the source."""

    refers: ClassVar[tuple[str, ...]] = ("subjects",)

    kind: str
    subjects: Ids
    clause: str | None = None


class CoverageRow(Cited, frozen=True, kw_only=True):
    """A roster that the source holds completely (覆盖)."""

    refers: ClassVar[tuple[str, ...]] = ("area",)

    roster: Roster
    kind: str
    area: str
    since: str | None = None


class FactRow(Stated, frozen=True, kw_only=True):
    """A figure or rule (数据), under its clause; ``period`` is one of ``dataset.yaml``.

    ``counts`` says what the graph counts beside the figure; of assignments, those of the data set's first regime.
    """

    key: str
    subject: Pair
    measure: Pair
    period: str
    value: float | None = None
    unit: str | None = None
    qualifier: Qualifier = Qualifier.EXACT
    counts: Tally | None = None


class ClauseRow(Struct, frozen=True, forbid_unknown_fields=True):
    """The figures and rules of one clause, in the order of its text."""

    clause: str
    facts: list[FactRow]


class FindingRow(Stated, frozen=True, kw_only=True):
    """A contradiction, a doubt or a reading (发现)."""

    refers: ClassVar[tuple[str, ...]] = ("subjects",)

    key: str
    code: str
    severity: Severity
    message: Pair
    clauses: Ids
    subjects: list[str] = []
