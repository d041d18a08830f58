"""The second regime in both stores: its operations give the same bytes, from a reach, a village, a post."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import build_app
from api.limits.bounds import LoadBounds
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.base import Store
from graph_model.stores.opening import open_store
from loaders.copying import copy
from tests.api.asking import Asker
from tests.api.conftest import MAX_BODY_BYTES
from tests.api.test_operations import VARIABLES, text
from tests.api.test_river_chiefs import HANDOVERS, YEAR
from tests.neo4j_server import IN_ONE_WORKER, PATIENCE, RunningServer
from tests.silence import Silence

pytestmark = IN_ONE_WORKER


@pytest.fixture(scope="module")
def stores(facts_store: Path, neo4j_server: RunningServer) -> Iterator[tuple[Asker, Asker]]:
    """Who asks the embedded store, and who asks a copy of it in Neo4j."""
    neo4j_server.empty()
    asyncio.run(_copy(facts_store, neo4j_server))
    embedded = open_store(f"sqlite:///{facts_store}", "reader")
    remote = open_store(neo4j_server.url, "reader", password=neo4j_server.password, patience=PATIENCE)
    with TestClient(_app(embedded)) as ours, TestClient(_app(remote)) as theirs:
        yield Asker(ours), Asker(theirs)


def _app(store: Store) -> Any:  # noqa: ANN401 - an ASGI application
    bounds = LoadBounds(request_seconds=120)
    return build_app(ResponsibilityGraph(store), max_body_bytes=MAX_BODY_BYTES, load_bounds=bounds)


async def _copy(loaded: Path, server: RunningServer) -> None:
    source = open_store(f"sqlite:///{loaded}", "reader")
    target = open_store(server.url, "writer", password=server.password, patience=PATIENCE)
    await copy(source, target, Silence())
    await source.close()
    await target.close()


@pytest.mark.parametrize("name", ["waters", "reach-chain", "chief-seats", "patrols"])
def test_an_operation_gives_the_same_bytes(stores: tuple[Asker, Asker], name: str) -> None:
    ours, theirs = (asker.post(text(name), VARIABLES[name]) for asker in stores)
    assert ours.content == theirs.content
    assert b'"errors"' not in ours.content


@pytest.mark.parametrize("of", ["asset:nu-huitong", "5305", "post:530581:party-secretary"])
def test_handovers_are_the_same(stores: tuple[Asker, Asker], of: str) -> None:
    ours, theirs = (asker.post(HANDOVERS, {"of": of, **YEAR}) for asker in stores)
    assert ours.content == theirs.content
    assert b'"errors"' not in ours.content
