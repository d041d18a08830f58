"""A database that an earlier release wrote: readers say what to do, and the next writer brings it up to date."""

from __future__ import annotations

import asyncio

import pytest

from graph_model.errors import StoreUnavailableError
from graph_model.exchange import Count
from graph_model.records import Provenance
from graph_model.stores.opening import open_store
from tests.conformance.graphs import division, organization, write
from tests.neo4j_server import IN_ONE_WORKER, PATIENCE, RunningServer

pytestmark = IN_ONE_WORKER


@pytest.fixture
def earlier_server(neo4j_server: RunningServer) -> RunningServer:
    """Its database is as schema 1 had it: sorts have no nodes of their own."""
    neo4j_server.empty()
    asyncio.run(_write(neo4j_server))
    neo4j_server.run("MATCH (sort:Tallied) DELETE sort")
    neo4j_server.run("MATCH (head:Head) SET head.schema = 1")
    return neo4j_server


async def _write(server: RunningServer) -> None:
    store = open_store(server.url, "writer", password=server.password, patience=PATIENCE)
    await write(store, [division("1"), division("2"), organization("a")])
    await store.close()


def test_a_reader_says_what_to_do(earlier_server: RunningServer) -> None:
    async def read() -> None:
        store = open_store(earlier_server.url, "reader", password=earlier_server.password, patience=PATIENCE)
        try:
            await store.counts()
        finally:
            await store.close()

    with pytest.raises(StoreUnavailableError, match=r"earlier release \(schema 1\): run `python -m loaders load`"):
        asyncio.run(read())


def test_a_writer_brings_it_up_to_date_and_loses_nothing(earlier_server: RunningServer) -> None:
    async def read_twice() -> tuple[tuple[Count, ...], int, int]:
        store = open_store(earlier_server.url, "writer", password=earlier_server.password, patience=PATIENCE)
        try:
            page = await store.list_records("division", first=1)
            return await store.counts(), page.total, (await store.header()).generation
        finally:
            await store.close()

    counts, divisions, generation = asyncio.run(read_twice())
    assert Count(Provenance.SOURCE, 3, 0) in counts
    assert (divisions, generation) == (2, 1)
