"""The root fields that compare chains of two days or two recorded moments (比较查询)."""

from __future__ import annotations

import asyncio
import datetime
from typing import Annotated

import strawberry

from api.arguments import Ask, Lanes, RegimeCode
from api.scope import Scope
from api.types.differences import ChainComparison, Side, publish_comparison
from graph_model.codes import check_key
from graph_model.graph import compare_views


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
