"""A poor village of each county: every lane is filled, down to a household's helpers, and says where it is from."""

from __future__ import annotations

import pytest

from tests.api.asking import Asker

CHAIN = """
query Chain($code: String!) {
  household(code: $code) {
    accountabilityChain {
      links { lane { code } level { code } certainty assignment { provenance } }
    }
  }
  departments: node(id: "organization:5305:sector-departments") {
    ... on Organization {
      accountabilityChain(lanes: ["sector"]) { links { assignee { id } assignment { kind { code } } } }
    }
  }
}
"""
LANES = {"territorial", "linkage", "pairing", "resident", "office", "sector", "supervision"}
VILLAGES = ["530502104201", "530521101203", "530523101201", "530524102201", "530581106201"]


@pytest.mark.parametrize("village", VILLAGES)
def test_every_lane_is_filled(village: str, loaded: Asker) -> None:
    links = loaded.data(CHAIN, {"code": f"{village}-0001"})["household"]["accountabilityChain"]["links"]
    certain = [link for link in links if link["certainty"] == "CERTAIN"]
    assert {link["lane"]["code"] for link in certain} == LANES
    assert {link["level"]["code"] for link in certain} == {"household", "village", "township", "county", "city"}
    by_lane = {(link["lane"]["code"], link["assignment"]["provenance"]) for link in certain}
    assert {("linkage", "SOURCE"), ("pairing", "SYNTHETIC"), ("resident", "SYNTHETIC"), ("sector", "SOURCE")} <= by_lane
    assert {link["assignment"]["provenance"] for link in links if link["level"]["code"] == "household"} == {"SYNTHETIC"}


def test_the_departments_stand_one_by_one_below_their_collective(loaded: Asker) -> None:
    links = loaded.data(CHAIN, {"code": f"{VILLAGES[0]}-0001"})["departments"]["accountabilityChain"]["links"]
    for kind in ("sector-duty", "responsibility-contract"):
        below = {
            link["assignee"]["id"]
            for link in links
            if link["assignment"]["kind"]["code"] == kind and "sector-department-" in link["assignee"]["id"]
        }
        assert len(below) == 38
