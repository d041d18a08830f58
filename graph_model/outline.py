"""The whole graph as light rows (略图): ends, kinds and days of what duties are judged by, and nothing else.

For questions about everything at once, which no neighbourhood can hold: they find out which targets are alike, and
judge one of each sort by its records (``questions.likeness``).
"""

from __future__ import annotations

from typing import Final, TypeAlias

from msgspec import Struct

from graph_model.dates import limits
from graph_model.records import Exemption, Family, Relation

Days: TypeAlias = tuple[int, int, int, int]
"""The limits of a validity, as in ``dates.Limits``: possible from, certain from, certain until, possible until."""

EdgeRow: TypeAlias = tuple[str, str, str, str | None, int, int, int, int]
"""Source, target, kind, regime, and the four days."""

ClaimRow: TypeAlias = tuple[str, str, str | None, int, int, int, int]
"""Subject; what is claimed: a designation's kind, an exemption's duty, "" of a vacancy; regime; and the four days."""


class Outline(Struct, frozen=True):
    """All current nodes of the types below, and what holds between them. Rows are in no order that means anything.

    ``nodes``: by type tag, the kind (a division's level) of each node by its id. ``edges``: of containment, holding,
    membership and responsibility. ``claims``: by type tag, designations, vacancies and exemptions.
    """

    generation: int
    nodes: dict[str, dict[str, str | None]]
    edges: dict[Family, list[EdgeRow]]
    claims: dict[str, list[ClaimRow]]


OUTLINED_FAMILIES: Final = (Family.CONTAINMENT, Family.HOLDING, Family.MEMBERSHIP, Family.RESPONSIBILITY)
"""The families whose relations are there."""
OUTLINED_NODES: Final = ("asset", "division", "household", "organization", "person", "post")
"""The type tags of the nodes that are there: whatever answers or is answered for."""


def row_of_relation(relation: Relation) -> EdgeRow:
    """The row of a relation."""
    days = limits(relation.validity)
    return (
        relation.source,
        relation.target,
        relation.kind,
        relation.regime,
        days.possible_from,
        days.certain_from,
        days.certain_until,
        days.possible_until,
    )


def row_of_exemption(claim: Exemption) -> ClaimRow:
    """The row of an exemption: what it is from stands in the record alone."""
    days = limits(claim.validity)
    return (
        claim.subject,
        claim.duty,
        claim.regime,
        days.possible_from,
        days.certain_from,
        days.certain_until,
        days.possible_until,
    )
