"""The root fields that compare chains of two days or two recorded moments (比较查询)."""

from __future__ import annotations

import asyncio
import datetime
from typing import Annotated

import strawberry

from api.arguments import Ask, AsOf, Lanes, RegimeCode
from api.scope import Request, Scope
from api.types.differences import ChainChanges, ChainComparison, Side, publish_changes, publish_comparison
from graph_model.checkpoint import Checkpoint
from graph_model.codes import check_code, check_key
from graph_model.errors import BadUserInputError, NotRecordedYetError
from graph_model.views import compare_views, first_of_level


@strawberry.type(description="What differs.")
class ComparisonQueries:
    """See the description."""

    @strawberry.field(
        description="The chain of one target as of two days, and what is different: links gained and lost, with other "
        "holders or not as sure; gaps opened, closed and changed. With recorded moments: what was known then of the "
        "same day, for instance before and after a correction. Null for an unknown code."
    )
    async def compare_chains(
        self,
        info: Ask,
        code: Annotated[
            str,
            strawberry.argument(
                description="A division's or a household's code, or the global id of a target. A code that meant two "
                "divisions means the one of the later day."
            ),
        ],
        from_: Annotated[datetime.date, strawberry.argument(name="from", description="The day of the chain before.")],
        to: Annotated[datetime.date, strawberry.argument(description="The day of the chain after.")],
        recorded_from: Annotated[
            datetime.datetime | None,
            strawberry.argument(description="The recorded moment of the chain before; left away: now."),
        ] = None,
        recorded_to: Annotated[
            datetime.datetime | None,
            strawberry.argument(description="The recorded moment of the chain after; left away: now."),
        ] = None,
        lanes: Lanes = None,
        regime: RegimeCode = None,
    ) -> ChainComparison | None:
        check_key(code, "code")
        before, after = await asyncio.gather(
            info.context.scope(from_, recorded_from), info.context.scope(to, recorded_to)
        )
        target = await _find_target(code, before, after)
        if target is None:
            return None
        views = await asyncio.gather(before.views.load(target), after.views.load(target))
        comparison = compare_views(*views, target, regime, lanes)
        return publish_comparison(comparison, Side(views[0], before), Side(views[1], after))

    @strawberry.field(
        description="What was written since a checkpoint, and what it means: the targets in a division whose chains on "
        "the day differ, with links gained and lost, with other holders or not as sure, and gaps opened, closed and "
        "changed. Of divisions also those that inherit it from what they lie in; households, organisations and assets "
        "where it is their own. However much was written, the answer is bounded: see `reach`."
    )
    async def changes(
        self,
        info: Ask,
        within: Annotated[str, strawberry.argument(description="The code of the division to look in.")],
        since: Annotated[
            str,
            strawberry.argument(
                description="The checkpoint of the state that is known: of `dataset`, of a write, or `until` of an "
                "answer before; `0` is the beginning."
            ),
        ],
        until: Annotated[
            str | None, strawberry.argument(description="The checkpoint to go to; left away: the last write.")
        ] = None,
        as_of: AsOf = None,
        lanes: Lanes = None,
        regime: RegimeCode = None,
    ) -> ChainChanges:
        check_code(within, "division", "within")
        graph = info.context.graph
        known = await graph.find_checkpoint(since, "since")
        last = await graph.last_checkpoint() if until is None else await graph.find_checkpoint(until, "until")
        if last.number < known.number:
            raise BadUserInputError(f"until: {last} is before {known}, which is `since`")
        before, after = await scopes_of(info.context, as_of, known, last)
        area = await find_area(within, before, after)
        day = after.moment.day
        code = (await after.frame()).regime(regime).code
        found = await graph.chain_changes(known, last, area, day, regime=code, lanes=lanes)
        return publish_changes(found, known, last, code, before, after)


async def scopes_of(
    request: Request, as_of: datetime.date | None, before: Checkpoint, after: Checkpoint
) -> tuple[Scope, Scope]:
    """The scopes of the states after two writes, on a day or the default one of the later state."""
    later = await request.scope(as_of, after.moment)
    try:
        return await request.scope(later.moment.as_of, before.moment), later
    except NotRecordedYetError:
        return later, later  # nothing was there, so that nothing of it is published


async def find_area(within: str, before: Scope, after: Scope) -> str:
    """The division of a code, afterwards or else before. Raises BadUserInputError."""
    for scope in (after, before):
        found = first_of_level(await scope.views.load(within), within, None)
        if found is not None:
            return found
    raise BadUserInputError(f"within: there is no division {within!r}")


async def _find_target(code: str, before: Scope, after: Scope) -> str | None:
    """What a code means on the later day, or else on the other one."""
    views = await asyncio.gather(before.views.load(code), after.views.load(code))
    for scope, view in zip((before, after), views, strict=True):
        for meant in view.around.seeds.get(code, ()):
            scope.views.prime(meant, view)
    return next(
        (found for view in sorted(views, key=lambda view: view.lateness, reverse=True) if (found := view.find(code))),
        None,
    )
