"""The periods of a calendar, and the parts of a year."""

from __future__ import annotations

from datetime import date

import pytest

from graph_model.periods import Every, Period, Season, Unit, WorkCalendar, day_after, periods_within, season_fault


def within(every: Every, first: str, last: str) -> list[str]:
    found = periods_within(every, date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal())
    return [f"{date.fromordinal(one.first)}/{date.fromordinal(one.last)}" for one in found]


@pytest.mark.parametrize(
    ("every", "first", "last", "expected"),
    [
        ("week", "2021-03-01", "2021-03-15", ["2021-03-01/2021-03-07", "2021-03-08/2021-03-14"]),
        ("week", "2021-03-02", "2021-03-15", ["2021-03-08/2021-03-14"]),
        ("xun", "2021-02-02", "2021-02-28", ["2021-02-11/2021-02-20", "2021-02-21/2021-02-28"]),
        ("xun", "2020-02-21", "2020-03-10", ["2020-02-21/2020-02-29", "2020-03-01/2020-03-10"]),
        ("month", "2021-01-15", "2021-03-30", ["2021-02-01/2021-02-28"]),
        ("quarter", "2021-01-01", "2021-06-30", ["2021-01-01/2021-03-31", "2021-04-01/2021-06-30"]),
        ("half-year", "2020-12-01", "2021-12-31", ["2021-01-01/2021-06-30", "2021-07-01/2021-12-31"]),
        ("year", "2020-01-01", "2021-12-30", ["2020-01-01/2020-12-31"]),
        ("month", "2021-01-02", "2021-01-31", []),
        ("half-year", "9999-01-01", "9999-12-31", ["9999-01-01/9999-06-30", "9999-07-01/9999-12-31"]),
        ("week", "9999-12-20", "9999-12-31", ["9999-12-20/9999-12-26"]),
        ("xun", "9999-12-15", "9999-12-31", ["9999-12-21/9999-12-31"]),
    ],
)  # fmt: skip
def test_only_whole_periods_in_their_order(every: Every, first: str, last: str, expected: list[str]) -> None:
    assert within(every, first, last) == expected


def period(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal())


@pytest.mark.parametrize(
    ("begin", "end", "first", "last", "holds"),
    [
        ("03", "12", "2021-03-01", "2021-03-31", True),
        ("03", "12", "2021-12-01", "2021-12-31", True),
        ("03", "12", "2021-02-01", "2021-02-28", False),
        ("03", "12", "2021-02-25", "2021-03-03", False),
        ("11", "02", "2021-12-27", "2022-01-02", True),
        ("11", "02", "2022-02-01", "2022-02-28", True),
        ("11", "02", "2022-02-28", "2022-03-01", False),
        ("05-15", "10-15", "2021-05-15", "2021-10-15", True),
        ("05-15", "10-15", "2021-05-14", "2021-05-20", False),
    ],
)
def test_a_period_lies_wholly_in_a_season_or_not(begin: str, end: str, first: str, last: str, holds: bool) -> None:
    assert Season(begin, end).holds_throughout(period(first, last)) is holds


@pytest.mark.parametrize("text", ["03", "3", "02-29", "12-31"])
def test_a_month_or_a_day_of_a_year_is_no_fault(text: str) -> None:
    assert season_fault(text) is None


@pytest.mark.parametrize("text", ["13", "02-30", "spring", "", "0", "03-", "03-00"])
def test_what_no_year_has_is_told(text: str) -> None:
    assert (season_fault(text) or "").startswith(f"{text!r} is no month or day of a year")


HOLIDAYS = WorkCalendar(
    free=("2021-10-01", "2021-10-04", "2021-10-05", "2021-10-06", "2021-10-07"), worked=("2021-09-26", "2021-10-09")
)


@pytest.mark.parametrize(
    ("start", "number", "unit", "end"),
    [
        ("2021-06-30", 15, "days", "2021-07-15"),
        ("2021-09-09", 1, "working-days", "2021-09-10"),
        ("2021-09-10", 1, "working-days", "2021-09-13"),  # over a weekend
        ("2021-09-24", 1, "working-days", "2021-09-26"),  # a Sunday that is worked
        ("2021-09-30", 1, "working-days", "2021-10-08"),  # over the holidays
        ("2021-09-30", 2, "working-days", "2021-10-09"),
        ("2021-09-30", 3, "working-days", "2021-10-11"),
        ("2021-01-31", 1, "months", "2021-02-28"),
        ("2021-12-15", 1, "months", "2022-01-15"),
        ("2021-03-15", 21, "months", "2022-12-15"),
    ],
)
def test_a_deadline_is_so_many_days_working_days_or_months_later(start: str, number: int, unit: Unit, end: str) -> None:
    day = day_after(date.fromisoformat(start).toordinal(), number, unit, HOLIDAYS)
    assert date.fromordinal(day).isoformat() == end
