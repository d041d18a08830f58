"""What an auditor should see (发现): what is on record, what is found anew in the state of a day, what was decided."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Final

from msgspec import Struct

from graph_model.exchange import Change, Window
from graph_model.facade.overall import Overall
from graph_model.overview import Overview, judge_sorts, uncollected
from graph_model.questions.duty_findings import find_unmet
from graph_model.questions.finding_words import message_of, named_in, settled_by
from graph_model.questions.found import DUTY_CODES, Found
from graph_model.questions.naming import called_on
from graph_model.questions.placing import find_placing
from graph_model.questions.suspicions import SUSPICION_CODES, find_suspicions
from graph_model.records import Basis, Finding, FindingState, Provenance, Ruling, Severity, Text, version_of
from graph_model.search_keys import order_key, severity_prefix
from graph_model.submitting import EVER
from graph_model.views import Frame, Moment, View

FOUND_ANEW: Final = frozenset((*DUTY_CODES, *SUSPICION_CODES))
"""The codes of what is not on record, but found in the state of the day."""
_KEPT: Final = 4
_AT_A_TIME: Final = 1_000


class Listed(Struct, frozen=True):
    """One finding of a list. ``found``: what it was worked out of; None for one on record.

    ``version`` tells whether it is still the one that somebody decided about; ``targets`` are the ids of those it is
    true of, ``place`` where they are.
    """

    record: Finding
    version: str
    found: Found | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """The ids of all that it is true of."""
        return self.record.subjects if self.found is None else self.found.targets

    @property
    def others(self) -> tuple[str, ...]:
        """The ids of those who answer, and whom it is about too."""
        return () if self.found is None else self.found.others

    @property
    def remedy(self) -> Text:
        """What would settle it."""
        return settled_by(self.record.code, None if self.found is None else self.found.cause)


class FindingPage(Struct, frozen=True):
    """Some findings, how many there are in all, and whether more follow."""

    rows: tuple[Listed, ...]
    total: int
    has_next: bool

    @property
    def records(self) -> tuple[Finding, ...]:
        """The findings themselves."""
        return tuple(row.record for row in self.rows)


class FindingSurvey(Struct, frozen=True):
    """A page of all findings, recorded and found anew, and how many there are of each code and severity.

    ``counts`` is of an area and a state: a page of one code or severity has the counts of the others beside it.
    """

    page: FindingPage
    counts: Mapping[tuple[Severity, str], int]


class Standing(Struct, frozen=True):
    """What became of a finding: its state, and the last ruling on it, if there is one.

    ``is_as_seen``: what is found is what the ruling was about.
    """

    state: FindingState
    ruling: Ruling | None = None
    is_as_seen: bool = True


OPEN: Final = Standing(FindingState.OPEN)


class _Gathered(Struct, frozen=True):
    """Findings in no order, and the state in which they were found."""

    rows: Sequence[Found | Finding]
    seen: Moment
    frame: Frame

    def chosen(self, code: str | None, severity: Severity | None) -> _Gathered:
        """Those of a code and a severity; None: of any."""
        rows = [
            each
            for each in self.rows
            if (code is None or each.code == code) and (severity is None or each.severity is severity)
        ]
        return _Gathered(rows, self.seen, self.frame)


class Findings(Overall):
    """The part of the facade that lists findings, and knows what was decided about them."""

    @cached_property
    def _found_turn(self) -> asyncio.Lock:
        return asyncio.Lock()

    @cached_property
    def _found(self) -> dict[tuple[int, int | None], tuple[Found, ...]]:
        """By generation and day; None: what holds on any day."""
        return {}

    @cached_property
    def _rulings(self) -> dict[int, dict[str, Ruling]]:
        return {}

    async def findings(
        self,
        moment: Moment,
        *,
        first: int,
        after: str | None = None,
        code: str | None = None,
        severity: Severity | None = None,
        within: Sequence[str] | None = None,
        state: FindingState | None = None,
    ) -> FindingPage:
        """A page of the findings of a code, a severity and a state, that concern some divisions (ids): all if None.

        By severity, code and id; ``after`` is the ``order_key`` of the last one before the page. What is found anew is
        among them where it is asked for: by its code, an area or a state.
        """
        if within is None and state is None and code not in FOUND_ANEW:
            page = await self._store.list_records(
                "finding",
                first=first,
                after=after,
                kind=code,
                prefix="" if severity is None else severity_prefix(severity),
                recorded_as_of=moment.recorded_as_of,
            )
            listed = [_on_record(record) for record in page.records if isinstance(record, Finding)]
            return FindingPage(tuple(listed), page.total, page.has_next)
        gathered = await self._gather(moment, code, severity, within, state)
        return await self._page_of(gathered, first, after)

    async def survey_findings(
        self,
        moment: Moment,
        *,
        first: int,
        after: str | None = None,
        code: str | None = None,
        severity: Severity | None = None,
        within: Sequence[str] | None = None,
        state: FindingState | None = None,
    ) -> FindingSurvey:
        """As ``findings``, but always with what is found anew on the day, and counted."""
        gathered = await self._gather(moment, None, None, within, state)
        counts = Counter((each.severity, each.code) for each in gathered.rows)
        return FindingSurvey(await self._page_of(gathered.chosen(code, severity), first, after), counts)

    async def _page_of(self, gathered: _Gathered, first: int, after: str | None) -> FindingPage:
        rows = sorted(gathered.rows, key=_order)
        left = rows if after is None else [each for each in rows if _order(each) > after]
        told = await self._told(left[:first], gathered.seen, gathered.frame)
        return FindingPage(told, len(rows), len(left) > first)

    async def _gather(
        self,
        moment: Moment,
        code: str | None,
        severity: Severity | None,
        within: Sequence[str] | None,
        state: FindingState | None,
    ) -> _Gathered:
        overview = await self.overview(moment.recorded_as_of)
        frame = await self.frame(overview.outline.generation, overview.recorded_as_of)
        seen = Moment(moment.day, overview.recorded_as_of)
        found = () if code is not None and code not in FOUND_ANEW else await self._found_on(overview, frame, moment.day)
        recorded = () if code in FOUND_ANEW else await self._on_record(code, seen)
        rows = _Gathered((*found, *recorded), seen, frame).chosen(code, severity).rows
        if within is not None:
            rows = await asyncio.to_thread(_within, rows, overview, within, moment.day)
        if state is not None:
            standings = await self._standings(
                [(each.id, _version(each), isinstance(each, Finding)) for each in rows], seen
            )
            rows = [each for each, standing in zip(rows, standings, strict=True) if standing.state is state]
        return _Gathered(rows, seen, frame)

    async def find_finding(self, finding: str, moment: Moment) -> Listed | None:
        """The finding with an id, on record or found anew on the moment's day; None where there is none."""
        records = await self._store.records([finding], moment.recorded_as_of)
        record = records.get(finding)
        if isinstance(record, Finding):
            return _on_record(record)
        if finding.split(":")[1:2] == [] or finding.split(":")[1] not in FOUND_ANEW:
            return None
        overview = await self.overview(moment.recorded_as_of)
        frame = await self.frame(overview.outline.generation, overview.recorded_as_of)
        seen = Moment(moment.day, overview.recorded_as_of)
        wanted = [each for each in await self._found_on(overview, frame, moment.day) if each.id == finding]
        return next(iter(await self._told(wanted, seen, frame)), None)

    async def _found_on(self, overview: Overview, frame: Frame, day: int) -> tuple[Found, ...]:
        """All that is found anew in a state on a day; kept for the last few that were asked for."""
        generation = overview.outline.generation
        async with self._found_turn:
            doubtful = self._found.pop((generation, None), None)
            if doubtful is None:
                doubtful = await asyncio.to_thread(_find_doubtful, overview, frame)
            unmet = self._found.pop((generation, day), None)
            if unmet is None:
                with uncollected():
                    unmet = await self._find_unmet(overview, frame, day)
            while len(self._found) >= _KEPT:
                del self._found[next(iter(self._found))]
            self._found[generation, None], self._found[generation, day] = doubtful, unmet
            return doubtful + unmet

    async def _find_unmet(self, overview: Overview, frame: Frame, day: int) -> tuple[Found, ...]:
        found: list[Found] = []
        for regime in frame.regimes.values():
            if regime.certainty_on(day).holds:
                likeness = await asyncio.to_thread(overview.likeness, regime)
                sorts = range(len(likeness.samples))
                spells = await judge_sorts(self._store, overview, regime, sorts, Window(day, day))
                found += await asyncio.to_thread(
                    list, find_unmet(overview.outline, overview.containment, regime, likeness, spells, day)
                )
        return tuple(found)

    async def _on_record(self, code: str | None, moment: Moment) -> list[Finding]:
        found: list[Finding] = []
        after = None
        while True:
            page = await self._store.list_records(
                "finding", first=_AT_A_TIME, after=after, kind=code, recorded_as_of=moment.recorded_as_of
            )
            found += [record for record in page.records if isinstance(record, Finding)]
            if not page.has_next:
                return found
            after = order_key(page.records[-1])

    async def _told(self, rows: Sequence[Found | Finding], moment: Moment, frame: Frame) -> tuple[Listed, ...]:
        """Some findings with their sentences; the names are looked up together."""
        named = sorted({node for row in rows if isinstance(row, Found) for node in named_in(row)})
        view = await self.lookup(named, moment) if named else None
        called = partial(_called, view)
        return tuple(_on_record(row) if isinstance(row, Finding) else _listed(row, frame, called) for row in rows)

    async def standings(self, rows: Sequence[Listed], moment: Moment) -> list[Standing]:
        """What became of some findings, as known at a moment.

        Judged was what was seen then. Where it is another now, or was gone in between, it is to be judged anew.
        """
        return await self._standings([(row.record.id, row.version, row.found is None) for row in rows], moment)

    async def _standings(self, rows: Sequence[tuple[str, str, bool]], moment: Moment) -> list[Standing]:
        """Of findings: id, version, and whether on record."""
        rulings = await self._rulings_at(moment.recorded_as_of) if rows else {}
        found: list[Standing] = []
        for finding, version, is_on_record in rows:
            ruling = rulings.get(finding)
            if ruling is None:
                found.append(OPEN)
                continue
            is_as_seen = ruling.seen == version and not (is_on_record and await self._came_back(ruling, moment))
            is_standing = is_as_seen or ruling.state is FindingState.OPEN
            found.append(Standing(ruling.state if is_standing else FindingState.REOPENED, ruling, is_as_seen))
        return found

    async def ruled_at(self, ruling: str, moment: Moment) -> int:
        """The recorded moment (microseconds) of the last write of a ruling (an id), as known at a moment."""
        return (await self._last_write(ruling, moment)).recorded_at

    async def _last_write(self, record: str, moment: Moment) -> Change:
        """The last change of a record, as known at a moment. Raises LookupError where there is none."""
        until = (await self.frame(-1, moment.recorded_as_of)).header.generation
        last: Change | None = None
        after: tuple[int, str] | None = None
        while True:
            page = await self._store.changes(until=until, touching=record, first=100, after=after)
            last = max((each for each in page.changes if each.record == record), key=lambda it: it.number, default=last)
            if not page.has_next:
                break
            after = (page.changes[-1].number, page.changes[-1].record)
        if last is None:
            raise LookupError(f"{record}: nothing was ever recorded of it")
        return last

    async def _rulings_at(self, recorded_as_of: int | None) -> dict[str, Ruling]:
        """The rulings that are on record, by the finding's id; read once a write."""
        generation = (await self.frame(-1, recorded_as_of)).header.generation
        known = self._rulings.get(generation)
        if known is None:
            known, after = {}, None
            while True:
                page = await self._store.list_records(
                    "ruling", first=_AT_A_TIME, after=after, recorded_as_of=recorded_as_of
                )
                known.update((each.finding, each) for each in page.records if isinstance(each, Ruling))
                if not page.has_next:
                    break
                after = order_key(page.records[-1])
            while len(self._rulings) >= _KEPT:
                del self._rulings[next(iter(self._rulings))]
            self._rulings[generation] = known
        return known

    async def _came_back(self, ruling: Ruling, moment: Moment) -> bool:
        """Whether a finding on record was taken off it, or was another, after the ruling; not that it came with it.

        In a copy of a store the findings of its check are written after all else, the rulings on them included.
        """
        until = (await self.frame(-1, moment.recorded_as_of)).header.generation
        since = (await self._last_write(ruling.id, moment)).number
        after: tuple[int, str] | None = None
        while True:
            page = await self._store.changes(since=since, until=until, touching=ruling.finding, first=100, after=after)
            if any(change.record == ruling.finding and change.before is not None for change in page.changes):
                return True
            if not page.has_next:
                return False
            after = (page.changes[-1].number, page.changes[-1].record)


def _find_doubtful(overview: Overview, frame: Frame) -> tuple[Found, ...]:
    outline, containment = overview.outline, overview.containment
    return tuple(found for regime in frame.regimes.values() for found in find_suspicions(outline, containment, regime))


def _on_record(record: Finding) -> Listed:
    return Listed(record, version_of(record))


def _version(row: Found | Finding) -> str:
    return row.version if isinstance(row, Found) else version_of(row)


def _order(row: Found | Finding) -> str:
    return f"{severity_prefix(row.severity)}{row.code} {row.id}"


def _listed(found: Found, frame: Frame, called: Callable[[str], str]) -> Listed:
    regime = frame.regime(found.regime)
    record = Finding(
        id=found.id,
        provenance=Provenance.DERIVED,
        basis=Basis(clause=found.clause),
        code=found.code,
        severity=found.severity,
        message=message_of(found, regime, called),
        clauses=() if found.clause is None else (found.clause,),
        subjects=(found.place,),
    )
    return Listed(record, found.version, found)


def _called(view: View | None, node_id: str) -> str:
    node = None if view is None else view.around.find_node(node_id)
    return node_id if view is None or node is None else called_on(view.around, node, view.moment.day)


def _within(
    rows: Sequence[Found | Finding], overview: Overview, areas: Sequence[str], day: int
) -> list[Found | Finding]:
    """Those that concern something in some areas: what is found anew on the day, what is on record on any."""
    found = [row for row in rows if isinstance(row, Found)]
    recorded = [row for row in rows if isinstance(row, Finding)]
    inside_now = _inside(sorted({each for row in found for each in row.targets}), overview, areas, Window(day, day))
    inside_ever = _inside(sorted({each for row in recorded for each in row.subjects}), overview, areas, EVER)
    return [
        row
        for row in rows
        if (
            not inside_now.isdisjoint(row.targets)
            if isinstance(row, Found)
            else not inside_ever.isdisjoint(row.subjects)
        )
    ]


def _inside(nodes: Sequence[str], overview: Overview, areas: Sequence[str], window: Window) -> set[str]:
    placing = find_placing(overview.containment, nodes, areas, window)
    return {node for node, place in zip(nodes, placing.of, strict=True) if placing.places[place]}
