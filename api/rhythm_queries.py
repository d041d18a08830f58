"""The root field that tells what must be done again and again, and whether it was (履职频次查询)."""

from __future__ import annotations

import datetime
from typing import Annotated, TypeAlias

import strawberry

from api.arguments import Ask, RecordedAsOf, RegimeCode
from api.types.handovers import Handover, publish_handover
from api.types.rhythms import RhythmCheck, publish_check
from graph_model.codes import check_key
from graph_model.errors import BadUserInputError

MAX_DAYS = 732
"""The longest time that may be asked about: two years."""

Of: TypeAlias = Annotated[
    str, strawberry.argument(description="A division's code, or the global id of a target, a post or a person.")
]
From: TypeAlias = Annotated[datetime.date, strawberry.argument(name="from", description="The first day.")]


@strawberry.type(description="What must be done again and again.")
class RhythmQueries:
    """See the description."""

    @strawberry.field(
        description="What those who answer for a target, or for anything that it lies in, must do again and again, and "
        "whether they did: met, missed or unknown, period by period; or what one assignee must. Only periods that lie "
        "wholly between the two days."
    )
    async def rhythms(
        self,
        info: Ask,
        of: Of,
        from_: From,
        to: Annotated[
            datetime.date,
            strawberry.argument(description=f"The last day, at most {MAX_DAYS} days after; names are as of this day."),
        ],
        regime: RegimeCode = None,
        recorded_as_of: RecordedAsOf = None,
    ) -> list[RhythmCheck]:
        _check(of, from_, to)
        scope = await info.context.scope(to, recorded_as_of)
        chosen = (await scope.frame()).regime(regime)
        found = await scope.graph.rhythms(of, from_.toordinal(), to.toordinal(), scope.moment, chosen.code)
        if found is None:
            raise _nothing(of)
        view, checks = found
        return [publish_check(check, chosen, view, scope) for check in checks]

    @strawberry.field(
        description="What ended between two days at a target, or at anything that it lies in, and whether a successor "
        "was there in time; or what ended of one assignee. A deadline after the last day is pending."
    )
    async def handovers(
        self,
        info: Ask,
        of: Of,
        from_: From,
        to: Annotated[
            datetime.date,
            strawberry.argument(description=f"The last day, at most {MAX_DAYS} days after; no later one counts."),
        ],
        regime: RegimeCode = None,
        recorded_as_of: RecordedAsOf = None,
    ) -> list[Handover]:
        _check(of, from_, to)
        scope = await info.context.scope(to, recorded_as_of)
        chosen = (await scope.frame()).regime(regime)
        found = await scope.graph.handovers(of, from_.toordinal(), to.toordinal(), scope.moment, chosen.code)
        if found is None:
            raise _nothing(of)
        view, handovers = found
        return [publish_handover(handover, chosen, view, scope) for handover in handovers]


def _check(of: str, first: datetime.date, last: datetime.date) -> None:
    check_key(of, "of")
    if not 0 <= (last - first).days <= MAX_DAYS:
        raise BadUserInputError(f"to: give a day from {first} to {MAX_DAYS} days after it; this one is {last}")


def _nothing(of: str) -> BadUserInputError:
    return BadUserInputError(f"of: nothing that answers, or is answered for, has the code or id {of!r}")
