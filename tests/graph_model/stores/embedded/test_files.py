"""What may lie at a store's address, and what is said about all else."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import apsw
import pytest

from graph_model.errors import (
    StoreError,
    StoreFullError,
    StoreInvalidError,
    StoreNewerError,
    StoreUnavailableError,
)
from graph_model.stores.embedded import open_store
from graph_model.stores.embedded.files import check_library, connect
from graph_model.stores.embedded.schema import APPLICATION_ID, SCHEMA_VERSION
from tests.conformance.graphs import nodes_of, person, write

Mode = Literal["reader", "writer"]
MODES = pytest.mark.parametrize("mode", ["reader", "writer"])
NOBODY = 65534
ON_POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Root may open every file: for as long as this lasts it is nobody in particular."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that any user may write in; pytest's own is shut to others."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


def load(url: str, *keys: str) -> None:
    """Write some persons into a store, and close it."""

    async def run() -> None:
        store = open_store(url, "writer")
        await write(store, [person(key) for key in keys or "a"])
        await store.close()

    asyncio.run(run())


async def look_up(url: str, key: str) -> list[str]:
    """Open a store, and read a person from it."""
    store = open_store(url, "reader")
    try:
        return nodes_of(await store.lookup([f"person:{key}"]))
    finally:
        await store.close()


def test_a_writer_makes_the_file_and_its_folder(tmp_path: Path) -> None:
    load(f"sqlite:///{tmp_path}/new/folder/zeren.sqlite")
    assert (tmp_path / "new/folder/zeren.sqlite").stat().st_size > 0


def test_a_reader_finds_what_a_writer_wrote(url: str) -> None:
    load(url)
    assert asyncio.run(look_up(url, "a")) == ["person:a"]


async def test_a_reader_does_not_write(url: str) -> None:
    await open_store(url, "writer").close()
    store = open_store(url, "reader")
    with pytest.raises(StoreError, match="opened for reading"):
        await write(store, [person("b")])
    await store.close()


async def test_a_relative_address_keeps_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store("sqlite:///zeren.sqlite", "writer")
    await write(store, [person("a")])
    monkeypatch.chdir("/")
    assert len([row async for row in store.dump()]) == 1
    await store.close()


async def test_a_store_in_memory_is_read_and_written() -> None:
    store = open_store("sqlite:///:memory:", "writer")
    await write(store, [person("a")])
    assert [origin async for origin, _ in store.dump()] == ["file"]
    await store.close()


def test_a_store_in_memory_cannot_be_read_only() -> None:
    with pytest.raises(StoreUnavailableError, match="for writing"):
        open_store("sqlite:///:memory:", "reader")


async def test_closing_twice_does_nothing(url: str) -> None:
    store = open_store(url, "writer")
    await store.close()
    await store.close()


async def test_a_closed_store_says_so(url: str) -> None:
    store = open_store(url, "writer")
    await store.close()
    with pytest.raises(StoreUnavailableError, match="closed"):
        await store.header()


def test_the_file_carries_our_mark_and_its_schema(url: str, path: Path) -> None:
    load(url)
    head = path.read_bytes()[:100]
    assert head[68:72] == b"ZREN"
    assert int.from_bytes(head[60:64], "big") == SCHEMA_VERSION


async def test_the_file_is_kept_safe_against_power_cuts(url: str) -> None:
    store = open_store(url, "writer")
    assert store._writer is not None
    assert store._writer._connection.pragma("journal_mode") == "wal"
    assert store._writer._connection.pragma("synchronous") == 2  # FULL
    await store.close()


def test_no_file_is_unavailable_for_reading(url: str, path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match=r"no such file.*python -m loaders load"):
        open_store(url, "reader")
    assert not path.exists()


def test_an_empty_file_is_unavailable_for_reading(url: str, path: Path) -> None:
    path.touch()
    with pytest.raises(StoreUnavailableError, match="the file is empty"):
        open_store(url, "reader")
    assert path.stat().st_size == 0


def test_an_empty_file_becomes_a_store_for_writing(url: str, path: Path) -> None:
    path.touch()
    load(url)


def test_a_database_without_content_becomes_a_store_for_writing(url: str, path: Path) -> None:
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "wal")
    connection.close()
    with pytest.raises(StoreUnavailableError, match="empty"):
        open_store(url, "reader")
    load(url)


@MODES
def test_a_directory_is_refused(tmp_path: Path, mode: Mode) -> None:
    with pytest.raises(StoreInvalidError, match="is a directory"):
        open_store(f"sqlite:///{tmp_path}", mode)


@MODES
def test_a_pipe_is_refused(url: str, path: Path, mode: Mode) -> None:
    os.mkfifo(path)
    with pytest.raises(StoreInvalidError, match="device or pipe"):
        open_store(url, mode)


@MODES
def test_a_path_through_a_file_is_unavailable(tmp_path: Path, mode: Mode) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailableError, match="Not a directory"):
        open_store(f"sqlite:///{tmp_path}/file/zeren.sqlite", mode)


@MODES
@pytest.mark.parametrize("content", [b"id,name\n1,x\n", b"x" * 5_000, b"SQLite format 3\0", b"SQLite format 3\0" * 99])
def test_a_file_that_is_no_database_is_refused_and_left_alone(url: str, path: Path, mode: Mode, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreInvalidError, match=r"zeren\.sqlite: it is (no database|a database of another program)"):
        open_store(url, mode)
    assert path.read_bytes() == content
    assert os.listdir(path.parent) == [path.name]


@MODES
@pytest.mark.parametrize("journal", ["delete", "wal"])
@pytest.mark.parametrize("application", [0, 0x47504B47])
def test_a_database_of_another_program_is_refused_and_left_alone(
    url: str, path: Path, mode: Mode, journal: str, application: int
) -> None:
    stranger = sqlite3.connect(path)
    stranger.execute(f"PRAGMA journal_mode = {journal}")
    stranger.execute(f"PRAGMA application_id = {application}")
    stranger.execute("CREATE TABLE t (x)")
    stranger.commit()
    stranger.close()
    content = path.read_bytes()
    with pytest.raises(StoreInvalidError, match="another program"):
        open_store(url, mode)
    assert path.read_bytes() == content
    assert os.listdir(path.parent) == [path.name]


@MODES
def test_a_file_of_a_newer_release_is_refused_and_left_alone(url: str, path: Path, mode: Mode) -> None:
    load(url)
    connection = connect(path, writable=True)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    content = path.read_bytes()
    with pytest.raises(StoreNewerError, match=rf"newer release \(schema {SCHEMA_VERSION + 1}"):
        open_store(url, mode)
    assert path.read_bytes() == content


def test_a_file_of_an_earlier_release_must_be_opened_for_writing_first(url: str, path: Path) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1; CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(StoreUnavailableError, match=r"earlier release \(schema 1"):
        open_store(url, "reader")


@ON_POSIX
@MODES
def test_a_file_shut_to_the_user_is_unavailable(shared: Path, mode: Mode) -> None:
    path = shared / "zeren.sqlite"
    with ordinary_user():
        load(f"sqlite:///{path}")
        path.chmod(0)
        with pytest.raises(StoreUnavailableError, match="cannot be opened"):
            open_store(f"sqlite:///{path}", mode)


@ON_POSIX
def test_a_file_that_the_user_may_only_read_is_unavailable_for_writing(shared: Path) -> None:
    path = shared / "zeren.sqlite"
    with ordinary_user():
        load(f"sqlite:///{path}")
        path.chmod(0o444)
        with pytest.raises(StoreUnavailableError, match="may only read"):
            open_store(f"sqlite:///{path}", "writer")


def test_damage_is_told_apart_from_an_answer(url: str, path: Path) -> None:
    load(url, *(str(number) for number in range(2_000)))
    content = bytearray(path.read_bytes())
    content[8_192:] = b"\xff" * (len(content) - 8_192)
    path.write_bytes(content)
    with pytest.raises(StoreInvalidError, match=r"damaged.*backup"):
        asyncio.run(look_up(url, "1"))


def test_a_record_that_cannot_be_read_is_damage(url: str, path: Path) -> None:
    load(url)
    connection = connect(path, writable=True)
    connection.execute("UPDATE node SET data = x'7b7d'")
    connection.close()
    with pytest.raises(StoreInvalidError, match="damaged"):
        asyncio.run(look_up(url, "a"))


async def test_a_full_disk_loses_nothing(url: str) -> None:
    store = open_store(url, "writer")
    await write(store, [person("a")])
    before = await store.header()
    assert store._writer is not None
    connection = store._writer._connection
    connection.pragma("max_page_count", connection.pragma("page_count"))
    with pytest.raises(StoreFullError, match="no room"):
        await write(store, [person(str(number)) for number in range(5_000)])
    assert await store.header() == before
    store._writer._connection.pragma("max_page_count", 1_000_000)
    assert (await write(store, [person("b")])).created == 1
    await store.close()


@pytest.mark.parametrize("version", ["3.51.2", "3.9.99", "2.99.99"])
def test_an_earlier_sqlite_is_refused(version: str) -> None:
    with pytest.raises(StoreError, match="write-ahead log"):
        check_library(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.54.1", "4.0.0"])
def test_a_sound_sqlite_is_accepted(version: str) -> None:
    check_library(version)
