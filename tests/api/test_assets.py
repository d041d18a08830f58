"""The assets of a place: which waters lie in a village; and the regimes of what somebody answers for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.dates import Validity
from graph_model.exchange import Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.records import AnyRecord, Asset, Family, Provenance, Relation
from graph_model.stores.embedded import open_store
from tests.api.asking import Asker
from tests.api.conftest import MAX_BODY_BYTES
from tests.api.small_world import DAY, FIRST_VILLAGE, list_records
from tests.api.watched_store import WatchedStore

ASSETS = """
query Assets($within: String!, $kind: String, $first: Int, $after: String, $asOf: Date) {
  assets(within: $within, kind: $kind, first: $first, after: $after, asOf: $asOf) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { code kind name certainty accountabilityChain { way { target { id } } } } }
  }
}
"""
ASSIGNMENTS = """
query Assignments($regimes: [String!]) {
  node(id: "post:secretary") { ... on Post { assignments(regimes: $regimes) { totalCount } } }
}
"""


def asset(code: str, kind: str) -> Asset:
    return Asset(id=f"asset:{code}", provenance=Provenance.SYNTHETIC, code=code, kind=kind, name=code)


def lies_in(code: str, target: str, validity: Validity) -> Relation:
    return Relation(
        id=f"containment:part-of:asset:{code}~{target}",
        provenance=Provenance.SYNTHETIC,
        family=Family.CONTAINMENT,
        kind="part-of",
        source=f"asset:{code}",
        target=target,
        validity=validity,
    )


def waters() -> list[AnyRecord]:
    """A river with a section in the county, one of it in the township, and a lake that may lie in the village."""
    surely = Validity(since="2017-01-01", until="..")
    return [
        asset("river", "river"),
        asset("section-1", "section"),
        asset("section-11", "section"),
        asset("lake", "lake"),
        lies_in("section-1", "asset:river", surely),
        lies_in("section-1", "division:530521", surely),
        lies_in("section-11", "asset:section-1", surely),
        lies_in("section-11", "division:530521101", surely),
        lies_in("lake", f"division:{FIRST_VILLAGE}", Validity(since="2017")),
    ]


@pytest.fixture(scope="module")
def watched_rivers() -> WatchedStore:
    return WatchedStore(open_store("sqlite:///:memory:", "writer"))


@pytest.fixture(scope="module")
def rivers(watched_rivers: WatchedStore) -> Iterator[Asker]:
    graph = ResponsibilityGraph(watched_rivers.as_store())
    small_world = [record for record in list_records() if not record.id.endswith("asset:reach~division:530521")]
    asyncio.run(graph.apply([Batch("world", [*small_world, *waters()])], author="tests"))
    with TestClient(build_app(graph, max_body_bytes=MAX_BODY_BYTES)) as client:
        yield Asker(client)


def listed(rivers: Asker, within: str, **more: object) -> dict[str, str]:
    edges = rivers.data(ASSETS, {"within": within, **more})["assets"]["edges"]
    return {edge["node"]["code"]: edge["node"]["certainty"] for edge in edges}


def test_the_waters_of_a_county_each_once_by_code(rivers: Asker) -> None:
    found = listed(rivers, "530521")
    assert list(found.items()) == [("lake", "POSSIBLE"), ("section-1", "CERTAIN"), ("section-11", "CERTAIN")]


def test_the_waters_of_a_village(rivers: Asker) -> None:
    assert listed(rivers, FIRST_VILLAGE) == {"lake": "POSSIBLE"}


def test_the_sections_of_a_river(rivers: Asker) -> None:
    assert listed(rivers, "asset:river") == {"section-1": "CERTAIN", "section-11": "CERTAIN"}


def test_only_those_of_a_kind(rivers: Asker) -> None:
    assert listed(rivers, "530521", kind="lake") == {"lake": "POSSIBLE"}


def test_before_there_were_any(rivers: Asker) -> None:
    assert listed(rivers, "530521", asOf="2016-06-30") == {}


def test_a_section_lies_in_its_river_and_in_its_divisions_each_once(rivers: Asker) -> None:
    asked = {"within": "530521101", "asOf": DAY}
    (edge,) = [edge for edge in rivers.data(ASSETS, asked)["assets"]["edges"] if edge["node"]["code"] == "section-11"]
    way = [rung["target"]["id"] for rung in edge["node"]["accountabilityChain"]["way"]]
    # What has no level in the regime stands before what has: the nearest first, then by id.
    assert way == [
        "asset:section-11",
        "asset:river",
        "asset:section-1",
        "division:530521101",
        "division:530521",
        "division:5305",
    ]


def test_page_by_page(rivers: Asker) -> None:
    first = rivers.data(ASSETS, {"within": "530521", "first": 2})["assets"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    assert list(listed(rivers, "530521", first=2, after=first["pageInfo"]["endCursor"])) == ["section-11"]


def test_a_list_with_its_chains_asks_the_store_twice_more(rivers: Asker, watched_rivers: WatchedStore) -> None:
    asked = {"within": "530521", "asOf": DAY}
    rivers.data(ASSETS, asked)
    watched_rivers.calls.clear()
    rivers.data(ASSETS, asked)
    assert dict(watched_rivers.calls) == {"neighbourhood": 2, "assets": 1}


@pytest.mark.parametrize(
    ("within", "said"),
    [
        ("530599", "within: there is no division '530599'"),
        ("5305x", "within: "),
        ("asset:none", "within: there is no division or asset with the id 'asset:none'"),
        ("post:secretary", "within: there is no division or asset with the id 'post:secretary'"),
        ("asset:河", "within: "),
    ],
)
def test_where_there_is_no_such_place(rivers: Asker, within: str, said: str) -> None:
    error = rivers.error(ASSETS, {"within": within})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert said in error["message"]


def test_what_somebody_answers_for_is_told_of_the_first_regime_or_of_those_asked_for(rivers: Asker) -> None:
    def total(regimes: list[str] | None) -> int:
        return int(rivers.data(ASSIGNMENTS, {"regimes": regimes})["node"]["assignments"]["totalCount"])

    assert total(None) == total(["poverty-alleviation-2017"]) == 13
    assert total([]) == 0


def test_an_unknown_regime_is_told_with_those_that_there_are(rivers: Asker) -> None:
    error = rivers.error(ASSIGNMENTS, {"regimes": ["river-chiefs"]})
    assert error["message"] == "unknown regime 'river-chiefs'; there are: poverty-alleviation-2017"
