"""Scalars (标量)."""

from __future__ import annotations

import datetime

import strawberry

from graph_model.dates import parse_day
from graph_model.errors import BadDateError
from graph_model.instants import instant_text, parse_instant


def _parse(value: object) -> datetime.date:
    if not isinstance(value, str):
        raise BadDateError(f'{value!r} is no day: write it as "2017-06-16"')
    return parse_day(value)


DATE = strawberry.scalar(
    name="Date",
    description="A day of the Gregorian calendar as ISO 8601 writes it: `2017-06-16`.",
    specified_by_url="https://datatracker.ietf.org/doc/html/rfc3339#section-5.6",
    serialize=lambda day: day.isoformat(),
    parse_value=_parse,
)


def _parse_instant(value: object) -> datetime.datetime:
    if not isinstance(value, str):
        raise BadDateError(f'{value!r} is no moment: write it as "2026-11-25T13:51:36Z"')
    return parse_instant(value)


DATE_TIME = strawberry.scalar(
    name="DateTime",
    description="A moment as RFC 3339 writes it, with a zone and at most six digits behind the second: "
    "`2026-11-25T13:51:36.123456Z`. Answers are in UTC.",
    specified_by_url="https://datatracker.ietf.org/doc/html/rfc3339#section-5.6",
    serialize=instant_text,
    parse_value=_parse_instant,
)
