"""The whole graph as light rows (略图), read from indexes and without decoding a record, but for exemptions."""

from __future__ import annotations

from collections.abc import Generator
from itertools import islice
from typing import Any, Final

from graph_model.outline import OUTLINED_FAMILIES, OUTLINED_NODES, ClaimRow, EdgeRow, Outline, row_of_exemption
from graph_model.records import Exemption, Family
from graph_model.stores.embedded.snapshot import Parameter, Snapshot, decode_claim

_AT_A_TIME: Final = 20_000
"""Rows between which other questions may be asked: some hundredths of a second."""

_NODES = """
SELECT id, kind FROM node INDEXED BY node_by_type
WHERE type = :type AND recorded_to > :moment AND recorded_from <= :moment
"""
_EDGES = """
SELECT source, target, kind, regime, possible_from, certain_from, certain_until, possible_until
FROM relation INDEXED BY relation_by_kind
WHERE family = :family AND recorded_to > :moment AND recorded_from <= :moment
"""
_CLAIMS = """
SELECT subject, coalesce(kind, ''), NULL, possible_from, certain_from, certain_until, possible_until
FROM claim
WHERE seq > 0 AND type = :type AND recorded_to > :moment AND recorded_from <= :moment
"""
_EXEMPTIONS = """
SELECT data FROM claim WHERE type = 'exemption' AND recorded_to > :moment AND recorded_from <= :moment
"""


def read_outline(snapshot: Snapshot) -> Generator[None, None, Outline]:
    """As ``StoreReader.outline`` has it, step by step: whoever owns the connection may do other things in between."""
    nodes: dict[str, dict[str, str | None]] = {}
    for tag in OUTLINED_NODES:
        nodes[tag] = dict((yield from _rows(snapshot, _NODES, type=tag)))
    edges: dict[Family, list[EdgeRow]] = {}
    for family in OUTLINED_FAMILIES:
        edges[family] = yield from _rows(snapshot, _EDGES, family=family.value)
    claims: dict[str, list[ClaimRow]] = {"exemption": [_exempted(data) for data in snapshot.column(_EXEMPTIONS)]}
    for tag in ("designation", "vacancy"):
        claims[tag] = yield from _rows(snapshot, _CLAIMS, type=tag)
    return Outline(snapshot.generation, nodes, edges, claims)


def _rows(snapshot: Snapshot, statement: str, **parameters: Parameter) -> Generator[None, None, list[Any]]:
    rows: list[tuple[Any, ...]] = []
    cursor = snapshot.iterate(statement, **parameters)
    while some := list(islice(cursor, _AT_A_TIME)):
        rows += some
        yield
    return rows


def _exempted(data: bytes) -> ClaimRow:
    claim = decode_claim(data)
    if not isinstance(claim, Exemption):
        raise TypeError(f"{claim.id} is no exemption")
    return row_of_exemption(claim)
