"""A graph as a file for analysts (图文件): GraphML or GEXF, by NetworkX's writers, with dated edges.

Gephi's timeline reads ``start`` and ``end``: the first and the last day on which a relation may hold; what has no bound
there has no such attribute. ``certain_from`` and ``certain_to`` are the first and the last day on which it surely does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import BinaryIO, Final

import networkx as nx

from graph_model.characters import one_line
from graph_model.dates import AFTER_ALL_DAYS, Validity, day_or_none, limits
from graph_model.records import (
    AnyNode,
    AnyRecord,
    Asset,
    Code,
    Division,
    Household,
    Name,
    Organization,
    Person,
    Post,
    Relation,
    type_of,
)
from graph_model.search_keys import kind_of

Graph = nx.MultiDiGraph
FORMATS: Final = ("graphml", "gexf")
_NODES = (Division, Household, Organization, Post, Person, Asset)


def build_graph(records: Iterable[AnyRecord], about: Mapping[str, str], *, households: bool = True) -> Graph[str]:
    """All nodes among some records, by id, and all relations between them; ``about`` are the graph's attributes."""
    graph: Graph[str] = nx.MultiDiGraph()
    graph.graph.update({name: one_line(text) for name, text in about.items()})
    ordered = sorted(records, key=lambda each: each.id)
    called = _names(ordered)
    for record in ordered:
        if isinstance(record, _NODES) and (households or not isinstance(record, Household)):
            graph.add_node(record.id, **_node(record, called))
    for record in ordered:
        if isinstance(record, Relation) and record.source in graph and record.target in graph:
            graph.add_edge(record.source, record.target, record.id, **_edge(record))
    return graph


def write_graph(graph: Graph[str], file: BinaryIO, form: str) -> None:
    """Write a graph in one of FORMATS."""
    if form == "gexf":
        nx.write_gexf(graph, file, version="1.2draft")
    else:
        nx.write_graphml_xml(graph, file)


def _names(records: Iterable[AnyRecord]) -> dict[tuple[str, str], str]:
    """The name and code of each division, as it was seen last."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for record in records:
        if isinstance(record, Name | Code):
            key = (type_of(record), record.subject)
            seen = (max(record.validity.observed, default=""), record.text)
            found[key] = max(found.get(key, seen), seen)
    return {key: text for key, (_, text) in found.items()}


def _node(node: AnyNode, called: dict[tuple[str, str], str]) -> dict[str, str]:
    if isinstance(node, Division):
        name, code = called.get(("name", node.id), node.id), called.get(("code", node.id), "")
    else:
        code = getattr(node, "code", "")
        name = getattr(node, "name", "") or code or node.id
    return {
        "label": one_line(name),
        "type": type_of(node),
        "kind": kind_of(node) or "",
        "code": code,
        "provenance": node.provenance.value,
    }


def _edge(relation: Relation) -> dict[str, str]:
    found = {
        "id": relation.id,
        "label": relation.kind,
        "family": relation.family.value,
        "kind": relation.kind,
        "regime": relation.regime or "",
        "role": relation.role or "",
        "clause": relation.basis.clause or "",
        "document": relation.basis.document or "",
        "provenance": relation.provenance.value,
        "since": relation.validity.since or "",
        "until": relation.validity.until or "",
    }
    return found | _days(relation.validity)


def _days(validity: Validity) -> dict[str, str]:
    """The days that bound a validity, each inclusive; those that are not known are left away."""
    bounds = limits(validity)
    days = {
        "start": day_or_none(bounds.possible_from),
        "end": _day_before(bounds.possible_until),
    }
    if bounds.certain_from < bounds.certain_until:
        days["certain_from"] = day_or_none(bounds.certain_from)
        days["certain_to"] = _day_before(bounds.certain_until)
    return {name: day.isoformat() for name, day in days.items() if day is not None}


def _day_before(until: int) -> date | None:
    """The last day of an interval that is open at its end; None for plus infinity."""
    return day_or_none(until - 1 if until < AFTER_ALL_DAYS else until)
