"""The divisions of a level below a node."""

from __future__ import annotations

from graph_model.records import AnyRecord
from graph_model.stores.base import Store
from tests.conformance.graphs import (
    DAY,
    assignment,
    claims_of,
    division,
    household,
    name_of,
    nodes_of,
    part_of,
    relations_of,
    since,
    write,
)

COUNTY: list[AnyRecord] = [
    division("1", "county"),
    division("11", "township"),
    division("111", "village"),
    division("112", "village"),
    part_of("division:11", "division:1"),
    part_of("division:111", "division:11"),
    part_of("division:112", "division:11"),
]


async def test_divisions_are_found_through_others(store: Store) -> None:
    await write(store, COUNTY)
    assert nodes_of(await store.descendants("division:1", "village", DAY)) == ["division:111", "division:112"]


async def test_the_node_itself_is_not_among_them(store: Store) -> None:
    await write(store, [*COUNTY, part_of("division:1", "division:111")])
    assert nodes_of(await store.descendants("division:1", "county", DAY)) == []


async def test_only_the_level_is_found(store: Store) -> None:
    await write(store, COUNTY)
    assert nodes_of(await store.descendants("division:1", "township", DAY)) == ["division:11"]


async def test_the_walk_goes_no_further_below_one_of_the_level(store: Store) -> None:
    await write(store, [*COUNTY, division("1111"), part_of("division:1111", "division:111")])
    assert "division:1111" not in nodes_of(await store.descendants("division:1", "village", DAY))


async def test_nothing_but_divisions_is_found(store: Store) -> None:
    await write(store, [*COUNTY, household("111-0001"), part_of("household:111-0001", "division:111")])
    assert nodes_of(await store.descendants("division:1", "household", DAY)) == []


async def test_containment_of_another_time_is_not_walked(store: Store) -> None:
    await write(store, [*COUNTY, division("113"), part_of("division:113", "division:11", since("2018"))])
    assert "division:113" not in nodes_of(await store.descendants("division:1", "village", DAY))


async def test_claims_come_along(store: Store) -> None:
    await write(store, [*COUNTY, name_of("111", "甲", "jia"), name_of("11", "乙", "yi")])
    assert claims_of(await store.descendants("division:1", "village", DAY)) == ["name:division:111~1"]


async def test_every_container_of_what_is_found_comes_along(store: Store) -> None:
    elsewhere = [part_of("division:111", "division:99"), part_of("division:99", "division:9")]
    await write(store, [*COUNTY, *elsewhere, assignment("post:a", "division:111")])
    around = await store.descendants("division:11", "village", DAY)
    expected = [*elsewhere, *(record for record in COUNTY if record.id.startswith("containment"))]
    assert relations_of(around) == sorted(relation.id for relation in expected)


async def test_an_unknown_node_has_none(store: Store) -> None:
    assert nodes_of(await store.descendants("division:7", "village", DAY)) == []
