"""Answering an operation (应答), whatever it came by: executed within its time, errors with their codes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from graphql import GraphQLError, ValueNode, VariableNode
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from api.access.viewer import Viewer
from api.errors import BAD_USER_INPUT, PARSE_FAILED, VALIDATION_FAILED, present
from api.limits.bounds import LoadBounds
from api.limits.errors import RequestTimeoutError
from api.limits.gate import Gate
from api.limits.running import timeout_error
from api.schema import Schema
from api.scope import Request
from graph_model.errors import BadUserInputError
from graph_model.graph import ResponsibilityGraph
from intake.service import Imports

SHOWN = 60
"""How much of a wrong name a message repeats, in characters."""


@dataclass(frozen=True)
class Asked:
    """What a client asks: a document, its variables, and which of its operations."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


@dataclass(frozen=True)
class Answer:
    """An answer as JSON. ``was_executed``: whether anything was; ``is_refused``: not even the variables were read."""

    body: dict[str, Any]
    was_executed: bool
    is_refused: bool = False


class Answers:
    """Answers queries and mutations from the facade. ``gate``: who runs, of all that come by any way."""

    def __init__(
        self, schema: Schema, graph: ResponsibilityGraph, bounds: LoadBounds, imports: Imports | None = None
    ) -> None:
        self.schema = schema
        self.graph = graph
        self.bounds = bounds
        self.imports = imports
        self.gate = Gate(concurrent=bounds.concurrent, waiting=bounds.waiting, per_client=bounds.per_client)

    async def answer(self, viewer: Viewer, asked: Asked, allowed: set[OperationType], deadline: float) -> Answer:
        """The answer to an operation of an allowed type; ``deadline`` by ``time.monotonic``.

        Raises:
            InvalidOperationTypeError: it is of another type.
            RequestTimeoutError: its time was up.
        """
        context = Request(self.graph, viewer, deadline=deadline, imports=self.imports)
        try:
            result = await self.schema.execute(
                asked.query,
                variable_values=asked.variables,
                operation_name=asked.operation_name,
                context_value=context,
                allowed_operation_types=allowed,
            )
        except CannotGetOperationTypeError:
            fault = unknown_operation(asked.operation_name)
            result = PreExecutionError(data=None, errors=[GraphQLError(str(fault), original_error=fault)])
        finally:
            context.release()
        if any(isinstance(error.original_error, RequestTimeoutError) for error in result.errors or ()):
            raise timeout_error(self.bounds.request_seconds)
        return publish(result)


def publish(result: ExecutionResult) -> Answer:
    """The answer of a result, its errors as a client sees them."""
    was_executed = not _is_request_error(result)
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = [present(error, _default_code(error, result)).formatted for error in result.errors]
    if was_executed:
        body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    return Answer(body, was_executed, isinstance(result, PreExecutionError))


def encode(body: Mapping[str, Any]) -> bytes:
    """An answer, or a message around one, as JSON."""
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:  # half of a surrogate pair, which a message repeats: JSON can write it, UTF-8 cannot
        return json.dumps(body, separators=(",", ":")).encode("ascii")


def unknown_operation(name: str | None) -> BadUserInputError:
    """What a client is told whose document has no operation, or none of this name."""
    if name is None:
        return BadUserInputError("the document has no operation, only fragments or definitions: add the one to run")
    shown = name if len(name) <= SHOWN else name[:SHOWN] + "..."
    return BadUserInputError(f"operationName: the document has no operation {shown!r}")


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
