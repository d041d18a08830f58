"""Waiting for writes, and where they may show, over every store."""

from __future__ import annotations

import asyncio

import pytest

from graph_model.checkpoint import Checkpoint
from graph_model.exchange import Edit, EditRequest
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.base import Store, StoreReader
from tests.api.small_world import FIRST_VILLAGE, build_small_world

pytestmark = pytest.mark.anyio

HERE, THERE = f"division:{FIRST_VILLAGE}", "division:530521101207"


def team_of(village: str) -> str:
    return f"assignment:resident-team:organization:team~{village}"


async def take_away(store: Store, record: str) -> Checkpoint:
    async def decide(_: StoreReader) -> Edit:
        return Edit(removes=(record,))

    edited = await store.edit(decide, EditRequest("李四", "edit"), recorded_at=0)
    assert edited.entry is not None
    return Checkpoint(edited.entry.number, edited.entry.recorded_at)


async def following(store: Store) -> tuple[ResponsibilityGraph, Checkpoint]:
    """The facade that follows what others write, and where it begins."""
    await build_small_world(store)
    graph = ResponsibilityGraph(store, watch_seconds=0.01)
    return graph, await graph.last_checkpoint()


async def test_a_write_wakes_all_who_wait(store: Store) -> None:
    graph, known = await following(store)
    waiting = [asyncio.create_task(graph.next_write(known)) for _ in range(3)]
    written = await take_away(store, team_of(HERE))
    assert await asyncio.gather(*waiting) == [written] * 3


async def test_what_a_write_may_show_in(store: Store) -> None:
    graph, known = await following(store)
    here, there = [(await graph.view([target], await graph.moment())).around.ids for target in (HERE, THERE)]
    written = await take_away(store, team_of(HERE))
    assert await graph.may_show(known, written, here)
    assert not await graph.may_show(known, written, there)
