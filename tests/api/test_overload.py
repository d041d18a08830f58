"""Requests that take too long, whose client has gone, or that are too many: over ASGI, with a store that waits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.applications import Starlette
from starlette.types import Message, Scope

from api.app import build_app
from api.limits.bounds import LoadBounds
from api.schema import build_schema
from api.scope import Request
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.base import Store
from tests.api.asking import GRAPHQL_JSON
from tests.api.conftest import MAX_BODY_BYTES
from tests.api.small_world import FIRST_VILLAGE
from tests.api.watched_store import WatchedStore

VILLAGE = {"query": f'{{ village(code: "{FIRST_VILLAGE}") {{ accountabilityChain {{ asOf }} }} }}'}
TYPENAME = {"query": "{ __typename }"}


class WaitingStore:
    """Stands before a store: a neighbourhood is given when ``ready`` is set. Knows how many were given up."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.ready = asyncio.Event()
        self.waiting = 0

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        return cast("Callable[..., Awaitable[object]]", getattr(self._store, name))

    async def neighbourhood(self, *arguments: Any, **named: Any) -> object:  # noqa: ANN401 - handed on
        """As the store, some time."""
        self.waiting += 1
        try:
            await self.ready.wait()
        finally:
            self.waiting -= 1
        return await self._store.neighbourhood(*arguments, **named)


class Client:
    """One connection: sends a request, in pieces or not to its end, and may go."""

    def __init__(self, app: Starlette, body: object, *, accept: str = GRAPHQL_JSON, address: str = "10.0.0.1") -> None:
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        self._app = app
        self._accept = accept
        self._address = address
        self._sent: list[Message] = []
        if body is not None:
            self.send(json.dumps(body).encode(), more=False)
        self.task = asyncio.create_task(self._run())

    def send(self, content: bytes, *, more: bool = True) -> None:
        self._messages.put_nowait({"type": "http.request", "body": content, "more_body": more})

    def go(self) -> None:
        self._messages.put_nowait({"type": "http.disconnect"})

    async def answer(self) -> Answer:
        """The whole answer."""
        await asyncio.wait_for(self.task, 30)
        headers = {name.decode(): value.decode() for name, value in self._sent[0]["headers"]}
        content = b"".join(message.get("body", b"") for message in self._sent[1:])
        return Answer(self._sent[0]["status"], headers, json.loads(content) if content else {})

    async def _run(self) -> None:
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
            "root_path": "",
            "headers": [(b"content-type", b"application/json"), (b"accept", self._accept.encode())],
            "client": (self._address, 1),
            "server": ("127.0.0.1", 80),
        }

        async def send(message: Message) -> None:
            self._sent.append(message)

        await self._app(scope, self._messages.get, send)


@dataclass(frozen=True)
class Answer:
    """A status, headers, and JSON."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def refusal(self) -> tuple[int, str, bool]:
        """Status, code, and whether to try again, of an answer without data."""
        (error,) = self.body["errors"]
        assert "data" not in self.body
        return self.status, error["extensions"]["code"], error["extensions"]["retryable"]


@pytest.fixture
def store(watched: WatchedStore, small_graph: ResponsibilityGraph) -> WaitingStore:
    return WaitingStore(watched.as_store())


def app_over(store: WaitingStore, **bounds: float) -> Starlette:
    graph = ResponsibilityGraph(cast("Store", store))
    return build_app(graph, max_body_bytes=MAX_BODY_BYTES, load_bounds=LoadBounds(**cast("dict[str, Any]", bounds)))


async def until(holds: Callable[[], bool]) -> None:
    """Let everything run until something holds."""
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0)


@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL_JSON, 503), ("application/json", 200)])
async def test_gives_a_request_up_when_its_time_is_up(store: WaitingStore, accept: str, status: int) -> None:
    answer = await Client(app_over(store, request_seconds=0.05), VILLAGE, accept=accept).answer()
    assert answer.refusal == (status, "REQUEST_TIMEOUT", True)
    assert "0.05 seconds" in answer.body["errors"][0]["message"]


async def test_no_resolver_starts_after_the_deadline(small_graph: ResponsibilityGraph) -> None:
    result = await build_schema().execute(VILLAGE["query"], context_value=Request(small_graph, deadline=0.0))
    assert [str(error.original_error) for error in result.errors or ()] == ["the time of the request is up"]


async def test_an_answer_that_ran_out_of_time_is_none(store: WaitingStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of resolvers that never waits: nothing can cancel it, it ends by itself."""
    monkeypatch.setattr("api.http.time", SimpleNamespace(monotonic=lambda: -1e9))
    answer = await Client(app_over(store), {"query": "{ regime { code } }"}).answer()
    assert answer.refusal == (503, "REQUEST_TIMEOUT", True)


async def test_a_client_that_goes_ends_its_request(store: WaitingStore) -> None:
    app = app_over(store, concurrent=1)
    gone = Client(app, VILLAGE)
    await until(lambda: store.waiting == 1)
    gone.go()
    assert (await gone.answer()).status == 499
    assert (await Client(app, TYPENAME).answer()).status == 200


async def test_a_client_that_goes_leaves_the_line(store: WaitingStore) -> None:
    app = app_over(store, concurrent=1, waiting=1)
    first = Client(app, VILLAGE)
    await until(lambda: store.waiting == 1)
    gone = Client(app, VILLAGE)
    await asyncio.sleep(0)
    gone.go()
    assert (await gone.answer()).status == 499
    next_in_line = Client(app, VILLAGE)
    store.ready.set()
    assert [(await first.answer()).status, (await next_in_line.answer()).status] == [200, 200]


async def test_turns_requests_away_when_too_many_wait(store: WaitingStore) -> None:
    app = app_over(store, concurrent=2, waiting=3)
    kept = [Client(app, VILLAGE, address=f"10.0.0.{number}") for number in range(5)]
    await until(lambda: store.waiting == 2)
    answer = await Client(app, TYPENAME, address="10.0.1.1").answer()
    assert (answer.refusal, answer.headers["retry-after"]) == ((503, "OVERLOADED", True), "1")
    store.ready.set()
    assert [(await client.answer()).status for client in kept] == [200] * 5


async def test_turns_one_client_away_that_asks_too_much(store: WaitingStore) -> None:
    app = app_over(store, per_client=2)
    kept = [Client(app, VILLAGE) for _ in range(2)]
    await until(lambda: store.waiting == 2)
    answer = await Client(app, TYPENAME).answer()
    assert (answer.refusal, answer.headers["retry-after"]) == ((429, "TOO_MANY_REQUESTS", True), "1")
    assert (await Client(app, TYPENAME, address="10.0.0.2").answer()).status == 200
    store.ready.set()
    assert [(await client.answer()).status for client in kept] == [200] * 2


async def test_a_body_that_does_not_end(store: WaitingStore) -> None:
    client = Client(app_over(store, body_seconds=0.05), None)
    client.send(b'{"query":')
    answer = await client.answer()
    assert answer.refusal == (408, "BODY_TIMEOUT", True)
    assert answer.headers["connection"] == "close"


async def test_a_body_in_pieces(store: WaitingStore) -> None:
    client = Client(app_over(store), None)
    for byte in json.dumps(TYPENAME).encode():
        client.send(bytes([byte]))
        await asyncio.sleep(0)
    client.send(b"", more=False)
    assert (await client.answer()).status == 200


async def test_reading_bodies_takes_no_turn(store: WaitingStore) -> None:
    app = app_over(store, concurrent=1, waiting=0, per_client=1)
    slow = [Client(app, None) for _ in range(500)]
    for client in slow:
        client.send(b"{")
    await asyncio.sleep(0)
    assert (await Client(app, TYPENAME).answer()).status == 200
    for client in slow:
        client.go()
    assert {(await client.answer()).status for client in slow} == {400}
