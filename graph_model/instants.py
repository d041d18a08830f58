"""Recorded moments (记录时刻): the clock of what was known. A moment is microseconds since 1970-01-01 UTC.

Its text is that of RFC 3339 with at most six digits behind the second, ``2026-11-25T13:51:36.123456Z``: always with a
zone, because a moment without one is another moment for everybody.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from graph_model.errors import BadDateError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FORM = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?P<digits>\.\d+)?(?P<zone>[Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)
_EXAMPLE = "2026-11-25T13:51:36Z or 2026-11-25T21:51:36.123456+08:00"


def parse_instant(text: str) -> datetime:
    """The moment of a text, in UTC. Raises BadDateError for a text of another form, or without a zone."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise BadDateError(f"{text!r} is no moment: write it as {_EXAMPLE}")
    if match["zone"] is None:
        raise BadDateError(f"{text!r} names no zone: add Z for UTC, or an offset, as in {_EXAMPLE}")
    if len(match["digits"] or "") > 7:
        raise BadDateError(f"{text!r} is finer than a microsecond: give at most six digits behind the second")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadDateError(f"{text!r} is not in the calendar: write a moment as {_EXAMPLE}") from error


def instant_of(microseconds: int) -> datetime:
    """The moment of a number of microseconds. Raises OverflowError beyond the years 1 to 9999."""
    return _EPOCH + timedelta(microseconds=microseconds)


def microseconds_of(instant: datetime) -> int:
    """The number of microseconds of a moment, which must have a zone."""
    return (instant - _EPOCH) // _MICROSECOND


def instant_text(instant: datetime) -> str:
    """The text of a moment, in UTC, always with six digits: texts sort as the moments do."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)
