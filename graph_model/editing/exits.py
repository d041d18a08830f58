"""Whether a target has exited, as a stability rule means it (退出): by its own designation, or by those within it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph_model.dates import (
    AFTER_ALL_DAYS,
    BEFORE_ALL_DAYS,
    Bound,
    BoundState,
    Certainty,
    Validity,
    limits,
    strongest,
    weakest,
)
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.ways import Ways
from graph_model.records import AnyTarget, Coverage, Designation, Family
from graph_model.regime import Regime, StabilityRule


class Exits:
    """The exits that one rule asks for, in one state of the graph."""

    def __init__(
        self, around: Neighbourhood, regime: Regime, rule: StabilityRule, coverages: Sequence[Coverage] = ()
    ) -> None:
        self._around = around
        self._regime = regime
        self._rule = rule
        self._coverages = coverages

    def of(self, target: AnyTarget, end: Bound) -> tuple[Certainty, Certainty]:
        """Whether the rule binds a target at all, and whether it has exited, on all days that a bound may mean."""
        own = self._designated(target.id, self._rule.exit, end)
        if self._rule.exit_of_all is None:
            return Certainty.CERTAIN, own
        lie = list(self._those_within(target.id, end))
        if not lie:
            return (Certainty.CERTAIN, own) if self._rule.own_exit_counts else (Certainty.NO, Certainty.NO)
        binds = strongest(*(certainty for _, certainty in lie))
        all_exited = weakest(*(self._is_through(node, certainty, end) for node, certainty in lie))
        if self._rule.own_exit_counts:
            return Certainty.CERTAIN, strongest(own, all_exited)
        return binds, all_exited

    def _is_through(self, node: str, lies: Certainty, end: Bound) -> Certainty:
        """Whether a node within the target no longer holds it back: it has exited, or is not registered any more."""
        exited = self._designated(node, self._rule.exit, end)
        registered = Certainty.CERTAIN
        if self._rule.designation is not None:
            registered = self._designated(node, self._rule.designation, end)
        if exited is Certainty.CERTAIN or registered is Certainty.NO:
            return Certainty.CERTAIN
        is_sure = exited is Certainty.NO and registered is Certainty.CERTAIN and lies is Certainty.CERTAIN
        return Certainty.NO if is_sure else Certainty.POSSIBLE

    def _those_within(self, target: str, end: Bound) -> Iterator[tuple[str, Certainty]]:
        """The nodes of the rule's level within a target that were, or may have been, registered so by then."""
        ways = [Ways(self._around, day, self._coverages) for day in {clip(end.earliest), clip(end.latest)}]
        for node_id in self._below(target):
            node = self._around.find_node(node_id)
            level = None if node is None else self._regime.find_level(node)
            if level is None or level.code != self._rule.exit_of_all or not self._was_ever(node_id, end):
                continue
            lies = [each.certainty_of(node_id, target) for each in ways]
            if strongest(*lies).holds:
                yield node_id, Certainty.CERTAIN if set(lies) == {Certainty.CERTAIN} else Certainty.POSSIBLE

    def _below(self, node: str) -> list[str]:
        """All that ever lay in a node, by id."""
        seen, layer = {node}, {node}
        while layer:
            layer = {each.source for above in layer for each in self._around.iter_to(above, Family.CONTAINMENT)} - seen
            seen |= layer
        return sorted(seen - {node})

    def _was_ever(self, node: str, end: Bound) -> bool:
        wanted = self._rule.designation
        return wanted is None or any(
            claim.kind == wanted and limits(claim.validity).possible_from <= end.latest
            for claim in self._around.iter_claims(node, Designation)
        )

    def _designated(self, node: str, kind: str, end: Bound) -> Certainty:
        return strongest(
            *(over(claim.validity, end) for claim in self._around.iter_claims(node, Designation) if claim.kind == kind)
        )

    def free_from(self, target: AnyTarget, end: Bound) -> int | None:
        """The first day from which the exit is CERTAIN, after the end that was asked for."""
        nodes = {target.id} | {node for node, _ in self._those_within(target.id, end)}
        days = sorted(
            first
            for node in nodes
            for claim in self._around.iter_claims(node, Designation)
            if claim.kind == self._rule.exit and end.earliest < (first := limits(claim.validity).certain_from)
        )
        for day in days:
            if day < AFTER_ALL_DAYS and self.of(target, _on(day))[1] is Certainty.CERTAIN:
                return day
        return None


def over(validity: Validity, bound: Bound) -> Certainty:
    """Whether a validity holds on the days that a bound may mean: CERTAIN on all of them, NO on none."""
    days, first, last = limits(validity), clip(bound.earliest), clip(bound.latest)
    if days.certain_from <= first and last < days.certain_until:
        return Certainty.CERTAIN
    return Certainty.NO if last < days.possible_from or first >= days.possible_until else Certainty.POSSIBLE


def clip(day: int) -> int:
    """A day (ordinal) of the calendar: the first or the last one in place of either infinity."""
    return min(max(day, BEFORE_ALL_DAYS + 1), AFTER_ALL_DAYS - 1)


def _on(day: int) -> Bound:
    return Bound(None, BoundState.KNOWN, day, day)
