"""Whatever is written: the changes of the journal, replayed, give each state out of any earlier one."""

from __future__ import annotations

from random import Random

import pytest
from msgspec import structs

from graph_model.dates import Validity
from graph_model.exchange import Batch, Change, Edit, EditRequest
from graph_model.records import AnyRecord, Provenance, decode
from graph_model.stores.base import Store, StoreReader
from tests.conformance.graphs import assignment, division, holding, name_of, person, post

RECORDS: list[AnyRecord] = [
    division("1"),
    name_of("1", "甲", "jia"),
    person("a"),
    post("a"),
    holding("person:a", "post:a"),
    assignment("post:a", "division:1"),
]
NODES = ["division:1", "post:a", "person:a"]


def some(random: Random) -> list[AnyRecord]:
    """Some of the records, each in one of a few versions."""
    chosen = []
    for record in random.sample(RECORDS, random.randint(0, len(RECORDS))):
        changed: AnyRecord = structs.replace(record, provenance=random.choice(list(Provenance)))
        if hasattr(changed, "validity") and random.random() < 0.5:
            changed = structs.replace(changed, validity=Validity(since=random.choice(["2016", "2017-06-30"])))
        chosen.append(changed)
    return chosen


async def write_at_random(store: Store, random: Random) -> None:
    """A dozen writes: loads that replace a file, and edits that put and remove."""
    for number in range(12):
        at = 1_000 * (number + 1)
        if random.random() < 0.4:
            await store.apply([Batch("file", some(random))], recorded_at=at, author="loads")
            continue
        puts = some(random)[:2]
        removes = [record.id for record in random.sample(RECORDS, random.randint(0, 2))]

        edit = Edit(tuple(puts), tuple(sorted(set(removes) - {put.id for put in puts})))

        async def decide(_: StoreReader, edit: Edit = edit) -> Edit:
            return edit

        await store.edit(decide, EditRequest("anna", "test"), recorded_at=at)


async def state(store: Store, at: int) -> dict[str, AnyRecord]:
    return {record.id: record for record in [decode(data) async for _, data in store.dump(at)]}


async def changes(store: Store, **wanted: object) -> list[Change]:
    """All changes that are wanted, page by page."""
    found: list[Change] = []
    has_next, after = True, None
    while has_next:
        page = await store.changes(first=5, after=after, **wanted)  # type: ignore[arg-type]
        found += page.changes
        has_next = page.has_next
        after = (found[-1].number, found[-1].record) if found else None
    return found


def replayed(before: dict[str, AnyRecord], written: list[Change]) -> dict[str, AnyRecord]:
    """A state after some changes, each of which must find what it says was there before."""
    after = dict(before)
    for change in written:
        assert after.pop(change.record, None) == change.before
        if change.after is not None:
            after[change.record] = change.after
    return after


@pytest.mark.parametrize("seed", range(6))
async def test_changes_make_each_state_out_of_any_earlier_one(store: Store, seed: int) -> None:
    await write_at_random(store, Random(seed))  # noqa: S311 - a graph, no secret
    entries = sorted((await store.journal(first=50)).entries, key=lambda entry: entry.number)
    states = {0: await state(store, 0)} | {entry.number: await state(store, entry.recorded_at) for entry in entries}
    assert len(states) > 6
    for since in states:
        for until in states:
            if since <= until:
                written = await changes(store, since=since, until=until)
                assert replayed(states[since], written) == states[until]


@pytest.mark.parametrize("seed", range(6))
async def test_the_history_of_a_node_gives_its_present_records(store: Store, seed: int) -> None:
    await write_at_random(store, Random(seed))  # noqa: S311 - a graph, no secret
    present = await state(store, 1 << 60)
    for node in NODES:
        about = replayed({}, await changes(store, touching=node))
        assert about == {key: record for key, record in present.items() if speaks_of(record, node)}


def speaks_of(record: AnyRecord, node: str) -> bool:
    ends = (getattr(record, end, None) for end in ("id", "subject", "source", "target"))
    return node in ends
