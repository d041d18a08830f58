"""Dates as they are published (日期)."""

from __future__ import annotations

import datetime
from functools import lru_cache

import strawberry

from api.enums import Lang
from api.types.labels import LangArgument, say
from graph_model.dates import Bound, BoundState, day_or_none, parse_period, parse_since, parse_until
from graph_model.records import Text


@strawberry.type(
    description="The beginning or the end of something: its text, what is known of it, and the days that it can mean."
)
class PartialDate:
    """See the description."""

    text: str | None = strawberry.field(
        description="As recorded: `2017`, `2017-06`, `2017-06-16`, `[2016-08-01..2017-10-31]`; null where nothing is "
        "known, or where it is still running."
    )
    state: BoundState = strawberry.field(description="What is known of it.")
    earliest: datetime.date | None = strawberry.field(description="The first day that it can mean; null: no bound.")
    latest: datetime.date | None = strawberry.field(description="The last day that it can mean; null: no bound.")


@strawberry.type(description="The time that a figure or measure speaks of (时段).")
class Period:
    """See the description."""

    text: str = strawberry.field(description="A day, month or year, or two with a slash between, both inclusive.")
    earliest: datetime.date | None = strawberry.field(description="The first day.")
    latest: datetime.date | None = strawberry.field(description="The last day.")
    wording: strawberry.Private[Text | None]

    @strawberry.field(description="What the source calls it, in our words; null where it is a plain date.")
    def label(self, lang: LangArgument = Lang.ZH) -> str | None:
        return None if self.wording is None else say(self.wording, lang)


def publish_bound(bound: Bound) -> PartialDate:
    """A date that may be partial, a beginning or an end."""
    return PartialDate(text=bound.text, state=bound.state, earliest=bound.earliest_day, latest=bound.latest_day)


@lru_cache(maxsize=16384)
def publish_since(text: str | None) -> PartialDate:
    """A beginning."""
    return publish_bound(parse_since(text))


@lru_cache(maxsize=16384)
def publish_until(text: str | None) -> PartialDate:
    """An end: the first day on which it no longer holds."""
    return publish_bound(parse_until(text))


def publish_period(text: str, label: Text | None = None) -> Period:
    """A period."""
    first, last = parse_period(text)
    return Period(text=text, earliest=day_or_none(first), latest=day_or_none(last), wording=label)
