"""After a fault of the disk nothing more is written, until the store is opened anew."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from graph_model.errors import CommitUnknownError, StoreFencedError, StoreFullError
from graph_model.exchange import Edit, Edited, EditRequest
from graph_model.stores.base import Store, StoreReader
from graph_model.stores.embedded.opening import Mode, open_file
from tests.conformance.graphs import nodes_of, person, write
from tests.durability.disk import Event, Flush, Write, disk, failed_flush, failed_write, no_room


class Trouble:
    """Lets a disk fail from when it is begun: whatever of a kind is done to the write-ahead log."""

    def __init__(self) -> None:
        self.fault: apsw.Error | None = None
        self.kind: type[Event] = Flush

    def listen(self, event: Event) -> None:
        if self.fault is not None and isinstance(event, self.kind) and event.path.endswith("-wal"):
            raise self.fault

    def begin(self, kind: type[Event], fault: apsw.Error) -> None:
        self.kind, self.fault = kind, fault


@pytest.fixture
def trouble() -> Trouble:
    return Trouble()


@pytest.fixture
def failing(trouble: Trouble) -> Iterator[str]:
    with disk(trouble.listen) as name:
        yield name


async def put(store: Store, key: str) -> Edited:
    async def decide(_: StoreReader) -> Edit:
        return Edit((person(key),), answer=key.encode())

    return await store.edit(decide, EditRequest("anna", "test", key=key, digest=key), recorded_at=5_000)


async def persons(store: Store) -> list[str]:
    return nodes_of(await store.lookup([f"person:{key}" for key in "abcd"]))


async def test_a_failed_flush_leaves_the_commit_unknown(path: Path, trouble: Trouble, failing: str) -> None:
    store = open_file(path, Mode.WRITER, failing)
    await put(store, "a")
    trouble.begin(Flush, failed_flush())
    with pytest.raises(CommitUnknownError, match="same key"):
        await put(store, "b")
    await store.close()


async def test_nothing_is_written_after_a_failed_flush(path: Path, trouble: Trouble, failing: str) -> None:
    store = open_file(path, Mode.WRITER, failing)
    trouble.begin(Flush, failed_flush())
    with pytest.raises(CommitUnknownError):
        await put(store, "a")
    trouble.fault = None  # the next flush would succeed
    with pytest.raises(StoreFencedError, match="restart"):
        await put(store, "b")
    with pytest.raises(StoreFencedError):
        await write(store, [person("c")])
    with pytest.raises(StoreFencedError):
        await store.check_writing()
    await store.close()


async def test_a_load_is_fenced_likewise(path: Path, trouble: Trouble, failing: str) -> None:
    store = open_file(path, Mode.WRITER, failing)
    trouble.begin(Flush, failed_flush())
    with pytest.raises(CommitUnknownError):
        await write(store, [person("a")])
    trouble.fault = None
    with pytest.raises(StoreFencedError):
        await put(store, "b")
    await store.close()


async def test_reading_goes_on(path: Path, trouble: Trouble, failing: str) -> None:
    store = open_file(path, Mode.WRITER, failing)
    await put(store, "a")
    trouble.begin(Flush, failed_flush())
    with pytest.raises(CommitUnknownError):
        await put(store, "b")
    assert await persons(store) == ["person:a"]
    assert (await store.header()).generation == 1
    await store.close()


async def test_all_of_a_group_are_told(path: Path, trouble: Trouble, failing: str) -> None:
    store = open_file(path, Mode.WRITER, failing)
    trouble.begin(Write, failed_write())
    told = await asyncio.gather(*(put(store, key) for key in "abc"), return_exceptions=True)
    assert [type(error) for error in told] == [CommitUnknownError] * 3
    await store.close()


async def test_opened_anew_it_writes_on(path: Path, trouble: Trouble, failing: str) -> None:
    store = open_file(path, Mode.WRITER, failing)
    await put(store, "a")
    trouble.begin(Flush, failed_flush())
    with pytest.raises(CommitUnknownError):
        await put(store, "b")
    await store.close()
    trouble.fault = None
    store = open_file(path, Mode.WRITER, failing)
    edited = await put(store, "b")  # either it was there, or it is now
    assert (edited.answer, edited.entry and edited.entry.number) == (b"b", 2)
    await put(store, "c")
    assert await persons(store) == ["person:a", "person:b", "person:c"]
    await store.check_writing()
    await store.close()


async def test_a_failed_write_before_the_commit_is_fenced_too(path: Path, trouble: Trouble, failing: str) -> None:
    store = open_file(path, Mode.WRITER, failing)
    assert store._writer is not None
    store._writer._connection.pragma("cache_size", 10)  # what does not fit is written before the commit
    trouble.begin(Write, failed_write())
    with pytest.raises(StoreFencedError):
        await write(store, [person(str(number)) for number in range(2_000)])
    trouble.fault = None
    assert (await store.header()).generation == 0
    with pytest.raises(StoreFencedError):
        await put(store, "b")
    await store.close()


async def test_a_full_disk_is_no_fault_and_heals_by_itself(path: Path, trouble: Trouble, failing: str) -> None:
    store = open_file(path, Mode.WRITER, failing)
    await put(store, "a")
    trouble.begin(Write, no_room())
    with pytest.raises(StoreFullError) as told:
        await put(store, "b")
    assert told.value.retryable
    await store.check_writing()
    assert await persons(store) == ["person:a"]
    trouble.fault = None
    edited = await put(store, "b")
    assert not edited.is_repeated
    assert await persons(store) == ["person:a", "person:b"]
    await store.close()


async def test_a_store_that_only_reads_is_not_fenced(path: Path) -> None:
    await open_file(path, Mode.WRITER).close()
    store = open_file(path, Mode.READER)
    await store.check_writing()
    await store.close()
