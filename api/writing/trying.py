"""The root fields that try out what nobody writes (推演): a list of changes, and somebody who leaves."""

from __future__ import annotations

import datetime
from typing import Annotated

import strawberry

from api.arguments import Ask, RecordedAsOf
from api.types.afterwards import Afterwards
from api.types.impact import Impact, publish_impact
from api.types.submitted import ChangePayload
from api.writing.change_input import ChangeInput
from api.writing.inputs import OverrideInput
from api.writing.submitting import submit_many
from graph_model.codes import check_id
from graph_model.editing.changes import MAX_CHANGES


@strawberry.type(description="What if.")
class TryingQueries:
    """See the description."""

    @strawberry.field(
        description="What would come of it if an assignee left on a day: what becomes uncovered, which rules forbid "
        "it, who else answers, who could take over. Nothing is written. Null for an unknown assignee."
    )
    async def impact(
        self,
        info: Ask,
        assignee: Annotated[
            strawberry.ID, strawberry.argument(description="The global id of a post, a person or an organisation.")
        ],
        leaving_on: Annotated[datetime.date, strawberry.argument(description="The first day without.")],
        recorded_as_of: RecordedAsOf = None,
    ) -> Impact | None:
        check_id(assignee, "assignee")
        scope = await info.context.scope(leaving_on, recorded_as_of)
        answer = await scope.graph.impact(assignee, leaving_on, scope.moment.recorded_as_of)
        if answer is None:
            return None
        view = await scope.nodes.load(answer.assignee.id)
        afterwards = None
        if answer.judgement is not None:
            afterwards = Afterwards(
                plan=answer.judgement.verdict.plan,
                frame=await scope.frame(),
                graph=scope.graph,
                first_day=leaving_on.toordinal(),
                is_written=False,
                recorded_as_of=answer.recorded_as_of,
            )
        return publish_impact(answer, view, scope, afterwards)

    @strawberry.field(
        description="What would come of a list of changes, each upon what those before it come to: the same decision "
        "as `applyChanges` takes, and nothing is written. Chains and gaps before and after are in `effects`."
    )
    async def simulate(
        self,
        info: Ask,
        changes: Annotated[
            list[ChangeInput], strawberry.argument(description=f"The changes, in their order; at most {MAX_CHANGES}.")
        ],
        override: Annotated[
            OverrideInput | None,
            strawberry.argument(description="Stability rules that would be broken on purpose, and on what basis."),
        ] = None,
    ) -> ChangePayload:
        return await submit_many(info, changes, True, None, override)
