"""The duty checker (责任要求检查): what a node must have on a day, and the gaps where it has not. The only one.

Source: model.md, "Chain", 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from msgspec import Struct

from graph_model.dates import Certainty, certainty_on, day_or_none, ended_surely, strongest, weakest
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.naming import called_on
from graph_model.questions.seats import Holder, find_emptiness, holders_of
from graph_model.questions.ways import Ways
from graph_model.records import (
    AnyAssignee,
    AnyTarget,
    Coverage,
    Designation,
    Exemption,
    Family,
    Post,
    Relation,
    Roster,
    Text,
    Vacancy,
)
from graph_model.regime import Duty, Lane, Level, Regime


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
        self, around: Neighbourhood, regime: Regime, day: int, ways: Ways, coverages: Sequence[Coverage] = ()
    ) -> None:
        self._around = around
        self._regime = regime
        self._day = day
        self._ways = ways
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
            if in_force.holds:
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
        for duty, in_force in self._duties.get(level.code, ()):
            designated = self.designated(duty, node)
            if designated.holds:
                yield self._judgement(duty, node, level, weakest(node_certainty, in_force, designated))

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
        if duty.designation is None:
            return Certainty.CERTAIN
        return strongest(
            *(
                certainty_on(claim.validity, self._day)
                for claim in self._around.iter_claims(node.id, Designation)
                if claim.kind == duty.designation
            )
        )

    def _judgement(self, duty: Duty, node: AnyTarget, level: Level, base: Certainty) -> Judgement:
        by_kind = self.assignments_to(node.id)
        assignments = tuple(counting for kind in duty.kinds for counting in by_kind.get(kind, ()))
        certain = [relation for relation, certainty in assignments if certainty is Certainty.CERTAIN]
        if any(self.answers(relation) for relation in certain):
            return Judgement(duty, level, None, base, assignments)
        exemption = self.exemption(duty, node)
        cause = self._cause(assignments, certain, exemption)
        certainty = base
        if cause.is_unmet and not self._nothing_left(duty, node, assignments, exemption):
            certainty = Certainty.POSSIBLE
        return Judgement(duty, level, cause, certainty, assignments)

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
        self, assignments: Sequence[tuple[Relation, Certainty]], certain: Sequence[Relation], exemption: Certainty
    ) -> GapCause:
        if exemption is Certainty.CERTAIN:
            return GapCause.EXEMPT
        if any(
            self._is_post(relation)
            and not self.holders_of(relation.source)
            and not self.is_known_empty(relation.source)
            for relation in certain
        ):
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
        return all(self.is_covered(kind, node) for kind in duty.kinds)

    def is_covered(self, kind: str, node: AnyTarget) -> bool:
        """Whether the roster of a kind is surely complete for a node on the day."""
        return any(self._ways.lies_surely_in(node.id, coverage.area) for coverage in self._covered_kinds.get(kind, ()))

    def _message(
        self, duty: Duty, node: AnyTarget, cause: GapCause, assignments: Sequence[tuple[Relation, Certainty]]
    ) -> Text:
        day = day_or_none(self._day)
        called = called_on(self._around, node, self._day)
        seats = sorted(
            called_on(self._around, source, self._day)
            for relation, certainty in assignments
            if certainty.holds
            and (source := self._around.find_node(relation.source)) is not None
            and (cause is not GapCause.VACANT_POST or self.is_empty_seat(relation))
        )
        wanted = duty.labels.en[:1].lower() + duty.labels.en[1:]
        seat_zh, seat_en = "、".join(seats), ", ".join(seats)
        zh = {
            GapCause.EXEMPT: "已豁免",
            GapCause.UNKNOWN_HOLDER: f"由{seat_zh}承担，但任职人未记录",
            GapCause.VACANT_POST: f"由{seat_zh}承担，但职务空缺",
            GapCause.EXPIRED: "原有责任关系已终止，无人接续",
            GapCause.UNASSIGNED: f"{seat_zh}可能承担，但不确定" if seats else "未见承担者的记录",
        }[cause]
        en = {
            GapCause.EXEMPT: "is exempt",
            GapCause.UNKNOWN_HOLDER: f"is with {seat_en}, whose holder is not recorded",
            GapCause.VACANT_POST: f"is with {seat_en}, which is vacant",
            GapCause.EXPIRED: "was assigned once, that ended, and no successor is recorded",
            GapCause.UNASSIGNED: f"is possibly with {seat_en}, but not surely" if seats else "has nobody on record",
        }[cause]
        return Text(
            zh=f"{called}（{day}）：{duty.labels.zh}（第{duty.clause}条）{zh}。",
            en=f"{called} on {day}: {wanted} (clause {duty.clause}) {en}.",
        )
