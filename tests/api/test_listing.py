"""Reading at scale: assignments by filter, several nodes at once."""

from __future__ import annotations

import pytest

from tests.api.asking import Asker

ASSIGNMENTS = """
query Assignments($filter: AssignmentFilter, $asOf: Date, $first: Int, $after: String) {
  assignments(filter: $filter, asOf: $asOf, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { id kind { code } provenance assignee { name } target { code } } }
  }
}
"""
NODES = "query Nodes($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }"


def test_the_links_of_city_leaders_to_counties(loaded: Asker) -> None:
    asked = {"filter": {"kinds": ["linked-to-county"], "provenances": ["SOURCE"]}}
    page = loaded.data(ASSIGNMENTS, asked)["assignments"]
    assert page["totalCount"] == 7
    assert {edge["node"]["target"]["code"] for edge in page["edges"]} == {
        "530502",
        "530521",
        "530523",
        "530524",
        "530581",
    }


def test_every_helper_is_walked_once(loaded: Asker) -> None:
    seen: set[str] = set()
    after, total = None, 0
    for _ in range(3):
        asked = {"filter": {"kinds": ["helps-household"]}, "first": 200, "after": after}
        page = loaded.data(ASSIGNMENTS, asked)["assignments"]
        ids = {edge["node"]["id"] for edge in page["edges"]}
        assert len(ids) == 200
        assert not ids & seen
        seen |= ids
        after, total = page["pageInfo"]["endCursor"], page["totalCount"]
    assert total > 86_583


def test_by_both_ends(loaded: Asker) -> None:
    ends = {"assignee": "post:5305:party-secretary", "target": "division:530521"}
    (edge,) = loaded.data(ASSIGNMENTS, {"filter": ends})["assignments"]["edges"]
    assert edge["node"]["kind"]["code"] == "linked-to-county"


def test_before_the_regime_there_are_none(loaded: Asker) -> None:
    assert loaded.data(ASSIGNMENTS, {"asOf": "1990-01-01"})["assignments"]["totalCount"] == 0


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"kinds": ["no-kind"]}, "linked-to-county"),
        ({"assignee": "市长"}, "filter.assignee"),
        ({"target": "530521"}, "filter.target"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused(small: Asker, wanted: dict[str, object], said: str) -> None:
    error = small.error(ASSIGNMENTS, {"filter": wanted})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert said in error["message"] or "there are" in error["message"]


def test_nodes_are_in_the_order_of_their_ids_and_null_where_unknown(loaded: Asker) -> None:
    ids = ["post:5305:party-secretary", "division:none", "division:5305"]
    found = loaded.data(NODES, {"ids": ids})["nodes"]
    assert [node and node["__typename"] for node in found] == ["Post", None, "City"]


@pytest.mark.parametrize("ids", [["post:a", "post:a"], [f"post:{number}" for number in range(101)], ["post:市"]])
def test_ids_that_are_too_many_or_none_are_refused(small: Asker, ids: list[str]) -> None:
    assert small.code(NODES, {"ids": ids}) == "BAD_USER_INPUT"


HOUSEHOLDS = """
query Households($code: String!, $first: Int!) {
  village(code: $code) { households(first: $first) { totalCount edges { node {
    code accountabilityChain { completeness links { certainty assignee { __typename id } } gaps { cause } }
  } } } }
}
"""


def test_2000_households_answer_with_a_helper_each(loaded: Asker) -> None:
    villages = loaded.data('{ divisions(within: "530521", level: "village", first: 60) { edges { node { code } } } }')
    answered = 0
    for edge in villages["divisions"]["edges"]:
        page = loaded.data(HOUSEHOLDS, {"code": edge["node"]["code"], "first": 50})["village"]["households"]
        for row in page["edges"]:
            links = row["node"]["accountabilityChain"]["links"]
            assert any(link["assignee"]["__typename"] == "Person" for link in links)
            answered += 1
    assert answered >= 2_000
