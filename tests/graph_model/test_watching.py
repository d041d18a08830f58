"""Watching for writes: one look for all who wait, not more often than it may be, and none for nobody."""

from __future__ import annotations

import asyncio

import pytest

from graph_model.checkpoint import BEGINNING, Checkpoint
from graph_model.errors import StoreUnavailableError
from graph_model.watching import HeadWatch

pytestmark = pytest.mark.anyio

FOR_EVER = 3600.0


class Head:
    """What is looked at, and how often it was; each look waits until it is let through."""

    def __init__(self) -> None:
        self.last = BEGINNING
        self.fault: Exception | None = None
        self.looks = 0
        self.open = asyncio.Event()
        self.open.set()

    async def look(self) -> Checkpoint:
        self.looks += 1
        await self.open.wait()
        if self.fault is not None:
            raise self.fault
        return self.last

    def write(self, number: int) -> None:
        self.last = Checkpoint(number, number)


@pytest.fixture
async def head() -> Head:
    return Head()


async def turns() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_later_write_is_told_at_once(head: Head) -> None:
    head.write(2)
    watch = HeadWatch(head.look, FOR_EVER)
    assert await watch.beyond(Checkpoint(1, 1)) == Checkpoint(2, 2)


async def test_whoever_is_behind_waits_for_no_look(head: Head) -> None:
    head.write(2)
    watch = HeadWatch(head.look, FOR_EVER)
    await watch.beyond(BEGINNING)
    assert await watch.beyond(Checkpoint(1, 1)) == Checkpoint(2, 2)
    assert head.looks == 1


async def test_it_looks_until_there_is_a_write(head: Head) -> None:
    watch = HeadWatch(head.look, 0)
    waiting = asyncio.create_task(watch.beyond(BEGINNING))
    await turns()
    assert not waiting.done()
    head.write(1)
    assert await waiting == Checkpoint(1, 1)
    assert head.looks > 2


async def test_all_who_wait_share_a_look(head: Head) -> None:
    head.open.clear()
    watch = HeadWatch(head.look, FOR_EVER)
    waiting = [asyncio.create_task(watch.beyond(BEGINNING)) for _ in range(100)]
    await turns()
    head.write(1)
    head.open.set()
    assert await asyncio.gather(*waiting) == [Checkpoint(1, 1)] * 100
    assert head.looks == 1


async def test_it_looks_no_more_often_than_it_may(head: Head) -> None:
    head.write(1)
    watch = HeadWatch(head.look, FOR_EVER)
    await watch.beyond(BEGINNING)
    waiting = asyncio.create_task(watch.beyond(Checkpoint(1, 1)))
    await turns()
    assert (head.looks, waiting.done()) == (1, False)
    waiting.cancel()


async def test_who_is_given_up_takes_nobody_along(head: Head) -> None:
    head.open.clear()
    watch = HeadWatch(head.look, FOR_EVER)
    gone, stays = (asyncio.create_task(watch.beyond(BEGINNING)) for _ in range(2))
    await turns()
    gone.cancel()
    head.write(1)
    head.open.set()
    assert await stays == Checkpoint(1, 1)
    assert gone.cancelled()


async def test_nobody_waits_and_nobody_looks(head: Head) -> None:
    watch = HeadWatch(head.look, 0)
    waiting = asyncio.create_task(watch.beyond(BEGINNING))
    await turns()
    waiting.cancel()
    await turns()
    looks = head.looks
    await turns()
    assert head.looks == looks


async def test_a_fault_is_told_to_all_and_the_next_look_is_another(head: Head) -> None:
    head.fault = StoreUnavailableError("gone")
    watch = HeadWatch(head.look, 0)
    told = await asyncio.gather(*(watch.beyond(BEGINNING) for _ in range(3)), return_exceptions=True)
    assert told == [head.fault] * 3
    head.fault = None
    head.write(1)
    assert await watch.beyond(BEGINNING) == Checkpoint(1, 1)
