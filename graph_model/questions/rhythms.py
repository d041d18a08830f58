"""What must be done again and again, and whether it was (履职频次核查): met, missed, or unknown, period by period.

What is not recorded is unknown, not missed, unless the record is surely complete (a coverage of evidence).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from msgspec import Struct

from graph_model.dates import Certainty, certainty_on, parse_period, weakest
from graph_model.neighbourhood import Neighbourhood
from graph_model.periods import Period, periods_within
from graph_model.questions.local_rules import LocalRules
from graph_model.questions.ways import Ways
from graph_model.records import AnyAssignee, AnyTarget, Coverage, Family, Measure, Relation, Roster
from graph_model.regime import Level, Regime, Rhythm


class Fulfilment(Enum):
    """Whether something was done as often as it must be in a period (核查结论)."""

    MET = "MET"
    MISSED = "MISSED"
    UNKNOWN = "UNKNOWN"


class PeriodCheck(Struct, frozen=True):
    """One period: the verdict, and whether the rhythm binds then; ``done`` surely lies in it, ``perhaps`` may."""

    period: Period
    verdict: Fulfilment
    certainty: Certainty
    done: tuple[Measure, ...]
    perhaps: tuple[Measure, ...] = ()


class RhythmCheck(Struct, frozen=True):
    """What one who answers for a target must do in a rhythm, and the periods in which it binds, in their order."""

    rhythm: Rhythm
    level: Level
    target: AnyTarget
    assignee: AnyAssignee
    assignment: Relation
    periods: tuple[PeriodCheck, ...]


class _Day(Struct, frozen=True):
    """What one day shows."""

    ways: Ways
    rules: LocalRules
    coverages: tuple[Coverage, ...]


class RhythmChecker:
    """Checks the rhythms of one regime between two days (ordinals, inclusive) within one neighbourhood.

    The neighbourhood must be of a window with these days; ``measures`` are all that may be evidence. A rule, an
    assignment or an area binds in a period if it does on the period's first and last day.
    """

    def __init__(
        self,
        around: Neighbourhood,
        regime: Regime,
        first: int,
        last: int,
        measures: Iterable[Measure],
        coverages: Sequence[Coverage] = (),
    ) -> None:
        self._around = around
        self._regime = regime
        self._bounds = first, last
        self._coverages = coverages
        self._days: dict[int, _Day] = {}
        self._done: dict[tuple[str, str], list[Measure]] = {}
        for measure in sorted(measures, key=lambda one: (parse_period(one.period), one.id)):
            for by in measure.by:
                self._done.setdefault((measure.kind, by), []).append(measure)

    def nodes_above(self, target: str) -> tuple[AnyTarget, ...]:
        """The target and all that it lies in on the last day, or may."""
        reached = self._at(self._bounds[1]).ways.reached_from(target)
        return tuple(node for each in reached if isinstance(node := self._around.find_node(each), AnyTarget))

    def check(self, nodes: Iterable[AnyTarget], *, assignee: str | None = None) -> tuple[RhythmCheck, ...]:
        """The rhythms that bind those who answer for some nodes (only one of them, if an id is given).

        By level, target, the rhythm's position, who answers, and the assignment.
        """
        found = [check for node in nodes for check in self._check(node, assignee)]
        positions = {rhythm.code: position for position, rhythm in enumerate(self._regime.rhythms)}
        found.sort(
            key=lambda one: (
                self._regime.level_positions[one.level.code],
                one.target.id,
                positions[one.rhythm.code],
                one.assignee.id,
                one.assignment.id,
            )
        )
        return tuple(found)

    def _check(self, node: AnyTarget, wanted: str | None) -> Iterator[RhythmCheck]:
        level = self._regime.find_level(node)
        if level is None:
            return
        for rhythm in self._regime.rhythms:
            if rhythm.level != level.code:
                continue
            for relation in self._around.iter_to(node.id, Family.RESPONSIBILITY):
                assignee = self._around.find_node(relation.source)
                if (
                    relation.regime == self._regime.code
                    and relation.kind in rhythm.kinds
                    and isinstance(assignee, AnyAssignee)
                    and wanted in {None, assignee.id}
                ):
                    periods = tuple(self._periods(rhythm, node, relation))
                    if periods:
                        yield RhythmCheck(rhythm, level, node, assignee, relation, periods)

    def _periods(self, rhythm: Rhythm, node: AnyTarget, relation: Relation) -> Iterator[PeriodCheck]:
        for period in periods_within(rhythm.every, *self._bounds):
            if rhythm.season is not None and not rhythm.season.holds_throughout(period):
                continue
            certainty = weakest(*(self._binds(rhythm, node, relation, day) for day in (period.first, period.last)))
            if certainty.holds:
                yield self._judge(rhythm, node, relation, period, certainty)

    def _binds(self, rhythm: Rhythm, node: AnyTarget, relation: Relation, day: int) -> Certainty:
        """Whether a rhythm binds by an assignment on a day."""
        held = weakest(certainty_on(relation.validity, day), self._regime.duty_certainty(rhythm, day))
        rules = self._at(day).rules
        held = weakest(held, rules.designated(rhythm, node))
        if not held.holds or (rhythm.area is None and rhythm.rule is None):
            return held
        rivals = (
            (rival, self._regime.duty_certainty(rival, day))
            for rival in self._regime.rhythms
            if rival.level == rhythm.level
        )
        return weakest(held, rules.located(rhythm, node, rivals))

    def _judge(
        self, rhythm: Rhythm, node: AnyTarget, relation: Relation, period: Period, certainty: Certainty
    ) -> PeriodCheck:
        done: list[Measure] = []
        perhaps: list[Measure] = []
        for measure in self._done.get((rhythm.evidence, relation.source), ()):
            first, last = parse_period(measure.period)
            if (rhythm.per == "target" and node.id not in measure.to) or last < period.first or first > period.last:
                continue
            counts = _counts(rhythm, measure)
            if counts.holds:
                is_sure = counts is Certainty.CERTAIN and period.first <= first and last <= period.last
                (done if is_sure else perhaps).append(measure)
        verdict = Fulfilment.UNKNOWN
        if len(done) >= rhythm.at_least:
            verdict = Fulfilment.MET
        elif len(done) + len(perhaps) < rhythm.at_least and self._is_complete(rhythm, node, period):
            verdict = Fulfilment.MISSED
        return PeriodCheck(period, verdict, certainty, tuple(done), tuple(perhaps))

    def _is_complete(self, rhythm: Rhythm, node: AnyTarget, period: Period) -> bool:
        """Whether all that was done is surely recorded for a node, from the first to the last day of a period."""
        first, last = (self._at(day) for day in (period.first, period.last))
        return any(
            coverage in last.coverages
            and coverage.kind == rhythm.evidence
            and first.ways.lies_surely_in(node.id, coverage.area)
            and last.ways.lies_surely_in(node.id, coverage.area)
            for coverage in first.coverages
        )

    def _at(self, day: int) -> _Day:
        known = self._days.get(day)
        if known is None:
            ways = Ways(self._around, day, self._coverages)
            covering = tuple(
                coverage
                for coverage in self._coverages
                if coverage.roster is Roster.EVIDENCE
                and coverage.regime == self._regime.code
                and certainty_on(coverage.validity, day) is Certainty.CERTAIN
            )
            known = self._days[day] = _Day(ways, LocalRules(self._around, ways, day), covering)
        return known


def _counts(rhythm: Rhythm, measure: Measure) -> Certainty:
    """Whether there was as much as a rhythm takes: POSSIBLE where that is not recorded."""
    amounts = {quantity.code: quantity.value for quantity in measure.quantities}
    if any(amounts.get(least.quantity, least.at_least) < least.at_least for least in rhythm.least):
        return Certainty.NO
    return Certainty.CERTAIN if all(least.quantity in amounts for least in rhythm.least) else Certainty.POSSIBLE
