"""What writes came to (变动): the chains that differ between the states after two writes, for targets in a division.

What was written says where to look (``questions.traces``); there, each chain is traced in both states and compared
(``questions.compare``). A range of any size is bounded: beyond ``MOST_RECORDS`` records nothing is followed one by
one, and all divisions of the area are compared, of which there may be ``MOST_TARGETS``.
A division lies in divisions of a higher level.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final

from msgspec import Struct

from graph_model.errors import RangeTooLargeError
from graph_model.exchange import ALL_DAYS, Change, End, Window
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import Chain, trace_chain
from graph_model.questions.compare import ChainDifference, compare_chains
from graph_model.questions.naming import code_on
from graph_model.questions.traces import Traces, find_traces
from graph_model.questions.ways import Ways
from graph_model.records import DIVISION_LEVELS, AnyTarget, Coverage, Division, Family, Organization, Post
from graph_model.regime import Regime
from graph_model.stores.base import StoreReader

MOST_RECORDS: Final = 2_000
"""How many changes of records are followed one by one."""
MOST_TARGETS: Final = 2_000
"""How many targets are compared; the largest city has fewer divisions."""
_AT_ONCE: Final = 64
"""How many targets are looked up and compared before others get their turn."""


class Reach(Enum):
    """Which targets of an area were compared (比较范围)."""

    TOUCHED = "TOUCHED"
    DIVISIONS = "DIVISIONS"


class State(Struct, frozen=True):
    """The state after one write, at its recorded moment; ``regime`` is None where it was not there yet."""

    recorded_as_of: int
    regime: Regime | None
    coverages: tuple[Coverage, ...] = ()


class Wish(Struct, frozen=True):
    """What is asked for: the targets within a division (id), on a day, in some lanes of a regime (None: all)."""

    within: str
    day: int
    lanes: frozenset[str] | None = None

    @property
    def window(self) -> Window:
        """The day as a window."""
        return Window(self.day, self.day)


class TargetChange(Struct, frozen=True):
    """One target whose chain differs; ``code`` is a division's on the day, else its own."""

    target: str
    code: str
    difference: ChainDifference


class ChainChanges(Struct, frozen=True):
    """The targets whose chains differ, by code and id, and which ones were compared."""

    changes: tuple[TargetChange, ...]
    reach: Reach


async def find_chain_changes(
    store: StoreReader, wish: Wish, before: State, after: State, *, since: int, until: int
) -> ChainChanges:
    """The chains that differ between the states after two writes (their numbers).

    Raises RangeTooLargeError where the area has more divisions than may be compared.
    """
    search = _Search(store, wish, (before, after))
    changes = await _read_changes(store, since, until)
    touched = None if changes is None else await search.touched(find_traces(changes))
    found = await search.compare(await search.divisions() if touched is None else touched)
    return ChainChanges(
        changes=tuple(sorted(found, key=lambda change: (change.code, change.target))),
        reach=Reach.DIVISIONS if touched is None else Reach.TOUCHED,
    )


async def find_traces_between(store: StoreReader, since: int, until: int) -> Traces | None:
    """What was touched by the writes between two (their numbers); None where that is too much to follow."""
    changes = await _read_changes(store, since, until)
    return None if changes is None else find_traces(changes)


async def _read_changes(store: StoreReader, since: int, until: int) -> Sequence[Change] | None:
    """What was written; None where that is too much to follow."""
    page = await store.changes(since=since, until=until, first=MOST_RECORDS)
    return None if page.has_next else page.changes


class _Search:
    """The look for differences in one area, between two states."""

    def __init__(self, store: StoreReader, wish: Wish, states: tuple[State, State]) -> None:
        self._store = store
        self._wish = wish
        self._states = states

    async def touched(self, traces: Traces) -> set[str] | None:
        """The targets that may differ, also some outside of the area; None where they are too many to follow.

        Of divisions also those that only lie in one that was touched; households, organisations and assets only where
        they, or those who answer for them, were.
        """
        found: set[str] = set(traces.targets)
        containers: set[str] = set()
        is_everywhere = traces.is_everywhere
        try:
            for state in self._states:
                moved = await self._store.records(sorted(traces.moved), state.recorded_as_of)
                is_everywhere = is_everywhere or any(isinstance(record, Division) for record in moved.values())
                seats = {node for node, record in moved.items() if isinstance(record, Organization | Post)}
                found |= moved.keys() | await self._answered_for(traces, seats, state)
                records = await self._store.records(sorted(found), state.recorded_as_of)
                containers |= {
                    node
                    for node, record in records.items()
                    if isinstance(record, Division) and record.level != DIVISION_LEVELS[-1]
                }
        except _TooManyError:
            return None
        if is_everywhere or containers:
            found |= await self.divisions(None if is_everywhere else containers)
        return None if len(found) > MOST_TARGETS else found

    async def _answered_for(self, traces: Traces, moved: set[str], state: State) -> set[str]:
        """What those answer for who were touched themselves, or whose posts or containers were. Raises _TooManyError.

        A post that lies elsewhere may be known to be empty there, or no longer; so may all posts of an organisation.
        """
        assignees = traces.assignees | await self._others(traces.people, Family.HOLDING, End.SOURCE, state)
        layer = moved
        while layer:
            assignees |= layer
            layer = await self._others(layer, Family.CONTAINMENT, End.TARGET, state) - assignees
        # Assignments that ended too: a gap says so, as long as there is somebody who had them.
        return await self._others(assignees, Family.RESPONSIBILITY, End.SOURCE, state, ALL_DAYS.first)

    async def _others(
        self, nodes: Iterable[str], family: Family, end: End, state: State, first_day: int | None = None
    ) -> set[str]:
        """What stands at the other end of the relations of some nodes, since a day. Raises _TooManyError."""
        day = self._wish.day
        window = Window(day if first_day is None else first_day, day)
        pages = await self._store.relations(
            sorted(nodes), family, end, window, first=MOST_TARGETS, recorded_as_of=state.recorded_as_of
        )
        found = {
            relation.target if end is End.SOURCE else relation.source
            for page in pages.values()
            for relation in page.relations
        }
        if len(found) > MOST_TARGETS or any(page.has_next for page in pages.values()):
            raise _TooManyError
        return found

    async def divisions(self, containers: set[str] | None = None) -> set[str]:
        """The divisions of the area in either state; only those that are, or lie in, one of ``containers``.

        Raises RangeTooLargeError.
        """
        found: set[str] = set()
        for state in self._states:
            for node, ways in await self._area(state):
                if containers is None or not containers.isdisjoint(ways.reached_from(node)):
                    found.add(node)
        if len(found) > MOST_TARGETS:
            raise RangeTooLargeError(
                f"within: {len(found)} divisions lie there, and at most {MOST_TARGETS} are compared: name a smaller one"
            )
        return found

    async def _area(self, state: State) -> list[tuple[str, Ways]]:
        """The area and all divisions that lie, or may lie, in it, each with its ways up."""
        within, day = self._wish.within, self._wish.day
        area = (await self._store.records([within], state.recorded_as_of)).get(within)
        if not isinstance(area, Division):
            return []
        own = await self._store.neighbourhood([within], self._wish.window, state.recorded_as_of)
        found = [(within, Ways(own, day))]
        for level in DIVISION_LEVELS[DIVISION_LEVELS.index(area.level) + 1 :]:
            around = await self._store.descendants(within, level, self._wish.window, state.recorded_as_of)
            ways = Ways(around, day)
            found += [(node.id, ways) for node in around.iter_nodes() if isinstance(node, Division)]
        return found

    async def compare(self, candidates: Iterable[str]) -> list[TargetChange]:
        """Those of some targets that lie, or may lie, in the area in either state, and whose chains differ."""
        found: list[TargetChange] = []
        waiting = sorted(candidates)
        while waiting:
            chunk, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
            before, after = [await self._side(chunk, state) for state in self._states]
            for target in chunk:
                if any(side.lies_in(target, self._wish.within) for side in (before, after)):
                    difference = compare_chains(before.find_chain(target), after.find_chain(target))
                    if not difference.is_empty:
                        code = after.find_code(target) or before.find_code(target) or target
                        found.append(TargetChange(target, code, difference))
            await asyncio.sleep(0)  # others get their turn
        return found

    async def _side(self, targets: Sequence[str], state: State) -> _Side:
        around = await self._store.neighbourhood(targets, self._wish.window, state.recorded_as_of)
        return _Side(around, state, self._wish)


class _TooManyError(Exception):
    """More than is followed one by one."""


class _Side:
    """Some targets in one state."""

    def __init__(self, around: Neighbourhood, state: State, wish: Wish) -> None:
        self._around = around
        self._state = state
        self._wish = wish
        self._ways = Ways(around, wish.day)

    def lies_in(self, target: str, area: str) -> bool:
        """Whether a target is there, and lies or may lie in an area."""
        return self._find(target) is not None and area in self._ways.reached_from(target)

    def find_chain(self, target: str) -> Chain | None:
        """The chain of a target; None where it is not there."""
        regime, coverages = self._state.regime, self._state.coverages
        if regime is None or self._find(target) is None:
            return None
        return trace_chain(self._around, target, regime, self._wish.day, coverages=coverages, lanes=self._wish.lanes)

    def find_code(self, target: str) -> str | None:
        """The code of a target; None where it is not there."""
        node = self._find(target)
        if isinstance(node, Division):
            return code_on(self._around, node.id, self._wish.day).text
        return None if node is None else node.code

    def _find(self, target: str) -> AnyTarget | None:
        node = self._around.find_node(target)
        return node if isinstance(node, AnyTarget) else None
