"""The duty checker (责任要求检查): what a node must have on a day, and the gaps where it has not. The only one.

Source: model.md, "Chain", 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from msgspec import Struct

from graph_model.dates import Certainty, certainty_on, day_or_none, ended_surely, strongest, weakest
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.local_rules import LocalRules
from graph_model.questions.naming import called_on
from graph_model.questions.seats import Holder, find_emptiness, holders_of
from graph_model.questions.ways import Ways
from graph_model.records import (
    AnyAssignee,
    AnyTarget,
    Coverage,
    Exemption,
    Family,
    Post,
    Relation,
    Roster,
    Text,
    Vacancy,
)
from graph_model.regime import Alternative, Duty, Lane, Level, Regime


class GapCause(Enum):
    """Why a duty is a gap (缺口原因). The first two are remarks, the last three are UNMET."""

    EXEMPT = "EXEMPT"
    UNKNOWN_HOLDER = "UNKNOWN_HOLDER"
    VACANT_POST = "VACANT_POST"
    EXPIRED = "EXPIRED"
    UNASSIGNED = "UNASSIGNED"

    @property
    def is_unmet(self) -> bool:
        """True for a duty that is not met; False for a remark."""
        return self not in {GapCause.EXEMPT, GapCause.UNKNOWN_HOLDER}


class Gap(Struct, frozen=True):
    """A duty of one target that is not simply met on the day."""

    duty: Duty
    level: Level
    lane: Lane
    target: AnyTarget
    cause: GapCause
    certainty: Certainty
    message: Text


class DutyCheck(Struct, frozen=True):
    """A duty that applies to a target on the day; ``gap`` is None where it is met."""

    duty: Duty
    target: AnyTarget
    gap: Gap | None


class Judgement(Struct, frozen=True):
    """What is to be said of a duty that applies to a target, without words; ``cause`` is None where it is met.

    ``certainty`` is the gap's; of a duty that is met, whether it applies. ``assignments``: all that count for it,
    whenever they hold, each with its certainty on the day.
    """

    duty: Duty
    level: Level
    cause: GapCause | None
    certainty: Certainty
    assignments: tuple[tuple[Relation, Certainty], ...]


class DutyChecker:
    """Checks the duties of one regime on one day (ordinal) within one neighbourhood."""

    def __init__(
        self,
        around: Neighbourhood,
        regime: Regime,
        day: int,
        ways: Ways,
        coverages: Sequence[Coverage] = (),
        *,
        own_only: bool = False,
    ) -> None:
        """``own_only``: what is assigned to containers was not read; duties that may be met there are not judged."""
        self._around = around
        self._regime = regime
        self._day = day
        self._ways = ways
        self._rules = LocalRules(around, ways, day)
        self._covered_kinds: dict[str | None, list[Coverage]] = {}
        self._covered_holdings: list[Coverage] = []
        for coverage in coverages:
            if certainty_on(coverage.validity, day) is Certainty.CERTAIN:
                if coverage.roster is Roster.HOLDING:
                    self._covered_holdings.append(coverage)
                elif coverage.roster is Roster.ASSIGNMENT and coverage.regime == regime.code:
                    self._covered_kinds.setdefault(coverage.kind, []).append(coverage)
        self._in_force = regime.certainty_on(day)
        self._duties: dict[str, list[tuple[Duty, Certainty]]] = {}
        for duty in regime.duties:
            in_force = regime.duty_certainty(duty, day)
            if in_force.holds and not (own_only and duty.or_else):
                self._duties.setdefault(duty.level, []).append((duty, in_force))
        self._assignments: dict[str, dict[str, list[tuple[Relation, Certainty]]]] = {}
        self._holders: dict[str, tuple[Holder, ...]] = {}
        self._empty: dict[str, Vacancy | Coverage | None] = {}

    def assignments_to(self, node: str) -> dict[str, list[tuple[Relation, Certainty]]]:
        """By kind, the regime's assignments to a node that have an assignee on record, each with its certainty.

        Those that do not hold on the day are among them.
        """
        known = self._assignments.get(node)
        if known is None:
            known = self._assignments[node] = {}
            for relation in self._around.iter_to(node, Family.RESPONSIBILITY):
                if relation.regime == self._regime.code and isinstance(
                    self._around.find_node(relation.source), AnyAssignee
                ):
                    certainty = weakest(certainty_on(relation.validity, self._day), self._in_force)
                    known.setdefault(relation.kind, []).append((relation, certainty))
        return known

    def holders_of(self, post: str) -> tuple[Holder, ...]:
        """The holders of a post on the day."""
        known = self._holders.get(post)
        if known is None:
            known = self._holders[post] = holders_of(self._around, post, self._day)
        return known

    def is_known_empty(self, post: str) -> bool:
        """Whether a post is known to be empty on the day."""
        return self.find_emptiness(post) is not None

    def find_emptiness(self, post: str) -> Vacancy | Coverage | None:
        """By what a post is known to be empty on the day: a vacancy, or that its holdings are covered."""
        if post not in self._empty:
            self._empty[post] = find_emptiness(
                self._around, post, self._day, self._ways, self._covered_holdings, self.holders_of(post)
            )
        return self._empty[post]

    def check(self, node: AnyTarget, node_certainty: Certainty) -> Iterator[DutyCheck]:
        """The duties that apply to a node on a way up, in their order; its certainty only weakens the gap's."""
        for judgement in self.judge(node, node_certainty):
            yield DutyCheck(judgement.duty, node, self.gap_of(judgement, node))

    def judge(self, node: AnyTarget, node_certainty: Certainty) -> Iterator[Judgement]:
        """As ``check``, without a message: for who asks of many days."""
        level = self._regime.find_level(node)
        if level is None:
            return
        duties = self._duties.get(level.code, ())
        for duty, in_force in duties:
            applies = Certainty.CERTAIN if duty.designation is None else self._rules.designated(duty, node)
            if applies.holds and (duty.area is not None or duty.rule is not None):
                applies = weakest(applies, self.located(duty, node))
            if applies.holds:
                yield self._judgement(duty, node, level, weakest(node_certainty, in_force, applies))

    def gap_of(self, judgement: Judgement, node: AnyTarget) -> Gap | None:
        """The gap of a judgement on a node, with its message; None where the duty is met."""
        cause = judgement.cause
        if cause is None:
            return None
        message = self._message(judgement.duty, node, cause, judgement.assignments)
        lane = self._regime.lane_of(judgement.duty)
        return Gap(judgement.duty, judgement.level, lane, node, cause, judgement.certainty, message)

    def designated(self, duty: Duty, node: AnyTarget) -> Certainty:
        """Whether a node has the designation that a duty asks for; CERTAIN where it asks for none."""
        return self._rules.designated(duty, node)

    def located(self, duty: Duty, node: AnyTarget) -> Certainty:
        """Whether a duty holds where a node lies: in its area, and in no smaller one with a duty of the same rule."""
        return self._rules.located(duty, node, self._duties.get(duty.level, ()))

    def above(self, duty: Duty, node: AnyTarget) -> list[tuple[Alternative, str, Certainty]]:
        """What a node lies in, or may, at which an alternative of a duty may meet it, in the order of the file."""
        return [
            (each, container, self._ways.certainty_of(node.id, container))
            for each in duty.or_else
            for container in self._ways.reached_from(node.id)[1:]
            if isinstance(at := self._around.find_node(container), AnyTarget)
            and (level := self._regime.find_level(at)) is not None
            and level.code == each.level
        ]

    def _counting(self, duty: Duty, node: AnyTarget) -> tuple[tuple[Relation, Certainty], ...]:
        """All assignments that count for a duty: those of its kinds, then those of its alternatives."""
        by_kind = self.assignments_to(node.id)
        found = [counting for kind in duty.kinds for counting in by_kind.get(kind, ())]
        if not duty.or_else:
            return tuple(found)
        for each, container, lying in self.above(duty, node):
            there = self.assignments_to(container)
            found += [
                (relation, weakest(lying, certainty))
                for kind in each.kinds
                for relation, certainty in there.get(kind, ())
                if (relation, certainty) not in found
            ]
        return tuple(found)

    def _judgement(self, duty: Duty, node: AnyTarget, level: Level, base: Certainty) -> Judgement:
        assignments = self._counting(duty, node)
        certain = [relation for relation, certainty in assignments if certainty is Certainty.CERTAIN]
        if self._is_enough(duty, (relation for relation in certain if self.answers(relation))):
            return Judgement(duty, level, None, base, assignments)
        exemption = self.exemption(duty, node)
        cause = self._cause(duty, assignments, certain, exemption)
        certainty = base
        if cause.is_unmet and not self._nothing_left(duty, node, assignments, exemption):
            certainty = Certainty.POSSIBLE
        return Judgement(duty, level, cause, certainty, assignments)

    def _is_enough(self, duty: Duty, relations: Iterator[Relation]) -> bool:
        """Whether there are as many as a duty takes, each of another assignee; no further is looked than needed."""
        if duty.at_least == 1:
            return next(relations, None) is not None
        return len({relation.source for relation in relations}) >= duty.at_least

    def answers(self, relation: Relation) -> bool:
        """Whether an assignment meets a duty: to an organisation, a person, or a post with a recorded holder."""
        if not self._is_post(relation):
            return True
        return bool(self.holders_of(relation.source)) and not self.is_known_empty(relation.source)

    def _is_post(self, relation: Relation) -> bool:
        return isinstance(self._around.find_node(relation.source), Post)

    def exemption(self, duty: Duty, node: AnyTarget) -> Certainty:
        """Whether a node is exempt from a duty on the day."""
        return strongest(
            *(
                certainty_on(claim.validity, self._day)
                for claim in self._around.iter_claims(node.id, Exemption)
                if claim.duty == duty.code and claim.regime == self._regime.code
            )
        )

    def _cause(
        self,
        duty: Duty,
        assignments: Sequence[tuple[Relation, Certainty]],
        certain: Sequence[Relation],
        exemption: Certainty,
    ) -> GapCause:
        if exemption is Certainty.CERTAIN:
            return GapCause.EXEMPT
        if self._is_enough(duty, (relation for relation in certain if not self.is_empty_seat(relation))):
            return GapCause.UNKNOWN_HOLDER
        if any(certainty.holds and self.is_empty_seat(relation) for relation, certainty in assignments):
            return GapCause.VACANT_POST
        if any(ended_surely(relation.validity, self._day) for relation, _ in assignments):
            return GapCause.EXPIRED
        return GapCause.UNASSIGNED

    def is_empty_seat(self, relation: Relation) -> bool:
        """Whether an assignment is to a post that is known to be empty."""
        return self._is_post(relation) and self.is_known_empty(relation.source)

    def _nothing_left(
        self, duty: Duty, node: AnyTarget, assignments: Sequence[tuple[Relation, Certainty]], exemption: Certainty
    ) -> bool:
        """Whether nothing that is not recorded, or not sure, could still meet the duty."""
        if exemption is Certainty.POSSIBLE:
            return False
        if any(
            certainty is Certainty.POSSIBLE and not self.is_empty_seat(relation) for relation, certainty in assignments
        ):
            return False
        return all(self.is_covered(kind, node) for kind in duty.kinds) and self._nothing_above(duty, node)

    def _nothing_above(self, duty: Duty, node: AnyTarget) -> bool:
        """Whether the rosters of its alternatives are complete where they may be met; all containers must be known."""
        if not duty.or_else:
            return True
        return self._ways.find_coverage(node.id) is not None and all(
            self.is_covered(kind, at)
            for each, container, _ in self.above(duty, node)
            if isinstance(at := self._around.find_node(container), AnyTarget)
            for kind in each.kinds
        )

    def is_covered(self, kind: str, node: AnyTarget) -> bool:
        """Whether the roster of a kind is surely complete for a node on the day."""
        return any(self._ways.lies_surely_in(node.id, coverage.area) for coverage in self._covered_kinds.get(kind, ()))

    def _message(
        self, duty: Duty, node: AnyTarget, cause: GapCause, assignments: Sequence[tuple[Relation, Certainty]]
    ) -> Text:
        seats = sorted(
            called_on(self._around, source, self._day)
            for relation, certainty in assignments
            if certainty.holds
            and (source := self._around.find_node(relation.source)) is not None
            and (cause is not GapCause.VACANT_POST or self.is_empty_seat(relation))
        )
        sure = len({relation.source for relation, certainty in assignments if certainty is Certainty.CERTAIN})
        said = _say_cause(duty, cause, seats, sure)
        called, day = called_on(self._around, node, self._day), day_or_none(self._day)
        wanted = duty.labels.en[:1].lower() + duty.labels.en[1:]
        return Text(
            zh=f"{called}（{day}）：{duty.labels.zh}（第{duty.clause}条）{said.zh}。",
            en=f"{called} on {day}: {wanted} (clause {duty.clause}) {said.en}.",
        )


def _say_cause(duty: Duty, cause: GapCause, seats: Sequence[str], sure: int) -> Text:
    """What is to be said of a cause: ``seats`` are the names of who answers, or may; ``sure`` how many surely do."""
    zh, en = "、".join(seats), ", ".join(seats)
    match cause:
        case GapCause.EXEMPT:
            return Text(zh="已豁免", en="is exempt")
        case GapCause.UNKNOWN_HOLDER:
            return Text(zh=f"由{zh}承担，但任职人未记录", en=f"is with {en}, whose holder is not recorded")
        case GapCause.VACANT_POST:
            return Text(zh=f"由{zh}承担，但职务空缺", en=f"is with {en}, which is vacant")
        case GapCause.EXPIRED:
            return Text(
                zh="原有责任关系已终止，无人接续", en="was assigned once, that ended, and no successor is recorded"
            )
    if not seats:
        return Text(zh="未见承担者的记录", en="has nobody on record")
    if duty.at_least > 1:
        return Text(
            zh=f"至少须{duty.at_least}个，确定的只有{sure}个（在录：{zh}）",
            en=f"needs at least {duty.at_least}, and has {sure} for sure (on record: {en})",
        )
    return Text(zh=f"{zh}可能承担，但不确定", en=f"is possibly with {en}, but not surely")
