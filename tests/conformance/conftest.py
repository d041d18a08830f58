"""The stores that must meet the contract; another one is one more parameter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph_model.stores.base import Store
from graph_model.stores.opening import open_store
from tests.neo4j_server import IN_ONE_WORKER, PATIENCE, RunningServer


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=IN_ONE_WORKER)])
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str | None]:
    """The URL of an empty store, and its password."""
    if request.param == "embedded":
        return f"sqlite:///{tmp_path}/zeren.sqlite", None
    server: RunningServer = request.getfixturevalue("neo4j_server")
    server.empty()
    return server.url, server.password


@pytest.fixture
async def store(empty_store: tuple[str, str | None]) -> AsyncIterator[Store]:
    """An empty store, open for writing."""
    url, password = empty_store
    opened = open_store(url, "writer", password=password, patience=PATIENCE)
    yield opened
    await opened.close()
