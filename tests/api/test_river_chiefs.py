"""A second regime beside the first one: river chiefs, from a reach, a village, a post; and the first as it was.

What is expected stands in river_chiefs.yaml, in words that a domain expert can read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from graph_model.yaml_file import read_yaml
from tests.api.asking import Asker

CHAIN = """
query Chain($id: ID!, $asOf: Date!, $regime: String, $lanes: [String!]) {
  node(id: $id, asOf: $asOf) {
    ... on Target {
      accountabilityChain(regime: $regime, lanes: $lanes) {
        completeness
        way { certainty target { id } }
        links { certainty assignment { kind { code } provenance } assignee { name } target { id } }
        gaps { cause certainty duty { code } target { id } }
      }
    }
  }
}
"""
ASSETS = (
    "query Assets($within: String!, $asOf: Date) { assets(within: $within, asOf: $asOf) { edges { node { id } } } }"
)
ASSIGNMENTS = """
query Assignments($id: ID!, $asOf: Date!, $regimes: [String!]) {
  node(id: $id, asOf: $asOf) {
    ... on Assignee { assignments(regimes: $regimes) { edges { node { regime kind { code } target { id } } } } }
  }
}
"""
RIVERS, POVERTY = "river-chiefs", "poverty-alleviation-2017"


class Case(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A chain: left away is what a case does not speak of; ``links`` are those that it must have."""

    case: str
    of: str
    as_of: str = "2021-09-09"
    way: list[str] | None = None
    links: list[str] = []
    gaps: list[str] | None = None
    completeness: str | None = None


CASES = read_yaml(Path(__file__).with_name("river_chiefs.yaml"), list[Case]).content


def chain_of(loaded: Asker, target: str, day: str, regime: str | None = RIVERS) -> dict[str, Any]:
    chain = loaded.data(CHAIN, {"id": target, "asOf": day, "regime": regime})["node"]["accountabilityChain"]
    assert isinstance(chain, dict)
    return chain


def targets(answer: dict[str, Any]) -> set[tuple[str, str]]:
    edges = answer["node"]["assignments"]["edges"]
    return {(edge["node"]["kind"]["code"], edge["node"]["target"]["id"]) for edge in edges}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.case)
def test_the_chain_is_as_expected(loaded: Asker, case: Case) -> None:
    chain = chain_of(loaded, case.of, case.as_of)
    links = [
        f"{link['assignee']['name']} {link['assignment']['kind']['code']} {link['target']['id']}: {link['certainty']} "
        f"{link['assignment']['provenance']}"
        for link in chain["links"]
    ]
    assert [link for link in links if link in case.links] == case.links
    if case.way is not None:
        assert [rung["target"]["id"] for rung in chain["way"]] == case.way
    if case.gaps is not None:
        assert [
            f"{gap['target']['id']} {gap['duty']['code']}: {gap['cause']} {gap['certainty']}" for gap in chain["gaps"]
        ] == case.gaps
    if case.completeness is not None:
        assert chain["completeness"] == case.completeness


@pytest.mark.parametrize(
    ("within", "waters"),
    [
        ("530581107201", ["longchuan-530581107201"]),
        ("530581107", ["longchuan-530581107", "longchuan-530581107201"]),
        ("530523104", ["nu-huitong"]),
        ("asset:nu-5305", ["nu-530502", "nu-530502106", "nu-530502210", "nu-530521", "nu-530523", "nu-huitong"]),
        ("530524", []),
    ],
)
def test_which_waters_lie_in_a_place(loaded: Asker, within: str, waters: list[str]) -> None:
    edges = loaded.data(ASSETS, {"within": within, "asOf": "2021-09-09"})["assets"]["edges"]
    assert [edge["node"]["id"] for edge in edges] == [f"asset:{water}" for water in waters]


def test_one_post_has_several_seats_each_its_own_assignment(loaded: Asker) -> None:
    asked = {"id": "post:530581:government-head", "asOf": "2021-09-09"}
    assert targets(loaded.data(ASSIGNMENTS, {**asked, "regimes": [RIVERS]})) == {
        ("chief", "asset:binglang-530581"),
        ("chief", "asset:longchuan-530581"),
        ("deputy-general-chief", "division:530581"),
    }


def test_unless_the_other_is_asked_for_a_post_answers_for_what_it_did_in_the_first_regime(loaded: Asker) -> None:
    asked = {"id": "post:530581:government-head", "asOf": "2021-09-09"}
    first = loaded.data(ASSIGNMENTS, asked)
    assert first == loaded.data(ASSIGNMENTS, {**asked, "regimes": [POVERTY]})
    both = loaded.data(ASSIGNMENTS, {**asked, "regimes": [POVERTY, RIVERS]})
    assert len(targets(both)) == len(targets(first)) + 3


@pytest.mark.parametrize("village", ["530581107201", "530581106201", "530502106201"])
def test_a_village_by_a_river_has_the_first_regimes_chain_unless_the_other_is_asked_for(
    loaded: Asker, village: str
) -> None:
    chain = chain_of(loaded, f"division:{village}", "2017-06-30", None)
    assert chain == chain_of(loaded, f"division:{village}", "2017-06-30", POVERTY)
    assert not any(rung["target"]["id"].startswith("asset:") for rung in chain["way"])


def test_before_the_opinion_there_are_no_chiefs(loaded: Asker) -> None:
    chain = chain_of(loaded, "asset:nu-huitong", "2016-01-01")
    assert (chain["links"], chain["gaps"], chain["completeness"]) == ([], [], "UNKNOWN")


def test_without_what_is_made_up_the_sources_own_seats_are_left(facts_only: Asker) -> None:
    chain = chain_of(facts_only, "asset:longchuan-530581", "2021-09-09")
    assert {link["assignment"]["provenance"] for link in chain["links"]} == {"SOURCE"}
    assert [(link["assignment"]["kind"]["code"], link["target"]["id"]) for link in chain["links"]] == [
        ("general-chief", "division:530581"),
        ("deputy-general-chief", "division:530581"),
        ("chief", "asset:irrawaddy-system"),
    ]


RHYTHMS = """
query Rhythms($of: String!, $from: Date!, $to: Date!, $regime: String) {
  rhythms(of: $of, from: $from, to: $to, regime: $regime) {
    rhythm { code } target { code } assignee { name } met missed unknown
    periods { first verdict certainty done { kind { code } period { text } } perhaps { id } }
  }
}
"""
YEAR = {"from": "2021-01-01", "to": "2021-12-31", "regime": RIVERS}


def test_a_nearer_rhythm_with_a_season_and_a_stricter_one_for_a_problem_section(loaded: Asker) -> None:
    monthly, strict, *above = loaded.data(RHYTHMS, {"of": "asset:longchuan-530581107", **YEAR})["rhythms"]
    assert [monthly["rhythm"]["code"], strict["rhythm"]["code"], *(each["rhythm"]["code"] for each in above)] == [
        "tengchong-township-patrol",
        "tengchong-problem-patrol",
        "county-patrol",
    ]
    assert (monthly["met"], monthly["missed"], monthly["unknown"]) == (6, 1, 3)
    assert monthly["periods"][0]["first"] == "2021-03-01"
    assert [each["first"] for each in monthly["periods"] if each["verdict"] == "MISSED"] == ["2021-07-01"]
    assert (strict["met"], strict["missed"], strict["unknown"]) == (3, 3, 0)


def test_where_no_record_is_complete_nothing_is_missed(loaded: Asker) -> None:
    found = loaded.data(RHYTHMS, {"of": "asset:nu-530502106", **YEAR})["rhythms"]
    assert {each["rhythm"]["code"]: (each["met"], each["missed"], each["unknown"]) for each in found} == {
        "township-patrol": (2, 0, 10),
        "county-patrol": (0, 0, 4),
        "city-patrol": (1, 0, 1),
    }


def test_the_rhythms_of_a_post_are_those_of_its_seats(loaded: Asker) -> None:
    found = loaded.data(RHYTHMS, {"of": "post:530581:government-head", **YEAR})["rhythms"]
    assert [each["target"]["code"] for each in found] == ["binglang-530581", "longchuan-530581"]


def test_unless_the_other_is_asked_for_rhythms_are_the_first_regimes(loaded: Asker) -> None:
    def codes(regime: str | None) -> set[str]:
        found = loaded.data(RHYTHMS, {"of": "asset:longchuan-530581107", **YEAR, "regime": regime})["rhythms"]
        return {each["rhythm"]["code"] for each in found}

    assert codes(None) == codes(POVERTY)
    assert not codes(None) & codes(RIVERS)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"of": "asset:none"}, "of: nothing that answers, or is answered for, has the code or id 'asset:none'"),
        ({"of": "document:river-texts"}, "of: nothing that answers"),
        ({"of": "x"}, "of: "),
        ({"to": "2020-12-31"}, "to: give a day from 2021-01-01 to 732 days after it; this one is 2020-12-31"),
        ({"to": "2024-01-01"}, "to: give a day from"),
        ({"regime": "lakes"}, "unknown regime 'lakes'; there are: poverty-alleviation-2017, river-chiefs"),
    ],
)
def test_what_cannot_be_asked(loaded: Asker, more: dict[str, str], said: str) -> None:
    error = loaded.error(RHYTHMS, {"of": "asset:nu", **YEAR, **more})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert said in error["message"]


HANDOVERS = """
query Handovers($of: String!, $from: Date!, $to: Date!, $regime: String) {
  handovers(of: $of, from: $from, to: $to, regime: $regime) {
    deadline { code within unit } target { code } assignee { name } verdict certainty
    endedEarliest endedLatest dueEarliest dueLatest successor { id }
  }
}
"""


def test_a_village_chief_left_and_nobody_came_within_15_working_days(loaded: Asker) -> None:
    (late,) = loaded.data(HANDOVERS, {"of": "asset:longchuan-530581106201", **YEAR})["handovers"]
    assert (late["assignee"]["name"], late["verdict"], late["certainty"]) == ("界头社区党总支书记", "LATE", "CERTAIN")
    assert (late["endedEarliest"], late["dueLatest"], late["successor"]) == ("2021-06-30", "2021-07-21", None)


def test_whoever_acted_left_and_the_one_whose_vacancy_it_was_goes_on(loaded: Asker) -> None:
    (handover,) = loaded.data(HANDOVERS, {"of": "asset:binglang-530581104", **YEAR})["handovers"]
    assert (handover["assignee"]["name"], handover["verdict"]) == ("猴桥镇政府", "IN_TIME")


def test_a_deadline_after_the_last_day_is_pending(loaded: Asker) -> None:
    asked = {"of": "asset:longchuan-530581106201", **YEAR, "to": "2021-07-20"}
    assert [each["verdict"] for each in loaded.data(HANDOVERS, asked)["handovers"]] == ["PENDING"]


def test_the_handovers_of_a_post_are_those_of_its_seats(loaded: Asker) -> None:
    found = loaded.data(HANDOVERS, {"of": "post:530581106201:party-secretary", **YEAR})["handovers"]
    assert [each["target"]["code"] for each in found] == ["longchuan-530581106201"]


def test_handovers_of_nothing_are_refused(loaded: Asker) -> None:
    error = loaded.error(HANDOVERS, {"of": "asset:none", **YEAR})
    assert error["message"] == "of: nothing that answers, or is answered for, has the code or id 'asset:none'"
