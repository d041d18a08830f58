"""Where a target lies on a day, step by step (从属路径), and since when or until when it lies elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from graph_model.dates import AFTER_ALL_DAYS, BEFORE_ALL_DAYS, Certainty, certainty_on, limits
from graph_model.questions.reasons.steps import Step, StepKind, ValidityEnd, say_bound
from graph_model.questions.reasons.telling import Piece, Teller
from graph_model.questions.ways import Ways
from graph_model.records import AnyTarget, Coverage, Family, Relation, Text


class Lying:
    """The ways up from one target on the teller's day; its neighbourhood must be of all days."""

    def __init__(self, teller: Teller, target: str, ways: Ways, coverages: Sequence[Coverage]) -> None:
        self._teller = teller
        self._around = teller.around
        self._target = target
        self._ways = ways
        self._coverages = coverages

    @cached_property
    def ever_above(self) -> tuple[AnyTarget, ...]:
        """The target and all that it lies, or may lie, in on some day: by level from the nearest, then by id."""
        regime = self._teller.regime
        reached = {node for _, _, ways in self._spells for node in ways.reached_from(self._target)}
        nodes = [node for each in reached if isinstance(node := self._around.find_node(each), AnyTarget)]

        def order(node: AnyTarget) -> tuple[bool, int, str]:
            level = regime.find_level(node)
            return node.id != self._target, -1 if level is None else regime.level_positions[level.code], node.id

        return tuple(sorted(nodes, key=order))

    def way_to(self, container: AnyTarget) -> Piece:
        """The steps from the target up to a container; none where it is the target itself."""
        certainty = self._ways.certainty_of(self._target, container.id)
        if certainty is Certainty.NO:
            return self._missed(container)
        if certainty is Certainty.CERTAIN:
            return Piece(tuple(self._sure_way(container.id)), certainty)
        steps: list[Step] = []
        for relation in self._path(container.id, self._teller.day):
            steps += self._lies_in(relation)
        return Piece(tuple(steps), certainty)

    def _sure_way(self, container: str) -> Iterator[Step]:
        """The shortest way over CERTAIN steps; from where there is none, that every alternative leads there."""
        before: dict[str, Relation | None] = {self._target: None}
        layer = [self._target]
        open_end: str | None = None
        while layer and container not in before:
            following = []
            for node in layer:
                leading = [
                    relation
                    for relation in self._upward(node)
                    if self._is_certain(relation) and self._ways.leads_surely(relation.target, container)
                ]
                if not leading and open_end is None:
                    open_end = node
                for relation in leading:
                    if relation.target not in before:
                        before[relation.target] = relation
                        following.append(relation.target)
            layer = following
        end = container if container in before else open_end
        for relation in _back(before, end or self._target):
            yield from self._lies_in(relation)
        if end is not None and end != container:
            yield self._in_any_case(end, container)

    def _in_any_case(self, node: str, container: str) -> Step:
        name = self._teller.name
        either = [name(each) for each in sorted(self._ways.containers_of(node))]
        coverage = self._ways.find_coverage(node)
        return Step(
            kind=StepKind.LIES_IN_ANY_CASE,
            sentence=Text(
                zh=f"{name(node)}当日所属非此即彼（{'、'.join(either)}），无论何者均属{name(container)}",
                en=f"{name(node)} lies in one of {', '.join(either)}, and each of them leads to {name(container)}",
            ),
            certainty=Certainty.CERTAIN,
            subject=self._around.find_node(node),
            object=self._around.find_node(container),
            record=coverage,
            clause=None if coverage is None else coverage.basis.clause,
        )

    def _lies_in(self, relation: Relation) -> list[Step]:
        name = self._teller.name
        sentence = Text(
            zh=f"{name(relation.source)}属{name(relation.target)}",
            en=f"{name(relation.source)} lies in {name(relation.target)}",
        )
        certainty = certainty_on(relation.validity, self._teller.day)
        step = self._teller.step(StepKind.LIES_IN, relation, certainty, sentence)
        return [step, *self._teller.doubts(relation, relation.validity, sentence)]

    def _missed(self, container: AnyTarget) -> Piece:
        """The target did not lie there on the day: since when, or until when, it does."""
        found = self._nearest_day_in(container.id)
        relation = next(
            relation
            for relation in self._path(container.id, found)
            if not certainty_on(relation.validity, self._teller.day).holds
        )
        is_over, bound, _ = self._teller.missing_bound(relation.validity)
        when = say_bound(bound)
        name, place = self._teller.name(self._target), self._teller.name(container)
        text = (
            Text(
                zh=f"{name}当日已不属{place}，止于{when.zh}",
                en=f"{name} no longer lay in {place}: that ended on {when.en}",
            )
            if is_over
            else Text(
                zh=f"{name}当日尚不属{place}，始于{when.zh}",
                en=f"{name} did not yet lie in {place}: that began on {when.en}",
            )
        )
        end = ValidityEnd.UNTIL if is_over else ValidityEnd.SINCE
        step = self._teller.step(StepKind.NOT_THERE_THEN, relation, Certainty.NO, text, bound=bound, end=end)
        return Piece((step,), Certainty.NO, abs(found - self._teller.day))

    def _nearest_day_in(self, container: str) -> int:
        """The day nearest to the teller's on which the target may have lain in a container of ``ever_above``."""
        today = self._teller.day
        days = [
            first if first > today else min(last, today)
            for first, last, ways in self._spells
            if container in ways.reached_from(self._target)
        ]
        return min(days, key=lambda day: (abs(day - today), day))

    @cached_property
    def _spells(self) -> list[tuple[int, int, Ways]]:
        """The times in which nothing changes on the ways up: first and last day, and the ways then."""
        reached, layer = {self._target}, [self._target]
        changes = {BEFORE_ALL_DAYS + 1}
        while layer:
            node = layer.pop()
            for relation in self._around.iter_from(node, Family.CONTAINMENT):
                bounds = limits(relation.validity)
                changes |= {bounds.possible_from, bounds.possible_until}
                if relation.target not in reached:
                    reached.add(relation.target)
                    layer.append(relation.target)
        days = sorted(day for day in changes if BEFORE_ALL_DAYS < day < AFTER_ALL_DAYS)
        return [
            (first, following - 1, Ways(self._around, first, self._coverages))
            for first, following in zip(days, [*days[1:], AFTER_ALL_DAYS], strict=True)
        ]

    def _path(self, end: str, day: int) -> list[Relation]:
        """The shortest way up over what is possible on a day, which must be one."""
        before: dict[str, Relation | None] = {self._target: None}
        layer = [self._target]
        while layer and end not in before:
            following = []
            for node in layer:
                for relation in self._upward(node):
                    if relation.target not in before and certainty_on(relation.validity, day).holds:
                        before[relation.target] = relation
                        following.append(relation.target)
            layer = following
        return _back(before, end)

    def _upward(self, node: str) -> list[Relation]:
        return sorted(
            self._around.iter_from(node, Family.CONTAINMENT),
            key=lambda relation: (not self._is_certain(relation), relation.target, relation.id),
        )

    def _is_certain(self, relation: Relation) -> bool:
        return certainty_on(relation.validity, self._teller.day) is Certainty.CERTAIN


def _back(before: dict[str, Relation | None], end: str) -> list[Relation]:
    """The relations that led to a node, from the start on."""
    way = []
    relation = before.get(end)
    while relation is not None:
        way.append(relation)
        relation = before[relation.source]
    return way[::-1]
