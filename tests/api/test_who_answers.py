"""Who answers for whom in the data that ship: the links of city leaders, the township that changed, every village."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graph_model.graph import ResponsibilityGraph
from graph_model.stores.embedded import open_store
from loaders.default import read_default
from loaders.writing import load
from tests.api.asking import Asker
from tests.silence import Silence

OPERATIONS = Path(__file__).resolve().parents[2] / "examples" / "operations"
VILLAGE_CHAIN = (OPERATIONS / "village-chain.graphql").read_text(encoding="utf-8")

# The posts that the source links to each county (1.2).
LINKED = {
    "530521": ["市委书记"],
    "530523": ["市长"],
    "530524": ["市委副书记"],
    "530502": ["市人大常委会主任", "市委组织部部长"],
    "530581": ["市政协主席", "市纪委书记"],
}


def _first_village(loaded: Asker, county: str) -> str:
    query = 'query F($c: String!) { divisions(within: $c, level: "village", first: 1) { edges { node { code } } } }'
    page = loaded.data(query, {"c": county})
    return str(page["divisions"]["edges"][0]["node"]["code"])


def _linkage(loaded: Asker, code: str, as_of: str | None) -> list[dict[str, Any]]:
    data = loaded.data(VILLAGE_CHAIN, {"code": code, "asOf": as_of, "lanes": ["linkage"]})
    links: list[dict[str, Any]] = data["village"]["accountabilityChain"]["links"]
    return [link for link in links if link["level"]["code"] == "county"]


@pytest.mark.parametrize(("county", "posts"), LINKED.items(), ids=LINKED.keys())
def test_the_city_leaders_linked_to_a_county_answer_for_its_villages(
    loaded: Asker, county: str, posts: list[str]
) -> None:
    links = _linkage(loaded, _first_village(loaded, county), "2017-06-30")
    assert sorted(link["assignee"]["name"] for link in links) == sorted(posts)
    assert {link["certainty"] for link in links} == {"CERTAIN"}
    assert {link["assignment"]["basis"]["clause"] for link in links} == {"1.2"}
    assert {link["assignment"]["provenance"] for link in links} == {"SOURCE"}


@pytest.mark.parametrize(("day", "certainties"), [("2019-01-01", {"POSSIBLE"}), ("1990-01-01", set())])
def test_a_link_is_no_surer_than_its_dates_and_its_regime(loaded: Asker, day: str, certainties: set[str]) -> None:
    assert {link["certainty"] for link in _linkage(loaded, _first_village(loaded, "530521"), day)} == certainties


HETU = "河村"
ANCESTORS = """
query Ancestors($c: String!, $d: Date) {
  village(code: $c, asOf: $d) { name ancestors { level { code } name certainty } }
}
"""


@pytest.mark.parametrize(
    ("day", "townships"),
    [
        ("2016-07-31", {("河图镇", "CERTAIN")}),
        ("2017-06-30", {("河图镇", "POSSIBLE"), ("河图街道办事处", "POSSIBLE")}),
        ("2017-10-31", {("河图街道办事处", "CERTAIN")}),
    ],
)
@pytest.mark.parametrize("code", ["530502102201", "530502005001"])
def test_the_township_of_a_village_that_moved(
    loaded: Asker, code: str, day: str, townships: set[tuple[str, str]]
) -> None:
    village = loaded.data(ANCESTORS, {"c": code, "d": day})["village"]
    assert village["name"].startswith(HETU)
    found = {(each["name"], each["certainty"]) for each in village["ancestors"] if each["level"]["code"] == "township"}
    assert found == townships
    assert [each["certainty"] for each in village["ancestors"] if each["name"] == "隆阳区"] == ["CERTAIN"]


UNMET = {"VACANT_POST", "EXPIRED", "UNASSIGNED"}

ALL_CHAINS = """
query All($after: String) {
  divisions(within: "5305", level: "village", first: 100, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { id code name accountabilityChain {
      completeness
      links { certainty target { id } assignee { id } assignment { id } holders { person { id } certainty } }
      gaps { cause certainty duty { code } target { code } message }
    } } }
  }
}
"""


def _all_chains(asker: Asker) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        page = asker.data(ALL_CHAINS, {"after": after})["divisions"]
        rows += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            assert len(rows) == page["totalCount"]
            return rows


@pytest.mark.parametrize("data", ["loaded", "facts_only"])
def test_all_921_villages_answer_and_give_the_same_bytes_twice(request: pytest.FixtureRequest, data: str) -> None:
    asker: Asker = request.getfixturevalue(data)
    first, second = _all_chains(asker), _all_chains(asker)
    assert len({row["id"] for row in first}) == 921
    assert json.dumps(first) == json.dumps(second)


def test_with_the_facts_only_nothing_is_surely_unmet_and_no_chain_is_complete(facts_only: Asker) -> None:
    rows = _all_chains(facts_only)
    unmet = [gap for row in rows for gap in row["accountabilityChain"]["gaps"] if gap["cause"] in UNMET]
    assert unmet
    assert {gap["certainty"] for gap in unmet} == {"POSSIBLE"}
    assert {row["accountabilityChain"]["completeness"] for row in rows} == {"UNKNOWN"}


async def test_the_order_of_loading_changes_no_answer(facts_only: Asker, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'reversed.db'}"
    for reading in reversed(read_default(facts_only=True)):
        await load(url, [reading], Silence())
    graph = ResponsibilityGraph(open_store(url, "reader"))
    frame = await graph.frame()
    await graph.close()
    assert frame.header.version == facts_only.data("{ dataset { version } }")["dataset"]["version"]
