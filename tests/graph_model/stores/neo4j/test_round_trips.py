"""How often the server is asked for one request: once, for a chain over HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import neo4j
import pytest
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.base import Store
from graph_model.stores.neo4j.connection import Connection
from graph_model.stores.neo4j.sending import Parameters
from graph_model.stores.opening import open_store
from tests.api.asking import Asker
from tests.api.test_operations import VARIABLES, text
from tests.conformance.small_campaign import WEST, begin
from tests.neo4j_server import IN_ONE_WORKER, PATIENCE, RunningServer

pytestmark = IN_ONE_WORKER

CHAIN = "village-chain"
ASKED = {**VARIABLES[CHAIN], "code": WEST.partition(":")[2], "asOf": "2017-06-30"}


@pytest.fixture
def asker(neo4j_server: RunningServer) -> Iterator[Asker]:
    neo4j_server.empty()

    def opened() -> Store:
        return open_store(neo4j_server.url, "writer", password=neo4j_server.password, patience=PATIENCE)

    async def fill() -> None:
        store = opened()
        await begin(store)
        await store.close()

    asyncio.run(fill())
    with TestClient(build_app(ResponsibilityGraph(opened()), max_body_bytes=131_072)) as client:
        while client.get("/ready").status_code != 200:
            time.sleep(0.05)  # it plans its queries, which are statements too
        yield Asker(client)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All statements that are sent to read."""
    sent: list[str] = []
    rows = Connection.rows

    async def noted(
        connection: Connection, statement: str, parameters: Parameters, *, seconds: float | None = None
    ) -> list[neo4j.Record]:
        sent.append(statement)
        return await rows(connection, statement, parameters, seconds=seconds)

    monkeypatch.setattr(Connection, "rows", noted)
    return sent


def test_a_chain_over_http_is_one_query(asker: Asker, statements: list[str]) -> None:
    first = asker.data(text(CHAIN), ASKED)  # also asks what the data set says of itself
    statements.clear()
    assert asker.data(text(CHAIN), ASKED) == first
    assert len(statements) == 1
    assert first["village"]["accountabilityChain"]["links"]
