"""The whole graph at once (全图概览): what is asked of everything, worked out once for as long as nothing is written.

The outline is read, targets that are alike are found, and one of each sort is judged by its records: seconds become
tenths of a second. Others have their turn in between.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Final

from msgspec import Struct

from graph_model.dates import FIRST_DAY
from graph_model.exchange import Header, Window
from graph_model.outline import Outline
from graph_model.questions.gap_calendar import Spell, find_spells
from graph_model.questions.gap_listing import GapCalendar, sorts_within
from graph_model.questions.likeness import Likeness, find_likeness
from graph_model.questions.likeness_within import alike_within
from graph_model.questions.loads import Loads
from graph_model.questions.places import Containment, find_containment
from graph_model.questions.placing import find_placing
from graph_model.questions.rhythms import RhythmChecker
from graph_model.questions.upcoming import LONGEST_PERIOD, Upcoming, find_ends, find_reports, reporters
from graph_model.records import AnyTarget, Coverage
from graph_model.regime import Regime
from graph_model.stores.base import StoreReader

_SAMPLES_AT_A_TIME: Final = 400
_OVERVIEWS_KEPT: Final = 2
_CALENDARS_KEPT: Final = 8
GROUP_LEVEL: Final = "county"
"""The level of the divisions by which gaps are added up."""


class Overview(Struct, frozen=True, dict=True):
    """One state of the whole graph; ``recorded_as_of`` is the moment of its last write."""

    outline: Outline
    coverages: tuple[Coverage, ...]
    recorded_as_of: int

    @cached_property
    def containment(self) -> Containment:
        """What every node ever lies in."""
        return find_containment(self.outline)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The divisions by which gaps are added up, by id."""
        return tuple(sorted(node for node, kind in self.outline.nodes["division"].items() if kind == GROUP_LEVEL))

    @cached_property
    def _likeness(self) -> dict[str, Likeness]:
        return {}

    def likeness(self, regime: Regime) -> Likeness:
        """The sorts of the targets of a regime."""
        known = self._likeness.get(regime.code)
        if known is None:
            known = self._likeness[regime.code] = find_likeness(self.outline, self.containment, regime, self.coverages)
        return known


async def read_overview(reader: StoreReader, coverages: Sequence[Coverage], recorded_as_of: int) -> Overview:
    """The overview of a state, that after the last write by a moment."""
    return Overview(await reader.outline(recorded_as_of), tuple(coverages), recorded_as_of)


async def find_gap_calendar(
    reader: StoreReader, overview: Overview, regime: Regime, within: Sequence[str], window: Window
) -> GapCalendar:
    """The gap calendar of some areas (ids); the samples of the sorts that lie there are read."""
    likeness = await asyncio.to_thread(overview.likeness, regime)
    areas = sorted({*within, *overview.groups})
    placing = await asyncio.to_thread(find_placing, overview.containment, likeness.targets, areas, window)
    spells = await judge_sorts(reader, overview, regime, sorts_within(likeness, placing, within), window)
    return GapCalendar(regime, likeness, spells, placing, within)


async def judge_sorts(
    reader: StoreReader, overview: Overview, regime: Regime, sorts: Sequence[int], window: Window
) -> Mapping[int, tuple[Spell, ...]]:
    """What is to be said of the duties of some sorts of targets throughout a window."""
    likeness = overview.likeness(regime)
    judged_by = alike_within(likeness, window)
    found: dict[int, tuple[Spell, ...]] = {}
    wanted = sorted({judged_by[sort] for sort in sorts})
    for start in range(0, len(wanted), _SAMPLES_AT_A_TIME):
        some = wanted[start : start + _SAMPLES_AT_A_TIME]
        samples = [likeness.samples[sort] for sort in some]
        # Their own assignments are enough, unless others may do a duty; and of the posts among the assignees what those
        # lie in.
        keys = [*samples, *sorted({post for sort in some for post in likeness.posts[sort]})]
        own_only = not any(likeness.facts[sort].above for sort in some)
        around = await reader.neighbourhood(keys, window, overview.recorded_as_of, own_only=own_only)
        nodes = [
            (node, likeness.bounds[sort])
            for sort, sample in zip(some, samples, strict=True)
            if isinstance(node := around.get_node(sample), AnyTarget)
        ]
        spells = find_spells(around, nodes, regime, window, overview.coverages)
        found.update(zip(some, spells, strict=True))
        await asyncio.sleep(0)
    return {sort: found[judged_by[sort]] for sort in sorts}


async def find_upcoming(
    reader: StoreReader, overview: Overview, regime: Regime, within: Sequence[str], window: Window
) -> tuple[Upcoming, ...]:
    """What is coming within some areas (ids) in a window: ends, and reports that are due, by the day."""
    found = find_ends(overview.outline, overview.containment, regime, within, window)
    targets = reporters(overview.outline, regime)
    placing = find_placing(overview.containment, targets, within, window)
    inside = [target for target, place in zip(targets, placing.of, strict=True) if placing.places[place]]
    first = max(FIRST_DAY, window.first - LONGEST_PERIOD)
    for start in range(0, len(inside), _SAMPLES_AT_A_TIME):
        some = inside[start : start + _SAMPLES_AT_A_TIME]
        around = await reader.neighbourhood(some, Window(first, window.last), overview.recorded_as_of)
        checker = RhythmChecker(around, regime, first, window.last, (), overview.coverages)
        nodes = [node for each in some if isinstance(node := around.find_node(each), AnyTarget)]
        found += find_reports(checker.check(nodes), window)
        await asyncio.sleep(0)
    return tuple(sorted(set(found)))


@contextmanager
def uncollected() -> Iterator[None]:
    """Holds the collector of circles while much is made that has none: it would go through all of it, again and again.

    A fifth of the time of a calendar. Where two hold it at the same time the first to end lets go, which does no harm.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Overviews:
    """The overviews and calendars of the last states that were asked for: a few, since each is large.

    Whoever asks for what another is just working out waits for it.
    """

    def __init__(self, reader: StoreReader) -> None:
        self._reader = reader
        self._turn = asyncio.Lock()
        self._overviews: dict[int, Overview] = {}
        self._loads: dict[tuple[int, str, tuple[str, ...], int], Loads] = {}
        self._calendars: dict[tuple[int, str, tuple[str, ...], Window], GapCalendar] = {}

    async def overview(self, header: Header, recorded_as_of: int) -> Overview:
        """The overview of the state that a header is of; ``recorded_as_of`` is the moment of its last write."""
        async with self._turn:
            known = self._overviews.pop(header.generation, None)
            if known is None:
                while len(self._overviews) >= _OVERVIEWS_KEPT:
                    del self._overviews[next(iter(self._overviews))]
                with uncollected():
                    known = await read_overview(self._reader, header.coverages, recorded_as_of)
            self._overviews[header.generation] = known
            return known

    async def loads(self, overview: Overview, regime: Regime, within: Sequence[str], day: int) -> Loads:
        """What is carried on a day within some areas (ids)."""
        key = (overview.outline.generation, regime.code, tuple(sorted(within)), day)
        async with self._turn:
            known = self._loads.pop(key, None)
            if known is None:
                while len(self._loads) >= _CALENDARS_KEPT:
                    del self._loads[next(iter(self._loads))]
                asked = (overview.outline, overview.containment, regime, day, within)
                known = await asyncio.to_thread(Loads, *asked)
            self._loads[key] = known
            return known

    async def calendar(self, overview: Overview, regime: Regime, within: Sequence[str], window: Window) -> GapCalendar:
        """The gap calendar of some areas (ids)."""
        key = (overview.outline.generation, regime.code, tuple(sorted(within)), window)
        async with self._turn:
            known = self._calendars.pop(key, None)
            if known is None:
                while len(self._calendars) >= _CALENDARS_KEPT:
                    del self._calendars[next(iter(self._calendars))]
                with uncollected():
                    known = await find_gap_calendar(self._reader, overview, regime, within, window)
            self._calendars[key] = known
            return known
