"""The root fields of loads and single points of failure (履职负荷查询)."""

from __future__ import annotations

import asyncio
import datetime
from typing import Annotated, TypeAlias, TypeVar

import strawberry
from msgspec import Struct

from api.arguments import Ask, AsOf, RecordedAsOf, RegimeCode
from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.division_lookup import find_areas
from api.scope import Scope
from api.types.loads import (
    Load,
    LoadDistribution,
    SinglePoint,
    Span,
    publish_distribution,
    publish_load,
    publish_point,
    publish_span,
)
from graph_model.codes import check_code
from graph_model.errors import BadUserInputError
from graph_model.overview import Overview
from graph_model.questions.loads import Loads
from graph_model.regime import Regime

Within: TypeAlias = Annotated[
    str, strawberry.argument(description="The code of the division: targets that lie, or may lie, there on the day.")
]
R = TypeVar("R")


class Asked(Struct, frozen=True):
    """What was asked for, looked up."""

    scope: Scope
    overview: Overview
    loads: Loads
    regime: Regime


async def _ask(
    info: Ask,
    within: str,
    as_of: datetime.date | None,
    regime: str | None,
    recorded_as_of: datetime.datetime | None,
) -> Asked:
    check_code(within, "division", "within")
    scope = await info.context.scope(as_of, recorded_as_of)
    areas = await find_areas(scope, within)
    if not areas:
        raise BadUserInputError(f"within: there is no division {within!r}")
    overview, loads = await scope.graph.loads(
        areas, scope.moment.day, regime=regime, recorded_as_of=scope.moment.recorded_as_of
    )
    frame = await scope.graph.frame(overview.outline.generation, overview.recorded_as_of)
    return Asked(scope, overview, loads, frame.regime(regime))


def _check_kind(kind: str, regime: Regime) -> str:
    if regime.find_kind(kind) is None:
        raise BadUserInputError(f"kind: unknown kind {kind!r}; there are: {', '.join(regime.kind_positions)}")
    return kind


def _check_level(level: str, regime: Regime) -> str:
    if level not in regime.level_positions:
        raise BadUserInputError(f"level: unknown level {level!r}; there are: {', '.join(regime.level_positions)}")
    return level


@strawberry.type(description="Who carries how much.")
class LoadQueries:
    """See the description."""

    @strawberry.field(
        description="How much each assignee carries on the day (履职负荷): households, villages, assignments. The most "
        "first, then by id."
    )
    async def loads(
        self,
        info: Ask,
        within: Within,
        kind: Annotated[
            str | None, strawberry.argument(description="Only those who have assignments of this kind (a code).")
        ] = None,
        outliers_only: Annotated[
            bool, strawberry.argument(description="Only those who carry unusually many of some kind.")
        ] = False,
        as_of: AsOf = None,
        regime: RegimeCode = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Load]:
        size, key = check_first(first), decode_cursor(after, "loads", tuple[int, str])
        asked = await _ask(info, within, as_of, regime, recorded_as_of)
        wanted = None if kind is None else _check_kind(kind, asked.regime)
        rows = [
            load
            for load in await asyncio.to_thread(lambda: asked.loads.loads)
            if (wanted is None or wanted in load.kinds) and (load.outlier_of or not outliers_only)
        ]
        rest = [load for load in rows if key is None or (-load.assignments, load.assignee) > key]
        view = await asked.scope.graph.lookup([load.assignee for load in rest[:size]], asked.scope.moment)
        published = [
            (
                encode_cursor("loads", (-load.assignments, load.assignee)),
                publish_load(load, view, asked.regime, asked.scope),
            )
            for load in rest[:size]
        ]
        return connection(published, total=len(rows), has_next=len(rest) > size, after=after)

    @strawberry.field(
        description="How the assignments of each kind are spread over those who have any, in all and by county "
        "(负荷分布): by the kind's position, all first, then by county."
    )
    async def load_distributions(
        self,
        info: Ask,
        within: Within,
        as_of: AsOf = None,
        regime: RegimeCode = None,
        recorded_as_of: RecordedAsOf = None,
    ) -> list[LoadDistribution]:
        asked = await _ask(info, within, as_of, regime, recorded_as_of)
        found = await asyncio.to_thread(asked.loads.distributions, asked.overview.groups)
        counties = sorted({each.area for each in found if each.area is not None})
        view = await asked.scope.graph.lookup(counties, asked.scope.moment)
        return [publish_distribution(each, view, asked.regime, asked.scope) for each in found]

    @strawberry.field(
        description="The targets that hang on one person (单点风险): nobody else answers for them. By level from the "
        "nearest, and id."
    )
    async def single_points(
        self,
        info: Ask,
        within: Within,
        level: Annotated[
            str | None, strawberry.argument(description="Only targets of this level, `village` for instance.")
        ] = None,
        as_of: AsOf = None,
        regime: RegimeCode = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
    ) -> Connection[SinglePoint]:
        size, key = check_first(first), decode_cursor(after, "single-points", tuple[int, str])
        asked = await _ask(info, within, as_of, regime, recorded_as_of)
        place = None if level is None else asked.regime.level_positions[_check_level(level, asked.regime)]
        points = await asyncio.to_thread(lambda: asked.loads.single_points)
        rows = [point for point in points if place is None or point.level == place]
        rest = [point for point in rows if key is None or (point.level, point.target) > key]
        ids = {each for point in rest[:size] for each in (point.target, point.person, *point.posts)}
        view = await asked.scope.graph.lookup(sorted(ids), asked.scope.moment)
        published = [
            (
                encode_cursor("single-points", (point.level, point.target)),
                publish_point(point, view, asked.regime, asked.scope),
            )
            for point in rest[:size]
        ]
        return connection(published, total=len(rows), has_next=len(rest) > size, after=after)

    @strawberry.field(
        description="Of each target for which somebody answers by a kind: who, and what lies below it (管理幅度). With "
        "`group-head`: the spans of the two-headed leading groups. By the target's id."
    )
    async def spans(
        self,
        info: Ask,
        within: Within,
        kind: Annotated[str, strawberry.argument(description="The kind's code, `group-head` for instance.")],
        as_of: AsOf = None,
        regime: RegimeCode = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Span]:
        size, key = check_first(first), decode_cursor(after, "spans", str)
        asked = await _ask(info, within, as_of, regime, recorded_as_of)
        rows = await asyncio.to_thread(asked.loads.spans, _check_kind(kind, asked.regime))
        rest = [span for span in rows if key is None or span.target > key]
        ids = {each for span in rest[:size] for each in (span.target, *span.assignees)}
        view = await asked.scope.graph.lookup(sorted(ids), asked.scope.moment)
        published = [
            (encode_cursor("spans", span.target), publish_span(span, view, asked.regime, asked.scope))
            for span in rest[:size]
        ]
        return connection(published, total=len(rows), has_next=len(rest) > size, after=after)
