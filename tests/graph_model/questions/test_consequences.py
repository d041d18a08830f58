"""The table of clause 4: every row, both sides of each boundary (consequences.yaml)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_model.dates import Certainty, parse_day
from graph_model.questions.consequences import NamedMeasure, Outcome, Standing, Verdict, find_consequences
from graph_model.records import Assessment, Provenance, Result
from graph_model.regime_file import read_regime
from graph_model.yaml_file import read_yaml
from tests.graph_model.questions.consequence_world import REGIME, make_world

HERE = Path(__file__).parent
SHIPPED = read_regime(HERE.parents[2] / "regimes" / REGIME / "regime.yaml")
DAY = parse_day("2017-12-31").toordinal()
CASES: list[dict[str, Any]] = read_yaml(HERE / "consequences.yaml", list[dict[str, Any]]).content


def value(text: str) -> float | bool:
    return text == "true" if text in {"true", "false"} else float(text)


def assessment(subject: str, kind: str, year: int, results: dict[str, Any]) -> Assessment:
    return Assessment(
        id=f"assessment:{kind}:{subject}~{year}",
        provenance=Provenance.SYNTHETIC,
        subject=subject,
        kind=kind,
        year=year,
        regime=REGIME,
        results=tuple(Result(code, value(str(found).lower())) for code, found in results.items()),
    )


def outcome_of(case: dict[str, Any]) -> Outcome:
    kind = case["kind"]
    assessments = [
        assessment(case["subject"], kind, 2017, case["results"]),
        *(assessment(one["subject"], kind, int(one["year"]), one["results"]) for one in case.get("others", [])),
        *(
            assessment(f"organization:department-{number}", "department-annual", 2017, results)
            for number, results in case.get("departments", {}).items()
        ),
    ]
    around = make_world(
        without=tuple(case.get("without", [])),
        holdings=case.get("holdings"),
        takes=tuple(case.get("takes", [])),
    )
    return find_consequences(around, SHIPPED, assessments, case["subject"], 2017, DAY)


def shown(measure: NamedMeasure) -> str:
    to = measure.to
    who = f"~{to.labels.en}" + (f" ({to.of.id})" if to.of else "") if to.node is None else to.node.id
    amount = "" if measure.amount is None else f" {int(measure.amount)}"
    return f"{measure.measure.code}: {who}{amount}" + ("" if measure.certainty is Certainty.CERTAIN else " POSSIBLE")


def test_every_row_of_the_table_has_a_case() -> None:
    applied = {row for case in CASES for row in case["applies"]}
    assert applied == {consequence.code for consequence in SHIPPED.consequences}


def bounds() -> list[tuple[str, str, str, float, float]]:
    """Each number at which a row begins or ends to apply: row, assessment, result, the number, the next beyond it."""
    found = []
    for row in SHIPPED.consequences:
        kind = next(each for each in SHIPPED.assessments if each.code == row.assessment)
        for condition in row.when:
            result = next(each for each in kind.results if each.code == condition.result)
            step = 0.1 if result.code == "score" else 1
            for number, beyond in ((condition.at_least, -step), (condition.at_most, step)):
                if number is not None and number not in {result.least, result.most}:
                    found.append((row.code, kind.code, result.code, float(number), round(number + beyond, 1)))
    return found


@pytest.mark.parametrize(("row", "kind", "result", "number", "beyond"), bounds())
def test_both_sides_of_each_boundary_have_a_case(
    row: str, kind: str, result: str, number: float, beyond: float
) -> None:
    here = [case for case in CASES if case["kind"] == kind and result in case["results"]]
    at = [case for case in here if float(case["results"][result]) == number]
    past = [case for case in here if float(case["results"][result]) == beyond]
    assert any(row in case["applies"] for case in at)
    assert past
    assert not any(row in case["applies"] for case in past)


def test_the_boundaries_are_those_of_the_clause() -> None:
    assert {(result, number) for _, kind, result, number, _ in bounds() if kind == "county-provincial"} == {
        ("rank", 30), ("rank", 31), ("rank", 55), ("rank", 56), ("rank", 78), ("rank", 79), ("score", 70)
    }  # fmt: skip
    assert {(result, number) for _, kind, result, number, _ in bounds() if kind == "city-provincial"} == {
        ("rank", 5), ("rank", 6), ("rank", 11), ("rank", 12), ("score", 75)
    }  # fmt: skip


def test_each_rule_of_two_years_has_its_years_tried() -> None:
    """The first year; the second; one that lies between; one that is not recorded."""
    for row in (each for each in SHIPPED.consequences if each.years_running == 2):
        here = [case for case in CASES if case["kind"] == row.assessment]
        assert any(row.code in case["applies"] for case in here)
        assert any(row.code in case.get("unknown", {}) and "2016" in case["unknown"][row.code] for case in here)
        between = [
            case
            for case in here
            if {int(each["year"]) for each in case.get("others", [])} == {2015, 2016}
            and row.code not in case["applies"]
        ]
        assert between


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_row_of_the_table(case: dict[str, Any]) -> None:
    outcome = outcome_of(case)
    assert [row.consequence.code for row in outcome.rows if row.verdict is Verdict.APPLIES] == case["applies"]


@pytest.mark.parametrize("case", [case for case in CASES if "measures" in case], ids=lambda case: case["name"])
def test_the_measures_that_hold(case: dict[str, Any]) -> None:
    holding = [shown(measure) for measure in outcome_of(case).measures if measure.standing is Standing.HOLDS]
    assert Counter(holding) == Counter(case["measures"])


@pytest.mark.parametrize("case", [case for case in CASES if "included" in case], ids=lambda case: case["name"])
def test_the_measures_that_are_included(case: dict[str, Any]) -> None:
    included = [shown(measure) for measure in outcome_of(case).measures if measure.standing is Standing.INCLUDED]
    assert Counter(included) == Counter(case["included"])


@pytest.mark.parametrize("case", [case for case in CASES if "unknown" in case], ids=lambda case: case["name"])
def test_the_rows_that_cannot_be_told(case: dict[str, Any]) -> None:
    unknown = {
        row.consequence.code: [missing.result or str(missing.year) for missing in row.missing]
        for row in outcome_of(case).rows
        if row.verdict is Verdict.UNKNOWN
    }
    expected = {code: list(missing) for code, missing in case["unknown"].items()}
    assert {code: unknown.get(code) for code in expected} == expected
    assert unknown.keys() == expected.keys() or not expected


@pytest.mark.parametrize("case", [case for case in CASES if "by" in case], ids=lambda case: case["name"])
def test_who_takes_a_measure(case: dict[str, Any]) -> None:
    by = {
        measure.measure.code: [one.node.id if one.node else one.labels.en for one in measure.by]
        for measure in outcome_of(case).measures
    }
    assert {code: by[code] for code in case["by"]} == case["by"]


@given(rank=st.integers(1, 88), score=st.floats(0, 100), before=st.integers(1, 88), score_before=st.floats(0, 100))
def test_one_sanction_holds_for_each_addressee(rank: int, score: float, before: int, score_before: float) -> None:
    case = {
        "subject": "division:poor",
        "kind": "county-provincial",
        "results": {"passed": False, "year-task-done": False, "rank": rank, "score": score},
        "others": [{"subject": "division:poor", "year": 2016, "results": {"rank": before, "score": score_before}}],
    }
    holding = [
        measure.to.node.id
        for measure in outcome_of(case).measures
        if measure.standing is Standing.HOLDS and measure.measure.gravity and measure.to.node
    ]
    assert len(holding) == len(set(holding))
    assert bool(holding) is (rank >= 56)
