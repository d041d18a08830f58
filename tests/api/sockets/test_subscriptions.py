"""Subscriptions of the service: what changed and nothing else, from a checkpoint on, for readers of any pace."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec import structs

from api.schema import build_schema
from graph_model.checkpoint import Checkpoint
from graph_model.errors import StoreUnavailableError
from graph_model.exchange import Edit, EditRequest
from graph_model.graph import ResponsibilityGraph
from graph_model.records import AnyRecord, Dataset
from graph_model.stores.base import StoreReader
from graph_model.stores.embedded import open_store
from tests.api.small_world import DAY, FIRST_VILLAGE, VILLAGES, build_small_world, list_records
from tests.api.sockets.talking import Connect, Socket, app_over, sockets_to, until
from tests.api.watched_store import WatchedStore
from tests.serving import PROJECT

pytestmark = pytest.mark.anyio

SECOND_VILLAGE = "530521101202"
DIFFERENCE = """
    linksGained { assignment { id } } linksLost { assignment { id } sentence } gapsOpened { duty { code } message }
    gapsClosed { duty { code } } linksSame completenessBefore completenessAfter
"""
CHAIN_CHANGED = f"""
subscription($code: String!, $since: String, $asOf: Date, $lanes: [String!], $regime: String) {{
  chainChanged(code: $code, since: $since, asOf: $asOf, lanes: $lanes, regime: $regime) {{
    since until asOf target {{ id accountabilityChain {{ links {{ assignment {{ id }} }} }} }}
    difference {{ {DIFFERENCE} }}
  }}
}}
"""
_CHANGES = f"""
    since until asOf reach
    targets {{ totalCount edges {{ node {{ target {{ id }} difference {{ {DIFFERENCE} }} }} }} }}
"""
CHANGES = f"""
subscription($within: String!, $since: String, $asOf: Date) {{
  changes(within: $within, since: $since, asOf: $asOf) {{ {_CHANGES} }}
}}
"""
ASKED_CHANGES = f"""
query($within: String!, $since: String!, $until: String!) {{
  changes(within: $within, since: $since, until: $until) {{ {_CHANGES} }}
}}
"""


def team_of(village: str) -> str:
    return f"assignment:resident-team:organization:team~division:{village}"


class World:
    """The small world, served, and written to behind the server's back."""

    def __init__(self, watching: WatchedStore, connect: Connect) -> None:
        self.watching = watching
        self.connect = connect
        self._store = watching.as_store()
        self._taken: dict[str, AnyRecord] = {}

    async def write(self, *puts: AnyRecord, removes: tuple[str, ...] = ()) -> str:
        """The checkpoint of an edit."""

        async def decide(_: StoreReader) -> Edit:
            return Edit(puts, removes)

        edited = await self._store.edit(decide, EditRequest("李四", "edit"), recorded_at=0)
        assert edited.entry is not None
        return str(Checkpoint(edited.entry.number, edited.entry.recorded_at))

    async def take_team(self, village: str) -> str:
        """Take the team of a village away."""
        return await self.write(removes=(team_of(village),))

    async def give_team(self, village: str) -> str:
        """Give a village its team back."""
        return await self.write(*(record for record in list_records() if record.id == team_of(village)))

    async def checkpoint(self) -> str:
        """That of the last write."""
        (entry,) = (await self._store.journal(first=1)).entries
        return str(Checkpoint(entry.number, entry.recorded_at))

    async def looked(self, rounds: int = 3) -> None:
        """Until the store has been looked at some times more: whatever was written before was seen."""
        looks = self.watching.calls["entries"] + rounds
        await until(lambda: self.watching.calls["entries"] >= looks)

    async def follow(self, query: str, name: str = "1", socket: Socket | None = None, **variables: object) -> Socket:
        """A socket with one subscription more, which waits."""
        asking = await self.connect() if socket is None else socket
        asking.ask(name, query, variables=variables)
        await asking.fence()
        await self.looked()
        return asking


@asynccontextmanager
async def serving_world(subscriptions: int = 4_096) -> AsyncIterator[World]:
    watching = WatchedStore(open_store("sqlite:///:memory:", "writer"))
    await build_small_world(watching.as_store())
    graph = ResponsibilityGraph(watching.as_store(), watch_seconds=0)
    async with sockets_to(app_over(graph, build_schema(), subscriptions=subscriptions)) as connect:
        yield World(watching, connect)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with serving_world() as served:
        yield served


def event_of(message: Any, field: str = "chainChanged") -> Any:  # noqa: ANN401 - JSON
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    return message["payload"]["data"][field]


def lost(event: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [link["assignment"]["id"] for link in event["difference"]["linksLost"]]


def gained(event: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [link["assignment"]["id"] for link in event["difference"]["linksGained"]]


async def test_a_write_that_changes_the_chain_is_told(world: World) -> None:
    begun = await world.checkpoint()
    socket = await world.follow(CHAIN_CHANGED, code=FIRST_VILLAGE, asOf=DAY)
    written = await world.take_team(FIRST_VILLAGE)
    event = event_of(await socket.next())
    assert (event["since"], event["until"], event["asOf"]) == (begun, written, DAY)
    assert event["target"]["id"] == f"division:{FIRST_VILLAGE}"
    assert lost(event) == [team_of(FIRST_VILLAGE)]
    assert "工作队" in event["difference"]["linksLost"][0]["sentence"]
    assert [gap["duty"]["code"] for gap in event["difference"]["gapsOpened"]] == ["village-team"]
    links = event["target"]["accountabilityChain"]["links"]
    assert links
    assert team_of(FIRST_VILLAGE) not in {link["assignment"]["id"] for link in links}


async def test_what_changes_nothing_in_it_is_not_told(world: World) -> None:
    socket = await world.follow(CHAIN_CHANGED, code=FIRST_VILLAGE)
    for _ in range(2):
        elsewhere = await world.take_team(SECOND_VILLAGE)
        await world.looked()
        here = await world.take_team(FIRST_VILLAGE)
        event = event_of(await socket.next())
        assert (event["since"], event["until"], lost(event)) == (elsewhere, here, [team_of(FIRST_VILLAGE)])
        await world.give_team(SECOND_VILLAGE)
        await world.looked()
        await world.give_team(FIRST_VILLAGE)
        assert gained(event_of(await socket.next())) == [team_of(FIRST_VILLAGE)]
    assert await socket.fence() == []


async def test_a_write_elsewhere_needs_no_look_at_the_chain(world: World) -> None:
    sockets = [await world.follow(CHAIN_CHANGED, code=FIRST_VILLAGE) for _ in range(5)]
    await world.take_team(FIRST_VILLAGE)
    for socket in sockets:
        event_of(await socket.next())
    await world.looked()
    world.watching.calls.clear()
    await world.take_team(SECOND_VILLAGE)
    await world.looked()
    assert world.watching.calls["neighbourhood"] == 0
    assert world.watching.calls["changes"] == 1


async def test_who_was_away_is_told_all_of_it_at_once(world: World) -> None:
    socket = await world.follow(CHAIN_CHANGED, code=FIRST_VILLAGE)
    seen = event_of((await world.take_team(FIRST_VILLAGE), await socket.next())[1])["until"]
    socket.go()
    await socket.end()
    await world.give_team(FIRST_VILLAGE)
    last = await world.take_team(SECOND_VILLAGE)
    again = await world.follow(CHAIN_CHANGED, code=FIRST_VILLAGE, since=seen)
    event = event_of(await again.next())
    assert (event["since"], event["until"], gained(event)) == (seen, last, [team_of(FIRST_VILLAGE)])


async def test_a_slow_reader_loses_nothing_and_nothing_is_kept_for_it(world: World) -> None:
    slow, fast = [await world.follow(CHAIN_CHANGED, code=FIRST_VILLAGE) for _ in range(2)]
    slow.readable.clear()
    written = []
    for round_ in range(10):
        change = world.give_team if round_ % 2 else world.take_team
        written.append(await change(FIRST_VILLAGE))
        assert event_of(await fast.next())["until"] == written[-1]
    slow.readable.set()
    events = [event_of(await slow.next()) for _ in range(2)]
    assert [(event["until"], lost(event), gained(event)) for event in events] == [
        (written[0], [team_of(FIRST_VILLAGE)], []),
        (written[-1], [], [team_of(FIRST_VILLAGE)]),
    ]
    assert await slow.fence() == []


async def test_a_link_to_the_county_is_told_in_its_villages(world: World) -> None:
    socket = await world.follow(CHAIN_CHANGED, code=FIRST_VILLAGE)
    link = "assignment:linked-to-county:post:secretary~division:530521"
    await world.write(removes=(link,))
    assert lost(event_of(await socket.next())) == [link]


async def test_only_the_lanes_that_were_asked_for(world: World) -> None:
    socket = await world.follow(CHAIN_CHANGED, code=FIRST_VILLAGE, lanes=["linkage"])
    await world.take_team(FIRST_VILLAGE)
    await world.looked()
    await world.write(removes=(f"assignment:linked-to-village:post:secretary~division:{FIRST_VILLAGE}",))
    event = event_of(await socket.next())
    assert [link["sentence"][:4] for link in event["difference"]["linksLost"]] == ["县委书记"]


async def test_a_target_that_is_taken_away_is_told_as_it_was(world: World) -> None:
    socket = await world.follow(CHAIN_CHANGED, code=f"{FIRST_VILLAGE}-0001")
    await world.write(removes=(f"household:{FIRST_VILLAGE}-0001",))
    event = event_of(await socket.next())
    assert event["target"]["id"] == f"household:{FIRST_VILLAGE}-0001"
    assert event["difference"]["completenessAfter"] is None


async def test_a_reference_date_that_moves_is_that_of_the_next_event(world: World) -> None:
    socket = await world.follow(CHAIN_CHANGED, code=FIRST_VILLAGE)
    await world.take_team(FIRST_VILLAGE)
    assert event_of(await socket.next())["asOf"] == DAY
    (dataset,) = [record for record in list_records() if isinstance(record, Dataset)]
    await world.write(structs.replace(dataset, reference_date="2018-01-01"))
    await world.looked()
    await world.give_team(FIRST_VILLAGE)
    assert event_of(await socket.next())["asOf"] == "2018-01-01"


async def test_changes_tell_what_the_query_tells(world: World) -> None:
    socket = await world.follow(CHANGES, within="530521")
    totals = []
    for removed in (team_of(FIRST_VILLAGE), "assignment:linked-to-county:post:secretary~division:530521"):
        await world.write(removes=(removed,))
        event = event_of(await socket.next(), "changes")
        socket.ask("2", ASKED_CHANGES, variables={"within": "530521", "since": event["since"], "until": event["until"]})
        assert event_of(await socket.next(), "changes") == event
        assert await socket.next() == {"id": "2", "type": "complete"}
        totals.append(event["targets"]["totalCount"])
    assert totals == [1, VILLAGES + 2]


async def test_changes_elsewhere_are_not_told(world: World) -> None:
    socket = await world.follow(CHANGES, within=FIRST_VILLAGE)
    await world.take_team(SECOND_VILLAGE)
    await world.looked()
    await world.take_team(FIRST_VILLAGE)
    event = event_of(await socket.next(), "changes")
    assert [edge["node"]["target"]["id"] for edge in event["targets"]["edges"]] == [f"division:{FIRST_VILLAGE}"]


async def test_who_asks_for_the_same_is_compared_once(world: World) -> None:
    sockets = [await world.follow(CHANGES, within="5305") for _ in range(5)]
    world.watching.calls.clear()
    await world.take_team(FIRST_VILLAGE)
    events = [event_of(await socket.next(), "changes") for socket in sockets]
    assert events == events[:1] * 5
    assert world.watching.calls["changes"] == 1


@pytest.mark.parametrize(
    ("query", "variables", "code", "reason"),
    [
        (CHAIN_CHANGED, {"code": "530521999999"}, "BAD_USER_INPUT", "code: there is no target '530521999999'"),
        (CHAIN_CHANGED, {"code": "post:secretary"}, "BAD_USER_INPUT", "there is no target"),
        (CHAIN_CHANGED, {"code": "施甸"}, "BAD_USER_INPUT", "one looks like"),
        (CHAIN_CHANGED, {"code": FIRST_VILLAGE, "lanes": ["none"]}, "BAD_USER_INPUT", "unknown lane"),
        (CHAIN_CHANGED, {"code": FIRST_VILLAGE, "regime": "none"}, "BAD_USER_INPUT", "unknown regime"),
        (CHAIN_CHANGED, {"code": FIRST_VILLAGE, "since": "x"}, "BAD_USER_INPUT", "is no checkpoint"),
        (
            CHAIN_CHANGED,
            {"code": FIRST_VILLAGE, "since": "1@2020-01-01T00:00:00Z"},
            "CHECKPOINT_UNKNOWN",
            "there was no such write here",
        ),
        (CHANGES, {"within": "999999"}, "BAD_USER_INPUT", "within: there is no division"),
        (CHANGES, {"within": f"{FIRST_VILLAGE}-0001"}, "BAD_USER_INPUT", "no code of a division"),
    ],
)
async def test_what_cannot_be_followed(
    world: World, query: str, variables: dict[str, object], code: str, reason: str
) -> None:
    socket = await world.connect()
    socket.ask("1", query, variables=variables)
    refusal = await socket.next()
    assert refusal["type"] == "error"
    (error,) = refusal["payload"]
    assert error["extensions"] == {"code": code, "retryable": False}
    assert reason in error["message"]
    assert await socket.fence() == []


async def test_a_store_that_fails_ends_it_and_it_may_come_again(world: World) -> None:
    begun = await world.checkpoint()
    socket = await world.follow(CHAIN_CHANGED, code=FIRST_VILLAGE)
    world.watching.fault = StoreUnavailableError("the file was moved")
    refusal = await socket.next()
    world.watching.fault = None
    assert refusal["type"] == "error"
    assert refusal["payload"][0]["extensions"] == {"code": "STORE_UNAVAILABLE", "retryable": True}
    await world.take_team(FIRST_VILLAGE)
    await world.follow(CHAIN_CHANGED, socket=socket, code=FIRST_VILLAGE, since=begun)
    assert lost(event_of(await socket.next())) == [team_of(FIRST_VILLAGE)]


async def test_so_many_subscriptions_may_be_under_way() -> None:
    async with serving_world(subscriptions=2) as world:
        sockets = [await world.follow(CHAIN_CHANGED, code=FIRST_VILLAGE) for _ in range(2)]
        socket = await world.connect()
        socket.ask("1", CHAIN_CHANGED, variables={"code": FIRST_VILLAGE})
        refusal = await socket.next()
        assert (refusal["type"], refusal["payload"][0]["extensions"]["code"]) == ("error", "OVERLOADED")
        sockets[0].say({"id": "1", "type": "complete"})
        await sockets[0].fence()
        await world.follow(CHAIN_CHANGED, socket=socket, code=FIRST_VILLAGE)
        await world.take_team(FIRST_VILLAGE)
        event_of(await socket.next())


async def test_nobody_looks_when_nobody_follows(world: World) -> None:
    socket = await world.follow(CHAIN_CHANGED, code=FIRST_VILLAGE)
    socket.say({"id": "1", "type": "complete"})
    await socket.fence()
    looks = world.watching.calls["entries"]
    await socket.fence()
    await socket.fence()
    assert world.watching.calls["entries"] == looks


async def test_it_costs_what_its_events_cost(world: World) -> None:
    socket = await world.follow(CHANGES, within="530521")
    await world.take_team(FIRST_VILLAGE)
    message = await socket.next()
    assert message["payload"]["extensions"]["cost"]["requested"] > 50_000


async def test_the_documented_subscription(world: World) -> None:
    text = (PROJECT / "docs" / "subscriptions.md").read_text(encoding="utf-8")
    (documented,) = re.findall(r"```graphql\n(.*?)```", text, re.DOTALL)
    socket = await world.follow(documented, code=FIRST_VILLAGE, since=await world.checkpoint())
    written = await world.take_team(FIRST_VILLAGE)
    event = event_of(await socket.next())
    assert (event["until"], event["target"]["name"]) == (written, "第0村")
    assert event["difference"]["linksLost"][0]["sentence"].startswith("工作队")
