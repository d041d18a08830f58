"""The form of a mapping (映射的格式): columns, nodes, relations, designations, as typed structs and as a JSON Schema.

What editors show beside each word is the description that stands here. Source: docs/mapping-file.md.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from graph_model.records import Basis, Family, Provenance, Text

Reads = Literal["text", "code", "since", "until", "last", "period"]
NodeType = Literal["division", "household", "organization", "post", "person"]
ColumnName: TypeAlias = Annotated[str | None, Meta(description="A column of this mapping, by its name there.")]
NodeName: TypeAlias = Annotated[str, Meta(description="A node of this mapping, by its name there.")]
When: TypeAlias = Annotated[
    dict[str, tuple[str, ...]],
    Meta(
        description="Only of rows in which each of these columns says one of the words. A word that stands nowhere in"
        " the mapping is refused; an empty word stands for an empty cell."
    ),
]


class Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What has no field beyond those listed."""


class Column(Strict, frozen=True, kw_only=True):
    """One column (列): the words that its header may have, and how its cells are read."""

    headers: Annotated[
        tuple[str, ...], Meta(description="All words that the title may be; blanks, case and * do not matter.")
    ]
    reads: Annotated[
        Reads,
        Meta(
            description="text; code, which must have kept all of its digits; since (the first day); until (the first"
            " day without); last (the last day with); period (2016.3-2017.6)."
        ),
    ] = "text"
    required: Annotated[bool, Meta(description="No row is without it, and no table.")] = False
    digits: Annotated[tuple[int, ...], Meta(description="How many digits a code has.")] = ()
    split: Annotated[str | None, Meta(description="What stands between several values of one cell: 、；;")] = None
    fill_down: Annotated[bool, Meta(description="A merged cell speaks for all of its rows.")] = False
    default: Annotated[
        str | None,
        Meta(description="What an empty cell says, and every row of a table that has no such column."),
    ] = None


class NodeRule(Strict, frozen=True, kw_only=True):
    """One node of a row (节点): found by a code or a name, or made where that is allowed."""

    type: Annotated[NodeType, Meta(description="What it is.")]
    code: ColumnName = None
    name: ColumnName = None
    called: Annotated[
        str | None,
        Meta(
            description="Its name where the table gives none, made of other nodes' names: {village}驻村工作队. It is"
            " that of the row's own nodes, whatever else is called so."
        ),
    ] = None
    level: Annotated[
        str | tuple[str, ...] | None, Meta(description="Of a division: its level, or those that it may have.")
    ] = None
    within: Annotated[
        tuple[str, ...], Meta(description="Columns that name what a division lies in, the nearest first.")
    ] = ()
    of: Annotated[str | None, Meta(description="The node of the row to which a post or organisation belongs.")] = None
    kind: Annotated[str | None, Meta(description="The kind of what is made.")] = None
    create: Annotated[
        bool, Meta(description="It is made where it is not known; divisions and households never are.")
    ] = False
    optional: Annotated[bool, Meta(description="A row may be without it.")] = False

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that a division may have."""
        return (self.level,) if isinstance(self.level, str) else self.level or ()


class Dated(Strict, frozen=True, kw_only=True):
    """What holds from a day to a day; the days are columns."""

    since: ColumnName = None
    until: ColumnName = None
    last: ColumnName = None
    period: ColumnName = None
    when: When = {}
    clause: Annotated[str | None, Meta(description="The clause of the basis.")] = None
    rests_on: Annotated[
        str | None, Meta(description="A column that says what the row rests on (文号): kept as the basis's note.")
    ] = None


class RelationRule(Dated, frozen=True, kw_only=True):
    """One relation of a row (关系), between two of its nodes."""

    source: NodeName
    target: NodeName
    kind: Annotated[str | None, Meta(description="A kind of the regime, or of another family's edges.")] = None
    kind_from: Annotated[
        str | None, Meta(description="A column whose cells give the kind, by its code or its label.")
    ] = None
    family: Annotated[
        Family, Meta(description="responsibility for assignments; holding, membership, reporting, containment.")
    ] = Family.RESPONSIBILITY
    role_from: Annotated[str | None, Meta(description="A column that gives the role, where it says something.")] = None
    role: Annotated[str | None, Meta(description="Of a membership: head, deputy-head, member.")] = None


class DesignationRule(Dated, frozen=True, kw_only=True):
    """One designation of a row (认定): what one of its divisions or households is registered as."""

    node: NodeName
    kind: Annotated[str, Meta(description="A designation of the regime: poor, has-task, exited.")]


class Mapping(Strict, frozen=True, kw_only=True):
    """What a table means (映射)."""

    code: Annotated[str, Meta(description="Its name: lower-case letters, digits, hyphens between.")]
    labels: Annotated[Text, Meta(description="Its name for people.")]
    columns: Annotated[dict[str, Column], Meta(description="The columns that are read, by a name of your choice.")]
    nodes: Annotated[dict[str, NodeRule], Meta(description="What a row speaks of, by a name of your choice.")]
    relations: Annotated[tuple[RelationRule, ...], Meta(description="What a row says of its nodes.")] = ()
    designations: Annotated[tuple[DesignationRule, ...], Meta(description="What a row says its nodes are.")] = ()
    leave_out: Annotated[
        tuple[str, ...],
        Meta(
            description="How the first filled cell of what is no row begins: 合计, 注：. Such rows are told, and not"
            " read."
        ),
    ] = ()
    sheet: Annotated[str | None, Meta(description="The sheet that is read where the command names none.")] = None
    one_of: Annotated[
        tuple[tuple[str, ...], ...], Meta(description="Of each of these groups of nodes a row has one, and only one.")
    ] = ()
    regime: Annotated[str | None, Meta(description="The regime of its assignments and designations.")] = None
    provenance: Annotated[
        Provenance, Meta(description="Where what is made comes from: SOURCE, DERIVED or SYNTHETIC.")
    ] = Provenance.SOURCE
    basis: Annotated[Basis, Meta(description="What everything that is made rests on.")] = Basis()


DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def mapping_schema() -> bytes:
    """The JSON Schema of a mapping (draft 2020-12), with two blanks of indent and a line end.

    What it cannot say (that a column is one of this mapping, a kind one of the regime) is checked when one is read.
    """
    schema = {"$schema": DIALECT, "title": "Mapping of a roster", **msgspec.json.schema(Mapping)}
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"
