"""One WebSocket (一条长连接): what its client may do when, and the operations under way on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import aclosing, suppress
from typing import Any

import structlog
from msgspec import Struct
from starlette.types import Message, Receive, Send

from api.access.token_file import TokenFileError
from api.access.viewer import Access, Viewer
from api.answers import encode
from api.limits.bounds import LoadBounds
from api.sockets.messages import (
    CloseCode,
    Complete,
    Init,
    MessageError,
    Ping,
    Subscribe,
    read_message,
    shorten,
)
from api.sockets.operations import Operations
from graph_model.errors import UnauthenticatedError

_log = structlog.get_logger("zeren.api")


class Client(Struct, frozen=True):
    """Who is at the other end: the address that it counts for, and the Authorization headers of its handshake."""

    address: str
    authorizations: tuple[str, ...]


class Connection:
    """One accepted WebSocket. Messages are read one after the other; operations run beside each other."""

    def __init__(self, client: Client, operations: Operations, access: Access, bounds: LoadBounds, send: Send) -> None:
        self._address = client.address
        self._authorizations = client.authorizations
        self._operations = operations
        self._access = access
        self._bounds = bounds
        self._send_asgi = send
        self._running: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_initialised = False
        self._is_acknowledged = False
        self._is_gone = False
        self.close_code: int | None = None
        """What it was closed with, by either side; None while it is open."""

    async def run(self, receive: Receive) -> None:
        """Until either side closes it. All that runs on it has ended then."""
        self._start(self._await_init())
        try:
            while self.close_code is None:
                await self._take(await receive())
        finally:
            self._running.clear()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task that ends with the connection."""
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _take(self, message: Message) -> None:
        if message["type"] == "websocket.disconnect":
            self.close_code = message.get("code", 1005)
            return
        if self._is_gone:
            return
        data = message.get("text")
        await self._closing(lambda: self._handle(message["bytes"] if data is None else data))

    async def _closing(self, action: Callable[[], Awaitable[None]]) -> None:
        """Do something that may be a reason to close."""
        try:
            await action()
        except MessageError as error:
            await self._close(error.code, error.reason)
        except UnauthenticatedError:
            await self._close(CloseCode.FORBIDDEN, "Forbidden")
        except TokenFileError as error:
            _log.error("tokens unavailable", error=str(error))
            await self._close(CloseCode.TOO_SLOW, "the tokens cannot be read now")
        except OSError:  # the client has gone: a disconnect follows
            self._is_gone = True
        except Exception:
            _log.exception("unexpected error")
            await self._close(CloseCode.INTERNAL_ERROR, "Internal server error")

    async def _handle(self, data: str | bytes) -> None:
        message = read_message(data)
        match message:
            case Init(payload=payload):
                await self._init(payload)
            case Ping(payload=payload):
                await self._send({"type": "pong", "payload": payload} if payload else {"type": "pong"})
            case Subscribe():
                await self._subscribe(message)
            case Complete(id=name):
                task = self._running.pop(name, None)
                if task is not None:
                    task.cancel()

    async def _await_init(self) -> None:
        await asyncio.sleep(self._bounds.socket_init_seconds)
        if not self._is_initialised:
            await self._closing(self._time_out)

    async def _time_out(self) -> None:
        raise MessageError(CloseCode.INIT_TIMEOUT, "Connection initialisation timeout")

    async def _init(self, payload: dict[str, Any] | None) -> None:
        """Acknowledge the connection. A token in the payload stands for that of the handshake, which browsers lack."""
        if self._is_initialised:
            raise MessageError(CloseCode.TOO_MANY_INITS, "Too many initialisation requests")
        self._is_initialised = True
        given = [value for name, value in (payload or {}).items() if name.lower() == "authorization"]
        if given:
            if not all(isinstance(value, str) for value in given):
                raise MessageError(CloseCode.FORBIDDEN, "Forbidden")
            self._authorizations = tuple(given)
        self._viewer()
        self._is_acknowledged = True
        await self._send({"type": "connection_ack"})

    def _viewer(self) -> Viewer:
        """Who asks, by a token that is valid now. Raises UnauthenticatedError, TokenFileError."""
        return self._access.viewer(self._authorizations)

    async def _subscribe(self, message: Subscribe) -> None:
        if not self._is_acknowledged:
            raise MessageError(CloseCode.UNAUTHORIZED, "Unauthorized")
        if message.id in self._running:
            raise MessageError(CloseCode.SUBSCRIBER_EXISTS, f"Subscriber for {message.id} already exists")
        most = self._bounds.socket_operations
        if len(self._running) >= most:
            text = f"{most} operations are under way on this WebSocket, and {most} is the most that is allowed"
            extensions = {"code": "TOO_MANY_REQUESTS", "retryable": True}
            await self._send(
                {"id": message.id, "type": "error", "payload": [{"message": text, "extensions": extensions}]}
            )
            return
        viewer = self._viewer()
        self._running[message.id] = self._start(self._closing(lambda: self._answer(message, viewer)))

    async def _answer(self, message: Subscribe, viewer: Viewer) -> None:
        """Send what an operation comes to, as long as it is the one under way with its id."""
        task = asyncio.current_task()
        is_open = True
        try:
            async with aclosing(self._operations.outcomes(viewer, message.asked, self._address)) as outcomes:
                async for outcome in outcomes:
                    if self._running.get(message.id) is not task:
                        return
                    self._viewer()  # a token that was revoked since ends what it began
                    is_open = not outcome.is_last
                    if not is_open:
                        del self._running[message.id]
                    kind = "next" if is_open else "error"
                    await self._send({"id": message.id, "type": kind, "payload": outcome.payload})
            if is_open and self._running.get(message.id) is task:
                del self._running[message.id]
                await self._send({"id": message.id, "type": "complete"})
        finally:
            if self._running.get(message.id) is task:
                del self._running[message.id]

    async def _send(self, message: dict[str, Any]) -> None:
        """Send a message; it waits while the client has not read what it was sent before."""
        if self.close_code is None and not self._is_gone:
            await self._send_asgi({"type": "websocket.send", "text": encode(message).decode()})

    async def _close(self, code: CloseCode, reason: str) -> None:
        if self.close_code is None:
            self.close_code = int(code)
            with suppress(OSError):  # it has gone already
                await self._send_asgi({"type": "websocket.close", "code": int(code), "reason": shorten(reason)})
