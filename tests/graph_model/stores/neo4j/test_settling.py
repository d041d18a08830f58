"""A COMMIT whose answer is lost is looked up; where it cannot be, that is said, and the same key writes once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from graph_model.errors import CommitUnknownError, StoreUnavailableError
from graph_model.exchange import Batch, Edit, Edited, EditRequest, Written
from graph_model.stores.base import Store, StoreReader
from graph_model.stores.neo4j import comparing, plan
from graph_model.stores.opening import Patience, open_store
from tests.conformance.graphs import nodes_of, person
from tests.graph_model.stores.neo4j.cut_line import Cut, Line, line_to
from tests.neo4j_server import IN_ONE_WORKER, PATIENCE, RunningServer

pytestmark = IN_ONE_WORKER

HASTY = Patience(connect=1.0, read=1.0, write=4.0)
"""So that a server that is out of reach is given up soon."""
EITHER_WAY = pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER])


@pytest.fixture
async def store(neo4j_server: RunningServer) -> AsyncIterator[Store]:
    """A store that the line does not lead to: what the server holds."""
    opened = open_store(neo4j_server.url, "writer", password=neo4j_server.password, patience=PATIENCE)
    await opened.journal(first=1)
    neo4j_server.empty()
    await put(opened, "first")  # the server plans its statements slowly the first time
    await load(opened, "first-of-file")
    neo4j_server.empty()
    yield opened
    await opened.close()


@pytest.fixture
async def line(store: Store, neo4j_server: RunningServer) -> AsyncIterator[tuple[Line, Store]]:
    """A line that can be cut, and the same store at its end."""
    async with line_to(neo4j_server.url) as (line, url):
        opened = open_store(url, "writer", password=neo4j_server.password, patience=HASTY)
        await opened.header()
        yield line, opened
        await opened.close()


async def put(store: Store, key: str, *, by: str = "anna") -> Edited:
    async def decide(_: StoreReader) -> Edit:
        return Edit((person(key),), answer=key.encode())

    return await store.edit(decide, EditRequest(by, "test", key=key, digest=key), recorded_at=5_000)


async def load(store: Store, *keys: str) -> Written:
    (written,) = await store.apply([Batch("file", [person(key) for key in keys])], recorded_at=5_000, author="tests")
    return written


async def written_by(store: Store) -> list[tuple[str, str | None]]:
    """Author and key of all that the journal has, oldest first."""
    page = await store.journal(first=100)
    return [(entry.author, entry.key) for entry in reversed(page.entries)]


@pytest.mark.parametrize("cut", list(Cut))
async def test_an_edit_whose_answer_is_lost_is_looked_up(store: Store, line: tuple[Line, Store], cut: Cut) -> None:
    cutting, through = line
    cutting.cut(cut)
    edited = await put(through, "a")
    assert cutting.was_cut
    assert edited.entry is not None
    assert (edited.entry.number, edited.answer, edited.is_repeated) == (1, b"a", False)
    assert await written_by(store) == [("anna", "a")]


@EITHER_WAY
async def test_it_is_found_also_behind_what_others_wrote_since(
    store: Store, line: tuple[Line, Store], cut: Cut
) -> None:
    cutting, through = line

    async def meanwhile() -> None:
        if cut is Cut.AFTER:  # before it, the head is still locked
            await put(store, "b", by="bo")

    cutting.cut(cut, then=meanwhile)
    edited = await put(through, "a")
    assert edited.entry is not None
    assert edited.entry.number == 1
    assert await written_by(store) == [("anna", "a"), ("bo", "b")][: 2 if cut is Cut.AFTER else 1]


@EITHER_WAY
async def test_where_it_cannot_be_looked_up_that_is_said(store: Store, line: tuple[Line, Store], cut: Cut) -> None:
    cutting, through = line
    cutting.cut(cut, stays_down=True)
    with pytest.raises(CommitUnknownError, match="same key"):
        await put(through, "a")
    assert await written_by(store) == ([("anna", "a")] if cut is Cut.AFTER else [])
    cutting.is_down = False
    again = await put(through, "a")
    assert again.is_repeated is (cut is Cut.AFTER)
    assert again.answer == b"a"
    assert await written_by(store) == [("anna", "a")]
    assert nodes_of(await store.lookup(["person:a"])) == ["person:a"]


@pytest.mark.parametrize("cut", list(Cut))
async def test_a_load_whose_answer_is_lost_is_looked_up(store: Store, line: tuple[Line, Store], cut: Cut) -> None:
    cutting, through = line
    cutting.cut(cut)
    assert await load(through, "a", "b") == Written(created=2)
    assert cutting.was_cut
    assert await written_by(store) == [("tests", None)]


async def test_a_load_is_found_also_behind_what_others_wrote_since(store: Store, line: tuple[Line, Store]) -> None:
    cutting, through = line
    cutting.cut(Cut.AFTER, then=lambda: put(store, "c", by="bo"))
    assert await load(through, "a", "b") == Written(created=2)
    assert await written_by(store) == [("tests", None), ("bo", "c")]


@EITHER_WAY
async def test_a_load_that_cannot_be_looked_up_can_be_done_again(
    store: Store, line: tuple[Line, Store], cut: Cut
) -> None:
    cutting, through = line
    cutting.cut(cut, stays_down=True)
    with pytest.raises(CommitUnknownError):
        await load(through, "a", "b")
    cutting.is_down = False
    again = await load(through, "a", "b")
    assert again == (Written(unchanged=2) if cut is Cut.AFTER else Written(created=2))
    assert await written_by(store) == [("tests", None)]


@pytest.fixture
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A load of a few records takes many transactions."""
    monkeypatch.setattr(comparing, "PART", 2)
    monkeypatch.setattr(plan, "PART", 2)


KEYS = ("a", "b", "c", "d", "e")
STEPS = 6
"""Of a load of these: the lease, the beginning, three parts, the end."""


@pytest.mark.usefixtures("short_parts")
@EITHER_WAY
@pytest.mark.parametrize("step", range(1, STEPS + 1))
async def test_a_load_of_many_parts_goes_on_behind_each(
    store: Store, line: tuple[Line, Store], cut: Cut, step: int
) -> None:
    cutting, through = line
    cutting.cut(cut, at=step)
    assert await load(through, *KEYS) == Written(created=5)
    assert cutting.was_cut
    assert await written_by(store) == [("tests", None)]
    assert nodes_of(await store.lookup([f"person:{key}" for key in KEYS])) == [f"person:{key}" for key in KEYS]


@pytest.mark.usefixtures("short_parts")
@pytest.mark.parametrize("step", [1, STEPS - 1, STEPS])
async def test_only_the_last_commit_of_a_load_of_many_parts_can_be_unknown(
    store: Store, line: tuple[Line, Store], step: int
) -> None:
    cutting, through = line
    cutting.cut(Cut.AFTER, at=step, stays_down=True)
    with pytest.raises(CommitUnknownError if step == STEPS else StoreUnavailableError):
        await load(through, *KEYS)
    assert cutting.was_cut
    assert await written_by(store) == ([("tests", None)] if step == STEPS else [])
