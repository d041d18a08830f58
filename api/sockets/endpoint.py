"""The door for WebSockets (长连接入口): who is let in, and under which protocol."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from api.access.token_file import TokenFileError
from api.access.viewer import CHALLENGE, Access
from api.answers import Answers
from api.limits.errors import BusyError, OverloadedError, TooManyRequestsError
from api.limits.gate import client_of
from api.sockets.connection import Client, Connection
from api.sockets.messages import SUBPROTOCOL, CloseCode
from api.sockets.operations import Operations
from graph_model.errors import ForbiddenError, UnauthenticatedError, ZerenError

_log = structlog.get_logger("zeren.api")


class SocketEndpoint:
    """Lets WebSockets in, as many as may be open, of the protocol ``graphql-transport-ws``."""

    def __init__(self, answers: Answers, access: Access) -> None:
        self._bounds = answers.bounds
        self._operations = Operations(answers)
        self._access = access
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        await receive()  # websocket.connect
        headers = Headers(scope=scope)
        client = Client(
            address=client_of(scope["client"][0] if scope.get("client") else None),
            authorizations=tuple(headers.getlist("authorization")),
        )
        try:
            _check_origin(headers)
            self._check_room(client.address)
            self._access.viewer(client.authorizations)
        except ZerenError as error:
            await _refuse(error, scope, receive, send)
            return
        self._open[client.address] += 1
        try:
            await self._serve(client, scope, receive, send)
        finally:
            self._open[client.address] -= 1
            if not self._open[client.address]:
                del self._open[client.address]

    async def _serve(self, client: Client, scope: Scope, receive: Receive, send: Send) -> None:
        if SUBPROTOCOL not in scope["subprotocols"]:
            # Only an open socket can be closed with a code. A client that asked for others alone sees that none was
            # taken, the older `graphql-ws` among them.
            await send({"type": "websocket.accept"})
            code = CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE
            await send({"type": "websocket.close", "code": int(code), "reason": "Subprotocol not acceptable"})
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        await Connection(client, self._operations, self._access, self._bounds, send).run(receive)

    def _check_room(self, address: str) -> None:
        """Raises OverloadedError, TooManyRequestsError."""
        if self._open.total() >= self._bounds.sockets:
            raise OverloadedError(f"{self._bounds.sockets} WebSockets are open, and that is the most that may be")
        if self._open[address] >= self._bounds.sockets_per_client:
            raise TooManyRequestsError(
                f"{self._open[address]} WebSockets of this address are open, and that is the most that may be: ask for "
                "several things on one of them"
            )


def _check_origin(headers: Headers) -> None:
    """Raises ForbiddenError for a page of another site: no rule of the browser keeps it from reading a WebSocket."""
    origin = headers.get("origin")
    if origin is not None and _place(origin) != headers.get("host", "").lower():
        raise ForbiddenError("a page of another site may not open a WebSocket here: Origin and Host differ")


def _place(origin: str) -> str | None:
    """The host and port of an origin; None for ``null``, and for what is no address."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None


async def _refuse(error: ZerenError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the handshake as HTTP."""
    status, headers, message = 403, {}, str(error)
    if isinstance(error, UnauthenticatedError):
        status, headers = 401, {"WWW-Authenticate": CHALLENGE}
    elif isinstance(error, BusyError):
        status, headers = error.status, {"Retry-After": "1"}
    elif isinstance(error, TokenFileError):
        _log.error("tokens unavailable", error=str(error))
        status, headers, message = 503, {"Retry-After": "1"}, "the tokens cannot be read now; the server's log says why"
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    body = {"errors": [{"message": message, "extensions": {"code": error.code, "retryable": error.retryable}}]}
    await JSONResponse(body, status, headers)(scope, receive, send)
