"""``/upcoming``: what is coming within a place, links and terms that end and reports that are due (将到期事项页)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec import Struct
from starlette.responses import Response

from graph_model.errors import BadUserInputError
from graph_model.questions.naming import called_on
from graph_model.questions.upcoming import Upcoming, UpcomingKind, choose_window
from graph_model.questions.upcoming_calendar import check_events, to_calendar
from graph_model.questions.upcoming_words import clause_of, say_upcoming
from graph_model.records import AnyTarget
from graph_model.regime import Regime
from graph_model.views import View
from pages.answering import Visit
from pages.asking import read_number
from pages.places import code_of, find_areas, name_place
from pages.texts import say
from pages.twins.answering import answer_as, rows_twin

ENDINGS: Final = ("json", "csv", "xlsx", "ics")
SHOWN: Final = 300
_NAMED_AT_A_TIME: Final = 1_000


class UpcomingRow(Struct, frozen=True):
    """Something that is coming: ``day`` is the last day on which it can be, ``earliest`` the first one.

    ``target_code`` is empty of what is no place: the post of a term.
    """

    day: str
    earliest: str
    kind: str
    kind_label: str
    code: str
    target: str
    target_code: str
    target_name: str
    assignee: str
    assignee_name: str
    clause: str | None
    certainty: str
    message: str


async def upcoming_page(plain: Visit) -> Response:
    """The page, or its twins, which have everything."""
    ask = plain.ask
    begin = ask.day("from") or plain.moment.as_of
    kinds = read_kinds(ask.value("kinds"))
    window = choose_window(begin, ask.day("to"), read_number("days", ask.value("days")))
    visit = await plain.throughout(window)
    areas = await find_areas(visit, ask.value("within"))
    overview, found = await visit.graph.upcoming(
        areas, window, regime=ask.value("regime"), recorded_as_of=ask.recorded_as_of
    )
    frame = await visit.graph.frame(overview.outline.generation, overview.recorded_as_of)
    regime = frame.regime(ask.value("regime"))
    events = [event for event in found if event.kind in kinds]
    if ask.twin == "ics":
        return await _calendar(visit, events, regime, areas, overview.recorded_as_of)
    if ask.twin is not None:
        rows = await _rows(visit, events, regime)
        return await asyncio.to_thread(rows_twin, visit, "upcoming", rows, UpcomingRow, ENDINGS, total=len(rows))
    counties = await visit.graph.lookup(overview.groups, visit.moment)
    nodes = [counties.around.find_node(group) for group in overview.groups]
    return visit.page(
        "upcoming.html",
        rows=await _rows(visit, events[:SHOWN], regime),
        total=len(events),
        first_day=begin,
        last_day=date.fromordinal(window.last),
        days=window.last - window.first + 1,
        kinds=[kind.value for kind in UpcomingKind],
        counties=[
            (code_of(counties, node), called_on(counties.around, node, window.first))
            for node in nodes
            if node is not None
        ],
        endings=ENDINGS,
    )


def read_kinds(text: str | None) -> frozenset[str]:
    """The kinds that are asked for, with commas; all where none is given. Raises BadUserInputError."""
    known = [kind.value for kind in UpcomingKind]
    if text is None:
        return frozenset(known)
    for word in text.split(","):
        if word not in known:
            raise BadUserInputError(f"kinds: unknown kind {word[:20]!r}; there are: {', '.join(known)}")
    return frozenset(text.split(","))


async def _calendar(
    visit: Visit, events: Sequence[Upcoming], regime: Regime, areas: Sequence[str], recorded_as_of: int
) -> Response:
    """The same as an iCalendar, as ``/calendar.ics`` has it."""
    check_events(events)
    ends = {end for event in events for end in (event.assignee, event.target)}
    view = await visit.graph.lookup(sorted({*ends, *areas}), visit.moment)
    within = visit.ask.value("within") or code_of(view, view.around.get_node(areas[0]))
    content = to_calendar([(regime, events)], view.around, recorded_as_of, within, visit.lang.value)
    return answer_as("ics", content, "")


async def _rows(visit: Visit, events: Sequence[Upcoming], regime: Regime) -> list[UpcomingRow]:
    """The events as they are read: their ends as they are called on the window's first day."""
    rows: list[UpcomingRow] = []
    for start in range(0, len(events), _NAMED_AT_A_TIME):
        some = events[start : start + _NAMED_AT_A_TIME]
        ends = sorted({end for event in some for end in (event.assignee, event.target)})
        known = await visit.graph.lookup(ends, visit.moment)
        around = await visit.graph.view(sorted({event.target for event in some}), visit.moment)
        rows += [_row(visit, event, regime, known, around) for event in some]
        await asyncio.sleep(0)
    return rows


def _row(visit: Visit, event: Upcoming, regime: Regime, known: View, around: View) -> UpcomingRow:
    """``known`` has both ends, ``around`` what the target lies in."""
    target, assignee = known.around.get_node(event.target), known.around.get_node(event.assignee)
    name = name_place(around if around.around.find_node(event.target) is not None else known, target)
    return UpcomingRow(
        day=date.fromordinal(event.last).isoformat(),
        earliest=date.fromordinal(event.first).isoformat(),
        kind=event.kind,
        kind_label=say(f"upcoming.{event.kind}", visit.lang),
        code=event.what,
        target=event.target,
        target_code=name.code if isinstance(target, AnyTarget) else "",
        target_name=name.full,
        assignee=event.assignee,
        assignee_name=called_on(known.around, assignee, event.last),
        clause=clause_of(event, regime),
        certainty=event.certainty,
        message=visit.lang.say(say_upcoming(event, known.around, regime)),
    )
