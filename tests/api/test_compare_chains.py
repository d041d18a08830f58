"""Chains of two days, or as known at two moments, compared."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import structs
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.dates import Validity
from graph_model.exchange import Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.records import AnyRecord, Code, Division, Family, Person, Provenance, Relation
from graph_model.stores.embedded import open_store
from tests.api.asking import Asker
from tests.api.conftest import MAX_BODY_BYTES
from tests.api.small_world import FIRST_VILLAGE, list_records
from tests.api.watched_store import WatchedStore

START = 1_577_836_800_000_000
BEFORE, AFTER = "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"
COUNTY_LINK = "assignment:linked-to-county:post:secretary~division:530521"
TEAM_LINK = f"assignment:resident-team:organization:team~division:{FIRST_VILLAGE}"
NEW_LINK = "assignment:resident-team:organization:team~division:reused-3"
REUSED = "530521101299"

COMPARE = """
query($code: String!, $from: Date!, $to: Date!, $at: DateTime, $then: DateTime, $lanes: [String!], $regime: String) {
  compareChains(
    code: $code, from: $from, to: $to, recordedFrom: $at, recordedTo: $then, lanes: $lanes, regime: $regime
  ) {
    target { id }
    before { asOf recordedAsOf completeness }
    after { asOf recordedAsOf completeness }
    difference {
      linksGained { assignment { id } } linksLost { assignment { id } } linksSame
      linksChanged {
        isOfHolders isOfCertainty
        before { assignment { id } certainty holders { person { id } } }
        after { assignment { id } certainty holders { person { id } } }
      }
      gapsOpened { duty { code } target { id } message(lang: EN) } gapsClosed { duty { code } target { id } }
      gapsChanged { before { cause certainty } after { cause certainty } }
      completenessBefore completenessAfter
    }
  }
}
"""


def reused(number: int, validity: Validity) -> list[AnyRecord]:
    """A village that bears the code that another one bears at another time."""
    node = f"division:reused-{number}"
    return [
        Division(id=node, provenance=Provenance.SOURCE, level="village"),
        Code(
            id=f"code:{number}", provenance=Provenance.SOURCE, subject=node, text=REUSED, scheme="s", validity=validity
        ),
    ]


def first_records() -> list[AnyRecord]:
    """The small world, with a village team that came in August, and a code that was used twice."""
    found = [
        structs.replace(record, validity=Validity(since="2017-08-01", until=".."))
        if isinstance(record, Relation) and record.id == TEAM_LINK
        else record
        for record in list_records()
    ]
    return [
        *found,
        *reused(1, Validity(since="2010", until="2016-01-01")),
        *reused(2, Validity(since="2018-01-01", until="..")),
    ]


def later_records() -> list[AnyRecord]:
    """What was known a day later: another person is the secretary, and the team never came."""
    gone = {TEAM_LINK, "holding:holds:person:p1~post:secretary"}
    held = "holding:holds:person:p2~post:secretary"
    return [
        *(record for record in first_records() if record.id not in gone),
        Person(id="person:p2", provenance=Provenance.SYNTHETIC, code="P-2"),
        Relation(
            id=held,
            provenance=Provenance.SOURCE,
            family=Family.HOLDING,
            kind="holds",
            source="person:p2",
            target="post:secretary",
            validity=Validity(since="2016", until=".."),
        ),
        *reused(3, Validity(since="2030", until="..")),
        Relation(
            id=NEW_LINK,
            provenance=Provenance.SOURCE,
            family=Family.RESPONSIBILITY,
            kind="resident-team",
            source="organization:team",
            target="division:reused-3",
            regime="poverty-alleviation-2017",
        ),
    ]


@pytest.fixture(scope="module")
def watching() -> WatchedStore:
    return WatchedStore(open_store("sqlite:///:memory:", "writer"))


@pytest.fixture(scope="module")
def asker(watching: WatchedStore) -> Iterator[Asker]:
    store = watching.as_store()

    async def fill() -> None:
        await store.apply([Batch("world", first_records())], recorded_at=START, author="one")
        await store.apply([Batch("world", later_records())], recorded_at=START + 86_400_000_000, author="two")

    asyncio.run(fill())
    with TestClient(build_app(ResponsibilityGraph(store), max_body_bytes=MAX_BODY_BYTES)) as client:
        yield Asker(client)


def compared(asker: Asker, code: str = FIRST_VILLAGE, **variables: object) -> Any:  # noqa: ANN401 - JSON
    given = {"code": code, "from": "2017-06-30", "to": "2017-06-30", **variables}
    return asker.data(COMPARE, given)["compareChains"]


def ids(links: list[Any]) -> list[str]:
    return [link["assignment"]["id"] for link in links]


def test_between_two_days_a_team_came(asker: Asker) -> None:
    found = compared(asker, to="2017-09-01", at=BEFORE, then=BEFORE)
    assert ids(found["difference"]["linksGained"]) == [TEAM_LINK]
    assert found["difference"]["linksLost"] == []
    assert [found[side]["asOf"] for side in ("before", "after")] == ["2017-06-30", "2017-09-01"]
    assert {found[side]["recordedAsOf"] for side in ("before", "after")} == {"2020-01-01T00:00:00.000000Z"}
    changed = {change["before"]["assignment"]["id"]: change for change in found["difference"]["linksChanged"]}
    assert changed[COUNTY_LINK]["before"]["certainty"] == "CERTAIN"
    assert changed[COUNTY_LINK]["after"]["certainty"] == "POSSIBLE"
    assert (changed[COUNTY_LINK]["isOfCertainty"], changed[COUNTY_LINK]["isOfHolders"]) == (True, False)
    closed = {gap["duty"]["code"] for gap in found["difference"]["gapsClosed"]}
    assert "village-team" in closed


def test_the_other_way_round_is_the_mirror_image(asker: Asker) -> None:
    there = compared(asker, to="2017-09-01", at=BEFORE, then=AFTER)
    back = compared(asker, **{"from": "2017-09-01", "to": "2017-06-30", "at": AFTER, "then": BEFORE})
    assert there["target"] == back["target"]
    assert (there["before"], there["after"]) == (back["after"], back["before"])
    assert there["difference"]["linksGained"] == back["difference"]["linksLost"]
    assert there["difference"]["linksLost"] == back["difference"]["linksGained"]
    assert len(there["difference"]["gapsOpened"]) == len(back["difference"]["gapsClosed"])
    assert there["difference"]["completenessBefore"] == back["difference"]["completenessAfter"]


def test_what_a_correction_changed_of_the_same_day(asker: Asker) -> None:
    found = compared(asker, **{"from": "2017-09-01", "to": "2017-09-01", "at": BEFORE, "then": AFTER})
    assert ids(found["difference"]["linksLost"]) == [TEAM_LINK]
    assert found["difference"]["linksGained"] == []
    (opened,) = [gap for gap in found["difference"]["gapsOpened"] if gap["duty"]["code"] == "village-team"]
    assert opened["target"]["id"] == f"division:{FIRST_VILLAGE}"
    county = next(c for c in found["difference"]["linksChanged"] if c["after"]["assignment"]["id"] == COUNTY_LINK)
    assert county["isOfHolders"] is True
    assert [holder["person"]["id"] for holder in county["before"]["holders"]] == ["person:p1"]
    assert [holder["person"]["id"] for holder in county["after"]["holders"]] == ["person:p2"]


def test_without_recorded_moments_both_are_as_known_now(asker: Asker) -> None:
    found = compared(asker)
    assert (found["before"]["recordedAsOf"], found["after"]["recordedAsOf"]) == (None, None)
    assert found["difference"]["linksGained"] == found["difference"]["linksChanged"] == []
    assert found["difference"]["linksSame"] > 0


def test_only_the_lanes_that_are_asked_for(asker: Asker) -> None:
    found = compared(asker, to="2017-09-01", at=BEFORE, then=BEFORE, lanes=["linkage"])
    assert found["difference"]["linksGained"] == []
    assert COUNTY_LINK in [change["after"]["assignment"]["id"] for change in found["difference"]["linksChanged"]]


def test_a_household_and_a_global_id_are_targets_too(asker: Asker) -> None:
    assert compared(asker, f"{FIRST_VILLAGE}-0001")["target"]["id"] == f"household:{FIRST_VILLAGE}-0001"
    assert compared(asker, "division:530521")["target"]["id"] == "division:530521"


@pytest.mark.parametrize(
    ("first", "second", "meant"),
    [("2015-01-01", "2019-01-01", 2), ("2019-01-01", "2015-01-01", 2), ("2015-01-01", "2015-06-01", 1)],
)
def test_a_code_that_was_used_twice_means_that_of_the_later_day(
    asker: Asker, first: str, second: str, meant: int
) -> None:
    found = compared(asker, REUSED, **{"from": first, "to": second})
    assert found["target"]["id"] == f"division:reused-{meant}"


def test_a_target_that_was_not_known_then_has_no_chain_before(asker: Asker) -> None:
    found = compared(asker, "division:reused-3", at=BEFORE, then=AFTER)
    assert found["before"] is None
    assert found["difference"]["completenessBefore"] is None
    assert ids(found["difference"]["linksGained"]) == [NEW_LINK]


@pytest.mark.parametrize("code", ["999999", "530521101999-0001", "division:none", "post:secretary", "person:p2"])
def test_what_is_no_target_has_no_comparison(asker: Asker, code: str) -> None:
    assert compared(asker, code) is None


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"code": "12"}, None),
        ({"code": "施甸"}, "BAD_USER_INPUT"),
        ({"lanes": ["none"]}, "BAD_USER_INPUT"),
        ({"regime": "none"}, "BAD_USER_INPUT"),
        ({"from": "2017"}, "BAD_USER_INPUT"),
        ({"at": "2020-01-01T00:00:00"}, "BAD_USER_INPUT"),
        ({"at": "2019-01-01T00:00:00Z"}, "NOT_RECORDED_YET"),
    ],
)
def test_arguments_that_cannot_be_used(asker: Asker, variables: dict[str, Any], code: str | None) -> None:
    given = {"code": FIRST_VILLAGE, "from": "2017-06-30", "to": "2017-06-30", **variables}
    if code is None:
        assert asker.data(COMPARE, given)["compareChains"] is None
    else:
        assert asker.code(COMPARE, given) == code


def test_two_days_ask_the_store_twice(asker: Asker, watching: WatchedStore) -> None:
    compared(asker, to="2017-09-01")
    watching.calls.clear()
    compared(asker, to="2017-09-01")
    assert dict(watching.calls) == {"neighbourhood": 2}
