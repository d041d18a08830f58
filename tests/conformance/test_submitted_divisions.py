"""Any changes of divisions: their events, and what became of each, are those of a model that keeps its own books."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_model.dates import parse_day
from graph_model.editing.changes import (
    Change,
    EndDivision,
    EstablishDivision,
    MoveDivision,
    RecodeDivision,
    RenameDivision,
    RetractRecord,
)
from graph_model.graph import ResponsibilityGraph
from graph_model.questions.succession import read_code
from graph_model.records import ChangeEvent
from graph_model.stores.base import Store
from graph_model.views import Moment
from tests.conformance.small_campaign import COUNTY, EAST, ON_ORDER, OTHER, TOWNSHIP, WEST, asked, begin

NEW, THIRD = "division:530521102", "division:530521103"
HAMLET = "division:530521101299"
DAYS = ["2017-07-01", "2018-01-01", "2018-07-01"]
ASKED = ["2017-06-30", "2017-12-31", "2018-01-01", "2019-01-01"]
TOWNS, VILLAGES = [TOWNSHIP, NEW, THIRD], [WEST, EAST, HAMLET]

days, towns, villages = st.sampled_from(DAYS), st.sampled_from(TOWNS), st.sampled_from(VILLAGES)


def others(among: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(among, max_size=2).map(tuple)


def formed(division: str, level: str, within: str) -> st.SearchStrategy[EstablishDivision]:
    return st.builds(
        EstablishDivision,
        basis=st.just(ON_ORDER),
        division=st.just(division),
        level=st.just(level),
        code=st.just(division.partition(":")[2]),
        name=st.just("新"),
        pinyin=st.just("xin"),
        within=st.just(within),
        since=days,
        formed_of=others(villages if level == "village" else towns),
    )


basis = st.just(ON_ORDER)
changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(
        RenameDivision,
        basis=basis,
        division=villages,
        name=st.sampled_from(["东村", "西村"]),
        pinyin=st.just("cun"),
        on=days,
    ),
    st.builds(RecodeDivision, basis=basis, division=towns, code=st.sampled_from(["530521105", "530521106"]), on=days),
    *[st.builds(MoveDivision, basis=basis, division=villages, within=towns, on=days)] * 3,
    *(formed(town, "township", COUNTY) for town in (NEW, THIRD)),
    formed(HAMLET, "village", TOWNSHIP),
    st.builds(EndDivision, basis=basis, division=villages, until=days, successors=others(villages)),
    st.builds(EndDivision, basis=basis, division=towns, until=days, successors=others(towns)),
)


@st.composite
def mergers(draw: st.DrawFn) -> list[Change]:
    """A whole list as officials would give it: a town ends, and its villages go to others, a new one perhaps."""
    day, gone = draw(days), draw(towns)
    found: list[Change] = [draw(formed(NEW, "township", COUNTY))] if draw(st.booleans()) else []
    found += [MoveDivision(basis=ON_ORDER, division=each, within=draw(towns), on=day) for each in (WEST, EAST)]
    return [*found, EndDivision(basis=ON_ORDER, division=gone, until=day)]


class Told(NamedTuple):
    """A change event, without its id."""

    kind: str
    on: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    old: str | None = None
    new: str | None = None


class Books:
    """What has been written, of each division: who it is called, coded and lies in, from when on; days as texts."""

    def __init__(self) -> None:
        self.since = dict.fromkeys([COUNTY, OTHER, TOWNSHIP, WEST, EAST], "0")
        self.called = {one: [("0", f"地{one.partition(':')[2]}")] for one in (TOWNSHIP, WEST, EAST)}
        self.coded = {one: [("0", one.partition(":")[2])] for one in (TOWNSHIP, WEST, EAST)}
        self.lies = {WEST: [("0", TOWNSHIP)], EAST: [("0", TOWNSHIP)], TOWNSHIP: [("0", COUNTY)]}
        self.gone: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.told: set[Told] = set()

    def write(self, written: Sequence[Change]) -> None:
        """Take note of a list that was accepted."""
        moved: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        begun: dict[str, EstablishDivision] = {}
        ended: dict[str, EndDivision] = {}
        for change in written:
            match change:
                case RenameDivision():
                    self._go_on("RENAMED", self.called[change.division], change.division, change.on, change.name)
                case RecodeDivision():
                    self._go_on("RECODED", self.coded[change.division], change.division, change.on, change.code)
                case MoveDivision():
                    origin = self.lies[change.division][-1][1]
                    self._go_on("MOVED", self.lies[change.division], change.division, change.on, change.within)
                    moved[change.on].append((origin, change.within))
                case EstablishDivision():
                    one, begun[change.division] = change.division, change
                    self.since[one] = change.since
                    self.called[one], self.coded[one] = [(change.since, change.name)], [(change.since, change.code)]
                    self.lies[one] = [(change.since, change.within)]
                case EndDivision():
                    ended[change.division] = change
        for day in DAYS:
            self._parts(
                day,
                moved[day],
                {one: each for one, each in begun.items() if each.since == day},
                {one: each for one, each in ended.items() if each.until == day},
            )

    def _go_on(self, kind: str, spans: list[tuple[str, str]], one: str, on: str, new: str) -> None:
        self.told.add(Told(kind, on, (one,), (one,), spans[-1][1], new))
        spans.append((on, new))

    def _parts(
        self,
        day: str,
        moved: Sequence[tuple[str, str]],
        begun: dict[str, EstablishDivision],
        ended: dict[str, EndDivision],
    ) -> None:
        given: dict[str, list[str]] = {one: [] for one in ended}  # to whom it gave parts, the largest first
        named: defaultdict[tuple[str, str], int] = defaultdict(int)
        for pair, number in Counter(moved).items():
            named[pair] += number
        for one, end in ended.items():
            once = list(dict.fromkeys(end.successors))
            for place, other in enumerate(once):
                named[one, other] += 1000 * (len(once) - place)
        for one, begin_ in begun.items():
            once = list(dict.fromkeys(begin_.formed_of))
            for place, other in enumerate(once):
                named[other, one] += 1000 * (len(once) - place)
        flows = sorted(named, key=lambda pair: (-named[pair], pair))
        new = {one for _, one in flows if self.since[one] == day and one not in ended} | set(begun) - set(ended)
        silent = set(begun) | set(ended)
        merged: defaultdict[str, list[str]] = defaultdict(list)
        for one in ended:
            given[one] = [target for origin, target in flows if origin == one]
            known = {each for each in self.told if one in each.before and one not in each.after}
            if given[one]:
                self.told -= known  # ended before already, and now it is known what took its place
            elif known:
                self.told = self.told - known | {each._replace(on=day) for each in known}
                silent.discard(one)
            after = given[one] or self.gone.get(one, ("", ()))[1]
            self.gone[one] = (day, tuple(after))
            if len(given[one]) > 1:
                self._tell("SPLIT", day, [one], given[one], silent)
        weights = {one: sum(named[one, target] for target in given[one]) for one in ended}
        for one in sorted(ended, key=lambda each: (-weights[each], each)):
            if len(given[one]) == 1:
                merged[given[one][0]].append(one)
        for target, gone in merged.items():
            if target not in new:
                self._tell("MERGED", day, [target, *gone], [target], silent)
            elif len(gone) == 1:
                self._tell("CONVERTED", day, gone, [target], silent)
            else:
                self._tell("MERGED", day, gone, [target], silent)
        split: defaultdict[str, list[str]] = defaultdict(list)
        for one in sorted(new - merged.keys()):
            origins = [origin for origin, target in flows if target == one]
            going_on = [origin for origin in origins if origin not in ended]
            if len(origins) > 1 and going_on:
                self._tell("CREATED", day, origins, [one, *going_on], silent)
            elif going_on:
                split[origins[0]].append(one)
        for origin, parts in split.items():
            ordered = sorted(parts, key=lambda one: (-named[origin, one], one))
            self._tell("SPLIT", day, [origin], [origin, *ordered], silent)
        for one in silent:
            self.told.add(Told("ENDED", day, (one,), ()) if one in ended else Told("CREATED", day, (), (one,)))

    def _tell(self, kind: str, day: str, before: list[str], after: list[str], silent: set[str]) -> None:
        self.told.add(Told(kind, day, tuple(before), tuple(after)))
        silent.difference_update(before, after)

    def became(self, one: str, day: str, seen: frozenset[str] = frozenset()) -> set[str]:
        """What is there in its place on a day."""
        if one not in self.gone or self.gone[one][0] > day:
            return {one}
        return {end for each in self.gone[one][1] if each not in seen for end in self.became(each, day, seen | {one})}


LATE = parse_day("2019-01-01").toordinal()


async def listed(graph: ResponsibilityGraph, known: int | None = None) -> list[ChangeEvent]:
    page = await graph.list_records("change", Moment(LATE, known), first=1000)
    return [record for record in page.records if isinstance(record, ChangeEvent)]


async def events_of(graph: ResponsibilityGraph) -> set[Told]:
    found = await listed(graph)
    return {Told(each.kind.name, each.on, each.before, each.after, each.old, each.new) for each in found}


histories = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@histories
@given(lists=st.lists(st.one_of(mergers(), st.lists(changes, min_size=1, max_size=4)), min_size=1, max_size=4))
async def test_events_and_successors_are_those_of_the_books(store: Store, lists: list[list[Change]]) -> None:
    graph = await begin(store)
    books = Books()
    for written in lists:
        outcome = await graph.submit(asked(*written))
        if outcome.entry is not None:
            books.write(written)
    assert await events_of(graph) == books.told
    for day in ASKED:
        moment = Moment(parse_day(day).toordinal())
        became = await graph.successions(list(books.gone), moment)
        for one in books.gone:
            expected = books.became(one, day)
            assert set(became[one].sure) == (set() if expected == {one} else expected)


@histories
@given(written=mergers())
async def test_nothing_is_told_any_more_once_all_of_it_is_retracted(store: Store, written: list[Change]) -> None:
    graph = await begin(store)
    outcome = await graph.submit(asked(*written))
    taken = [RetractRecord(basis=ON_ORDER, record=record.id) for record in await listed(graph)]
    if outcome.entry is None or not taken:
        return
    assert (await graph.submit(asked(*taken))).entry is not None
    assert await events_of(graph) == set()
    assert not [row async for row in store.dump() if b'"changed-by"' in row[1]]
    assert len(await listed(graph, outcome.entry.recorded_at)) == len(taken)


async def test_an_old_code_answers_with_its_successor_and_is_told_of(store: Store) -> None:
    graph = await begin(store)
    merger: list[Change] = [
        EstablishDivision(
            basis=ON_ORDER,
            division=NEW,
            level="township",
            code="530521102",
            name="新街道",
            pinyin="xin",
            within=COUNTY,
            since="2017-07-01",
        ),
        *(MoveDivision(basis=ON_ORDER, division=each, within=NEW, on="2017-07-01") for each in (WEST, EAST)),
        EndDivision(basis=ON_ORDER, division=TOWNSHIP, until="2017-07-01"),
    ]
    written = await graph.submit(asked(*merger))
    assert written.entry is not None
    for day, known, expected in (
        ("2017-07-01", None, (NEW,)),
        ("2017-06-30", None, ()),
        ("2017-07-01", written.entry.recorded_at - 1, ()),
    ):
        moment = Moment(parse_day(day).toordinal(), known)
        reading = read_code((await graph.view(["530521101"], moment)).around, "530521101", moment.day)
        assert reading is not None
        assert reading.bearer == TOWNSHIP
        assert (await graph.successions([TOWNSHIP], moment))[TOWNSHIP].sure == expected
