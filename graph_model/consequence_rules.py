"""Consequences as a regime states them (奖惩规则): which result of an assessment leads to which measure, for whom.

All of it is data of the regime; the evaluation is ``questions.consequences``. Source of the form: domain.md 4.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from graph_model.records import Text


class Strict(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a regime's file; unknown keys are refused."""


class ResultKind(Strict, frozen=True, kw_only=True):
    """One result of an assessment (考核结果): a yes or no (``flag``), or a number within ``least`` and ``most``."""

    code: str
    labels: Text
    type: Literal["flag", "number"]
    least: float | None = None
    most: float | None = None


class AssessmentKind(Strict, frozen=True, kw_only=True):
    """A yearly assessment (考核): of nodes that ``of`` names (as in a level), with its results."""

    code: str
    labels: Text
    of: tuple[str, ...]
    results: tuple[ResultKind, ...]
    clause: str | None = None


class Condition(Strict, frozen=True, kw_only=True):
    """What a result must be (条件): a flag ``equals``; a number at least and at most, both inclusive."""

    result: str
    equals: bool | None = None
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None

    def accepts(self, value: float | bool) -> bool:
        """Whether a recorded result meets it."""
        if self.equals is not None:
            return bool(value) is self.equals
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.above is None or value > self.above)
        )


class Among(Strict, frozen=True, kw_only=True):
    """Others that were assessed in the same year (同年考核对象): who meets ``when``.

    With ``largest`` (a number's code) only the ``most`` of them that have the largest; who ties for the last place is
    POSSIBLE.
    """

    assessment: str
    when: tuple[Condition, ...] = ()
    largest: str | None = None
    most: int | None = None


class Party(Strict, frozen=True, kw_only=True):
    """Who is meant (对象): found from the one assessed, or from each of ``among`` in its place.

    With ``level`` from its container of that level. Then it is that node itself (nothing more is given); who answers
    for it by an assignment of ``assignees``; the posts of ``posts`` or the organisations of ``organizations`` whose
    nearest node with a level it is, or that lie in it, if it has none; with ``members`` its members. ``only`` keeps
    nodes that it names (as in a level), ``of_levels`` those whose nearest node with a level has one of these. ``then``
    goes on from each node found.

    ``labels`` says who it is, also where nobody can be named; where ``optional``, then there may be nobody.
    """

    labels: Text
    among: Among | None = None
    level: str | None = None
    assignees: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    members: bool = False
    only: tuple[str, ...] = ()
    of_levels: tuple[str, ...] = ()
    then: Party | None = None
    optional: bool = False


class MeasureRule(Strict, frozen=True, kw_only=True):
    """A measure that a consequence brings (措施): its kind, for whom and by whom; ``amount`` in yuan, for each.

    ``combined``: the amount for one person that holds several of the posts, in place of one for each.
    """

    measure: str
    to: tuple[Party, ...]
    by: tuple[Party, ...] = ()
    amount: float | None = None
    combined: float | None = None
    purpose: Text | None = None


class Consequence(Strict, frozen=True, kw_only=True):
    """A row of the table (奖惩条目): when an assessment meets all conditions, ``years_running`` years up to this one.

    ``designation``: only for subjects that are registered so. No measures: the row says that there is none.
    """

    code: str
    labels: Text
    clause: str
    assessment: str
    when: tuple[Condition, ...] = ()
    designation: str | None = None
    undesignated: str | None = None
    years_running: int = 1
    measures: tuple[MeasureRule, ...] = ()
    note: Text | None = None
