"""Divisions that change, over GraphQL: names, codes, what they lie in; a merger, a split."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.writing.conftest import Writing
from tests.conformance.small_campaign import COUNTY, EAST, OTHER, TOWNSHIP, WEST

ON_ORDER = {"document": "document:order"}
NEW = "division:530521102"
ESTABLISH = {
    "division": NEW,
    "level": "township",
    "code": "530521102",
    "name": "新街道",
    "pinyin": "xin jie dao",
    "within": COUNTY,
    "since": "2017-07-01",
    "basis": ON_ORDER,
}


def move(division: str, within: str = NEW, on: str = "2017-07-01") -> dict[str, Any]:
    return {"moveDivision": {"division": division, "within": within, "on": on, "basis": ON_ORDER}}


def errors(payload: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


def seen(writing: Writing, code: str, day: str, fields: str) -> Any:  # noqa: ANN401 - JSON
    return writing.ask(f'{{ division(code: "{code}", asOf: "{day}") {{ {fields} }} }}')["division"]


def test_a_division_is_called_otherwise_from_the_day_on(writing: Writing) -> None:
    given = {"division": EAST, "name": "东村", "pinyin": "dong cun", "on": "2017-07-01", "basis": ON_ORDER}
    assert errors(writing.change("renameDivision", given)) == []
    assert seen(writing, "530521101202", "2017-06-30", "name")["name"] != "东村"
    assert seen(writing, "530521101202", "2017-07-01", "name pinyin") == {"name": "东村", "pinyin": "dong cun"}
    assert writing.ask('{ search(text: "dongcun", asOf: "2017-07-01") { edges { node { id } } } }')["search"]["edges"]


def test_an_old_code_still_finds_the_division(writing: Writing) -> None:
    given = {"division": EAST, "code": "530521101299", "on": "2017-07-01", "basis": ON_ORDER}
    assert errors(writing.change("recodeDivision", given)) == []
    for code in ("530521101202", "530521101299"):
        assert seen(writing, code, "2017-07-01", "id code") == {"id": EAST, "code": "530521101299"}
    assert seen(writing, "530521101202", "2017-06-30", "code")["code"] == "530521101202"


def test_a_freed_code_may_be_borne_by_another(writing: Writing) -> None:
    recode = {"division": EAST, "code": "530521101299", "on": "2017-07-01", "basis": ON_ORDER}
    take = {"division": WEST, "code": "530521101202", "on": "2017-07-01", "basis": ON_ORDER}
    assert errors(writing.change("recodeDivision", take, dryRun=True)) == [("DUPLICATE", "input.code")]
    assert errors(writing.change("applyChanges", [{"recodeDivision": take}, {"recodeDivision": recode}])) == [
        ("DUPLICATE", "changes[0].recodeDivision.code")
    ]
    assert errors(writing.change("applyChanges", [{"recodeDivision": recode}, {"recodeDivision": take}])) == []
    assert seen(writing, "530521101202", "2017-07-01", "id")["id"] == WEST
    again = {**ESTABLISH, "division": "division:x", "level": "village", "code": "530521101299", "within": TOWNSHIP}
    assert errors(writing.change("establishDivision", again)) == [("DUPLICATE", "input.code")]


def test_a_split_moves_a_part_and_its_chain(writing: Writing) -> None:
    payload = writing.change("applyChanges", [{"establishDivision": ESTABLISH}, move(EAST)])
    assert errors(payload) == []
    moved = [each for each in payload["effects"]["changes"] if each["target"]["id"] == EAST]
    assert [(each["day"], each["isMoved"]) for each in moved] == [("2017-07-01", True)]
    lies = "ancestors { id certainty }"
    before, after = (seen(writing, "530521101202", day, lies)["ancestors"] for day in ("2017-06-30", "2017-07-01"))
    assert [each["id"] for each in before] == [TOWNSHIP, COUNTY]
    assert [each["id"] for each in after] == [NEW, COUNTY]
    inside = writing.ask('{ divisions(within: "530521102", level: "village", asOf: "2017-07-01") { totalCount } }')
    assert inside["divisions"]["totalCount"] == 1


def test_a_merger_ends_what_nothing_lies_in_any_more(writing: Writing) -> None:
    end = {"endDivision": {"division": TOWNSHIP, "until": "2017-07-01", "basis": ON_ORDER}}
    early = writing.change("applyChanges", [{"establishDivision": ESTABLISH}, move(EAST), end])
    (error,) = early["userErrors"]
    assert (error["code"], error["path"]) == ("IN_USE", "changes[2].endDivision.division")
    assert WEST in error["message"]
    assert EAST not in error["message"]
    merged = writing.change("applyChanges", [{"establishDivision": ESTABLISH}, move(EAST), move(WEST), end])
    assert errors(merged) == []
    listed = '{ divisions(within: "530521", level: "township", asOf: "%s") { edges { node { id } } } }'
    for day, there in (("2017-06-30", TOWNSHIP), ("2017-07-01", NEW)):
        (edge,) = writing.ask(listed % day)["divisions"]["edges"]
        assert edge["node"]["id"] == there


def test_an_old_code_answers_with_its_successor_and_says_so(writing: Writing) -> None:
    end = {"endDivision": {"division": TOWNSHIP, "until": "2017-07-01", "basis": ON_ORDER}}
    merged = writing.change("applyChanges", [{"establishDivision": ESTABLISH}, move(EAST), move(WEST), end])
    assert errors(merged) == []
    asked = "id askedAs { meaning message(lang: EN) bearer { id } successors { id } changeEvents { kind on { text } } }"
    before = seen(writing, "530521101", "2017-06-30", asked)
    assert (before["id"], before["askedAs"]["meaning"]) == (TOWNSHIP, "PRESENT")
    after = seen(writing, "530521101", "2017-07-01", asked)
    assert after["id"] == NEW
    reading = after["askedAs"]
    assert (reading["meaning"], reading["bearer"]["id"]) == ("SUCCEEDED", TOWNSHIP)
    assert reading["successors"] == [{"id": NEW}]
    assert reading["changeEvents"] == [{"kind": "CONVERTED", "on": {"text": "2017-07-01"}}]
    assert "新街道" in reading["message"]


def test_a_village_names_its_successor(writing: Writing) -> None:
    given = {"division": EAST, "until": "2017-07-01", "successors": [WEST], "basis": ON_ORDER}
    assert errors(writing.change("endDivision", given)) == []
    assert seen(writing, "530521101202", "2017-07-01", "id askedAs { meaning }") == {
        "id": WEST,
        "askedAs": {"meaning": "SUCCEEDED"},
    }


@pytest.mark.parametrize("none", [None, []])
def test_no_successor_is_none(writing: Writing, none: object) -> None:
    given = {"division": EAST, "until": "2017-07-01", "successors": none, "basis": ON_ORDER}
    assert errors(writing.change("endDivision", given)) == []
    answer = seen(writing, "530521101202", "2017-07-01", "id askedAs { meaning }")
    assert answer == {"id": EAST, "askedAs": {"meaning": "ENDED"}}


def test_who_may_write_in_a_county_names_no_successor_outside_of_it(writing: Writing) -> None:
    there = "division:530523101201"
    village = {**ESTABLISH, "division": there, "level": "village", "code": "530523101201", "within": OTHER}
    assert errors(writing.change("establishDivision", village)) == []
    query = "mutation ($given: EndDivisionInput!) { endDivision(input: $given) { userErrors { code } } }"
    given = {"division": EAST, "until": "2017-07-01", "basis": ON_ORDER, "successors": [there]}
    (error,) = writing.post(query, {"given": given}, writing.of_county).json()["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert there in error["message"]
    assert errors(writing.change("endDivision", {**given, "successors": [WEST]}, token=writing.of_county)) == []
    taken = {"record": "change:merged:530521101201~2017-07-01", "basis": ON_ORDER}
    assert errors(writing.change("retractRecord", taken, token=writing.of_county)) == []


def test_what_was_ended_is_not_ended_again(writing: Writing) -> None:
    end = {"division": EAST, "until": "2017-07-01", "basis": ON_ORDER}
    assert errors(writing.change("endDivision", end)) == []
    assert errors(writing.change("endDivision", {**end, "until": "2017-08-01"})) == [("ALREADY_ENDED", "input.until")]
    assert seen(writing, "530521101202", "2017-07-01", "accountabilityChain { completeness }") is not None


def test_of_two_who_rename_the_second_is_told_of_the_conflict(writing: Writing) -> None:
    (name,) = seen(writing, "530521101202", "2017-06-30", "names { version }")["names"]
    given = {"division": EAST, "pinyin": "dong", "basis": ON_ORDER, "expectedVersion": name["version"]}
    assert errors(writing.change("renameDivision", {**given, "name": "东", "on": "2017-07-01"})) == []
    late = writing.change("renameDivision", {**given, "name": "冬", "on": "2017-07-01"})
    assert ("CONFLICT", "input.expectedVersion") in errors(late)
    later = writing.change("renameDivision", {**given, "name": "冬", "on": "2017-08-01"})
    assert errors(later) == [("CONFLICT", "input.expectedVersion")]
    assert len(seen(writing, "530521101202", "2017-06-30", "names { id }")["names"]) == 2


RENAME = {"division": EAST, "name": "东村", "pinyin": "dong cun", "on": "2017-07-01", "basis": ON_ORDER}


@pytest.mark.parametrize(
    ("field", "given", "code", "path"),
    [
        ("renameDivision", {**RENAME, "pinyin": "Dōng Cūn"}, "BAD_VALUE", "pinyin"),
        ("renameDivision", {**RENAME, "name": " "}, "BAD_VALUE", "name"),
        ("renameDivision", {**RENAME, "name": "地530521101202"}, "NOTHING_TO_DO", "name"),
        ("renameDivision", {**RENAME, "on": ".."}, "BAD_DATE", "on"),
        ("renameDivision", {**RENAME, "division": "post:mayor"}, "WRONG_TYPE", "division"),
        ("recodeDivision", {"division": EAST, "code": "5305", "on": "2017", "basis": ON_ORDER}, "BAD_VALUE", "code"),
        (
            "recodeDivision",
            {"division": EAST, "code": "530521101202", "on": "2017", "basis": ON_ORDER},
            "NOTHING_TO_DO",
            "code",
        ),
        ("moveDivision", move(EAST, TOWNSHIP)["moveDivision"], "NOTHING_TO_DO", "within"),
        ("moveDivision", move(COUNTY, OTHER)["moveDivision"], "END_NOT_ALLOWED", "within"),
        ("moveDivision", move(TOWNSHIP, EAST)["moveDivision"], "END_NOT_ALLOWED", "within"),
        ("moveDivision", {**move(EAST, COUNTY)["moveDivision"], "leaves": OTHER}, "NOTHING_TO_DO", "leaves"),
        ("moveDivision", move(EAST, COUNTY, on="1999")["moveDivision"], "DUPLICATE", "on"),
        ("establishDivision", {**ESTABLISH, "division": EAST}, "DUPLICATE", "division"),
        ("establishDivision", {**ESTABLISH, "division": "post:x"}, "BAD_VALUE", "division"),
        ("establishDivision", {**ESTABLISH, "level": "hamlet"}, "UNKNOWN_CODE", "level"),
        ("establishDivision", {**ESTABLISH, "within": EAST}, "END_NOT_ALLOWED", "within"),
        ("endDivision", {"division": TOWNSHIP, "until": "2017-07-01", "basis": ON_ORDER}, "IN_USE", "division"),
        ("endDivision", {"division": EAST, "until": "1990", "basis": ON_ORDER}, "IN_USE", "until"),
    ],
)
def test_what_is_wrong_is_told_with_its_argument(
    writing: Writing, field: str, given: dict[str, Any], code: str, path: str
) -> None:
    payload = writing.change(field, given)
    assert (code, f"input.{path}") in errors(payload)
    assert payload["written"] is None


def test_who_may_write_in_a_county_moves_nothing_out_of_it(writing: Writing) -> None:
    out = move(EAST, OTHER)["moveDivision"]
    query = "mutation ($given: MoveDivisionInput!) { moveDivision(input: $given) { isDryRun } }"
    (error,) = writing.post(query, {"given": out}, writing.of_county).json()["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    within = writing.change("establishDivision", ESTABLISH, token=writing.of_county)
    assert errors(within) == []
