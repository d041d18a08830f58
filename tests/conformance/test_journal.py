"""The journal: which writes there were, and what each did to which record."""

from __future__ import annotations

from graph_model.exchange import EDITS, LOAD, Change, Edit, EditRequest, Written
from graph_model.records import AnyRecord, Provenance
from graph_model.stores.base import Store, StoreReader
from tests.conformance.graphs import assignment, name_of, person, write

A, A2, B = person("a"), person("a", Provenance.DERIVED), person("b")


async def put(store: Store, *records: AnyRecord, removes: tuple[str, ...] = (), at: int = 5_000) -> None:
    async def decide(_: StoreReader) -> Edit:
        return Edit(records, removes)

    await store.edit(decide, EditRequest("anna", "test"), recorded_at=at)


async def all_changes(
    store: Store, since: int = 0, until: int | None = None, touching: str | None = None
) -> list[Change]:
    page = await store.changes(since=since, until=until, touching=touching, first=100)
    assert not page.has_next
    return list(page.changes)


async def test_an_empty_journal(store: Store) -> None:
    page = await store.journal(first=5)
    assert (page.entries, page.total, page.has_next) == ((), 0, False)


async def test_entries_come_newest_first(store: Store) -> None:
    await write(store, [A], at=1_000)
    await put(store, B, at=2_000)
    entries = (await store.journal(first=5)).entries
    assert [(entry.number, entry.recorded_at, entry.author, entry.action, entry.origins) for entry in entries] == [
        (2, 2_000, "anna", "test", (EDITS,)),
        (1, 1_000, "test", LOAD, ("file",)),
    ]
    assert [entry.written for entry in entries] == [Written(created=1), Written(created=1)]


async def test_the_journal_is_paged(store: Store) -> None:
    for number in range(3):
        await put(store, person(f"p{number}"), at=1_000 + number)
    page = await store.journal(first=2)
    rest = await store.journal(first=2, before=page.entries[-1].number)
    assert [[entry.number for entry in each.entries] for each in (page, rest)] == [[3, 2], [1]]
    assert [(each.total, each.has_next) for each in (page, rest)] == [(3, True), (3, False)]


async def test_a_record_that_was_created_has_nothing_before(store: Store) -> None:
    await write(store, [A], at=1_000)
    assert await all_changes(store) == [Change(1, 1_000, "person:a", None, A)]


async def test_a_record_that_was_changed_has_both(store: Store) -> None:
    await write(store, [A], at=1_000)
    await put(store, A2, at=2_000)
    assert await all_changes(store, since=1) == [Change(2, 2_000, "person:a", A, A2)]


async def test_a_record_that_was_removed_has_nothing_after(store: Store) -> None:
    await write(store, [A], at=1_000)
    await put(store, removes=("person:a",), at=2_000)
    assert await all_changes(store, since=1) == [Change(2, 2_000, "person:a", A, None)]


async def test_changes_between_two_writes(store: Store) -> None:
    await write(store, [A], at=1_000)
    await put(store, B, at=2_000)
    await put(store, A2, at=3_000)
    assert [change.record for change in await all_changes(store, since=1, until=2)] == ["person:b"]
    assert [change.number for change in await all_changes(store, since=0, until=99)] == [1, 2, 3]
    assert not await all_changes(store, since=3)


async def test_changes_are_paged_in_their_order(store: Store) -> None:
    await write(store, [B, A, person("c")], at=1_000)
    await put(store, A2, removes=("person:b",), at=2_000)
    page = await store.changes(first=2)
    seen = [(change.number, change.record) for change in page.changes]
    assert (seen, page.has_next) == ([(1, "person:a"), (1, "person:b")], True)
    rest = await store.changes(first=10, after=seen[-1])
    assert [(change.number, change.record) for change in rest.changes] == [
        (1, "person:c"),
        (2, "person:a"),
        (2, "person:b"),
    ]


async def test_changes_that_touch_a_node(store: Store) -> None:
    link, other = assignment("post:a", "division:1"), assignment("post:a", "division:2")
    name = name_of("1", "甲", "jia")
    await write(store, [link, other, name, A], at=1_000)
    await put(store, removes=(link.id,), at=2_000)
    touching = await all_changes(store, touching="division:1")
    assert [(change.number, change.record) for change in touching] == [(1, name.id), (1, link.id), (2, link.id)]
    assert {change.record for change in await all_changes(store, touching="post:a")} == {link.id, other.id}


async def test_changes_of_one_record(store: Store) -> None:
    link = assignment("post:a", "division:1")
    await write(store, [link], at=1_000)
    await put(store, removes=(link.id,), at=2_000)
    assert await all_changes(store, touching=link.id) == [
        Change(1, 1_000, link.id, None, link),
        Change(2, 2_000, link.id, link, None),
    ]


async def test_what_nothing_touched_has_no_changes(store: Store) -> None:
    await write(store, [A], at=1_000)
    assert not await all_changes(store, touching="division:9")
    assert not await all_changes(store, touching="a\0b")
    assert (await store.changes(touching="division:9", first=1)).total == 0


async def test_the_total_of_what_touches_a_node_does_not_depend_on_the_page(store: Store) -> None:
    link = assignment("post:a", "division:1")
    await write(store, [link, A], at=1_000)
    await put(store, removes=(link.id,), at=2_000)
    await put(store, link, at=3_000)
    pages = [
        await store.changes(touching="post:a", first=1),
        await store.changes(touching="post:a", first=5, after=(2, link.id)),
        await store.changes(touching="post:a", first=0),
    ]
    assert [(len(page.changes), page.total, page.has_next) for page in pages] == [
        (1, 3, True),
        (1, 3, False),
        (0, 3, True),
    ]
    assert (await store.changes(touching="post:a", since=1, first=5)).total == 2
    assert (await store.changes(first=5)).total is None


async def test_entries_by_their_numbers(store: Store) -> None:
    for number in range(3):
        await put(store, person(f"p{number}"), at=1_000 + number)
    listed = {entry.number: entry for entry in (await store.journal(first=5)).entries}
    assert await store.entries([3, 1, 3]) == {1: listed[1], 3: listed[3]}
    assert await store.entries([0, 4, -1, 1 << 70]) == {}
    assert await store.entries([]) == {}


async def test_a_record_that_came_back_has_its_whole_history(store: Store) -> None:
    await put(store, A, at=1_000)
    await put(store, removes=("person:a",), at=2_000)
    await put(store, A2, at=3_000)
    assert [(change.before, change.after) for change in await all_changes(store, touching="person:a")] == [
        (None, A),
        (A, None),
        (None, A2),
    ]
