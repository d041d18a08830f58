"""The client: it answers for every byte that it counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from benchmarks.answers import WrongAnswerError
from benchmarks.client import Exchange, ask, drive, post

REQUEST = post("/somewhere", "example.org", b"{}")


@asynccontextmanager
async def answering(*parts: bytes) -> AsyncIterator[int]:
    """A server that sends these parts, one after the other, for each request, or hangs up where there are none."""

    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readexactly(len(REQUEST)):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0)
                if not parts:
                    writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
    for writer in writers:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def drive_once(port: int, body: bytes) -> int:
    done = await drive("127.0.0.1", port, [Exchange(REQUEST, body)], connections=2, seconds=0.0)
    return len(done.latencies)


async def test_each_connection_asks_at_least_once() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody") as port:
        assert await drive_once(port, b"body") == 2


async def test_an_answer_may_come_in_pieces() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\ncontent-le", b"ngth: 4\r\n\r", b"\nbo", b"dy") as port:
        assert await ask("127.0.0.1", port, REQUEST) == (b"HTTP/1.1 200 OK\r\ncontent-length: 4", b"body")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nelse",
        b"HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nbody",
        b"HTTP/1.1 200 OK\r\n\r\nbody.",
    ],
)
async def test_another_answer_does_not_count(answer: bytes) -> None:
    async with answering(answer) as port:
        with pytest.raises(WrongAnswerError, match="another answer"):
            await drive_once(port, b"body")


async def test_a_closed_connection_is_an_error() -> None:
    async with answering() as port:
        with pytest.raises(ConnectionError):
            await drive_once(port, b"body")
