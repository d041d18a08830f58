"""The ASGI application (应用): routes, request ids, access log."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache, partial

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.viewer import Access
from api.answers import Answers
from api.calendar_feed import CalendarFeed
from api.errors import INTERNAL, INTERNAL_MESSAGE
from api.export import schema_text
from api.graphiql import graphiql_routes
from api.http import GraphQLEndpoint
from api.in_turn import InTurn
from api.limits.bounds import LoadBounds, QueryBounds
from api.schema import Schema, build_schema
from api.sockets.endpoint import SocketEndpoint
from api.uploads import UploadEndpoint
from graph_model.errors import ZerenError
from graph_model.graph import ResponsibilityGraph
from intake.service import Imports

_log = structlog.get_logger("zeren.access")
DEFAULT_QUERY_BOUNDS = QueryBounds()
DEFAULT_LOAD_BOUNDS = LoadBounds()
ANONYMOUS_READERS = Access()
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def build_app(
    graph: ResponsibilityGraph,
    *,
    max_body_bytes: int,
    query_bounds: QueryBounds = DEFAULT_QUERY_BOUNDS,
    load_bounds: LoadBounds = DEFAULT_LOAD_BOUNDS,
    access: Access = ANONYMOUS_READERS,
    schema: Schema | None = None,
    pages: Sequence[BaseRoute] = (),
    forms: Sequence[BaseRoute] = (),
    imports: Imports | None = None,
    warm_up_pages: Callable[[], Awaitable[None]] | None = None,
) -> Starlette:
    """The application over a facade, which it closes when it shuts down.

    Without ``access`` all are anonymous; without ``schema`` it is that of the service, held to ``query_bounds``.
    ``pages`` are the routes of another room, which answer what is not the API's; they take turns with it.
    ``forms`` are routes that read a body, and bound it themselves: they do not wait for a turn. ``imports`` takes
    uploads; None: this server takes none.
    ``warm_up_pages`` does at the start what their first requests would wait for.
    """
    served = schema or build_schema(query_bounds)
    answers = Answers(served, graph, load_bounds, imports)
    published_text = cache(partial(schema_text, served))

    async def health(request: Request) -> Response:
        del request  # the process lives: that is all
        return JSONResponse({"status": "alive"})

    async def ready(request: Request) -> Response:
        del request
        try:
            frame = await graph.check_ready()
        except ZerenError as error:
            body = {"status": "not ready", "code": error.code, "message": str(error)}
            return JSONResponse(body, 503, headers={"Retry-After": "1"})
        return JSONResponse({"status": "ready", "version": frame.header.version})

    async def published_schema(request: Request) -> Response:
        del request
        return PlainTextResponse(published_text(), media_type="application/graphql")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        del app
        with suppress(ZerenError):  # /ready says it
            await graph.warm_up()
            if warm_up_pages is not None:
                await warm_up_pages()
        yield
        if imports is not None:
            await imports.close()
        await graph.close()

    app = Starlette(
        routes=[
            Route("/health", health),
            Route("/ready", ready),
            Route("/schema.graphql", published_schema),
            Route("/graphql", GraphQLEndpoint(answers, access, max_body_bytes)),
            Route("/calendar.ics", InTurn(CalendarFeed(graph), answers)),
            WebSocketRoute("/graphql", SocketEndpoint(answers, access)),
            *graphiql_routes(),
            *([Route("/imports", UploadEndpoint(imports, access), methods=["POST"])] if imports is not None else ()),
            *forms,
            *([Mount("", InTurn(Router(pages, redirect_slashes=False), answers))] if pages else ()),
        ],
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # one address a thing, and no redirect to whatever Host a client claims
    app.add_middleware(RequestLog)
    return app


def internal_error() -> Response:
    """The answer where the server itself is at fault."""
    extensions = {"code": INTERNAL, "retryable": False}
    return JSONResponse({"errors": [{"message": INTERNAL_MESSAGE, "extensions": extensions}]}, 500)


class RequestLog:
    """Gives every request an id (the client's, if it is a plain one) and logs how it was answered.

    What nobody caught is logged with the id, and answered without a word of it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            if scope["type"] == "http":
                await self._request(request_id, scope, receive, send)
            else:
                await self._socket(request_id, scope, receive, send)

    async def _request(self, request_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        started, status, has_begun = time.perf_counter(), 500, False

        async def send_with_id(message: Message) -> None:
            nonlocal status, has_begun
            if message["type"] == "http.response.start":
                status, has_begun = message["status"], True
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            _log.exception("unexpected error")
            if has_begun:
                raise
            await internal_error()(scope, receive, send_with_id)
        finally:
            _log.info("answered", method=scope["method"], path=scope["path"], status=status, ms=_since(started))

    async def _socket(self, request_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        """A WebSocket, logged when it is closed: with the code that it was closed with, or the handshake's status."""
        started, code = time.perf_counter(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal code
            if message["type"] in {"websocket.accept", "websocket.http.response.start"}:
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            code = code or message.get("status", 0) or message.get("code", 0)
            await send(message)

        async def receive_code() -> Message:
            nonlocal code
            message = await receive()
            if message["type"] == "websocket.disconnect":
                code = code or message.get("code", 1005)
            return message

        try:
            await self._app(scope, receive_code, send_with_id)
        except Exception:
            _log.exception("unexpected error")
            raise
        finally:
            _log.info("closed", path=scope["path"], code=code, ms=_since(started))


def _since(started: float) -> float:
    """Milliseconds since a moment."""
    return round((time.perf_counter() - started) * 1000, 2)
