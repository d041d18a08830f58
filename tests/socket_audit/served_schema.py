"""Our server over the audits' schema: ``python tests/socket_audit/served_schema.py SECONDS`` prints its port.

What the schema does is written once more, for the reference server, in ``reference.mjs``.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import strawberry
import uvicorn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from api.app import build_app
from api.limits.bounds import QueryBounds
from api.schema import Schema
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.embedded import open_store
from server import configure_log, listen, load_bounds, server_config
from settings import Settings


class Switch:
    """What queries wait for, and how many subscriptions have ended."""

    def __init__(self) -> None:
        self.released = asyncio.Event()
        self.ended = 0


SWITCH = Switch()


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str | None = None) -> str:
        return f"hello {name or 'you'}"

    @strawberry.field
    def double(self, of: int) -> int:
        return 2 * of

    @strawberry.field
    async def slow(self) -> str:
        SWITCH.released.clear()
        await SWITCH.released.wait()
        return "at last"

    @strawberry.field
    def fails(self) -> str | None:
        raise RuntimeError("failed")

    @strawberry.field
    def ended(self) -> int:
        return SWITCH.ended


@strawberry.type
class Mutation:
    @strawberry.mutation
    def release(self) -> int:
        SWITCH.released.set()
        return 1


@strawberry.type
class Event:
    value: int

    @strawberry.field
    def fails(self) -> str | None:
        raise RuntimeError("failed")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int) -> AsyncGenerator[int, None]:
        for at in range(1, to + 1):
            yield at

    @strawberry.subscription
    async def forever(self) -> AsyncGenerator[int, None]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            SWITCH.ended += 1

    @strawberry.subscription
    async def breaks(self) -> AsyncGenerator[int, None]:
        yield 1
        raise RuntimeError("broken")

    @strawberry.subscription
    async def refused(self) -> AsyncGenerator[int, None]:
        raise RuntimeError("refused")

    @strawberry.subscription
    async def event(self) -> AsyncGenerator[Event, None]:
        yield Event(value=1)
        yield Event(value=2)


def main(seconds: float) -> None:
    """Serve until stopped."""
    settings = Settings(port=0, socket_init_seconds=seconds)
    configure_log(settings)
    graph = ResponsibilityGraph(open_store("sqlite:///:memory:", "writer"))
    schema = Schema(QueryBounds(), query=Query, mutation=Mutation, subscription=Subscription)
    app = build_app(graph, max_body_bytes=settings.max_body_bytes, load_bounds=load_bounds(settings), schema=schema)
    listening = listen(settings)
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(server_config(app, settings)).run(sockets=[listening])


if __name__ == "__main__":
    main(float(sys.argv[1]))
