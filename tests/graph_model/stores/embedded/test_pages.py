"""Each page of a file vouches for itself: what was changed below SQLite is refused when it is read."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from graph_model.errors import StoreFencedError, StoreInvalidError
from graph_model.stores.embedded import open_store
from graph_model.stores.embedded.files import connect
from graph_model.stores.embedded.pages import PAGE_SIZE, RESERVED, DamagedPageError, page_layer
from graph_model.stores.embedded.store import EmbeddedStore
from tests.conformance.graphs import nodes_of, person, write

PERSONS = [str(number) for number in range(1_000)]


@pytest.fixture
def written(path: Path, url: str) -> Path:
    async def run() -> None:
        store = open_store(url, "writer")
        await write(store, [person(key) for key in PERSONS])
        await store.close()

    asyncio.run(run())
    return path


async def look_up(url: str, *keys: str) -> list[str]:
    store = open_store(url, "reader")
    try:
        return nodes_of(await store.lookup([f"person:{key}" for key in keys]))
    finally:
        await store.close()


def leaf_pages(path: Path, name: str) -> list[int]:
    """The pages of a table or index that hold its entries, in their order."""
    connection = connect(path, writable=False)
    pages = [
        page
        for (page,) in connection.execute(
            "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path", (name,)
        )
    ]
    connection.close()
    return pages


def change(path: Path, change: Callable[[bytearray], None]) -> None:
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)


def page(number: int) -> slice:
    return slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE)


def test_every_page_has_a_checksum(written: Path) -> None:
    content = written.read_bytes()
    assert content[20] == RESERVED
    ends = {content[end - RESERVED : end] for end in range(PAGE_SIZE, len(content) + 1, PAGE_SIZE)}
    assert len(ends) == len(content) / PAGE_SIZE


@pytest.mark.parametrize("name", ["node", "node_by_id"])
@pytest.mark.parametrize("bit", [0, 7])
def test_a_flipped_bit_is_refused_with_its_place(written: Path, url: str, name: str, bit: int) -> None:
    number = leaf_pages(written, name)[2]

    def flip(content: bytearray) -> None:
        content[(number - 1) * PAGE_SIZE + 2_000] ^= 1 << bit

    change(written, flip)
    with pytest.raises(StoreInvalidError, match=rf"zeren\.sqlite: .*page {number}, at byte .* backup"):
        asyncio.run(look_up(url, *PERSONS))


def test_two_pages_in_each_others_place_are_refused(written: Path, url: str) -> None:
    one, other = leaf_pages(written, "node_by_id")[2:4]

    def swap(content: bytearray) -> None:
        content[page(one)], content[page(other)] = content[page(other)], content[page(one)]

    change(written, swap)
    with pytest.raises(StoreInvalidError, match=r"page \d+, at byte"):
        asyncio.run(look_up(url, *PERSONS))


async def test_what_was_not_damaged_is_still_read(written: Path, url: str) -> None:
    number = leaf_pages(written, "node_by_id")[-1]
    change(written, lambda content: content.__setitem__(page(number), bytes(PAGE_SIZE)))
    store = open_store(url, "reader")
    for _ in range(2):
        with pytest.raises(StoreInvalidError):
            await store.lookup([f"person:{key}" for key in PERSONS])
        assert nodes_of(await store.lookup(["person:0"])) == ["person:0"]
    await store.close()


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_file_that_was_cut_off_is_refused(written: Path, url: str, kept: float) -> None:
    size = written.stat().st_size

    def cut(content: bytearray) -> None:
        del content[int(size * kept) :]

    change(written, cut)
    with pytest.raises(StoreInvalidError, match="damaged"):
        asyncio.run(look_up(url, *PERSONS))


@pytest.mark.parametrize("place", [16, 18, 20, 24, 28, 40, 56, 62])
def test_a_change_of_the_header_is_refused(written: Path, url: str, place: int) -> None:
    change(written, lambda content: content.__setitem__(place, content[place] ^ 4))
    with pytest.raises(StoreInvalidError):
        asyncio.run(look_up(url, *PERSONS))


async def test_a_first_page_that_is_torn_is_not_read_while_the_log_has_it(path: Path, url: str, tmp_path: Path) -> None:
    store = open_store(url, "writer")
    await write(store, [person("a")])
    folder = tmp_path / "power-lost"
    folder.mkdir()
    for ending in ("", "-wal", ".last"):
        shutil.copyfile(f"{path}{ending}", folder / f"{path.name}{ending}")
    await store.close()
    change(folder / path.name, lambda content: content.__setitem__(slice(512, 1024), b"\xff" * 512))
    assert await look_up(f"sqlite:///{folder / path.name}", "a") == ["person:a"]


def test_sqlite_alone_can_read_it(written: Path) -> None:
    plain = sqlite3.connect(written)
    assert plain.execute("SELECT count(*) FROM node").fetchone() == (len(PERSONS),)
    assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()


def test_parts_of_pages_are_checked_too(path: Path) -> None:
    connection = connect(path, writable=True)
    connection.reserve_bytes("main", RESERVED)
    connection.execute("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100_000))")
    connection.close()
    change(path, lambda content: content.__setitem__(-PAGE_SIZE * 5 + 100, 1))  # in the long value's own pages
    connection = connect(path, writable=False)
    with pytest.raises(DamagedPageError):
        connection.execute("SELECT x FROM t").fetchall()
    connection.close()


def log_of(store: EmbeddedStore) -> Path:
    assert store._path is not None
    return store._path.with_name(store._path.name + "-wal")


async def test_a_log_that_changed_meanwhile_does_not_get_into_the_file(url: str) -> None:
    store = open_store(url, "writer")
    await write(store, [person("a")])
    assert store._writer is not None
    with log_of(store).open("r+b") as log:
        log.seek(-1_000, 2)
        log.write(b"\1")
    with pytest.raises(DamagedPageError, match="write-ahead log"):
        store._writer._connection.wal_checkpoint()
    with pytest.raises(StoreInvalidError, match="write-ahead log"):  # closing it would do the same
        await store.close()


async def test_a_writer_that_reads_damage_is_fenced(written: Path, url: str) -> None:
    number = leaf_pages(written, "node_by_id")[-1]
    change(written, lambda content: content.__setitem__(page(number), bytes(PAGE_SIZE)))
    store = open_store(url, "writer")
    with pytest.raises(StoreInvalidError, match=f"page {number}"):
        await write(store, [person(key) for key in PERSONS], origin="other")
    with pytest.raises(StoreFencedError):
        await store.check_writing()
    await store.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only there are files flushed beside SQLite")
def test_flushing_lets_other_threads_run(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flush waits here until another thread has run: it could not if the flush held Python's lock."""
    connection = connect(path, writable=True)
    connection.pragma("journal_mode", "wal")
    connection.execute("CREATE TABLE t (x)")
    flushing, has_run = threading.Event(), threading.Event()
    original = "graph_model.stores.embedded.flushing.os.fdatasync"

    def wait(_: int) -> None:
        flushing.set()
        assert has_run.wait(30)

    monkeypatch.setattr(original, wait)
    writing = threading.Thread(target=lambda: connection.execute("INSERT INTO t VALUES (1)"))
    writing.start()
    assert flushing.wait(30)
    has_run.set()
    writing.join(30)
    assert connection.execute("SELECT count(*) FROM t").get == 1
    monkeypatch.undo()
    connection.close()


def test_a_failed_flush_is_told_as_sqlite_tells_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = connect(path, writable=True)
    connection.pragma("journal_mode", "wal")
    connection.execute("CREATE TABLE t (x)")

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("graph_model.stores.embedded.flushing.os.fdatasync", fail)
    with pytest.raises(apsw.IOError, match="flushed") as told:
        connection.execute("INSERT INTO t VALUES (1)")
    assert getattr(told.value, "extendedresult", 0) == apsw.SQLITE_IOERR_FSYNC
    monkeypatch.undo()
    connection.close()


def test_no_descriptor_is_left_open(path: Path, url: str) -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    page_layer()
    before = open_files()

    async def run() -> None:
        store, other = open_store(url, "writer"), None
        await write(store, [person("a")])
        other = open_store(url, "reader")
        await store.close()
        await other.close()

    for _ in range(3):
        asyncio.run(run())
    assert open_files() == before


async def test_locks_outlive_another_store_of_the_process(path: Path, url: str) -> None:
    """Closing a descriptor of a file drops the process's locks on it: the reader's must still hold."""
    await open_store(url, "writer").close()
    reader = open_store(url, "reader")
    writer = open_store(url, "writer")
    await write(writer, [person("a")])
    assert writer._writer is not None
    writer._writer._connection.wal_checkpoint()
    await writer.close()
    program = (
        "import apsw, sys\n"
        "connection = apsw.Connection(sys.argv[1])\n"
        "connection.pragma('locking_mode', 'exclusive')\n"
        "try:\n"
        "    connection.pragma('journal_mode', 'delete')\n"
        "except apsw.BusyError:\n"
        "    print('locked')\n"
    )
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", program, str(path), stdout=-1)
    told, _ = await other.communicate()
    assert told == b"locked\n"
    await reader.close()
