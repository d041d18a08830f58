"""W3C ORG as linked data (关联数据): Turtle and JSON-LD, read by rdflib into rows of seats; nothing is fetched.

Source: W3C ORG, https://www.w3.org/TR/vocab-org/ (Post, Membership, postIn, heldBy, reportsTo, subOrganizationOf).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import structs
from rdflib import FOAF, ORG, RDF, RDFS, SKOS, TIME, BNode, Graph, URIRef
from rdflib.plugins.parsers.jsonld import to_rdf
from rdflib.term import Node

from graph_model.errors import Place, SourceError
from graph_model.records import Text
from loaders.sheets.delimited import find_encoding
from loaders.sheets.seats import Seat, code_of, codes_of, seats_table
from loaders.sheets.tables import Table

ENDINGS: Final = frozenset({".ttl", ".jsonld"})
MAX_BYTES: Final = 32 << 20
"""Of a file of linked data: all of it is held in memory."""
_NAMES: Final = (SKOS.prefLabel, RDFS.label, FOAF.name)


def read_linked(path: Path, name: str) -> Table:
    """One row a membership or holder, a post without one, an organisation with neither. Raises SourceError."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        said = Text(
            f"有 {size >> 20} MiB，关联数据最多 {MAX_BYTES >> 20}",
            f"has {size >> 20} MiB; linked data may have {MAX_BYTES >> 20}",
        )
        raise SourceError(Place(name), said)
    text = path.read_bytes().decode(find_encoding(path, name)).removeprefix("\ufeff")
    graph = Graph()
    form = "turtle" if path.suffix.lower() == ".ttl" else "json-ld"
    try:
        if form == "json-ld":
            content = json.loads(text)
            _check_closed(content, name)
            to_rdf(content, graph, base="urn:file:")
        else:
            graph.parse(data=text, format=form, publicID="urn:file:")
    except SourceError:
        raise
    except RecursionError as error:
        raise SourceError(Place(name), Text("嵌套太深", "is nested too deeply")) from error
    except Exception as error:  # rdflib's parsers raise errors of many classes, some of them plain ones
        line = getattr(error, "lines", None)
        first = " ".join(str(error).split())[:200]
        place = Place(name, line + 1 if isinstance(line, int) else getattr(error, "lineno", None))
        called = "Turtle" if form == "turtle" else "JSON-LD"
        raise SourceError(place, Text(f"不是 {called}：{first}", f"is no {called}: {first}")) from error
    return seats_table(name, sorted(_seats(graph, name), key=lambda seat: (seat.at, structs.astuple(seat))))


def _check_closed(content: object, name: str) -> None:
    """Raises SourceError for what would have to be fetched."""
    waiting = [content]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            for key, value in one.items():
                contexts = value if isinstance(value, list) else [value]
                if key == "@import" or (key == "@context" and any(isinstance(each, str) for each in contexts)):
                    said = Text(
                        "要从别处取得，而这里什么都不取：请把内容写在文件里",
                        "would be fetched, and nothing is: write it out here",
                    )
                    raise SourceError(Place(name, None, str(key), str(value)), said)
                waiting.append(value)


def _seats(graph: Graph, name: str) -> Iterator[Seat]:
    posts = {*graph.subjects(RDF.type, ORG.Post), *graph.subjects(ORG.postIn), *graph.objects(None, ORG.hasPost)}
    memberships = {*graph.subjects(RDF.type, ORG.Membership), *graph.subjects(ORG.member)}
    kinds = (ORG.Organization, ORG.FormalOrganization, ORG.OrganizationalUnit)
    organizations = {each for kind in kinds for each in graph.subjects(RDF.type, kind)}
    for nameless in sorted(each for each in posts | organizations if isinstance(each, BNode)):
        label = next(iter(_labels(graph, nameless)), None)
        said = Text(
            "是空白节点：请给每个职务和单位各自的 IRI",
            "is a blank node: give each post and organisation an IRI of its own",
        )
        raise SourceError(Place(name, value=label), said)
    named: set[Node | None] = set()
    for membership in memberships:
        person, organization = graph.value(membership, ORG.member), graph.value(membership, ORG.organization)
        if not isinstance(person, URIRef) or not isinstance(organization, URIRef):
            at = str(next((each for each in (membership, person) if isinstance(each, URIRef)), organization))
            said = Text(
                "成员关系要有 org:member 和 org:organization，两者都是 IRI",
                "a membership needs org:member and org:organization, both of them IRIs",
            )
            raise SourceError(Place(name, at=at), said)
        named.add(organization)
        yield _seat(
            graph,
            membership if isinstance(membership, URIRef) else person,
            organization,
            person=_code(person),
            role=_name(graph, graph.value(membership, ORG.role)),
            since=_day(graph, membership, TIME.hasBeginning),
            last_day=_day(graph, membership, TIME.hasEnd),
        )
    for post in posts:
        organization = graph.value(post, ORG.postIn) or graph.value(None, ORG.hasPost, post)
        holders = set(graph.objects(post, ORG.heldBy)) | set(graph.subjects(ORG.holds, post))
        named.add(organization)
        for holder in holders or [None]:
            yield _seat(graph, post, organization, post=post, person="" if holder is None else _code(holder))
    for organization in organizations - named:
        yield _seat(graph, organization, organization)


def _seat(
    graph: Graph,
    at: Node,
    organization: Node | None,
    *,
    post: Node | None = None,
    person: str = "",
    role: str = "",
    since: str = "",
    last_day: str = "",
) -> Seat:
    parent = next(
        (
            found
            for way in (ORG.subOrganizationOf, ORG.unitOf)
            if organization is not None and (found := graph.value(organization, way)) is not None
        ),
        None,
    )
    return Seat(
        at=str(at),
        organization=_name(graph, organization),
        organization_id="" if organization is None else _code(organization),
        parent_id="" if parent is None else _code(parent),
        post=_name(graph, post),
        post_id="" if post is None else _code(post),
        reports_to_id="" if post is None else codes_of(map(str, graph.objects(post, ORG.reportsTo))),
        person_id=person,
        role=role,
        since=since,
        last_day=last_day,
    )


def _code(node: Node) -> str:
    return code_of(str(node))


def _name(graph: Graph, node: Node | None) -> str:
    """What a thing is called, in Chinese where it is called so; its IRI's last word where nothing is said."""
    if node is None:
        return ""
    return next(iter(_labels(graph, node)), "") or _code(node)


def _labels(graph: Graph, node: Node) -> list[str]:
    """The labels of a thing, Chinese ones first."""
    labels = [label for way in _NAMES for label in graph.objects(node, way)]
    chinese = sorted(str(label) for label in labels if str(getattr(label, "language", "") or "").startswith("zh"))
    return [*chinese, *sorted(map(str, labels))]


def _day(graph: Graph, membership: Node, end: URIRef) -> str:
    interval = graph.value(membership, ORG.memberDuring)
    instant = None if interval is None else graph.value(interval, end)
    if instant is None:
        return ""
    for way in (TIME.inXSDDate, TIME.inXSDgYearMonth, TIME.inXSDgYear, TIME.inXSDDateTime):
        said = graph.value(instant, way)
        if said is not None:
            return str(said)
    return str(instant)
