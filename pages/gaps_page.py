"""``/gaps``: every duty that is not met within a place on a day, and how many by county and lane (缺口页).

It is the gap calendar of that one day; with ``from`` and ``to``, that of those days.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec import Struct, structs
from starlette.responses import Response

from graph_model.exchange import Window
from graph_model.questions.duties import Gap, GapCause
from graph_model.questions.gap_listing import GapPeriod, GapTotal
from graph_model.views import Moment, View
from pages.answering import Visit
from pages.gap_calendar_page import (
    MOST_IN_TWIN,
    Sight,
    check_count,
    gap_calendar_page,
    look_at,
    name_counties,
    read_wish,
)
from pages.gap_filters import lane_as_lanes
from pages.ladder import GapRow, gap_row
from pages.places import PlaceName, name_place
from pages.twins.answering import rows_twin

ENDINGS: Final = ("json", "csv", "xlsx")
SHOWN: Final = 300
_NAMED_AT_A_TIME: Final = 1_000


class Total(Struct, frozen=True):
    """One row of the totals: an area, and the certain and possible gaps of each lane."""

    area: str
    code: str
    counts: tuple[tuple[int, int], ...]


async def gaps_page(given: Visit) -> Response:
    """The page, or its twins."""
    visit = structs.replace(given, ask=lane_as_lanes(given.ask))
    ask, lang, day = visit.ask, visit.lang, visit.moment.day
    if ask.value("from") or ask.value("to"):
        return await gap_calendar_page(visit)
    sight, calendar = await look_at(visit, Window(day, day))
    wish = read_wish(visit, sight)
    everything = (await asyncio.to_thread(calendar.page, wish, first=0)).total
    if ask.twin is not None:
        check_count(everything, ask.twin)
    found = (await asyncio.to_thread(calendar.page, wish, first=everything)).periods
    # The widest first: what is missing at a county concerns all that lies in it.
    ordered = sorted(found, key=lambda period: (-period.key.level, period.key))
    if ask.twin is not None:
        return rows_twin(visit, "gaps", await _rows(visit, sight, ordered), GapRow, ENDINGS, total=everything)
    counties = await name_counties(visit, sight)
    totals = calendar.totals(wish, sight.overview.groups)
    lanes = [lane for lane in sight.regime.lanes if any(total.lane == lane.code for total in totals)]
    return visit.page(
        "gaps.html",
        rows=await _rows(visit, sight, ordered[:SHOWN]),
        total=everything,
        certain=sum(period.spell.certainty.value == "CERTAIN" for period in found),
        lanes=[(lane.code, lang.say(lane.labels)) for lane in lanes],
        totals=_totals(totals, counties, [lane.code for lane in lanes]),
        all_lanes=[(lane.code, lang.say(lane.labels)) for lane in sight.regime.lanes],
        causes=[cause.value for cause in GapCause],
        counties=[(name.code, name.name) for name in counties.values()],
        first_day=date.fromordinal(day).replace(month=1, day=1),
        last_day=date.fromordinal(day).replace(month=12, day=31),
        endings=[ending for ending in ENDINGS if everything <= MOST_IN_TWIN[ending]],
        most=max(MOST_IN_TWIN.values()),
    )


async def _rows(visit: Visit, sight: Sight, periods: Sequence[GapPeriod]) -> list[GapRow]:
    """The gaps as a chain says them, each at its own target."""
    rows: list[GapRow] = []
    moment = Moment(sight.window.first, sight.overview.recorded_as_of)
    for start in range(0, len(periods), _NAMED_AT_A_TIME):
        some = periods[start : start + _NAMED_AT_A_TIME]
        targets = sorted({period.target for period in some})
        around = await visit.graph.around_throughout(targets, sight.window, sight.overview.recorded_as_of)
        view = View(around, moment, sight.frame)
        of: dict[str, tuple[PlaceName, dict[str, Gap]]] = {}
        for period in some:
            target = period.target
            if target not in of:
                gaps, _ = view.own_gaps(target, sight.regime.code)
                of[target] = name_place(view, around.get_node(target)), {gap.duty.code: gap for gap in gaps}
            name, own = of[target]
            rows.append(gap_row(own[period.spell.duty.code], visit.lang, name))
        await asyncio.sleep(0)
    return rows


def _totals(totals: Sequence[GapTotal], counties: dict[str, PlaceName], lanes: Sequence[str]) -> list[Total]:
    """By county, and what lies in none: how many gaps are certain, and possible, lane by lane."""
    counts: dict[str | None, dict[str, tuple[int, int]]] = {}
    for total in totals:
        counts.setdefault(total.area, {})[total.lane] = total.certain, total.periods - total.certain
    return [
        Total(
            area=counties[area].name if area in counties else "",
            code=counties[area].code if area in counties else "",
            counts=tuple(by_lane.get(lane, (0, 0)) for lane in lanes),
        )
        for area, by_lane in counts.items()
    ]
