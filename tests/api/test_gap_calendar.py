"""The gap calendar over GraphQL."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.asking import Asker
from tests.api.small_world import FIRST_VILLAGE, VILLAGES

PERIODS = """
query Periods($within: String!, $from: Date!, $to: Date!, $lanes: [String!], $duties: [String!], $causes: [GapCause!],
              $certainty: Certainty, $first: Int, $after: String) {
  gapPeriods(within: $within, from: $from, to: $to, lanes: $lanes, duties: $duties, causes: $causes,
             certainty: $certainty, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node {
      firstDay lastDay days cause certainty target { id code name } level { code } lane { code } duty { code }
      message(lang: EN)
    } }
  }
}
"""
TOTALS = """
query Totals($within: String!, $from: Date!, $to: Date!) {
  gapTotals(within: $within, from: $from, to: $to) {
    county { name } lane { code } periods certainPeriods targets targetDays
  }
}
"""
CHAINS = """
query Chains($within: String!, $level: String!, $asOf: Date!) {
  divisions(within: $within, level: $level, asOf: $asOf, first: 200) {
    edges { node { id accountabilityChain { gaps { cause certainty duty { code } target { id } message(lang: EN) } } } }
  }
}
"""
ALL = ["EXEMPT", "UNKNOWN_HOLDER", "VACANT_POST", "EXPIRED", "UNASSIGNED"]
YEAR = {"from": "2017-01-01", "to": "2017-12-31"}
VILLAGE = {"within": FIRST_VILLAGE, "duties": ["village-first-secretary"], **YEAR}


def periods(asker: Asker, **variables: object) -> list[dict[str, Any]]:
    page = asker.data(PERIODS, variables)["gapPeriods"]
    return [edge["node"] for edge in page["edges"]]


def test_a_period_says_from_when_to_when(small: Asker) -> None:
    # Registered as poor: seen on one day, and possible on all others on which the regime is in force.
    assert periods(small, **VILLAGE) == [
        {
            "firstDay": "2017-01-01",
            "lastDay": "2017-12-31",
            "days": 365,
            "cause": "UNASSIGNED",
            "certainty": "POSSIBLE",
            "target": {"id": f"division:{FIRST_VILLAGE}", "code": FIRST_VILLAGE, "name": "第0村"},
            "level": {"code": "village"},
            "lane": {"code": "resident"},
            "duty": {"code": "village-first-secretary"},
            "message": "第0村 on 2017-01-01: a First Secretary (clause 3.1) has nobody on record.",
        }
    ]


def test_an_answer_of_one_day_ends_a_period_and_begins_another(small: Asker) -> None:
    days = [(each["firstDay"], each["lastDay"]) for each in periods(small, **{**VILLAGE, "duties": ["village-team"]})]
    assert days == [("2017-01-01", "2017-06-29"), ("2017-07-01", "2017-12-31")]


@pytest.mark.parametrize("level", ["township", "village"])
def test_on_a_day_it_says_what_the_chains_say(loaded: Asker, level: str) -> None:
    asked = {"within": "530521", "level": level, "asOf": "2017-09-01"}
    chains = loaded.data(CHAINS, asked)["divisions"]["edges"]
    expected = [
        (gap["target"]["id"], gap["duty"]["code"], gap["cause"], gap["certainty"], gap["message"])
        for edge in chains
        for gap in edge["node"]["accountabilityChain"]["gaps"]
        if gap["target"]["id"] == edge["node"]["id"]
    ]
    found = [
        (each["target"]["id"], each["duty"]["code"], each["cause"], each["certainty"], each["message"])
        for each in periods(loaded, within="530521", **{"from": "2017-09-01"}, to="2017-09-01", causes=ALL, first=1000)
        if each["level"]["code"] == level
    ]
    assert expected
    assert sorted(found) == sorted(expected)


def test_the_helpers_of_households_are_among_them(loaded: Asker) -> None:
    found = periods(loaded, within="530521104201", **YEAR, duties=["household-helper"], certainty="CERTAIN")
    assert ("530521104201-0001", "2017-10-09", "EXPIRED") in {
        (each["target"]["code"], each["firstDay"], each["cause"]) for each in found
    }


def test_pages_follow_each_other(small: Asker) -> None:
    asked: dict[str, object] = {"within": "530521", **YEAR, "first": 7}
    page = small.data(PERIODS, asked)["gapPeriods"]
    found = [edge["node"] for edge in page["edges"]]
    while page["pageInfo"]["hasNextPage"]:
        page = small.data(PERIODS, {**asked, "after": page["pageInfo"]["endCursor"]})["gapPeriods"]
        found += [edge["node"] for edge in page["edges"]]
    assert found == periods(small, **{**asked, "first": 1000})
    assert len(found) == page["totalCount"]


def test_totals_are_by_county_and_lane(small: Asker) -> None:
    totals = small.data(TOTALS, {"within": "530521", **YEAR})["gapTotals"]
    assert {"name": "施甸县"} in [total["county"] for total in totals]
    (resident,) = (total for total in totals if total["lane"]["code"] == "resident")
    # No First Secretary all year; a team on one day of it.
    assert resident["periods"] == 3 * VILLAGES
    assert resident["targets"] == VILLAGES
    assert resident["targetDays"] == (365 + 364) * VILLAGES
    assert resident["certainPeriods"] == 0


def test_what_lies_in_no_county_has_totals_of_its_own(loaded: Asker) -> None:
    totals = loaded.data(TOTALS, {"within": "5305", **YEAR})["gapTotals"]
    counties = [None if total["county"] is None else total["county"]["name"] for total in totals]
    assert set(counties) == {"隆阳区", "施甸县", "龙陵县", "昌宁县", "腾冲市", None}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"to": "2016-12-31"}, "to: 2016-12-31 is before 2017-01-01"),
        ({"within": "53"}, "within"),
        ({"within": "999999"}, "within: there is no division '999999'"),
        ({"lanes": ["no-lane"]}, "unknown lane 'no-lane'"),
        ({"duties": ["no-duty"]}, "unknown duty 'no-duty'"),
        ({"certainty": "NO"}, "ask for CERTAIN or POSSIBLE"),
        ({"after": "zzz"}, "no cursor of this list"),
        ({"first": 1001}, "1001 is out of range"),
    ],
)
def test_bad_input_is_told(small: Asker, change: dict[str, object], said: str) -> None:
    error = small.error(PERIODS, {**VILLAGE, **change})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert said in error["message"]


def test_a_window_of_all_days_is_answered(small: Asker) -> None:
    first = periods(small, within="530521", **{"from": "0001-01-01"}, to="9999-12-31", first=1)[0]
    assert (first["firstDay"], first["cause"]) == ("2015-11-29", "UNASSIGNED")  # the regime's first day
