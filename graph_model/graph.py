"""ResponsibilityGraph, the facade (责任图): one method a question, and ``apply``, the only way to write.

A method asks the store once and hands the answer to a pure function. Here are the questions about targets and
assignees; ``facade`` has what all of them begin with, and those about the whole graph, about writing, and about writes.
"""

from __future__ import annotations

from collections.abc import Sequence

from graph_model.dates import FIRST_DAY
from graph_model.errors import (
    BadUserInputError,
)
from graph_model.exchange import (
    ALL_DAYS,
    End,
    Hit,
    HitPage,
    RelationPage,
    Wanted,
    Window,
)
from graph_model.facade.following import Following
from graph_model.facade.framed import DefaultDate
from graph_model.facade.imports import Imports
from graph_model.facade.writing import Writing
from graph_model.gathering import gather_for_consequences
from graph_model.instants import instant_of, instant_text
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.authority import authority_day, find_outside
from graph_model.questions.change_days import ChangeDays, find_change_days
from graph_model.questions.consequences import Outcome, check_assessed, check_assessments, find_consequences
from graph_model.questions.explain import (
    Explanation,
    Subject,
    learnt_later,
    with_later_knowledge,
)
from graph_model.questions.handovers import Handover, HandoverChecker
from graph_model.questions.listing import ListedAsset, ListedDivision, list_assets, list_divisions
from graph_model.questions.rhythms import RhythmCheck, RhythmChecker
from graph_model.questions.succession import (
    Succession,
    departures,
    events_of,
    follow,
    has_ended,
    takers,
)
from graph_model.questions.upcoming import LONGEST_PERIOD, Upcoming, find_own_ends, find_reports
from graph_model.questions.ways import Ways
from graph_model.records import (
    AnyAssignee,
    AnyTarget,
    Assessment,
    ChangeEvent,
    Family,
    Measure,
    Provenance,
)
from graph_model.regime import Regime
from graph_model.search_keys import normalise
from graph_model.views import Frame, Moment, View

__all__ = ["DefaultDate", "ResponsibilityGraph"]

_MOST_TARGETS = 1_000
"""How many targets of one assignee are asked for their rhythms."""


class ResponsibilityGraph(Writing, Following, Imports):
    """The facade over one store."""

    async def check_ready(self) -> Frame:
        """The frame, read anew, of a store that does all that it was opened for, and at once. Raises StoreError."""
        await self.warm_up()
        frame = await self.refresh()
        await self._store.check_writing()
        return frame

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
        window: Window | None = None,
    ) -> dict[str, RelationPage]:
        """What some assignees answer for at a moment, a page each: in those of the regimes that may be in force.

        ``regimes``: None is the data set's first. ``window``: on any of these days, in place of the moment's. Raises
        BadUserInputError for an unknown regime.
        """
        frame = await self.frame(None, moment.recorded_as_of)
        chosen = [frame.regime(code).code for code in ([None] if regimes is None else regimes)]
        return await self._store.relations(
            assignees,
            Family.RESPONSIBILITY,
            End.SOURCE,
            window or moment.window,
            first=first,
            after=after,
            regimes=frame.in_force(moment.day, regimes) if window is None else chosen,
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
        window: Window | None = None,
    ) -> dict[str, RelationPage]:
        """A page of the relations of a family at each of some nodes, those that may hold at the moment.

        ``window``: on any of these days, in place of the moment's.
        """
        return await self._store.relations(
            nodes, family, end, window or moment.window, first=first, after=after, recorded_as_of=moment.recorded_as_of
        )

    async def upcoming_of(
        self, of: str, window: Window, moment: Moment, regime: str | None = None
    ) -> tuple[Upcoming, ...]:
        """What is coming in a window for one who answers, or for a target; ``of`` as for ``rhythms``.

        As ``upcoming``, of the links that there ever were in the window, the reports that are due, and the terms: of a
        person's posts, of those who hold a post, of all who hold a post that answers for the target or for what it lies
        in. Empty for an unknown id. Raises BadUserInputError for an unknown regime.
        """
        first = max(FIRST_DAY, window.first - LONGEST_PERIOD)
        bound = await self._bound(of, Window(first, window.last), moment, regime)
        if bound is None:
            return ()
        view, chosen, targets, assignee = bound
        ids = [target.id for target in targets] if assignee is None else [assignee]
        end = End.TARGET if assignee is None else End.SOURCE
        links = [
            relation
            for page in (
                await self.relations(ids, Family.RESPONSIBILITY, end, moment, first=_MOST_TARGETS, window=window)
            ).values()
            for relation in page.relations
            if relation.regime == chosen.code
        ]
        posts = sorted({link.source for link in links}) if assignee is None else [assignee]
        terms = await self.relations(posts, Family.HOLDING, End.TARGET, moment, first=_MOST_TARGETS, window=window)
        if assignee is not None:
            held = await self.relations(posts, Family.HOLDING, End.SOURCE, moment, first=_MOST_TARGETS, window=window)
            terms = {**terms, "": held[assignee]}
        ending = [*links, *(relation for page in terms.values() for relation in page.relations)]
        checker = RhythmChecker(view.around, chosen, first, window.last, (), view.frame.header.coverages)
        reports = find_reports(checker.check(targets, assignee=assignee), window)
        return tuple(sorted({*find_own_ends(ending, chosen, window), *reports}))

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
        for. What was done and is evidence of such a kind is read once a write.
        """
        bound = await self._bound(of, Window(first, last), moment, regime)
        if bound is None:
            return None
        view, chosen, targets, assignee = bound
        bound_by = {each.source for node in targets for each in view.around.iter_to(node.id, Family.RESPONSIBILITY)}
        measures: dict[str, Measure] = {}
        for kind in sorted({rhythm.evidence for rhythm in chosen.rhythms}):
            done = await self.evidence(kind, moment)
            measures.update((each.id, each) for who in bound_by for each in done.get(who, ()))
        checker = RhythmChecker(view.around, chosen, first, last, measures.values(), view.frame.header.coverages)
        return view, checker.check(targets, assignee=assignee)

    async def handovers(
        self, of: str, first: int, last: int, moment: Moment, regime: str | None = None
    ) -> tuple[View, tuple[Handover, ...]] | None:
        """What ended between two days (ordinals), and whether a successor was there in time; ``of`` as for rhythms."""
        bound = await self._bound(of, Window(first, last), moment, regime)
        if bound is None:
            return None
        view, chosen, targets, assignee = bound
        measures: dict[str, Measure] = {}
        for kind in sorted({deadline.done for deadline in chosen.deadlines if deadline.done is not None}):
            done = await self.evidence(kind, moment)
            measures.update((each.id, each) for node in targets for each in done.get(node.id, ()))
        coverages = view.frame.header.coverages
        checker = HandoverChecker(view.around, chosen, first, last, coverages, measures.values())
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
        does not know, or of what its kind is not about; and for an unknown regime.
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
        check_assessed(given, chosen, ground.around)
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

    async def warm_up(self) -> None:
        """Let the store begin with what its first questions would wait for. Raises StoreError while it goes on."""
        await self._store.warm_up()

    async def close(self) -> None:
        """Close the store."""
        await self._store.close()


def _targets(around: Neighbourhood, ids: Sequence[str]) -> tuple[AnyTarget, ...]:
    return tuple(node for each in ids if isinstance(node := around.find_node(each), AnyTarget))
