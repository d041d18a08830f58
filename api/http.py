"""GraphQL over HTTP, as specified (GraphQL over HTTP, 2025): one endpoint for GET and POST (接口).

Status codes follow the media type that the client accepts: with ``application/graphql-response+json`` a request that
was not executed is 400; with ``application/json`` it is 200, once it is well-formed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from api.access.token_file import TokenFileError
from api.access.viewer import CHALLENGE, Access, Viewer
from api.answers import Answers, Asked, encode
from api.graphiql import graphiql_response
from api.limits.errors import BusyError, RequestTimeoutError
from api.limits.gate import client_of
from api.limits.running import ClientGoneError, within
from api.media_types import GRAPHQL_JSON, JSON, content_type, negotiate, wants_page
from graph_model.errors import UnauthenticatedError

METHODS = "GET, HEAD, POST, OPTIONS"
PARAMETERS = 32
"""How many parameters a query string may have; GraphQL over HTTP knows four."""
CLIENT_GONE = 499
"""The status in the log of a request whose client did not wait for the answer; nobody receives it."""
_CHARSET = "; charset=utf-8"
_log = structlog.get_logger("zeren.api")


class RequestError(Exception):
    """A request that is no GraphQL request; answered with its status and message."""

    def __init__(
        self, status: int, message: str, code: str = "BAD_REQUEST", *, retryable: bool = False, **headers: str
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retryable = retryable
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class GraphQLEndpoint:
    """Answers GraphQL requests from the facade."""

    def __init__(self, answers: Answers, access: Access, max_body_bytes: int) -> None:
        self._answers = answers
        self._access = access
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI; all methods, so that a wrong one is told what is right."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        """The answer, or the GraphiQL page for a browser."""
        if request.method in {"GET", "HEAD"} and wants_page(request.headers):
            return graphiql_response(request)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": METHODS})
        media_type = negotiate(request.headers.get("accept"))
        try:
            if media_type is None:
                raise RequestError(406, f"this endpoint answers in {GRAPHQL_JSON} or {JSON}; accept one of them")
            viewer = self._viewer(request.headers)
            if request.method == "POST":
                asked = _from_body(await self._body(request))
                allowed = {OperationType.QUERY, OperationType.MUTATION}
            elif request.method in {"GET", "HEAD"}:
                _check_query_string(request.scope["query_string"], self._max_body_bytes)
                asked = _from_parameters(request.query_params)
                allowed = {OperationType.QUERY}
            else:
                raise RequestError(405, "use GET or POST", allow=METHODS)
            return await self._in_turn(request, viewer, asked, allowed, media_type)
        except RequestError as error:
            extensions = {"code": error.code, "retryable": error.retryable}
            body = {"errors": [{"message": str(error), "extensions": extensions}]}
            return _response(body, error.status, media_type or JSON, error.headers)

    def _viewer(self, headers: Headers) -> Viewer:
        """Who asks. Raises RequestError for a token that is not known, also where none is needed."""
        try:
            return self._access.viewer(headers.getlist("authorization"))
        except UnauthenticatedError as error:
            raise RequestError(401, str(error), error.code, www_authenticate=CHALLENGE) from error
        except TokenFileError as error:
            _log.error("tokens unavailable", error=str(error))
            message = "the tokens cannot be read now; the server's log says why"
            raise RequestError(503, message, error.code, retryable=True, retry_after="1") from error

    async def _body(self, request: Request) -> bytes:
        """The body, of the right type and within the limit."""
        given = request.headers.get("content-type", "none")
        media, charset = content_type(given)
        if media != JSON:
            raise RequestError(415, f"the body must be {JSON}, not {given[:100]}: set the header Content-Type")
        if charset not in {"utf-8", "utf8"}:
            raise RequestError(415, f"the body must be UTF-8, not {charset}")
        seconds = self._answers.bounds.body_seconds
        try:
            async with asyncio.timeout(seconds):
                return await self._read(request)
        except ClientDisconnect as error:
            raise RequestError(400, "the connection was closed before the body's end") from error
        except TimeoutError as error:
            message = f"the body was not complete within {seconds:g} seconds"
            raise RequestError(408, message, "BODY_TIMEOUT", retryable=True, connection="close") from error

    async def _read(self, request: Request) -> bytes:
        """The body within its limit."""
        chunks, size = [], 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > self._max_body_bytes:
                raise RequestError(
                    413,
                    f"the body is larger than {self._max_body_bytes} bytes",
                    "BODY_TOO_LARGE",
                    connection="close",
                )
            chunks.append(chunk)
        return b"".join(chunks)

    async def _in_turn(
        self, request: Request, viewer: Viewer, asked: Asked, allowed: set[OperationType], media_type: str
    ) -> Response:
        """Execute when the request's turn has come, as long as its time is not up and its client is there."""
        client = client_of(request.client.host if request.client else None)
        deadline = time.monotonic() + self._answers.bounds.request_seconds
        try:
            async with within(self._answers.bounds.request_seconds, request.receive), self._answers.gate.turn(client):
                return await self._execute(viewer, asked, allowed, media_type, deadline)
        except BusyError as error:
            raise RequestError(error.status, str(error), error.code, retryable=True, retry_after="1") from error
        except RequestTimeoutError as error:
            status = 200 if media_type == JSON else 503
            raise RequestError(status, str(error), error.code, retryable=True) from error
        except ClientGoneError as error:
            raise RequestError(CLIENT_GONE, "the connection was closed before the answer") from error

    async def _execute(
        self, viewer: Viewer, asked: Asked, allowed: set[OperationType], media_type: str, deadline: float
    ) -> Response:
        try:
            answer = await self._answers.answer(viewer, asked, allowed, deadline)
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.SUBSCRIPTION:
                message = "a subscription is asked by WebSocket, at this address: graphql-transport-ws"
                raise RequestError(405, message, allow="POST") from error
            raise RequestError(405, error.as_http_error_reason("GET"), allow="POST") from error
        status = 200 if answer.was_executed or media_type == JSON else 400
        return _response(answer.body, status, media_type)


def _check_query_string(text: bytes, most_bytes: int) -> None:
    """Raises RequestError for one that takes long to take apart."""
    if len(text) > most_bytes:
        raise RequestError(414, f"the query string is longer than {most_bytes} bytes", "QUERY_STRING_TOO_LARGE")
    parameters = text.count(b"&") + 1
    if parameters > PARAMETERS:
        raise RequestError(400, f"the query string has {parameters:,} parameters, and {PARAMETERS} are the most")


def _response(
    body: Mapping[str, Any], status: int, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    varying = {"Vary": "Accept, Authorization", "X-Content-Type-Options": "nosniff", **(headers or {})}
    return Response(encode(body), status, varying, media_type + _CHARSET)


def _from_body(body: bytes) -> Asked:
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise RequestError(400, f"the body is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise RequestError(400, "the body must be a JSON object with a query; batches are not taken")
    return _asked(content)


def _from_parameters(parameters: Mapping[str, str]) -> Asked:
    content: dict[str, Any] = dict(parameters)
    for name in ("variables", "extensions"):
        if content.get(name):
            try:
                content[name] = msgspec.json.decode(content[name])
            except (msgspec.DecodeError, RecursionError) as error:
                raise RequestError(400, f"{name} is no JSON: {error}") from error
        else:
            content.pop(name, None)
    return _asked(content)


def _asked(content: Mapping[str, Any]) -> Asked:
    query, variables = content.get("query"), content.get("variables")
    operation_name, extensions = content.get("operationName"), content.get("extensions")
    if not isinstance(query, str) or not query.strip():
        raise RequestError(400, "query is missing: send a GraphQL document as a text")
    if variables is not None and not isinstance(variables, dict):
        raise RequestError(400, "variables must be a JSON object")
    if operation_name is not None and not isinstance(operation_name, str):
        raise RequestError(400, "operationName must be a text")
    if extensions is not None and not isinstance(extensions, dict):
        raise RequestError(400, "extensions must be a JSON object")
    return Asked(query, variables, operation_name or None)
