"""Whether a successor was there in time (接任核查): after an assignment ended, by the deadlines of the regime.

Three-valued: an end may lie on some day between two, and so does the deadline; what is not recorded is unknown unless
the roster is surely complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from msgspec import Struct

from graph_model.dates import (
    Bound,
    BoundState,
    Certainty,
    certainty_on,
    limits,
    parse_period,
    parse_since,
    parse_until,
    weakest,
)
from graph_model.neighbourhood import Neighbourhood
from graph_model.periods import day_after
from graph_model.questions.local_rules import LocalRules
from graph_model.questions.ways import Ways
from graph_model.records import AnyAssignee, AnyTarget, Coverage, Family, Measure, Relation, Roster
from graph_model.regime import Deadline, Level, Regime


class Timeliness(Enum):
    """Whether a successor was there in time (是否按期接任)."""

    IN_TIME = "IN_TIME"
    LATE = "LATE"
    PENDING = "PENDING"
    UNKNOWN = "UNKNOWN"


class Handover(Struct, frozen=True):
    """One assignment that ended, or began, and whether another followed in time, or what must be done was.

    ``ended``: the first and the last day (ordinals) that may be the first without it, or with it; ``due`` those of the
    deadline. ``successor``: who was there first, if anybody surely was by the last day that was asked about; ``done``:
    what was surely done first of what must be.
    """

    deadline: Deadline
    level: Level
    target: AnyTarget
    assignment: Relation
    ended: tuple[int, int]
    due: tuple[int, int]
    verdict: Timeliness
    certainty: Certainty
    successor: Relation | None
    done: Measure | None = None


class HandoverChecker:
    """Checks the deadlines of one regime for what ended between two days (ordinals, inclusive).

    The neighbourhood must be of a window with these days. Nothing after the last day is looked at: a deadline that lies
    after it is pending. Whoever answered beside the one who left, and stayed, is a successor too.
    """

    def __init__(
        self,
        around: Neighbourhood,
        regime: Regime,
        first: int,
        last: int,
        coverages: Sequence[Coverage] = (),
        measures: Iterable[Measure] = (),
    ) -> None:
        """``measures``: all that may be what a deadline says must be done at the nodes that are checked."""
        self._around = around
        self._regime = regime
        self._first, self._last = first, last
        self._coverages = coverages
        self._measures = sorted(measures, key=lambda one: (parse_period(one.period), one.id))

    def check(self, nodes: Iterable[AnyTarget], *, assignee: str | None = None) -> tuple[Handover, ...]:
        """What ended at some nodes (only of one assignee, if an id is given): by level, target, deadline and id."""
        found = [one for node in nodes for one in self._check(node, assignee)]
        positions = {deadline.code: position for position, deadline in enumerate(self._regime.deadlines)}
        found.sort(
            key=lambda one: (
                self._regime.level_positions[one.level.code],
                one.target.id,
                positions[one.deadline.code],
                one.assignment.id,
            )
        )
        return tuple(found)

    def _check(self, node: AnyTarget, wanted: str | None) -> Iterator[Handover]:
        level = self._regime.find_level(node)
        if level is None:
            return
        for deadline in self._regime.deadlines:
            if deadline.level != level.code:
                continue
            for relation in self._assignments(node, deadline.kinds):
                bound = _moved(deadline, relation)
                is_dated = bound.state in {BoundState.KNOWN, BoundState.PARTIAL}
                if is_dated and self._first <= bound.latest <= self._last and wanted in {None, relation.source}:
                    certainty = self._holds(deadline, node, bound.latest)
                    if certainty.holds:
                        judge = self._judge if deadline.done is None else self._judge_done
                        yield judge(deadline, level, node, relation, (bound.earliest, bound.latest), certainty)

    def _assignments(self, node: AnyTarget, kinds: Sequence[str]) -> list[Relation]:
        return [
            relation
            for relation in self._around.iter_to(node.id, Family.RESPONSIBILITY)
            if relation.regime == self._regime.code
            and relation.kind in kinds
            and isinstance(self._around.find_node(relation.source), AnyAssignee)
        ]

    def _holds(self, deadline: Deadline, node: AnyTarget, day: int) -> Certainty:
        rules = LocalRules(self._around, Ways(self._around, day, self._coverages), day)
        rivals = [
            (rival, self._regime.duty_certainty(rival, day))
            for rival in self._regime.deadlines
            if rival.level == deadline.level
        ]
        return weakest(
            self._regime.duty_certainty(deadline, day),
            rules.designated(deadline, node),
            rules.located(deadline, node, rivals),
        )

    def _judge(
        self,
        deadline: Deadline,
        level: Level,
        node: AnyTarget,
        relation: Relation,
        ended: tuple[int, int],
        certainty: Certainty,
    ) -> Handover:
        calendar = self._regime.calendar
        due = tuple(day_after(day, deadline.within, deadline.unit, calendar) for day in ended)
        others = [one for one in self._assignments(node, deadline.by) if one.id != relation.id]
        there = [(self._there_from(one, ended[1]), one.id, one) for one in others]
        sure = sorted((day, key, one) for day, key, one in there if day is not None and day <= self._last)
        verdict = Timeliness.UNKNOWN
        if any(limits(one.validity).certain_from <= due[0] for _, _, one in sure):
            verdict = Timeliness.IN_TIME
        elif due[1] > self._last:
            verdict = Timeliness.PENDING
        elif self._is_complete(deadline, node, ended[1], due[1]) and not any(
            _may_hold_between(one, ended[0], due[1]) for one in others
        ):
            verdict = Timeliness.LATE
        successor = sure[0][2] if sure else None
        return Handover(deadline, level, node, relation, ended, (due[0], due[1]), verdict, certainty, successor)

    def _judge_done(
        self,
        deadline: Deadline,
        level: Level,
        node: AnyTarget,
        relation: Relation,
        moved: tuple[int, int],
        certainty: Certainty,
    ) -> Handover:
        """As ``_judge``, of what must be done: in time is what was surely done from the change to the deadline."""
        calendar = self._regime.calendar
        due = tuple(day_after(day, deadline.within, deadline.unit, calendar) for day in moved)
        spans = [
            (*parse_period(one.period), one)
            for one in self._measures
            if one.kind == deadline.done and node.id in one.to
        ]
        sure = [one for first, last, one in spans if moved[1] <= first and last <= self._last]
        verdict = Timeliness.UNKNOWN
        if any(moved[1] <= first and last <= min(due[0], self._last) for first, last, _ in spans):
            verdict = Timeliness.IN_TIME
        elif due[1] > self._last:
            verdict = Timeliness.PENDING
        elif not any(first <= due[1] and last >= moved[0] for first, last, _ in spans) and all(
            self._is_recorded(deadline, node, day) for day in (moved[0], due[1])
        ):
            verdict = Timeliness.LATE
        done = sure[0] if sure else None
        return Handover(deadline, level, node, relation, moved, (due[0], due[1]), verdict, certainty, None, done)

    def _is_recorded(self, deadline: Deadline, node: AnyTarget, day: int) -> bool:
        """Whether all that was done of the kind is surely recorded for a node on a day."""
        ways = Ways(self._around, day, self._coverages)
        return any(
            coverage.roster is Roster.EVIDENCE
            and coverage.regime == self._regime.code
            and coverage.kind == deadline.done
            and certainty_on(coverage.validity, day) is Certainty.CERTAIN
            and ways.lies_surely_in(node.id, coverage.area)
            for coverage in self._coverages
        )

    def _there_from(self, relation: Relation, ended: int) -> int | None:
        """The first day on which an assignment surely holds and another surely has ended; None if there is none.

        Whoever is there by the first day of the deadline is so in time, on whatever day the other ended.
        """
        bounds = limits(relation.validity)
        day = max(ended, bounds.certain_from)
        return day if day < bounds.certain_until else None

    def _is_complete(self, deadline: Deadline, node: AnyTarget, first: int, last: int) -> bool:
        return all(self._is_covered(kind, node, day) for kind in deadline.by for day in (first, last))

    def _is_covered(self, kind: str, node: AnyTarget, day: int) -> bool:
        ways = Ways(self._around, day, self._coverages)
        return any(
            coverage.roster is Roster.ASSIGNMENT
            and coverage.regime == self._regime.code
            and coverage.kind == kind
            and certainty_on(coverage.validity, day) is Certainty.CERTAIN
            and ways.lies_surely_in(node.id, coverage.area)
            for coverage in self._coverages
        )


def _may_hold_between(relation: Relation, first: int, last: int) -> bool:
    bounds = limits(relation.validity)
    return bounds.possible_from <= last and bounds.possible_until > first


def _moved(deadline: Deadline, relation: Relation) -> Bound:
    """The bound of an assignment that a deadline runs from."""
    validity = relation.validity
    return parse_until(validity.until) if deadline.after == "end" else parse_since(validity.since)
