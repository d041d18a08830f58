"""A small Baoshan for the table of clause 4: a city, a poor county and one that is not, departments, a village."""

from __future__ import annotations

from graph_model.dates import Validity
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import (
    AnyNode,
    Designation,
    Division,
    Family,
    Organization,
    Person,
    Post,
    Provenance,
    Relation,
)

REGIME = "poverty-alleviation-2017"
ALWAYS = Validity(since="2015", until="..")
_P = Provenance.SYNTHETIC

_DIVISIONS = {"city": "city", "poor": "county", "rich": "county", "town": "township", "village": "village"}
_ORGANIZATIONS = {
    "city-committee": ("party-committee", "division:city"),
    "poor-committee": ("party-committee", "division:poor"),
    "unit": ("helping-unit", "division:city"),
    "town-unit": ("helping-unit", "division:town"),
    "stationed": ("stationed-unit", "division:city"),
    "team": ("resident-team", "division:village"),
    **{f"department-{number}": ("sector-department", "division:city") for number in range(1, 8)},
}
_POSTS = {
    "city-secretary": ("party-secretary", "organization:city-committee"),
    "mayor": ("government-head", "division:city"),
    "vice-mayor": ("leader-in-charge", "division:city"),
    "city-deputy": ("deputy-party-secretary", "organization:city-committee"),
    "city-discipline": ("discipline-secretary", "organization:city-committee"),
    "city-organisation": ("organisation-head", "organization:city-committee"),
    "poor-secretary": ("party-secretary", "organization:poor-committee"),
    "poor-head": ("government-head", "division:poor"),
    "poor-in-charge": ("leader-in-charge", "division:poor"),
    "poor-discipline": ("discipline-secretary", "organization:poor-committee"),
    "village-secretary": ("party-secretary", "division:village"),
    "village-director": ("committee-head", "division:village"),
    **{f"head-{number}": ("sector-head", f"organization:department-{number}") for number in range(1, 8)},
}
_ASSIGNMENTS = [
    ("leads", "post:city-secretary", "division:city"),
    ("leads", "post:mayor", "division:city"),
    ("in-charge", "post:vice-mayor", "division:city"),
    ("leads", "post:poor-secretary", "division:poor"),
    ("leads", "post:poor-head", "division:poor"),
    ("in-charge", "post:poor-in-charge", "division:poor"),
    ("leads", "post:village-secretary", "division:village"),
    ("leads", "post:village-director", "division:village"),
    ("takes-village", "organization:unit", "division:village"),
    ("resident-team", "organization:team", "division:village"),
    *(("sector-head", f"post:head-{number}", f"organization:department-{number}") for number in range(1, 8)),
]


def _relation(family: Family, kind: str, source: str, target: str) -> Relation:
    prefix = "assignment" if family is Family.RESPONSIBILITY else family.value
    return Relation(
        id=f"{prefix}:{kind}:{source}~{target}",
        provenance=_P,
        family=family,
        kind=kind,
        source=source,
        target=target,
        validity=ALWAYS,
        regime=REGIME if family is Family.RESPONSIBILITY else None,
    )


def make_world(
    *, without: tuple[str, ...] = (), holdings: dict[str, str] | None = None, takes: tuple[str, ...] = ()
) -> Neighbourhood:
    """The world; ``without`` some nodes, with ``holdings`` (post to person), and more units that take the village."""
    nodes: list[AnyNode] = [
        Division(id=f"division:{key}", provenance=_P, level=level) for key, level in _DIVISIONS.items()
    ]
    parents = {"poor": "city", "rich": "city", "town": "poor", "village": "town"}
    relations = [
        _relation(Family.CONTAINMENT, "part-of", f"division:{below}", f"division:{above}")
        for below, above in parents.items()
    ]
    for key, (kind, home) in _ORGANIZATIONS.items():
        nodes.append(Organization(id=f"organization:{key}", provenance=_P, code=key, kind=kind, name=key))
        relations.append(_relation(Family.CONTAINMENT, "unit-of", f"organization:{key}", home))
    for key, (kind, home) in _POSTS.items():
        nodes.append(Post(id=f"post:{key}", provenance=_P, kind=kind, name=key))
        relations.append(_relation(Family.CONTAINMENT, "post-in", f"post:{key}", home))
    for key in ("a", "b"):
        nodes.append(Person(id=f"person:{key}", provenance=_P, code=key))
        relations.append(_relation(Family.MEMBERSHIP, "member-of", f"person:{key}", "organization:team"))
    relations += [_relation(Family.RESPONSIBILITY, *assignment) for assignment in _ASSIGNMENTS]
    relations += [
        _relation(Family.RESPONSIBILITY, "takes-village", f"organization:{unit}", "division:village") for unit in takes
    ]
    for post, person in (holdings or {}).items():
        if f"person:{person}" not in {node.id for node in nodes}:
            nodes.append(Person(id=f"person:{person}", provenance=_P, code=person))
        relations.append(_relation(Family.HOLDING, "holds", f"person:{person}", post))
    claims = [
        Designation(
            id=f"designation:{node}~poor", provenance=_P, subject=f"division:{node}", kind="poor", validity=ALWAYS
        )
        for node in ("poor", "village")
    ]
    kept = [node for node in nodes if node.id not in without]
    return Neighbourhood(
        kept,
        claims,
        [relation for relation in relations if not {relation.source, relation.target} & set(without)],
    )
