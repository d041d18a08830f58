"""The state that changes come to (改动之后): what stands below their payload is answered from it, written or not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec import Struct
from strawberry.dataloader import DataLoader

from api.scope import Scope
from graph_model.editing.planning import Plan
from graph_model.graph import ResponsibilityGraph
from graph_model.neighbourhood import Neighbourhood
from graph_model.views import Frame, Moment, View


class Afterwards(Struct, frozen=True):
    """The state after a plan. ``first_day`` (ordinal): the first on which anything differs.

    ``is_written``: the store has it, as known at ``recorded_as_of`` (None: now). Else nobody has it: chains and nodes
    are then looked up with the plan laid over them, and lists of records are those of the store.
    """

    plan: Plan
    frame: Frame
    graph: ResponsibilityGraph
    first_day: int
    is_written: bool
    recorded_as_of: int | None = None

    def scope(self, day: int) -> Scope:
        """A scope of a day in that state."""
        moment = Moment(day, self.recorded_as_of)
        found = Scope(self.graph, moment)
        if not self.is_written:
            found.views = DataLoader(load_fn=partial(_load_views, self.graph, moment, self.plan))
            found.nodes = DataLoader(load_fn=partial(_load_nodes, self.graph, moment, self.plan))
        return found

    def view(self) -> View:
        """What the changes touch, on the first day."""
        return View(self.plan.after, Moment(self.first_day, self.recorded_as_of), self.frame)


async def _load_views(graph: ResponsibilityGraph, moment: Moment, plan: Plan, keys: list[str]) -> Sequence[View]:
    return [_laid_over(await graph.view(keys, moment), plan)] * len(keys)


async def _load_nodes(graph: ResponsibilityGraph, moment: Moment, plan: Plan, ids: list[str]) -> Sequence[View]:
    return [_laid_over(await graph.lookup(ids, moment), plan)] * len(ids)


def _laid_over(view: View, plan: Plan) -> View:
    """A view with a plan laid over it; the plan brings what its new ends need, whom a post is held by for instance."""
    around = Neighbourhood.united([view.around, plan.before]).overlaid(plan.puts, plan.removes)
    return View(around, view.moment, view.frame)
