"""What a roster says that does not go together (矛盾): circles in its lines, and other sources that say otherwise.

Nothing of it is smoothed or refused: both are kept, and told with their places. The check of the whole graph after each
load keeps the same as findings (``cycle``, ``duplicate``), with the origins of both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Final

from graph_model.dates import Validity, limits
from graph_model.errors import Place
from graph_model.exchange import Edge, End
from graph_model.questions.cycles import find_cycles
from graph_model.records import AnyRecord, Family, Node, Organization, Post, Relation
from graph_model.stores.base import StoreReader
from graph_model.submitting import EVER
from loaders.rosters.building import Built

_CIRCULAR: Final = (Family.CONTAINMENT, Family.REPORTING)
_WORDS: Final = {Family.CONTAINMENT: "what lies in what", Family.REPORTING: "who reports to whom"}
_DISPUTED: Final = (Family.RESPONSIBILITY, Family.HOLDING, Family.MEMBERSHIP, Family.REPORTING)
_AT_ONCE: Final = 500
_ALL: Final = 1 << 30


def circles(built: Sequence[Built]) -> Iterator[str]:
    """The circles among a roster's own lines, each with the places of its rows, whatever the order of those."""
    places: defaultdict[str, list[Place]] = defaultdict(list)
    edges: dict[Family, dict[str, Edge]] = {family: {} for family in _CIRCULAR}
    names: dict[str, str] = {}
    for row in built:
        for record in row.records:
            if isinstance(record, Organization | Post):
                names[record.id] = record.name
            if isinstance(record, Relation) and record.family in edges:
                places[record.id].append(row.place)
                edges[record.family][record.id] = _edge(record)
    for family, found in edges.items():
        for cycle in find_cycles(found[key] for key in sorted(found)):
            way = " → ".join(names.get(node, node) for node in (*cycle.nodes, cycle.nodes[0]))
            rows = sorted({str(place) for edge in cycle.edges for place in places[edge.id]}, key=_natural)
            yield f"{_WORDS[family]} goes in a circle: {way} ({', '.join(rows)})"


async def disputes(store: StoreReader, built: Sequence[Built], own: Mapping[str, AnyRecord]) -> AsyncIterator[str]:
    """What others say of the same two, of the same kind, with other dates; ``own``: what this import brought before.

    A date that one of the two does not know is no dispute.
    """
    made = {record.id for row in built for record in row.records if isinstance(record, Node)}
    said: dict[str, tuple[Relation, Place]] = {}
    for row in built:
        for record in row.records:
            if not isinstance(record, Relation) or record.family not in _DISPUTED:
                continue
            if record.source not in made and record.target not in made:  # of what is new others say nothing
                said.setdefault(record.id, (record, row.place))
    of_ends: defaultdict[tuple[str, ...], list[tuple[Relation, Place]]] = defaultdict(list)
    for relation, place in said.values():
        of_ends[_ends(relation)].append((relation, place))
    for family in _DISPUTED:
        sources = sorted({ends[2] for ends in of_ends if ends[0] == family.value})
        for first in range(0, len(sources), _AT_ONCE):
            pages = await store.relations(sources[first : first + _AT_ONCE], family, End.SOURCE, EVER, first=_ALL)
            for page in pages.values():
                for other in sorted(page.relations, key=lambda each: each.id):
                    if other.id in own or other.id in said:
                        continue
                    here = of_ends.get(_ends(other), ())
                    if here and all(_disagree(other.validity, relation.validity) for relation, _ in here):
                        yield _dispute(here, other)


def _dispute(here: Sequence[tuple[Relation, Place]], other: Relation) -> str:
    told = "; ".join(f"{_dates(relation)} at {place}" for relation, place in here)
    return f"another source has other dates, and both are kept: {other.id} says {_dates(other)}, and here stands {told}"


def _disagree(one: Validity, other: Validity) -> bool:
    """Whether both know a date, and not the same."""
    pairs = ((one.since, other.since), (one.until, other.until))
    return any(here is not None and there is not None and here != there for here, there in pairs)


def _dates(relation: Relation) -> str:
    return f"{relation.validity.since or '?'} to {relation.validity.until or '?'}"


def _ends(relation: Relation) -> tuple[str, ...]:
    return relation.family.value, relation.kind, relation.source, relation.target


def _edge(relation: Relation) -> Edge:
    return Edge(
        relation.id,
        "",
        relation.family,
        relation.kind,
        relation.regime,
        relation.source,
        relation.target,
        None,
        None,
        limits(relation.validity),
    )


def _natural(place: str) -> tuple[str, int]:
    head, _, number = place.rpartition(":")
    return (head, int(number)) if number.isdigit() else (place, 0)
