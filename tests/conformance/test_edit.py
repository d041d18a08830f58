"""Edits of single records: decided inside their transaction, each written once, and safe from later loads."""

from __future__ import annotations

import asyncio

import pytest

from graph_model.errors import KeyReusedError
from graph_model.exchange import EDITS, Batch, Edit, Edited, EditRequest, Written
from graph_model.records import AnyRecord, Basis, Provenance, Retraction
from graph_model.stores.base import Store, StoreReader
from tests.conformance.graphs import (
    DAY,
    SOURCE,
    assignment,
    division,
    ids_of,
    name_of,
    nodes_of,
    organization,
    person,
    relations_of,
    write,
)

BY_ANNA = EditRequest("anna", "test")


async def put(
    store: Store, *records: AnyRecord, removes: tuple[str, ...] = (), request: EditRequest = BY_ANNA, at: int = 5_000
) -> Edited:
    async def decide(_: StoreReader) -> Edit:
        return Edit(records, removes, b"done")

    return await store.edit(decide, request, recorded_at=at)


def retraction(record_id: str) -> Retraction:
    return Retraction(id=f"retraction:{record_id}", provenance=SOURCE, record=record_id)


async def test_what_is_put_is_there(store: Store) -> None:
    await put(store, person("a"))
    assert nodes_of(await store.lookup(["person:a"])) == ["person:a"]


async def test_the_entry_says_who_did_what_and_why(store: Store) -> None:
    request = EditRequest("anna", "appoint", Basis(clause="1.2"), key="k", digest="d")
    edited = await put(store, person("a"), request=request)
    assert edited.entry is not None
    assert (edited.entry.number, edited.entry.recorded_at, edited.entry.origins) == (1, 5_000, (EDITS,))
    assert (edited.entry.author, edited.entry.action, edited.entry.basis) == ("anna", "appoint", Basis(clause="1.2"))
    assert (edited.entry.written, edited.entry.version) == (Written(created=1), (await store.header()).version)


async def test_a_record_of_a_file_can_be_put_anew(store: Store) -> None:
    await write(store, [person("a")])
    edited = await put(store, person("a", Provenance.DERIVED))
    assert edited.entry is not None
    assert edited.entry.written == Written(changed=1)
    assert [origin async for origin, _ in store.dump()] == [EDITS]


async def test_what_is_put_is_what_was_there_before(store: Store) -> None:
    await write(store, [person("a")])
    before = await store.header()
    assert (await put(store, person("a"))).entry is None
    assert await store.header() == before


async def test_an_edit_has_all_its_effects_or_none(store: Store) -> None:
    await write(store, [division("1"), name_of("1", "甲", "jia")])

    async def decide(_: StoreReader) -> Edit:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await store.edit(decide, BY_ANNA, recorded_at=5_000)
    assert (await store.header()).generation == 1


async def test_the_digest_is_that_of_the_content(store: Store) -> None:
    await write(store, [person("a"), person("b")])
    version = (await store.header()).version
    await put(store, person("c"), removes=("person:b",))
    await put(store, person("b"), removes=("person:c",), at=6_000)
    assert (await store.header()).version == version


async def test_a_name_that_was_put_is_found(store: Store) -> None:
    await put(store, division("1"), name_of("1", "大平地", "da ping di"), organization("o"))
    assert [hit.node for hit in (await store.search("pingdi", DAY, first=5)).hits] == ["division:1"]


async def test_what_is_removed_is_found_no_longer(store: Store) -> None:
    await write(store, [organization("o")])
    await put(store, removes=("organization:o", "organization:none"))
    assert (await store.search("扶贫", DAY, first=5)).total == 0
    assert (await store.list_records("organization", first=5)).total == 0


async def test_what_was_removed_is_still_there_at_an_earlier_moment(store: Store) -> None:
    await write(store, [organization("o")], at=1_000)
    await put(store, removes=("organization:o",), at=2_000)
    assert nodes_of(await store.lookup(["organization:o"], 1_999)) == ["organization:o"]


async def test_the_decision_sees_what_it_writes_upon(store: Store) -> None:
    await write(store, [division("1"), assignment("post:a", "division:1")])

    async def decide(reader: StoreReader) -> Edit:
        around = await reader.neighbourhood(["division:1"], DAY)
        assert (await reader.header()).generation == 1
        return Edit(removes=tuple(relations_of(around)))

    await store.edit(decide, BY_ANNA, recorded_at=5_000)
    assert not relations_of(await store.neighbourhood(["division:1"], DAY))


async def test_edits_at_the_same_time_each_see_the_one_before(store: Store) -> None:
    async def add_one(reader: StoreReader) -> Edit:
        page = await reader.list_records("person", first=100)
        return Edit((person(f"p{page.total}"),))

    edits = [store.edit(add_one, BY_ANNA, recorded_at=5_000) for _ in range(20)]
    numbers = [edited.entry.number for edited in await asyncio.gather(*edits) if edited.entry]
    assert numbers == list(range(1, 21))
    assert (await store.list_records("person", first=100)).total == 20


async def test_one_that_is_refused_leaves_those_beside_it_alone(store: Store) -> None:
    async def refuse(_: StoreReader) -> Edit:
        raise ValueError("no")

    first, refused, last = await asyncio.gather(
        put(store, person("a")),
        store.edit(refuse, BY_ANNA, recorded_at=5_000),
        put(store, person("b")),
        return_exceptions=True,
    )
    assert isinstance(refused, ValueError)
    assert isinstance(first, Edited)
    assert isinstance(last, Edited)
    assert (await store.header()).generation == 2


async def test_recorded_times_rise_strictly(store: Store) -> None:
    edits = await asyncio.gather(*(put(store, person(f"p{number}"), at=5_000) for number in range(3)))
    assert [edited.entry.recorded_at for edited in edits if edited.entry] == [5_000, 5_001, 5_002]


async def test_a_key_is_written_once(store: Store) -> None:
    request = EditRequest("anna", "test", key="k", digest="d")
    first = await put(store, person("a"), request=request)
    again = await put(store, person("b"), request=request)
    assert (again.entry, again.answer, again.is_repeated) == (first.entry, b"done", True)
    assert not nodes_of(await store.lookup(["person:b"]))


async def test_a_key_for_another_request_is_refused(store: Store) -> None:
    await put(store, person("a"), request=EditRequest("anna", "test", key="k", digest="d"))
    with pytest.raises(KeyReusedError):
        await put(store, person("b"), request=EditRequest("anna", "test", key="k", digest="other"))


async def test_the_same_key_of_another_author_is_another_key(store: Store) -> None:
    await put(store, person("a"), request=EditRequest("anna", "test", key="k", digest="d"))
    again = await put(store, person("b"), request=EditRequest("bert", "test", key="k", digest="other"))
    assert not again.is_repeated


async def test_a_load_does_not_take_an_edit_back(store: Store) -> None:
    await write(store, [person("a"), person("b")])
    await put(store, person("a", Provenance.DERIVED))
    assert await write(store, [person("a"), person("b")], at=9_000) == Written(unchanged=1, kept=1)
    assert (await store.lookup(["person:a"])).get_node("person:a").provenance is Provenance.DERIVED


async def test_a_load_without_the_record_leaves_the_edit(store: Store) -> None:
    await write(store, [person("a"), person("b")])
    await put(store, person("a", Provenance.DERIVED))
    assert await write(store, [], at=9_000) == Written(ended=1)
    assert nodes_of(await store.lookup(["person:a"])) == ["person:a"]


async def test_a_load_does_not_bring_back_what_was_retracted(store: Store) -> None:
    await write(store, [person("a")])
    await put(store, retraction("person:a"), removes=("person:a",))
    assert await write(store, [person("a")], at=9_000) == Written(kept=1)
    assert not nodes_of(await store.lookup(["person:a"]))


async def test_once_a_retraction_is_taken_back_a_load_counts_again(store: Store) -> None:
    await write(store, [person("a")])
    await put(store, retraction("person:a"), removes=("person:a",))
    await put(store, removes=("retraction:person:a",), at=6_000)
    assert await write(store, [person("a")], at=9_000) == Written(created=1)


async def test_a_load_of_the_edits_themselves_replaces_them(store: Store) -> None:
    await put(store, person("a"))
    await store.apply([Batch(EDITS, [person("b")])], recorded_at=9_000, author="t")
    assert ids_of((await store.list_records("person", first=5)).records) == ["person:b"]
