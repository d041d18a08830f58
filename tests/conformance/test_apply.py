"""Writing: what a batch does, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from graph_model.dates import Validity
from graph_model.errors import BadDateError, BatchError, StaleWriteError
from graph_model.exchange import Batch, Written
from graph_model.records import Provenance
from graph_model.stores.base import Store
from tests.conformance.graphs import (
    DAY,
    division,
    name_of,
    organization,
    part_of,
    person,
    relations_of,
    since,
    write,
)


async def test_an_empty_store_is_at_generation_zero(store: Store) -> None:
    header = await store.header()
    assert (header.generation, header.version, header.dataset) == (0, "0" * 64, None)


async def test_new_records_are_created(store: Store) -> None:
    assert await write(store, [person("a"), person("b")]) == Written(created=2)


async def test_the_same_batch_twice_changes_nothing(store: Store) -> None:
    await write(store, [person("a")])
    before = await store.header()
    assert await write(store, [person("a")]) == Written(unchanged=1)
    assert await store.header() == before


async def test_a_record_that_differs_is_changed(store: Store) -> None:
    await write(store, [person("a")])
    assert await write(store, [person("a", Provenance.DERIVED)]) == Written(changed=1)


async def test_a_record_that_its_origin_lacks_is_ended(store: Store) -> None:
    await write(store, [person("a"), person("b")])
    assert await write(store, [person("a")]) == Written(unchanged=1, ended=1)
    assert not (await store.lookup(["person:b"])).graph


async def test_an_ended_record_can_come_back(store: Store) -> None:
    await write(store, [person("a")])
    await write(store, [])
    assert await write(store, [person("a")]) == Written(created=1)


async def test_another_origin_is_left_alone(store: Store) -> None:
    await write(store, [person("a")], "one")
    await write(store, [person("b")], "two")
    assert (await store.counts())[0].nodes == 2


async def test_each_batch_has_its_own_account(store: Store) -> None:
    batches = [Batch("one", [person("a")]), Batch("two", [person("b"), person("c")])]
    assert await store.apply(batches, recorded_at=1, author="t") == (Written(created=1), Written(created=2))


async def test_all_batches_of_a_call_are_one_generation(store: Store) -> None:
    await store.apply([Batch("one", [person("a")]), Batch("two", [person("b")])], recorded_at=1, author="t")
    assert (await store.header()).generation == 1


async def test_a_record_can_become_one_of_another_type(store: Store) -> None:
    await write(store, [part_of("person:a", "person:b")])
    moved = msgspec.structs.replace(name_of("1", "甲", "jia"), id=part_of("person:a", "person:b").id)
    assert await write(store, [moved]) == Written(changed=1)
    assert (await store.counts())[0].relations == 0


async def test_the_same_record_twice_counts_once(store: Store) -> None:
    assert await write(store, [person("a"), person("a")]) == Written(created=1)


async def test_two_records_of_one_id_are_refused(store: Store) -> None:
    with pytest.raises(BatchError) as refused:
        await write(store, [person("a"), person("a", Provenance.DERIVED)])
    assert [error.record for error in refused.value.errors] == ["person:a"]


async def test_a_record_of_another_origin_is_refused_naming_both(store: Store) -> None:
    await write(store, [person("a")], "one")
    with pytest.raises(BatchError, match=r"'one'.*'two'"):
        await write(store, [person("a")], "two")


async def test_a_record_that_two_origins_of_a_call_have_is_refused(store: Store) -> None:
    batches = [Batch("one", [person("a")]), Batch("two", [person("a")])]
    with pytest.raises(BatchError, match=r"'one'.*'two'"):
        await store.apply(batches, recorded_at=1, author="t")


async def test_two_batches_of_one_origin_are_refused(store: Store) -> None:
    batches = [Batch("one", [person("a")]), Batch("one", [person("b")])]
    with pytest.raises(BatchError, match="one"):
        await store.apply(batches, recorded_at=1, author="t")


async def test_a_record_may_move_between_origins_in_one_call(store: Store) -> None:
    await write(store, [person("a")], "one")
    batches = [Batch("two", [person("a")]), Batch("one", [])]
    assert await store.apply(batches, recorded_at=1, author="t") == (Written(created=1), Written(ended=1))


async def test_a_refused_batch_takes_the_others_with_it(store: Store) -> None:
    await write(store, [person("a")], "one")
    before = await store.header()
    with pytest.raises(BatchError):
        await store.apply([Batch("three", [person("c")]), Batch("two", [person("a")])], recorded_at=2, author="t")
    assert await store.header() == before


async def test_a_record_that_no_row_can_hold_undoes_everything(store: Store) -> None:
    with pytest.raises(BadDateError):
        await write(store, [person("a"), part_of("person:a", "person:b", Validity(since="2018", until="2017"))])
    assert (await store.counts())[0].nodes == 0


async def test_a_store_is_usable_after_a_refusal(store: Store) -> None:
    with pytest.raises(BadDateError):
        await write(store, [part_of("person:a", "person:b", Validity(since="no date"))])
    assert await write(store, [person("a")]) == Written(created=1)


async def test_progress_counts_every_record(store: Store) -> None:
    told: list[int] = []
    await write(store, [person("a")])
    people = [person("a"), *(person(f"p{number}") for number in range(4_500))]
    await store.apply([Batch("file", people)], recorded_at=2, author="t", progress=told.append)
    assert sum(told) == len(people)


async def test_an_exception_of_progress_undoes_everything(store: Store) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await store.apply([Batch("file", [person("a")])], recorded_at=1, author="t", progress=stop)
    assert (await store.header()).generation == 0


async def test_the_version_does_not_depend_on_the_order_of_loading(store: Store) -> None:
    await write(store, [person("a"), organization("b")], "one")
    await write(store, [division("c")], "two")
    version = (await store.header()).version
    await write(store, [], "one")
    await write(store, [], "two")
    await write(store, [division("c")], "two")
    await write(store, [organization("b"), person("a")], "one")
    assert (await store.header()).version == version


async def test_the_version_of_nothing_is_that_of_an_empty_store(store: Store) -> None:
    empty = (await store.header()).version
    await write(store, [person("a")])
    await write(store, [])
    assert (await store.header()).version == empty


async def test_a_changed_relation_leaves_its_old_ends(store: Store) -> None:
    await write(store, [division("1"), division("2"), part_of("division:1", "division:2")])
    moved = part_of("division:1", "division:2", since("2018"))
    await write(store, [division("1"), division("2"), moved])
    assert relations_of(await store.neighbourhood(["division:1"], DAY)) == []


async def test_a_write_is_made_upon_the_state_that_it_was_decided_by(store: Store) -> None:
    await write(store, [person("a")])
    upon = (await store.header()).generation
    batch = [Batch("other", [person("b")])]
    assert await store.apply(batch, recorded_at=2, author="t", upon=upon) == (Written(created=1),)
    assert (await store.header()).generation == upon + 1


async def test_a_write_that_was_decided_by_an_earlier_state_is_refused(store: Store) -> None:
    await write(store, [person("a")])
    upon = (await store.header()).generation
    await write(store, [person("b")], "second")
    before = await store.header()
    with pytest.raises(StaleWriteError, match=f"after write {upon}, and {upon + 1} is the last one"):
        await store.apply([Batch("third", [person("c")])], recorded_at=3, author="t", upon=upon)
    assert await store.header() == before


async def test_of_two_writes_upon_one_state_one_is_made(store: Store) -> None:
    await write(store, [person("a")])
    upon = (await store.header()).generation
    both = [store.apply([Batch(each, [person(each)])], recorded_at=2, author="t", upon=upon) for each in ("x", "y")]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert sorted((type(each) for each in outcomes), key=str) == sorted([tuple, StaleWriteError], key=str)
    assert (await store.header()).generation == upon + 1


async def test_a_large_write_upon_an_earlier_state_is_refused(store: Store) -> None:
    await write(store, [person("a")])
    with pytest.raises(StaleWriteError):
        await store.apply(
            [Batch("large", [person(str(number)) for number in range(2_500)])], recorded_at=3, author="t", upon=0
        )
    assert not (await store.lookup(["person:1"])).graph
