"""Loads, single points and spans over GraphQL."""

from __future__ import annotations

import pytest

from tests.api.asking import Asker
from tests.api.small_world import FIRST_VILLAGE, VILLAGES

LOADS = """
query Loads($within: String!, $kind: String, $first: Int, $after: String, $asOf: Date) {
  loads(within: $within, kind: $kind, first: $first, after: $after, asOf: $asOf) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node {
      assignee { id name } assignments certainAssignments targets
      byLevel { level { code } number } byKind { kind { code } number isOutlier }
    } }
  }
}
"""


def test_a_load_is_counted_by_level_and_kind(small: Asker) -> None:
    page = small.data(LOADS, {"within": "530521"})["loads"]
    first = page["edges"][0]["node"]
    assert first == {
        "assignee": {"id": "post:secretary", "name": "县委书记"},
        "assignments": VILLAGES + 1,
        "certainAssignments": VILLAGES + 1,
        "targets": VILLAGES + 1,
        "byLevel": [{"level": {"code": "village"}, "number": VILLAGES}, {"level": {"code": "county"}, "number": 1}],
        "byKind": [
            {"kind": {"code": "linked-to-county"}, "number": 1, "isOutlier": False},
            {"kind": {"code": "linked-to-village"}, "number": VILLAGES, "isOutlier": False},
        ],
    }
    assert page["totalCount"] == 3


def test_pages_follow_each_other(small: Asker) -> None:
    found: list[str] = []
    page = small.data(LOADS, {"within": "530521", "first": 1})["loads"]
    found.append(page["edges"][0]["node"]["assignee"]["id"])
    while page["pageInfo"]["hasNextPage"]:
        after = page["pageInfo"]["endCursor"]
        page = small.data(LOADS, {"within": "530521", "first": 1, "after": after})["loads"]
        found.append(page["edges"][0]["node"]["assignee"]["id"])
    assert found == ["post:secretary", "organization:team", "person:p1"]


def test_a_household_hangs_on_its_helper(small: Asker) -> None:
    query = """query($level: String) { singlePoints(within: "530521", level: $level) {
      totalCount edges { node { target { code } level { code } person { id } posts { id } certainty } } } }"""
    found = small.data(query, {"level": "household"})["singlePoints"]
    assert found["totalCount"] == 5
    assert found["edges"][0]["node"] == {
        "target": {"code": f"{FIRST_VILLAGE}-0001"},
        "level": {"code": "household"},
        "person": {"id": "person:p1"},
        "posts": [],
        "certainty": "CERTAIN",
    }
    county = small.data(query, {"level": "county"})["singlePoints"]["edges"][0]["node"]
    assert county["posts"] == [{"id": "post:secretary"}]


def test_the_spans_of_two_headed_groups(loaded: Asker) -> None:
    query = """{ spans(within: "530521", kind: "group-head", first: 1000) {
      edges { node { target { code } assignees { id } below { level { code } number } } } } }"""
    found = {edge["node"]["target"]["code"]: edge["node"] for edge in loaded.data(query)["spans"]["edges"]}
    county = found["530521"]
    assert [each["id"] for each in county["assignees"]] == [
        "post:530521:government-head",
        "post:530521:party-secretary",
    ]
    below = {each["level"]["code"]: each["number"] for each in county["below"]}
    assert below["township"] >= len(found) - 1 > 10  # a park or a committee has no group
    assert below["household"] > 10_000


def test_the_households_that_are_helped_are_those_of_the_source(loaded: Asker) -> None:
    query = """{ loadDistributions(within: "5305") { county { name } kind { code } assignees assignments most } }"""
    (helpers,) = (
        each
        for each in loaded.data(query)["loadDistributions"]
        if each["county"] is None and each["kind"]["code"] == "helps-household"
    )
    assert helpers["assignees"] >= 31_706
    assert helpers["assignments"] >= 86_583


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ('{ loads(within: "530521", kind: "no-kind") { totalCount } }', "kind: unknown kind 'no-kind'"),
        ('{ loads(within: "999999") { totalCount } }', "within: there is no division '999999'"),
        ('{ loads(within: "530521", after: "zzz") { totalCount } }', "no cursor of this list"),
        ('{ singlePoints(within: "530521", level: "moon") { totalCount } }', "level: unknown level 'moon'"),
        ('{ spans(within: "530521", kind: "no-kind") { totalCount } }', "kind: unknown kind 'no-kind'"),
    ],
)
def test_bad_input_is_told(small: Asker, query: str, said: str) -> None:
    error = small.error(query)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert said in error["message"]
