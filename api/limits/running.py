"""A request while it runs (执行中的请求): it ends when its time is up, or when its client has gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLResolveInfo
from graphql.pyutils import Path
from starlette.types import Receive

from api.execution.executor import Executor
from api.limits.errors import RequestTimeoutError

WATCHED_AFTER = 0.05
"""Seconds after which the connection of a request is watched; most have been answered by then."""


class ClientGoneError(Exception):
    """The client closed its connection before it had its answer."""


def timeout_error(seconds: float) -> RequestTimeoutError:
    """What a client is told whose request took too long."""
    return RequestTimeoutError(
        f"the request took longer than {seconds:g} seconds and was given up; ask for less, or again"
    )


@asynccontextmanager
async def within(seconds: float, receive: Receive) -> AsyncIterator[None]:
    """Run what is inside until the time is up or the client has gone; either cancels it where it waits.

    Raises:
        RequestTimeoutError: the time was up.
        ClientGoneError: the connection was closed.
    """
    try:
        async with asyncio.timeout(seconds), _while_connected(receive):
            yield
    except TimeoutError as error:
        raise timeout_error(seconds) from error


@asynccontextmanager
async def _while_connected(receive: Receive) -> AsyncIterator[None]:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    watcher: asyncio.Task[None] | None = None
    is_gone = False

    async def watch() -> None:
        nonlocal is_gone
        while (await receive())["type"] != "http.disconnect":
            pass
        is_gone = True
        if task is not None:
            task.cancel()

    def start() -> None:
        nonlocal watcher
        watcher = loop.create_task(watch())

    timer = loop.call_later(WATCHED_AFTER, start)
    try:
        yield
    except asyncio.CancelledError:
        if is_gone and task is not None and task.uncancel() == 0:
            raise ClientGoneError from None
        raise
    finally:
        timer.cancel()
        if watcher is not None:
            watcher.cancel()


class TimedExecutor(Executor):
    """Executes an operation, and resolves no further field once its time is up.

    Cancelling works only where something waits; this check works in a long run of resolvers that do not.
    The context of the request says until when: its ``deadline``, by ``time.monotonic``.
    """

    def build_resolve_info(
        self, field_def: GraphQLField, field_nodes: list[FieldNode], parent_type: GraphQLObjectType, path: Path
    ) -> GraphQLResolveInfo[Any]:
        """What a resolver is told, unless the time is up. Raises RequestTimeoutError."""
        self.keep_time()
        return super().build_resolve_info(field_def, field_nodes, parent_type, path)

    def keep_time(self) -> None:
        """Raises RequestTimeoutError when the time is up."""
        context: Any = self.context_value
        if context is not None and time.monotonic() > context.deadline:
            raise RequestTimeoutError("the time of the request is up")

    def settle_in_background(self, awaitables: list[Awaitable[Any]]) -> None:
        """What was begun beside a field that failed: it goes on, but not beyond the deadline."""
        super().settle_in_background(awaitables)
        context: Any = self.context_value
        if context is not None and time.monotonic() > context.deadline:
            for future in list(self.background_futures):
                future.cancel()
