"""GraphQL over HTTP, as specified (GraphQL over HTTP, 2025): one endpoint for GET and POST (接口).

Status codes follow the media type that the client accepts: with ``application/graphql-response+json`` a request that
was not executed is 400; with ``application/json`` it is 200, once it is well-formed.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

import msgspec
import strawberry
import structlog
from graphql import GraphQLError, ValueNode, VariableNode
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from api.access.token_file import TokenFileError
from api.access.viewer import Access, Viewer
from api.errors import BAD_USER_INPUT, PARSE_FAILED, VALIDATION_FAILED, present
from api.graphiql import graphiql_response
from api.limits.bounds import LoadBounds
from api.limits.errors import BusyError, RequestTimeoutError
from api.limits.gate import Gate, client_of
from api.limits.running import ClientGoneError, timeout_error, within
from api.scope import Request as Context
from graph_model.errors import BadUserInputError, UnauthenticatedError
from graph_model.graph import ResponsibilityGraph

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
METHODS = "GET, HEAD, POST, OPTIONS"
CHALLENGE = 'Bearer realm="zeren", error="invalid_token"'
"""What a client whose token is not known is asked for."""
PARAMETERS = 32
"""How many parameters a query string may have; GraphQL over HTTP knows four."""
CLIENT_GONE = 499
"""The status in the log of a request whose client did not wait for the answer; nobody receives it."""
SHOWN = 60
"""How much of a wrong name a message repeats, in characters."""
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


@dataclass(frozen=True)
class Asked:
    """The parameters of a GraphQL request."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


class GraphQLEndpoint:
    """Answers GraphQL requests from the facade."""

    def __init__(
        self,
        schema: strawberry.Schema,
        graph: ResponsibilityGraph,
        max_body_bytes: int,
        bounds: LoadBounds,
        access: Access,
    ) -> None:
        self._schema = schema
        self._graph = graph
        self._access = access
        self._max_body_bytes = max_body_bytes
        self._bounds = bounds
        self._gate = Gate(concurrent=bounds.concurrent, waiting=bounds.waiting, per_client=bounds.per_client)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI; all methods, so that a wrong one is told what is right."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        """The answer, or the GraphiQL page for a browser."""
        if request.method in {"GET", "HEAD"} and _wants_page(request.headers):
            return graphiql_response(request)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": METHODS})
        media_type = _negotiate(request.headers.get("accept"))
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
        content_type, charset = _content_type(given)
        if content_type != JSON:
            raise RequestError(415, f"the body must be {JSON}, not {given[:100]}: set the header Content-Type")
        if charset not in {"utf-8", "utf8"}:
            raise RequestError(415, f"the body must be UTF-8, not {charset}")
        seconds = self._bounds.body_seconds
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
        deadline = time.monotonic() + self._bounds.request_seconds
        try:
            async with within(self._bounds.request_seconds, request.receive), self._gate.turn(client):
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
        context = Context(self._graph, viewer, deadline=deadline)
        try:
            result = await self._schema.execute(
                asked.query,
                variable_values=asked.variables,
                operation_name=asked.operation_name,
                context_value=context,
                allowed_operation_types=allowed,
            )
        except CannotGetOperationTypeError:
            fault = BadUserInputError(_operation_fault(asked))
            result = PreExecutionError(data=None, errors=[GraphQLError(str(fault), original_error=fault)])
        except InvalidOperationTypeError as error:
            message = error.as_http_error_reason("GET" if OperationType.MUTATION not in allowed else "POST")
            raise RequestError(405, message, allow="POST") from error
        finally:
            context.release()
        if any(isinstance(error.original_error, RequestTimeoutError) for error in result.errors or ()):
            raise timeout_error(self._bounds.request_seconds)
        was_executed = not _is_request_error(result)
        body: dict[str, Any] = {}
        if result.errors:
            body["errors"] = [present(error, _default_code(error, result)).formatted for error in result.errors]
        if was_executed:
            body["data"] = result.data
        if result.extensions:
            body["extensions"] = result.extensions
        status = 200 if was_executed or media_type == JSON else 400
        return _response(body, status, media_type)


def _check_query_string(text: bytes, most_bytes: int) -> None:
    """Raises RequestError for one that takes long to take apart."""
    if len(text) > most_bytes:
        raise RequestError(414, f"the query string is longer than {most_bytes} bytes", "QUERY_STRING_TOO_LARGE")
    parameters = text.count(b"&") + 1
    if parameters > PARAMETERS:
        raise RequestError(400, f"the query string has {parameters:,} parameters, and {PARAMETERS} are the most")


def _operation_fault(asked: Asked) -> str:
    if asked.operation_name is None:
        return "the document has no operation, only fragments or definitions: add the one to run"
    shown = asked.operation_name if len(asked.operation_name) <= SHOWN else asked.operation_name[:SHOWN] + "..."
    return f"operationName: the document has no operation {shown!r}"


def _is_request_error(result: ExecutionResult) -> bool:
    """Whether nothing was executed: the answer has no data, and no error has a path."""
    if isinstance(result, PreExecutionError):
        return True
    return result.data is None and all(error.path is None for error in result.errors or ())


def _default_code(error: GraphQLError, result: ExecutionResult) -> str:
    """The code of an error that GraphQL itself raised."""
    if not isinstance(result, PreExecutionError):
        return BAD_USER_INPUT
    if error.message.startswith("Syntax Error"):
        return PARSE_FAILED
    place = error.nodes[0] if error.nodes else None
    is_value = isinstance(place, ValueNode) and not isinstance(place, VariableNode)
    return BAD_USER_INPUT if is_value else VALIDATION_FAILED


def _response(
    body: Mapping[str, Any], status: int, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    varying = {"Vary": "Accept, Authorization", "X-Content-Type-Options": "nosniff", **(headers or {})}
    return Response(_encode(body), status, varying, media_type + _CHARSET)


def _encode(body: Mapping[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:  # half of a surrogate pair, which a message repeats: JSON can write it, UTF-8 cannot
        return json.dumps(body, separators=(",", ":")).encode("ascii")


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


def _content_type(header: str) -> tuple[str, str]:
    """The media type of a Content-Type header, and its charset."""
    message = Message()
    message["Content-Type"] = header
    return message.get_content_type(), message.get_content_charset("utf-8")


def _ranges(accept: str) -> list[tuple[str, float]]:
    """The media ranges of an Accept header with their quality, as they stand."""
    found = []
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                quality = _number(parameter[2:])
        if media:
            found.append((media, quality))
    return found


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _quality(media: str, ranges: list[tuple[str, float]]) -> float:
    """The quality of a media type: of the most specific range that matches it."""
    kind = media.split("/", maxsplit=1)[0]
    for pattern in (media, f"{kind}/*", "*/*"):
        for found, quality in ranges:
            if found == pattern:
                return quality
    return 0.0


def _negotiate(accept: str | None) -> str | None:
    """The media type to answer in; None if the client accepts neither. Without a wish: ``application/json``."""
    if not accept:
        return JSON
    ranges = _ranges(accept)
    best = max((GRAPHQL_JSON, JSON), key=lambda media: _quality(media, ranges))
    named = {media for media, quality in ranges if quality > 0}
    if GRAPHQL_JSON not in named and _quality(JSON, ranges) > 0:
        best = JSON
    return best if _quality(best, ranges) > 0 else None


def _wants_page(headers: Headers) -> bool:
    """Whether a browser asks for the page: it accepts HTML, and names no JSON before it."""
    ranges = _ranges(headers.get("accept", ""))
    named = [media for media, quality in ranges if quality > 0 and media in {"text/html", JSON, GRAPHQL_JSON}]
    return bool(named) and named[0] == "text/html"
