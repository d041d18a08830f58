"""What a run leaves behind (报告): a table for people, JSON for programs, a comparison with an earlier run."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure
from benchmarks.machine import PROJECT, Machine
from benchmarks.subjects import Contents

RESULTS: Final = PROJECT / "benchmarks" / "results"

_WIDTH: Final = 110
"""Of the table where nobody looks at it in a terminal."""


class Report(Struct, frozen=True):
    """One run; ``format`` rises when older readers could misread it."""

    started: datetime
    is_quick: bool
    machine: Machine
    versions: dict[str, str]
    contents: Contents
    figures: list[Figure]
    format: int = 1


def write_report(report: Report, path: Path | None) -> Path:
    """Write a run as JSON, to a new file in ``benchmarks/results/`` if no path is given. Raises OSError."""
    if path is None:
        path = RESULTS / f"{report.started:%Y%m%dT%H%M%SZ}.json"
        path.parent.mkdir(exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    return path


def read_report(path: Path) -> Report:
    """A run that was written. Raises OSError; msgspec.MsgspecError for a file that is none."""
    return msgspec.json.decode(path.read_bytes(), type=Report)


def print_report(report: Report, earlier: Report | None, console: Console) -> None:
    """Show a run, beside an earlier one if there is one."""
    machine, contents = report.machine, report.contents
    console.print(
        f"{machine.processor}, {machine.cores} cores, {machine.memory} MiB, {machine.system}, load {machine.load}",
        f"Python {report.versions['python']}, {report.started:%Y-%m-%d %H:%M} UTC",
        f"data set {contents.version[:12]} on {contents.reference_date}: {contents.villages} villages"
        f" ({contents.poor_villages} poor), {contents.households} households",
        *(
            f"  {provenance}: {count['nodes']} nodes, {count['relations']} relations"
            for provenance, count in contents.counts.items()
        ),
        sep="\n",
        highlight=False,
        soft_wrap=True,
    )
    before = {figure.name: figure.value for figure in earlier.figures} if earlier else {}
    table = Table(box=None, pad_edge=False, width=None if console.is_terminal else _WIDTH)
    table.add_column("figure", no_wrap=True)
    for title in ("value", "", "samples", "floor"):
        table.add_column(title, justify="left" if not title else "right", no_wrap=True)
    if earlier:
        table.add_column("x earlier", justify="right", no_wrap=True)
    for figure in report.figures:
        cells = [figure.label, _number(figure.value), figure.unit, str(figure.samples), _floor(figure)]
        if earlier:
            known = before.get(figure.name)
            cells.append(f"{figure.value / known:.2f}" if known else "-")
        table.add_row(*cells)
    console.print(table, soft_wrap=not console.is_terminal)
    if not contents.households:
        console.print("Without households: the floors are meant for the full data set.", highlight=False)
    if report.is_quick:
        console.print("A quick run: its figures say nothing.", highlight=False)
    if earlier and earlier.contents.version != contents.version:
        console.print("The earlier run had another data set.", highlight=False)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _floor(figure: Figure) -> str:
    if figure.floor is None:
        return ""
    sign = "<=" if figure.better.value == "lower" else ">="
    return f"{sign} {figure.floor:g} {'kept' if figure.keeps_floor else 'MISSED'}"
