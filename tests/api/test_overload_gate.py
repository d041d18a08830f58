"""The gate: how many run, how many wait, whose turn it is."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from api.limits.errors import OverloadedError, RequestTimeoutError, TooManyRequestsError
from api.limits.gate import Gate, client_of
from api.limits.running import within


class Request:
    """A request that runs until it is told to end."""

    def __init__(self, gate: Gate, client: str = "a") -> None:
        self.is_running = False
        self._end = asyncio.Event()
        self.task = asyncio.create_task(self._run(gate, client))

    async def _run(self, gate: Gate, client: str) -> None:
        async with gate.turn(client):
            self.is_running = True
            await self._end.wait()
        self.is_running = False

    async def end(self) -> None:
        self._end.set()
        await self.task
        await settle()


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(5):
        await asyncio.sleep(0)


def gate(concurrent: int = 2, waiting: int = 2, per_client: int = 100) -> Gate:
    return Gate(concurrent=concurrent, waiting=waiting, per_client=per_client)


async def started(gate: Gate, count: int, client: str = "a") -> list[Request]:
    requests = [Request(gate, client) for _ in range(count)]
    await settle()
    return requests


async def test_runs_as_many_as_may() -> None:
    one, two, three = await started(gate(), 3)
    assert (one.is_running, two.is_running, three.is_running) == (True, True, False)
    three.task.cancel()
    await one.end()
    await two.end()


async def test_the_first_in_line_has_the_next_turn() -> None:
    one, two, three, four = await started(gate(), 4)
    await two.end()
    assert (three.is_running, four.is_running) == (True, False)
    for request in (one, three, four):
        await request.end()


async def test_turns_away_who_would_wait_too_many() -> None:
    full = gate()
    requests = await started(full, 4)
    (late,) = await started(full, 1)
    assert isinstance(late.task.exception(), OverloadedError)
    for request in requests:
        await request.end()


async def test_lets_in_again_when_all_have_ended() -> None:
    used = gate()
    for request in await started(used, 4):
        await request.end()
    assert (used.running, used.waiting) == (0, 0)
    (late,) = await started(used, 1)
    assert late.is_running
    await late.end()


async def test_who_is_cancelled_in_line_leaves_it() -> None:
    full = gate(concurrent=1)
    one, two, three = await started(full, 3)
    two.task.cancel()
    await settle()
    assert full.waiting == 1
    await one.end()
    assert three.is_running
    await three.end()
    assert (full.running, full.waiting) == (0, 0)


async def test_who_is_cancelled_in_the_moment_of_its_turn_gives_it_on() -> None:
    full = gate(concurrent=1)
    one, two, three = await started(full, 3)
    one._end.set()
    await one.task  # the turn of the second has come, and it has not run yet
    two.task.cancel()
    await settle()
    assert three.is_running
    await three.end()
    assert full.running == 0


async def test_time_in_line_counts() -> None:
    full = gate(concurrent=1)
    (one,) = await started(full, 1)
    with pytest.raises(RequestTimeoutError):
        async with within(0.01, asyncio.Queue[Message]().get), full.turn("b"):
            pytest.fail("it was nobody's turn")
    await one.end()
    assert (full.running, full.waiting) == (0, 0)


async def test_who_fails_leaves() -> None:
    small = gate(concurrent=1)
    with pytest.raises(ZeroDivisionError):
        async with small.turn("a"):
            _ = 1 / 0
    assert small.running == 0


async def test_one_client_cannot_have_everything() -> None:
    shared = gate(concurrent=10, per_client=2)
    requests = await started(shared, 2)
    (third,) = await started(shared, 1)
    (other,) = await started(shared, 1, client="b")
    assert isinstance(third.task.exception(), TooManyRequestsError)
    assert other.is_running
    for request in (*requests, other):
        await request.end()


async def test_a_client_is_forgotten_when_it_is_done() -> None:
    shared = gate(per_client=1)
    for _ in range(3):
        (request,) = await started(shared, 1)
        await request.end()
    assert not shared._clients


@pytest.mark.parametrize(
    ("address", "client"),
    [
        (None, ""),
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unix:"),
    ],
)
def test_client_of(address: str | None, client: str) -> None:
    assert client_of(address) == client
