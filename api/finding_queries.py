"""The root field of what an auditor should see (发现查询)."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.arguments import Ask, AsOf, RecordedAsOf
from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.division_lookup import find_areas
from api.types.findings import Finding, publish_finding
from graph_model.codes import check_code
from graph_model.errors import BadUserInputError
from graph_model.records import FindingState, Severity
from graph_model.search_keys import order_key


@strawberry.type(description="What an auditor should see.")
class FindingQueries:
    """See the description."""

    @strawberry.field(
        description="What an auditor should see; by severity, code and id. On record are contradictions of the "
        "sources and faults of the whole graph. With `within`, `state`, or a code of theirs there is also what is "
        "found anew in the state of the day: duties (`duty-unmet`, `duty-unsure`, `holder-unknown`, `duty-exempt`) of "
        "all regimes, and doubtful data (`too-many-assignees`, `too-many-targets`, `too-many-posts`, `before-regime`, "
        "`outlives-target`, `outside-own-area`)."
    )
    async def findings(
        self,
        info: Ask,
        code: Annotated[
            str | None, strawberry.argument(description="Only this sort, for instance `figure-differs`.")
        ] = None,
        severity: Annotated[Severity | None, strawberry.argument(description="Only of this severity.")] = None,
        as_of: AsOf = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
        within: Annotated[
            str | None,
            strawberry.argument(
                description="The code of a division: only what concerns something that lies, or may lie, there: on the "
                "day, and of what is on record on any day. What concerns no place is then left away."
            ),
        ] = None,
        state: Annotated[
            FindingState | None, strawberry.argument(description="Only those in this state; all if left away.")
        ] = None,
    ) -> Connection[Finding]:
        scope = await info.context.scope(as_of, recorded_as_of)
        size, key = check_first(first), decode_cursor(after, "finding", str)
        areas = None
        if within is not None:
            check_code(within, "division", "within")
            areas = await find_areas(scope, within)
            if not areas:
                raise BadUserInputError(f"within: there is no division {within!r}")
        page = await scope.graph.findings(
            scope.moment, first=size, after=key, code=code, severity=severity, within=areas, state=state
        )
        rows = [(encode_cursor("finding", order_key(row.record)), publish_finding(row, scope)) for row in page.rows]
        return connection(rows, total=page.total, has_next=page.has_next, after=after)
