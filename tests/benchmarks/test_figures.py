"""The statistics behind the figures, and the floors."""

from __future__ import annotations

import pytest

from benchmarks.figures import FLOORS, Better, Figure, figure, percentile, spread
from benchmarks.subjects import spread_over


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([5.0], 99, 5.0),
        ([3.0, 1.0, 2.0], 50, 2.0),
        ([float(n) for n in range(1, 101)], 99, 99.0),
        ([1.0, 2.0], 99, 2.0),
    ],
)
def test_a_percentile_is_the_smallest_value_not_below_so_many(
    values: list[float], percent: int, expected: float
) -> None:
    assert percentile(values, percent) == expected


def test_times_are_shown_in_milliseconds() -> None:
    assert [row.value for row in spread("some", "some", [0.001, 0.003, 0.002])] == [2.0, 3.0]


@pytest.mark.parametrize(
    ("value", "better", "keeps"),
    [(2.0, Better.LOWER, True), (2.1, Better.LOWER, False), (2.0, Better.HIGHER, True), (1.9, Better.HIGHER, False)],
)
def test_a_floor_is_kept_at_its_very_value(value: float, better: Better, keeps: bool) -> None:
    assert Figure("some", "some", value, "ms", better=better, floor=2.0).keeps_floor is keeps


def test_nothing_is_asked_of_a_figure_without_a_floor() -> None:
    assert figure("http.body", "some", 1.0, "KiB").keeps_floor is None


def test_a_known_figure_gets_its_floor() -> None:
    assert figure("load.first", "some", 1.0, "s").floor == FLOORS["load.first"] == 40


@pytest.mark.parametrize(
    ("number", "expected"), [(2, (0, 5)), (3, (0, 3, 6)), (10, tuple(range(10))), (99, tuple(range(10)))]
)
def test_a_selection_is_spread_evenly(number: int, expected: tuple[int, ...]) -> None:
    assert spread_over(range(10), number) == expected
