"""A line between the driver and the server that is cut at a COMMIT (断线)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from enum import Enum

from graph_model.stores.neo4j.address import parse_url

_COMMIT = b"\x00\x02\xb0\x12\x00\x00"
"""The message as the driver sends it, alone: it has waited for all answers before."""
_BEGIN = b"\xb1\x11"
_TO_READ = b"\x84mode\x81r"


class Cut(Enum):
    """What becomes of a COMMIT."""

    BEFORE = "it never reaches the server"
    AFTER = "it is done, and the answer never reaches the driver"
    SILENT = "it is done, no answer comes, and the line stays open"


class Line:
    """Hands on all that is said, until a COMMIT of a transaction that writes, at which it is to be cut."""

    def __init__(self, host: str, port: int) -> None:
        self.commits = 0
        self.is_down = False
        self._host, self._port = host, port
        self._cut: Cut | None = None
        self._place = 0
        self._stays_down = False
        self._then: Callable[[], Awaitable[object]] | None = None
        self._serving: set[asyncio.Task[None]] = set()

    def cut(
        self,
        manner: Cut,
        *,
        at: int = 1,
        stays_down: bool = False,
        then: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Cut it at the nth COMMIT from now on, after which something may happen, and nobody may get through."""
        self._cut, self._place, self._stays_down, self._then = manner, self.commits + at, stays_down, then

    @property
    def was_cut(self) -> bool:
        """Whether the COMMIT at which it was to be cut has come."""
        return self._cut is None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of the driver."""
        serving = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)
        await asyncio.wait([serving])

    async def close(self) -> None:
        """Cut all connections that are left."""
        for serving in self._serving:
            serving.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_down:
            await _close(writer)
            return
        from_server, to_server = await asyncio.open_connection(self._host, self._port)
        answers = asyncio.create_task(_hand_on(from_server, writer))
        is_reading = False
        try:
            while said := await reader.read(1 << 16):
                if _BEGIN in said:
                    is_reading = _TO_READ in said
                if said.endswith(_COMMIT) and not is_reading:
                    self.commits += 1
                    if self._cut is not None and self.commits == self._place:
                        await self._do_cut(said, answers, from_server, to_server, reader)
                        break
                to_server.write(said)
                await to_server.drain()
        except ConnectionError:
            pass
        finally:
            answers.cancel()
            await asyncio.wait([answers])
            await _close(to_server)
            await _close(writer)

    async def _do_cut(
        self,
        said: bytes,
        answers: asyncio.Task[None],
        from_server: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
        reader: asyncio.StreamReader,
    ) -> None:
        manner, self._cut = self._cut, None
        self.is_down = self._stays_down
        answers.cancel()
        await asyncio.wait([answers])
        if manner is not Cut.BEFORE:
            to_server.write(said)
            await from_server.read(1 << 16)
        if self._then is not None:
            await self._then()
        if manner is Cut.SILENT:
            while await reader.read(1 << 16):
                pass


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while said := await reader.read(1 << 16):
            writer.write(said)
            await writer.drain()


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[tuple[Line, str]]:
    """A line to a server, and the store's URL at its other end."""
    address = parse_url(url)
    line = Line(address.host, address.port)
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield line, f"bolt://{address.user}@127.0.0.1:{port}/{address.database}"
    finally:
        server.close()
        await line.close()
