"""Watching for writes (守望): all who wait for the next one share each look at the store, whoever it is that writes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from graph_model.checkpoint import BEGINNING, Checkpoint

WATCH_SECONDS = 0.25
"""How long from one look to the next, unless told otherwise: a write of another process is seen within a second."""


class HeadWatch:
    """Looks for the last write as long as somebody waits for one, and at most every so many seconds.

    Who waits sleeps until there is one: a look that finds nothing costs the same for one and for thousands.
    """

    def __init__(self, look: Callable[[], Awaitable[Checkpoint]], seconds: float = WATCH_SECONDS) -> None:
        self._look = look
        self._seconds = seconds
        self._last = BEGINNING
        self._looked_at = float("-inf")
        self._waiting: dict[asyncio.Future[None], Checkpoint] = {}
        self._watching: asyncio.Task[None] | None = None

    async def beyond(self, known: Checkpoint) -> Checkpoint:
        """The last write, once it is a later one than ``known``. Raises what the look raises, to all who wait."""
        if self._last.number <= known.number:
            told = asyncio.get_running_loop().create_future()
            self._waiting[told] = known
            if self._watching is None:
                self._watching = asyncio.create_task(self._watch())
            try:
                await told
            finally:
                self._waiting.pop(told, None)
        return self._last

    async def _watch(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(self._looked_at + self._seconds - time.monotonic())
                self._looked_at = time.monotonic()
                await self._tell()
        finally:
            self._watching = None

    async def _tell(self) -> None:
        """Look once, and wake whom it concerns."""
        try:
            self._last = await self._look()
        except Exception as fault:  # it is raised where the write is waited for
            for told in self._waiting:
                _raise(told, fault)
            self._waiting.clear()
        else:
            for told, known in list(self._waiting.items()):
                if self._last.number > known.number:
                    del self._waiting[told]
                    _wake(told)


def _wake(told: asyncio.Future[None]) -> None:
    if not told.done():  # it may have been given up just now
        told.set_result(None)


def _raise(told: asyncio.Future[None], fault: Exception) -> None:
    if not told.done():
        told.set_exception(fault)
