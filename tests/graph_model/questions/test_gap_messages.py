"""What a gap says to people: which place, which day, which duty by which clause, and whose seat."""

from __future__ import annotations

from datetime import date

import pytest

from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import trace_chain
from tests.graph_model.questions.case import Case, Expected

DAY = date(2017, 6, 30)


def said(*facts: str, when: str = "surely", duty: str = "village: leads") -> list[str]:
    case = Case(
        case="one village",
        expect=Expected(),
        of="village",
        places={"village": "village"},
        people={"b": "post", "a": "post", "unit": "organization"},
        facts=dict.fromkeys(facts, when),
        duties={"Led": duty},
    )
    world = case.world()
    around = Neighbourhood(world.nodes, world.claims, world.relations)
    gaps = trace_chain(around, "division:village", case.the_regime(), DAY.toordinal()).gaps
    return [gap.message.en for gap in gaps]


@pytest.mark.parametrize(
    ("facts", "when", "message"),
    [
        pytest.param(["village exempt from Led"], "surely", "is exempt", id="exempt"),
        pytest.param(
            ["b leads village", "a leads village"], "surely", "is with a, b, whose holder is not recorded", id="?"
        ),
        pytest.param(["a leads village", "a is vacant"], "surely", "is with a, which is vacant", id="vacant"),
        pytest.param(
            ["unit leads village"], "over", "was assigned once, that ended, and no successor is recorded", id="expired"
        ),
        pytest.param(["unit leads village"], "perhaps", "is possibly with unit, but not surely", id="possible"),
        pytest.param([], "surely", "has nobody on record", id="nobody"),
    ],
)
def test_a_gap_says_what_is_wrong(facts: list[str], when: str, message: str) -> None:
    assert said(*facts, when=when) == [f"village on 2017-06-30: led (clause 1) {message}."]


def test_a_gap_says_how_many_it_takes_and_how_many_there_are() -> None:
    message = "needs at least 3, and has 1 for sure (on record: unit)"
    assert said("unit leads village", duty="village: 3 leads") == [f"village on 2017-06-30: led (clause 1) {message}."]
