"""The gate (并发闸): how many requests run at the same time, how many wait, and how many of one client."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.limits.errors import OverloadedError, TooManyRequestsError


class Gate:
    """Lets so many requests in, keeps so many waiting in their order, and turns the others away. For one event loop."""

    def __init__(self, *, concurrent: int, waiting: int, per_client: int) -> None:
        self._concurrent = concurrent
        self._most_waiting = waiting
        self._per_client = per_client
        self._running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._clients: Counter[str] = Counter()

    @property
    def running(self) -> int:
        """How many requests run now."""
        return self._running

    @property
    def waiting(self) -> int:
        """How many requests wait now."""
        return len(self._waiting)

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for a turn and have it.

        Raises:
            OverloadedError: as many as may wait do so already.
            TooManyRequestsError: so many of this client run or wait already.
        """
        if self._clients[client] >= self._per_client:
            raise TooManyRequestsError(
                f"{self._clients[client]} requests of this address run or wait already, and {self._per_client} is the "
                "most that is allowed: wait for an answer before asking again"
            )
        self._clients[client] += 1
        try:
            await self._enter()
            try:
                yield
            finally:
                self._leave()
        finally:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]

    async def _enter(self) -> None:
        if self._running < self._concurrent:
            self._running += 1
            return
        if len(self._waiting) >= self._most_waiting:
            raise OverloadedError(
                f"{self._running} requests run and {len(self._waiting)} wait already; ask again in a moment"
            )
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()  # its turn had come in the same moment
            else:
                self._waiting.remove(turn)
            raise

    def _leave(self) -> None:
        """The turn goes to the next in line, or back."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._running -= 1


def client_of(address: str | None) -> str:
    """Whom an address counts for: itself, or the /64 network of an IPv6 address, which one client can have whole."""
    if address is None or ":" not in address:
        return address or ""
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
