"""A TCP proxy that is slow, cuts connections, or refuses them, when told to."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

_LOCAL = "127.0.0.1"


class Proxy:
    """Stands before a port of this machine while its context lasts."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._left: int | None = None
        self.delay = 0.0
        """How many seconds each piece takes."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._begin, _LOCAL, 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self._cut()
        if self._serving:
            await asyncio.wait(self._serving)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def cut_after(self, pieces: int) -> None:
        """Let so many pieces through, in either direction; then cut all connections, and take no others."""
        self._left = pieces

    def heal(self) -> None:
        """Let everything through again."""
        self._left, self.delay = None, 0.0

    def _cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._left == 0:
            writer.transport.abort()
            return
        up, down = await asyncio.open_connection(_LOCAL, self._target)
        ends = {writer, down}
        self._writers |= ends
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pass_on(reader, down))
                tasks.create_task(self._pass_on(up, writer))
        finally:
            self._writers -= ends
            for end in ends:
                end.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(65_536):
                if self.delay:
                    await asyncio.sleep(self.delay)
                if self._left is not None:
                    if self._left == 0:
                        self._cut()
                        return
                    self._left -= 1
                writer.write(piece)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
