"""A client that loads a server (压测客户端): connections that are kept alive, each with one request under way.

It does as little as it can for each answer (the end of its head is searched, its body compared with the one expected),
so that the server is what is measured; what it costs is the same for every server.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from itertools import cycle
from typing import cast

from msgspec import Struct

from benchmarks.answers import WrongAnswerError

_TIMEOUT = 60.0
_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_OK = b"HTTP/1.1 200 "


class Exchange(Struct, frozen=True):
    """A request as it goes over the wire, and the body that must come back; None takes any."""

    request: bytes
    body: bytes | None = None


class Round(Struct, frozen=True):
    """What a round of requests took: all seconds, and those of each answer."""

    seconds: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds


def post(path: str, host: str, body: bytes) -> bytes:
    """A POST request of JSON as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


async def drive(host: str, port: int, exchanges: Sequence[Exchange], *, connections: int, seconds: float) -> Round:
    """Send the exchanges in turn, again and again, until the time is over. Raises WrongAnswerError, OSError."""
    loop = asyncio.get_running_loop()
    turn = cycle(exchanges)
    latencies: list[float] = []
    started = time.perf_counter()
    until = started + seconds
    made = [
        await loop.create_connection(lambda: _Connection(turn, latencies, until, loop.create_future()), host, port)
        for _ in range(connections)
    ]
    try:
        async with asyncio.timeout(seconds + _TIMEOUT):
            await asyncio.gather(*(protocol.done for _, protocol in made))
    finally:
        for transport, _ in made:
            transport.abort()
        await asyncio.sleep(0)  # the turn of the loop in which they are closed
    return Round(time.perf_counter() - started, latencies)


async def ask(host: str, port: int, request: bytes) -> tuple[bytes, bytes]:
    """The head and the body of one answer. Raises WrongAnswerError, OSError."""
    loop = asyncio.get_running_loop()
    turn = cycle([Exchange(request)])
    transport, protocol = await loop.create_connection(
        lambda: _Connection(turn, [], 0.0, loop.create_future()), host, port
    )
    try:
        async with asyncio.timeout(_TIMEOUT):
            await protocol.done
    finally:
        transport.abort()
        await asyncio.sleep(0)
    return protocol.head, protocol.body


class _Connection(asyncio.Protocol):
    """One connection; asks until the time is over, at least once."""

    def __init__(self, turn: cycle[Exchange], latencies: list[float], until: float, done: asyncio.Future[None]) -> None:
        self.done = done
        self.head = b""
        self.body = b""
        self._turn = turn
        self._latencies = latencies
        self._until = until
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As ``asyncio.Protocol``."""
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """As ``asyncio.Protocol``."""
        if self._received or not self._is_expected(data):
            self._received += data
            if not self._is_whole():
                return
        now = time.perf_counter()
        self._latencies.append(now - self._sent)
        if now < self._until:
            self._send()
        elif not self.done.done():
            self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """As ``asyncio.Protocol``."""
        self._fail(exc or ConnectionResetError("the server closed the connection"))

    def _send(self) -> None:
        self._received.clear()
        self._exchange = next(self._turn)
        self._sent = time.perf_counter()
        self._transport.write(self._exchange.request)

    def _is_expected(self, data: bytes) -> bool:
        """Whether some data are the whole answer, and the one expected: the usual case, found out without copying."""
        body = self._exchange.body
        return (
            body is not None
            and data.endswith(body)
            and data.startswith(_OK)
            and data.find(_HEAD_END) == len(data) - len(body) - len(_HEAD_END)
        )

    def _is_whole(self) -> bool:
        """Whether all of an answer was received; one that is not the expected ends the connection."""
        end = self._received.find(_HEAD_END)
        if end < 0:
            return False
        head, body = bytes(self._received[:end]), bytes(self._received[end + len(_HEAD_END) :])
        length = _LENGTH.search(head)
        if length is not None and len(body) < int(length[1]):
            return False
        self.head, self.body = head, body
        if length is None or not head.startswith(_OK) or self._exchange.body not in {None, body}:
            self._fail(WrongAnswerError(f"another answer than before: {head[:300]!r} {body[:300]!r}"))
        return True

    def _fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)
