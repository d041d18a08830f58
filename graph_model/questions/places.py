"""The containment of the whole graph, and which of its nodes lie alike (所在): for what is asked of everything."""

from __future__ import annotations

from typing import Final, Generic, TypeAlias, TypeVar

import networkx as nx
from msgspec import Struct

from graph_model.outline import Days, Outline
from graph_model.records import Family

Bounds: TypeAlias = frozenset[int]
"""Days (ordinals) on which something begins or ends to be possible or certain."""
PlaceKey: TypeAlias = tuple[str | None, frozenset[tuple[Days, int]]]
"""What a place is by: the marked or circular node that it is, if any; and its containment, days and place above."""

NOWHERE: Final = 0
"""The place of all nodes where no node is marked: where they lie does not matter then."""
NO_BOUNDS: Final[Bounds] = frozenset()
T = TypeVar("T")


class Containment(Struct, frozen=True):
    """What every node ever lies in, by its relations, and which nodes something ever lies in (包含关系)."""

    above: dict[str, tuple[tuple[str, Days], ...]]
    inner: frozenset[str]


class Lists(Generic[T]):
    """What there is of each node, as tuples; equal ones are one object: most nodes have the same as many others."""

    def __init__(self) -> None:
        self.of: dict[str, tuple[T, ...]] = {}
        self._one: dict[tuple[T, ...], tuple[T, ...]] = {}

    def add(self, node: str, what: T) -> None:
        """One more of a node."""
        before = self.of.get(node)
        new = (what,) if before is None else (*before, what)
        self.of[node] = self._one.setdefault(new, new)


def find_containment(outline: Outline) -> Containment:
    """The containment of the whole graph."""
    above: Lists[tuple[str, Days]] = Lists()
    for row in outline.edges[Family.CONTAINMENT]:
        above.add(row[0], (row[1], row[4:]))
    return Containment(above.of, frozenset(row[1] for row in outline.edges[Family.CONTAINMENT]))


class Places:
    """Nodes whose ways up look alike, seen from some areas (marked nodes): by bisimulation, the top first.

    Two nodes are alike if both are the same marked node, or none, and their containment relations have the same days
    and lead to nodes that are alike. In a circle every node is a place of its own. A place's number is its position in
    ``keys`` and ``bounds``, and greater than those of the places above.
    """

    def __init__(self, containment: Containment, marked: frozenset[str]) -> None:
        self.keys: list[PlaceKey] = [(None, frozenset())]
        self.bounds: list[Bounds] = [NO_BOUNDS]
        self._containment = containment
        self._marked = marked
        self._known: dict[PlaceKey, int] = {}
        self._places: dict[str, int] = {}
        self._by_containers: dict[tuple[tuple[str, Days], ...], int] = {}
        if marked:
            self._place_containers()

    def _place_containers(self) -> None:
        above_of, inner = self._containment.above, self._containment.inner
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(inner)
        graph.add_edges_from((node, above) for node in inner for above, _ in above_of.get(node, ()))
        circular = {
            node
            for component in nx.strongly_connected_components(graph)
            for node in component
            if len(component) > 1 or graph.has_edge(node, node)
        }
        for node in sorted(circular):
            reached = nx.descendants(graph, node) | {node}
            days = frozenset(day for each in reached for _, its in above_of.get(each, ()) for day in its)
            self._places[node] = self._number((node, frozenset()), days)
        graph.remove_nodes_from(circular)
        for node in reversed(list(nx.topological_sort(graph))):
            self._places[node] = self._place(node)

    def place_of(self, node: str) -> int:
        """The number of a node's place."""
        if not self._marked:
            return NOWHERE
        known = self._places.get(node)
        if known is not None:
            return known
        if node in self._marked:
            return self._place(node)
        containers = self._containment.above.get(node, ())
        known = self._by_containers.get(containers)
        if known is None:
            known = self._by_containers[containers] = self._place(node)
        return known

    def _place(self, node: str) -> int:
        places, containers = self._places, self._containment.above.get(node, ())
        key = (node if node in self._marked else None, frozenset((days, places[above]) for above, days in containers))
        number = self._known.get(key)
        if number is None:
            own = frozenset(day for _, days in containers for day in days)
            number = self._number(key, own.union(*(self.bounds[places[above]] for above, _ in containers)))
        return number

    def _number(self, key: PlaceKey, bounds: Bounds) -> int:
        number = self._known[key] = len(self.bounds)
        self.keys.append(key)
        self.bounds.append(bounds)
        return number
