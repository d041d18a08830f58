"""What a client asks by WebSocket: the same limits as over HTTP, and each event for itself."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from graph_model.graph import ResponsibilityGraph
from tests.api.sockets.talking import Switch, app_over, schema_over, sockets_to, until

pytestmark = pytest.mark.anyio


def codes(message: Any) -> list[str]:  # noqa: ANN401 - JSON
    assert message["type"] == "error"
    return [error["extensions"]["code"] for error in message["payload"]]


async def test_a_query_and_each_event_say_what_they_cost(small_graph: ResponsibilityGraph) -> None:
    switch = Switch()
    async with sockets_to(app_over(small_graph, schema_over(switch))) as connect:
        socket = await connect()
        socket.ask("1", "{ viewer }")
        result = await socket.next()
        assert await socket.next() == {"id": "1", "type": "complete"}
        socket.ask("2", "subscription { events { number } }")
        switch.events.put_nowait(7)
        event = await socket.next()
    cost = {"cost": {"requested": 1, "budget": 200_000}}
    assert result == {"id": "1", "type": "next", "payload": {"data": {"viewer": "nobody"}, "extensions": cost}}
    assert event["payload"]["data"] == {"events": {"number": 7}}
    assert event["payload"]["extensions"] == {"cost": {"requested": 2, "budget": 200_000}}


@pytest.mark.parametrize("kind", ["query", "subscription"])
@pytest.mark.parametrize(
    ("bounds", "body", "variables", "code"),
    [
        ({"tokens": 5}, "{ a b c }", None, "QUERY_TOO_LONG"),
        ({"depth": 1}, "{ events { number } }", None, "QUERY_TOO_DEEP"),
        ({"cost": 0}, "{ __typename }", None, "QUERY_TOO_COSTLY"),
        ({"variables_depth": 2}, "{ __typename }", {"a": [[[1]]]}, "VARIABLES_TOO_DEEP"),
        ({}, "{ nonsense }", None, "GRAPHQL_VALIDATION_FAILED"),
        ({}, "{ ...F } fragment F on Query { ...F }", None, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_the_limits_of_documents_hold(
    small_graph: ResponsibilityGraph, kind: str, bounds: dict[str, int], body: str, variables: object, code: str
) -> None:
    root = "viewer" if kind == "query" else "events { number }"
    text = f"{kind} {body.replace('__typename', root)}"
    async with sockets_to(app_over(small_graph, schema_over(Switch(), **bounds))) as connect:
        socket = await connect()
        socket.ask("1", text, variables=variables)
        assert codes(await socket.next())[0] == code
        assert await socket.fence() == []


async def test_a_query_ends_when_its_time_is_up(small_graph: ResponsibilityGraph) -> None:
    switch = Switch()
    async with sockets_to(app_over(small_graph, schema_over(switch), request_seconds=0.05)) as connect:
        socket = await connect()
        socket.ask("1", "{ slow }")
        assert codes(await socket.next()) == ["REQUEST_TIMEOUT"]
    assert switch.given_up == 1


async def test_an_event_ends_its_subscription_when_its_time_is_up(small_graph: ResponsibilityGraph) -> None:
    switch = Switch()
    async with sockets_to(app_over(small_graph, schema_over(switch), request_seconds=0.05)) as connect:
        socket = await connect()
        socket.ask("1", "subscription { events { slow } }")
        switch.events.put_nowait(1)
        assert codes(await socket.next()) == ["REQUEST_TIMEOUT"]
        await until(lambda: switch.given_up == 1)


async def test_waiting_for_an_event_takes_no_time(small_graph: ResponsibilityGraph) -> None:
    switch = Switch()
    async with sockets_to(app_over(small_graph, schema_over(switch), request_seconds=0.02)) as connect:
        socket = await connect()
        socket.ask("1", "subscription { events { number } }")
        socket.ask("2", "{ slow }")
        assert codes(await socket.next()) == ["REQUEST_TIMEOUT"]  # so much time has passed
        switch.events.put_nowait(1)
        assert (await socket.next())["payload"]["data"] == {"events": {"number": 1}}


async def test_queries_take_their_turn_with_those_over_http(small_graph: ResponsibilityGraph) -> None:
    switch = Switch()
    async with sockets_to(app_over(small_graph, schema_over(switch), concurrent=1, waiting=0)) as connect:
        socket = await connect()
        socket.ask("1", "{ slow }")
        assert await socket.fence() == []
        socket.ask("2", "{ viewer }")
        assert codes(await socket.next()) == ["OVERLOADED"]
        socket.ask("3", "subscription { events { number } }")  # it takes no turn while it waits
        switch.events.put_nowait(1)
        assert (await socket.next())["id"] == "3"
        switch.open.set()
        assert (await socket.next())["payload"]["data"] == {"slow": 1}


async def test_queries_of_one_address_are_counted(small_graph: ResponsibilityGraph) -> None:
    async with sockets_to(app_over(small_graph, schema_over(Switch()), per_client=1)) as connect:
        one, same, other = await connect(), await connect(), await connect(address="10.0.0.2")
        one.ask("1", "{ slow }")
        await one.fence()
        same.ask("1", "{ viewer }")
        assert codes(await same.next()) == ["TOO_MANY_REQUESTS"]
        other.ask("1", "{ viewer }")
        assert (await other.next())["type"] == "next"


async def test_each_event_has_a_context_of_its_own(small_graph: ResponsibilityGraph) -> None:
    switch = Switch()
    async with sockets_to(app_over(small_graph, schema_over(switch))) as connect:
        socket = await connect()
        socket.ask("1", "subscription { events { scopes } }")
        for number in (1, 2):
            switch.events.put_nowait(number)
            assert (await socket.next())["payload"]["data"] == {"events": {"scopes": 0}}


async def test_nothing_of_an_event_is_kept_while_the_next_one_is_awaited(small_graph: ResponsibilityGraph) -> None:
    switch = Switch()
    async with sockets_to(app_over(small_graph, schema_over(switch))) as connect:
        socket = await connect()
        socket.ask("1", "subscription { events { number } }")
        for number in range(3):
            switch.events.put_nowait(number)
            assert (await socket.next())["payload"]["data"] == {"events": {"number": number}}
        await socket.fence()
        gc.collect()
        assert [told() for told in switch.told] == [None] * 3


async def test_what_a_subscription_refuses_is_told_with_its_code(small_graph: ResponsibilityGraph) -> None:
    async with sockets_to(app_over(small_graph, schema_over(Switch()))) as connect:
        socket = await connect()
        socket.ask("1", "subscription { refused }")
        assert (await socket.next())["payload"]["data"] == {"refused": 1}
        refusal = await socket.next()
        assert await socket.fence() == []
    extensions = {"code": "BAD_USER_INPUT", "retryable": False}
    assert refusal["payload"] == [{"message": "since: no such version", "extensions": extensions}]


async def test_what_breaks_a_subscription_is_logged_and_not_told(
    small_graph: ResponsibilityGraph, capsys: pytest.CaptureFixture[str]
) -> None:
    async with sockets_to(app_over(small_graph, schema_over(Switch()))) as connect:
        socket = await connect()
        socket.ask("1", "subscription { broken }")
        await socket.next()
        refusal = await socket.next()
    assert codes(refusal) == ["INTERNAL"]
    assert "secret" not in str(refusal)
    assert "secret" in capsys.readouterr().out
