"""A regime (制度): levels, lanes, kinds of assignment, duties and stability rules.

Whatever a regime brings is data; no code asks for a regime's name. ``regime_file`` reads it from YAML.
Sources of the rules: domain.md 3, model.md "Relations", "Chain".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Annotated, Literal

from msgspec import Meta

from graph_model.consequence_rules import AssessmentKind, Consequence, Strict
from graph_model.dates import Certainty, Validity, certainty_on, weakest
from graph_model.errors import BadUserInputError
from graph_model.periods import Every, Season, Unit, WorkCalendar
from graph_model.records import (
    AnyNode,
    Asset,
    Basis,
    Division,
    Organization,
    Post,
    Provenance,
    Text,
    type_of,
)


class Level(Strict, frozen=True, kw_only=True):
    """A level of the regime (层级); ``of`` says whose: ``household``, ``division:village``, ``asset:reach``."""

    code: str
    labels: Text
    of: tuple[str, ...]


class Lane(Strict, frozen=True, kw_only=True):
    """A lane of responsibility (条线)."""

    code: str
    labels: Text


class Kind(Strict, frozen=True, kw_only=True):
    """A kind of assignment (责任类型).

    ``sentence`` spells its direction, with ``{assignee}`` and ``{target}``. ``assignees`` and ``targets`` are the
    allowed ends, written as in ``Level.of``. What goes beyond the others is doubtful, a finding, and no error:
    ``most_assignees`` of one target at one time, ``most_targets`` of one assignee; ``own_area``: who answers does so
    within the division that he, or his organisation, lies in.
    """

    code: str
    labels: Text
    sentence: Text
    lane: str
    assignees: tuple[str, ...]
    targets: tuple[str, ...]
    clause: str | None = None
    most_assignees: Annotated[int, Meta(ge=1)] | None = None
    most_targets: Annotated[int, Meta(ge=1)] | None = None
    own_area: bool = False


class DesignationKind(Strict, frozen=True, kw_only=True):
    """What a node may be registered as (认定)."""

    code: str
    labels: Text


class QuantityKind(Strict, frozen=True, kw_only=True):
    """What a measure can say of how much there was of it (数量), with its unit: metres walked, minutes."""

    code: str
    labels: Text


class Least(Strict, frozen=True, kw_only=True):
    """How much there must be of a quantity for something to count (最低要求)."""

    quantity: str
    at_least: float


class MeasureKind(Strict, frozen=True, kw_only=True):
    """A kind of measure (措施): a talk, a criticism, a reward.

    ``quantities``: what it can say of how much there was of it. ``gravity``: how grave a sanction is, 1 the lightest;
    None for what is no sanction. Of several sanctions of one addressee the gravest holds, and the others are included
    in it.
    """

    code: str
    labels: Text
    gravity: int | None = None
    quantities: tuple[QuantityKind, ...] = ()


class Alternative(Strict, frozen=True, kw_only=True):
    """What meets a duty too (替代): an assignment of ``kinds`` to a container of ``level`` that the node lies in."""

    level: str
    kinds: tuple[str, ...]


class Duty(Strict, frozen=True, kw_only=True):
    """What every node of a level, or those with a designation, must have (责任要求): assignments of any of ``kinds``.

    ``at_least``: how many, each of another assignee. ``or_else``: those to what it lies in count as well.

    ``area``: only within this node (an id). Of the duties with one ``rule``, a word, that apply to a node, one whose
    area lies within the area of another takes its place there: the nearest division's rule comes first (从近原则).
    """

    code: str
    labels: Text
    clause: str
    level: str
    kinds: tuple[str, ...]
    designation: str | None = None
    at_least: int = 1
    or_else: tuple[Alternative, ...] = ()
    area: str | None = None
    rule: str | None = None
    since: str | None = None
    until: str | None = None


class Rhythm(Strict, frozen=True, kw_only=True):
    """What those who answer must do again and again (履职频次), such as a chief's patrol (巡河).

    Whoever answers by any of ``kinds`` for a node of ``level`` does ``evidence`` (a kind of measure) ``at_least`` so
    often in ``every`` period; in those that lie wholly in the ``season``, where there is one. ``per``: for each target,
    or, where ``assignee``, for whatever target. What has less than ``least`` does not count. ``area`` and ``rule`` as
    of a duty.
    """

    code: str
    labels: Text
    clause: str
    level: str
    kinds: tuple[str, ...]
    evidence: str
    every: Every
    at_least: int = 1
    per: Literal["target", "assignee"] = "target"
    season: Season | None = None
    least: tuple[Least, ...] = ()
    designation: str | None = None
    area: str | None = None
    rule: str | None = None
    since: str | None = None
    until: str | None = None


class Deadline(Strict, frozen=True, kw_only=True):
    """By when a successor must be there (接任时限): after an assignment of ``kinds`` ended, one of ``by`` must begin.

    ``within`` so many days, working days of the regime's calendar, or months after the first day without it; or, where
    ``after`` is ``begin``, with it. ``done``, in place of ``by``: a kind of measure that must be taken at the target,
    such as a notice board brought up to date (公示牌更新). ``area`` and ``rule`` as of a duty.
    """

    code: str
    labels: Text
    clause: str
    level: str
    kinds: tuple[str, ...]
    within: int
    unit: Unit
    by: tuple[str, ...] = ()
    done: str | None = None
    after: Literal["end", "begin"] = "end"
    designation: str | None = None
    area: str | None = None
    rule: str | None = None
    since: str | None = None
    until: str | None = None


class StabilityRule(Strict, frozen=True, kw_only=True):
    """Assignments that may not end before the target's exit (稳定规则): of ``kinds``, to targets of ``levels``.

    ``exit`` is the designation that ends the ban; with ``exit_of_all`` (a level) it is the day on which the last node
    of that level within the target has it, of those registered as ``designation``: a target without any is not bound.
    ``own_exit_counts``: the target's own exit ends the ban as well, and a target without any is bound until it.

    ``successor_allowed``: an assignment may end if a successor starts the same day. ``holders_stay``: whoever holds a
    post that is assigned so must stay too.
    """

    code: str
    labels: Text
    clause: str
    kinds: tuple[str, ...]
    levels: tuple[str, ...]
    exit: str
    designation: str | None = None
    exit_of_all: str | None = None
    own_exit_counts: bool = False
    successor_allowed: bool = False
    holders_stay: bool = False
    since: str | None = None
    until: str | None = None


class Regime(Strict, frozen=True, kw_only=True, dict=True):
    """A regime as its file states it. Positions in the file are positions in the order of a chain.

    ``most_posts``: how many posts one person holds at one time without being doubtful.
    """

    code: str
    labels: Text
    provenance: Provenance
    basis: Basis
    levels: tuple[Level, ...]
    lanes: tuple[Lane, ...]
    kinds: tuple[Kind, ...]
    designations: tuple[DesignationKind, ...]
    duties: tuple[Duty, ...]
    measures: tuple[MeasureKind, ...] = ()
    rhythms: tuple[Rhythm, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    calendar: WorkCalendar = WorkCalendar()
    stability_rules: tuple[StabilityRule, ...] = ()
    assessments: tuple[AssessmentKind, ...] = ()
    most_posts: Annotated[int, Meta(ge=1)] | None = None
    consequences: tuple[Consequence, ...] = ()
    since: str | None = None
    until: str | None = None

    @property
    def bounds(self) -> Validity:
        """The regime's own bounds."""
        return Validity(since=self.since, until=self.until)

    def certainty_on(self, day: int) -> Certainty:
        """Whether the regime is in force on a day (ordinal)."""
        return certainty_on(self.bounds, day)

    def whole_bounds(self, rule: Duty | Rhythm | Deadline | StabilityRule) -> Validity:
        """The bounds of a duty or another rule: those that it does not give are the regime's."""
        return Validity(
            since=self.since if rule.since is None else rule.since,
            until=self.until if rule.until is None else rule.until,
        )

    def duty_certainty(self, duty: Duty | Rhythm | Deadline, day: int) -> Certainty:
        """Whether a duty, a rhythm or a deadline is in force; it is never surer than its regime."""
        return weakest(certainty_on(self.whole_bounds(duty), day), self.certainty_on(day))

    @cached_property
    def level_positions(self) -> dict[str, int]:
        """Position of each level, from the nearest (0)."""
        return {level.code: position for position, level in enumerate(self.levels)}

    @cached_property
    def lane_positions(self) -> dict[str, int]:
        """Position of each lane."""
        return {lane.code: position for position, lane in enumerate(self.lanes)}

    @cached_property
    def duty_positions(self) -> dict[str, int]:
        """Position of each duty."""
        return {duty.code: position for position, duty in enumerate(self.duties)}

    @cached_property
    def kind_positions(self) -> dict[str, int]:
        """Position of each kind."""
        return {kind.code: position for position, kind in enumerate(self.kinds)}

    @cached_property
    def _levels_of(self) -> dict[str, Level]:
        return {pattern: level for level in self.levels for pattern in level.of}

    def find_kind(self, code: str) -> Kind | None:
        """A kind by its code."""
        position = self.kind_positions.get(code)
        return None if position is None else self.kinds[position]

    def get_lane(self, code: str) -> Lane:
        """A lane by its code. Raises KeyError."""
        return self.lanes[self.lane_positions[code]]

    def all_kinds(self, duty: Duty) -> tuple[str, ...]:
        """The kinds that count for a duty, those of its alternatives too, each once."""
        others = (kind for each in duty.or_else for kind in each.kinds)
        return tuple(dict.fromkeys((*duty.kinds, *others)))

    def lane_of(self, duty: Duty) -> Lane:
        """The lane of a duty: that of its first kind."""
        first = self.all_kinds(duty)[0]
        return self.get_lane(self.kinds[self.kind_positions[first]].lane)

    def find_level(self, node: AnyNode) -> Level | None:
        """The level of a node in this regime; None if it has none."""
        narrow, wide = patterns_of(node)
        return self._levels_of.get(narrow) or self._levels_of.get(wide)

    def find_level_of(self, wide: str, kind: str | None) -> Level | None:
        """As ``find_level``, of any node of a type tag and kind (a division's level, an asset's or organisation's)."""
        return self._levels_of.get(f"{wide}:{kind}") or self._levels_of.get(wide)

    def get_duty(self, code: str) -> Duty:
        """A duty by its code. Raises BadUserInputError for an unknown one, with those that there are."""
        position = self.duty_positions.get(code)
        if position is None:
            raise BadUserInputError(
                f"unknown duty {code!r}; the duties of {self.code} are: {', '.join(self.duty_positions)}"
            )
        return self.duties[position]

    def check_lanes(self, lanes: Iterable[str]) -> frozenset[str]:
        """The lanes as a set. Raises BadUserInputError for an unknown one, with those that there are."""
        chosen = list(lanes)
        for lane in chosen:
            if lane not in self.lane_positions:
                raise BadUserInputError(
                    f"unknown lane {lane!r}; the lanes of {self.code} are: {', '.join(self.lane_positions)}"
                )
        return frozenset(chosen)


def patterns_of(node: AnyNode) -> tuple[str, str]:
    """How the ends of a kind and the levels name a node: narrowly (``division:village``) and widely (``division``)."""
    wide = type_of(node)
    if isinstance(node, Division):
        return f"{wide}:{node.level}", wide
    if isinstance(node, Organization | Asset | Post):
        return f"{wide}:{node.kind}", wide
    return wide, wide


def allows(patterns: Sequence[str], node: AnyNode) -> bool:
    """Whether a node is among the allowed ends."""
    return any(pattern in patterns for pattern in patterns_of(node))
