"""The gap calendar against the chain, day by day, on small random graphs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from graph_model.dates import Validity
from graph_model.exchange import Window
from graph_model.overview import Overview, find_gap_calendar, read_overview
from graph_model.questions.chain import trace_chain
from graph_model.questions.duties import GapCause
from graph_model.questions.gap_listing import GapCalendar, Wish
from graph_model.questions.ways import Ways
from graph_model.records import AnyTarget, Coverage, Family, Relation, Roster
from graph_model.regime import Duty
from tests.graph_model.outlines import ListReader
from tests.graph_model.questions.crowded_worlds import crowd_of
from tests.graph_model.questions.naive_chain import World
from tests.graph_model.questions.random_worlds import LABELS, REGIME, SOURCE, Question, question_of

QUESTIONS = st.one_of(st.integers(0, 2**32 - 1).map(crowd_of), st.integers(0, 2**32 - 1).map(question_of))
ALL = Wish(causes=frozenset(GapCause))
Gap = tuple[str, str, str, str]


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


WINDOWS = st.sampled_from(
    [
        Window(day("2016-06-01"), day("2018-06-30")),
        Window(day("2017-06-30"), day("2017-07-01")),
        Window(day("2017-03-01"), day("2017-03-01")),
        Window(day("2014-01-01"), day("2017-06-29")),
    ]
)
AREAS = st.sampled_from(["division:v1", "division:t1", "division:c1", "division:x"])
# Around all days that random dates begin or end with.
_MONTHS = ["2014-06", "2015-01", "2015-12", "2016-01", "2016-12", "2017-01", "2017-03", "2017-06", "2017-07", "2017-08"]
DAYS = sorted(
    day(text) + step
    for text in (*(f"{month}-01" for month in _MONTHS), "2015-11-29", "2017-06-30", "2017-12-31", "2018-06-30")
    for step in (-1, 0, 1)
)


async def calendar_of(question: Question, area: str, window: Window) -> tuple[Overview, GapCalendar]:
    reader = ListReader(question.world)
    overview = await read_overview(reader.as_reader(), question.world.coverages, 1)
    return overview, await find_gap_calendar(reader.as_reader(), overview, question.regime, [area], window)


def gaps_of(calendar: GapCalendar, day: int) -> list[Gap]:
    """The gaps that hold on a day, by the calendar."""
    page = calendar.page(ALL, first=10_000)
    assert page.total == len(page.periods)
    return sorted(
        (period.target, period.spell.duty.code, str(period.spell.cause), period.spell.certainty.value)
        for period in page.periods
        if period.spell.first <= day <= period.spell.last
    )


def chained(question: Question, area: str, day: int) -> Iterator[Gap]:
    """The gaps that the chains of all targets that lie, or may lie, in an area show on a day as their own."""
    around = ListReader(question.world).around
    ways = Ways(around, day, question.world.coverages)
    for node in question.world.nodes:
        if isinstance(node, AnyTarget) and area in ways.reached_from(node.id):
            chain = trace_chain(around, node.id, question.regime, day, coverages=question.world.coverages)
            for gap in chain.gaps:
                if gap.target.id == node.id:
                    yield node.id, gap.duty.code, str(gap.cause), gap.certainty.value


@settings(max_examples=300, deadline=None)
@given(QUESTIONS, AREAS, WINDOWS)
def test_on_each_day_the_periods_say_what_the_chains_do(question: Question, area: str, window: Window) -> None:
    _, calendar = asyncio.run(calendar_of(question, area, window))
    for each in DAYS:
        if window.first <= each <= window.last:
            assert gaps_of(calendar, each) == sorted(chained(question, area, each)), date.fromordinal(each)


@settings(max_examples=100, deadline=None)
@given(QUESTIONS, AREAS, WINDOWS)
def test_periods_lie_in_the_window_and_neighbours_differ(question: Question, area: str, window: Window) -> None:
    _, calendar = asyncio.run(calendar_of(question, area, window))
    last: dict[tuple[str, str], tuple[int, object]] = {}
    for period in calendar.page(ALL, first=10_000).periods:
        spell = period.spell
        assert window.first <= spell.first <= spell.last <= window.last
        before = last.get((period.target, spell.duty.code))
        assert before is None or before[0] < spell.first
        assert before != (spell.first - 1, (spell.cause, spell.certainty))
        last[period.target, spell.duty.code] = spell.last, (spell.cause, spell.certainty)


@settings(max_examples=100, deadline=None)
@given(QUESTIONS, AREAS, WINDOWS)
def test_pages_after_each_other_are_the_whole_list(question: Question, area: str, window: Window) -> None:
    _, calendar = asyncio.run(calendar_of(question, area, window))
    whole = calendar.page(Wish(), first=10_000).periods
    found, after, more = list(whole[:0]), None, True
    while more:
        page = calendar.page(Wish(), first=2, after=after)
        found += page.periods
        after, more = (page.periods[-1].key if page.periods else None), page.has_next
    assert tuple(found) == whole
    assert [period.key for period in whole] == sorted(period.key for period in whole)


@settings(max_examples=100, deadline=None)
@given(QUESTIONS, AREAS, WINDOWS)
def test_totals_count_the_periods(question: Question, area: str, window: Window) -> None:
    overview, calendar = asyncio.run(calendar_of(question, area, window))
    totals = calendar.totals(ALL, overview.groups)
    periods = calendar.page(ALL, first=10_000).periods
    # With one county at most, each period is counted once: in it, or in none.
    assert sum(total.periods for total in totals) == len(periods)
    assert sum(total.certain for total in totals) == sum(p.spell.certainty.value == "CERTAIN" for p in periods)
    in_none = sum(total.days for total in totals if total.area is None)
    assert in_none <= sum(total.days for total in totals) <= sum(p.spell.last - p.spell.first + 1 for p in periods)


def test_two_assignments_to_one_person_are_not_those_of_two() -> None:
    question = question_of(0)
    duty = Duty(code="two", labels=LABELS, clause="1", level="village", kinds=("leads", "takes"), at_least=2)
    regime = structs.replace(question.regime, duties=(duty,), since="2015", until="..")
    links = [
        Relation(
            id=f"{kind}:{place}",
            provenance=SOURCE,
            family=Family.RESPONSIBILITY,
            kind=kind,
            source=person,
            target=place,
            regime=REGIME,
            validity=Validity(since="2016", until=".."),
        )
        for place, kind, person in (
            ("division:v1", "leads", "person:p"),
            ("division:v1", "takes", "person:p"),
            ("division:v2", "leads", "person:p"),
            ("division:v2", "takes", "person:q"),
        )
    ]
    inside = [
        Relation(
            id=f"in:{place}",
            provenance=SOURCE,
            family=Family.CONTAINMENT,
            kind="part-of",
            source=place,
            target="division:t1",
        )
        for place in ("division:v1", "division:v2")
    ]
    world = World(question.world.nodes, [], [*links, *inside], [])
    asked = Question(world, regime, "division:v1", 0, None)
    day_after = Window(day("2017-06-30"), day("2017-06-30"))
    _, calendar = asyncio.run(calendar_of(asked, "division:t1", day_after))
    assert [gap[0] for gap in gaps_of(calendar, day_after.first)] == ["division:v1"]


def test_a_post_that_moves_out_of_a_covered_area_is_no_longer_known_to_be_empty() -> None:
    """On the day on which nothing but the post's own place changes: seldom among random graphs."""
    question = question_of(0)
    duty = Duty(code="led", labels=LABELS, clause="1", level="village", kinds=("leads",))
    regime = structs.replace(question.regime, duties=(duty,), since="2015", until="..")
    moved = "2017-06-15"
    rows = [
        (Family.CONTAINMENT, "part-of", "division:v1", "division:t1", Validity(since="2015", until="..")),
        (Family.CONTAINMENT, "post-in", "post:a", "division:t1", Validity(since="2015", until=moved)),
        (Family.CONTAINMENT, "post-in", "post:a", "division:t2", Validity(since=moved, until="..")),
        (Family.RESPONSIBILITY, "leads", "post:a", "division:v1", Validity(since="2015", until="..")),
    ]
    relations = [
        Relation(
            id=f"{kind}:{target}:{number}",
            provenance=SOURCE,
            family=family,
            kind=kind,
            source=source,
            target=target,
            regime=REGIME if family is Family.RESPONSIBILITY else None,
            validity=validity,
        )
        for number, (family, kind, source, target, validity) in enumerate(rows)
    ]
    always = Validity(since="2015", until="..")
    coverages = [
        Coverage(id="coverage:held", provenance=SOURCE, roster=Roster.HOLDING, area="division:t1", validity=always),
        Coverage(id="coverage:in", provenance=SOURCE, roster=Roster.CONTAINMENT, validity=always),
    ]
    asked = Question(World(question.world.nodes, [], relations, coverages), regime, "division:v1", 0, None)
    window = Window(day("2017-06-01"), day("2017-06-30"))
    _, calendar = asyncio.run(calendar_of(asked, "division:v1", window))
    causes = {each: [gap[2] for gap in gaps_of(calendar, day(each))] for each in ("2017-06-14", moved)}
    assert causes == {"2017-06-14": [str(GapCause.VACANT_POST)], moved: [str(GapCause.UNKNOWN_HOLDER)]}
    for each in range(window.first, window.last + 1):
        assert gaps_of(calendar, each) == sorted(chained(asked, "division:v1", each))
