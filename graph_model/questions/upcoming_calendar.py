"""What is coming as an iCalendar (日历文件, RFC 5545): for the feed and for the pages alike."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from typing import Final

import icalendar
from msgspec.structs import astuple

from graph_model.dates import LAST_DAY, Certainty
from graph_model.errors import BadUserInputError
from graph_model.instants import instant_of
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.upcoming import Upcoming, UpcomingKind
from graph_model.questions.upcoming_words import say_upcoming
from graph_model.regime import Regime

MAX_EVENTS: Final = 5_000
_LANGS: Final = ("zh", "en")
_CATEGORIES: Final = {
    UpcomingKind.LINK_ENDS: ("责任关系到期", "A link ends"),
    UpcomingKind.TERM_ENDS: ("任期到期", "A term ends"),
    UpcomingKind.REPORT_DUE: ("履职期限", "Due"),
}


def check_events(events: Sequence[Upcoming]) -> None:
    """Raises BadUserInputError for more events than a calendar takes."""
    if len(events) > MAX_EVENTS:
        raise BadUserInputError(
            f"within: {len(events)} events, and a feed has at most {MAX_EVENTS}: ask for a smaller division, "
            "fewer days or some kinds"
        )


def to_calendar(
    told: Sequence[tuple[Regime, Sequence[Upcoming]]], around: Neighbourhood, recorded_as_of: int, name: str, lang: str
) -> bytes:
    """The calendar, the same bytes for the same state: stamped with the moment of its last write.

    ``told``: events by the regime that they are of; ``around`` must know both ends of each. ``name`` is the code or
    name asked for, ``lang`` zh or en.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//Zeren//upcoming//{lang.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", icalendar.vText(f"责任 Zeren {name}"))
    stamp = instant_of(recorded_as_of).replace(microsecond=0)
    for regime, events in told:
        for coming in events:
            calendar.add_component(_event(coming, around, regime, stamp, lang))
    content: bytes = calendar.to_ical()
    return content


def _event(
    coming: Upcoming, around: Neighbourhood, regime: Regime, stamp: datetime.datetime, lang: str
) -> icalendar.Event:
    """All day, on each day on which it can be; tentative where it only may come."""
    said = say_upcoming(coming, around, regime)
    event = icalendar.Event()
    key = "\n".join(map(str, astuple(coming)))
    event.add("uid", f"{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}@zeren")
    event.add("dtstamp", stamp)
    event.add("dtstart", datetime.date.fromordinal(coming.first))
    if coming.last < LAST_DAY:  # an all-day event without an end takes its one day
        event.add("dtend", datetime.date.fromordinal(coming.last + 1))
    event.add("summary", said.zh if lang == "zh" else said.en)
    event.add("categories", [_CATEGORIES[UpcomingKind(coming.kind)][_LANGS.index(lang)]])
    event.add("status", "CONFIRMED" if coming.certainty == Certainty.CERTAIN.value else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    return event
