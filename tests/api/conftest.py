"""The API in the process of the test: over the small world, and over all data that ship."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.embedded import open_store
from tests.api.asking import Asker
from tests.api.small_world import build_small_world
from tests.api.watched_store import WatchedStore

MAX_BODY_BYTES = 131_072


@pytest.fixture(scope="session")
def watched() -> WatchedStore:
    """The store under the small world."""
    return WatchedStore(open_store("sqlite:///:memory:", "writer"))


@pytest.fixture(scope="session")
def small_graph(watched: WatchedStore) -> ResponsibilityGraph:
    """The facade over the small world."""
    return asyncio.run(build_small_world(watched.as_store()))


@pytest.fixture(scope="session")
def small(small_graph: ResponsibilityGraph) -> Iterator[Asker]:
    """Asks the small world."""
    with TestClient(build_app(small_graph, max_body_bytes=MAX_BODY_BYTES)) as client:
        yield Asker(client)


@pytest.fixture(scope="session")
def loaded(loaded_store: Path) -> Iterator[Asker]:
    """Asks all data that ship."""
    graph = ResponsibilityGraph(open_store(f"sqlite:///{loaded_store}", "reader"))
    with TestClient(build_app(graph, max_body_bytes=MAX_BODY_BYTES)) as client:
        yield Asker(client)


@pytest.fixture(scope="session")
def facts_only(facts_store: Path) -> Iterator[Asker]:
    """Asks the facts of the sources, without anything synthetic."""
    graph = ResponsibilityGraph(open_store(f"sqlite:///{facts_store}", "reader"))
    with TestClient(build_app(graph, max_body_bytes=MAX_BODY_BYTES)) as client:
        yield Asker(client)
