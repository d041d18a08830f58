"""What the graph counts (计数), kept by the generation that it is of: of a generation nothing can change any more.

To count is to go through all of a kind: the figures of the source take a server the better part of a second, and are
the same until somebody writes.
"""

from __future__ import annotations

from collections.abc import Iterable

from graph_model.records import Tally
from graph_model.stores.base import StoreReader

_GENERATIONS_KEPT = 8

Asked = tuple[int, Tally]
"""A day (ordinal), and what is to be counted on it."""


class Counts:
    """The counts of the last few generations that were asked for."""

    def __init__(self, store: StoreReader) -> None:
        self._store = store
        self._kept: dict[int, dict[Asked, int | None]] = {}

    async def of(self, generation: int, asked: Iterable[Asked]) -> dict[Asked, int | None]:
        """What was counted in a generation, which must have been written; one round trip for each day, once.

        None where it held nothing that is counted. Raises StoreError.
        """
        wanted = list(dict.fromkeys(asked))
        kept = self._kept.get(generation, {})
        of_day: dict[int, list[Tally]] = {}
        for day, tally in wanted:
            if (day, tally) not in kept:
                of_day.setdefault(day, []).append(tally)
        if not of_day:
            return {each: kept[each] for each in wanted}
        moment = (await self._store.entries([generation]))[generation].recorded_at
        found: dict[Asked, int | None] = {}
        for day, tallies in of_day.items():
            numbers = await self._store.tally(tallies, day, moment)
            found.update({(day, tally): number for tally, number in zip(tallies, numbers, strict=True)})
        # Others may have counted meanwhile: what they kept stays.
        known = self._kept.pop(generation, {}) | kept | found
        self._kept[generation] = known
        while len(self._kept) > _GENERATIONS_KEPT:
            del self._kept[next(iter(self._kept))]
        return {each: known[each] for each in wanted}
