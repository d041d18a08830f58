"""What writes came to: the same as comparing every chain before with every chain after, by looking at few of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_model import chain_changes
from graph_model.chain_changes import ChainChanges, Reach, State, Wish, find_chain_changes, find_traces_between
from graph_model.dates import Validity
from graph_model.errors import RangeTooLargeError
from graph_model.exchange import Batch
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import trace_chain
from graph_model.questions.compare import ChainDifference, compare_chains
from graph_model.questions.duties import GapCause
from graph_model.questions.ways import Ways
from graph_model.records import AnyRecord, AnyTarget, Division, Family, Household, Relation
from graph_model.stores.embedded import open_store
from tests.graph_model.questions.naive_chain import World
from tests.graph_model.questions.random_worlds import REGIME, SOURCE, Question, question_of
from tests.graph_model.questions.test_compare import other_world

SURE = Validity(since="2015-12-01", until="..")


def records_of(world: World) -> list[AnyRecord]:
    return [*world.nodes, *world.claims, *world.relations, *world.coverages]


def state_of(question: Question, world: World, at: int) -> State:
    return State(at, question.regime, tuple(sorted(world.coverages, key=lambda coverage: coverage.id)))


def found_in(question: Question, before: World, after: World, within: str) -> ChainChanges:
    """What is found where one world is written in place of the other."""

    async def ask() -> ChainChanges:
        store = open_store("sqlite:///:memory:", "writer")
        for number, world in enumerate((before, after), 1):
            await store.apply([Batch("world", records_of(world))], recorded_at=number * 1_000, author="test")
        states = state_of(question, before, 1_000), state_of(question, after, 2_000)
        wish = Wish(within, question.day, question.lanes)
        try:
            return await find_chain_changes(store, wish, *states, since=1, until=2)
        finally:
            await store.close()

    return asyncio.run(ask())


def may_show_in(question: Question, before: World, after: World) -> set[str]:
    """The targets in whose chains the write may show, by what those hung on before."""

    async def ask() -> set[str]:
        store = open_store("sqlite:///:memory:", "writer")
        for number, world in enumerate((before, after), 1):
            await store.apply([Batch("world", records_of(world))], recorded_at=number * 1_000, author="test")
        traces = await find_traces_between(store, 1, 2)
        assert traces is not None
        window = Wish("", question.day).window
        found = {
            target
            for target in {node.id for world in (before, after) for node in world.nodes if isinstance(node, AnyTarget)}
            if traces.may_show_among((await store.neighbourhood([target], window, 1_000)).ids)
        }
        await store.close()
        return found

    return asyncio.run(ask())


def all_differences(question: Question, before: World, after: World, within: str) -> dict[str, ChainDifference]:
    """Every target in the area whose chain differs, found by tracing all of them in both worlds."""
    sides = [Neighbourhood(world.nodes, world.claims, world.relations) for world in (before, after)]
    states = [state_of(question, world, 0) for world in (before, after)]
    found = {}
    for target in {node.id for side in sides for node in side.iter_nodes() if isinstance(node, AnyTarget)}:
        there = [isinstance(side.find_node(target), AnyTarget) for side in sides]
        is_inside = any(
            is_there and within in Ways(side, question.day).reached_from(target)
            for side, is_there in zip(sides, there, strict=True)
        )
        earlier, later = (
            trace_chain(side, target, question.regime, question.day, coverages=state.coverages, lanes=question.lanes)
            if is_there
            else None
            for side, state, is_there in zip(sides, states, there, strict=True)
        )
        difference = compare_chains(earlier, later)
        if is_inside and not difference.is_empty:
            found[target] = difference
    return found


def is_division(target: str) -> bool:
    return target.startswith("division:")


@st.composite
def rewritten(draw: st.DrawFn) -> tuple[Question, World, World]:
    """A random world and another one that was made of it: some records gone or with other dates, also nodes."""
    question = draw(st.integers(0, 2**32 - 1).map(question_of))
    random = Random(draw(st.integers(0, 2**32 - 1)))  # noqa: S311 - a graph, no secret
    before = loose(question.world)
    after = other_world(replace(question, world=before), random)
    gone = random.choice([None, None, None, "division:v1", "division:t1", "post:a", "person:p", "organization:o"])
    after = replace(after, nodes=[node for node in after.nodes if node.id != gone])
    pair = (before, after) if random.random() < 0.5 else (after, before)
    return question, *pair


def loose(world: World) -> World:
    """A world of the levels that divisions can have, in which they lie in those of a higher level alone."""
    levels = {"division:v1": 0, "division:v2": 0, "division:t1": 1, "division:t2": 1, "division:c1": 2}

    def goes_up(relation: Relation) -> bool:
        lower, upper = levels.get(relation.source), levels.get(relation.target, -1)
        return relation.family is not Family.CONTAINMENT or lower is None or lower < upper

    return replace(
        world,
        nodes=[node for node in world.nodes if not isinstance(node, Division) or node.id in levels],
        relations=[relation for relation in world.relations if goes_up(relation)],
    )


@settings(max_examples=400, deadline=None)
@given(rewritten(), st.sampled_from(["division:c1", "division:t1", "division:v1"]))
def test_all_divisions_that_differ_are_found_and_nothing_else(
    worlds: tuple[Question, World, World], within: str
) -> None:
    question, before, after = worlds
    found = found_in(question, before, after, within)
    expected = all_differences(question, before, after, within)

    assert found.reach is Reach.TOUCHED
    assert {change.target: change.difference for change in found.changes}.items() <= expected.items()
    assert {change.target for change in found.changes} >= set(filter(is_division, expected))


@settings(max_examples=100, deadline=None)
@given(rewritten())
def test_too_much_to_follow_still_finds_all_divisions(worlds: tuple[Question, World, World]) -> None:
    question, before, after = worlds
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain_changes, "MOST_RECORDS", 0)
        found = found_in(question, before, after, "division:t1")
    expected = all_differences(question, before, after, "division:t1")

    is_same = {(record.id, record) for record in records_of(before)} == {(r.id, r) for r in records_of(after)}
    assert found.reach is (Reach.TOUCHED if is_same else Reach.DIVISIONS)
    assert {change.target: change.difference for change in found.changes} == {
        target: difference for target, difference in expected.items() if is_division(target)
    }


@settings(max_examples=200, deadline=None)
@given(rewritten())
def test_what_differs_in_a_chain_could_be_told_from_what_it_hung_on(worlds: tuple[Question, World, World]) -> None:
    question, before, after = worlds
    there = {node.id for node in before.nodes if isinstance(node, AnyTarget)}
    differs = {
        target for within in there for target in all_differences(question, before, after, within) if target == within
    }
    assert differs <= may_show_in(question, before, after)


def test_what_is_written_elsewhere_may_show_nowhere_else() -> None:
    question = plain_question()
    nodes = loose(question.world).nodes
    links = [link("post:a", "division:v1"), held("person:p", "post:a")]
    before = split([*nodes, *PLACES, *COUNTY, *links])
    after = split([*nodes, *PLACES, *COUNTY, *links, link("post:b", "division:v2")])
    assert may_show_in(question, before, after) == {"division:v2"}


def test_the_random_worlds_show_differences_that_are_inherited() -> None:
    """Otherwise the tests above would say little."""
    inherited = 0
    for seed in range(400):
        question = question_of(seed)
        before = loose(question.world)
        after = other_world(replace(question, world=before), Random(seed))  # noqa: S311 - a graph, no secret
        for target, difference in all_differences(question, before, after, "division:t1").items():
            links = (*difference.gained, *difference.lost)
            inherited += any(link.target.id != target for link in links)
    assert inherited > 10


# --- what is found where ----------------------------------------------------------------------------------------------


def link(source: str, target: str, kind: str = "leads") -> Relation:
    return relation(Family.RESPONSIBILITY, kind, source, target, REGIME)


def relation(family: Family, kind: str, source: str, target: str, regime: str | None = None) -> Relation:
    return Relation(
        id=f"{family.value}:{source}~{target}",
        provenance=SOURCE,
        family=family,
        kind=kind,
        source=source,
        target=target,
        validity=SURE,
        regime=regime,
    )


def inside(source: str, target: str) -> Relation:
    return relation(Family.CONTAINMENT, "part-of", source, target)


def held(person: str, post: str) -> Relation:
    return relation(Family.HOLDING, "holds", person, post)


PLACES = [inside("division:v1", "division:t1"), inside("division:v2", "division:t2")]
COUNTY = [inside("division:t1", "division:c1"), inside("division:t2", "division:c1")]
HOME: list[AnyRecord] = [
    Household(id="household:h", provenance=SOURCE, code="v1-0001"),
    inside("household:h", "division:v1"),
]


def plain_question() -> Question:
    """A question whose regime is surely in force, without lanes."""
    return next(
        replace(question, lanes=None)
        for seed in range(1_000)
        if (question := question_of(seed)).regime.since == "2015-11-29" and question.regime.until == ".."
    )


def targets(before: list[AnyRecord], after: list[AnyRecord], within: str = "division:c1") -> list[str]:
    """The targets that differ where the one is written in place of the other, among the usual places."""
    question = plain_question()
    nodes = loose(question.world).nodes
    worlds = [split([*nodes, *PLACES, *COUNTY, *records]) for records in (before, after)]
    return [change.target for change in found_in(question, worlds[0], worlds[1], within).changes]


def split(records: list[AnyRecord]) -> World:
    relations = [record for record in records if isinstance(record, Relation)]
    return World([record for record in records if not isinstance(record, Relation)], [], relations, [])  # type: ignore[misc]


def test_a_link_to_a_county_differs_in_all_that_lies_in_it() -> None:
    everything = ["division:c1", "division:t1", "division:t2", "division:v1", "division:v2"]
    assert targets([], [link("post:a", "division:c1")]) == everything
    assert targets([], [link("post:a", "division:c1")], within="division:t1") == ["division:t1", "division:v1"]


def test_a_link_to_a_village_differs_there_alone() -> None:
    assert targets([], [link("post:a", "division:v1")]) == ["division:v1"]
    assert targets([], [link("post:a", "division:v1")], within="division:t2") == []


def test_another_holder_differs_wherever_the_post_answers() -> None:
    links = [link("post:a", "division:v1"), link("post:a", "division:v2", "linked")]
    found = targets([*links, held("person:p", "post:a")], [*links, held("person:q", "post:a")])
    assert found == ["division:v1", "division:v2"]


def test_an_assignment_that_ended_counts_as_long_as_somebody_had_it() -> None:
    """Seen by the random worlds: a gap is EXPIRED, and UNASSIGNED without the post's record; nothing else differs."""
    seen = 0
    for seed in range(2_000):
        worlds = question_of(seed)
        after = loose(worlds.world)
        before = replace(after, nodes=[node for node in after.nodes if node.id != "post:a"])
        expected = all_differences(worlds, before, after, "division:v1")
        if list(expected) != ["division:v1"] or not _only_expires(expected["division:v1"]):
            continue
        seen += 1
        assert [change.target for change in found_in(worlds, before, after, "division:v1").changes] == list(expected)
    assert seen


def _only_expires(difference: ChainDifference) -> bool:
    moved = [(change.before.cause, change.after.cause) for change in difference.gaps_changed]
    links = (*difference.gained, *difference.lost, *difference.changed, *difference.opened, *difference.closed)
    return not links and set(moved) == {(GapCause.UNASSIGNED, GapCause.EXPIRED)}


def test_a_household_is_found_by_its_own_link_and_not_by_what_it_inherits() -> None:
    assert targets(list(HOME), [*HOME, link("person:p", "household:h")]) == ["household:h"]
    assert targets(list(HOME), [*HOME, link("person:p", "division:v1")]) == ["division:v1"]


def test_a_new_household_is_found_with_what_it_inherits() -> None:
    above = link("person:p", "division:v1")
    assert targets([above], [above, *HOME]) == ["household:h"]


def test_a_division_that_lies_elsewhere() -> None:
    above = [link("post:a", "division:t1"), link("post:b", "division:t2")]
    moved = inside("division:v1", "division:t2")
    question = plain_question()
    nodes = loose(question.world).nodes
    before = split([*nodes, *PLACES, *COUNTY, *above])
    after = split([*nodes, PLACES[1], moved, *COUNTY, *above])
    (change,) = found_in(question, before, after, "division:c1").changes
    assert change.target == "division:v1"
    assert [each.assignee.id for each in change.difference.lost] == ["post:a"]
    assert [each.assignee.id for each in change.difference.gained] == ["post:b"]


def test_what_left_the_area_is_found_from_there_and_from_where_it_went() -> None:
    above = [link("post:a", "division:t1"), link("post:b", "division:t2")]
    question = plain_question()
    nodes = loose(question.world).nodes
    before = split([*nodes, *PLACES, *COUNTY, *above])
    after = split([*nodes, PLACES[1], inside("division:v1", "division:t2"), *COUNTY, *above])
    for within in ("division:t1", "division:t2"):
        assert [change.target for change in found_in(question, before, after, within).changes] == ["division:v1"]


def test_an_area_of_too_many_divisions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain_changes, "MOST_TARGETS", 3)
    with pytest.raises(RangeTooLargeError, match="5 divisions lie there, and at most 3 are compared"):
        targets([], [link("post:a", "division:c1")])


def test_nothing_differs_in_what_is_no_division() -> None:
    assert targets([], [link("post:a", "division:c1")], within="division:none") == []
