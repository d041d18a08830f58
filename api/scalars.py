"""Scalars (标量)."""

from __future__ import annotations

import datetime

import strawberry

from graph_model.dates import parse_day
from graph_model.errors import BadDateError


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
