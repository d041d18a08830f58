"""A ladder as a graph for other tools (图的其他写法): Mermaid, DOT, and linked data after W3C ORG."""

from __future__ import annotations

from typing import Final

from rdflib import DCTERMS, FOAF, ORG, RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.term import Node as Term

from graph_model.characters import one_line
from pages.ladder import Ladder, LinkRow

ZEREN: Final = Namespace("urn:zeren:vocabulary:")
_THING: Final = Namespace("urn:zeren:")


def _numbered(ladder: Ladder) -> dict[str, tuple[str, str]]:
    """Every node of the ladder by its id: a short name for a tool, and what it is called."""
    called = {rung.place.id: rung.place.full for rung in ladder.rungs}
    for link in ladder.links:
        called.setdefault(link.assignee, link.assignee_name)
    return {one: (f"n{number}", text) for number, (one, text) in enumerate(called.items())}


def mermaid(ladder: Ladder) -> str:
    """A Mermaid flowchart: places from the nearest up, those who answer beside them; possible links are dotted."""
    names = _numbered(ladder)
    lines = ["flowchart BT", f"  %% {ladder.place.code} {ladder.as_of} {ladder.version}"]
    lines += [f'  {name}["{_quoted(text)}"]' for name, text in names.values()]
    for lower, upper in zip(ladder.rungs, ladder.rungs[1:], strict=False):
        lines.append(f"  {names[lower.place.id][0]} --- {names[upper.place.id][0]}")
    for link in ladder.links:
        arrow = "-->" if link.certainty == "CERTAIN" else "-.->"
        assignee, target = names[link.assignee][0], names[link.target][0]
        lines.append(f'  {assignee} {arrow}|"{_quoted(_label(link))}"| {target}')
    return "\n".join(lines) + "\n"


def _label(link: LinkRow) -> str:
    return (
        f"{link.kind_label} ({link.clause}) {link.provenance}"
        if link.clause
        else f"{link.kind_label} {link.provenance}"
    )


def _quoted(text: str) -> str:
    """A text within Mermaid's quotes, which knows entities only."""
    return one_line(text).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def dot(ladder: Ladder) -> str:
    """A graph in Graphviz' DOT, undrawn; possible links are dashed."""
    names = _numbered(ladder)

    def text(value: str) -> str:
        return '"' + one_line(value).replace("\\", "\\\\").replace('"', '\\"') + '"'

    lines = [
        "digraph ladder {",
        f"  label={text(f'{ladder.place.full} {ladder.as_of} {ladder.version}')}; rankdir=BT; node [shape=box];",
        *(f"  {name} [label={text(called)}];" for name, called in names.values()),
    ]
    for lower, upper in zip(ladder.rungs, ladder.rungs[1:], strict=False):
        lines.append(f"  {names[lower.place.id][0]} -> {names[upper.place.id][0]} [dir=none];")
    for link in ladder.links:
        style = "" if link.certainty == "CERTAIN" else ", style=dashed"
        assignee, target = names[link.assignee][0], names[link.target][0]
        lines.append(f"  {assignee} -> {target} [label={text(_label(link))}{style}];")
    return "\n".join([*lines, "}", ""])


def linked_data(ladder: Ladder) -> Graph:
    """The ladder after W3C ORG: posts, organisations and holders; each assignment is a resource with its dates."""
    graph = Graph()
    graph.bind("org", ORG)
    graph.bind("zeren", ZEREN)
    for rung in ladder.rungs:
        graph.add((_iri(rung.place.id), RDFS.label, Literal(rung.place.name)))
        graph.add((_iri(rung.place.id), DCTERMS.identifier, Literal(rung.place.code)))
    for lower, upper in zip(ladder.rungs, ladder.rungs[1:], strict=False):
        graph.add((_iri(lower.place.id), DCTERMS.isPartOf, _iri(upper.place.id)))
    types = {"post": ORG.Post, "organization": ORG.Organization, "person": FOAF.Person}
    for link in ladder.links:
        assignee, assignment = _iri(link.assignee), _iri(link.assignment)
        graph.add((assignee, RDF.type, types[link.assignee_type]))
        graph.add((assignee, RDFS.label, Literal(link.assignee_name)))
        for holder in link.holders:
            graph.add((_iri(holder.id), RDF.type, FOAF.Person))
            graph.add((_iri(holder.id), ORG.holds, assignee))
        facts: tuple[tuple[URIRef, Term | None], ...] = (
            (RDF.type, ZEREN.Assignment),
            (ZEREN.assignee, assignee),
            (ZEREN.target, _iri(link.target)),
            (ZEREN.kind, Literal(link.kind)),
            (ZEREN.lane, Literal(link.lane)),
            (ZEREN.asOf, Literal(ladder.as_of)),
            (ZEREN.certainty, Literal(link.certainty)),
            (ZEREN.provenance, Literal(link.provenance)),
            (ZEREN.since, None if link.since is None else Literal(link.since)),
            (ZEREN.until, None if link.until is None else Literal(link.until)),
            (ZEREN.clause, None if link.clause is None else Literal(link.clause)),
            (ZEREN.version, Literal(ladder.version)),
        )
        for predicate, value in facts:
            if value is not None:
                graph.add((assignment, predicate, value))
    return graph


def _iri(record: str) -> URIRef:
    return _THING[record]
