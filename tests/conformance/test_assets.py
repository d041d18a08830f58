"""The assets below a node: through divisions and other assets, whose containers may be several."""

from __future__ import annotations

from graph_model.records import AnyRecord, Family
from graph_model.stores.base import Store
from tests.conformance.graphs import (
    DAY,
    asset,
    assignment,
    code_of,
    division,
    household,
    name_of,
    nodes_of,
    organization,
    part_of,
    relation,
    relations_of,
    since,
    write,
)

RIVER: list[AnyRecord] = [
    division("1", "county"),
    division("11", "township"),
    division("111"),
    part_of("division:11", "division:1"),
    part_of("division:111", "division:11"),
    asset("river", "river", "江"),
    asset("reach-1"),
    asset("reach-11"),
    part_of("asset:reach-1", "asset:river"),
    part_of("asset:reach-1", "division:1"),
    part_of("asset:reach-11", "asset:reach-1"),
    part_of("asset:reach-11", "division:11"),
]


async def test_assets_are_found_through_divisions_each_once(store: Store) -> None:
    await write(store, RIVER)
    assert nodes_of(await store.assets("division:1", DAY)) == ["asset:reach-1", "asset:reach-11"]


async def test_assets_are_found_through_assets(store: Store) -> None:
    await write(store, RIVER)
    assert nodes_of(await store.assets("asset:river", DAY)) == ["asset:reach-1", "asset:reach-11"]


async def test_a_place_without_assets_has_none(store: Store) -> None:
    await write(store, RIVER)
    assert nodes_of(await store.assets("division:111", DAY)) == []


async def test_an_unknown_node_has_none(store: Store) -> None:
    await write(store, RIVER)
    assert nodes_of(await store.assets("division:7", DAY)) == []


async def test_the_node_itself_is_not_among_them(store: Store) -> None:
    await write(store, [*RIVER, part_of("asset:river", "asset:reach-11")])
    assert nodes_of(await store.assets("asset:river", DAY)) == ["asset:reach-1", "asset:reach-11"]


async def test_what_is_no_asset_is_neither_found_nor_walked_through(store: Store) -> None:
    strangers: list[AnyRecord] = [household("111-0001"), organization("unit"), asset("hidden")]
    inside = [
        part_of("household:111-0001", "division:111"),
        part_of("organization:unit", "division:11"),
        part_of("asset:hidden", "organization:unit"),
    ]
    await write(store, [*RIVER, *strangers, *inside])
    assert nodes_of(await store.assets("division:1", DAY)) == ["asset:reach-1", "asset:reach-11"]


async def test_an_end_that_nobody_loaded_is_no_asset(store: Store) -> None:
    await write(store, [*RIVER, part_of("asset:lost", "division:11")])
    assert "asset:lost" not in nodes_of(await store.assets("division:1", DAY))


async def test_containment_of_another_time_is_not_walked(store: Store) -> None:
    await write(store, [*RIVER, asset("later"), part_of("asset:later", "division:11", since("2018"))])
    assert "asset:later" not in nodes_of(await store.assets("division:1", DAY))


async def test_assets_deeper_than_a_country_is_are_found(store: Store) -> None:
    deep = [asset(f"deep-{number:02}") for number in range(15)]
    ways = [part_of(f"asset:deep-{number:02}", f"asset:deep-{number - 1:02}") for number in range(1, 15)]
    await write(store, [*deep, *ways])
    assert len(nodes_of(await store.assets("asset:deep-00", DAY))) == 14


async def test_every_container_of_what_is_found_comes_along(store: Store) -> None:
    elsewhere: list[AnyRecord] = [
        division("2", "county"),
        part_of("asset:reach-11", "division:2"),
        part_of("division:2", "division:9"),
    ]
    named: list[AnyRecord] = [name_of("1", "甲", "jia"), code_of("1", "1")]
    others: list[AnyRecord] = [
        assignment("post:a", "asset:reach-11"),
        relation(Family.MEMBERSHIP, "member-of", "asset:reach-11", "organization:unit"),
    ]
    await write(store, [*RIVER, *elsewhere, *named, *others])
    around = await store.assets("division:11", DAY)
    assert nodes_of(around) == ["asset:reach-11"]
    assert relations_of(around) == sorted(
        record.id
        for record in [*RIVER, *elsewhere]
        if record.id.startswith("containment") and not record.id.endswith("division:111~division:11")
    )


async def test_assets_are_those_known_at_a_recorded_moment(store: Store) -> None:
    await write(store, RIVER, at=1_000)
    await write(store, [*RIVER, asset("new"), part_of("asset:new", "division:1")], at=2_000)
    assert "asset:new" in nodes_of(await store.assets("division:1", DAY))
    assert "asset:new" not in nodes_of(await store.assets("division:1", DAY, 1_500))
