"""A store copied into another, with its history: verified, resumable, and refused where it would not fit."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from graph_model.errors import StoreError
from graph_model.exchange import Edit, EditRequest
from graph_model.records import Provenance
from graph_model.stores.base import Store, StoreReader
from graph_model.stores.embedded import open_store
from loaders.copying import copy, holdings_of
from tests.conformance.graphs import division, part_of, person, write


class Quiet:
    """Progress that keeps what it was told."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.records = 0

    def step(self, text: str, total: int | None = None) -> None:
        self.steps.append(text)

    def advance(self, records: int) -> None:
        self.records += records


async def put(store: Store, provenance: Provenance, at: int) -> None:
    async def decide(_: StoreReader) -> Edit:
        return Edit((person("a", provenance),))

    await store.edit(decide, EditRequest("anna", "correct"), recorded_at=at)


@pytest.fixture
async def source() -> AsyncIterator[Store]:
    store: Store = open_store("sqlite:///:memory:", "writer")
    await write(store, [person("a"), division("1"), division("2"), part_of("division:1", "division:2")], at=1_000)
    await put(store, Provenance.DERIVED, 2_000)
    await put(store, Provenance.SYNTHETIC, 3_000)
    yield store
    await store.close()


@pytest.fixture
async def target() -> AsyncIterator[Store]:
    store: Store = open_store("sqlite:///:memory:", "writer")
    yield store
    await store.close()


async def test_a_copy_says_what_both_hold(source: Store, target: Store) -> None:
    report = await copy(source, target, Quiet())
    assert (report.copied, report.writes, report.version) == (3, 3, (await source.header()).version)
    assert {name: (held.current, held.versions) for name, held in report.holdings.items()} == {
        "division": (2, 2),
        "person": (1, 3),
        "relation": (1, 1),
    }


async def test_a_copy_tells_of_its_progress(source: Store, target: Store) -> None:
    progress = Quiet()
    await copy(source, target, progress)
    assert progress.steps == [
        "copying write 1 of 3",
        "copying write 2 of 3",
        "copying write 3 of 3",
        "comparing both stores",
    ]
    assert progress.records == 6


async def test_a_second_copy_takes_what_is_new(source: Store, target: Store) -> None:
    await copy(source, target, Quiet())
    assert (await copy(source, target, Quiet())).copied == 0
    await put(source, Provenance.SOURCE, 9_000)
    assert (await copy(source, target, Quiet())).copied == 1


async def test_a_store_with_another_history_is_refused(source: Store, target: Store) -> None:
    await write(target, [person("z")], at=500)
    with pytest.raises(StoreError, match="the target's write 1 is not the source's"):
        await copy(source, target, Quiet())


async def test_a_store_with_more_writes_is_refused(source: Store, target: Store) -> None:
    await copy(source, target, Quiet())
    await put(target, Provenance.SOURCE, 9_000)
    with pytest.raises(StoreError, match="the target has 4 writes, and the source 3"):
        await copy(source, target, Quiet())


async def test_the_digest_tells_versions_apart(source: Store, target: Store) -> None:
    await write(target, [person("a", Provenance.SYNTHETIC), division("1"), division("2")], at=1_000)
    ours, theirs = await holdings_of(source, 3), await holdings_of(target, 1)
    assert ours["person"].digest != theirs["person"].digest
    assert ours["division"] == theirs["division"]


async def test_what_is_written_later_does_not_count(source: Store, target: Store) -> None:
    await copy(source, target, Quiet())
    await put(source, Provenance.SOURCE, 9_000)
    assert await holdings_of(source, 3) == await holdings_of(target, 3)
