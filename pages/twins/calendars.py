"""What is coming for somebody, or at a place, as an iCalendar (日历另存)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response

from graph_model.questions.upcoming import Upcoming, choose_window
from graph_model.questions.upcoming_calendar import check_events, to_calendar
from pages.answering import Visit
from pages.asking import read_number
from pages.twins.answering import answer_as

CALENDAR_DAYS: Final = 366
"""How many days a calendar has that is not told how many."""


async def calendar_of(visit: Visit, ids: Sequence[str], name: str, regimes: Sequence[str]) -> Response:
    """What is coming in a window for some targets or assignees, as ``/upcoming.ics`` has it for an area.

    ``from``, ``to`` and ``days`` give the window; else it is a year from the visit's day. Raises BadUserInputError for
    a window that cannot be, and for too many events.
    """
    ask, graph = visit.ask, visit.graph
    days, last = read_number("days", ask.value("days")), ask.day("to")
    begin = ask.day("from") or visit.moment.as_of
    window = choose_window(begin, last, CALENDAR_DAYS if days is None and last is None else days)
    told: list[tuple[str, list[Upcoming]]] = []
    seen: set[Upcoming] = set()
    for code in regimes:
        events = {event for one in ids for event in await graph.upcoming_of(one, window, visit.moment, code)}
        # A term is of no regime: it stands with the first that has it.
        told.append((code, sorted(events - seen)))
        seen |= events
    check_events(sorted(seen))
    view = await graph.lookup(sorted({end for event in seen for end in (event.assignee, event.target)}), visit.moment)
    recorded = visit.moment.recorded_as_of
    if recorded is None:
        recorded = (await graph.checkpoint_of(visit.frame.header.generation)).recorded_at
    of = [(visit.frame.regime(code), events) for code, events in told]
    return answer_as("ics", to_calendar(of, view.around, recorded, name, visit.lang.value), "")
