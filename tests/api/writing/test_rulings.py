"""Findings with what is decided about them, over GraphQL."""

from __future__ import annotations

from typing import Any

from tests.api.writing.conftest import Writing
from tests.conformance.small_campaign import COUNTY, TOWNSHIP, WEST

FIELDS = """{ totalCount edges { node {
  id code severity message(lang: EN) remedy(lang: EN) clauses cause certainty regime duty { code } version isOnRecord
  subjects { id } targets { totalCount edges { node { id } } } others { totalCount }
  state ruling { id state by asOf isOfThisFinding basis { document { id } } }
} } }"""
NO_TEAM = f"finding:duty-unsure:poverty-alleviation-2017~village-team~UNASSIGNED~POSSIBLE~{TOWNSHIP}"
GIVEN = {"finding": NO_TEAM, "state": "ACKNOWLEDGED", "basis": {"document": "document:order"}}


def found(writing: Writing, arguments: str) -> list[dict[str, Any]]:
    page = writing.ask(f"{{ findings({arguments}) {FIELDS} }}")["findings"]
    rows = [edge["node"] for edge in page["edges"]]
    assert page["totalCount"] == len(rows)
    return rows


def one(writing: Writing, arguments: str = 'within: "530521"') -> dict[str, Any]:
    return next(each for each in found(writing, arguments) if each["id"] == NO_TEAM)


def test_a_duty_that_nobody_does(writing: Writing) -> None:
    row = one(writing)
    assert row == {
        **row,
        "code": "duty-unsure",
        "severity": "INFO",
        "message": "地530521101: 地530521101201: A resident team (clause 3.1): nobody surely answers; somebody may.",
        "remedy": "Complete the dates, declare the roster complete (a coverage), or record who answers",
        "clauses": ["3.1"],
        "cause": "UNASSIGNED",
        "certainty": "POSSIBLE",
        "regime": "poverty-alleviation-2017",
        "duty": {"code": "village-team"},
        "isOnRecord": False,
        "subjects": [{"id": TOWNSHIP}],
        "targets": {"totalCount": 1, "edges": [{"node": {"id": WEST}}]},
        "others": {"totalCount": 0},
        "state": "OPEN",
        "ruling": None,
    }


def test_without_a_place_only_what_is_on_record(writing: Writing) -> None:
    assert found(writing, "first: 100") == []
    assert NO_TEAM in [each["id"] for each in found(writing, 'code: "duty-unsure"')]
    assert {each["state"] for each in found(writing, "state: OPEN")} == {"OPEN"}


def test_by_place_code_and_severity(writing: Writing) -> None:
    assert [each["id"] for each in found(writing, 'within: "530523", code: "duty-unmet"')] == []
    assert {each["severity"] for each in found(writing, 'within: "530521", severity: INFO')} == {"INFO"}
    assert found(writing, 'within: "530521", code: "no-such-code"') == []
    village = [each["duty"]["code"] for each in found(writing, f'within: "{WEST[9:]}", code: "duty-unsure"')]
    assert village == ["village-first-secretary", "village-team"]


def test_an_unknown_place_is_refused(writing: Writing) -> None:
    answer = writing.post('{ findings(within: "530599") { totalCount } }', token=None).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "530599" in answer["errors"][0]["message"]


def test_it_is_acknowledged(writing: Writing) -> None:
    version = one(writing)["version"]
    payload = writing.change("judgeFinding", {**GIVEN, "expectedVersion": version, "asOf": "2017-06-30"})
    assert payload["userErrors"] == []
    assert payload["written"]["action"] == "judge-finding"
    row = one(writing)
    assert row["state"] == "ACKNOWLEDGED"
    assert row["ruling"] == {
        "id": NO_TEAM.replace("finding:", "ruling:", 1),
        "state": "ACKNOWLEDGED",
        "by": "anna",
        "asOf": "2017-06-30",
        "isOfThisFinding": True,
        "basis": {"document": {"id": "document:order"}},
    }
    assert [each["id"] for each in found(writing, "state: ACKNOWLEDGED")] == [NO_TEAM]
    moments = writing.ask(
        "{ findings(state: ACKNOWLEDGED) { edges { node { ruling { recordedAt } } } } writes(first: 1) "
        "{ edges { node { recordedAt } } } }"
    )
    assert moments["findings"]["edges"][0]["node"]["ruling"] == moments["writes"]["edges"][0]["node"]


def test_what_differs_by_now_is_open_again(writing: Writing) -> None:
    writing.change("judgeFinding", {**GIVEN, "state": "SETTLED"})
    given = {"subject": WEST.replace("201", "202"), "kind": "poor", "since": "2014-01-01", "basis": GIVEN["basis"]}
    assert writing.change("recordDesignation", given)["userErrors"] == []
    row = one(writing)
    assert (row["state"], row["ruling"]["state"], row["ruling"]["isOfThisFinding"]) == ("REOPENED", "SETTLED", False)
    assert row["targets"]["totalCount"] == 2
    assert [each["id"] for each in found(writing, "state: REOPENED")] == [NO_TEAM]
    assert found(writing, "state: SETTLED") == []


def test_an_editor_of_the_county_may_decide_there(writing: Writing) -> None:
    assert writing.change("judgeFinding", GIVEN, token=writing.of_county)["userErrors"] == []
    assert one(writing)["ruling"]["by"] == "bert"
    assert COUNTY == "division:530521"


def test_nobody_decides_without_a_token(writing: Writing) -> None:
    query = "mutation ($given: JudgeFindingInput!) { judgeFinding(input: $given) { userErrors { code } } }"
    answer = writing.post(query, {"given": GIVEN}, token=None).json()
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert one(writing)["state"] == "OPEN"


def test_in_a_list_with_other_changes(writing: Writing) -> None:
    payload = writing.change("applyChanges", [{"judgeFinding": {**GIVEN, "finding": "finding:none"}}])
    assert [(each["code"], each["path"]) for each in payload["userErrors"]] == [
        ("NOT_FOUND", "changes[0].judgeFinding.finding")
    ]


def test_the_same_key_is_written_once(writing: Writing) -> None:
    first = writing.change("judgeFinding", GIVEN, clientMutationId="one")
    again = writing.change("judgeFinding", GIVEN, clientMutationId="one")
    assert (first["isRepeated"], again["isRepeated"]) == (False, True)
    assert first["written"] == again["written"]
