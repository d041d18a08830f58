"""What can be counted, and all edges of the graph for a check of the whole (计数与全图)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from graph_model.dates import Limits, parse_period
from graph_model.exchange import Edge, Vacated
from graph_model.records import NODE_TYPES, ClaimTally, Family, Measure, NodeTally, RelationTally, Tally
from graph_model.stores.embedded.snapshot import Parameter, Snapshot, decode_node

_NODES = """
SELECT count(*) FROM node
WHERE type = :type AND recorded_to > :moment AND recorded_from <= :moment
    AND (:kind IS NULL OR kind = :kind) AND (:but IS NULL OR kind IS NOT :but)
    AND (:clause IS NULL OR json_extract(CAST(data AS TEXT), '$.basis.clause') = :clause)
"""

_MEASURES = """
SELECT data FROM node
WHERE type = 'measure' AND recorded_to > :moment AND recorded_from <= :moment
    AND (:kind IS NULL OR kind = :kind) AND (:but IS NULL OR kind IS NOT :but)
    AND (:clause IS NULL OR json_extract(CAST(data AS TEXT), '$.basis.clause') = :clause)
"""

_CLAIMS = """
SELECT count(*), count(DISTINCT iif(claim.certain_from <= :day AND claim.certain_until > :day, claim.subject, NULL))
FROM claim
WHERE claim.type = :type AND claim.recorded_to > :moment AND claim.recorded_from <= :moment
    AND (:kind IS NULL OR claim.kind = :kind)
    AND (:subjects_type IS NULL OR EXISTS (
        SELECT 1 FROM node
        WHERE node.id = claim.subject AND node.recorded_to > :moment AND node.recorded_from <= :moment
            AND node.type = :subjects_type AND (:subjects_kind IS NULL OR node.kind = :subjects_kind)
    ))
"""

# Read from the index alone, but for roles. An end's sort is looked up only where one is asked for.
_FITTING = """
FROM (
    SELECT source, target, certain_from <= :day AND certain_until > :day AS is_certain
    FROM relation INDEXED BY relation_by_kind
    WHERE family = :family AND kind = :kind AND recorded_to > :moment AND recorded_from <= :moment
        AND (:regime IS NULL OR regime = :regime)
        AND (:source IS NULL OR source = :source)
        AND (:target IS NULL OR target = :target)
        AND (:role IS NULL OR json_extract(CAST(data AS TEXT), '$.role') = :role)
        AND (:sources_type IS NULL OR EXISTS (
            SELECT 1 FROM node
            WHERE node.id = relation.source AND node.recorded_to > :moment AND node.recorded_from <= :moment
                AND node.type = :sources_type AND (:sources_kind IS NULL OR node.kind = :sources_kind)
        ))
        AND (:targets_type IS NULL OR EXISTS (
            SELECT 1 FROM node
            WHERE node.id = relation.target AND node.recorded_to > :moment AND node.recorded_from <= :moment
                AND node.type = :targets_type AND (:targets_kind IS NULL OR node.kind = :targets_kind)
        ))
)
"""
_RELATIONS = {
    None: "SELECT count(*), count(*) FILTER (WHERE is_certain)" + _FITTING,
    "source": "SELECT count(*), count(DISTINCT iif(is_certain, source, NULL))" + _FITTING,
    "target": "SELECT count(*), count(DISTINCT iif(is_certain, target, NULL))" + _FITTING,
}

_SORTS = """
SELECT id, iif(kind IS NULL, :type, :type || ':' || kind) FROM node
WHERE type = :type AND recorded_to > :moment AND recorded_from <= :moment
"""
_EDGES = """
SELECT id, origin, family, kind, regime, source, target, possible_from, certain_from, certain_until, possible_until
FROM relation
WHERE seq > 0 AND recorded_to > :moment AND recorded_from <= :moment
"""
_VACANCIES = """
SELECT id, origin, subject, possible_from, certain_from, certain_until, possible_until
FROM claim
WHERE type = 'vacancy' AND recorded_to > :moment AND recorded_from <= :moment
"""
_ORIGINS = "SELECT number, name FROM origin WHERE number > 0"
_FAMILIES = {family.value: family for family in Family}
_NODE_TAGS = sorted(str(node_type.__struct_config__.tag) for node_type in NODE_TYPES)


_LIMITS: Callable[..., Limits] = lru_cache(maxsize=65536)(Limits)


def count(snapshot: Snapshot, tally: Tally, day: int) -> int | None:
    """One count of ``StoreReader.tally``."""
    match tally:
        case NodeTally(type="measure"):
            return _count_measures(snapshot, tally, day)
        case NodeTally():
            asked = {"type": tally.type, "kind": tally.kind, "but": tally.but, "clause": tally.clause}
            return snapshot.count(_NODES, **asked) or None
        case ClaimTally():
            return _count_certain(
                snapshot, _CLAIMS, type=tally.type, kind=tally.kind, day=day, **_sort("subjects", tally.subjects)
            )
        case RelationTally():
            return _count_certain(
                snapshot,
                _RELATIONS[tally.distinct],
                family=tally.family.value,
                kind=tally.kind,
                role=tally.role,
                regime=tally.regime,
                source=tally.source,
                target=tally.target,
                day=day,
                **_sort("sources", tally.sources),
                **_sort("targets", tally.targets),
            )


def _count_certain(snapshot: Snapshot, statement: str, **asked: Parameter) -> int | None:
    ((recorded, certain),) = snapshot.rows(statement, **asked)
    return certain if recorded else None


def _count_measures(snapshot: Snapshot, tally: NodeTally, day: int) -> int | None:
    measures = [
        node
        for data in snapshot.column(_MEASURES, kind=tally.kind, but=tally.but, clause=tally.clause)
        if isinstance(node := decode_node(data), Measure) and (tally.by is None or tally.by in node.by)
    ]
    return sum(parse_period(measure.period)[1] <= day for measure in measures) if measures else None


def _sort(name: str, sort: str | None) -> dict[str, Parameter]:
    """The parameters of a sort of nodes, ``division:county`` or ``post``."""
    node_type, _, kind = (sort or "").partition(":")
    return {f"{name}_type": node_type or None, f"{name}_kind": kind or None}


def iter_edges(snapshot: Snapshot) -> Iterator[Edge | Vacated]:
    """As ``StoreReader.edges`` has it. The sorts of all nodes are held meanwhile, and nothing else."""
    origins = dict(snapshot.iterate(_ORIGINS))
    for claim, origin, post, *days in snapshot.iterate(_VACANCIES):
        yield Vacated(claim, origins[origin], post, _LIMITS(*days))
    nodes: dict[str, tuple[str, str]] = {}
    for tag in _NODE_TAGS:
        nodes.update((node, (node, sort)) for node, sort in snapshot.iterate(_SORTS, type=tag))
    for edge, origin, family, kind, regime, source, target, *days in snapshot.iterate(_EDGES):
        # One text for each node, however many edges it has.
        source_id, source_sort = nodes.get(source) or (source, None)
        target_id, target_sort = nodes.get(target) or (target, None)
        yield Edge(
            edge,
            origins[origin],
            _FAMILIES[family],
            kind,
            regime,
            source_id,
            target_id,
            source_sort,
            target_sort,
            _LIMITS(*days),
        )
