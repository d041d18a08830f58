"""The outline of records in a list, as a store must give it; and a reader of nothing but a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from graph_model.dates import limits
from graph_model.exchange import Window
from graph_model.neighbourhood import Neighbourhood
from graph_model.outline import OUTLINED_FAMILIES, OUTLINED_NODES, ClaimRow, EdgeRow, Outline, row_of_exemption
from graph_model.records import (
    AnyRecord,
    Claim,
    Designation,
    Exemption,
    Family,
    Node,
    Relation,
    Vacancy,
    type_of,
)
from graph_model.search_keys import kind_of
from graph_model.stores.base import StoreReader
from tests.graph_model.questions.naive_chain import World


def outline_of(records: Iterable[AnyRecord], generation: int = 1) -> Outline:
    nodes: dict[str, dict[str, str | None]] = {tag: {} for tag in OUTLINED_NODES}
    edges: dict[Family, list[EdgeRow]] = {family: [] for family in OUTLINED_FAMILIES}
    claims: dict[str, list[ClaimRow]] = {"designation": [], "vacancy": [], "exemption": []}
    for record in records:
        if isinstance(record, Node):
            if type_of(record) in nodes:
                nodes[type_of(record)][record.id] = kind_of(record)
        elif isinstance(record, Relation):
            if record.family in edges:
                edges[record.family].append((record.source, record.target, record.kind, record.regime, *_days(record)))
        elif isinstance(record, Exemption):
            claims["exemption"].append(row_of_exemption(record))
        elif isinstance(record, Designation | Vacancy):
            kind = record.kind if isinstance(record, Designation) else ""
            claims[type_of(record)].append((record.subject, kind, None, *_days(record)))
    return Outline(generation, nodes, edges, claims)


def _days(record: Relation | Claim) -> tuple[int, int, int, int]:
    bounds = limits(record.validity)
    return bounds.possible_from, bounds.certain_from, bounds.certain_until, bounds.possible_until


class ListReader:
    """Gives all of a small world to whoever asks for a part of it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.around = Neighbourhood(world.nodes, world.claims, world.relations)

    async def outline(self, recorded_as_of: int | None = None) -> Outline:
        del recorded_as_of
        return outline_of([*self._world.nodes, *self._world.claims, *self._world.relations])

    async def neighbourhood(
        self, keys: Sequence[str], window: Window, recorded_as_of: int | None = None, *, own_only: bool = False
    ) -> Neighbourhood:
        del keys, window, recorded_as_of, own_only
        return self.around

    def as_reader(self) -> StoreReader:
        """Itself, as the type that it stands for."""
        return cast("StoreReader", self)
