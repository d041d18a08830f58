"""What a change does, or would do, to those who are answered for (影响), as it is published."""

from __future__ import annotations

import asyncio
import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

import strawberry
from msgspec import structs

from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.scope import Scope
from api.types.afterwards import Afterwards
from api.types.differences import ChainDifference, Side, publish_difference
from api.types.nodes import Target
from api.types.publishing import publish_target
from graph_model.editing import effects as model
from graph_model.editing.draft import Rules
from graph_model.editing.planning import Plan
from graph_model.errors import BadUserInputError
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import DIVISION_LEVELS, AnyTarget
from graph_model.touching import Touched
from graph_model.views import Frame, View


@strawberry.type(
    description="What differs at one target from one day on. It is told where it is: what differs at a county differs "
    "in the chain of every village in it (see `touched`)."
)
class TargetEffect:
    """See the description."""

    day: datetime.date = strawberry.field(
        description="The day on which it first shows; before and after are of this day."
    )
    target: Target = strawberry.field(description="The target.")
    regime: str = strawberry.field(description="The code of the regime whose chain differs.")
    is_moved: bool = strawberry.field(
        description="Whether it lies elsewhere than before: then the links and gaps of what it lies in are here too."
    )
    sides: strawberry.Private[Sides]

    @strawberry.field(
        description="What is different. Where the target is not moved, links and gaps are its own; the completeness is "
        "always that of its whole chain."
    )
    async def difference(self) -> ChainDifference:
        return await self.sides.publish_difference()


@strawberry.type(description="How many targets of a level are concerned.")
class TouchedCount:
    """See the description."""

    level: str = strawberry.field(
        description="`city`, `county`, `township`, `village`; `other` for what is no division."
    )
    count: int = strawberry.field(description="How many, each once.")


@strawberry.type(description="What the changes do, or would do, to those who are answered for (影响).")
class Effects:
    """See the description."""

    changes: list[TargetEffect] = strawberry.field(
        description="What differs, at the targets themselves: by day, level from the nearest, and id."
    )
    reach: strawberry.Private[Reach]

    @strawberry.field(
        description="All targets whose chain differs: those of `changes` and all divisions within them; by level from "
        "the highest, code and id; as they lie on the first of the days. The households of a village that is here are "
        "concerned too."
    )
    async def touched(
        self,
        level: Annotated[
            str | None,
            strawberry.argument(description="Only of this level: `city`, `county`, `township`, `village`."),
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Target]:
        if level is not None and level not in DIVISION_LEVELS:
            raise BadUserInputError(f"level: unknown level {level!r}; there are: {', '.join(DIVISION_LEVELS)}")
        size, key = check_first(first), decode_cursor(after, "touched", tuple[int, str, str])
        rows = [row for row in await self.reach.rows() if level is None or row[1].level == level]
        rest = [row for row in rows if key is None or _key(row[1]) > key]
        published = [
            (encode_cursor("touched", _key(each)), publish_target(each.node, view, self.reach.scope, each.certainty))
            for view, each in rest[:size]
        ]
        return connection(published, total=len(rows), has_next=len(rest) > size, after=after)

    @strawberry.field(description="How many targets of each level are concerned, from the highest.")
    async def touched_counts(self) -> list[TouchedCount]:
        counted = Counter(each.level for _, each in await self.reach.rows())
        levels = [level for level in (*DIVISION_LEVELS, None) if counted[level]]
        return [TouchedCount(level=level or "other", count=counted[level]) for level in levels]


@dataclass
class Reach:
    """All that is concerned, looked up when it is first asked for."""

    scope: Scope
    targets: Sequence[AnyTarget]
    around: Neighbourhood
    found: asyncio.Future[tuple[tuple[View, Touched], ...]] | None = field(default=None)

    async def rows(self) -> tuple[tuple[View, Touched], ...]:
        """The rows, in their order."""
        if self.found is None:
            looking = self.scope.graph.touched(self.targets, self.around, self.scope.moment)
            self.found = asyncio.ensure_future(looking)
        return await self.found


def _key(touched: Touched) -> tuple[int, str, str]:
    level = len(DIVISION_LEVELS) if touched.level is None else DIVISION_LEVELS.index(touched.level)
    return level, touched.code, touched.node.id


class Sides:
    """The two states that an effect lies between."""

    def __init__(
        self, effect: model.Effect, plan: Plan, rules: Rules, scope: Scope, frame: Frame, turn: asyncio.Lock
    ) -> None:
        self._before = Side(View(plan.before, scope.moment, frame), scope)
        self._after = Side(View(plan.after, scope.moment, frame), scope)
        self._effect = effect
        self._rules = rules
        self._turn = turn

    def publish(self) -> TargetEffect:
        """The effect."""
        effect, scope = self._effect, self._after.scope
        is_gone = self._after.view.around.find_node(effect.target.id) is None
        return TargetEffect(
            day=scope.moment.as_of,
            target=publish_target(effect.target, (self._before if is_gone else self._after).view, scope),
            regime=effect.regime.code,
            is_moved=effect.is_moved,
            sides=self,
        )

    async def publish_difference(self) -> ChainDifference:
        """What is different, with the completeness of the whole chains.

        There may be hundreds: one after the other, and in between the server goes on answering.
        """
        async with self._turn:
            await asyncio.sleep(0)
            return self._difference()

    def _difference(self) -> ChainDifference:
        effect = self._effect
        before, after = (
            model.completeness_of(effect, side.view.around, self._rules) for side in (self._before, self._after)
        )
        difference = structs.replace(effect.difference, before=before, after=after)
        return publish_difference(difference, effect.target.id, effect.regime.code, self._before, self._after)


def publish_effects(found: Sequence[model.Effect], plan: Plan, rules: Rules, after: Afterwards) -> Effects:
    """The effects of a plan."""
    scopes = {day: after.scope(day) for day in sorted({effect.day for effect in found})}
    turn = asyncio.Lock()
    published = [Sides(effect, plan, rules, scopes[effect.day], after.frame, turn).publish() for effect in found]
    targets = {effect.target.id: effect.target for effect in found}
    first = next(iter(scopes.values()), after.scope(after.first_day))
    return Effects(changes=published, reach=Reach(first, list(targets.values()), plan.after))
