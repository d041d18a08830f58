"""The cases under ``explain_cases/``, each against the code and against its own records in reverse."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph_model.dates import Certainty
from graph_model.questions.reasons.steps import StepKind
from tests.graph_model.questions.explain_case import ExplainCase, Sentence, Why, read_explain_cases, words_of_trail
from tests.graph_model.questions.naive_chain import World

CASES = read_explain_cases(Path(__file__).with_name("explain_cases"))


@pytest.fixture(params=CASES, ids=lambda case: case.case)
def case(request: pytest.FixtureRequest) -> ExplainCase:
    found = request.param
    assert isinstance(found, ExplainCase)
    return found


def test_the_explanation_is_as_expected(case: ExplainCase) -> None:
    answer = case.answer()

    assert case.expect == Why(
        answer=answer.certainty.value,
        why=None if case.expect.why is None else [words_of_trail(trail) for trail in answer.trails],
        says=None if case.expect.says is None else Sentence(zh=answer.message.zh, en=answer.message.en),
    )


def test_records_in_reverse_give_the_same_explanation(case: ExplainCase) -> None:
    world = case.world()
    reverse = World(world.nodes[::-1], world.claims[::-1], world.relations[::-1], world.coverages[::-1])

    assert case.explained(reverse) == case.explained(world)


def test_the_cases_show_every_kind_of_step() -> None:
    shown = {step.split()[0] for case in CASES for trail in case.expect.why or [] for step in trail}
    assert shown == {kind.value for kind in StepKind}


def test_the_cases_show_every_answer() -> None:
    assert {case.expect.answer for case in CASES} == {certainty.value for certainty in Certainty}
