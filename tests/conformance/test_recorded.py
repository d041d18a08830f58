"""The second clock: answers as they would have been given at an earlier moment."""

from __future__ import annotations

from graph_model.exchange import Batch, End
from graph_model.records import AnyRecord, Family, Provenance
from graph_model.stores.base import Store
from tests.conformance.graphs import (
    DAY,
    assignment,
    division,
    ids_of,
    name_of,
    nodes_of,
    part_of,
    person,
    post,
    relations_of,
    write,
)


async def test_before_the_first_write_there_was_nothing(store: Store) -> None:
    await write(store, [person("a")], at=1_000)
    assert not nodes_of(await store.lookup(["person:a"], 999))


async def test_a_write_counts_from_its_own_moment(store: Store) -> None:
    await write(store, [person("a")], at=1_000)
    assert nodes_of(await store.lookup(["person:a"], 1_000)) == ["person:a"]


async def test_what_ended_is_still_there_at_an_earlier_moment(store: Store) -> None:
    await write(store, [person("a")], at=1_000)
    await write(store, [], at=2_000)
    assert nodes_of(await store.lookup(["person:a"], 1_999)) == ["person:a"]


async def test_what_ended_is_gone_from_that_moment(store: Store) -> None:
    await write(store, [person("a")], at=1_000)
    await write(store, [], at=2_000)
    assert not nodes_of(await store.lookup(["person:a"], 2_000))


async def test_a_moment_in_the_future_is_now(store: Store) -> None:
    await write(store, [person("a")], at=1_000)
    assert nodes_of(await store.lookup(["person:a"], 1 << 70)) == ["person:a"]


async def test_a_clock_that_goes_back_does_not_reorder_writes(store: Store) -> None:
    await write(store, [person("a")], at=1_000)
    await write(store, [person("a", Provenance.DERIVED)], at=500)
    assert (await store.lookup(["person:a"], 1_000)).get_node("person:a").provenance is Provenance.SOURCE
    assert (await store.lookup(["person:a"], 1_001)).get_node("person:a").provenance is Provenance.DERIVED


async def test_the_header_of_an_earlier_moment(store: Store) -> None:
    await write(store, [person("a")], at=1_000)
    first = await store.header()
    await write(store, [person("b")], at=2_000)
    assert await store.header(1_500) == first


async def test_counts_of_an_earlier_moment(store: Store) -> None:
    await write(store, [person("a")], at=1_000)
    await write(store, [person("a"), person("b")], at=2_000)
    assert [(await store.counts(moment))[0].nodes for moment in (999, 1_000, 1_999, 2_000, None)] == [0, 1, 1, 2, 2]


async def test_a_neighbourhood_of_an_earlier_moment(store: Store) -> None:
    old: list[AnyRecord] = [
        division("1"),
        division("2"),
        post("a"),
        part_of("division:1", "division:2"),
        assignment("post:a", "division:2"),
    ]
    await write(store, old, at=1_000)
    await write(store, [division("1")], at=2_000)
    around = await store.neighbourhood(["division:1"], DAY, 1_500)
    assert relations_of(around) == [
        "containment:part-of:division:1~division:2",
        "responsibility:leads:post:a~division:2",
    ]
    assert around.generation == 1


async def test_relations_of_an_earlier_moment(store: Store) -> None:
    await write(store, [assignment("post:a", "division:1")], at=1_000)
    await write(store, [], at=2_000)
    pages = await store.relations(["division:1"], Family.RESPONSIBILITY, End.TARGET, DAY, first=5, recorded_as_of=1_999)
    assert pages["division:1"].total == 1


async def test_a_list_of_an_earlier_moment(store: Store) -> None:
    await write(store, [person("a"), person("b")], at=1_000)
    await write(store, [person("b"), person("c")], at=2_000)
    page = await store.list_records("person", first=5, recorded_as_of=1_000)
    assert (ids_of(page.records), page.total) == (["person:a", "person:b"], 2)


async def test_a_search_of_an_earlier_moment(store: Store) -> None:
    await write(store, [division("1"), name_of("1", "大平地", "da ping di")], at=1_000)
    await write(store, [division("1"), name_of("1", "平地", "ping di")], at=2_000)
    assert (await store.search("大平地", DAY, first=5, recorded_as_of=1_000)).total == 1
    assert (await store.search("大平地", DAY, first=5)).total == 0


async def test_a_dump_of_an_earlier_moment(store: Store) -> None:
    await write(store, [person("a")], "one", at=1_000)
    await store.apply([Batch("one", []), Batch("two", [person("a")])], recorded_at=2_000, author="t")
    assert [origin async for origin, _ in store.dump(1_000)] == ["one"]
    assert [origin async for origin, _ in store.dump()] == ["two"]
