"""The pages in the process of the test: over the small world, and over all data that ship."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.embedded import open_store
from pages.routes import page_routes
from tests.api.small_world import build_small_world

MAX_BODY_BYTES = 131_072


@pytest.fixture(scope="session")
def small_world() -> ResponsibilityGraph:
    """The facade over the small world."""
    return asyncio.run(build_small_world())


@pytest.fixture(scope="session")
def small(small_world: ResponsibilityGraph) -> Iterator[TestClient]:
    """A client of the small world."""
    with TestClient(build_app(small_world, max_body_bytes=MAX_BODY_BYTES, pages=page_routes(small_world))) as client:
        yield client


@pytest.fixture(scope="session")
def loaded(loaded_store: Path) -> Iterator[TestClient]:
    """A client of all data that ship."""
    graph = ResponsibilityGraph(open_store(f"sqlite:///{loaded_store}", "reader"))
    with TestClient(build_app(graph, max_body_bytes=MAX_BODY_BYTES, pages=page_routes(graph))) as client:
        yield client
