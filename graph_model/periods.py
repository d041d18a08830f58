"""The periods of a calendar (周期): weeks, xun (旬), months, quarters, half-years, years; days are ordinals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import MAXYEAR, date, timedelta
from typing import Literal

from msgspec import Struct

from graph_model.dates import AFTER_ALL_DAYS

Every = Literal["week", "xun", "month", "quarter", "half-year", "year"]
"""How long a period is: a week begins on Monday; a xun is the 1st to 10th, 11th to 20th, or the rest of a month."""

_MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}


class Period(Struct, frozen=True, order=True):
    """The first and the last day of a period, both inclusive."""

    first: int
    last: int


def periods_within(every: Every, first: int, last: int) -> Iterator[Period]:
    """The periods that lie wholly between two days, both inclusive, in their order."""
    begin = _start_of(every, date.fromordinal(first)).toordinal()
    while begin <= last:
        behind = _behind(every, date.fromordinal(begin))
        if first <= begin and behind <= last + 1:
            yield Period(begin, behind - 1)
        begin = behind


def _start_of(every: Every, day: date) -> date:
    """The first day of the period that a day lies in."""
    if every == "week":
        return day - timedelta(days=day.weekday())
    if every == "xun":
        return day.replace(day=1 if day.day <= 10 else 11 if day.day <= 20 else 21)
    months = _MONTHS[every]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _behind(every: Every, start: date) -> int:
    """The first day (ordinal) behind a period that begins on a day; the calendar's last period ends with it."""
    if every == "week":
        return start.toordinal() + 7
    if every == "xun" and start.day < 21:
        return start.toordinal() + 10
    month = start.month - 1 + _MONTHS.get(every, 1)
    year = start.year + month // 12
    return AFTER_ALL_DAYS if year > MAXYEAR else date(year, month % 12 + 1, 1).toordinal()


class Season(Struct, frozen=True, forbid_unknown_fields=True, rename={"begin": "from", "end": "to"}):
    """A part of each year (时段), between two months or days of it, ``03`` or ``03-15``, both inclusive.

    One that ends before it begins goes over the turn of the year.
    """

    begin: str
    end: str

    def holds_throughout(self, period: Period) -> bool:
        """Whether all days of a period lie in the season."""
        return all(self._holds_on(date.fromordinal(day)) for day in range(period.first, period.last + 1))

    def _holds_on(self, day: date) -> bool:
        now = (day.month, day.day)
        begin, end = _month_day(self.begin, 1), _month_day(self.end, 31)
        return begin <= now <= end if begin <= end else now >= begin or now <= end


def season_fault(text: str) -> str | None:
    """What is wrong with a day of a season; None if nothing is."""
    try:
        month, day = _month_day(text, 1)
        date(2000, month, day)
    except ValueError:
        return f"{text!r} is no month or day of a year: write 03 or 03-15"
    return None


def _month_day(text: str, day: int) -> tuple[int, int]:
    month, dash, rest = text.partition("-")
    return int(month), int(rest) if dash else day


Unit = Literal["days", "working-days", "months"]
"""In what a deadline is counted: days, working days (工作日), or months to the same day."""


class WorkCalendar(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which days are worked (工作日历): Monday to Friday without the ``free`` ones, and the ``worked`` ones besides."""

    free: tuple[str, ...] = ()
    worked: tuple[str, ...] = ()

    def is_worked(self, day: date) -> bool:
        """Whether a day is worked."""
        text = day.isoformat()
        return text in self.worked or (day.weekday() < 5 and text not in self.free)


_WEEKDAYS = WorkCalendar()


def day_after(day: int, number: int, unit: Unit, calendar: WorkCalendar = _WEEKDAYS) -> int:
    """The last day (ordinal) of so much time after a day, which itself does not count.

    A month ends on the same day of the month, or on its last one where it has none such.
    """
    if unit == "days":
        return day + number
    if unit == "working-days":
        left, now = number, date.fromordinal(day)
        while left:
            now += timedelta(days=1)
            left -= calendar.is_worked(now)
        return now.toordinal()
    start = date.fromordinal(day)
    month = start.month - 1 + number
    year, month = start.year + month // 12, month % 12 + 1
    first_after = date(year + month // 12, month % 12 + 1, 1)
    last = (first_after - timedelta(days=1)).day
    return date(year, month, min(start.day, last)).toordinal()
