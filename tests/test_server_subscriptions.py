"""Subscriptions of the server as a process, while another process writes: seen within a second, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import IO, Any

import pytest
from websockets.sync.client import ClientConnection

from graph_model.stores.embedded import open_store
from tests.api.small_world import FIRST_VILLAGE, build_small_world
from tests.serving import PROJECT, serving
from tests.test_server_sockets import Deaf, opened

TEAM = f"assignment:resident-team:organization:team~division:{FIRST_VILLAGE}"
# Takes the team away and gives it back, a line at a time: each line read is a write, each line printed says that it is
# on disk.
WRITER = f"""
import asyncio, sys
from graph_model.exchange import Edit, EditRequest
from graph_model.stores.embedded import open_store
from tests.api.small_world import list_records

(team,) = [record for record in list_records() if record.id == {TEAM!r}]

async def main():
    store = open_store(sys.argv[1], "writer")
    for number, _ in enumerate(sys.stdin):
        async def decide(reader):
            return Edit(puts=(team,)) if number % 2 else Edit(removes=(team.id,))
        edited = await store.edit(decide, EditRequest("writer", "edit"), recorded_at=0)
        print(edited.entry.number, flush=True)
    await store.close()

asyncio.run(main())
"""
CHAIN_CHANGED = """
subscription($code: String!, $since: String) {
  chainChanged(code: $code, since: $since) {
    since until difference { linksGained { assignment { id } } linksLost { assignment { id } } }
  }
}
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "zeren.db"

    async def fill() -> None:
        await (await build_small_world(open_store(f"sqlite:///{path}", "writer"))).close()

    asyncio.run(fill())
    return path


class Writer:
    """Another process that writes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def write(self) -> int:
        """One write; its number, once it is on disk."""
        _pipe(self._process.stdin).write("\n")
        _pipe(self._process.stdin).flush()
        return int(_pipe(self._process.stdout).readline())


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


@contextmanager
def writing(store: Path) -> Iterator[Writer]:
    command = [sys.executable, "-c", WRITER, f"sqlite:///{store}"]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Writer(process)
        _pipe(process.stdin).close()


def subscribe(client: ClientConnection, **variables: object) -> None:
    payload = {"query": CHAIN_CHANGED, "variables": {"code": FIRST_VILLAGE, **variables}}
    client.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))


def event(client: ClientConnection) -> Any:  # noqa: ANN401 - JSON
    message = json.loads(client.recv(timeout=30))
    assert message["type"] == "next", message
    return message["payload"]["data"]["chainChanged"]


def number_of(checkpoint: str) -> int:
    return int(checkpoint.partition("@")[0])


def test_another_processs_writes_are_seen_within_a_second(store: Path) -> None:
    with serving(store) as server, writing(store) as writer, opened(server) as client:
        subscribe(client, since=checkpoint(client))
        seconds, seen = [], []
        for _ in range(7):
            written = writer.write()
            began = time.monotonic()
            told = event(client)
            seconds.append(time.monotonic() - began)
            seen.append(number_of(told["until"]) == written)
    assert all(seen)
    assert median(seconds) < 1


def checkpoint(client: ClientConnection) -> str:
    query = {"id": "checkpoint", "type": "subscribe", "payload": {"query": "{ dataset { checkpoint } }"}}
    client.send(json.dumps(query))
    answer = json.loads(client.recv(timeout=30))
    assert json.loads(client.recv(timeout=30))["type"] == "complete"
    return str(answer["payload"]["data"]["dataset"]["checkpoint"])


def test_who_was_cut_off_goes_on_with_another_server(store: Path) -> None:
    with writing(store) as writer:
        with serving(store) as server, opened(server) as client:
            subscribe(client, since=checkpoint(client))
            writer.write()
            first = event(client)
        for _ in range(2):
            writer.write()
        last = writer.write()
        with serving(store) as server, opened(server) as client:
            subscribe(client, since=first["until"])
            again = event(client)
    assert [link["assignment"]["id"] for link in first["difference"]["linksLost"]] == [TEAM]
    assert (again["since"], number_of(again["until"])) == (first["until"], last)
    assert [link["assignment"]["id"] for link in again["difference"]["linksGained"]] == [TEAM]


def test_who_does_not_read_holds_up_nobody(store: Path) -> None:
    with serving(store, body_timeout_seconds="2") as server, writing(store) as writer, opened(server) as client:
        since = checkpoint(client)
        deaf = Deaf(server)
        payload = {"query": CHAIN_CHANGED, "variables": {"code": FIRST_VILLAGE, "since": since}}
        deaf.say(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        deaf.flood()
        subscribe(client, since=since)
        for _ in range(4):
            written = writer.write()
            assert number_of(event(client)["until"]) == written
        deaf.socket.close()
