"""What begins when it is awaited (待执行)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import Any


class Later:
    """Something to await; its coroutine is made when that begins, and once only.

    Where a field fails, what its siblings began is cancelled; and a request may be cancelled as a whole. A task that is
    cancelled before its first step drops what it was to await. A coroutine that was made by then would be one that
    nobody ever awaited, and Python warns of it; of this nothing is left to warn of.
    """

    __slots__ = ("_begin",)

    def __init__(self, begin: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        self._begin = begin

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._begin().__await__()
