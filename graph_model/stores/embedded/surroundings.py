"""What lies around some nodes: the look-ups behind chains, duties and lists of divisions (邻域).

Joins are CROSS JOINs where their order matters: SQLite then keeps it, and looks up few rows by index in place of
reading a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from graph_model.exchange import Window
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import Relation
from graph_model.stores.embedded.snapshot import (
    Snapshot,
    decode_claim,
    decode_node,
    decode_relation,
    texts,
)
from graph_model.stores.embedded.versions import NODES_NOW, NODES_THEN, LookUp, look_up

_KEPT = 16_384
_recall_node: Final = lru_cache(_KEPT)(decode_node)
_recall_claim: Final = lru_cache(_KEPT)(decode_claim)
_recall_relation: Final = lru_cache(_KEPT)(decode_relation)
"""Decoding by content: what lies around one village lies, for the most part, around its neighbours too (按内容缓存)."""

_SEEDS = """
SELECT wanted.value, node.id
FROM carray(:ids) AS wanted
CROSS JOIN node ON node.id = wanted.value AND node.recorded_to > :moment AND node.recorded_from <= :moment
UNION
SELECT wanted.value, node.id
FROM carray(:codes) AS wanted
CROSS JOIN node ON node.code = wanted.value AND node.recorded_to > :moment AND node.recorded_from <= :moment
UNION
SELECT wanted.value, node.id
FROM carray(:codes) AS wanted
CROSS JOIN claim ON claim.code = wanted.value AND claim.recorded_to > :moment AND claim.recorded_from <= :moment
CROSS JOIN node ON node.id = claim.subject AND node.recorded_to > :moment AND node.recorded_from <= :moment
"""

_IN_WINDOW = " AND relation.possible_from <= :last AND relation.possible_until > :first"
_CONTAINERS = look_up("relation", "source", " AND relation.family = 'containment'", _IN_WINDOW)
_ASSIGNMENTS = look_up(
    "relation", "target", " AND relation.family = 'responsibility'", " AND relation.possible_from <= :last"
)
_HOLDINGS = look_up("relation", "target", " AND relation.family = 'holding'", _IN_WINDOW)
_CLAIMS = look_up("claim", "subject")
_NODES = LookUp(NODES_NOW, NODES_THEN)

# A walk down goes through divisions only, and not below one of the level: a village's households stay unread.
_BELOW = """
WITH RECURSIVE down(id, is_found) AS (
    SELECT :node, 0
    UNION
    SELECT node.id, node.kind = :level
    FROM down
    CROSS JOIN relation ON relation.target = down.id AND relation.family = 'containment'
        AND relation.recorded_to > :moment AND relation.recorded_from <= :moment
        AND relation.possible_from <= :last AND relation.possible_until > :first
    CROSS JOIN node ON node.id = relation.source AND node.recorded_to > :moment AND node.recorded_from <= :moment
        AND node.type = 'division'
    WHERE NOT down.is_found
)
SELECT id FROM down WHERE is_found AND id <> :node
"""

# A household or a unit is told by how its id begins, before its record is looked up: a village has hundreds.
_ASSETS_BELOW = """
WITH RECURSIVE down(id) AS (
    SELECT :node
    UNION
    SELECT node.id
    FROM down
    CROSS JOIN relation ON relation.target = down.id AND relation.family = 'containment'
        AND relation.recorded_to > :moment AND relation.recorded_from <= :moment
        AND relation.possible_from <= :last AND relation.possible_until > :first
        AND (relation.source BETWEEN 'asset:' AND 'asset;' OR relation.source BETWEEN 'division:' AND 'division;')
    CROSS JOIN node ON node.id = relation.source AND node.recorded_to > :moment AND node.recorded_from <= :moment
)
SELECT id FROM down WHERE id BETWEEN 'asset:' AND 'asset;' AND id <> :node
"""


def read_neighbourhood(
    snapshot: Snapshot, keys: Sequence[str], window: Window, *, own_only: bool = False
) -> Neighbourhood:
    """As ``StoreReader.neighbourhood`` has it."""
    seeds = _read_seeds(snapshot, keys)
    found = {seed for meant in seeds.values() for seed in meant}
    nodes: set[str] = set()
    ways_up = _walk_up(snapshot, found, window, nodes)
    assignments = _read_relations(snapshot, _ASSIGNMENTS, found if own_only else nodes, window)
    seats = {relation.source for relation in assignments}
    holdings = _read_relations(snapshot, _HOLDINGS, seats, window)
    if own_only:
        nodes |= seats
    else:
        ways_up += _walk_up(snapshot, seats, window, nodes)
    nodes.update(relation.source for relation in holdings)
    return _assemble(snapshot, nodes, [*ways_up, *assignments, *holdings], seeds)


def read_nodes(snapshot: Snapshot, ids: Sequence[str]) -> Neighbourhood:
    """As ``StoreReader.lookup`` has it."""
    nodes = [_recall_node(data) for data in snapshot.column(_NODES.at(snapshot), keys=texts(set(ids)))]
    claims = snapshot.column(_CLAIMS.at(snapshot), keys=texts(node.id for node in nodes))
    return Neighbourhood(nodes, map(_recall_claim, claims), generation=snapshot.generation)


def read_descendants(snapshot: Snapshot, node: str, level: str, window: Window) -> Neighbourhood:
    """As ``StoreReader.descendants`` has it."""
    return _found_below(
        snapshot, snapshot.column(_BELOW, node=node, level=level, first=window.first, last=window.last), window
    )


def read_assets(snapshot: Snapshot, node: str, window: Window) -> Neighbourhood:
    """As ``StoreReader.assets`` has it."""
    found = snapshot.column(_ASSETS_BELOW, node=node, first=window.first, last=window.last)
    return _found_below(snapshot, found, window)


def _found_below(snapshot: Snapshot, found: Sequence[str], window: Window) -> Neighbourhood:
    ids = texts(found)
    return Neighbourhood(
        map(_recall_node, snapshot.column(_NODES.at(snapshot), keys=ids)),
        map(_recall_claim, snapshot.column(_CLAIMS.at(snapshot), keys=ids)),
        _walk_up(snapshot, found, window, set()),
        generation=snapshot.generation,
    )


def _read_seeds(snapshot: Snapshot, keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
    meant: dict[str, set[str]] = {key: set() for key in keys}
    rows = snapshot.rows(
        _SEEDS, ids=texts(key for key in meant if ":" in key), codes=texts(key for key in meant if ":" not in key)
    )
    for key, node in rows:
        meant[key].add(node)
    return {key: tuple(sorted(nodes)) for key, nodes in meant.items()}


def _walk_up(snapshot: Snapshot, start: Iterable[str], window: Window, seen: set[str]) -> list[Relation]:
    """All containment relations reached upwards; ``seen`` holds the nodes not to start from, and grows by the others.

    A look-up a step, each for new nodes only: that measures twice as fast as one recursive statement.
    """
    walked: list[Relation] = []
    layer = set(start) - seen
    while layer:
        seen |= layer
        rows = snapshot.column(_CONTAINERS.at(snapshot), keys=texts(layer), first=window.first, last=window.last)
        relations = list(map(_recall_relation, rows))
        walked += relations
        layer = {relation.target for relation in relations} - seen
    return walked


def _read_relations(snapshot: Snapshot, statement: LookUp, targets: Iterable[str], window: Window) -> list[Relation]:
    rows = snapshot.column(statement.at(snapshot), keys=texts(targets), first=window.first, last=window.last)
    return list(map(_recall_relation, rows))


def _assemble(
    snapshot: Snapshot, ids: set[str], relations: list[Relation], seeds: dict[str, tuple[str, ...]]
) -> Neighbourhood:
    """The neighbourhood of some nodes: with their claims, and with the documents that the bases name."""
    claims = [_recall_claim(data) for data in snapshot.column(_CLAIMS.at(snapshot), keys=texts(ids))]
    named = {record.basis.document for record in (*relations, *claims)}
    rows = snapshot.column(
        _NODES.at(snapshot), keys=texts(ids.union(document for document in named if document is not None))
    )
    return Neighbourhood(map(_recall_node, rows), claims, relations, seeds=seeds, generation=snapshot.generation)
