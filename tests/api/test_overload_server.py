"""Slow and greedy connections to a real server; it serves others meanwhile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.serving import Server, serving

SECONDS = 3.0
QUESTION = json.dumps({"query": '{ village(code: "530521101201") { name } }'}).encode()
HEAD = b"POST /graphql HTTP/1.1\r\nHost: zeren\r\nContent-Type: application/json\r\n"
WHOLE = HEAD + b"Content-Length: %d\r\n\r\n" % len(QUESTION) + QUESTION
PARTS = {
    "nothing": b"",
    "part of a head": HEAD[:20],
    "a head without its end": HEAD,
    "a head without a body": HEAD + b"Content-Length: 50\r\n\r\n",
    "part of a body": HEAD + b"Content-Length: 50\r\n\r\n" + b'{"query"',
    "part of a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b'50\r\n{"query"',
}
"""What a slow client sends of its request."""


class Connection:
    """A connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, content: bytes) -> None:
        self._writer.write(content)
        await self._writer.drain()

    async def offer(self, data: bytes) -> None:
        """Send as much as the server takes; it may close the connection while the rest is on its way."""
        with suppress(ConnectionError):
            await self.send(data)

    async def status(self) -> int | None:
        """The status of the next answer, which is read to its end; None if the connection was closed instead."""
        async with asyncio.timeout(30):
            try:
                head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
            except (asyncio.IncompleteReadError, ConnectionError):
                return None
            length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await self._reader.readexactly(int(length))
            return int(head.split()[1])

    async def is_closed(self) -> bool:
        """Whether the server closes it, in good time."""
        async with asyncio.timeout(30):
            try:
                return await self._reader.read(1) == b""
            except ConnectionError:
                return True

    async def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[Connection]:
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    connection = Connection(reader, writer)
    try:
        yield connection
    finally:
        await connection.close()


async def ask(server: Server) -> int | None:
    """The status of a whole request on a connection of its own."""
    async with connected(server) as connection:
        await connection.send(WHOLE)
        return await connection.status()


@pytest.fixture(scope="module")
def server(facts_store: Path) -> Iterator[Server]:
    """A server with little patience."""
    with serving(facts_store, body_timeout_seconds=str(SECONDS), max_concurrent="2", max_waiting="50") as running:
        yield running


async def test_a_connection_that_sends_no_whole_request_is_closed(server: Server) -> None:
    async def ending(part: bytes) -> tuple[int | None, bool]:
        async with connected(server) as connection:
            await connection.send(part)
            return await connection.status(), await connection.is_closed()

    endings = await asyncio.gather(*(ending(part) for part in PARTS.values()))
    assert dict(zip(PARTS, endings, strict=True)) == {
        name: (408 if part else None, True) for name, part in PARTS.items()
    }


async def test_500_slow_connections_keep_nobody_from_being_served(server: Server) -> None:
    async with AsyncExitStack() as stack:
        slow = [await stack.enter_async_context(connected(server)) for _ in range(500)]
        parts = list(PARTS.values())
        for number, connection in enumerate(slow):
            await connection.send(parts[number % len(parts)])
        assert [await ask(server) for _ in range(20)] == [200] * 20
        statuses = await asyncio.gather(*(connection.status() for connection in slow))
        assert set(statuses) == {None, 408}
    assert await ask(server) == 200


async def test_one_request_after_the_other_on_a_connection(server: Server) -> None:
    async with connected(server) as connection:
        for _ in range(5):
            await connection.send(WHOLE)
            assert await connection.status() == 200


async def test_requests_at_once_on_a_connection(server: Server) -> None:
    async with connected(server) as connection:
        await connection.send(WHOLE * 5)
        assert [await connection.status() for _ in range(5)] == [200] * 5


async def test_a_request_that_comes_byte_by_byte_is_served(server: Server) -> None:
    async with connected(server) as connection:
        for byte in WHOLE:
            await connection.send(bytes([byte]))
        assert await connection.status() == 200


async def test_a_head_that_never_ends(server: Server) -> None:
    async with connected(server) as connection:
        await connection.send(HEAD + b"X: " + b"x" * 200_000)
        assert await connection.status() == 431
        assert await connection.is_closed()


async def test_a_head_of_endless_fields(server: Server) -> None:
    async with connected(server) as connection:
        await connection.send(HEAD + b"X: x\r\n" * 40_000)
        assert await connection.status() == 431


async def test_an_address_that_never_ends(server: Server) -> None:
    async with connected(server) as connection:
        await connection.offer(b"GET /graphql?query=" + b"a" * 2_000_000)
        assert await connection.status() in {431, None}  # closed while the rest was on its way


async def test_the_rest_of_a_body_whose_request_was_answered(server: Server) -> None:
    async with connected(server) as connection:
        await connection.send(HEAD.replace(b"json", b"jsom") + b"Content-Length: 50\r\n\r\n")
        assert await connection.status() == 415
        assert await connection.is_closed()


async def test_more_requests_at_once_than_may_wait(server: Server) -> None:
    """Some are turned away, or all are quick enough; nobody waits in vain, and then all is well again."""
    statuses = await asyncio.gather(*(ask(server) for _ in range(200)))
    assert set(statuses) <= {200, 429, 503}
    assert 200 in statuses
    assert await ask(server) == 200


async def test_more_connections_than_there_may_be(facts_store: Path) -> None:
    with serving(facts_store, max_connections="10") as few:
        async with AsyncExitStack() as stack:
            for _ in range(10):
                await stack.enter_async_context(connected(few))
            assert await ask(few) == 503
        async with asyncio.timeout(30):
            while await ask(few) != 200:  # noqa: ASYNC110 - until the server has seen that the others are gone
                await asyncio.sleep(0)
