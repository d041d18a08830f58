"""The ASGI application (应用): routes, request ids, access log."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.viewer import Access
from api.errors import INTERNAL, INTERNAL_MESSAGE
from api.export import schema_text
from api.graphiql import graphiql_routes
from api.http import GraphQLEndpoint
from api.limits.bounds import LoadBounds, QueryBounds
from api.schema import build_schema
from api.start import start_page
from graph_model.errors import ZerenError
from graph_model.graph import ResponsibilityGraph

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
) -> Starlette:
    """The application over a facade, which it closes when it shuts down. Without ``access``, all are anonymous."""
    schema = build_schema(query_bounds)
    text = schema_text()

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
        return PlainTextResponse(text, media_type="application/graphql")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        del app
        yield
        await graph.close()

    app = Starlette(
        routes=[
            Route("/", start_page),
            Route("/health", health),
            Route("/ready", ready),
            Route("/schema.graphql", published_schema),
            Route("/graphql", GraphQLEndpoint(schema, graph, max_body_bytes, load_bounds, access)),
            *graphiql_routes(),
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
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        started, status, has_begun = time.perf_counter(), 500, False

        async def send_with_id(message: Message) -> None:
            nonlocal status, has_begun
            if message["type"] == "http.response.start":
                status, has_begun = message["status"], True
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            except Exception:
                _log.exception("unexpected error")
                if has_begun:
                    raise
                await internal_error()(scope, receive, send_with_id)
            finally:
                milliseconds = round((time.perf_counter() - started) * 1000, 2)
                _log.info("answered", method=scope["method"], path=scope["path"], status=status, ms=milliseconds)
