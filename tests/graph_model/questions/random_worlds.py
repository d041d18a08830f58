"""Small random graphs, dense enough that every cause and every certainty comes up: a seed makes one question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import product
from random import Random

from graph_model.dates import Validity
from graph_model.records import (
    AnyClaim,
    AnyNode,
    Basis,
    Coverage,
    Designation,
    Division,
    Exemption,
    Family,
    Organization,
    Person,
    Post,
    Provenance,
    Relation,
    Roster,
    Text,
    Vacancy,
)
from graph_model.regime import Alternative, DesignationKind, Duty, Kind, Lane, Level, Regime
from tests.graph_model.naive_time import seen_on, span
from tests.graph_model.questions.naive_chain import World

SOURCE = Provenance.SOURCE
LABELS = Text(zh="甲", en="A")
SENTENCE = Text(zh="{assignee}{target}", en="{assignee} {target}")
REGIME = "drought-2017"

LEVELS = ("village", "township", "county")
DIVISIONS: tuple[AnyNode, ...] = (
    Division(id="division:v1", provenance=SOURCE, level="village"),
    Division(id="division:v2", provenance=SOURCE, level="village"),
    Division(id="division:t1", provenance=SOURCE, level="township"),
    Division(id="division:t2", provenance=SOURCE, level="township"),
    Division(id="division:c1", provenance=SOURCE, level="county"),
    Division(id="division:x", provenance=SOURCE, level="of another world"),
)
ASSIGNEES: tuple[AnyNode, ...] = (
    Post(id="post:a", provenance=SOURCE, kind="secretary", name="书记"),
    Post(id="post:b", provenance=SOURCE, kind="mayor", name="镇长", rank=1),
    Post(id="post:c", provenance=SOURCE, kind="deputy", name="副镇长", rank=2),
    Organization(id="organization:o", provenance=SOURCE, code="o", kind="unit", name="单位"),
    Person(id="person:p", provenance=SOURCE, code="p"),
    Person(id="person:q", provenance=SOURCE, code="q"),
)
PLACES = [node.id for node in DIVISIONS] + ["organization:o", "division:not-loaded"]
# Where things mostly happen, so that they meet.
BUSY = [*PLACES, *["division:v1"] * 7, *["division:t1"] * 5]
SEATS = ["post:a", "post:a", "post:b", "post:c"]
ANSWERING = [*(node.id for node in ASSIGNEES), "post:not-loaded"]
HOLDING = ["person:p", "person:q", "person:not-loaded"]
KINDS = ["leads", "linked", "takes"]
DAYS = [date(2017, month, day).toordinal() for month, day in ((1, 1), (6, 30), (7, 1), (12, 31))]


def _is_sound(validity: Validity) -> bool:
    since, until = span(validity.since), span(validity.until)
    return since[0] < until[1] and all(since[0] <= day < until[1] for day in seen_on(validity))


_SURE = Validity(since="2015-11-29", until="..")
_DOUBTFUL = [
    validity
    for validity in (
        Validity(since=since, until=until, observed=observed)
        for since, until, observed in product(
            (None, "2016", "2017", "2017-06", "2017-06-30", "2017-07-01", "[2017-01-01..]"),
            (None, "..", "2017-07", "2017-07-01", "2017-06-30", "2018", "[..2017-12-31]"),
            ((), ("2017-06-30",), ("2017-01-01", "2017-12-31")),
        )
    )
    if _is_sound(validity)
]


# More than half of all dates are sure, some are over, so that the rarer causes have a chance.
_OVER = Validity(since="2015", until="2016-12")
_VALIDITIES = [*[_SURE] * len(_DOUBTFUL), *[_OVER] * (len(_DOUBTFUL) // 5), *_DOUBTFUL]


@dataclass(frozen=True)
class Question:
    world: World
    regime: Regime
    target: str
    day: int
    lanes: frozenset[str] | None


def question_of(seed: int) -> Question:
    """The same question for the same seed."""
    random = Random(seed)  # noqa: S311 - a graph, no secret
    nodes = [*DIVISIONS, *ASSIGNEES]
    return Question(
        world=World(nodes, _claims(random), _relations(random), _coverages(random)),
        regime=_regime(random),
        target=random.choice(["division:v1"] * 4 + ["division:t1", "organization:o"]),
        day=random.choice(DAYS),
        lanes=random.choice([None] * 4 + [frozenset[str](), frozenset({"linkage"}), frozenset({"territorial"})]),
    )


def random_validity(random: Random) -> Validity:
    """Dates, more than half of them sure."""
    return random.choice(_VALIDITIES)


def _relations(random: Random) -> list[Relation]:
    found: list[Relation] = []

    def add(family: Family, kind: str, source: str, target: str, regime: str | None = None) -> None:
        found.append(
            Relation(
                id=f"{family.value}:{len(found)}",
                provenance=SOURCE,
                family=family,
                kind=kind,
                source=source,
                target=target,
                validity=random_validity(random),
                regime=regime,
            )
        )

    for _ in range(random.randint(2, 9)):
        add(Family.CONTAINMENT, "part-of", random.choice(BUSY + SEATS), random.choice(PLACES))
    for _ in range(random.randint(0, 4)):
        add(Family.HOLDING, "holds", random.choice(HOLDING), random.choice(SEATS))
    for _ in range(random.randint(0, 8)):
        regime = random.choice([REGIME] * 9 + ["another"])
        kind = random.choice(KINDS * 3 + ["of-no-regime"])
        add(Family.RESPONSIBILITY, kind, random.choice(ANSWERING + SEATS * 3), random.choice(BUSY), regime)
    return found


def _claims(random: Random) -> list[AnyClaim]:
    found: list[AnyClaim] = []
    for number in range(random.randint(0, 5)):
        kind = random.choice(["poor", "poor", "exited"])
        place, when = random.choice(BUSY), random_validity(random)
        found.append(
            Designation(id=f"designation:{number}", provenance=SOURCE, subject=place, kind=kind, validity=when)
        )
    for number in range(random.randint(0, 2)):
        seat, when = random.choice(SEATS), random_validity(random)
        found.append(Vacancy(id=f"vacancy:{number}", provenance=SOURCE, subject=seat, validity=when))
    found.extend(
        Exemption(
            id=f"exemption:{number}",
            provenance=SOURCE,
            subject=random.choice(BUSY),
            regime=random.choice([REGIME, REGIME, "another"]),
            duty=random.choice(["d0", "d1", "d2", "d3"]),
            validity=random_validity(random),
        )
        for number in range(random.randint(0, 3))
    )
    return found


def _coverages(random: Random) -> list[Coverage]:
    found = []
    for number in range(random.randint(0, 8)):
        roster = random.choice([Roster.ASSIGNMENT] * 5 + [Roster.CONTAINMENT, Roster.HOLDING])
        is_of_assignments = roster is Roster.ASSIGNMENT
        found.append(
            Coverage(
                id=f"coverage:{number}",
                provenance=SOURCE,
                roster=roster,
                regime=random.choice([REGIME] * 5 + ["another"]) if is_of_assignments else None,
                kind=random.choice(KINDS) if is_of_assignments else None,
                area=random.choice([*[None] * 4, *PLACES]),
                validity=random_validity(random),
            )
        )
    return found


def _alternatives(random: Random) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(level=random.choice(LEVELS[1:]), kinds=tuple(random.sample(KINDS, random.choice([1, 2]))))
        for _ in range(random.choice([0, 0, 0, 1, 2]))
    )


def _regime(random: Random) -> Regime:
    bounds = random.choice([_SURE, _SURE, random_validity(random)])
    duties = []
    for number in range(random.randint(1, 4)):
        own = random.choice([Validity(), random_validity(random)])
        if not _is_sound(Validity(since=own.since or bounds.since, until=own.until or bounds.until)):
            continue
        duties.append(
            Duty(
                code=f"d{number}",
                labels=LABELS,
                clause="1",
                level=random.choice(["village"] * 3 + ["township", "township", "county"]),
                kinds=tuple(random.sample(KINDS, random.choice([1, 1, 2]))),
                designation=random.choice([None, None, "poor"]),
                at_least=random.choice([1, 1, 1, 2]),
                or_else=_alternatives(random),
                area=random.choice([None, None, None, *PLACES]),
                rule=random.choice([None, "heads", "heads"]),
                since=own.since,
                until=own.until,
            )
        )
    return Regime(
        code=REGIME,
        labels=LABELS,
        provenance=SOURCE,
        basis=Basis(),
        levels=tuple(Level(code=code, labels=LABELS, of=(f"division:{code}",)) for code in LEVELS),
        lanes=(Lane(code="territorial", labels=LABELS), Lane(code="linkage", labels=LABELS)),
        kinds=tuple(
            Kind(
                code=code,
                labels=LABELS,
                sentence=SENTENCE,
                lane="linkage" if code == "linked" else "territorial",
                assignees=("post", "organization", "person"),
                targets=("division",),
            )
            for code in KINDS
        ),
        designations=(DesignationKind(code="poor", labels=LABELS),),
        duties=tuple(duties),
        since=bounds.since,
        until=bounds.until,
    )
