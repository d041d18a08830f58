"""The journal's chain: an entry that was changed, dropped or moved is found when the store is opened."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from graph_model.errors import StoreInvalidError
from graph_model.stores.embedded import open_store
from graph_model.stores.embedded.chain import check_chain
from graph_model.stores.embedded.files import connect
from tests.conformance.graphs import person, write


@pytest.fixture
def written(path: Path, url: str) -> Path:
    """A store with five writes."""

    async def run() -> None:
        store = open_store(url, "writer")
        for number in range(5):
            await write(store, [person(str(number))], origin=str(number))
        await store.close()

    asyncio.run(run())
    return path


def tamper(path: Path, statement: str) -> None:
    connection = connect(path, writable=True)
    connection.execute(statement)
    connection.close()


def test_entries_follow_from_each_other(written: Path) -> None:
    connection = connect(written, writable=False)
    assert check_chain(connection, "here") == 5
    assert check_chain(connection, "here", newest=2) == 2
    connection.close()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE write SET author = 'nobody' WHERE number = 3", "write 3 .* does not follow"),
        ("UPDATE write SET version = hex(zeroblob(32)) WHERE number = 3", "write 3 .* does not follow"),
        ("UPDATE write SET answer = x'00' WHERE number = 5", "write 5 .* does not follow"),
        ("UPDATE write SET checksum = zeroblob(32) WHERE number = 3", "write 3 .* does not follow"),
        ("UPDATE write SET recorded_at = 7 WHERE number = 3", "write 3 .* not recorded later"),
        ("DELETE FROM write WHERE number = 3", "write 3 .* is missing"),
        ("DELETE FROM write WHERE number = 1", "write 1 .* is missing"),
    ],
)
def test_what_was_tampered_with_is_found_at_the_start(written: Path, url: str, statement: str, found: str) -> None:
    tamper(written, statement)
    with pytest.raises(StoreInvalidError, match=found):
        open_store(url, "reader")
    with pytest.raises(StoreInvalidError, match=found):
        open_store(url, "writer")


def test_of_a_long_journal_the_newest_are_checked(written: Path) -> None:
    tamper(written, "UPDATE write SET author = 'nobody' WHERE number = 2")
    connection = connect(written, writable=False)
    assert check_chain(connection, "here", newest=2) == 2
    with pytest.raises(StoreInvalidError, match="write 2 "):
        check_chain(connection, "here", newest=4)
    connection.close()


def test_an_empty_journal_is_whole(path: Path, url: str) -> None:
    asyncio.run(open_store(url, "writer").close())
    connection = connect(path, writable=False)
    assert check_chain(connection, "here", newest=10) == 0
    connection.close()
