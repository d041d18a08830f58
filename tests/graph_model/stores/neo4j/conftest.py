"""A server whose plans are made, so that what takes its time is the fault that a test is about."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from graph_model.errors import StoreUnavailableError
from graph_model.stores.opening import open_store
from tests.durability.edits import put_pair
from tests.neo4j_server import PATIENCE, RunningServer

_SLACK = 3.0
"""How many seconds a busy machine may add to what was configured."""

Within = Callable[[float], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def planned_server(neo4j_server: RunningServer) -> RunningServer:
    """A server that has planned what is asked of it, and one edit."""
    neo4j_server.empty()
    asyncio.run(_plan(neo4j_server))
    return neo4j_server


async def _plan(server: RunningServer) -> None:
    store = open_store(server.url, "writer", password=server.password, patience=PATIENCE)
    await put_pair(store, "first")
    while True:
        try:
            await store.warm_up()
        except StoreUnavailableError:
            continue  # it has waited a moment
        break
    await store.close()


@pytest.fixture
def within() -> Within:
    """Asserts that what happens inside does not take longer than it may."""

    @contextmanager
    def bounded(seconds: float) -> Iterator[None]:
        started = time.monotonic()
        yield
        taken = time.monotonic() - started
        assert taken < seconds + _SLACK, f"it took {taken:.1f} s, and may take {seconds:.1f} s"

    return bounded
