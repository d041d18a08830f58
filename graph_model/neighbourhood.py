"""The part of the graph that a question needs (邻域): records and relations with look-ups, and as a NetworkX graph.

A question reads it and never asks the store again. The look-ups are dictionaries, because a chain needs nothing else
and building the NetworkX graph costs as much as fetching it (measured: docs/benchmarks.md); ``graph`` is there for
cycles, reachability and exports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TypeVar

import networkx as nx

from graph_model.records import AnyClaim, AnyNode, Claim, Family, Relation

C = TypeVar("C", bound=Claim)


class Neighbourhood:
    """Records around some targets.

    ``generation`` is the store's count of writes when it was read; ``seeds`` maps each key that was asked for (an id
    or a code) to the ids that it may mean, in code-point order.
    """

    def __init__(
        self,
        nodes: Iterable[AnyNode],
        claims: Iterable[AnyClaim] = (),
        relations: Iterable[Relation] = (),
        *,
        seeds: dict[str, tuple[str, ...]] | None = None,
        generation: int = 0,
    ) -> None:
        self.seeds = seeds or {}
        self.generation = generation
        self._nodes = {node.id: node for node in nodes}
        self._from: defaultdict[tuple[str, Family], list[Relation]] = defaultdict(list)
        self._to: defaultdict[tuple[str, Family], list[Relation]] = defaultdict(list)
        self._claims: defaultdict[str, list[AnyClaim]] = defaultdict(list)
        for relation in relations:
            self._from[relation.source, relation.family].append(relation)
            self._to[relation.target, relation.family].append(relation)
        for claim in claims:
            self._claims[claim.subject].append(claim)

    @cached_property
    def graph(self) -> nx.MultiDiGraph[str]:
        """All of it as a graph, built when first asked for: ``record`` on nodes, ``relation`` on edges, keyed by id."""
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for node in self._nodes.values():
            graph.add_node(node.id, record=node)
        for relations in self._from.values():
            for relation in relations:
                graph.add_edge(relation.source, relation.target, relation.id, relation=relation)
        return graph

    def find_node(self, node_id: str) -> AnyNode | None:
        """The node's record; None where it was not read or does not exist."""
        return self._nodes.get(node_id)

    def get_node(self, node_id: str) -> AnyNode:
        """The node's record. Raises KeyError."""
        return self._nodes[node_id]

    def iter_nodes(self) -> Iterator[AnyNode]:
        """All node records, in no order that means anything."""
        return iter(self._nodes.values())

    def iter_from(self, node_id: str, family: Family) -> Iterator[Relation]:
        """The relations of a family that leave a node, in no order that means anything."""
        return iter(self._from.get((node_id, family), ()))

    def iter_to(self, node_id: str, family: Family) -> Iterator[Relation]:
        """The relations of a family that reach a node, in no order that means anything."""
        return iter(self._to.get((node_id, family), ()))

    def iter_claims(self, node_id: str, of: type[C]) -> Iterator[C]:
        """The claims of one type about a node, in no order that means anything."""
        for claim in self._claims.get(node_id, ()):
            if isinstance(claim, of):
                yield claim
