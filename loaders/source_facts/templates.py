"""What may stand in ``each-division.yaml`` (模板): what every county, township and village has.

Organisations and posts have a word each, by which the other parts of the level speak of them.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from graph_model.records import Provenance
from loaders.source_facts.rows import Ids, Pair, Row

Name = Annotated[list[str], Meta(min_length=1, max_length=2)]
"""A name with ``{name}``, ``{stem}`` or ``{en}`` in it; Chinese first, then English if there is one."""


class Template(Row, frozen=True, kw_only=True):
    """What stands in every division of a level; provenance and note are the level's unless it has its own."""

    clause: str
    provenance: Provenance | None = None
    since: str | None = None


class OrganizationTemplate(Template, frozen=True, kw_only=True):
    """An organisation; a unit of the division unless ``unit_of`` says of what else: a word of the level, or an id."""

    word: str
    kind: str
    unit_of: str | None = None


class PostTemplate(Template, frozen=True, kw_only=True):
    """A post in an organisation (a word of the level)."""

    word: str
    kind: str
    post_in: str
    rank: int


class AssignmentTemplate(Template, frozen=True, kw_only=True):
    """What some of them (words) answer for, the division itself; ``joint``: they answer together.

    ``where``: only in divisions that have this word too.
    """

    kind: str
    assignees: Ids
    joint: bool = False
    where: str | None = None


class MembershipTemplate(Template, frozen=True, kw_only=True):
    """The members of a group (words), in one role."""

    role: str
    members: Ids
    of: str


class Form(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which divisions it fits, by a mark or the ending of the name, and what things are called there (名称)."""

    marks: list[str] = []
    endings: list[str] = []
    names: dict[str, Name]


class LevelRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands in every division of one level (层级)."""

    level: str
    provenance: Provenance
    note: Pair
    organizations: list[OrganizationTemplate]
    posts: list[PostTemplate]
    assignments: list[AssignmentTemplate]
    memberships: list[MembershipTemplate] = []
    forms: list[Form]
