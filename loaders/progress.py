"""Showing what a long command does (进度): a bar on a terminal, plain lines elsewhere; always on stderr.

A plain line tells of each step; of one that takes long another every few seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

_TOLD_EVERY: Final = 5.0
"""Seconds between two plain lines about one step."""


class Progress(Protocol):
    """What a command tells of its work."""

    def step(self, text: str, total: int | None = None) -> None:
        """A step begins; ``total`` is how many records it will handle, where that is known."""
        ...

    def advance(self, records: int) -> None:
        """The step has handled some more records."""
        ...


@contextmanager
def show_progress() -> Iterator[Progress]:
    """Progress on stderr, as long as the context lasts."""
    if not sys.stderr.isatty():
        yield _PlainLines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _TerminalBars(bars)


class _PlainLines:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._text, self._done, self._total = "", 0, ""
        self._told = clock()

    def step(self, text: str, total: int | None = None) -> None:
        self._text, self._done, self._total = text, 0, "" if total is None else f" of {total}"
        self._say(text if total is None else f"{text}: {total} records")

    def advance(self, records: int) -> None:
        self._done += records
        if self._clock() - self._told >= _TOLD_EVERY:
            self._say(f"{self._text}: {self._done}{self._total}")

    def _say(self, line: str) -> None:
        self._told = self._clock()
        print(line, file=sys.stderr, flush=True)


class _TerminalBars:
    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def step(self, text: str, total: int | None = None) -> None:
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(text, total=total)

    def advance(self, records: int) -> None:
        if self._task is not None:
            self._bars.advance(self._task, records)
