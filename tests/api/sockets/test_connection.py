"""One WebSocket: who may open it, who asks on it, and what ends with it. The protocol itself: test_socket_audits.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message

from api.access.token_file import TokenFile, write_tokens
from api.access.tokens import Role, make_token
from api.access.viewer import Access
from api.app import build_app
from graph_model.graph import ResponsibilityGraph
from tests.api.conftest import MAX_BODY_BYTES
from tests.api.small_world import FIRST_VILLAGE
from tests.api.sockets.talking import Connect, Socket, Switch, app_over, schema_over, sockets_to, until

pytestmark = pytest.mark.anyio

UNKNOWN = "Bearer zrn_" + "a" * 43


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tokens.json"


@pytest.fixture
def token(path: Path) -> str:
    text, kept = make_token("甲", Role.EDITOR)
    write_tokens(path, [kept])
    return f"Bearer {text}"


def _break(path: Path) -> None:
    path.write_text("{", encoding="utf-8")


async def refusal(connect: Connect, headers: dict[str, str] | None = None, **more: Any) -> tuple[int, str, Message]:  # noqa: ANN401
    """How a handshake was refused: its status, the error's code, and the start of the response."""
    socket = await connect(headers, is_initialised=False, **more)
    start, body = await socket.asgi(), await socket.asgi()
    assert (start["type"], body["type"]) == ("websocket.http.response.start", "websocket.http.response.body")
    (error,) = json.loads(body["body"])["errors"]
    return start["status"], error["extensions"]["code"], start


async def viewer(socket: Socket) -> str:
    socket.ask("viewer", "{ viewer }")
    name = (await socket.next())["payload"]["data"]["viewer"]
    await socket.next()
    return str(name)


async def test_without_a_token_one_is_anonymous(small_graph: ResponsibilityGraph) -> None:
    async with sockets_to(app_over(small_graph, schema_over(Switch()))) as connect:
        assert await viewer(await connect()) == "nobody"


@pytest.mark.parametrize("name", ["authorization", "Authorization"])
async def test_a_token_comes_with_init(small_graph: ResponsibilityGraph, path: Path, token: str, name: str) -> None:
    access = Access(TokenFile(path))
    async with sockets_to(app_over(small_graph, schema_over(Switch()), access)) as connect:
        assert await viewer(await connect(init={name: token, "other": 1})) == "甲"


async def test_or_with_the_handshake(small_graph: ResponsibilityGraph, path: Path, token: str) -> None:
    access = Access(TokenFile(path))
    async with sockets_to(app_over(small_graph, schema_over(Switch()), access)) as connect:
        assert await viewer(await connect({"Authorization": token})) == "甲"


@pytest.mark.parametrize("payload", [{"authorization": UNKNOWN}, {"authorization": 1}, {"authorization": ""}])
async def test_a_wrong_token_with_init_is_forbidden(
    small_graph: ResponsibilityGraph, path: Path, token: str, payload: dict[str, object]
) -> None:
    access = Access(TokenFile(path))
    async with sockets_to(app_over(small_graph, schema_over(Switch()), access)) as connect:
        socket = await connect({"Authorization": token}, is_initialised=False)
        await socket.asgi()
        socket.say({"type": "connection_init", "payload": payload})
        assert await socket.next() == (4403, "Forbidden")


async def test_a_wrong_token_with_the_handshake_is_refused(small_graph: ResponsibilityGraph) -> None:
    async with sockets_to(app_over(small_graph, schema_over(Switch()))) as connect:
        status, code, start = await refusal(connect, {"Authorization": UNKNOWN})
    assert (status, code) == (401, "UNAUTHENTICATED")
    assert dict(start["headers"])[b"www-authenticate"] == b'Bearer realm="zeren", error="invalid_token"'


async def test_tokens_that_cannot_be_read(small_graph: ResponsibilityGraph, path: Path, token: str) -> None:
    access = Access(TokenFile(path))
    async with sockets_to(app_over(small_graph, schema_over(Switch()), access)) as connect:
        socket = await connect(init={"authorization": token})
        _break(path)
        assert (await refusal(connect, {"Authorization": token}))[:2] == (503, "TOKENS_UNAVAILABLE")
        socket.ask("1", "{ viewer }")
        assert await socket.next() == (1013, "the tokens cannot be read now")


async def test_a_revoked_token_asks_no_more(small_graph: ResponsibilityGraph, path: Path, token: str) -> None:
    access = Access(TokenFile(path))
    async with sockets_to(app_over(small_graph, schema_over(Switch()), access)) as connect:
        socket = await connect(init={"authorization": token})
        write_tokens(path, [])
        socket.ask("1", "{ viewer }")
        assert await socket.next() == (4403, "Forbidden")


async def test_a_revoked_token_is_told_no_more(small_graph: ResponsibilityGraph, path: Path, token: str) -> None:
    switch = Switch()
    async with sockets_to(app_over(small_graph, schema_over(switch), Access(TokenFile(path)))) as connect:
        socket = await connect(init={"authorization": token})
        socket.ask("1", "subscription { events { number } }")
        switch.events.put_nowait(1)
        assert (await socket.next())["type"] == "next"
        write_tokens(path, [])
        switch.events.put_nowait(2)
        assert await socket.next() == (4403, "Forbidden")
        await socket.end()
    assert switch.given_up == 1


@pytest.mark.parametrize("origin", ["http://here", "https://here", "HTTP://HERE"])
async def test_a_page_of_the_same_site_is_let_in(small_graph: ResponsibilityGraph, origin: str) -> None:
    async with sockets_to(app_over(small_graph, schema_over(Switch()))) as connect:
        assert await viewer(await connect({"Origin": origin})) == "nobody"


@pytest.mark.parametrize("origin", ["http://there", "http://here.there", "http://here:8", "null", "", "http://[", "x"])
async def test_a_page_of_another_site_is_not(small_graph: ResponsibilityGraph, origin: str) -> None:
    async with sockets_to(app_over(small_graph, schema_over(Switch()))) as connect:
        assert (await refusal(connect, {"Origin": origin}))[:2] == (403, "FORBIDDEN")


@pytest.mark.parametrize("subprotocol", ["", "graphql-ws", "GRAPHQL-TRANSPORT-WS"])
async def test_another_protocol_is_not_acceptable(small_graph: ResponsibilityGraph, subprotocol: str) -> None:
    async with sockets_to(app_over(small_graph, schema_over(Switch()))) as connect:
        socket = await connect(is_initialised=False, subprotocol=subprotocol)
        accepted = await socket.asgi()
        assert (accepted["type"], accepted.get("subprotocol")) == ("websocket.accept", None)
        assert await socket.next() == (4406, "Subprotocol not acceptable")


async def test_so_many_sockets_may_be_open(small_graph: ResponsibilityGraph) -> None:
    async with sockets_to(app_over(small_graph, schema_over(Switch()), sockets=2)) as connect:
        first = await connect()
        await connect(address="10.0.0.2")
        status, code, start = await refusal(connect, address="10.0.0.3")
        assert (status, code) == (503, "OVERLOADED")
        assert (b"retry-after", b"1") in start["headers"]
        first.go()
        await first.end()
        await connect()


async def test_so_many_sockets_of_one_address_may_be_open(small_graph: ResponsibilityGraph) -> None:
    async with sockets_to(app_over(small_graph, schema_over(Switch()), sockets_per_client=1)) as connect:
        first = await connect(address="2001:db8::1")
        assert (await refusal(connect, address="2001:db8::2"))[:2] == (429, "TOO_MANY_REQUESTS")
        await connect(address="2001:db8:0:1::1")
        first.go()
        await first.end()
        await connect(address="2001:db8::2")


async def test_so_many_operations_may_be_under_way(small_graph: ResponsibilityGraph) -> None:
    async with sockets_to(app_over(small_graph, schema_over(Switch()), socket_operations=2)) as connect:
        socket = await connect()
        socket.ask("1", "subscription { events { number } }")
        socket.ask("2", "{ slow }")
        socket.ask("3", "{ viewer }")
        refused = await socket.next()
        assert (refused["id"], refused["type"]) == ("3", "error")
        assert refused["payload"][0]["extensions"] == {"code": "TOO_MANY_REQUESTS", "retryable": True}
        socket.say({"id": "2", "type": "complete"})
        socket.ask("3", "{ viewer }")
        assert (await socket.next())["type"] == "next"


@pytest.mark.parametrize("text", ["subscription { events { number } }", "{ slow }"])
async def test_what_runs_on_a_socket_ends_with_it(small_graph: ResponsibilityGraph, text: str) -> None:
    switch = Switch()
    async with sockets_to(app_over(small_graph, schema_over(switch))) as connect:
        socket = await connect()
        for number in range(3):
            socket.ask(str(number), text)
        await socket.fence()
        socket.go()
        await socket.end()
        assert switch.given_up == 3


async def test_what_is_completed_ends_at_once(small_graph: ResponsibilityGraph) -> None:
    switch = Switch()
    async with sockets_to(app_over(small_graph, schema_over(switch))) as connect:
        socket = await connect()
        socket.ask("1", "subscription { events { number } }")
        await socket.fence()
        socket.say({"id": "1", "type": "complete"})
        await until(lambda: switch.given_up == 1)
        switch.events.put_nowait(1)
        assert await socket.fence() == []


async def test_who_does_not_read_holds_back_what_is_produced(small_graph: ResponsibilityGraph) -> None:
    switch = Switch()
    async with sockets_to(app_over(small_graph, schema_over(switch))) as connect:
        socket = await connect()
        socket.ask("1", "subscription { events { number } }")
        await socket.fence()
        socket.readable.clear()
        for number in range(100):
            switch.events.put_nowait(number)
        await until(lambda: switch.events.qsize() == 99)
        other = await connect()
        await other.fence()
        assert switch.events.qsize() == 99  # one is on its way, and nothing else was taken
        socket.readable.set()
        numbers = [(await socket.next())["payload"]["data"]["events"]["number"] for _ in range(100)]
    assert numbers == list(range(100))


async def test_init_is_not_awaited_for_ever(small_graph: ResponsibilityGraph) -> None:
    async with sockets_to(app_over(small_graph, schema_over(Switch()), socket_init_seconds=0.02)) as connect:
        idle, started = await connect(is_initialised=False), await connect()
        await idle.asgi()
        assert await idle.next() == (4408, "Connection initialisation timeout")
        assert await viewer(started) == "nobody"


async def test_the_reason_of_a_close_fits_its_frame(small_graph: ResponsibilityGraph) -> None:
    async with sockets_to(app_over(small_graph, schema_over(Switch()))) as connect:
        socket = await connect()
        for _ in range(2):
            socket.ask("号" * 100, "subscription { events { number } }")
        code, reason = await socket.next()
    assert code == 4409
    assert reason.startswith("Subscriber for 号号")
    assert len(reason.encode()) <= 123


async def test_the_log_has_one_line_of_a_socket_without_what_was_said(
    small_graph: ResponsibilityGraph, path: Path, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with sockets_to(app_over(small_graph, schema_over(Switch()), Access(TokenFile(path)))) as connect:
        socket = await connect({"X-Request-Id": "mine"}, init={"authorization": token})
        await viewer(socket)
        socket.say([])
        await socket.next()
        await socket.end()
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "closed" in line]
    assert "request_id=mine" in line
    assert "code=4400" in line
    assert token.removeprefix("Bearer zrn_") not in line


async def test_the_service_answers_queries(small_graph: ResponsibilityGraph) -> None:
    app = build_app(small_graph, max_body_bytes=MAX_BODY_BYTES)
    async with sockets_to(app) as connect:
        socket = await connect()
        socket.ask("1", f'{{ village(code: "{FIRST_VILLAGE}") {{ name }} }}')
        assert (await socket.next())["payload"]["data"] == {"village": {"name": "第0村"}}
