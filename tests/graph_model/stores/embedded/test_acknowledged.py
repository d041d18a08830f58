"""The note of the last acknowledged write: what a store lost since does not go unnoticed."""

from __future__ import annotations

import asyncio
import errno
import shutil
from pathlib import Path

import pytest

from graph_model.errors import StoreFencedError, StoreInvalidError
from graph_model.stores.embedded import open_store
from graph_model.stores.embedded.acknowledged import Note, read_note
from tests.conformance.graphs import person, write

Mode = pytest.mark.parametrize("mode", ["reader", "writer"])


def load(url: str, *keys: str) -> None:
    async def run() -> None:
        store = open_store(url, "writer")
        for key in keys:
            await write(store, [person(key)], origin=key)
        await store.close()

    asyncio.run(run())


def noted(path: Path) -> int | None:
    note = read_note(path)
    return None if note is None else note.number


async def test_a_write_is_noted_before_anybody_is_told(path: Path, url: str) -> None:
    store = open_store(url, "writer")
    assert noted(path) == 0
    await write(store, [person("a")])
    assert noted(path) == 1
    await store.close()
    assert noted(path) == 1


def test_a_store_without_a_note_is_given_one(path: Path, url: str) -> None:
    load(url, "a", "b")
    path.with_name(path.name + ".last").unlink()
    asyncio.run(open_store(url, "reader").close())
    assert noted(path) is None
    asyncio.run(open_store(url, "writer").close())
    assert noted(path) == 2


@Mode
def test_an_older_copy_is_refused(path: Path, url: str, mode: str) -> None:
    load(url, "a")
    older = path.with_name("older")
    shutil.copyfile(path, older)
    load(url, "b")
    older.replace(path)
    with pytest.raises(StoreInvalidError, match=r"holds 1 writes, and 2 were acknowledged.*backup"):
        open_store(url, "reader" if mode == "reader" else "writer")


@Mode
def test_another_store_is_refused(path: Path, url: str, mode: str) -> None:
    load(url, "a")
    other = path.with_name("other.sqlite")
    load(f"sqlite:///{other}", "b")
    other.replace(path)
    with pytest.raises(StoreInvalidError, match="write 1 is another one"):
        open_store(url, "reader" if mode == "reader" else "writer")


@Mode
def test_a_store_that_is_gone_is_told(path: Path, url: str, mode: str) -> None:
    load(url, "a")
    path.unlink()
    with pytest.raises(StoreInvalidError, match=r"gone, and 1 writes .*delete .*\.last"):
        open_store(url, "reader" if mode == "reader" else "writer")
    assert not path.exists()


def test_what_is_there_can_be_accepted(path: Path, url: str) -> None:
    load(url, "a")
    path.unlink()
    path.with_name(path.name + ".last").unlink()
    load(url, "b")
    assert noted(path) == 1


@pytest.mark.parametrize("content", [b"x", b"1 2\n", b"9" * 86])
def test_a_damaged_note_is_told(path: Path, url: str, content: bytes) -> None:
    load(url, "a")
    path.with_name(path.name + ".last").write_bytes(content)
    with pytest.raises(StoreInvalidError, match=r"\.last: .*delete this file"):
        open_store(url, "reader")


@pytest.mark.parametrize("content", [b"", bytes(86)])
def test_a_note_that_did_not_reach_the_disk_is_none(path: Path, url: str, content: bytes) -> None:
    load(url, "a")
    path.with_name(path.name + ".last").write_bytes(content)
    assert noted(path) is None
    load(url, "b")
    assert noted(path) == 2


async def test_a_note_that_cannot_be_written_stops_the_writing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(url, "writer")

    class Broken:
        name = "broken"

        def seek(self, _: int) -> int:
            raise OSError(errno.EIO, "Input/output error")

    assert store._writer is not None
    note = store._writer._note
    assert isinstance(note, Note)
    monkeypatch.setattr(note, "_file", Broken())
    assert (await write(store, [person("a")])).created == 1  # it is on the disk
    with pytest.raises(StoreFencedError):
        await write(store, [person("b")])
    monkeypatch.undo()
    await store.close()


async def test_a_note_without_room_stays_at_an_earlier_write(
    path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(url, "writer")

    class Full:
        name = "full"

        def seek(self, _: int) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    assert store._writer is not None
    monkeypatch.setattr(store._writer._note, "_file", Full())
    await write(store, [person("a")])
    await store.check_writing()
    assert noted(path) == 0
    monkeypatch.undo()
    await write(store, [person("b")])
    assert noted(path) == 2
    await store.close()
