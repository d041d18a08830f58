"""ResponsibilityGraph, the facade (责任图): one method a question, and ``apply``, the only way to write.

A method asks the store once and hands the answer to a pure function. The header of the data set (reference date,
regimes, coverages) is kept and read again as soon as an answer shows that the store has been written since; those of
earlier recorded moments are kept by their generation, of which nothing can change any more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from datetime import date
from enum import Enum
from typing import TypeVar

from graph_model.chain_changes import ChainChanges, State, Wish, find_chain_changes, find_traces_between
from graph_model.checkpoint import BEGINNING, Checkpoint, parse_checkpoint
from graph_model.counts import Counts
from graph_model.dates import parse_day
from graph_model.errors import (
    BadUserInputError,
    BatchError,
    CheckpointUnknownError,
    NotRecordedYetError,
    StoreUnavailableError,
)
from graph_model.exchange import (
    ALL_DAYS,
    Batch,
    ChangePage,
    Count,
    Edit,
    Edited,
    EditRequest,
    End,
    EntryPage,
    Header,
    HistoryPage,
    Hit,
    HitPage,
    Page,
    RelationPage,
    Wanted,
    Window,
    Written,
)
from graph_model.gathering import gather_for_consequences
from graph_model.impact import Impact, find_impact, find_successors
from graph_model.instants import instant_of, instant_text
from graph_model.neighbourhood import Neighbourhood
from graph_model.overview import Overview, Overviews, find_upcoming
from graph_model.questions.authority import authority_day, find_outside
from graph_model.questions.candidates import Candidate
from graph_model.questions.change_days import ChangeDays, find_change_days
from graph_model.questions.consequences import Outcome, check_assessments, find_consequences
from graph_model.questions.explain import (
    Explanation,
    Subject,
    learnt_later,
    with_later_knowledge,
)
from graph_model.questions.figures import day_of, find_differences
from graph_model.questions.gap_listing import GapCalendar
from graph_model.questions.handovers import Handover, HandoverChecker
from graph_model.questions.listing import ListedAsset, ListedDivision, list_assets, list_divisions
from graph_model.questions.loads import Loads
from graph_model.questions.rhythms import RhythmCheck, RhythmChecker
from graph_model.questions.structure import find_faults
from graph_model.questions.succession import (
    Succession,
    departures,
    events_of,
    follow,
    has_ended,
    takers,
)
from graph_model.questions.traces import Traces
from graph_model.questions.upcoming import Upcoming
from graph_model.questions.ways import Ways
from graph_model.records import (
    AnyAssignee,
    AnyTarget,
    Assessment,
    ChangeEvent,
    Fact,
    Family,
    Finding,
    Measure,
    Provenance,
    Severity,
)
from graph_model.regime import Regime
from graph_model.regime_file import decode_regime
from graph_model.search_keys import normalise, severity_prefix
from graph_model.stores.base import Decide, Store, StoreReader
from graph_model.submitting import Judgement, RefusedError, Submission, Submitted, judge
from graph_model.touching import Touched, gather_touched
from graph_model.validation import check_records
from graph_model.views import Frame, Moment, View
from graph_model.watching import WATCH_SECONDS, HeadWatch

_FRAMES_KEPT = 16
_MOST_TARGETS = 1_000
"""How many targets of one assignee are asked for their rhythms."""
_CHANGES_KEPT = 16
K = TypeVar("K")
V = TypeVar("V")
_ChangesKey = tuple[Checkpoint, Checkpoint, str, int, str, frozenset[str] | None]


class DefaultDate(Enum):
    """The day of a question that names none: the data set's reference date, or today."""

    REFERENCE = "reference"
    TODAY = "today"


class ResponsibilityGraph:
    """The facade over one store."""

    def __init__(
        self,
        store: Store,
        *,
        default_date: DefaultDate = DefaultDate.REFERENCE,
        today: Callable[[], date] = date.today,
        watch_seconds: float = WATCH_SECONDS,
    ) -> None:
        self._store = store
        self._default_date = default_date
        self._today = today
        self._counts = Counts(store)
        self._frame: Frame | None = None
        self._frames: dict[int, Frame] = {}
        self._chain_changes: dict[_ChangesKey, ChainChanges] = {}
        self._traces: dict[tuple[Checkpoint, Checkpoint], Traces | None] = {}
        self._overviews = Overviews(store)
        self._watch = HeadWatch(self.last_checkpoint, watch_seconds)
        self._area_turn, self._chain_turn = asyncio.Semaphore(1), asyncio.Semaphore(1)

    async def frame(self, generation: int | None = None, recorded_as_of: int | None = None) -> Frame:
        """The frame of a recorded moment, read again if ``generation``, that of an answer at the moment, is another.

        Raises StoreUnavailableError for a store without a data set, NotRecordedYetError where it had none then.
        """
        if generation is None and recorded_as_of is None and self._frame is not None:
            return self._frame
        known = self._frames.get(-1 if generation is None else generation)
        if known is None:
            header = await self._store.header(recorded_as_of)
            known = self._frames.get(header.generation) or await self._make_frame(header, recorded_as_of)
        if recorded_as_of is None and (self._frame is None or known.header.generation > self._frame.header.generation):
            self._frame = known
        return known

    async def _make_frame(self, header: Header, recorded_as_of: int | None) -> Frame:
        if header.dataset is None:
            if recorded_as_of is not None:
                await self._refuse_moment(recorded_as_of)
            raise StoreUnavailableError("the store holds no data set yet: run `python -m loaders load`")
        # The data set's own in its order, the first of them the default; then whatever else was loaded.
        loaded = header.regimes
        codes = [*header.dataset.regimes, *sorted(loaded.keys() - set(header.dataset.regimes))]
        regimes = {code: decode_regime(loaded[code]) for code in codes if code in loaded}
        if header.dataset.regimes[0] not in regimes:
            raise StoreUnavailableError(f"the store lacks the regime {header.dataset.regimes[0]!r} of its data set")
        frame = Frame(header, header.dataset, regimes)
        while len(self._frames) >= _FRAMES_KEPT:
            del self._frames[next(iter(self._frames))]
        self._frames[header.generation] = frame
        return frame

    async def _refuse_moment(self, recorded_as_of: int) -> None:
        """Raises NotRecordedYetError if something was written after the moment."""
        first = (await self._store.journal(first=1, before=2)).entries
        if first and (await self._store.header()).dataset is not None:
            asked, begun = instant_text(instant_of(recorded_as_of)), instant_text(instant_of(first[0].recorded_at))
            raise NotRecordedYetError(f"no data set was recorded yet at {asked}: the first write was at {begun}")

    @property
    def today(self) -> date:
        """The day that it is."""
        return self._today()

    async def refresh(self) -> Frame:
        """The frame, read anew from the store."""
        return await self.frame(generation=-1)

    async def check_ready(self) -> Frame:
        """The frame, read anew, of a store that does all that it was opened for, and at once. Raises StoreError."""
        await self.warm_up()
        frame = await self.refresh()
        await self._store.check_writing()
        return frame

    async def moment(self, as_of: date | None = None, recorded_as_of: int | None = None) -> Moment:
        """The moment of a question: the given day, or the default one as it was known then.

        Raises NotRecordedYetError for a recorded moment before there was a data set.
        """
        if recorded_as_of is not None:
            await self.frame(None, recorded_as_of)
        if as_of is not None:
            return Moment(as_of.toordinal(), recorded_as_of)
        if self._default_date is DefaultDate.TODAY:
            return Moment(self._today().toordinal(), recorded_as_of)
        frame = await self.frame(-1, recorded_as_of)
        return Moment(parse_day(frame.dataset.reference_date).toordinal(), recorded_as_of)

    async def view(self, keys: Sequence[str], moment: Moment) -> View:
        """What is around some targets (ids or codes) at a moment; one round trip."""
        around = await self._store.neighbourhood(keys, moment.window, moment.recorded_as_of)
        return View(around, moment, await self.frame(around.generation, moment.recorded_as_of))

    async def find_id(self, key: str, moment: Moment) -> str | None:
        """The id of what a code means on the day (or the id itself), if there is such a thing."""
        return (await self.view([key], moment)).find(key)

    async def change_days(
        self, target: str, moment: Moment, *, regime: str | None = None, lanes: Sequence[str] | None = None
    ) -> ChangeDays:
        """The nearest days around a moment's on which the chain of a target (id) changes; one round trip.

        Raises KeyError for a target that is not there, BadUserInputError for an unknown regime or lane.
        """
        around = await self._store.neighbourhood([target], ALL_DAYS, moment.recorded_as_of)
        frame = await self.frame(around.generation, moment.recorded_as_of)
        chosen = frame.regime(regime)
        wanted = None if lanes is None else chosen.check_lanes(lanes)
        return find_change_days(around, target, chosen, moment.day, coverages=frame.header.coverages, lanes=wanted)

    async def explain(
        self, target: str, subject: Subject, key: str, moment: Moment, *, regime: str | None = None
    ) -> tuple[View, Explanation] | None:
        """Why somebody answers for a target (a code or an id), or why not; None for an unknown target.

        As of an earlier recorded moment, also what was recorded only later and makes the answer surer.
        """
        view = await self._view_of_all_days(target, subject, key, moment)
        found = next(iter(view.around.seeds.get(target, ()) if ":" in target else view.resolve(target)), None)
        then = None if found is None else view.explain(found, subject, key, regime)
        if found is None or then is None or moment.recorded_as_of is None:
            return None if then is None else (view, then)
        present = await self._view_of_all_days(found, subject, key, Moment(moment.day))
        now = present.explain(found, subject, key, regime)
        learnt = {} if now is None else learnt_later(then, now, view.around)
        recorded = {record: await self._recorded_last(record, view.around.generation) for record in learnt}
        return view, with_later_knowledge(then, learnt, recorded)

    async def _view_of_all_days(self, target: str, subject: Subject, key: str, moment: Moment) -> View:
        keys = [target, key] if subject in {Subject.ASSIGNEE, Subject.POST} else [target]
        around = await self._store.neighbourhood(keys, ALL_DAYS, moment.recorded_as_of)
        return View(around, moment, await self.frame(around.generation, moment.recorded_as_of))

    async def _recorded_last(self, record: str, since: int) -> str:
        """The moment, as a text, of the last change of a record after a generation; there must be one."""
        moment, after = 0, None
        while True:
            page = await self._store.changes(since=since, touching=record, first=100, after=after)
            moment = max([moment, *(change.recorded_at for change in page.changes if change.record == record)])
            if not page.has_next:
                return instant_text(instant_of(moment))
            after = (page.changes[-1].number, page.changes[-1].record)

    async def lookup(self, ids: Sequence[str], moment: Moment) -> View:
        """Some nodes with their claims, without relations."""
        around = await self._store.lookup(ids, moment.recorded_as_of)
        return View(around, moment, await self.frame(around.generation, moment.recorded_as_of))

    async def outside(self, ids: Sequence[str], area: str | None, day: int) -> tuple[str, ...]:
        """Those of some nodes that do not lie surely within an area (None: everywhere), for a write about a day.

        See ``questions.authority``.
        """
        if area is None:
            return ()
        judged = authority_day(day, (await self.refresh()).header.coverages)
        view = await self.view(ids, Moment(judged))
        return find_outside(view.around, ids, area, judged, view.frame.header.coverages)

    async def successions(self, divisions: Sequence[str], moment: Moment) -> dict[str, Succession]:
        """What became of divisions (ids) that had ended by a moment; two round trips for each change on the way."""
        left: dict[str, list[ChangeEvent]] = {}
        wanted = set(divisions)
        while wanted:
            view = await self.lookup(sorted(wanted), moment)
            gone = [one for one in sorted(wanted) if has_ended(view.around, one, moment.day)]
            named = {event for one in gone for event in events_of(view.around, one)}
            found = (await self.lookup(sorted(named), moment)).around.iter_nodes() if named else ()
            events = [node for node in found if isinstance(node, ChangeEvent)]
            left.update((one, departures(events, one, moment.day)) for one in gone)
            after = {one for each in gone for event in left[each] for one in takers(event)}
            wanted = after - left.keys() - wanted
        return {one: follow(one, left, left.keys()) for one in divisions}

    async def assignments(
        self,
        assignees: Sequence[str],
        moment: Moment,
        *,
        first: int,
        after: tuple[str, str, str] | None = None,
        regimes: Sequence[str] | None = None,
    ) -> dict[str, RelationPage]:
        """What some assignees answer for at a moment, a page each: in those of the regimes that may be in force.

        ``regimes``: None is the data set's first. Raises BadUserInputError for an unknown one.
        """
        frame = await self.frame(None, moment.recorded_as_of)
        return await self._store.relations(
            assignees,
            Family.RESPONSIBILITY,
            End.SOURCE,
            moment.window,
            first=first,
            after=after,
            regimes=frame.in_force(moment.day, regimes),
            recorded_as_of=moment.recorded_as_of,
        )

    async def list_assignments(
        self,
        moment: Moment,
        *,
        first: int,
        after: tuple[str, str] | None = None,
        assignee: str | None = None,
        target: str | None = None,
        kinds: Sequence[str] | None = None,
        provenances: Sequence[Provenance] | None = None,
        regimes: Sequence[str] | None = None,
    ) -> RelationPage:
        """Assignments by ends, kinds and provenances, by kind and id; of some regimes, None is the data set's first.

        Raises BadUserInputError for an unknown regime, and a kind that none of them has.
        """
        frame = await self.frame(None, moment.recorded_as_of)
        chosen = [frame.regime(code) for code in ([None] if regimes is None else regimes)]
        known = {kind.code for regime in chosen for kind in regime.kinds}
        for kind in kinds or ():
            if kind not in known:
                raise BadUserInputError(f"kinds: unknown kind {kind!r}; there are: {', '.join(sorted(known))}")
        wanted = Wanted(
            kinds=tuple(sorted(known if kinds is None else set(kinds))),
            regimes=frame.in_force(moment.day, regimes),
            assignee=assignee,
            target=target,
            provenances=None if provenances is None else tuple(each.value for each in provenances),
        )
        return await self._store.assignments(
            wanted, moment.window, first=first, after=after, recorded_as_of=moment.recorded_as_of
        )

    async def relations(
        self,
        nodes: Sequence[str],
        family: Family,
        end: End,
        moment: Moment,
        *,
        first: int,
        after: tuple[str, str, str] | None = None,
    ) -> dict[str, RelationPage]:
        """A page of the relations of a family at each of some nodes, those that may hold at the moment."""
        return await self._store.relations(
            nodes, family, end, moment.window, first=first, after=after, recorded_as_of=moment.recorded_as_of
        )

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

    async def divisions(self, within: str, level: str, moment: Moment) -> tuple[View, tuple[ListedDivision, ...]]:
        """The divisions of a level within a division (id), CERTAIN or POSSIBLE on the day, by code."""
        around = await self._store.descendants(within, level, moment.window, moment.recorded_as_of)
        frame = await self.frame(around.generation, moment.recorded_as_of)
        view = View(around, moment, frame)
        ways = Ways(around, moment.day, frame.header.coverages)
        return view, list_divisions(around, within, level, moment.day, ways)

    async def assets(
        self, within: str, moment: Moment, kind: str | None = None
    ) -> tuple[View, tuple[ListedAsset, ...]]:
        """The assets, of a kind or of any, within a division or asset (id), CERTAIN or POSSIBLE on the day, by code."""
        around = await self._store.assets(within, moment.window, moment.recorded_as_of)
        frame = await self.frame(around.generation, moment.recorded_as_of)
        ways = Ways(around, moment.day, frame.header.coverages)
        return View(around, moment, frame), list_assets(around, within, kind, ways)

    async def rhythms(
        self, of: str, first: int, last: int, moment: Moment, regime: str | None = None
    ) -> tuple[View, tuple[RhythmCheck, ...]] | None:
        """What must be done again and again between two days (ordinals), and whether it was; None for an unknown id.

        ``of``: a target (a code or an id), with all that it lies in; or an assignee (an id), with all that it answers
        for. Goes through everything that was done and is evidence of such a kind.
        """
        bound = await self._bound(of, Window(first, last), moment, regime)
        if bound is None:
            return None
        view, chosen, targets, assignee = bound
        measures: list[Measure] = []
        for kind in sorted({rhythm.evidence for rhythm in chosen.rhythms}):
            measures += await self.list_measures(moment, kind=kind)
        checker = RhythmChecker(view.around, chosen, first, last, measures, view.frame.header.coverages)
        return view, checker.check(targets, assignee=assignee)

    async def handovers(
        self, of: str, first: int, last: int, moment: Moment, regime: str | None = None
    ) -> tuple[View, tuple[Handover, ...]] | None:
        """What ended between two days (ordinals), and whether a successor was there in time; ``of`` as for rhythms."""
        bound = await self._bound(of, Window(first, last), moment, regime)
        if bound is None:
            return None
        view, chosen, targets, assignee = bound
        checker = HandoverChecker(view.around, chosen, first, last, view.frame.header.coverages)
        return view, checker.check(targets, assignee=assignee)

    async def _bound(
        self, of: str, window: Window, moment: Moment, regime: str | None
    ) -> tuple[View, Regime, tuple[AnyTarget, ...], str | None] | None:
        """A target with all that it lies in on the window's last day; or an assignee with all that it answers for."""
        frame = await self.frame(None, moment.recorded_as_of)
        chosen = frame.regime(regime)
        around = await self._store.neighbourhood([of], window, moment.recorded_as_of)
        view = View(around, moment, await self.frame(around.generation, moment.recorded_as_of))
        found = view.find(of)
        node = None if found is None else around.find_node(found)
        if isinstance(node, AnyTarget):
            reached = Ways(around, window.last, view.frame.header.coverages).reached_from(node.id)
            return view, chosen, _targets(around, reached), None
        if not isinstance(node, AnyAssignee):
            return None
        pages = await self._store.relations(
            [node.id],
            Family.RESPONSIBILITY,
            End.SOURCE,
            window,
            first=_MOST_TARGETS,
            regimes=[chosen.code],
            recorded_as_of=moment.recorded_as_of,
        )
        ids = sorted({relation.target for relation in pages[node.id].relations})
        around = await self._store.neighbourhood(ids, window, moment.recorded_as_of)
        view = View(around, moment, await self.frame(around.generation, moment.recorded_as_of))
        return view, chosen, _targets(around, ids), node.id

    async def consequences(
        self, subject: str, year: int, moment: Moment, *, given: Sequence[Assessment] = (), regime: str | None = None
    ) -> tuple[View, Outcome] | None:
        """What follows for a subject (an id) from the assessments of a year; None for an unknown subject.

        ``given`` count beside the recorded ones, and before them. Raises BadUserInputError for one that the regime
        does not know, or an unknown regime.
        """
        frame = await self.frame(None, moment.recorded_as_of)
        chosen = frame.regime(regime)
        check_assessments(given, chosen)
        ground = await gather_for_consequences(
            self._store, [subject], chosen, moment.window, moment.recorded_as_of, given=given
        )
        view = View(ground.around, moment, await self.frame(ground.around.generation, moment.recorded_as_of))
        if ground.around.find_node(subject) is None:
            return None
        outcome = find_consequences(
            ground.around,
            chosen,
            [*ground.assessments, *given],
            subject,
            year,
            moment.day,
            coverages=frame.header.coverages,
        )
        return view, outcome

    async def search(
        self, text: str, moment: Moment, *, first: int, after: Hit | None = None, window: Window | None = None
    ) -> HitPage:
        """Divisions, organisations, posts and assets by name, pinyin, initials or code.

        ``window``: by the names and codes of any of these days, in place of the moment's.
        """
        return await self._store.search(
            normalise(text), window or moment.window, first=first, after=after, recorded_as_of=moment.recorded_as_of
        )

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

        Goes through every relation: for after a load, never for a question.
        """
        header = await self._store.header()
        edges = [edge async for edge in self._store.edges()]
        regimes = {code: decode_regime(record) for code, record in header.regimes.items()}
        findings = list(find_faults(edges, regimes))
        if header.dataset is not None and header.dataset.regimes[0] in header.regimes:
            await self.refresh()
            facts = await self.facts()
            findings += find_differences(zip(facts, await self.counted(facts), strict=True))
        return tuple(sorted(findings, key=lambda finding: finding.id))

    async def list_records(
        self, record_type: str, moment: Moment, *, first: int, after: str | None = None, kind: str | None = None
    ) -> Page:
        """A page of the records of one type, by id; findings are for ``findings``."""
        return await self._store.list_records(
            record_type, first=first, after=after, kind=kind, recorded_as_of=moment.recorded_as_of
        )

    async def list_measures(
        self,
        moment: Moment,
        *,
        of: str | None = None,
        by: str | None = None,
        clause: str | None = None,
        kind: str | None = None,
    ) -> tuple[Measure, ...]:
        """What was done to one node (``of``), by one (``by``), on one clause, of one kind, or all of it; by id."""
        found: list[Measure] = []
        after: str | None = None
        while True:
            page = await self.list_records("measure", moment, first=1_000, after=after, kind=kind)
            found += [
                record
                for record in page.records
                if isinstance(record, Measure)
                and (of is None or of in record.to)
                and (by is None or by in record.by)
                and (clause is None or record.basis.clause == clause)
            ]
            if not page.has_next:
                return tuple(found)
            after = page.records[-1].id

    async def findings(
        self,
        moment: Moment,
        *,
        first: int,
        after: str | None = None,
        code: str | None = None,
        severity: Severity | None = None,
    ) -> Page:
        """A page of the findings of a code and a severity, or of all: by severity, code and id."""
        return await self._store.list_records(
            "finding",
            first=first,
            after=after,
            kind=code,
            prefix="" if severity is None else severity_prefix(severity),
            recorded_as_of=moment.recorded_as_of,
        )

    async def counts(self, recorded_as_of: int | None = None) -> tuple[Count, ...]:
        """How many nodes and relations there are, by provenance."""
        return await self._store.counts(recorded_as_of)

    async def apply(
        self, batches: Sequence[Batch], *, author: str, progress: Callable[[int], None] | None = None
    ) -> tuple[Written, ...]:
        """Write some batches, all or nothing. Raises BatchError with every record that breaks a rule."""
        errors = [error for batch in batches for error in check_records(batch.records)]
        if errors:
            raise BatchError(errors)
        return await self._store.apply(batches, recorded_at=time.time_ns() // 1000, author=author, progress=progress)

    async def edit(self, decide: Decide, request: EditRequest) -> Edited:
        """Decide on an edit and write it, in one transaction. Raises BatchError for records that break a rule.

        See ``StoreWriter.edit``; ``decide`` may raise what it likes, and nothing is written then.
        """

        async def checked(reader: StoreReader) -> Edit:
            edit = await decide(reader)
            errors = check_records(edit.puts)
            if errors:
                raise BatchError(errors)
            return edit

        return await self._store.edit(checked, request, recorded_at=time.time_ns() // 1000)

    async def submit(self, submission: Submission) -> Submitted:
        """Decide on a list of changes and write it, in one transaction, or nothing of it.

        What was wrong with it, and what it changed, is in the outcome. Raises StoreError where it cannot be written,
        and KeyReusedError for a key that was used for other changes.
        """
        judged: list[Judgement] = []

        async def decide(reader: StoreReader) -> Edit:
            judged.append(await judge(submission, reader, is_whole=False))
            if not judged[-1].is_allowed:
                raise RefusedError(await judge(submission, reader))
            verdict = judged[-1].verdict
            return Edit(verdict.puts, verdict.plan.removes)

        try:
            edited = await self.edit(decide, submission.request())
        except RefusedError as refused:
            return Submitted(refused.judgement)
        if edited.is_repeated and edited.entry is not None:
            before = edited.entry.recorded_at - 1
            return Submitted(await judge(submission, self._store, before, is_whole=False), edited.entry, True)
        return Submitted(judged[-1], edited.entry)

    async def judge_whole(self, submission: Submission, submitted: Submitted) -> Judgement:
        """The judgement of what came of a submission, with all that its effects are told by."""
        if submitted.judgement.is_whole or submitted.entry is None:
            return submitted.judgement
        return await judge(submission, self._store, submitted.entry.recorded_at - 1)

    async def try_out(self, submission: Submission) -> Submitted:
        """What a submission would come to; the same decision as ``submit``, and nothing is written."""
        before = (await self._store.header()).generation
        judgement = await judge(submission, self._store)
        if (await self._store.header()).generation != before:
            # Somebody wrote meanwhile: the state after a certain write is one and the same, whoever goes on writing.
            (last,) = (await self._store.journal(first=1)).entries
            judgement = await judge(submission, self._store, last.recorded_at)
        return Submitted(judgement)

    async def impact(self, assignee: str, on: date, recorded_as_of: int | None = None) -> Impact | None:
        """What would come of it if an assignee (an id) left on a day; None for an unknown one.

        Asked of the state after the last write, or the last before a recorded moment: one and the same throughout.
        """
        header = await self._store.header(recorded_as_of)
        entry = (await self._store.entries([header.generation])).get(header.generation)
        return None if entry is None else await find_impact(self._store, assignee, on, entry.recorded_at)

    async def candidates(self, impact: Impact) -> tuple[Candidate, ...]:
        """Who could take over what an assignee leaves, the nearest first."""
        coverages = (await self.frame(None, impact.recorded_as_of)).header.coverages
        day = impact.on.toordinal()
        return await find_successors(self._store, impact.posts, day, coverages, impact.recorded_as_of)

    async def touched(
        self, targets: Sequence[AnyTarget], own: Neighbourhood, moment: Moment
    ) -> tuple[tuple[View, Touched], ...]:
        """The targets, whose claims are in ``own``, and all divisions within them: by level, code and id."""
        frame = await self.frame(None, moment.recorded_as_of)
        found = await gather_touched(
            self._store, targets, own, moment.day, frame.header.coverages, moment.recorded_as_of
        )
        return tuple((View(each.around, moment, frame), each) for each in found)

    async def journal(self, *, first: int, before: int | None = None) -> EntryPage:
        """A page of the journal, the newest entry first."""
        return await self._store.journal(first=first, before=before)

    async def changes(
        self,
        *,
        since: int = 0,
        until: int | None = None,
        touching: str | None = None,
        first: int,
        after: tuple[int, str] | None = None,
    ) -> ChangePage:
        """A page of what was written after one generation and up to another, record by record."""
        return await self._store.changes(since=since, until=until, touching=touching, first=first, after=after)

    async def history(self, touching: str, *, first: int, after: tuple[int, str] | None = None) -> HistoryPage:
        """A page of what was ever recorded of a node or a record (id), and of all records about it, oldest first."""
        page = await self._store.changes(touching=touching, first=first, after=after)
        entries = await self._store.entries(sorted({change.number for change in page.changes}))
        rows = tuple((entries[change.number], change) for change in page.changes)
        return HistoryPage(rows, page.total or 0, page.has_next)

    async def checkpoint_of(self, generation: int) -> Checkpoint:
        """The checkpoint of a generation, that of a frame for instance."""
        entry = (await self._store.entries([generation])).get(generation)
        return BEGINNING if entry is None else Checkpoint(entry.number, entry.recorded_at)

    async def chain_changes(
        self,
        since: Checkpoint,
        until: Checkpoint,
        within: str,
        day: int,
        *,
        regime: str | None = None,
        lanes: Sequence[str] | None = None,
    ) -> ChainChanges:
        """The targets in a division (id) whose chains on a day (ordinal) differ between the states after two writes.

        Bounded, however much was written (see ``graph_model.chain_changes``), and kept: what lies between two writes
        never changes. Raises BadUserInputError for an unknown regime or lane, RangeTooLargeError.
        """
        after = await self.frame(None, until.recorded_at)
        chosen = after.regime(regime)
        wanted = None if lanes is None else chosen.check_lanes(lanes)
        key = (since, until, within, day, chosen.code, wanted)
        async with self._area_turn:  # those who ask for the same find it when their turn comes
            known = self._chain_changes.get(key)
            if known is None:
                states = (await self._state(since, chosen.code), await self._state(until, chosen.code))
                wish = Wish(within, day, wanted)
                known = await find_chain_changes(self._store, wish, *states, since=since.number, until=until.number)
                _make_room(self._chain_changes)
                self._chain_changes[key] = known
            return known

    async def may_show(self, since: Checkpoint, until: Checkpoint, hangs_on: AbstractSet[str]) -> bool:
        """Whether what lies between two writes may show in a chain that hung together with some nodes before.

        Looked up once for all who ask; cheap then.
        """
        key = (since, until)
        if key not in self._traces:
            found = await find_traces_between(self._store, since.number, until.number)
            _make_room(self._traces)
            self._traces[key] = found
        traces = self._traces[key]
        return traces is None or traces.may_show_among(hangs_on)

    async def next_write(self, known: Checkpoint) -> Checkpoint:
        """Wait until the store has been written since, by whatever process, and gives its last write.

        All who wait share one look at the store every ``watch_seconds``. Raises StoreError where it fails.
        """
        return await self._watch.beyond(known)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One after the other: one write may be a reason to look at thousands of chains, and others ask meanwhile."""
        async with self._chain_turn:
            await asyncio.sleep(0)
            yield

    async def _state(self, checkpoint: Checkpoint, regime: str) -> State:
        header = await self._store.header(checkpoint.recorded_at)
        content = header.regimes.get(regime)
        return State(checkpoint.recorded_at, None if content is None else decode_regime(content), header.coverages)

    async def last_checkpoint(self) -> Checkpoint:
        """The checkpoint of the last write."""
        return await self.checkpoint_of((await self.refresh()).header.generation)

    async def find_checkpoint(self, text: str, argument: str) -> Checkpoint:
        """The checkpoint of a text. Raises BadUserInputError, CheckpointUnknownError if it is none of this store's."""
        asked = parse_checkpoint(text, argument)
        entry = (await self._store.entries([asked.number])).get(asked.number)
        if asked != BEGINNING and (entry is None or entry.recorded_at != asked.recorded_at):
            raise CheckpointUnknownError(
                f"{argument}: there was no such write here: {text}; the store is another one, or was restored: read "
                "anew what you show, and go on from `dataset { checkpoint }`"
            )
        return asked

    async def warm_up(self) -> None:
        """Let the store begin with what its first questions would wait for. Raises StoreError while it goes on."""
        await self._store.warm_up()

    async def close(self) -> None:
        """Close the store."""
        await self._store.close()


def _make_room(kept: dict[K, V]) -> None:
    """Let go of the oldest, so that one more may be kept."""
    while len(kept) >= _CHANGES_KEPT:
        del kept[next(iter(kept))]


def _targets(around: Neighbourhood, ids: Sequence[str]) -> tuple[AnyTarget, ...]:
    return tuple(node for each in ids if isinstance(node := around.find_node(each), AnyTarget))
