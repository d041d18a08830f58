"""The root field that tells what must be done again and again, and whether it was (履职频次查询)."""

from __future__ import annotations

import datetime
from typing import Annotated

import strawberry

from api.arguments import Ask, RecordedAsOf
from api.types.rhythms import RhythmCheck, publish_check
from graph_model.codes import check_key
from graph_model.errors import BadUserInputError

MAX_DAYS = 732
"""The longest time that may be asked about: two years."""


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
        of: Annotated[
            str,
            strawberry.argument(description="A division's code, or the global id of a target, a post or a person."),
        ],
        from_: Annotated[datetime.date, strawberry.argument(name="from", description="The first day.")],
        to: Annotated[
            datetime.date,
            strawberry.argument(description=f"The last day, at most {MAX_DAYS} days after; names are as of this day."),
        ],
        regime: Annotated[
            str | None, strawberry.argument(description="The regime's code; the data set's first if left away.")
        ] = None,
        recorded_as_of: RecordedAsOf = None,
    ) -> list[RhythmCheck]:
        check_key(of, "of")
        days = (to - from_).days
        if not 0 <= days <= MAX_DAYS:
            raise BadUserInputError(f"to: give a day from {from_} to {MAX_DAYS} days after it; this one is {to}")
        scope = await info.context.scope(to, recorded_as_of)
        chosen = (await scope.frame()).regime(regime)
        found = await scope.graph.rhythms(of, from_.toordinal(), to.toordinal(), scope.moment, chosen.code)
        if found is None:
            raise BadUserInputError(f"of: nothing that answers, or is answered for, has the code or id {of!r}")
        view, checks = found
        return [publish_check(check, chosen, view, scope) for check in checks]
