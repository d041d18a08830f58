"""A WebSocket to an application in the process of the test, over ASGI, and a schema to talk about."""

from __future__ import annotations

import asyncio
import json
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import strawberry
from starlette.applications import Starlette
from starlette.types import Message
from strawberry.types import Info

from api.access.viewer import Access
from api.app import build_app
from api.limits.bounds import LoadBounds, QueryBounds
from api.schema import Schema
from api.scope import Request, Scope
from api.sockets.messages import SUBPROTOCOL
from graph_model.errors import BadUserInputError
from graph_model.graph import ResponsibilityGraph
from graph_model.views import Moment
from tests.api.conftest import MAX_BODY_BYTES

SECONDS = 30
Ask = Info[Request, None]


class Switch:
    """What queries and subscriptions wait for, and how many of them have been given up."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.events: asyncio.Queue[int] = asyncio.Queue()
        self.given_up = 0
        self.told: list[weakref.ref[Event]] = []


class SwitchedSchema(Schema):
    """A schema whose fields hang on a switch."""

    def __init__(self, switch: Switch, bounds: QueryBounds) -> None:
        self.switch = switch
        super().__init__(bounds, query=Query, subscription=Subscription)


def _switch(info: Ask) -> Switch:
    assert isinstance(info.schema, SwitchedSchema)
    return info.schema.switch


@strawberry.type
class Query:
    @strawberry.field
    def viewer(self, info: Ask) -> str:
        return info.context.viewer.name or "nobody"

    @strawberry.field
    async def slow(self, info: Ask) -> int:
        switch = _switch(info)
        try:
            await switch.open.wait()
        except asyncio.CancelledError:
            switch.given_up += 1
            raise
        return 1


@strawberry.type
class Event:
    number: int

    @strawberry.field
    def scopes(self, info: Ask) -> int:
        """How much an earlier event left behind."""
        found = len(info.context.scopes)
        info.context.scopes[Moment(0)] = Scope(info.context.graph, Moment(0))
        return found

    @strawberry.field
    async def slow(self, info: Ask) -> int:
        await _switch(info).open.wait()
        return 1


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def events(self, info: Ask) -> AsyncGenerator[Event, None]:
        switch = _switch(info)
        try:
            while True:
                event = Event(number=await switch.events.get())
                switch.told.append(weakref.ref(event))
                yield event
                del event
        finally:
            switch.given_up += 1

    @strawberry.subscription
    async def refused(self) -> AsyncGenerator[int, None]:
        yield 1
        raise BadUserInputError("since: no such version")

    @strawberry.subscription
    async def broken(self) -> AsyncGenerator[int, None]:
        yield 1
        raise RuntimeError("secret")


def schema_over(switch: Switch, **bounds: int) -> Schema:
    """The schema over a switch, within some bounds."""
    return SwitchedSchema(switch, QueryBounds(**bounds))


def app_over(graph: ResponsibilityGraph, schema: Schema, access: Access | None = None, **bounds: float) -> Starlette:
    """An application of a schema, with some bounds of load."""
    loads = LoadBounds(**bounds)  # type: ignore[arg-type]
    return build_app(graph, max_body_bytes=MAX_BODY_BYTES, load_bounds=loads, access=access or Access(), schema=schema)


class Socket:
    """A client. What the application sends is in ``sent``; ``ended``: the application is done with it."""

    def __init__(self, app: Starlette, headers: dict[str, str], subprotocols: list[str], address: str) -> None:
        self._app = app
        self._scope: dict[str, Any] = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in {"Host": "here", **headers}.items()],
            "client": (address, 1),
            "server": ("127.0.0.1", 80),
            "subprotocols": subprotocols,
            "extensions": {"websocket.http.response": {}},
        }
        self._received: asyncio.Queue[Message] = asyncio.Queue()
        self._sent: asyncio.Queue[Message] = asyncio.Queue()
        self.readable = asyncio.Event()
        self.readable.set()
        self._received.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        await self._app(self._scope, self._received.get, self._send)

    async def _send(self, message: Message) -> None:
        await self.readable.wait()
        self._sent.put_nowait(message)
        if message["type"] == "websocket.close":
            self._received.put_nowait({"type": "websocket.disconnect", "code": message["code"]})

    def say(self, *messages: object) -> None:
        """Send messages as JSON."""
        for message in messages:
            self._received.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    def ask(self, name: str, query: str, **more: object) -> None:
        """Send a ``subscribe``."""
        self.say({"id": name, "type": "subscribe", "payload": {"query": query, **more}})

    def go(self) -> None:
        """Close the connection without a word."""
        self._received.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def asgi(self) -> Message:
        """The next ASGI message of the application."""
        return await asyncio.wait_for(self._sent.get(), SECONDS)

    async def next(self) -> Any:  # noqa: ANN401 - JSON
        """The next message, or ``(code, reason)`` of a close."""
        message = await self.asgi()
        if message["type"] == "websocket.close":
            return message["code"], message["reason"]
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    async def fence(self) -> list[Any]:
        """All messages until the application has nothing more to say to what was said so far."""
        seen = []
        for round_ in range(3):
            self.say({"type": "ping", "payload": {"fence": round_}})
            while (message := await self.next()) != {"type": "pong", "payload": {"fence": round_}}:
                seen.append(message)
        return seen

    async def end(self) -> None:
        """Until the application is done with it."""
        await asyncio.wait_for(self.task, SECONDS)


Connect = Callable[..., Awaitable[Socket]]


@asynccontextmanager
async def sockets_to(app: Starlette) -> AsyncGenerator[Connect, None]:
    """Opens sockets to an application; they are closed when the context ends."""
    opened: list[Socket] = []

    async def connect(
        headers: dict[str, str] | None = None,
        *,
        init: dict[str, Any] | None = None,
        is_initialised: bool = True,
        subprotocol: str = SUBPROTOCOL,
        address: str = "10.0.0.1",
    ) -> Socket:
        socket = Socket(app, headers or {}, [subprotocol] if subprotocol else [], address)
        opened.append(socket)
        if is_initialised:
            assert (await socket.asgi())["type"] == "websocket.accept"
            socket.say({"type": "connection_init", "payload": init})
            assert await socket.next() == {"type": "connection_ack"}
        return socket

    try:
        yield connect
    finally:
        for socket in opened:
            socket.readable.set()
            socket.go()
            await socket.end()


async def until(holds: Callable[[], bool]) -> None:
    """Let everything run until something holds."""
    async with asyncio.timeout(SECONDS):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0)
