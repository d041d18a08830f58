"""A load into Neo4j that is killed on its way: nobody sees any of it, and the same load again goes on behind it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import neo4j
import pytest

from graph_model.stores.neo4j.address import parse_url
from graph_model.stores.opening import open_store
from tests.neo4j_server import IN_ONE_WORKER, PATIENCE, RunningServer

pytestmark = [IN_ONE_WORKER, pytest.mark.long]

PROJECT = Path(__file__).resolve().parents[2]
PARTS: Final = 20
"""How many of the load's transactions are through when it is killed; there are more than two hundred."""
_PENDING = "MATCH (head:Head) RETURN coalesce(head.pending_done, 0) AS done, head.pending_moment AS moment"


def begin_load(server: RunningServer) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "loaders", "load", "--store", server.url],
        cwd=PROJECT,
        env={**os.environ, "ZEREN_STORE_PASSWORD": server.password},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def pending(server: RunningServer) -> tuple[int, int | None]:
    """How many parts of an unfinished load are there, and its moment; a new server has no head yet."""
    address = parse_url(server.url)
    with neo4j.GraphDatabase.driver(address.server, auth=(address.user or "", server.password)) as driver:
        rows = driver.execute_query(_PENDING, database_=address.database).records
    return (rows[0]["done"], rows[0]["moment"]) if rows else (0, None)


async def state(url: str, password: str | None) -> tuple[int, str]:
    store = open_store(url, "reader", password=password, patience=PATIENCE)
    header = await store.header()
    await store.close()
    return header.generation, header.version


def load_again(server: RunningServer) -> str:
    """Load until the lease of the one that was killed has run out."""
    deadline = time.monotonic() + 400
    while time.monotonic() < deadline:
        process = begin_load(server)
        said, _ = process.communicate()
        if process.returncode == 0:
            return said
        assert "another writer is at work" in said
    pytest.fail("the lease does not end")


def test_a_load_that_was_killed_goes_on_where_it_was(neo4j_server: RunningServer, loaded_store: Path) -> None:
    neo4j_server.empty()
    process = begin_load(neo4j_server)
    try:
        while pending(neo4j_server)[0] < PARTS:
            assert process.poll() is None, process.communicate()[0]
    finally:
        process.kill()
        process.communicate()
    done, moment = pending(neo4j_server)
    assert asyncio.run(state(neo4j_server.url, neo4j_server.password))[0] == 0
    load_again(neo4j_server)
    assert asyncio.run(state(neo4j_server.url, neo4j_server.password)) == asyncio.run(
        state(f"sqlite:///{loaded_store}", None)
    )
    assert _recorded_at(neo4j_server) == moment, f"it began anew, and {done} parts were there"


def _recorded_at(server: RunningServer) -> int:
    """The moment at which the first write was recorded."""

    async def read() -> int:
        store = open_store(server.url, "reader", password=server.password, patience=PATIENCE)
        entry = (await store.entries([1]))[1]
        await store.close()
        return entry.recorded_at

    return asyncio.run(read())
