"""What a long command tells of its work: plain lines now and then, and bars that get on."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import Progress as Bars

from loaders.progress import _PlainLines, _TerminalBars


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_plain_lines_tell_of_steps_and_of_a_long_one_every_few_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    lines = _PlainLines(clock)
    lines.step("reading the rows")
    for _ in range(24):
        clock.now += 0.5
        lines.advance(5_000)
    lines.step("making records of them", 120_000)
    clock.now += 5
    lines.advance(7)
    assert capsys.readouterr().err.splitlines() == [
        "reading the rows",
        "reading the rows: 50000",
        "reading the rows: 100000",
        "making records of them: 120000 records",
        "making records of them: 7 of 120000",
    ]


def test_a_quick_step_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _PlainLines(Clock())
    lines.step("comparing")
    for _ in range(1_000):
        lines.advance(1_000)
    assert capsys.readouterr().err == "comparing\n"


def test_a_bar_gets_on_within_its_step() -> None:
    with Bars(console=Console(file=io.StringIO()), auto_refresh=False) as bars:
        shown = _TerminalBars(bars)
        shown.step("reading the rows")
        shown.advance(3)
        shown.advance(4)
        assert [(task.description, task.completed, task.total) for task in bars.tasks] == [
            ("reading the rows", 7, None)
        ]
        shown.step("making records of them", 7)
        shown.advance(5)
        assert [(task.completed, task.total) for task in bars.tasks] == [(5, 7)]
