"""The root field that tells what is coming (将到期查询), and what the feed shares with it."""

from __future__ import annotations

import datetime
from typing import Annotated

import strawberry
from msgspec import Struct

from api.arguments import Ask, RecordedAsOf, RegimeCode
from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.division_lookup import find_areas
from api.scope import Request, Scope
from api.types.upcoming import UpcomingEvent, publish_upcoming
from graph_model.codes import check_code
from graph_model.errors import BadUserInputError
from graph_model.questions.upcoming import DEFAULT_DAYS, MAX_DAYS, Upcoming, UpcomingKind, choose_window
from graph_model.regime import Regime


class UpcomingAsked(Struct, frozen=True):
    """What was asked for, looked up: the first day's scope, the state's moment, the regime, and what is coming."""

    scope: Scope
    recorded_as_of: int
    regime: Regime
    events: tuple[Upcoming, ...]


async def ask_upcoming(
    request: Request,
    within: str,
    first: datetime.date | None,
    last: datetime.date | None,
    days: int | None,
    kinds: list[UpcomingKind] | None,
    regime: str | None,
    recorded_as_of: datetime.datetime | None,
) -> UpcomingAsked:
    """What is coming; ``last`` or ``days`` end the window. Raises BadUserInputError."""
    check_code(within, "division", "within")
    scope = await request.scope(first, recorded_as_of)
    window = choose_window(scope.moment.as_of, last, days)
    areas = await find_areas(scope, within)
    if not areas:
        raise BadUserInputError(f"within: there is no division {within!r}")
    graph = request.graph
    overview, events = await graph.upcoming(areas, window, regime=regime, recorded_as_of=scope.moment.recorded_as_of)
    frame = await graph.frame(overview.outline.generation, overview.recorded_as_of)
    wanted = None if kinds is None else {kind.value for kind in kinds}
    chosen = tuple(event for event in events if wanted is None or event.kind in wanted)
    return UpcomingAsked(scope, overview.recorded_as_of, frame.regime(regime), chosen)


@strawberry.type(description="What is coming.")
class UpcomingQueries:
    """See the description."""

    @strawberry.field(
        description="What is coming within a division (将到期事项): links and terms whose end is known to a day or to "
        "a range of days, and reports that are due, on the last day of their period. By day, kind and target. The same "
        "as an iCalendar feed: `/calendar.ics?within=...`."
    )
    async def upcoming(
        self,
        info: Ask,
        within: Annotated[
            str, strawberry.argument(description="The code of the division to look in, as of the first day.")
        ],
        from_: Annotated[
            datetime.date | None,
            strawberry.argument(name="from", description="The first day; the default day if left away."),
        ] = None,
        to: Annotated[
            datetime.date | None, strawberry.argument(description="The last day, inclusive; or give `days`.")
        ] = None,
        days: Annotated[
            int | None,
            strawberry.argument(
                description=f"How many days, at most {MAX_DAYS}; {DEFAULT_DAYS} if `to` is left away, too."
            ),
        ] = None,
        kinds: Annotated[
            list[UpcomingKind] | None, strawberry.argument(description="Only these; all if left away.")
        ] = None,
        regime: RegimeCode = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
    ) -> Connection[UpcomingEvent]:
        size, key = check_first(first), decode_cursor(after, "upcoming", tuple[int, int, str, str, str, str, str])
        asked = await ask_upcoming(info.context, within, from_, to, days, kinds, regime, recorded_as_of)
        page = [event for event in asked.events if key is None or _place(event) > key]
        scope = asked.scope
        ids = sorted({end for event in page[:size] for end in (event.assignee, event.target)})
        view = await scope.graph.lookup(ids, scope.moment)
        rows = [
            (encode_cursor("upcoming", _place(event)), publish_upcoming(event, view, asked.regime, scope))
            for event in page[:size]
        ]
        return connection(rows, total=len(asked.events), has_next=len(page) > size, after=after)


def _place(event: Upcoming) -> tuple[int, int, str, str, str, str, str]:
    return event.last, event.first, event.kind, event.target, event.what, event.assignee, event.certainty
