"""The chain against a slow and literal reading of the specification, on random small graphs."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import Chain, trace_chain
from tests.graph_model.questions.naive_chain import NaiveTracer, World
from tests.graph_model.questions.plain_chain import plain
from tests.graph_model.questions.random_worlds import Question, question_of

T = TypeVar("T")

QUESTIONS = st.integers(0, 2**32 - 1).map(question_of)


def traced(question: Question, world: World) -> Chain:
    return trace_chain(
        Neighbourhood(world.nodes, world.claims, world.relations),
        question.target,
        question.regime,
        question.day,
        coverages=world.coverages,
        lanes=question.lanes,
    )


@settings(max_examples=1000, deadline=None)
@given(QUESTIONS)
def test_the_chain_is_what_the_words_of_the_rule_give(question: Question) -> None:
    tracer = NaiveTracer(question.world, question.regime, question.day)
    lanes = None if question.lanes is None else sorted(question.lanes)

    assert plain(traced(question, question.world)) == tracer.trace(question.target, lanes)


def shuffled(items: Sequence[T], random: Random) -> list[T]:
    return random.sample(items, len(items))


@settings(max_examples=300, deadline=None)
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

    assert traced(question, other) == traced(question, world)
