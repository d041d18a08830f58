"""What is said of a finding: no more than is known."""

from __future__ import annotations

import pytest
from msgspec import structs

from graph_model.dates import Certainty
from graph_model.questions.duties import GapCause
from graph_model.questions.finding_words import message_of, settled_by
from graph_model.questions.found import DUTY_CODES, DUTY_UNMET, DUTY_UNSURE, Found
from graph_model.questions.suspicions import SUSPICION_CODES
from graph_model.records import Severity
from tests.conformance.small_campaign import REGIME, the_regime

NO_TEAM = Found(
    id="finding:duty-unmet:x",
    code=DUTY_UNMET,
    severity=Severity.ERROR,
    regime=REGIME,
    word="village-team",
    place="town",
    targets=("west",),
    version="0",
    cause=GapCause.UNASSIGNED,
    clause="3.1",
)


def said(found: Found, at_least: int = 1) -> str:
    regime = the_regime()
    duties = tuple(structs.replace(each, at_least=at_least) for each in regime.duties)
    return message_of(found, structs.replace(regime, duties=duties), str).en


@pytest.mark.parametrize(
    ("changes", "at_least", "sentence"),
    [
        ({}, 1, "town: west: A resident team (clause 3.1): nobody surely answers."),
        ({}, 2, "town: west: A resident team (clause 3.1): fewer than 2 surely answer."),
        ({"code": DUTY_UNSURE}, 1, "town: west: A resident team (clause 3.1): nobody surely answers; somebody may."),
        (
            {"cause": GapCause.VACANT_POST},
            1,
            "town: west: A resident team (clause 3.1): the post that answers is vacant.",
        ),
        ({"targets": ("town",)}, 1, "town: A resident team (clause 3.1): nobody surely answers."),
        (
            {"targets": ("a", "b", "c", "d", "e")},
            1,
            "town: a, b, c and 2 more: A resident team (clause 3.1): nobody surely answers.",
        ),
    ],
)
def test_a_duty_in_a_sentence(changes: dict[str, object], at_least: int, sentence: str) -> None:
    assert said(structs.replace(NO_TEAM, **changes), at_least) == sentence


def test_each_sort_of_finding_says_what_would_settle_it() -> None:
    general = settled_by("something else")
    assert all(settled_by(code) != general for code in SUSPICION_CODES)
    for code in DUTY_CODES:
        for cause in GapCause:
            assert settled_by(code, cause) != general
    assert settled_by(DUTY_UNSURE, GapCause.EXPIRED) != settled_by(DUTY_UNMET, GapCause.EXPIRED)
    assert NO_TEAM.certainty is Certainty.CERTAIN
