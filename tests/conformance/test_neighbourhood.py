"""The neighbourhood: that nothing which a question needs is missing."""

from __future__ import annotations

from graph_model.dates import Validity
from graph_model.exchange import Window
from graph_model.records import AnyRecord, Family
from graph_model.stores.base import Store
from tests.conformance.graphs import (
    DAY,
    assignment,
    claims_of,
    code_of,
    division,
    document,
    holding,
    household,
    name_of,
    nodes_of,
    on,
    organization,
    part_of,
    person,
    post,
    relations_of,
    since,
    write,
)


async def test_an_id_is_its_own_seed(store: Store) -> None:
    await write(store, [division("1")])
    assert (await store.neighbourhood(["division:1"], DAY)).seeds == {"division:1": ("division:1",)}


async def test_a_code_finds_every_division_that_ever_had_it(store: Store) -> None:
    claims = [code_of("a", "530502100", since("2000", "2001")), code_of("b", "530502100")]
    await write(store, [division("b"), division("a"), *claims])
    around = await store.neighbourhood(["530502100"], DAY)
    assert around.seeds == {"530502100": ("division:a", "division:b")}


async def test_a_code_finds_households_and_organisations(store: Store) -> None:
    await write(store, [household("1-0001"), organization("office")])
    around = await store.neighbourhood(["1-0001", "office"], DAY)
    assert around.seeds == {"1-0001": ("household:1-0001",), "office": ("organization:office",)}


async def test_a_code_does_not_find_persons(store: Store) -> None:
    await write(store, [person("a")])
    assert (await store.neighbourhood(["a"], DAY)).seeds == {"a": ()}


async def test_an_unknown_key_has_no_seeds(store: Store) -> None:
    around = await store.neighbourhood(["1", "division:1"], DAY)
    assert around.seeds == {"1": (), "division:1": ()}


async def test_a_key_that_no_text_of_the_store_can_equal_has_no_seeds(store: Store) -> None:
    await write(store, [division("1"), code_of("1", "1")])
    keys = ["1\0", "\ud800", "", "division:1\0"]
    assert (await store.neighbourhood(keys, DAY)).seeds == dict.fromkeys(keys, ())


async def test_an_end_that_nobody_loaded_is_no_seed(store: Store) -> None:
    await write(store, [part_of("division:1", "division:2")])
    assert (await store.neighbourhood(["division:2"], DAY)).seeds == {"division:2": ()}


async def test_no_keys_are_an_empty_neighbourhood(store: Store) -> None:
    await write(store, [division("1")])
    assert not (await store.neighbourhood([], DAY)).graph


async def test_the_generation_is_that_of_the_last_write(store: Store) -> None:
    await write(store, [division("1")])
    await write(store, [division("1"), division("2")])
    assert (await store.neighbourhood([], DAY)).generation == 2


async def test_all_containers_are_reached(store: Store) -> None:
    ways = [part_of("division:1", "division:2"), part_of("division:2", "division:3"), part_of("division:1", "asset:x")]
    await write(store, [division("1"), division("2"), division("3"), *ways])
    around = await store.neighbourhood(["division:1"], DAY)
    assert relations_of(around) == sorted(way.id for way in ways)
    assert nodes_of(around) == ["division:1", "division:2", "division:3"]


async def test_a_circle_of_containers_ends(store: Store) -> None:
    ways = [
        part_of("division:1", "division:2"),
        part_of("division:2", "division:1"),
        part_of("division:1", "division:1"),
    ]
    await write(store, [division("1"), division("2"), *ways])
    assert relations_of(await store.neighbourhood(["division:1"], DAY)) == sorted(way.id for way in ways)


async def test_a_container_of_another_time_is_left_away(store: Store) -> None:
    await write(store, [division("1"), part_of("division:1", "division:2", since(None, "2017-06-30"))])
    assert relations_of(await store.neighbourhood(["division:1"], DAY)) == []


async def test_a_container_until_the_next_day_is_there(store: Store) -> None:
    way = part_of("division:1", "division:2", since(None, "2017-07-01"))
    await write(store, [division("1"), way])
    assert relations_of(await store.neighbourhood(["division:1"], DAY)) == [way.id]


async def test_a_container_that_begins_within_the_window_is_there(store: Store) -> None:
    way = part_of("division:1", "division:2", since("2017-07-02"))
    await write(store, [division("1"), way])
    window = Window(on("2017-07-01").first, on("2017-07-02").last)
    assert relations_of(await store.neighbourhood(["division:1"], window)) == [way.id]


async def test_assignments_to_every_container_are_there(store: Store) -> None:
    links = [assignment("post:a", "division:1"), assignment("organization:b", "division:2")]
    await write(store, [division("1"), part_of("division:1", "division:2"), post("a"), organization("b"), *links])
    around = await store.neighbourhood(["division:1"], DAY)
    assert {link.id for link in links} <= set(relations_of(around))
    assert {"post:a", "organization:b"} <= set(nodes_of(around))


async def test_an_ended_assignment_is_there(store: Store) -> None:
    link = assignment("post:a", "division:1", since("2015", "2016"))
    await write(store, [division("1"), link])
    assert relations_of(await store.neighbourhood(["division:1"], DAY)) == [link.id]


async def test_an_assignment_that_begins_later_is_left_away(store: Store) -> None:
    await write(store, [division("1"), assignment("post:a", "division:1", since("2017-07-01"))])
    assert relations_of(await store.neighbourhood(["division:1"], DAY)) == []


async def test_holders_are_there_with_their_persons(store: Store) -> None:
    held = holding("person:x", "post:a")
    await write(store, [division("1"), post("a"), person("x"), assignment("post:a", "division:1"), held])
    around = await store.neighbourhood(["division:1"], DAY)
    assert held.id in relations_of(around)
    assert "person:x" in nodes_of(around)


async def test_a_holder_of_another_time_is_left_away(store: Store) -> None:
    past = holding("person:x", "post:a", since("2015", "2016"))
    await write(store, [division("1"), post("a"), assignment("post:a", "division:1"), past])
    assert past.id not in relations_of(await store.neighbourhood(["division:1"], DAY))


async def test_what_contains_a_seat_is_there(store: Store) -> None:
    ways = [part_of("post:a", "organization:b"), part_of("organization:b", "division:9")]
    await write(
        store, [division("1"), division("9"), post("a"), organization("b"), assignment("post:a", "division:1"), *ways]
    )
    around = await store.neighbourhood(["division:1"], DAY)
    assert {way.id for way in ways} <= set(relations_of(around))
    assert {"organization:b", "division:9"} <= set(nodes_of(around))


async def test_claims_about_containers_and_seats_are_there(store: Store) -> None:
    names = [name_of("1", "甲", "jia"), name_of("2", "乙", "yi", since("1990", "1991"))]
    await write(store, [division("1"), division("2"), part_of("division:1", "division:2"), *names])
    assert claims_of(await store.neighbourhood(["division:1"], DAY)) == sorted(name.id for name in names)


async def test_documents_of_the_bases_are_there(store: Store) -> None:
    link = assignment("post:a", "division:1", document="document:plan")
    await write(store, [division("1"), document("plan"), document("other"), link])
    assert nodes_of(await store.neighbourhood(["division:1"], DAY)) == ["division:1", "document:plan"]


async def test_nothing_is_there_twice(store: Store) -> None:
    records: list[AnyRecord] = [
        *(division(code) for code in "1234"),
        *(part_of(f"division:{a}", f"division:{b}") for a, b in ("12", "13", "24", "34")),
        name_of("4", "丁", "ding"),
        assignment("organization:b", "division:1"),
        assignment("organization:b", "division:4"),
        organization("b"),
        part_of("organization:b", "division:4"),
    ]
    await write(store, records)
    around = await store.neighbourhood(["division:1", "division:2", "division:4"], DAY)
    assert relations_of(around) == sorted(set(relations_of(around)))
    assert claims_of(around) == ["name:division:4~1"]


async def test_a_record_reads_back_as_it_was_written(store: Store) -> None:
    link = assignment("post:a", "division:1", Validity(since="2016", until="..", observed=("2017-06-30",)))
    await write(store, [division("1"), link])
    around = await store.neighbourhood(["division:1"], DAY)
    assert list(around.iter_to("division:1", Family.RESPONSIBILITY)) == [link]


async def test_lookup_has_claims_and_no_relations(store: Store) -> None:
    await write(store, [division("1"), division("2"), part_of("division:1", "division:2"), name_of("1", "甲", "jia")])
    around = await store.lookup(["division:1", "division:1", "division:7", "\0"])
    assert (nodes_of(around), claims_of(around), relations_of(around)) == (["division:1"], ["name:division:1~1"], [])
