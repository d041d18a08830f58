"""Figures (指标): what was measured, what it may be at most or must be at least, and the statistics behind it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from enum import Enum
from typing import Final

from msgspec import Struct


class Better(Enum):
    """Which way is better."""

    LOWER = "lower"
    HIGHER = "higher"


class Figure(Struct, frozen=True):
    """One measured value; ``samples`` is how many measurements stand behind it, ``floor`` what it must keep to."""

    name: str
    label: str
    value: float
    unit: str
    samples: int = 1
    better: Better = Better.LOWER
    floor: float | None = None

    @property
    def keeps_floor(self) -> bool | None:
        """Whether it is as good as it must be; None where nothing is asked of it."""
        if self.floor is None:
            return None
        return self.value <= self.floor if self.better is Better.LOWER else self.value >= self.floor


_MEBIBYTES = 400.0

FLOORS: Final[dict[str, float]] = {
    "load.first": 40.0,
    "start.first-answer": 2.0,
    "memory.after-start": _MEBIBYTES,
    "memory.after-http": _MEBIBYTES,
    "chain.village.median": 2.0,
    "chain.household.median": 2.0,
    "calendar.first": 2.0,
    "findings.first": 10.0,
    "impact.median": 200.0,
    "http.16.ratio": 0.5,
    "http.1.ratio": 0.5,
    "edits.16.rate": 300.0,
    "reads.edits.ratio": 3.0,
    "reads.submissions.ratio": 3.0,
    "seen.slowest": 1_000.0,
    "history.fiftieth": 1.5,
    "history.tenth": 1.5,
    "history.half": 1.5,
    "history.later-day": 1.5,
    "history.earlier-day": 1.5,
    "history.first-answer": 2.0,
    "neo4j.load": 90.0,
    "neo4j.http.1.p50": 15.0,
}
"""At most (rates, and the ratios of HTTP in per cent: at least), on all data and two cores; in the figure's unit."""


def figure(
    name: str, label: str, value: float, unit: str, *, samples: int = 1, better: Better = Better.LOWER
) -> Figure:
    """A figure with its floor."""
    return Figure(name, label, value, unit, samples, better, FLOORS.get(name))


def median(values: Sequence[float]) -> float:
    """The median. Raises StatisticsError for no values."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that is not below ``percent`` of all of them. Raises IndexError for no values."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def spread(name: str, label: str, seconds: Sequence[float]) -> list[Figure]:
    """Median and 99th percentile of some times, in milliseconds."""
    return [
        figure(f"{name}.median", f"{label}, median", median(seconds) * 1e3, "ms", samples=len(seconds)),
        figure(f"{name}.p99", f"{label}, p99", percentile(seconds, 99) * 1e3, "ms", samples=len(seconds)),
    ]
