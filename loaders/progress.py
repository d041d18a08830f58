"""Showing what a long command does (进度): a bar on a terminal, one plain line a step elsewhere; always on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


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
    def step(self, text: str, total: int | None = None) -> None:
        print(text if total is None else f"{text}: {total} records", file=sys.stderr, flush=True)

    def advance(self, records: int) -> None:
        """Plain lines tell of steps only."""


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
