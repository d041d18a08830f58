"""The root fields of the gap calendar (缺口日历查询)."""

from __future__ import annotations

import datetime
from typing import Annotated, TypeAlias

import strawberry
from msgspec import Struct

from api.arguments import Ask, RecordedAsOf, RegimeCode
from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.division_lookup import find_areas
from api.types.gap_periods import GapPeriod, GapTotal, publish_period, publish_total
from graph_model.codes import check_code
from graph_model.dates import Certainty
from graph_model.errors import BadUserInputError
from graph_model.exchange import Window
from graph_model.overview import Overview
from graph_model.questions.duties import GapCause
from graph_model.questions.gap_listing import UNMET, GapCalendar, GapKey, Wish
from graph_model.regime import Regime
from graph_model.views import Frame, Moment, View

Within: TypeAlias = Annotated[
    str,
    strawberry.argument(
        description="The code of the division to look in, as of the first day. All that lies, or may lie, there on a "
        "day belongs to it on that day: divisions, households, assets, and the division itself."
    ),
]
From: TypeAlias = Annotated[datetime.date, strawberry.argument(name="from", description="The first day of the window.")]
To: TypeAlias = Annotated[datetime.date, strawberry.argument(description="The last day of the window, inclusive.")]
Lanes: TypeAlias = Annotated[
    list[str] | None, strawberry.argument(description="Only duties of these lanes (codes); all if left away.")
]
Causes: TypeAlias = Annotated[
    list[GapCause] | None,
    strawberry.argument(
        description="Only these causes; if left away the three of what is not met, without remarks (EXEMPT, "
        "UNKNOWN_HOLDER)."
    ),
]
Sure: TypeAlias = Annotated[
    Certainty | None, strawberry.argument(description="Only CERTAIN, or only POSSIBLE; both if left away.")
]
Duties: TypeAlias = Annotated[
    list[str] | None, strawberry.argument(description="Only these duties (codes); all if left away.")
]


class Asked(Struct, frozen=True):
    """What a calendar is asked for, looked up and checked."""

    frame: Frame
    regime: Regime
    overview: Overview
    calendar: GapCalendar
    wish: Wish
    window: Window


async def _ask(
    info: Ask,
    within: str,
    first: datetime.date,
    last: datetime.date,
    lanes: list[str] | None,
    causes: list[GapCause] | None,
    certainty: Certainty | None,
    duties: list[str] | None,
    regime: str | None,
    recorded_as_of: datetime.datetime | None,
) -> Asked:
    check_code(within, "division", "within")
    if last < first:
        raise BadUserInputError(f"to: {last} is before {first}: give the last day of the window, or a later one")
    if certainty is Certainty.NO:
        raise BadUserInputError("certainty: no gap is NO; ask for CERTAIN or POSSIBLE, or leave it away for both")
    scope = await info.context.scope(first, recorded_as_of)
    areas = await find_areas(scope, within)
    if not areas:
        raise BadUserInputError(f"within: there is no division {within!r}")
    window = Window(first.toordinal(), last.toordinal())
    overview, calendar = await info.context.graph.gap_calendar(
        areas, window, regime=regime, recorded_as_of=scope.moment.recorded_as_of
    )
    frame = await info.context.graph.frame(overview.outline.generation, overview.recorded_as_of)
    chosen = frame.regime(regime)
    wish = Wish(
        lanes=None if lanes is None else chosen.check_lanes(lanes),
        causes=UNMET if causes is None else frozenset(causes),
        certainty=certainty,
        duties=None if duties is None else frozenset(chosen.get_duty(duty).code for duty in duties),
    )
    return Asked(frame, chosen, overview, calendar, wish, window)


@strawberry.type(description="When duties are not met.")
class CalendarQueries:
    """See the description."""

    @strawberry.field(
        description="The gap calendar (缺口日历): the periods in which duties of the targets within a division are not "
        "met, each as its own chain says it day by day. By level from the nearest, target, duty and first day."
    )
    async def gap_periods(
        self,
        info: Ask,
        within: Within,
        from_: From,
        to: To,
        lanes: Lanes = None,
        causes: Causes = None,
        certainty: Sure = None,
        duties: Duties = None,
        regime: RegimeCode = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
    ) -> Connection[GapPeriod]:
        size, key = check_first(first), decode_cursor(after, "gap-periods", GapKey)
        asked = await _ask(info, within, from_, to, lanes, causes, certainty, duties, regime, recorded_as_of)
        page = asked.calendar.page(asked.wish, first=size, after=key)
        targets = sorted({period.target for period in page.periods})
        around = await info.context.graph.around_throughout(targets, asked.window, asked.overview.recorded_as_of)
        rows = []
        for period in page.periods:
            scope = await info.context.scope(datetime.date.fromordinal(period.spell.first), recorded_as_of)
            published = publish_period(period, around, asked.frame, asked.regime, scope)
            rows.append((encode_cursor("gap-periods", period.key), published))
        return connection(rows, total=page.total, has_next=page.has_next, after=after)

    @strawberry.field(
        description="What the gap calendar comes to, by county and lane: a period counts in each county that its "
        "target lies, or may lie, in on one of its days. By county and the lane's position; what has none is left away."
    )
    async def gap_totals(
        self,
        info: Ask,
        within: Within,
        from_: From,
        to: To,
        lanes: Lanes = None,
        causes: Causes = None,
        certainty: Sure = None,
        duties: Duties = None,
        regime: RegimeCode = None,
        recorded_as_of: RecordedAsOf = None,
    ) -> list[GapTotal]:
        asked = await _ask(info, within, from_, to, lanes, causes, certainty, duties, regime, recorded_as_of)
        totals = asked.calendar.totals(asked.wish, asked.overview.groups)
        counties = sorted({total.area for total in totals if total.area is not None})
        moment = Moment(asked.window.first, asked.overview.recorded_as_of)
        around = await info.context.graph.around_throughout(counties, asked.window, asked.overview.recorded_as_of)
        scope = await info.context.scope(from_, recorded_as_of)
        view = View(around, moment, asked.frame)
        return [publish_total(total, view, asked.regime, scope) for total in totals]
