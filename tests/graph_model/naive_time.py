"""The rule of time as its specification words it, day by day and with its own reading of dates: an oracle for tests."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from graph_model.dates import Certainty, Validity

MINUS_INFINITY = date.min.toordinal() - 1
PLUS_INFINITY = date.max.toordinal() + 1


def first_day(text: str) -> int:
    """The first day that a day, a month or a year can mean."""
    parts = [int(part) for part in text.split("-")]
    return date(*[*parts, 1, 1][:3]).toordinal()


def last_day(text: str) -> int:
    """The last day that a day, a month or a year can mean."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        parts.append(12)
    if len(parts) == 2:
        parts.append(monthrange(*parts)[1])
    return date(*parts).toordinal()


def span(text: str | None) -> tuple[int, int]:
    """The earliest and the latest day of a bound; unknown and open ones reach to infinity."""
    if text is None:
        return MINUS_INFINITY, PLUS_INFINITY
    if text == "..":
        return PLUS_INFINITY, PLUS_INFINITY
    if text.startswith("["):
        first, last = text.strip("[]").split("..")
        return first_day(first) if first else MINUS_INFINITY, last_day(last) if last else PLUS_INFINITY
    return first_day(text), last_day(text)


def seen_on(validity: Validity) -> list[int]:
    """The days of observation: those recorded, that of a since known to the day, the one before such an until."""
    days = [date.fromisoformat(day).toordinal() for day in validity.observed]
    since, until = span(validity.since), span(validity.until)
    if since[0] == since[1]:
        days.append(since[0])
    if until[0] == until[1] and validity.until != "..":
        days.append(until[0] - 1)
    return days


def holds(validity: Validity, day: int) -> Certainty:
    """NO, CERTAIN, POSSIBLE: tested in this order."""
    since, until = span(validity.since), span(validity.until)
    seen = seen_on(validity)
    if day < since[0] or day >= until[1]:
        return Certainty.NO
    from_day = min([since[1], *seen])
    until_day = max([until[0], *[one + 1 for one in seen]])
    if from_day <= day < until_day:
        return Certainty.CERTAIN
    return Certainty.POSSIBLE


def has_surely_ended(validity: Validity, day: int) -> bool:
    """It surely ended: the day is not before the latest until."""
    return day >= span(validity.until)[1]
