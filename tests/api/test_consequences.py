"""What follows from assessments, asked over the API; and what was done, by whom, to whom."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.api.asking import Asker

ASK = """
query ($subject: String!, $year: Int! = 2017, $assessments: [AssessmentInput!]) {
  consequences(subject: $subject, year: $year, assessments: $assessments, asOf: "2017-06-30") {
    subject { id }
    rows { consequence { code clause note(lang: EN) } verdict certainty missing { year result } }
    measures { sentence(lang: EN) zh: sentence standing includedIn amount purpose(lang: EN) to { node { id } } }
  }
}
"""


def number(code: str, value: float) -> dict[str, Any]:
    return {"code": code, "number": value}


def last_ten(**more: object) -> dict[str, Any]:
    return {"kind": "county-provincial", "results": [number("rank", 79), number("score", 70)], **more}


def ask(asker: Asker, subject: str, *assessments: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = asker.data(ASK, {"subject": subject, "assessments": list(assessments)})["consequences"]
    return answer


def fault(asker: Asker, subject: str, *assessments: dict[str, Any]) -> str:
    errors = asker.post(ASK, {"subject": subject, "assessments": list(assessments)}).json()["errors"]
    assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
    return str(errors[0]["message"])


def test_a_poor_county_among_the_last_two_years_running(loaded: Asker) -> None:
    answer = ask(loaded, "530521", last_ten(), last_ten(year=2016))
    holding = [measure["sentence"] for measure in answer["measures"] if measure["standing"] == "HOLDS"]
    assert holding == [
        "Removed: 施甸县分管扶贫领导 (clause 4.2).",
        "Resignation taking blame: 施甸县长 (clause 4.2).",
        "Resignation taking blame: 施甸县委书记 (clause 4.2).",
    ]
    included = {measure["includedIn"] for measure in answer["measures"] if measure["standing"] == "INCLUDED"}
    assert included == {"county-last-10-score-70", "county-last-10-score-70-twice"}


def test_what_is_missing_is_said(loaded: Asker) -> None:
    rows = ask(loaded, "530521", last_ten())["rows"]
    unknown = {row["consequence"]["code"]: row["missing"] for row in rows if row["verdict"] == "UNKNOWN"}
    assert unknown == {"county-last-10-score-70-twice": [{"year": 2016, "result": None}]}


def test_a_county_that_is_not_poor_has_no_measure(loaded: Asker) -> None:
    answer = ask(loaded, "530581", last_ten())
    assert [row["consequence"]["code"] for row in answer["rows"] if row["verdict"] == "APPLIES"] == ["county-not-poor"]
    assert answer["measures"] == []


def test_the_departments_with_the_largest_deductions(loaded: Asker) -> None:
    departments = [
        {
            "kind": "department-annual",
            "subject": f"organization:5305:sector-department-{index:02d}",
            "results": [number("deduction", index)],
        }
        for index in range(1, 39)
    ]
    city = {"kind": "city-provincial", "results": [number("rank", 6)]}
    answer = ask(loaded, "5305", city, *departments)
    met = [measure["to"]["node"]["id"] for measure in answer["measures"]]
    assert met == [
        "post:5305:sector-department-36-head",
        "post:5305:sector-department-37-head",
        "post:5305:sector-department-38-head",
        "post:5305:deputy-party-secretary",
        "post:5305:leader-in-charge",
    ]
    assert re.fullmatch(
        r"Formal talk: 市级行业部门第36号主要负责人 by \S+, \S+, 市委组织部部长 \(clause 4\.3\)\.",
        answer["measures"][0]["sentence"],
    )


def test_money_has_its_amount_and_purpose(loaded: Asker) -> None:
    flags = [{"code": "passed", "flag": True}, {"code": "year-task-done", "flag": True}, number("rank", 1)]
    measures = ask(loaded, "530521", {"kind": "county-provincial", "results": flags})["measures"]
    assert [(measure["amount"], measure["purpose"], measure["sentence"]) for measure in measures] == [
        (None, None, "Public praise: 施甸县 by 市委 (clause 4.2)."),
        (2_000_000, "Earmarked for poverty work", "Reward money: 施甸县, 2,000,000 yuan by 市委 (clause 4.2)."),
    ]


def test_nothing_assessed_nothing_follows(loaded: Asker) -> None:
    assert ask(loaded, "530521") == {"subject": {"id": "division:530521"}, "rows": [], "measures": []}


def test_an_unknown_subject_is_null(loaded: Asker) -> None:
    for subject in ("539999", "organization:none"):
        assert loaded.data(ASK, {"subject": subject})["consequences"] is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            last_ten(kind="none"),
            "assessments[0].kind: unknown kind 'none'; there are: village-annual, county-provincial",
        ),
        (
            last_ten(results=[number("luck", 1)]),
            "assessments[0].results[0].code: unknown result 'luck'; there are: passed",
        ),
        (last_ten(results=[number("rank", 89)]), "assessments[0].results[0]: rank 89 is not within 1 and 88"),
        (last_ten(results=[{"code": "rank", "flag": True}]), "assessments[0].results[0]: rank is given by number"),
        (last_ten(results=[number("passed", 1)]), "assessments[0].results[0]: passed is given by flag: true or false"),
        (last_ten(results=[{"code": "rank"}]), "assessments[0].results[0]: give a number or a flag, one of both"),
        (last_ten(year=99), "assessments[0].year: 99 is no year between 1949 and 2100"),
        (last_ten(subject="x"), "assessments[0].subject: 'x' is no code of a division"),
        (last_ten(subject="division:none"), "assessments[0].subject: there is no 'division:none'"),
        (
            last_ten(subject="division:530521101201"),
            "assessments[0]: county-provincial is an assessment of: division:county; division:530521101201 is none",
        ),
        (
            last_ten(results=[number("rank", 30), number("rank", 79)]),
            "assessments[0].results[1].code: rank is given twice: give it once",
        ),
    ],
)
def test_a_wrong_assessment_is_named(loaded: Asker, given: dict[str, Any], message: str) -> None:
    assert fault(loaded, "530521", given).startswith(message)


def test_a_village_is_not_ranked_as_a_county(loaded: Asker) -> None:
    """It is not registered as a poor county either: the row of those that are not must not be its answer."""
    assert fault(loaded, "530521101201", last_ten()).startswith("assessments[0]: county-provincial is an assessment of")


def test_too_many_assessments_are_refused(loaded: Asker) -> None:
    assert fault(loaded, "530521", *[last_ten()] * 201) == "assessments: give at most 200; these are 201"


def test_who_was_told_what_by_whom(loaded: Asker) -> None:
    talks = loaded.data('{ measures(by: "division:5305", clause: "7.5") { totalCount } }')["measures"]
    assert talks["totalCount"] == 20
    one = loaded.data(
        '{ measures(of: "post:530521:government-head") { totalCount edges { node { kind { code } by { id } } } } }'
    )["measures"]
    assert one["totalCount"] == 1
    assert one["edges"][0]["node"] == {"kind": {"code": "formal-talk"}, "by": [{"id": "division:5305"}]}


def test_measures_by_whom_are_paged(loaded: Asker) -> None:
    text = """query ($after: String) {
      measures(by: "division:5305", first: 15, after: $after) {
        pageInfo { hasNextPage endCursor } edges { node { id } } } }"""
    page = loaded.data(text)["measures"]
    rest = loaded.data(text, {"after": page["pageInfo"]["endCursor"]})["measures"]
    ids = [edge["node"]["id"] for edge in (*page["edges"], *rest["edges"])]
    assert (len(ids), ids, rest["pageInfo"]["hasNextPage"]) == (20, sorted(ids), False)
