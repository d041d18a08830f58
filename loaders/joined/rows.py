"""What may stand in ``data/<name>/set.yaml`` (数据集文件). The form is described in docs/set-file.md.

A text in both languages is a pair, Chinese first. Ids are written whole: ``post:530581:party-secretary``.
"""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from graph_model.records import Provenance, Roster
from loaders.source_facts.rows import Ids, Pair


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What all rows share: where it comes from, and when it holds.

    ``refers``: the fields that hold ids of nodes, one or a list. ``document`` is an id, or left away the set's own;
    a row without a clause rests on none unless it names one. ``seen``: left away, the set's own day, unless ``since``
    or ``until`` is given.
    """

    refers: ClassVar[tuple[str, ...]] = ()

    provenance: Provenance = Provenance.SOURCE
    document: str | None = None
    clause: str | None = None
    note: Pair | None = None
    since: str | None = None
    until: str | None = None
    seen: list[str] | None = None


class DocumentRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A document (文件), and what its clauses are about."""

    id: str
    kind: str
    title: str
    title_en: str
    provenance: Provenance = Provenance.SOURCE
    date: str | None = None
    clauses: dict[str, Pair] = {}


class AssetRow(Row, frozen=True, kw_only=True):
    """An asset (责任对象), and all that it lies in: assets and divisions."""

    refers: ClassVar[tuple[str, ...]] = ("lies_in",)

    id: str
    kind: str
    name: Pair
    lies_in: list[str] = []


class OrganizationRow(Row, frozen=True, kw_only=True):
    """An organisation (组织), and what it is a unit of."""

    refers: ClassVar[tuple[str, ...]] = ("unit_of",)

    id: str
    kind: str
    name: Pair
    unit_of: list[str] = []


class PostRow(Row, frozen=True, kw_only=True):
    """A post (职务), and the organisation that it is in."""

    refers: ClassVar[tuple[str, ...]] = ("post_in",)

    id: str
    kind: str
    name: Pair
    post_in: str
    rank: int | None = None


class PersonRow(Row, frozen=True, kw_only=True):
    """Who holds posts (人员): a code in the id, never a name."""

    refers: ClassVar[tuple[str, ...]] = ("holds",)

    id: str
    holds: list[str] = []


class AssignmentRow(Row, frozen=True, kw_only=True):
    """Each assignee answers for each target (责任); ``joint``: the assignees answer together."""

    refers: ClassVar[tuple[str, ...]] = ("assignees", "targets")

    kind: str
    assignees: Ids
    targets: Ids
    joint: bool = False


class DesignationRow(Row, frozen=True, kw_only=True):
    """What divisions and assets are registered as (认定)."""

    refers: ClassVar[tuple[str, ...]] = ("subjects",)

    kind: str
    subjects: Ids


class VacancyRow(Row, frozen=True, kw_only=True):
    """Posts that are recorded as empty (空缺)."""

    refers: ClassVar[tuple[str, ...]] = ("posts",)

    posts: Ids


class ExemptionRow(Row, frozen=True, kw_only=True):
    """Who is exempt from a duty (豁免)."""

    refers: ClassVar[tuple[str, ...]] = ("subjects",)

    duty: str
    subjects: Ids


class DoneRow(Row, frozen=True, kw_only=True):
    """What somebody did (措施、履职记录), once for each day or period of ``on``: a talk, a patrol.

    ``quantities``: how much of what there was each time, by the codes of the regime's kind of measure.
    """

    refers: ClassVar[tuple[str, ...]] = ("by", "to")

    kind: str
    by: Ids
    to: Ids
    on: Ids
    quantities: dict[str, float] = {}


class CoverageRow(Row, frozen=True, kw_only=True):
    """A roster that the set holds completely (覆盖): ``kind`` of an assignment roster alone."""

    refers: ClassVar[tuple[str, ...]] = ("area",)

    roster: Roster
    area: str
    kind: str | None = None


class SetFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The whole file. ``regime``: whose kinds and duties it speaks of; ``source``: the id of its own document.

    ``seen``: the day on which what it states was so; ``joins``: the folders of data sets whose nodes it may name.
    """

    name: Pair
    regime: str
    source: str
    seen: str
    joins: list[str] = []
    documents: list[DocumentRow]
    assets: list[AssetRow] = []
    organizations: list[OrganizationRow] = []
    posts: list[PostRow] = []
    persons: list[PersonRow] = []
    assignments: list[AssignmentRow] = []
    designations: list[DesignationRow] = []
    vacancies: list[VacancyRow] = []
    exemptions: list[ExemptionRow] = []
    done: list[DoneRow] = []
    coverage: list[CoverageRow] = []


SECTIONS = (
    "assets", "organizations", "posts", "persons", "assignments", "designations", "vacancies", "exemptions", "done",
    "coverage",
)  # fmt: skip
"""The parts of the file that hold rows, besides the documents."""
