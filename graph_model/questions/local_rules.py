"""Whether a rule of a regime speaks of a node on a day (规则适用): its designation, its area, and nearer rules.

The nearest division's rule comes first (从近原则); the words are ``regime.Duty``'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from graph_model.dates import Certainty, certainty_on, strongest, weakest
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.ways import Ways
from graph_model.records import AnyTarget, Designation
from graph_model.regime import Deadline, Duty, Rhythm

R = TypeVar("R", bound=Duty | Rhythm | Deadline)


class LocalRules:
    """Judges the rules of one regime on one day (ordinal) within one neighbourhood."""

    def __init__(self, around: Neighbourhood, ways: Ways, day: int) -> None:
        self._around = around
        self._ways = ways
        self._day = day

    def designated(self, rule: Duty | Rhythm | Deadline, node: AnyTarget) -> Certainty:
        """Whether a node has the designation that a rule asks for; CERTAIN where it asks for none."""
        if rule.designation is None:
            return Certainty.CERTAIN
        return strongest(
            *(
                certainty_on(claim.validity, self._day)
                for claim in self._around.iter_claims(node.id, Designation)
                if claim.kind == rule.designation
            )
        )

    def located(self, rule: R, node: AnyTarget, rivals: Iterable[tuple[R, Certainty]]) -> Certainty:
        """Whether a rule holds where a node lies: in its area, and in no smaller one with a rival of its word.

        ``rivals``: the rules of its level, each with whether it is in force.
        """
        own = self._within(node.id, rule.area)
        if rule.rule is None or not own.holds:
            return own
        nearer = strongest(
            *(
                weakest(
                    in_force,
                    self.designated(rival, node),
                    self._within(node.id, rival.area),
                    self._within(rival.area or "", rule.area),
                )
                for rival, in_force in rivals
                if rival.rule == rule.rule and self._is_smaller(rival.area, rule.area)
            )
        )
        if nearer is Certainty.CERTAIN:
            return Certainty.NO
        return weakest(own, Certainty.POSSIBLE) if nearer.holds else own

    def _is_smaller(self, area: str | None, other: str | None) -> bool:
        """Whether an area may lie in another without the other lying surely in it: of a circle none is smaller."""
        if area is None or other is None:
            return area is not None
        return area != other and self._within(other, area) is not Certainty.CERTAIN

    def _within(self, node: str, area: str | None) -> Certainty:
        return Certainty.CERTAIN if area is None else self._ways.certainty_of(node, area)
