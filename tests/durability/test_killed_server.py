"""A Neo4j server, or who writes to it, killed under load: nothing acknowledged is lost, nothing half there or twice."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from msgspec import Struct, field

from graph_model.stores.opening import open_store
from tests.durability.edits import check_kept_by
from tests.durability.showing import Show
from tests.neo4j_server import IN_ONE_WORKER, PASSWORD, PATIENCE, MortalServer, mortal_server

pytestmark = [IN_ONE_WORKER, pytest.mark.long]

PROJECT = Path(__file__).resolve().parents[2]
LEAST = 50
"""With fewer acknowledged edits a round shows nothing."""
MOST = 200
PARTS = 10
ROUNDS = 2
"""Of a part: in one of them it is the server that is killed, in the other who writes to it."""


class Told(Struct):
    """What a writer was told: the numbers of what was acknowledged, and which were surely not written, by key."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MortalServer]:
    """A server whose database lives through all rounds."""
    with mortal_server(tmp_path_factory.mktemp("killed-server")) as server:
        asyncio.run(make(server))
        yield server


async def make(server: MortalServer) -> None:
    store = open_store(server.url, "writer", password=PASSWORD, patience=PATIENCE)
    await store.journal(first=1)
    await store.close()


def run_and_kill(server: MortalServer, name: str, lines: int, *, kills_server: bool) -> Told:
    """Start a writer, and kill it, or the server, after so many acknowledgements; what it was told by then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.durability.killed_writer", server.url, name],
        cwd=PROJECT,
        env={**os.environ, "ZEREN_STORE_PASSWORD": PASSWORD},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    told = Told()
    for line in process.stdout:
        key, said = line.decode().split()
        if not said.startswith("!"):
            told.acknowledged[key] = int(said)
        elif said == "!COMMIT_UNKNOWN":
            told.unknown.add(key)
        else:
            told.refused.add(key)
        if len(told.acknowledged) == lines and not kills_server:
            process.kill()
        elif len(told.acknowledged) == lines and not told.unknown | told.refused:
            server.kill()
        elif told.unknown | told.refused:
            process.kill()  # the others would only wait for a server that is gone
    process.stdout.close()
    process.wait()
    assert len(told.acknowledged) >= lines, f"it ended by itself, with {process.returncode}: {told}"
    return told


async def look(server: MortalServer, acknowledged: dict[str, int]) -> dict[str, int]:
    store = open_store(server.url, "reader", password=PASSWORD, patience=PATIENCE)
    try:
        return await check_kept_by(store, acknowledged)
    finally:
        await store.close()


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost(server: MortalServer, show: Show, part: int) -> None:
    chance, told, unknown, refused = Random(part), 0, 0, 0
    for number in range(ROUNDS):
        kills_server = number % 2 == part % 2
        name = f"p{part}r{number}"
        now = run_and_kill(server, name, chance.randint(LEAST, MOST), kills_server=kills_server)
        if kills_server:
            server.start()
        written = asyncio.run(look(server, now.acknowledged))
        assert not now.refused & set(written), "who was told that nothing was written was told wrong"
        told += len(now.acknowledged)
        unknown += len(now.unknown)
        refused += len(now.refused)
    show(
        f"kill -9 on Neo4j: {ROUNDS} rounds, {told} edits acknowledged, none lost;"
        f" {refused} refused and not there, {unknown} told COMMIT_UNKNOWN"
    )
