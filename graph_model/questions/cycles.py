"""Circles among dated edges (环): the circles themselves, whatever the order in which edges were loaded."""

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
    """Circles that together hold every edge that lies in one on some day, short ones first; each once, by its nodes.

    An edge counts on every day on which it is possible. Costs some passes over the edges; then, of those that lie in
    circles, at most the square of their number for each day on which one of them begins.
    """
    core = _circular(list(edges))
    found: defaultdict[tuple[str, ...], dict[str, Edge]] = defaultdict(dict)
    for day in sorted({edge.days.possible_from for edge in core}):
        active = _circular([edge for edge in core if edge.days.possible_from <= day < edge.days.possible_until])
        for nodes in _circles(active):
            steps = set(_steps(nodes))
            found[nodes].update((edge.id, edge) for edge in active if (edge.source, edge.target) in steps)
    return tuple(Cycle(nodes, tuple(edges[key] for key in sorted(edges))) for nodes, edges in sorted(found.items()))


_PASSES = 8


def _circular(edges: Sequence[Edge]) -> Sequence[Edge]:
    """The edges that lie in a circle. Most of a tree is gone after a few passes, which cost less than components."""
    for _ in range(_PASSES):
        both = {edge.source for edge in edges} & {edge.target for edge in edges}
        left = [edge for edge in edges if edge.source in both and edge.target in both]
        if len(left) == len(edges):
            break
        edges = left
    graph: nx.DiGraph[str] = nx.DiGraph((edge.source, edge.target) for edge in edges)
    components = enumerate(nx.strongly_connected_components(graph))
    component = {node: number for number, nodes in components for node in nodes}
    return [edge for edge in edges if component[edge.source] == component[edge.target]]


def _circles(edges: Sequence[Edge]) -> Iterator[tuple[str, ...]]:
    """Circles that hold each edge, every one of which must lie in one: their nodes, from the least id on."""
    following: defaultdict[str, set[str]] = defaultdict(set)
    for edge in edges:
        following[edge.source].add(edge.target)
    ordered = {node: sorted(after) for node, after in sorted(following.items())}
    held: set[tuple[str, str]] = set()
    for node, after in ordered.items():
        for following_node in after:
            if (node, following_node) not in held:
                way = _shortest_way(following_node, node, ordered)
                least = way.index(min(way))
                circle = (*way[least:], *way[:least])
                held.update(_steps(circle))
                yield circle


def _steps(circle: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(circle, (*circle[1:], circle[0]), strict=True)


def _shortest_way(start: str, end: str, following: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The nodes from start to end; of several equally short ways the first by ids. There must be one."""
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
