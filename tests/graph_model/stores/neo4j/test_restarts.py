"""A server that is down, killed while it is asked, and started again, as those see it who ask Zeren over HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from graph_model.errors import StoreReadOnlyError
from graph_model.stores.opening import open_store
from server import create_app
from settings import Settings
from tests.conformance.small_campaign import begin
from tests.durability.edits import put_pair
from tests.neo4j_server import PASSWORD, PATIENCE, MortalServer, mortal_server

# Servers of their own, killed and started again: whichever worker is free may run them.
pytestmark = pytest.mark.xdist_group("neo4j-restarts")

VILLAGE = {"query": '{ village(code: "530521101201") { code } }'}
PATIENCE_SECONDS = 4.0
"""What a question may take; a busy machine may add as much."""


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[MortalServer]:
    """A server with a small data set, that a test may kill."""
    with mortal_server(tmp_path / "server") as server:
        asyncio.run(_fill(server))
        yield server


async def _fill(server: MortalServer) -> None:
    store = open_store(server.url, "writer", password=PASSWORD, patience=PATIENCE)
    await begin(store)
    await store.close()


@pytest.fixture
def client(mortal: MortalServer) -> Iterator[TestClient]:
    """Asks an application that was started while the server was down."""
    mortal.kill()
    password = SecretStr(PASSWORD)
    settings = Settings(store=mortal.url, store_password=password, store_timeout_seconds=PATIENCE_SECONDS)
    with TestClient(create_app(settings)) as client:
        yield client


def wait_until_ready(client: TestClient) -> None:
    deadline = time.monotonic() + 120
    while (said := client.get("/ready")).status_code != 200:
        assert said.json()["code"] in {"STORE_UNAVAILABLE", "STORE_TIMEOUT"}
        assert time.monotonic() < deadline, said.text


def extensions(answer: httpx2.Response) -> object:
    (error,) = answer.json()["errors"]
    return error["extensions"]


def test_down_at_the_start_killed_and_started_again(mortal: MortalServer, client: TestClient) -> None:
    down = {"code": "STORE_UNAVAILABLE", "retryable": True}
    started = time.monotonic()
    ready, health = client.get("/ready"), client.get("/health")
    assert (ready.status_code, ready.json()["code"], health.status_code) == (503, "STORE_UNAVAILABLE", 200)
    assert extensions(client.post("/graphql", json=VILLAGE)) == down
    assert time.monotonic() - started < 4 * PATIENCE_SECONDS

    mortal.start()
    wait_until_ready(client)
    assert client.post("/graphql", json=VILLAGE).json()["data"] == {"village": {"code": "530521101201"}}

    with mortal.paused(), ThreadPoolExecutor(1) as others:
        asked = others.submit(client.post, "/graphql", json=VILLAGE)
        mortal.kill()
        assert extensions(asked.result(timeout=4 * PATIENCE_SECONDS)) == down
    assert (client.get("/ready").status_code, client.get("/health").status_code) == (503, 200)

    mortal.start()
    wait_until_ready(client)
    assert client.post("/graphql", json=VILLAGE).json()["data"] == {"village": {"code": "530521101201"}}


@pytest.mark.long
async def test_a_database_that_can_only_be_read(mortal: MortalServer) -> None:
    mortal.kill()
    mortal.start({"server.databases.default_to_read_only": "true"})
    store = open_store(mortal.url, "writer", password=PASSWORD, patience=PATIENCE)
    assert (await store.header()).generation == 1
    with pytest.raises(StoreReadOnlyError) as told:
        await put_pair(store, "a")
    assert not told.value.retryable
    assert (await store.header()).generation == 1
    await store.close()
