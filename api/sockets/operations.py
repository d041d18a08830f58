"""What a client asks by WebSocket (操作): a query or a mutation as over HTTP, or a subscription, event by event.

The same documents, limits and turns as over HTTP. Each event of a subscription is executed in a context of its own,
with the time of a request: nothing that was looked up for one is shown in the next.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from graphql import ExecutionResult as CoreResult
from graphql import GraphQLError, GraphQLSyntaxError, OperationDefinitionNode, OperationType, get_operation_ast
from graphql.execution import create_source_event_stream, execute_subscription_event
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType as StrawberryOperationType

from api.access.viewer import Viewer
from api.answers import Answer, Answers, Asked, publish, unknown_operation
from api.limits.documents import Document
from api.limits.errors import BusyError, LimitError, OverloadedError, RequestTimeoutError
from api.limits.running import TimedExecutor, timeout_error
from api.scope import Request
from api.sockets.messages import CloseCode, MessageError
from api.sockets.sharing import SharedEvents, Told
from graph_model.errors import BadUserInputError, ZerenError

EVENTS_AT_ONCE = 16
"""Events of subscriptions that are executed at the same time; all others wait for their turn."""
_END: Final = object()
_SINGLE: Final = {StrawberryOperationType.QUERY, StrawberryOperationType.MUTATION}


@dataclass(frozen=True)
class Outcome:
    """A payload for the client. ``is_last``: an ``error``, which ends the operation; else a ``next``."""

    payload: Any
    is_last: bool = False


class Operations:
    """Answers what is asked by WebSocket."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._events = asyncio.Semaphore(EVENTS_AT_ONCE)
        self._subscriptions = 0
        self._shared = SharedEvents()

    async def outcomes(self, viewer: Viewer, asked: Asked, client: str) -> AsyncGenerator[Outcome, None]:
        """What an operation comes to: at most one outcome, or one for each event. Closing it ends a subscription.

        Raises MessageError for a document that cannot be parsed: the reference server closes the socket for it.
        """
        try:
            document, operation = self._find(asked)
            if operation.operation is OperationType.SUBSCRIPTION:
                with self._subscription():
                    async with aclosing(self._subscribed(viewer, asked, document)) as answers:
                        async for answer in answers:
                            yield Outcome(answer.body)
            else:
                answer = await self._answered(viewer, asked, client)
                yield Outcome(answer.body["errors"], is_last=True) if answer.is_refused else Outcome(answer.body)
        except _RefusedError as refusal:
            yield Outcome(refusal.answer.body["errors"], is_last=True)

    def _find(self, asked: Asked) -> tuple[Document, OperationDefinitionNode]:
        """The document, valid and within its limits, and its operation. Raises _RefusedError, MessageError."""
        try:
            document = self._answers.schema.documents.get(asked.query)
        except GraphQLSyntaxError as error:
            raise MessageError(CloseCode.INTERNAL_ERROR, error.message) from error
        except GraphQLError as error:
            raise _RefusedError(error) from error
        if document.errors:
            raise _RefusedError(*document.errors)
        operation = get_operation_ast(document.document, asked.operation_name)
        if operation is None:
            fault: ZerenError = unknown_operation(asked.operation_name)
            if asked.operation_name is None and any(
                isinstance(node, OperationDefinitionNode) for node in document.document.definitions
            ):
                fault = BadUserInputError("operationName: the document has several operations; name the one to run")
            raise _refused(fault)
        return document, operation

    async def _answered(self, viewer: Viewer, asked: Asked, client: str) -> Answer:
        """The answer to a query or a mutation. Raises _RefusedError where it got no turn, or its time was up."""
        seconds = self._answers.bounds.request_seconds
        try:
            async with asyncio.timeout(seconds), self._answers.gate.turn(client):
                return await self._answers.answer(viewer, asked, _SINGLE, time.monotonic() + seconds)
        except (BusyError, RequestTimeoutError) as error:
            raise _refused(error) from error
        except TimeoutError as error:
            raise _refused(timeout_error(seconds)) from error

    @contextmanager
    def _subscription(self) -> Iterator[None]:
        """One more subscription. Raises _RefusedError where there are as many as may be."""
        most = self._answers.bounds.subscriptions
        if self._subscriptions >= most:
            raise _refused(OverloadedError(f"{most} subscriptions are under way, and that is the most that may be"))
        self._subscriptions += 1
        try:
            yield
        finally:
            self._subscriptions -= 1

    async def _subscribed(self, viewer: Viewer, asked: Asked, document: Document) -> AsyncGenerator[Answer, None]:
        """The answer to each event. Raises _RefusedError where there is no stream of events, or it fails."""
        documents, schema = self._answers.schema.documents, self._answers.schema._schema
        try:
            cost = documents.price(document, asked.operation_name, asked.variables)
            documents.check_cost(cost)
        except LimitError as error:
            raise _RefusedError(error.located()) from error
        except BadUserInputError as error:
            raise _refused(error) from error
        variables = msgspec.json.encode(asked.variables, order="sorted")
        sharing = self._shared.of((asked.query, asked.operation_name, variables, viewer))
        executor = TimedExecutor.build(
            schema,
            document.document,
            None,
            Request(self._answers.graph, viewer, sharing=sharing),
            asked.variables,
            asked.operation_name,
        )
        if isinstance(executor, list):
            yield _without_data(executor)
            return
        source = create_source_event_stream(executor)
        if inspect.isawaitable(source):
            source = await source
        if isinstance(source, CoreResult):
            yield _without_data(source.errors)
            return
        extensions = documents.published(cost)
        events = aiter(source)
        try:
            while (event := await _next(events)) is not _END:
                if isinstance(event, Told) and event.answer is not None:
                    answer = event.answer
                else:
                    answer = await self._event(executor.build_per_event_executor(event), viewer, extensions)
                    if "errors" in answer.body:
                        sharing.give_up()  # it may be this moment's fault: whoever asks next tries anew
                    else:
                        sharing.tell(answer)
                del event  # the next one may be long in coming
                yield answer
        finally:
            sharing.give_up()
            if inspect.isasyncgen(events):
                await events.aclose()

    async def _event(self, executor: Any, viewer: Viewer, extensions: dict[str, Any]) -> Answer:  # noqa: ANN401
        """The answer to one event. Raises _RefusedError where its time was up."""
        seconds = self._answers.bounds.request_seconds
        async with self._events:
            context = Request(
                self._answers.graph, viewer, deadline=time.monotonic() + seconds, imports=self._answers.imports
            )
            executor.context_value = context
            try:
                async with asyncio.timeout(seconds):
                    result = execute_subscription_event(executor)
                    if inspect.isawaitable(result):
                        result = await result
            except TimeoutError as error:
                raise _refused(timeout_error(seconds)) from error
            finally:
                context.release()
        if any(isinstance(error.original_error, RequestTimeoutError) for error in result.errors or ()):
            raise _refused(timeout_error(seconds))
        return publish(ExecutionResult(data=result.data, errors=result.errors, extensions=extensions))


def _without_data(errors: list[GraphQLError] | None) -> Answer:
    """The one answer of a subscription that has no stream of events: a request error, though with a path."""
    answer = publish(ExecutionResult(data=None, errors=errors))
    answer.body.pop("data", None)
    return answer


async def _next(events: AsyncIterator[Any]) -> Any:  # noqa: ANN401 - whatever a subscription yields
    """The next event, or ``_END``. Raises _RefusedError for what is raised instead."""
    try:
        return await anext(events, _END)
    except Exception as error:  # it is told to the client, and logged unless it was raised on purpose
        raise _refused(error) from error


class _RefusedError(Exception):
    """An operation that ends with errors, and without data."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__(*errors)
        self.answer = publish(PreExecutionError(data=None, errors=list(errors)))


def _refused(fault: Exception) -> _RefusedError:
    return _RefusedError(GraphQLError(str(fault), original_error=fault))
