"""What many ask for alike is made once, whoever makes it, and is told to each of them."""

from __future__ import annotations

import asyncio

import pytest

from api.answers import Answer
from api.sockets.operations import Operations
from api.sockets.sharing import SharedEvents, Told
from graph_model.checkpoint import Checkpoint
from tests.api.small_world import DAY, FIRST_VILLAGE
from tests.api.sockets.test_subscriptions import (
    CHAIN_CHANGED,
    CHANGES,
    SECOND_VILLAGE,
    World,
    event_of,
    lost,
    serving_world,
)

pytestmark = pytest.mark.anyio

SINCE, UNTIL, LATER = Checkpoint(1, 10), Checkpoint(2, 20), Checkpoint(3, 30)


def answer(text: str) -> Answer:
    return Answer({"data": text}, was_executed=True)


async def test_the_second_is_told_what_the_first_made() -> None:
    shared = SharedEvents()
    first, second = shared.of("asked"), shared.of("asked")
    assert await first.find(SINCE, UNTIL, "today") is None
    waiting = asyncio.ensure_future(second.find(SINCE, UNTIL, "today"))
    await asyncio.sleep(0)
    assert not waiting.done()
    first.hangs_on = frozenset({"division:1"})
    first.tell(answer("made"))
    assert await waiting == Told(answer("made"), frozenset({"division:1"}))
    assert await shared.of("asked").find(SINCE, UNTIL, "today") == await waiting


@pytest.mark.parametrize(
    ("asked", "since", "until", "day"),
    [
        ("other", SINCE, UNTIL, "today"),
        ("asked", UNTIL, LATER, "today"),
        ("asked", SINCE, LATER, "today"),
        ("asked", SINCE, UNTIL, "tomorrow"),
    ],
)
async def test_what_differs_is_made_anew(asked: str, since: Checkpoint, until: Checkpoint, day: str) -> None:
    shared = SharedEvents()
    assert await shared.of("asked").find(SINCE, UNTIL, "today") is None
    assert await shared.of(asked).find(since, until, day) is None


async def test_what_one_gives_up_the_next_makes() -> None:
    shared = SharedEvents()
    first, second, third = shared.of("asked"), shared.of("asked"), shared.of("asked")
    assert await first.find(SINCE, UNTIL, "today") is None
    waiting = [asyncio.ensure_future(each.find(SINCE, UNTIL, "today")) for each in (second, third)]
    await asyncio.sleep(0)
    first.give_up()
    done, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert [task.result() for task in done] == [None]
    assert len(left) == 1
    second.tell(None)
    third.tell(None)
    assert [await task for task in left] == [Told(None, frozenset())]


async def test_who_told_has_nothing_to_give_up() -> None:
    shared = SharedEvents()
    first = shared.of("asked")
    assert await first.find(SINCE, UNTIL, "today") is None
    first.tell(answer("made"))
    first.give_up()
    assert await shared.of("asked").find(SINCE, UNTIL, "today") == Told(answer("made"), frozenset())


async def _neighbourhoods(world: World, subscribers: int) -> int:
    """How many look-ups around the village one event takes, told to so many."""
    socket = await world.connect()
    for number in range(subscribers):
        await world.follow(CHAIN_CHANGED, str(number), socket, code=FIRST_VILLAGE)
    before = world.watching.calls["neighbourhood"]
    await world.take_team(FIRST_VILLAGE)
    messages = [await socket.next() for _ in range(subscribers)]
    assert sorted(message["id"] for message in messages) == sorted(map(str, range(subscribers)))
    assert len({str(message["payload"]) for message in messages}) == 1
    assert lost(event_of(messages[0]))
    return world.watching.calls["neighbourhood"] - before


async def test_an_event_for_many_takes_no_more_look_ups_than_for_one() -> None:
    async with serving_world() as world:
        alone = await _neighbourhoods(world, 1)
    async with serving_world() as world:
        assert await _neighbourhoods(world, 12) == alone


async def test_the_changes_of_an_area_are_made_once_too() -> None:
    async with serving_world() as world:
        socket = await world.connect()
        for number in range(5):
            await world.follow(CHANGES, str(number), socket, within="530521101", asOf=DAY)
        for write in (world.take_team, world.give_team):
            written = await write(FIRST_VILLAGE)
            messages = [await socket.next() for _ in range(5)]
            assert sorted(message["id"] for message in messages) == list("01234")
            assert {event_of(message, "changes")["until"] for message in messages} == {written}
            assert len({str(message["payload"]) for message in messages}) == 1


async def test_an_event_with_errors_is_made_anew_for_who_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault of a moment must not stick to a span of writes, from which a client goes on."""

    async def failing(*_: object) -> Answer:
        return Answer({"data": None, "errors": [{"message": "a fault of the moment"}]}, was_executed=True)

    async with serving_world() as world:
        asked = {"code": FIRST_VILLAGE, "since": await world.checkpoint()}
        written = await world.take_team(FIRST_VILLAGE)
        with monkeypatch.context() as patched:
            patched.setattr(Operations, "_event", failing)
            first = await world.connect()
            first.ask("1", CHAIN_CHANGED, variables=asked)
            assert "errors" in (await first.next())["payload"]
        again = await world.connect()
        again.ask("2", CHAIN_CHANGED, variables=asked)
        event = event_of(await again.next())
        assert (event["since"], event["until"]) == (asked["since"], written)
        assert lost(event)


async def test_the_next_event_is_told_to_all_of_them_too() -> None:
    async with serving_world() as world:
        socket = await world.connect()
        for number in range(3):
            await world.follow(CHAIN_CHANGED, str(number), socket, code=FIRST_VILLAGE)
        await world.follow(CHAIN_CHANGED, "other", socket, code=SECOND_VILLAGE)
        for write in (world.take_team, world.give_team, world.take_team):
            written = await write(FIRST_VILLAGE)
            told = [await socket.next() for _ in range(3)]
            assert sorted(message["id"] for message in told) == ["0", "1", "2"]
            assert {event_of(message)["until"] for message in told} == {written}
