"""Random graphs with many targets and posts that are almost alike: each a copy of another, with a record changed."""

from __future__ import annotations

from random import Random
from typing import TypeVar

from msgspec import structs

from graph_model.records import AnyClaim, Coverage, Family, Relation, Roster, Vacancy
from tests.graph_model.questions.naive_chain import World
from tests.graph_model.questions.random_worlds import KINDS, REGIME, SOURCE, Question, question_of, random_validity

COPIES = 6
_COPIED = ("division:v1", "division:t1", "post:a")
_AREAS = ("division:t1", "division:t1", "division:c1", "division:t2", None)
# What most places have, so that there is something to differ in.
_USUAL = (
    (Family.CONTAINMENT, "part-of", "division:v1", "division:t1"),
    (Family.CONTAINMENT, "part-of", "division:t1", "division:c1"),
    (Family.CONTAINMENT, "post-in", "post:a", "division:t1"),
    (Family.HOLDING, "holds", "person:p", "post:a"),
    (Family.RESPONSIBILITY, "leads", "post:a", "division:v1"),
    (Family.RESPONSIBILITY, "takes", "organization:o", "division:v1"),
    (Family.RESPONSIBILITY, "takes", "person:p", "division:v1"),
)
R = TypeVar("R", AnyClaim, Relation)


def crowd_of(seed: int) -> Question:
    """The same question for the same seed."""
    question = question_of(seed)
    random = Random(seed)  # noqa: S311 - a graph, no secret
    world = question.world
    nodes, claims = list(world.nodes), [*world.claims, *_vacancies(random)]
    relations = [*world.relations, *_usual(random)]
    for copied in _COPIED:
        (node,) = (node for node in world.nodes if node.id == copied)
        about = [claim for claim in claims if claim.subject == copied]
        at_ends = [relation for relation in relations if copied in (relation.source, relation.target)]
        for number in range(COPIES):
            name = f"{copied}-{number}"
            nodes.append(structs.replace(node, id=name))
            claims += [structs.replace(one, id=f"{one.id}-{name}", subject=name) for one in _varied(about, random)]
            for one in _varied(at_ends, random):
                source, target = (name if end == copied else end for end in (one.source, one.target))
                if source == "post:a" and random.random() < 0.5:
                    source = f"post:a-{number}"
                elif one.family is Family.RESPONSIBILITY and random.random() < 0.2:
                    source = random.choice(["organization:o", "person:p", "person:q"])
                if target == "division:t1" and random.random() < 0.4:
                    target = f"division:t1-{number}"
                relations.append(structs.replace(one, id=f"{one.id}-{name}", source=source, target=target))
    coverages = [*world.coverages, *(_coverage(number, random) for number in range(3))]
    crowded = World(nodes, claims, relations, coverages)
    return Question(crowded, question.regime, question.target, question.day, question.lanes)


def _vacancies(random: Random) -> list[Vacancy]:
    validity = random_validity(random)
    vacancy = Vacancy(id="usual:vacancy", provenance=SOURCE, subject="post:a", validity=validity)
    return [vacancy] if random.random() < 0.5 else []


def _usual(random: Random) -> list[Relation]:
    return [
        Relation(
            id=f"usual:{kind}:{source}",
            provenance=SOURCE,
            family=family,
            kind=kind,
            source=source,
            target=target,
            validity=random_validity(random),
            regime=REGIME if family is Family.RESPONSIBILITY else None,
        )
        for family, kind, source, target in _USUAL
        if random.random() < (0.5 if family is Family.HOLDING else 0.8)
    ]


def _varied(records: list[R], random: Random) -> list[R]:
    """The same records, or all but one, or one of them with other dates."""
    found = list(records)
    if found:
        place = random.randrange(len(found))
        change = random.random()
        if change < 0.3:
            del found[place]
        elif change < 0.8:
            found[place] = structs.replace(found[place], validity=random_validity(random))
    return found


def _coverage(number: int, random: Random) -> Coverage:
    roster = random.choice([Roster.ASSIGNMENT, Roster.HOLDING, Roster.CONTAINMENT])
    is_of_assignments = roster is Roster.ASSIGNMENT
    return Coverage(
        id=f"coverage:crowd-{number}",
        provenance=SOURCE,
        roster=roster,
        regime=REGIME if is_of_assignments else None,
        kind=random.choice(KINDS) if is_of_assignments else None,
        area=random.choice(_AREAS),
        validity=random_validity(random),
    )
