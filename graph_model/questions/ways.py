"""The ways up through containment on a day (上级链), and what leads surely where.

Source: model.md, "Chain", 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from graph_model.dates import Certainty, certainty_on, strongest
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import Coverage, Family, Roster


class Ways:
    """Containers on one day, within one neighbourhood. Answers are kept, so that asking twice costs nothing."""

    def __init__(self, around: Neighbourhood, day: int, coverages: Sequence[Coverage] = ()) -> None:
        self._around = around
        self._day = day
        self._containers: dict[str, dict[str, Certainty]] = {}
        self._reached: dict[str, tuple[str, ...]] = {}
        self._sure: dict[tuple[str, str], bool] = {}
        self._covering = [
            coverage
            for coverage in coverages
            if coverage.roster is Roster.CONTAINMENT and certainty_on(coverage.validity, day) is Certainty.CERTAIN
        ]
        self._covered_areas = {coverage.area for coverage in self._covering}

    def containers_of(self, node: str) -> dict[str, Certainty]:
        """The containers that a node is in or may be in on the day, by the best of its relations to each."""
        known = self._containers.get(node)
        if known is None:
            known = {}
            for relation in self._around.iter_from(node, Family.CONTAINMENT):
                certainty = certainty_on(relation.validity, self._day)
                if certainty.holds:
                    known[relation.target] = strongest(certainty, known.get(relation.target, Certainty.NO))
            self._containers[node] = known
        return known

    def reached_from(self, node: str) -> tuple[str, ...]:
        """The node and all that it may lie in, each once: the node first, then by distance and id."""
        known = self._reached.get(node)
        if known is None:
            seen, layer = [node], [node]
            while layer:
                layer = sorted({above for below in layer for above in self.containers_of(below)} - set(seen))
                seen.extend(layer)
            known = self._reached[node] = tuple(seen)
        return known

    def leads_surely(self, node: str, container: str) -> bool:
        """Whether a node leads surely to a container: it is that container, a CERTAIN container of it leads there, or.

        containment is covered for sure for an area that the node may lie in, it has containers, and all that it may
        be in lead there. Of circular reasons none counts: the least set of nodes for which this is true.
        """
        answer = self._sure.get((node, container))
        if answer is not None:
            return answer
        reached = self.reached_from(node)
        sure = {container}
        grew = container in reached
        while grew:
            grew = False
            for each in reached:
                if each not in sure and self._step(each, sure):
                    sure.add(each)
                    grew = True
        for each in reached:
            self._sure[each, container] = each in sure
        return node in sure

    def _step(self, node: str, sure: set[str]) -> bool:
        containers = self.containers_of(node)
        if any(certainty is Certainty.CERTAIN and above in sure for above, certainty in containers.items()):
            return True
        return bool(containers) and all(above in sure for above in containers) and self._is_covered(node)

    def _is_covered(self, node: str) -> bool:
        return None in self._covered_areas or any(area in self._covered_areas for area in self.reached_from(node))

    def find_coverage(self, node: str) -> Coverage | None:
        """By which coverage all containers of a node are surely on record: the first by id, if there is one."""
        reached = self.reached_from(node)
        covering = [coverage for coverage in self._covering if coverage.area is None or coverage.area in reached]
        return min(covering, key=lambda coverage: coverage.id, default=None)

    def certainty_of(self, node: str, container: str) -> Certainty:
        """Whether a node lies in a container (or is it) on the day."""
        if self.leads_surely(node, container):
            return Certainty.CERTAIN
        return Certainty.POSSIBLE if container in self.reached_from(node) else Certainty.NO

    def lies_surely_in(self, node: str, area: str | None) -> bool:
        """Whether an area (None: everywhere) surely contains a node."""
        return area is None or self.leads_surely(node, area)
