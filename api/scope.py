"""One request, and the moment that its answers are seen at (查询范围).

Look-ups are batched, so that no list asks the store row by row.
"""

from __future__ import annotations

import asyncio
import datetime
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from strawberry.dataloader import DataLoader

from graph_model.exchange import End, RelationPage
from graph_model.graph import Moment, ResponsibilityGraph, View
from graph_model.records import Fact, Family

PageKey = tuple[str, Family, End, int, tuple[str, str, str] | None]


@dataclass
class Request:
    """The context of one GraphQL request: the facade, and one Scope for each moment that it asks about."""

    graph: ResponsibilityGraph
    scopes: dict[Moment, Scope] = field(default_factory=dict)
    default_moment: asyncio.Future[Moment] | None = None
    deadline: float = math.inf
    """By ``time.monotonic``: no resolver starts after it."""

    async def scope(self, as_of: datetime.date | None = None) -> Scope:
        """The scope of a day; without one, of the default day, which is asked for once a request."""
        if as_of is None:
            if self.default_moment is None:
                self.default_moment = asyncio.ensure_future(self.graph.moment())
            moment = await self.default_moment
        else:
            moment = await self.graph.moment(as_of)
        known = self.scopes.get(moment)
        if known is None:
            known = self.scopes[moment] = Scope(self.graph, moment)
        return known


class Scope:
    """Batched look-ups at one moment; each loader asks the store once for all that is wanted at the same time."""

    def __init__(self, graph: ResponsibilityGraph, moment: Moment) -> None:
        self.graph = graph
        self.moment = moment
        self.views: DataLoader[str, View] = DataLoader(load_fn=self._load_views)
        self.nodes: DataLoader[str, View] = DataLoader(load_fn=self._load_nodes)
        self.pages: DataLoader[PageKey, RelationPage] = DataLoader(load_fn=self._load_pages)
        self.counted: DataLoader[Fact, int | None] = DataLoader(load_fn=self._load_counted)

    async def _load_views(self, keys: list[str]) -> list[View]:
        return [await self.graph.view(keys, self.moment)] * len(keys)

    async def _load_nodes(self, ids: list[str]) -> list[View]:
        return [await self.graph.lookup(ids, self.moment)] * len(ids)

    async def _load_counted(self, facts: list[Fact]) -> list[int | None]:
        return list(await self.graph.counted(facts))

    async def _load_pages(self, keys: list[PageKey]) -> list[RelationPage]:
        """Pages of the same shape in one call: the nodes that ask for them differ, the rest is the same."""
        shapes: dict[tuple[Any, ...], list[str]] = {}
        for node, *shape in keys:
            shapes.setdefault(tuple(shape), []).append(node)
        answers = {shape: await self._page_of(shape)(nodes) for shape, nodes in shapes.items()}
        return [answers[tuple(shape)][node] for node, *shape in keys]

    def _page_of(self, shape: tuple[Any, ...]) -> Callable[[Sequence[str]], Awaitable[dict[str, RelationPage]]]:
        family, end, first, after = shape
        if family is Family.RESPONSIBILITY and end is End.SOURCE:
            return partial(self.graph.assignments, moment=self.moment, first=first, after=after)
        return partial(self.graph.relations, family=family, end=end, moment=self.moment, first=first, after=after)
