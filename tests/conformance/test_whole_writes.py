"""Whole writes: read from one store and written again by another, they give the same store."""

from __future__ import annotations

import pytest

from graph_model.errors import StoreError
from graph_model.exchange import Edit, EditRequest, Stored
from graph_model.records import AnyRecord, Basis, Provenance, Retraction
from graph_model.stores.base import Store, StoreReader
from graph_model.stores.embedded import open_store
from tests.conformance.graphs import DAY, SOURCE, assignment, division, name_of, organization, person, write

KEYED = EditRequest("anna", "appoint", Basis(clause="1.2"), key="k", digest="d")


async def put(
    store: Store, *records: AnyRecord, removes: tuple[str, ...] = (), request: EditRequest = KEYED, at: int = 5_000
) -> None:
    async def decide(_: StoreReader) -> Edit:
        return Edit(records, removes, b"answer")

    await store.edit(decide, request, recorded_at=at)


async def make_history(store: Store) -> None:
    """Loads and edits of every sort."""
    first: list[AnyRecord] = [
        division("1"),
        name_of("1", "大平地", "da ping di"),
        assignment("post:a", "division:1"),
        person("a"),
    ]
    await write(store, first, "one", at=1_000)
    await write(store, [organization("o"), person("b")], "two", at=2_000)
    await write(store, [*first[:3], person("a", Provenance.DERIVED)], "one", at=3_000)
    await write(store, first[:2], "one", at=4_000)
    await put(store, person("b", Provenance.DERIVED), at=5_000)
    retraction = Retraction(id="retraction:organization:o", provenance=SOURCE, record="organization:o")
    await put(store, retraction, removes=("organization:o",), request=EditRequest("bert", "retract"), at=6_000)


async def copy(source: Store, target: Store) -> None:
    for number in range((await target.header()).generation + 1, (await source.header()).generation + 1):
        await target.replay(await source.read_write(number))


async def versions(store: Store) -> list[Stored]:
    found = [version async for version in store.versions()]
    return sorted(found, key=lambda one: (one.recorded_from, one.data))


@pytest.fixture(params=["from the store", "into the store"])
async def pair(request: pytest.FixtureRequest, store: Store) -> tuple[Store, Store]:
    """The store as source or as target, and an embedded one as the other."""
    other: Store = open_store("sqlite:///:memory:", "writer")
    source, target = (store, other) if request.param == "from the store" else (other, store)
    await make_history(source)
    return source, target


async def test_a_copy_has_every_version(pair: tuple[Store, Store]) -> None:
    source, target = pair
    await copy(source, target)
    assert await versions(target) == await versions(source)


async def test_a_copy_has_the_same_journal_and_changes(pair: tuple[Store, Store]) -> None:
    source, target = pair
    await copy(source, target)
    assert await target.journal(first=100) == await source.journal(first=100)
    assert await target.changes(first=100) == await source.changes(first=100)


async def test_a_copy_answers_alike_at_every_moment(pair: tuple[Store, Store]) -> None:
    source, target = pair
    await copy(source, target)
    for moment in (None, 1_500, 2_500, 3_500, 5_500):
        assert await target.header(moment) == await source.header(moment)
        assert await target.counts(moment) == await source.counts(moment)
        assert [row async for row in target.dump(moment)] == [row async for row in source.dump(moment)]
        assert await target.search("扶贫", DAY, first=5, recorded_as_of=moment) == await source.search(
            "扶贫", DAY, first=5, recorded_as_of=moment
        )


async def test_a_key_is_known_in_the_copy(pair: tuple[Store, Store]) -> None:
    source, target = pair
    await copy(source, target)

    async def decide(_: StoreReader) -> Edit:
        raise AssertionError("decided a second time")

    again = await target.edit(decide, KEYED, recorded_at=9_000)
    assert (again.is_repeated, again.answer) == (True, b"answer")


async def test_a_copy_goes_on_where_it_stopped(pair: tuple[Store, Store]) -> None:
    source, target = pair
    await target.replay(await source.read_write(1))
    await copy(source, target)
    assert await target.header() == await source.header()


async def test_a_load_after_a_copy_changes_nothing(pair: tuple[Store, Store]) -> None:
    source, target = pair
    await copy(source, target)
    await write(target, [division("1"), name_of("1", "大平地", "da ping di")], "one", at=9_000)
    assert await target.header() == await source.header()


async def test_a_write_that_does_not_follow_is_refused(pair: tuple[Store, Store]) -> None:
    source, target = pair
    second = await source.read_write(2)
    with pytest.raises(StoreError, match="write 2 does not follow its last one, 0"):
        await target.replay(second)
    assert (await target.header()).generation == 0


async def test_a_write_of_another_history_is_refused(pair: tuple[Store, Store]) -> None:
    source, target = pair
    await write(target, [person("z")], "one", at=500)
    second = await source.read_write(2)
    with pytest.raises(StoreError, match="another store"):
        await target.replay(second)
    assert (await target.header()).generation == 1
    assert (await target.counts())[0].nodes == 1


async def test_there_is_no_such_write(store: Store) -> None:
    with pytest.raises(StoreError, match="there is no write 7"):
        await store.read_write(7)
