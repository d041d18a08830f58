"""Divisions through time by query: the real events, old codes and what answers for them, what was left unsure."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.asking import Asker

LAST = "2023-06-30"
DIVISION = """
query Division($code: String!, $asOf: Date) {
  division(code: $code, asOf: $asOf) {
    id name code
    askedAs {
      code meaning message(lang: EN)
      bearer { name }
      successors { name }
      possibleSuccessors { id }
      others { name }
      changeEvents { kind on { text } confidence }
    }
    ancestors { level { code } name certainty }
    changeEvents { kind on { text state } confidence old new before { id } after { id } message(lang: EN) }
    accountabilityChain { asOf completeness way { target { name } certainty } }
  }
}
"""


def ask(asker: Asker, code: str, on: str) -> dict[str, Any]:
    found: dict[str, Any] = asker.data(DIVISION, {"code": code, "asOf": on})["division"]
    return found


@pytest.mark.parametrize(
    ("code", "on", "name", "says"),
    [
        (
            "530502102",
            "2017-10-31",
            "河图街道办事处",
            "河图镇 became 河图街道办事处 on some day from 2016-08-01 to 2017-10-31",
        ),
        ("530581101", "2021-10-31", "腾越街道", "腾越镇 became 腾越街道 on some day from 2020-07-01 to 2021-10-31"),
        ("530581202", "2022-10-31", "北海镇", "北海乡 became 北海镇 on some day from 2021-11-01 to 2022-10-31"),
        ("530581203", "2022-10-31", "清水镇", "清水乡 became 清水镇 on some day from 2021-11-01 to 2022-10-31"),
    ],
)
def test_a_township_that_was_replaced(facts_only: Asker, code: str, on: str, name: str, says: str) -> None:
    division = ask(facts_only, code, on)
    assert division["name"] == name
    assert division["askedAs"]["meaning"] == "SUCCEEDED"
    assert [event["kind"] for event in division["askedAs"]["changeEvents"]] == ["CONVERTED"]
    assert says in [event["message"] for event in division["changeEvents"]]


def test_yongsheng_was_formed_of_parts_of_three(facts_only: Asker) -> None:
    division = ask(facts_only, "530502006", "2017-10-31")
    (event,) = [event for event in division["changeEvents"] if event["kind"] == "CREATED"]
    origins = ["division:530502103", "division:530502202", "division:530502203"]
    assert [each["id"] for each in event["before"]] == origins
    assert [each["id"] for each in event["after"]] == ["division:530502006@2017-10-31", *origins]
    assert event["confidence"] == "CERTAIN"
    assert "永盛街道办事处 was formed of parts of 汉庄镇, 辛街乡 and 西邑乡" in event["message"]
    for origin in ("530502103", "530502202", "530502203"):
        assert event["message"] in [each["message"] for each in ask(facts_only, origin, LAST)["changeEvents"]]


def test_an_old_code_answers_with_the_successor_and_its_chain(facts_only: Asker) -> None:
    division = ask(facts_only, "530581101", LAST)
    assert division["askedAs"] == {
        "code": "530581101",
        "meaning": "SUCCEEDED",
        "message": "530581101 was 腾越镇, which had ended by the day; in its place: 腾越街道 530581001",
        "bearer": {"name": "腾越镇"},
        "successors": [{"name": "腾越街道"}],
        "possibleSuccessors": [],
        "others": [],
        "changeEvents": [{"kind": "CONVERTED", "on": {"text": "[2020-07-01..2021-10-31]"}, "confidence": "CERTAIN"}],
    }
    way = [(each["target"]["name"], each["certainty"]) for each in division["accountabilityChain"]["way"]]
    assert way == [("腾越街道", "CERTAIN"), ("腾冲市", "CERTAIN"), ("保山市", "CERTAIN")]


@pytest.mark.parametrize(
    ("on", "township", "certainty"),
    [("2016-07-31", "腾越镇", "CERTAIN"), ("2020-06-30", "腾越镇", "CERTAIN"), (LAST, "西源街道", "CERTAIN")],
)
def test_a_chain_goes_up_through_the_containers_of_its_day(
    facts_only: Asker, on: str, township: str, certainty: str
) -> None:
    code = "530581101210" if on == "2016-07-31" else "530581101208" if on == "2020-06-30" else "530581002200"
    division = ask(facts_only, code, on)
    assert division["id"] == "division:530581101210"
    way = [(each["target"]["name"], each["certainty"]) for each in division["accountabilityChain"]["way"]]
    assert way[1:] == [(township, certainty), ("腾冲市", "CERTAIN"), ("保山市", "CERTAIN")]


@pytest.mark.parametrize(
    ("code", "on", "name", "meaning", "message"),
    [
        (
            "530581101210",
            "2016-07-31",
            "马常社区村民委员会",
            "PRESENT",
            "530581101210 is the code of 马常社区村民委员会; at other times it meant 凤山社区村民委员会 530581101213",
        ),
        (
            "530581101210",
            LAST,
            "凤山社区村民委员会",
            "FORMER",
            "530581101210 was the code of 凤山社区村民委员会, whose code on the day is 530581001210; at other times it "
            "meant 马常社区村民委员会 530581002200",
        ),
        (
            "530502102201",
            LAST,
            "河村社区居民委员会",
            "FORMER",
            "530502102201 was the code of 河村社区居民委员会, whose code on the day is 530502005001",
        ),
        (
            "530581002",
            "2016-07-31",
            "西源街道",
            "FUTURE",
            "530581002 is the code of 西源街道, which began later",
        ),
        (
            "530502001001",
            LAST,
            "兰城社区居民委员会",
            "ENDED",
            "530502001001 was 兰城社区居民委员会, which had ended by the day; what became of it is not known for sure",
        ),
        (
            "530502001018",
            LAST,
            "知青社区居民委员会",
            "ENDED",
            "530502001018 was 知青社区居民委员会, which had ended by the day; what became of it is not known for sure; "
            "perhaps 知青社区居民委员会 530502106003",
        ),
    ],
)
def test_how_a_code_is_read(facts_only: Asker, code: str, on: str, name: str, meaning: str, message: str) -> None:
    division = ask(facts_only, code, on)
    asked = division["askedAs"]
    assert (division["name"], asked["meaning"], asked["message"]) == (name, meaning, message)


def test_what_is_only_possible_does_not_answer(facts_only: Asker) -> None:
    division = ask(facts_only, "530502001018", LAST)
    assert division["id"] == "division:530502001018@2018-10-31"
    assert division["askedAs"]["successors"] == []
    assert division["askedAs"]["possibleSuccessors"] == [{"id": "division:530502106003@2021-10-31"}]


def test_the_field_of_a_level_answers_with_the_successor_too(facts_only: Asker) -> None:
    query = f'{{ township(code: "530502102", asOf: "{LAST}") {{ name askedAs {{ meaning }} }} }}'
    assert facts_only.data(query)["township"] == {"name": "河图街道", "askedAs": {"meaning": "SUCCEEDED"}}


def test_what_was_not_found_by_a_code_was_not_asked_for_by_one(facts_only: Asker) -> None:
    query = '{ node(id: "division:530521") { ... on Division { askedAs { meaning } } } }'
    assert facts_only.data(query)["node"] == {"askedAs": None}


def test_a_list_within_an_old_code_is_that_of_the_successor(facts_only: Asker) -> None:
    query = """query L($within: String!) {
      divisions(within: $within, level: "village", asOf: "2023-06-30") { totalCount edges { node { code } } }
    }"""
    old, new = (facts_only.data(query, {"within": code})["divisions"] for code in ("530581101", "530581001"))
    assert old == new
    assert old["totalCount"] == 21


def test_events_can_be_listed_by_kind_and_paged(facts_only: Asker) -> None:
    query = """query E($kind: ChangeKind, $first: Int, $after: String) {
      changeEvents(kind: $kind, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { id kind confidence basis { note(lang: EN) } } }
      }
    }"""
    whole = facts_only.data(query, {"kind": "CONVERTED"})["changeEvents"]
    assert whole["totalCount"] == 4
    page = facts_only.data(query, {"kind": "CONVERTED", "first": 3})["changeEvents"]
    rest = facts_only.data(query, {"kind": "CONVERTED", "after": page["pageInfo"]["endCursor"]})["changeEvents"]
    assert page["edges"] + rest["edges"] == whole["edges"]
    assert (page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert whole["edges"][0]["node"]["basis"]["note"].startswith("by where 8 villages of the same names lie")
    everything = facts_only.data(query, {"first": 1000})["changeEvents"]
    assert everything["totalCount"] == len(everything["edges"]) > 200


def test_an_event_is_a_node_with_its_containers(facts_only: Asker) -> None:
    query = """{ node(id: "change:moved:530581101210~2022-10-31") { ... on ChangeEvent {
      kind old new oldContainer { name } newContainer { name } message(lang: EN) before { id } after { id }
    } } }"""
    assert facts_only.data(query)["node"] == {
        "kind": "MOVED",
        "old": None,
        "new": None,
        "oldContainer": {"name": "腾越街道"},
        "newContainer": {"name": "西源街道"},
        "message": "马常社区村民委员会 went from 腾越街道 to 西源街道 on some day from 2021-11-01 to 2022-10-31",
        "before": [{"id": "division:530581101210"}],
        "after": [{"id": "division:530581101210"}],
    }


def test_what_was_left_unsure_is_one_list(facts_only: Asker) -> None:
    query = '{ findings(code: "division-unsure") { totalCount edges { node { severity message subjects { id } } } } }'
    findings = facts_only.data(query)["findings"]
    assert findings["totalCount"] == 6
    assert {edge["node"]["severity"] for edge in findings["edges"]} == {"WARNING"}
    assert all(edge["node"]["subjects"] for edge in findings["edges"])


def test_a_target_that_ended_keeps_its_own_chain_by_its_id(facts_only: Asker) -> None:
    query = """{ node(id: "division:530581101", asOf: "2023-06-30") { ... on Division {
      name accountabilityChain { completeness links { certainty } gaps { certainty cause } way { target { name } } }
    } } }"""
    town = facts_only.data(query)["node"]
    assert town["name"] == "腾越镇"
    chain = town["accountabilityChain"]
    assert [each["target"]["name"] for each in chain["way"]] == ["腾越镇"]
    assert chain["links"] == []
    assert {gap["certainty"] for gap in chain["gaps"]} <= {"POSSIBLE"}
    assert chain["completeness"] == "UNKNOWN"
