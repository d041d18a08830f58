"""A long journal is the one that edits would have written."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from benchmarks.journal import write_journal
from graph_model.exchange import Edit, EditRequest
from graph_model.graph import ResponsibilityGraph
from graph_model.records import Text
from graph_model.stores.base import StoreReader
from graph_model.stores.embedded import open_store
from graph_model.stores.keeping import verify
from tests.api.small_world import build_small_world

TURNS = 7


@pytest.fixture
async def ids(tmp_path: Path) -> list[str]:
    """The assignments of a small world, which lies in two files."""
    found: list[str] = []
    for name in ("edited", "written"):
        graph = await build_small_world(open_store(f"sqlite:///{tmp_path / name}", "writer"))
        page = await graph.list_assignments(await graph.moment(), first=3)
        found = [relation.id for relation in page.relations]
        await graph.close()
    return found


async def edit(path: Path, ids: list[str]) -> None:
    graph = ResponsibilityGraph(open_store(f"sqlite:///{path}", "writer"))
    held = (await graph.journal(first=1)).total
    for number in range(TURNS):
        record, key = ids[number % len(ids)], f"history-{held + number + 1}"

        async def decide(reader: StoreReader, record: str = record, key: str = key) -> Edit:
            present = (await reader.records([record]))[record]
            note = Text(zh=f"测试 {key}", en=f"benchmark {key}")
            basis = msgspec.structs.replace(present.basis, note=note)
            return Edit((msgspec.structs.replace(present, basis=basis),))

        await graph.edit(decide, EditRequest("benchmarks", "note", key=key, digest=key))
    await graph.close()


async def test_the_rows_are_those_of_edits(ids: list[str], tmp_path: Path) -> None:
    await edit(tmp_path / "edited", ids)
    write_journal(tmp_path / "written", ids, TURNS + 1)
    ours, theirs = [verify(f"sqlite:///{tmp_path / name}") for name in ("written", "edited")]
    assert (ours.writes, ours.versions, ours.version) == (theirs.writes, theirs.versions, theirs.version)
    stores = [open_store(f"sqlite:///{tmp_path / name}", "reader") for name in ("written", "edited")]
    mine, others = [[row async for row in store.dump()] for store in stores]
    assert mine == others
    entries = [(await store.journal(first=TURNS)).entries for store in stores]
    for one, other in zip(*entries, strict=True):
        assert msgspec.structs.replace(one, recorded_at=0, version="") == msgspec.structs.replace(
            other, recorded_at=0, version=""
        )
        assert one.version == other.version
    for store in stores:
        await store.close()


async def test_no_more_is_written_than_is_wanted(ids: list[str], tmp_path: Path) -> None:
    for entries in (4, 4, 2):
        write_journal(tmp_path / "written", ids, entries)
        assert verify(f"sqlite:///{tmp_path / 'written'}").writes == 4
