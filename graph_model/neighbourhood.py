"""The part of the graph that a question needs (邻域): a NetworkX MultiDiGraph of records and relations, with look-ups.

Nodes carry ``record`` (absent for an end that nobody loaded), edges are keyed by the relation's id and carry
``relation``. A question reads it and never asks the store again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
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
        self.graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        self.seeds = seeds or {}
        self.generation = generation
        self._claims: defaultdict[str, list[AnyClaim]] = defaultdict(list)
        for node in nodes:
            self.graph.add_node(node.id, record=node)
        for relation in relations:
            self.graph.add_edge(relation.source, relation.target, relation.id, relation=relation)
        for claim in claims:
            self._claims[claim.subject].append(claim)

    def find_node(self, node_id: str) -> AnyNode | None:
        """The node's record; None where it was not read or does not exist."""
        attributes = self.graph.nodes.get(node_id)
        return attributes.get("record") if attributes else None

    def get_node(self, node_id: str) -> AnyNode:
        """The node's record. Raises KeyError."""
        node = self.find_node(node_id)
        if node is None:
            raise KeyError(node_id)
        return node

    def iter_nodes(self) -> Iterator[AnyNode]:
        """All node records, in no order that means anything."""
        for attributes in self.graph.nodes.values():
            if "record" in attributes:
                yield attributes["record"]

    def iter_from(self, node_id: str, family: Family) -> Iterator[Relation]:
        """The relations of a family that leave a node, in no order that means anything."""
        if node_id in self.graph:
            for edges in self.graph.succ[node_id].values():
                for attributes in edges.values():
                    if attributes["relation"].family is family:
                        yield attributes["relation"]

    def iter_to(self, node_id: str, family: Family) -> Iterator[Relation]:
        """The relations of a family that reach a node, in no order that means anything."""
        if node_id in self.graph:
            for edges in self.graph.pred[node_id].values():
                for attributes in edges.values():
                    if attributes["relation"].family is family:
                        yield attributes["relation"]

    def iter_claims(self, node_id: str, of: type[C]) -> Iterator[C]:
        """The claims of one type about a node, in no order that means anything."""
        for claim in self._claims.get(node_id, ()):
            if isinstance(claim, of):
                yield claim
