"""Explanations agree with the chain, link by link and gap by gap, on random small graphs."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from graph_model.dates import Certainty, strongest, weakest
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import Chain, trace_chain
from graph_model.questions.explain import Explanation, explain
from graph_model.records import AnyAssignee, AnyTarget, Person
from graph_model.regime import Duty, Lane
from tests.graph_model.questions.naive_chain import World
from tests.graph_model.questions.random_worlds import Question, question_of
from tests.graph_model.questions.test_chain_by_oracle import shuffled

QUESTIONS = st.integers(0, 2**32 - 1).map(question_of)


def chain_of(question: Question) -> Chain:
    world = question.world
    around = Neighbourhood(world.nodes, world.claims, world.relations)
    return trace_chain(around, question.target, question.regime, question.day, coverages=world.coverages)


def explained(question: Question, about: AnyAssignee | Lane | Duty, world: World | None = None) -> Explanation:
    world = world or question.world
    around = Neighbourhood(world.nodes, world.claims, world.relations)
    target = around.get_node(question.target)
    assert isinstance(target, AnyTarget)
    return explain(around, target, about, question.regime, question.day, coverages=world.coverages)


def subjects(question: Question) -> list[AnyAssignee | Lane | Duty]:
    assignees = [node for node in question.world.nodes if isinstance(node, AnyAssignee)]
    return [*assignees, *question.regime.lanes, *question.regime.duties]


@settings(max_examples=300, deadline=None)
@given(QUESTIONS)
def test_who_has_a_link_is_explained_as_sure_as_the_link(question: Question) -> None:
    chain = chain_of(question)
    for assignee in (node for node in question.world.nodes if isinstance(node, AnyAssignee)):
        certainties = [link.certainty for link in chain.links if link.assignee == assignee]
        if isinstance(assignee, Person):
            certainties += [
                weakest(link.certainty, holder.certainty)
                for link in chain.links
                for holder in link.holders
                if holder.person == assignee
            ]
        assert explained(question, assignee).certainty is strongest(*certainties)


@settings(max_examples=300, deadline=None)
@given(QUESTIONS)
def test_a_trail_for_each_link_of_a_lane(question: Question) -> None:
    chain = chain_of(question)
    for lane in question.regime.lanes:
        links = sorted(
            (link.assignment.id, link.certainty.value) for link in chain.links if link.lane.code == lane.code
        )
        answer = explained(question, lane)
        trails = sorted(
            (trail.assignment.id, trail.certainty.value)
            for trail in answer.trails
            if trail.assignment is not None and trail.certainty.holds
        )
        assert trails == links
        assert answer.certainty is strongest(*(link.certainty for link in chain.links if link.lane.code == lane.code))


@settings(max_examples=300, deadline=None)
@given(QUESTIONS)
def test_a_gap_is_explained_with_its_cause_and_certainty(question: Question) -> None:
    chain = chain_of(question)
    for duty in question.regime.duties:
        answer = explained(question, duty)
        gaps = [trail.gap for trail in answer.trails if trail.gap is not None]
        assert gaps == [gap for gap in chain.gaps if gap.duty == duty]
        if any(gap.cause.is_unmet and gap.certainty is Certainty.CERTAIN for gap in gaps) and len(answer.trails) == 1:
            assert answer.certainty is Certainty.NO


@settings(max_examples=300, deadline=None)
@given(QUESTIONS)
def test_every_answer_says_why(question: Question) -> None:
    for about in subjects(question):
        answer = explained(question, about)
        for trail in answer.trails:
            assert trail.steps
            assert (
                trail.certainty is not Certainty.CERTAIN
                or trail.gap
                or all(step.kind.leads_on for step in trail.steps[:-1])
            )
            if trail.certainty is not Certainty.CERTAIN:
                assert any(not step.kind.leads_on for step in trail.steps)


@settings(max_examples=200, deadline=None)
@given(QUESTIONS, st.integers(0, 2**32 - 1))
def test_the_order_in_which_records_come_changes_nothing(question: Question, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - an order, no secret
    world = question.world
    other = World(
        shuffled(world.nodes, random),
        shuffled(world.claims, random),
        shuffled(world.relations, random),
        shuffled(world.coverages, random),
    )
    for about in subjects(question):
        assert explained(question, about, other) == explained(question, about)
