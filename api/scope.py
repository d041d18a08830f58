"""One request, and the moment that its answers are seen at (查询范围).

Look-ups are batched, so that no list asks the store row by row.
"""

from __future__ import annotations

import asyncio
import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from strawberry.dataloader import DataLoader

from api.access.viewer import Viewer
from graph_model.exchange import End, RelationPage
from graph_model.facade.findings import Listed, Standing
from graph_model.graph import ResponsibilityGraph
from graph_model.instants import microseconds_of
from graph_model.questions.succession import Succession
from graph_model.records import Fact, Family, Import
from graph_model.views import Frame, Moment, View
from intake.service import Imports

Asked = tuple[datetime.date | None, datetime.datetime | None]
if TYPE_CHECKING:
    from api.sockets.sharing import Sharing
    from api.types.documents import Document

PageKey = tuple[str, Family, End, int, tuple[str, str, str] | None, tuple[str, ...] | None]
"""The last are the regimes, of assignments alone; None is the data set's first."""
Shape = tuple[Any, ...]


@dataclass
class Request:
    """The context of one GraphQL request: the facade, and one Scope for each moment that it asks about."""

    graph: ResponsibilityGraph
    viewer: Viewer = Viewer()  # noqa: RUF009 - frozen
    """Who asks: of every request, those that only read too."""
    scopes: dict[Moment, Scope] = field(default_factory=dict)
    moments: dict[Asked, asyncio.Future[Moment]] = field(default_factory=dict)
    deadline: float = math.inf
    """By ``time.monotonic``: no resolver starts after it."""
    imports: Imports | None = None
    """Where uploads are; None where this server takes none."""
    sharing: Sharing | None = None
    """Of a subscription: with whom it shares what its events come to."""

    def release(self) -> None:
        """Let go of what was looked up, once the answer is made: the executor lives on until the collector comes by."""
        for scope in self.scopes.values():
            scope.documents.clear()
        self.scopes.clear()
        self.moments.clear()

    async def scope(self, as_of: datetime.date | None = None, recorded_as_of: datetime.datetime | None = None) -> Scope:
        """The scope of a day and a recorded moment; without a day, of the default one.

        The facade is asked once a request for what is the same. Raises NotRecordedYetError.
        """
        asked = (as_of, recorded_as_of)
        if asked not in self.moments:
            self.moments[asked] = asyncio.ensure_future(self.graph.moment(as_of, _microseconds(recorded_as_of)))
        moment = await self.moments[asked]
        known = self.scopes.get(moment)
        if known is None:
            known = self.scopes[moment] = Scope(self.graph, moment)
        return known

    async def frame(self, recorded_as_of: datetime.datetime | None = None) -> Frame:
        """What holds for the whole data set, read anew. Raises NotRecordedYetError."""
        return await self.graph.frame(-1, _microseconds(recorded_as_of))


def _microseconds(recorded_as_of: datetime.datetime | None) -> int | None:
    return None if recorded_as_of is None else microseconds_of(recorded_as_of)


class Scope:
    """Batched look-ups at one moment; each loader asks the store once for all that is wanted at the same time."""

    def __init__(self, graph: ResponsibilityGraph, moment: Moment) -> None:
        self.graph = graph
        self.moment = moment
        self.documents: dict[str, Document] = {}
        """Those that were published, by their ids."""
        # The loaders know the facade and the moment, not this object, and what was published is let go of when the
        # answer is made: a scope is no part of a circle, and goes at once.
        self.views: DataLoader[str, View] = DataLoader(load_fn=partial(_load_views, graph, moment))
        self.nodes: DataLoader[str, View] = DataLoader(load_fn=partial(_load_nodes, graph, moment))
        self.pages: DataLoader[PageKey, RelationPage] = DataLoader(load_fn=partial(_load_pages, graph, moment))
        self.successions: DataLoader[str, Succession] = DataLoader(load_fn=partial(_load_successions, graph, moment))
        self.undos: DataLoader[str, Mapping[str, Import]] = DataLoader(load_fn=partial(_load_undos, graph, moment))
        """By the name of imports: what took back which of them."""
        self.standings: DataLoader[Listed, Standing] = DataLoader(load_fn=partial(_load_standings, graph, moment))
        self.counted: DataLoader[Fact, int | None] = DataLoader(load_fn=partial(_load_counted, graph, moment))

    async def frame(self) -> Frame:
        """What holds for the whole data set, as known at the moment."""
        return await self.graph.frame(None, self.moment.recorded_as_of)


async def _load_views(graph: ResponsibilityGraph, moment: Moment, keys: list[str]) -> list[View]:
    return [await graph.view(keys, moment)] * len(keys)


async def _load_nodes(graph: ResponsibilityGraph, moment: Moment, ids: list[str]) -> list[View]:
    return [await graph.lookup(ids, moment)] * len(ids)


async def _load_successions(graph: ResponsibilityGraph, moment: Moment, ids: list[str]) -> list[Succession]:
    became = await graph.successions(ids, moment)
    return [became[one] for one in ids]


async def _load_undos(graph: ResponsibilityGraph, moment: Moment, names: list[str]) -> list[Mapping[str, Import]]:
    return [await graph.undos(name, moment.recorded_as_of) for name in names]


async def _load_standings(graph: ResponsibilityGraph, moment: Moment, rows: list[Listed]) -> list[Standing]:
    return await graph.standings(rows, moment)


async def _load_counted(graph: ResponsibilityGraph, moment: Moment, facts: list[Fact]) -> list[int | None]:
    return list(await graph.counted(facts, moment.recorded_as_of))


async def _load_pages(graph: ResponsibilityGraph, moment: Moment, keys: list[PageKey]) -> list[RelationPage]:
    """Pages of the same shape in one call: the nodes that ask for them differ, the rest is the same."""
    shapes: dict[Shape, list[str]] = {}
    for node, *shape in keys:
        shapes.setdefault(tuple(shape), []).append(node)
    answers = {shape: await _pages_of(graph, moment, shape, nodes) for shape, nodes in shapes.items()}
    return [answers[tuple(shape)][node] for node, *shape in keys]


async def _pages_of(
    graph: ResponsibilityGraph, moment: Moment, shape: Shape, nodes: Sequence[str]
) -> dict[str, RelationPage]:
    family, end, first, after, regimes = shape
    if family is Family.RESPONSIBILITY and end is End.SOURCE:
        return await graph.assignments(nodes, moment, first=first, after=after, regimes=regimes)
    return await graph.relations(nodes, family, end, moment, first=first, after=after)
