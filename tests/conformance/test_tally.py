"""What a store counts: current records that are certain on a day, and None where there is nothing of the sort."""

from __future__ import annotations

import pytest
from msgspec import structs

from graph_model.dates import Validity, parse_day
from graph_model.records import (
    AnyRecord,
    Basis,
    ClaimTally,
    Designation,
    Document,
    Family,
    Measure,
    NodeTally,
    RelationTally,
    Tally,
    Vacancy,
)
from graph_model.stores.base import Store
from tests.conformance.graphs import (
    SOURCE,
    assignment,
    division,
    organization,
    person,
    post,
    relation,
    since,
    write,
)

DAY = parse_day("2017-06-30").toordinal()
SEEN = Validity(observed=("2017-06-30",))
LEADS = RelationTally(family=Family.RESPONSIBILITY, kind="leads")
GRAPH: list[AnyRecord] = [
    division("1", "county"),
    division("2", "village"),
    division("3", "village"),
    post("a"),
    organization("o"),
    assignment("post:a", "division:1", SEEN),
    assignment("post:a", "division:2", SEEN),
    assignment("organization:o", "division:2", SEEN),
    assignment("organization:o", "division:absent", SEEN),
    assignment("post:a", "division:3", since("2018")),
]


def member(source: str, role: str) -> AnyRecord:
    edge = relation(Family.MEMBERSHIP, "member-of", source, "organization:o", SEEN)
    return structs.replace(edge, role=role)


def designation(subject: str, kind: str, validity: Validity, word: str = "1") -> Designation:
    return Designation(
        id=f"designation:{subject}~{kind}-{word}", provenance=SOURCE, subject=subject, kind=kind, validity=validity
    )


def measure(key: str, by: str, period: str) -> Measure:
    return Measure(id=f"measure:{key}", provenance=SOURCE, kind="talk", by=(by,), to=("post:a",), period=period)


async def count(store: Store, tally: Tally, day: int = DAY, recorded_as_of: int | None = None) -> int | None:
    (number,) = await store.tally([tally], day, recorded_as_of)
    return number


async def test_relations_that_are_certain_on_the_day(store: Store) -> None:
    await write(store, GRAPH)
    assert await count(store, LEADS) == 4


async def test_another_day_has_another_count(store: Store) -> None:
    await write(store, [assignment("post:a", "division:1", since("2017-01-01", "2018-01-01"))])
    days = [parse_day(day).toordinal() for day in ("2016-12-31", "2017-01-01", "2017-12-31", "2018-01-01")]
    assert [await count(store, LEADS, day) for day in days] == [0, 1, 1, 0]


async def test_what_is_only_possible_counts_as_nothing(store: Store) -> None:
    await write(store, [assignment("post:a", "division:1", since("2017"))])
    assert await count(store, LEADS) == 0


async def test_nothing_of_the_sort_is_not_zero(store: Store) -> None:
    await write(store, GRAPH)
    assert await count(store, structs.replace(LEADS, kind="in-charge")) is None


async def test_nothing_at_an_end_of_that_sort_is_not_zero(store: Store) -> None:
    await write(store, GRAPH)
    assert await count(store, structs.replace(LEADS, targets="division:township")) is None


@pytest.mark.parametrize(("distinct", "number"), [(None, 4), ("source", 2), ("target", 3)])
async def test_ends_are_counted_once(store: Store, distinct: str | None, number: int) -> None:
    await write(store, GRAPH)
    assert await count(store, structs.replace(LEADS, distinct=distinct)) == number


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"targets": "division:village"}, 2),
        ({"targets": "division"}, 3),
        ({"sources": "post"}, 2),
        ({"sources": "organization:office"}, 2),
        ({"sources": "organization:office", "targets": "division:village"}, 1),
        ({"source": "post:a"}, 2),
        ({"target": "division:absent"}, 1),
        ({"source": "post:a", "target": "division:2"}, 1),
        ({"regime": "first"}, 4),
    ],
)
async def test_only_relations_with_these_ends(store: Store, fields: dict[str, str], number: int) -> None:
    await write(store, GRAPH)
    assert await count(store, structs.replace(LEADS, **fields)) == number


async def test_only_relations_of_the_regime(store: Store) -> None:
    await write(store, GRAPH)
    assert await count(store, structs.replace(LEADS, regime="second")) is None


async def test_only_relations_of_the_family(store: Store) -> None:
    await write(store, [relation(Family.REPORTING, "leads", "post:a", "post:b", SEEN)])
    assert await count(store, LEADS) is None


async def test_only_members_with_the_role(store: Store) -> None:
    await write(store, [member("person:a", "head"), member("person:b", "member"), member("person:c", "member")])
    tally = RelationTally(family=Family.MEMBERSHIP, kind="member-of", role="member")
    assert await count(store, tally) == 2


async def test_nodes_count_on_every_day(store: Store) -> None:
    await write(store, GRAPH)
    tally = NodeTally(type="division", kind="village")
    assert [await count(store, tally, day) for day in (1, DAY)] == [2, 2]


async def test_no_node_of_the_kind_is_not_zero(store: Store) -> None:
    await write(store, GRAPH)
    assert await count(store, NodeTally(type="division", kind="township")) is None


async def test_nodes_of_a_clause_but_those_of_a_kind(store: Store) -> None:
    documents = [
        Document(id=f"document:{key}", provenance=SOURCE, title=key, kind=kind, basis=Basis(clause=clause))
        for key, kind, clause in (("a", "plan", "5"), ("b", "rules", "5"), ("c", "system", "5"), ("d", "plan", "2"))
    ]
    await write(store, documents)
    assert await count(store, NodeTally(type="document", clause="5", but="system")) == 2


@pytest.mark.parametrize(("day", "number"), [("2017-06-29", 0), ("2017-06-30", 1), ("2018-01-01", 2)])
async def test_a_measure_counts_once_its_period_is_over(store: Store, day: str, number: int) -> None:
    await write(
        store,
        [
            measure("1", "division:1", "2017-01/2017-06"),
            measure("2", "division:1", "2017"),
            measure("3", "division:2", "2016"),
        ],
    )
    tally = NodeTally(type="measure", kind="talk", by="division:1")
    assert await count(store, tally, parse_day(day).toordinal()) == number


async def test_no_measure_by_the_node_is_not_zero(store: Store) -> None:
    await write(store, [measure("1", "division:1", "2016")])
    assert await count(store, NodeTally(type="measure", kind="talk", by="division:9")) is None


async def test_the_subject_of_several_claims_counts_once(store: Store) -> None:
    await write(
        store,
        [
            division("1"),
            division("2", "township"),
            designation("division:1", "poor", SEEN, "1"),
            designation("division:1", "poor", SEEN, "2"),
            designation("division:2", "poor", SEEN),
            designation("division:1", "exited", SEEN),
        ],
    )
    assert await count(store, ClaimTally(type="designation", kind="poor")) == 2
    assert await count(store, ClaimTally(type="designation", kind="poor", subjects="division:village")) == 1


async def test_a_claim_that_has_ended_is_nothing(store: Store) -> None:
    await write(store, [designation("division:1", "poor", since("2014-01-01", "2015-01-01"))])
    assert await count(store, ClaimTally(type="designation", kind="poor")) == 0


async def test_claims_of_another_type_are_left_away(store: Store) -> None:
    await write(store, [Vacancy(id="vacancy:post:a~1", provenance=SOURCE, subject="post:a", validity=SEEN)])
    assert await store.tally([ClaimTally(type="vacancy"), ClaimTally(type="exemption")], DAY) == (1, None)


async def test_several_are_answered_in_their_order(store: Store) -> None:
    await write(store, GRAPH)
    tallies: list[Tally] = [NodeTally(type="post"), LEADS, NodeTally(type="person"), LEADS]
    assert await store.tally(tallies, DAY) == (1, 4, None, 4)


async def test_none_is_answered_by_none(store: Store) -> None:
    assert await store.tally([], DAY) == ()


async def test_a_count_follows_a_write(store: Store) -> None:
    await write(store, GRAPH)
    before = await count(store, LEADS)
    await write(store, GRAPH[:7])
    assert (before, await count(store, LEADS)) == (4, 2)


async def test_a_count_of_an_earlier_moment(store: Store) -> None:
    await write(store, [person("a")], at=1_000)
    await write(store, [person("a"), person("b")], at=2_000)
    tally = NodeTally(type="person")
    moments = (999, 1_000, 1_999, 2_000, None)
    assert [await count(store, tally, DAY, moment) for moment in moments] == [None, 1, 1, 2, 2]
