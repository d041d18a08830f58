"""``/gaps?from=&to=``: from when to when which duty within a place was not met, and what it comes to (缺口日历页)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct, structs
from starlette.responses import Response

from graph_model.dates import Certainty
from graph_model.errors import BadUserInputError
from graph_model.exchange import Window
from graph_model.overview import Overview
from graph_model.questions.duties import GapCause
from graph_model.questions.gap_listing import GapCalendar, GapKey, GapPeriod, GapTotal, Wish
from graph_model.records import Division
from graph_model.regime import Regime
from graph_model.views import Frame, Moment, View
from pages.answering import Visit
from pages.gap_filters import read_causes, read_certainty
from pages.places import PlaceName, find_areas, name_place
from pages.twins.answering import answer_as, notes_of, rows_twin
from pages.twins.tables import table_of, xlsx_bytes

ENDINGS: Final = ("json", "csv", "xlsx")
SHOWN: Final = 300
MOST_SHOWN: Final = 1_000
MOST_IN_TWIN: Final = {"json": 50_000, "csv": 50_000, "xlsx": 20_000}
"""How many periods each form takes: what can be named and written well within the ten seconds of a request."""
_NAMED_AT_A_TIME: Final = 1_000


class PeriodRow(Struct, frozen=True):
    """One period in its place; ``days`` is how many days it has."""

    first_day: str
    last_day: str
    days: int
    level: str
    lane: str
    lane_label: str
    target: str
    target_code: str
    target_name: str
    duty: str
    duty_label: str
    clause: str
    cause: str
    certainty: str


class TotalRow(Struct, frozen=True):
    """What one lane comes to in one county; ``county`` and ``county_code`` are empty for what lies in none."""

    county: str
    county_code: str
    lane: str
    lane_label: str
    periods: int
    certain: int
    targets: int
    target_days: int


class Sight(Struct, frozen=True):
    """The state in which the periods were found, by which they are named."""

    overview: Overview
    frame: Frame
    regime: Regime
    window: Window


async def gap_calendar_page(plain: Visit) -> Response:
    """The page, or its twins, which have all periods, up to MOST_IN_TWIN."""
    window = read_window(plain)
    visit = await plain.throughout(window)
    ask, lang = visit.ask, visit.lang
    size, after = read_size(ask.value("first")), read_place(ask.value("after"))
    sight, calendar = await look_at(visit, window)
    overview, regime, wish = sight.overview, sight.regime, read_wish(visit, sight)
    counties = await name_counties(visit, sight)
    totals = total_rows(await asyncio.to_thread(calendar.totals, wish, overview.groups), counties, visit, regime)
    if ask.twin is not None:
        count = (await asyncio.to_thread(calendar.page, wish, first=0)).total
        check_count(count, ask.twin)
        everything = await asyncio.to_thread(calendar.page, wish, first=count)
        rows = await _name_periods(visit, sight, everything.periods)
        return await asyncio.to_thread(_twin, visit, rows, totals)
    page = await asyncio.to_thread(calendar.page, wish, first=size, after=after)
    surely = structs.replace(wish, certainty=Certainty.CERTAIN)
    sure = (await asyncio.to_thread(calendar.page, surely, first=0)).total
    return visit.page(
        "gap_calendar.html",
        rows=await _name_periods(visit, sight, page.periods),
        totals=totals,
        total=page.total,
        certain=0 if wish.certainty is Certainty.POSSIBLE else sure,
        following=write_place(page.periods[-1].key) if page.has_next else None,
        first_day=date.fromordinal(window.first),
        last_day=date.fromordinal(window.last),
        all_lanes=[(lane.code, lang.say(lane.labels)) for lane in regime.lanes],
        causes=[cause.value for cause in GapCause],
        counties=[(name.code, name.name) for name in counties.values()],
        endings=[ending for ending in ENDINGS if page.total <= MOST_IN_TWIN[ending]],
        most=max(MOST_IN_TWIN.values()),
    )


async def look_at(visit: Visit, window: Window) -> tuple[Sight, GapCalendar]:
    """The gaps of a window within the area that is asked for, and the state in which they were found."""
    ask = visit.ask
    areas = await find_areas(visit, ask.value("within"))
    overview, calendar = await visit.graph.gap_calendar(
        areas, window, regime=ask.value("regime"), recorded_as_of=ask.recorded_as_of
    )
    frame = await visit.graph.frame(overview.outline.generation, overview.recorded_as_of)
    return Sight(overview, frame, frame.regime(ask.value("regime")), window), calendar


def read_wish(visit: Visit, sight: Sight) -> Wish:
    """Which of the gaps are asked for. Raises BadUserInputError for an unknown lane, cause or certainty."""
    ask = visit.ask
    return Wish(
        lanes=None if ask.lanes is None else sight.regime.check_lanes(ask.lanes),
        causes=read_causes(ask.value("cause")),
        certainty=read_certainty(ask.value("certainty")),
    )


def read_window(visit: Visit) -> Window:
    """The days that are asked for. Raises BadUserInputError where one is missing, or the last before the first."""
    first, last = visit.ask.day("from"), visit.ask.day("to")
    if first is None or last is None:
        missing, given = ("from", "to") if first is None else ("to", "from")
        raise BadUserInputError(f"{missing}: give it beside {given}, or neither for the gaps of one day (asOf)")
    if last < first:
        raise BadUserInputError(f"to: {last} is before {first}: give the last day of the window, or a later one")
    return Window(first.toordinal(), last.toordinal())


def read_size(text: str | None) -> int:
    """How many periods a page shows. Raises BadUserInputError."""
    if text is None:
        return SHOWN
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and 1 <= int(text) <= MOST_SHOWN):
        raise BadUserInputError(f"first: {text[:20]!r} is out of range; give 1 to {MOST_SHOWN:,}")
    return int(text)


def check_count(count: int, ending: str) -> None:
    """Raises BadUserInputError for more periods than a form takes."""
    most = MOST_IN_TWIN.get(ending)
    if most is not None and count > most:
        raise BadUserInputError(
            f"within: {count:,} periods, and a .{ending} takes at most {most:,}: ask for a smaller division, fewer "
            "days, a lane or certainty=CERTAIN; the page of a time (from, to) shows all of them, `first` at a time"
        )


def write_place(key: GapKey) -> str:
    """The place of a period in the list, as an address has it."""
    return f"{key.level},{key.duty},{key.first},{key.target}"


def read_place(text: str | None) -> GapKey | None:
    """The place after which a page begins. Raises BadUserInputError."""
    if text is None:
        return None
    *numbers, target = text.split(",", 3)
    if len(numbers) != 3 or not target or not all(_is_number(number) for number in numbers):
        raise BadUserInputError(f"after: {text[:40]!r} is no place in this list; leave it away for the first page")
    level, duty, first = map(int, numbers)
    return GapKey(level, target, duty, first)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9


async def name_counties(visit: Visit, sight: Sight) -> dict[str, PlaceName]:
    """All counties, by id, as they are called on the window's first day."""
    groups = sight.overview.groups
    around = await visit.graph.around_throughout(groups, sight.window, sight.overview.recorded_as_of)
    view = View(around, Moment(sight.window.first, sight.overview.recorded_as_of), sight.frame)
    nodes = [around.find_node(group) for group in groups]
    return {node.id: name_place(view, node) for node in nodes if isinstance(node, Division)}


def total_rows(
    totals: Sequence[GapTotal], counties: Mapping[str, PlaceName], visit: Visit, regime: Regime
) -> list[TotalRow]:
    """The totals as they are read: by county and the lane's position, what lies in none last."""
    rows = []
    for total in totals:
        county = None if total.area is None else counties[total.area]
        rows.append(
            TotalRow(
                county="" if county is None else county.name,
                county_code="" if county is None else county.code,
                lane=total.lane,
                lane_label=visit.lang.say(regime.get_lane(total.lane).labels),
                periods=total.periods,
                certain=total.certain,
                targets=total.targets,
                target_days=total.days,
            )
        )
    return rows


async def _name_periods(visit: Visit, sight: Sight, periods: Sequence[GapPeriod]) -> list[PeriodRow]:
    """The periods as they are read: targets as they are called, and where they lie, on the first day of each."""
    rows: list[PeriodRow] = []
    for start in range(0, len(periods), _NAMED_AT_A_TIME):
        some = periods[start : start + _NAMED_AT_A_TIME]
        targets = sorted({period.target for period in some})
        around = await visit.graph.around_throughout(targets, sight.window, sight.overview.recorded_as_of)
        views: dict[int, View] = {}
        names: dict[tuple[str, int], PlaceName] = {}
        for period in some:
            called = period.target, period.spell.first
            if called not in names:
                first = period.spell.first
                if first not in views:
                    views[first] = View(around, Moment(first, sight.overview.recorded_as_of), sight.frame)
                names[called] = name_place(views[first], around.get_node(period.target))
            rows.append(period_row(period, names[called], visit, sight.regime))
        await asyncio.sleep(0)
    return rows


def period_row(period: GapPeriod, target: PlaceName, visit: Visit, regime: Regime) -> PeriodRow:
    """One period as it is read. Raises TypeError for one in which the duty is met: that is no gap."""
    spell, lane = period.spell, regime.lane_of(period.spell.duty)
    if spell.cause is None:
        raise TypeError(f"{period.target}: what is met is no gap")
    return PeriodRow(
        first_day=date.fromordinal(spell.first).isoformat(),
        last_day=date.fromordinal(spell.last).isoformat(),
        days=spell.last - spell.first + 1,
        level=regime.levels[period.key.level].code,
        lane=lane.code,
        lane_label=visit.lang.say(lane.labels),
        target=period.target,
        target_code=target.code,
        target_name=target.full,
        duty=spell.duty.code,
        duty_label=visit.lang.say(spell.duty.labels),
        clause=spell.duty.clause,
        cause=spell.cause.value,
        certainty=spell.certainty.value,
    )


def _twin(visit: Visit, rows: Sequence[PeriodRow], totals: Sequence[TotalRow]) -> Response:
    name, notes = "gap-calendar", notes_of(visit)
    if visit.ask.twin == "xlsx":
        tables = table_of("totals", TotalRow, totals), table_of(name, PeriodRow, rows)
        return answer_as("xlsx", xlsx_bytes(tables, notes), f"zeren-{name}-{notes['from']}-{notes['to']}")
    return rows_twin(visit, name, rows, PeriodRow, ENDINGS, total=len(rows), totals=totals)
