"""What is asked of the whole graph (全图): calendars, loads, figures; most are kept until somebody writes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from graph_model.counts import Counts
from graph_model.dates import parse_day
from graph_model.exchange import (
    Count,
    Window,
)
from graph_model.facade.framed import Framed
from graph_model.neighbourhood import Neighbourhood
from graph_model.overview import Overview, Overviews, find_upcoming
from graph_model.questions.figures import day_of, find_differences
from graph_model.questions.gap_listing import GapCalendar
from graph_model.questions.loads import Loads
from graph_model.questions.structure import Faults
from graph_model.questions.upcoming import Upcoming
from graph_model.records import (
    Fact,
    Finding,
)
from graph_model.regime_file import decode_regime


class Overall(Framed):
    """The part of the facade that goes through everything, once a write."""

    @cached_property
    def _overviews(self) -> Overviews:
        return Overviews(self._store)

    @cached_property
    def _counts(self) -> Counts:
        return Counts(self._store)

    async def overview(self, recorded_as_of: int | None = None) -> Overview:
        """The whole graph at once, as it is known after the last write, or was at a recorded moment.

        Worked out once for each write. Raises StoreUnavailableError, NotRecordedYetError as ``frame`` does.
        """
        frame = await self.frame(-1, recorded_as_of)
        generation = frame.header.generation
        entry = (await self._store.entries([generation]))[generation]
        return await self._overviews.overview(frame.header, entry.recorded_at)

    async def gap_calendar(
        self, within: Sequence[str], window: Window, *, regime: str | None = None, recorded_as_of: int | None = None
    ) -> tuple[Overview, GapCalendar]:
        """The periods in which duties are not simply met within some divisions (ids), and what they were found in.

        Raises BadUserInputError for an unknown regime.
        """
        overview = await self.overview(recorded_as_of)
        chosen = (await self.frame(overview.outline.generation, overview.recorded_as_of)).regime(regime)
        return overview, await self._overviews.calendar(overview, chosen, within, window)

    async def upcoming(
        self, within: Sequence[str], window: Window, *, regime: str | None = None, recorded_as_of: int | None = None
    ) -> tuple[Overview, tuple[Upcoming, ...]]:
        """What is coming within some divisions (ids) in a window: links and terms that end, reports that are due.

        Raises BadUserInputError for an unknown regime.
        """
        overview = await self.overview(recorded_as_of)
        chosen = (await self.frame(overview.outline.generation, overview.recorded_as_of)).regime(regime)
        return overview, await find_upcoming(self._store, overview, chosen, within, window)

    async def loads(
        self, within: Sequence[str], day: int, *, regime: str | None = None, recorded_as_of: int | None = None
    ) -> tuple[Overview, Loads]:
        """What each assignee carries on a day (ordinal) within some divisions (ids), and what hangs on one person.

        Raises BadUserInputError for an unknown regime.
        """
        overview = await self.overview(recorded_as_of)
        chosen = (await self.frame(overview.outline.generation, overview.recorded_as_of)).regime(regime)
        return overview, await self._overviews.loads(overview, chosen, within, day)

    async def around_throughout(self, ids: Sequence[str], window: Window, recorded_as_of: int) -> Neighbourhood:
        """What is around some nodes on all days of a window."""
        return await self._store.neighbourhood(ids, window, recorded_as_of)

    async def facts(self, clause: str | None = None, recorded_as_of: int | None = None) -> tuple[Fact, ...]:
        """The figures of the source, by clause and place in the text; of one clause, or all."""
        page = await self._store.list_records("fact", first=10_000, recorded_as_of=recorded_as_of)
        facts = [record for record in page.records if isinstance(record, Fact)]
        return tuple(fact for fact in facts if clause is None or fact.basis.clause == clause)

    async def counted(self, facts: Sequence[Fact], recorded_as_of: int | None = None) -> tuple[int | None, ...]:
        """What the graph counts beside some figures, in their order; None where it holds nothing that they count.

        On the reference date, or the last day of a figure's own period where that lies elsewhere; only what is CERTAIN
        then. One round trip for each such day; none until somebody writes again.
        """
        frame = await self.frame(-1, recorded_as_of)
        reference_day = parse_day(frame.dataset.reference_date).toordinal()
        asked = [None if fact.counts is None else (day_of(fact, reference_day), fact.counts) for fact in facts]
        numbers = await self._counts.of(frame.header.generation, filter(None, asked))
        return tuple(
            None if each is None else 0 if numbers[each] and not frame.is_in_force(each[1], each[0]) else numbers[each]
            for each in asked
        )

    async def check(self) -> tuple[Finding, ...]:
        """What is wrong with the graph as a whole, and where it differs from the figures: findings, by id.

        Goes through every relation, once or twice: for after a load, never for a question.
        """
        header = await self._store.header()
        faults = Faults({code: decode_regime(record) for code, record in header.regimes.items()})
        async for edge in self._store.edges():
            faults.see(edge)
        if faults.is_to_see_again():
            async for edge in self._store.edges():
                faults.see_again(edge)
        findings = list(faults.found())
        if header.dataset is not None and header.dataset.regimes[0] in header.regimes:
            await self.refresh()
            facts = await self.facts()
            findings += find_differences(zip(facts, await self.counted(facts), strict=True))
        return tuple(sorted(findings, key=lambda finding: finding.id))

    async def counts(self, recorded_as_of: int | None = None) -> tuple[Count, ...]:
        """How many nodes and relations there are, by provenance."""
        return await self._store.counts(recorded_as_of)
