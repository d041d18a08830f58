"""Partial dates, validity and the three-valued rule of time (时间).

A day is a ``datetime.date`` at the borders of this module and its proleptic ordinal (``date.toordinal()``) inside.
``BEFORE_ALL_DAYS`` and ``AFTER_ALL_DAYS`` stand for minus and plus infinity.

A partial date is a text: ``2017``, ``2017-06``, ``2017-06-16``, or a range of possible days
``[2016-08-01..2017-10-31]``, each side a day, a month or a year, as EDTF (ISO 8601-2, "one of a set") writes them;
one side of a range may be left away. A bound that is not known is ``None``, an end that is still running ``..``.

Source of the rule: model.md, "Time".
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from enum import Enum
from functools import lru_cache

from msgspec import Struct

from graph_model.errors import BadDateError
from graph_model.texts import Text, quoted

BEFORE_ALL_DAYS = 0
FIRST_DAY = BEFORE_ALL_DAYS + 1
LAST_DAY = date.max.toordinal()
AFTER_ALL_DAYS = date.max.toordinal() + 1
OPEN = ".."

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_RANGE = re.compile(r"\[([\d-]*)\.\.([\d-]*)\]")
_FORMS = "2017, 2017-06, 2017-06-16 or [2016-08-01..2017-10-31]"


class BoundState(Enum):
    """What is known of a bound (边界)."""

    KNOWN = "KNOWN"
    PARTIAL = "PARTIAL"
    UNKNOWN = "UNKNOWN"
    OPEN = "OPEN"


class Certainty(Enum):
    """Whether something held on a day (确定性)."""

    CERTAIN = "CERTAIN"
    POSSIBLE = "POSSIBLE"
    NO = "NO"

    @property
    def holds(self) -> bool:
        """True unless NO."""
        return self is not Certainty.NO


def weakest(*certainties: Certainty) -> Certainty:
    """The weakest of some certainties; CERTAIN if there is none."""
    if Certainty.NO in certainties:
        return Certainty.NO
    return Certainty.POSSIBLE if Certainty.POSSIBLE in certainties else Certainty.CERTAIN


def strongest(*certainties: Certainty) -> Certainty:
    """The strongest of some certainties; NO if there is none."""
    if Certainty.CERTAIN in certainties:
        return Certainty.CERTAIN
    return Certainty.POSSIBLE if Certainty.POSSIBLE in certainties else Certainty.NO


class Bound(Struct, frozen=True):
    """One end of a validity: its text, what is known of it, and the first and last day that it can be (ordinals)."""

    text: str | None
    state: BoundState
    earliest: int
    latest: int

    @property
    def earliest_day(self) -> date | None:
        """The first day that it can be; None for minus (or, where open, plus) infinity."""
        return day_or_none(self.earliest)

    @property
    def latest_day(self) -> date | None:
        """The last day that it can be; None for plus infinity."""
        return day_or_none(self.latest)


UNKNOWN_BOUND = Bound(None, BoundState.UNKNOWN, BEFORE_ALL_DAYS, AFTER_ALL_DAYS)
OPEN_BOUND = Bound(None, BoundState.OPEN, AFTER_ALL_DAYS, AFTER_ALL_DAYS)


def day_or_none(ordinal: int) -> date | None:
    """The day of an ordinal; None for either infinity."""
    return date.fromordinal(ordinal) if BEFORE_ALL_DAYS < ordinal < AFTER_ALL_DAYS else None


@lru_cache(maxsize=65536)
def parse_day(text: str) -> date:
    """A full day, ``2017-06-16``. Raises BadDateError."""
    match = _PARTIAL.fullmatch(text)
    if match is None or match[3] is None:
        raise BadDateError(
            Text(f"{quoted(text)}不是一天的日期：请写成 2017-06-16", f"{text!r} is no day: write it as 2017-06-16")
        )
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        said = Text(
            f"{quoted(text)}在日历上没有：日期请写成 2017-06-16",
            f"{text!r} is not in the calendar: write a day as 2017-06-16",
        )
        raise BadDateError(said) from error


@lru_cache(maxsize=65536)
def parse_partial(text: str) -> Bound:
    """The bound that a partial date means: KNOWN if it can be one day only, else PARTIAL. Raises BadDateError."""
    match = _RANGE.fullmatch(text)
    if match is None:
        earliest, latest = _span(text)
    else:
        first, last = match[1], match[2]
        if not first and not last:
            raise BadDateError(f"{text!r} gives no day at all: leave the date away where nothing is known")
        earliest = _span(first)[0] if first else BEFORE_ALL_DAYS
        latest = _span(last)[1] if last else AFTER_ALL_DAYS
        if earliest > latest:
            raise BadDateError(f"{text!r} ends before it begins")
    return Bound(text, BoundState.KNOWN if earliest == latest else BoundState.PARTIAL, earliest, latest)


def _span(text: str) -> tuple[int, int]:
    match = _PARTIAL.fullmatch(text)
    if match is None:
        raise BadDateError(f"{text!r} is no date: write {_FORMS}")
    year, month, day = int(match[1]), match[2], match[3]
    try:
        if month is None:
            return date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        if day is None:
            first = date(year, int(month), 1).toordinal()
            return first, first + monthrange(year, int(month))[1] - 1
        only = date(year, int(month), int(day)).toordinal()
    except ValueError as error:
        raise BadDateError(f"{text!r} is not in the calendar: write {_FORMS}") from error
    return only, only


def parse_since(text: str | None) -> Bound:
    """The bound of a beginning; None is UNKNOWN. Raises BadDateError."""
    if text == OPEN:
        raise BadDateError("a beginning cannot be open ('..'): leave it away where it is unknown")
    return UNKNOWN_BOUND if text is None else parse_partial(text)


def parse_until(text: str | None) -> Bound:
    """The bound of an end; None is UNKNOWN, ``..`` is OPEN. Raises BadDateError."""
    if text == OPEN:
        return OPEN_BOUND
    return UNKNOWN_BOUND if text is None else parse_partial(text)


@lru_cache(maxsize=65536)
def parse_period(text: str) -> tuple[int, int]:
    """The first and last day (ordinals, both inclusive) of a period: a partial date, or two with a slash between.

    ``2017``, ``2017-01/2017-06`` (the half-year), ``2016/2017-06-30`` (since last year). Raises BadDateError.
    """
    first, slash, last = text.partition("/")
    if not slash:
        bound = parse_partial(text)
        return bound.earliest, bound.latest
    earliest, latest = parse_partial(first).earliest, parse_partial(last).latest
    if earliest > latest:
        raise BadDateError(f"{text!r} ends before it begins")
    return earliest, latest


class Limits(Struct, frozen=True):
    """The days (ordinals) that decide: possible in [possible_from, possible_until), certain likewise, within it."""

    possible_from: int
    certain_from: int
    certain_until: int
    possible_until: int


class Validity(Struct, frozen=True, omit_defaults=True, cache_hash=True):
    """One interval [since, until) as written, and the days on which it was observed (有效期).

    ``until`` is the first day on which it no longer holds.
    """

    since: str | None = None
    until: str | None = None
    observed: tuple[str, ...] = ()


ALWAYS_POSSIBLE = Validity()


@lru_cache(maxsize=65536)
def limits(validity: Validity) -> Limits:
    """The limits of a validity. Raises BadDateError if it can hold on no day, or was observed outside its bounds."""
    since, until = parse_since(validity.since), parse_until(validity.until)
    if since.earliest >= until.latest:
        raise BadDateError(
            Text(
                f"自 {validity.since or '不详'} 起、至 {validity.until or '不详'} 止：结束不晚于开始，没有一天可能成立",
                f"since {validity.since} until {validity.until}: it can hold on no day",
            )
        )
    seen = [parse_day(day).toordinal() for day in validity.observed]
    for day, text in zip(seen, validity.observed, strict=True):
        if not since.earliest <= day < until.latest:
            raise BadDateError(
                Text(
                    f"{text} 见到，却不在自 {validity.since or '不详'} 起、至 {validity.until or '不详'} 止的期间内",
                    f"observed {text}, outside of since {validity.since} until {validity.until}",
                )
            )
    if since.state is BoundState.KNOWN:
        seen.append(since.earliest)
    if until.state is BoundState.KNOWN:
        seen.append(until.earliest - 1)
    certain_from = min([since.latest, *seen])
    certain_until = max([until.earliest, *(day + 1 for day in seen)])
    return Limits(since.earliest, certain_from, certain_until, until.latest)


def certainty_on(validity: Validity, day: int) -> Certainty:
    """Whether a validity holds on a day (ordinal). Raises BadDateError as ``limits`` does."""
    bounds = limits(validity)
    if day < bounds.possible_from or day >= bounds.possible_until:
        return Certainty.NO
    if bounds.certain_from <= day < bounds.certain_until:
        return Certainty.CERTAIN
    return Certainty.POSSIBLE


def ended_surely(validity: Validity, day: int) -> bool:
    """True if it surely ended by that day (ordinal): the day is not before the last possible end."""
    return day >= limits(validity).possible_until


def first_observed(validity: Validity) -> int:
    """The first observation (ordinal), known bounds included; AFTER_ALL_DAYS if there is none."""
    return min(observations(validity), default=AFTER_ALL_DAYS)


def last_observed_by(validity: Validity, day: int) -> int:
    """The last observation (ordinal) on or before a day; BEFORE_ALL_DAYS if there is none."""
    return max((seen for seen in observations(validity) if seen <= day), default=BEFORE_ALL_DAYS)


@lru_cache(maxsize=65536)
def observations(validity: Validity) -> tuple[int, ...]:
    """The days (ordinals) on which it was observed, known bounds included, in no order that means anything."""
    seen = [parse_day(day).toordinal() for day in validity.observed]
    since, until = parse_since(validity.since), parse_until(validity.until)
    if since.state is BoundState.KNOWN:
        seen.append(since.earliest)
    if until.state is BoundState.KNOWN:
        seen.append(until.earliest - 1)
    return tuple(seen)
