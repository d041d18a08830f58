"""Cycles among dated edges (环): the cycles themselves, whatever the order in which edges were loaded."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

import networkx as nx
from msgspec import Struct

from graph_model.exchange import Edge


class Cycle(Struct, frozen=True):
    """Nodes that lead to each other in a circle on some day, from the least id on, and all edges between them then."""

    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]


def find_cycles(edges: Iterable[Edge]) -> tuple[Cycle, ...]:
    """For each edge that lies in a circle on some day, the shortest one through it; each circle once, by its nodes.

    An edge counts from the first to the last day on which it is possible. Costs a pass over the edges, and then, for
    those that are left, the square of their number.
    """
    core = _core(list(edges))
    found: defaultdict[tuple[str, ...], dict[str, Edge]] = defaultdict(dict)
    for day in sorted({edge.days.possible_from for edge in core}):
        active = _core([edge for edge in core if edge.days.possible_from <= day < edge.days.possible_until])
        for nodes in _circles(active):
            steps = set(zip(nodes, (*nodes[1:], nodes[0]), strict=True))
            found[nodes].update((edge.id, edge) for edge in active if (edge.source, edge.target) in steps)
    return tuple(Cycle(nodes, tuple(edges[key] for key in sorted(edges))) for nodes, edges in sorted(found.items()))


def _core(edges: Sequence[Edge]) -> Sequence[Edge]:
    """What is left when edges from where none leads to, and to where none leads on, are taken away again and again."""
    while True:
        sources, targets = {edge.source for edge in edges}, {edge.target for edge in edges}
        both = sources & targets
        left = [edge for edge in edges if edge.source in both and edge.target in both]
        if len(left) == len(edges):
            return left
        edges = left


def _circles(edges: Sequence[Edge]) -> Iterator[tuple[str, ...]]:
    """The shortest circle through each edge, as its nodes from the least id on; some more than once."""
    graph: nx.DiGraph[str] = nx.DiGraph((edge.source, edge.target) for edge in edges)
    for component in nx.strongly_connected_components(graph):
        following = {node: sorted(set(graph.succ[node]) & component) for node in component}
        for node in sorted(component):
            for after in following[node]:
                way = _shortest_way(after, node, following)
                least = way.index(min(way))
                yield (*way[least:], *way[:least])


def _shortest_way(start: str, end: str, following: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The nodes from start to end; of several equally short ways the first by ids. One must exist."""
    before = {start: start}
    waiting = deque([start])
    while end not in before:
        node = waiting.popleft()
        for after in following[node]:
            if after not in before:
                before[after] = node
                waiting.append(after)
    way = [end]
    while way[-1] != start:
        way.append(before[way[-1]])
    return tuple(reversed(way))
