"""The part of the graph that a question needs (邻域): records and relations with look-ups, and as a NetworkX graph.

A question reads it and never asks the store again. The look-ups are dictionaries, because a chain needs nothing else
and building the NetworkX graph costs as much as fetching it (measured: docs/benchmarks.md); ``graph`` is there for
cycles, reachability and exports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import TypeVar

import networkx as nx

from graph_model.records import AnyClaim, AnyNode, AnyRecord, Claim, Family, Node, Record, Relation, Ruling

C = TypeVar("C", bound=Claim)
K = TypeVar("K")
V = TypeVar("V")
R = TypeVar("R", bound=Record)


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
        self._from: dict[tuple[str, Family], list[Relation]] = defaultdict(list)
        self._to: dict[tuple[str, Family], list[Relation]] = defaultdict(list)
        self._claims: dict[str, list[AnyClaim]] = defaultdict(list)
        self._rulings: dict[str, Ruling] = {}
        for relation in relations:
            self._from[relation.source, relation.family].append(relation)
            self._to[relation.target, relation.family].append(relation)
        for claim in claims:
            self._claims[claim.subject].append(claim)

    @classmethod
    def united(cls, parts: Iterable[Neighbourhood]) -> Neighbourhood:
        """Several neighbourhoods of one state of the graph as one, each record once; seeds and generation likewise."""
        nodes: dict[str, AnyNode] = {}
        claims: dict[str, AnyClaim] = {}
        relations: dict[str, Relation] = {}
        seeds: dict[str, tuple[str, ...]] = {}
        generation = 0
        for part in parts:
            nodes.update(part._nodes)
            claims.update((claim.id, claim) for claim in chain.from_iterable(part._claims.values()))
            relations.update((relation.id, relation) for relation in chain.from_iterable(part._from.values()))
            seeds.update(part.seeds)
            generation = max(generation, part.generation)
        return cls(nodes.values(), claims.values(), relations.values(), seeds=seeds, generation=generation)

    def overlaid(self, puts: Iterable[AnyRecord], removes: Iterable[str] = ()) -> Neighbourhood:
        """The neighbourhood as it would be with some records put, each in place of what has its id, and others removed.

        This one stays as it is. Of several with one id the last is put. What is neither node, claim, relation nor
        ruling changes nothing here, and an id to remove that nothing has is passed over.
        """
        found = Neighbourhood((), seeds=self.seeds, generation=self.generation)
        found._nodes, found._claims = dict(self._nodes), dict(self._claims)
        found._from, found._to = dict(self._from), dict(self._to)
        found._dated = dict(self._dated)
        found._rulings = dict(self._rulings)
        put = list({record.id: record for record in puts}.values())
        for record_id in chain((record.id for record in put), removes):
            found._take_away(record_id)
        for record in put:
            found._add(record)
        return found

    def _take_away(self, record_id: str) -> None:
        self._nodes.pop(record_id, None)
        self._rulings.pop(record_id, None)
        record = self._dated.pop(record_id, None)
        if isinstance(record, Relation):
            _without(self._from, (record.source, record.family), record_id)
            _without(self._to, (record.target, record.family), record_id)
        elif record is not None:
            _without(self._claims, record.subject, record_id)

    def _add(self, record: AnyRecord) -> None:
        if isinstance(record, Node):
            self._nodes[record.id] = record
        elif isinstance(record, Relation):
            self._dated[record.id] = record
            _with(self._from, (record.source, record.family), record)
            _with(self._to, (record.target, record.family), record)
        elif isinstance(record, Ruling):
            self._rulings[record.id] = record
        elif isinstance(record, Claim):
            self._dated[record.id] = record
            _with(self._claims, record.subject, record)

    @cached_property
    def _dated(self) -> dict[str, AnyClaim | Relation]:
        """Claims and relations by their ids; built when an overlay is first laid over them."""
        found: dict[str, AnyClaim | Relation] = {
            relation.id: relation for relation in chain.from_iterable(self._from.values())
        }
        found.update((claim.id, claim) for claim in chain.from_iterable(self._claims.values()))
        return found

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

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all nodes that were read, and of all ends of relations."""
        return frozenset(chain(self._nodes, (node for node, _ in self._from), (node for node, _ in self._to)))

    def find_node(self, node_id: str) -> AnyNode | None:
        """The node's record; None where it was not read or does not exist."""
        return self._nodes.get(node_id)

    def get_node(self, node_id: str) -> AnyNode:
        """The node's record. Raises KeyError."""
        return self._nodes[node_id]

    def find_record(self, record_id: str) -> AnyNode | AnyClaim | Relation | Ruling | None:
        """The node, claim, relation or ruling with an id; None where it was not read or does not exist."""
        return self._nodes.get(record_id) or self._dated.get(record_id) or self._rulings.get(record_id)

    def iter_nodes(self) -> Iterator[AnyNode]:
        """All node records, in no order that means anything."""
        return iter(self._nodes.values())

    def iter_relations(self) -> Iterator[Relation]:
        """All relations, in no order that means anything."""
        return chain.from_iterable(self._from.values())

    def iter_all_claims(self) -> Iterator[AnyClaim]:
        """All claims, in no order that means anything."""
        return chain.from_iterable(self._claims.values())

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


def _with(lists: dict[K, list[V]], key: K, value: V) -> None:
    lists[key] = [*lists.get(key, ()), value]


def _without(lists: dict[K, list[R]], key: K, record_id: str) -> None:
    lists[key] = [record for record in lists.get(key, ()) if record.id != record_id]
