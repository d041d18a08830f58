"""Several processes at one file: one writer, readers beside it, and a writer that is killed."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from graph_model.errors import StoreInvalidError, StoreLockedError
from graph_model.records import content_hash
from graph_model.stores.embedded import open_store
from tests.conformance.graphs import nodes_of, person, write

Start = Callable[..., subprocess.Popen[str]]

_WRITER = """
import asyncio, sys
from graph_model.stores.embedded import open_store
from tests.conformance.graphs import person, write

async def main():
    store = open_store(sys.argv[1], "writer")
    print("open", flush=True)
    for number, line in enumerate(sys.stdin):
        await write(store, [person(line.strip())], origin=str(number))
        print("written", flush=True)
    await store.close()

asyncio.run(main())
"""

_BUSY_WRITER = """
import asyncio, sys
from graph_model.stores.embedded import open_store
from tests.conformance.graphs import person, write

async def main():
    store = open_store(sys.argv[1], "writer")
    first = (await store.header()).generation
    for number in range(first, first + 100_000):
        await write(store, [person(f"{number}-{part}") for part in range(20)], origin=str(number))
        print((await store.header()).generation, flush=True)

asyncio.run(main())
"""


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


async def test_a_second_writer_in_a_process_is_refused(url: str) -> None:
    store = open_store(url, "writer")
    with pytest.raises(StoreLockedError):
        open_store(url, "writer")
    await store.close()


async def test_a_second_writer_by_another_path_is_refused(path: Path, url: str) -> None:
    store = open_store(url, "writer")
    link = path.with_name("link.sqlite")
    link.symlink_to(path)
    with pytest.raises(StoreLockedError):
        open_store(f"sqlite:///{link}", "writer")
    await store.close()


def test_a_writer_in_another_process_is_named(url: str, start: Start) -> None:
    writer = start(_WRITER, url)
    assert line_of(writer) == "open"
    with pytest.raises(StoreLockedError, match=f"process {writer.pid} "):
        open_store(url, "writer")


async def test_a_closed_writer_lets_in_the_next(url: str) -> None:
    await open_store(url, "writer").close()
    await open_store(url, "writer").close()


def test_a_failed_opening_holds_no_lock(url: str, path: Path) -> None:
    path.write_text("not a database")
    with pytest.raises(StoreInvalidError):
        open_store(url, "writer")
    path.unlink()
    asyncio.run(open_store(url, "writer").close())


def test_a_killed_writer_lets_in_the_next(url: str, start: Start) -> None:
    writer = start(_WRITER, url)
    assert line_of(writer) == "open"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    asyncio.run(open_store(url, "writer").close())


async def test_a_reader_sees_what_another_process_commits(url: str, start: Start) -> None:
    writer = start(_WRITER, url)
    assert line_of(writer) == "open"
    store = open_store(url, "reader")
    before = await store.header()
    tell(writer, "a")
    assert line_of(writer) == "written"
    assert nodes_of(await store.lookup(["person:a"])) == ["person:a"]
    assert (before.generation, (await store.header()).generation) == (0, 1)
    await store.close()


async def test_a_writer_is_not_disturbed_by_readers_that_come_and_go(url: str, start: Start) -> None:
    store = open_store(url, "writer")
    await write(store, [person("a")], "0")
    for number in range(1, 4):
        reader = open_store(url, "reader")
        assert (await reader.header()).generation == number
        await reader.close()
        await write(store, [person(str(number))], str(number))
    await store.close()


@pytest.mark.parametrize("acknowledged", [1, 7, 30])
async def test_what_was_acknowledged_survives_a_kill(url: str, start: Start, acknowledged: int) -> None:
    writer = start(_BUSY_WRITER, url)
    last = [int(line_of(writer)) for _ in range(acknowledged)][-1]
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    store = open_store(url, "writer")
    header = await store.header()
    dumped = [data async for _, data in store.dump()]
    assert header.generation >= last
    assert len(dumped) == header.generation * 20
    assert header.version == f"{sum(map(content_hash, dumped)) % 2**256:064x}"
    await store.close()
