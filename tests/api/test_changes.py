"""What was written since a checkpoint, as the chains of a division's targets show it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import structs
from starlette.testclient import TestClient

from api.app import build_app
from graph_model import chain_changes
from graph_model.exchange import Batch, Edit, EditRequest
from graph_model.graph import ResponsibilityGraph
from graph_model.records import AnyRecord, Coverage, Family, Person, Provenance, Relation
from graph_model.stores.base import StoreReader
from graph_model.stores.embedded import open_store
from tests.api.asking import Asker
from tests.api.conftest import MAX_BODY_BYTES
from tests.api.small_world import DAY, FIRST_VILLAGE, VILLAGES, list_records
from tests.api.watched_store import WatchedStore

START = 1_577_836_800_000_000
LOADED, NEW_HOLDER, TEAM_LEFT, HELPER, COVERED = (
    f"{number}@2020-01-01T00:00:0{number - 1}.000000Z" for number in range(1, 6)
)
VILLAGE_IDS = [f"division:{530521101201 + number}" for number in range(VILLAGES)]
TEAM_LINK = f"assignment:resident-team:organization:team~division:{FIRST_VILLAGE}"

CHANGES = """
query($within: String!, $since: String!, $until: String, $asOf: Date, $lanes: [String!], $first: Int, $after: String) {
  changes(within: $within, since: $since, until: $until, asOf: $asOf, lanes: $lanes) {
    since until asOf reach
    targets(first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor }
      edges { node {
        target { id code }
        difference {
          linksGained { assignment { id } } linksLost { assignment { id } sentence }
          linksChanged {
            isOfHolders before { assignment { id } holders { person { id } } } after { holders { person { id } } }
          }
          gapsOpened { duty { code } target { id } message } gapsClosed { duty { code } }
          gapsChanged { before { certainty } after { certainty } }
        }
      } }
    }
  }
}
"""


def holding(person: str) -> Relation:
    return Relation(
        id=f"holding:holds:{person}~post:secretary",
        provenance=Provenance.SOURCE,
        family=Family.HOLDING,
        kind="holds",
        source=person,
        target="post:secretary",
    )


def helper() -> Relation:
    household = f"household:{FIRST_VILLAGE}-0002"
    return Relation(
        id=f"assignment:helps-household:person:p2~{household}",
        provenance=Provenance.SOURCE,
        family=Family.RESPONSIBILITY,
        kind="helps-household",
        source="person:p2",
        target=household,
        regime="poverty-alleviation-2017",
    )


def coverage() -> Coverage:
    (found,) = [record for record in list_records() if isinstance(record, Coverage)]
    return structs.replace(found, id="coverage:teams", kind="resident-team")


@pytest.fixture(scope="module")
def watching() -> WatchedStore:
    return WatchedStore(open_store("sqlite:///:memory:", "writer"))


@pytest.fixture(scope="module")
def asker(watching: WatchedStore) -> Iterator[Asker]:
    """Asks the small world, into which four edits were written, a second apart."""
    store = watching.as_store()
    edits: list[tuple[tuple[AnyRecord, ...], tuple[str, ...]]] = [
        (
            (Person(id="person:p2", provenance=Provenance.SYNTHETIC, code="P-2"), holding("person:p2")),
            ("holding:holds:person:p1~post:secretary",),
        ),
        ((), (TEAM_LINK,)),
        ((helper(),), ()),
        ((coverage(),), ()),
    ]

    async def fill() -> None:
        await store.apply([Batch("world", list_records())], recorded_at=START, author="loaders")
        for number, (puts, removes) in enumerate(edits, 1):

            async def decide(_: StoreReader, edit: Edit = Edit(puts, removes)) -> Edit:  # noqa: B008 - frozen
                return edit

            await store.edit(decide, EditRequest("李四", "edit"), recorded_at=START + number * 1_000_000)

    asyncio.run(fill())
    with TestClient(build_app(ResponsibilityGraph(store), max_body_bytes=MAX_BODY_BYTES)) as client:
        yield Asker(client)


def changed(asker: Asker, within: str = "5305", **variables: object) -> Any:  # noqa: ANN401 - JSON
    return asker.data(CHANGES, {"within": within, "asOf": DAY, "first": 1000, **variables})["changes"]


def targets(answer: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [edge["node"]["target"]["id"] for edge in answer["targets"]["edges"]]


def test_another_holder_shows_in_every_chain_that_the_post_is_in(asker: Asker) -> None:
    found = changed(asker, since=LOADED, until=NEW_HOLDER)
    assert (found["since"], found["until"], found["asOf"], found["reach"]) == (LOADED, NEW_HOLDER, DAY, "TOUCHED")
    assert targets(found) == ["division:530521", "division:530521101", *VILLAGE_IDS]
    (county,) = [
        edge["node"]["difference"] for edge in found["targets"]["edges"] if edge["node"]["target"]["code"] == "530521"
    ]
    (change,) = county["linksChanged"]
    assert change["isOfHolders"] is True
    assert [row["person"]["id"] for row in change["before"]["holders"]] == ["person:p1"]
    assert [row["person"]["id"] for row in change["after"]["holders"]] == ["person:p2"]


def test_a_link_that_was_lost_is_told_as_it_was(asker: Asker) -> None:
    found = changed(asker, since=NEW_HOLDER, until=TEAM_LEFT)
    assert targets(found) == [f"division:{FIRST_VILLAGE}"]
    difference = found["targets"]["edges"][0]["node"]["difference"]
    assert [link["assignment"]["id"] for link in difference["linksLost"]] == [TEAM_LINK]
    assert "工作队" in difference["linksLost"][0]["sentence"]
    assert [gap["duty"]["code"] for gap in difference["gapsOpened"]] == ["village-team"]


def test_a_households_own_link(asker: Asker) -> None:
    found = changed(asker, FIRST_VILLAGE, since=TEAM_LEFT, until=HELPER)
    assert targets(found) == [f"household:{FIRST_VILLAGE}-0002"]
    assert changed(asker, "530521101202", since=TEAM_LEFT, until=HELPER)["targets"]["totalCount"] == 0


def test_a_roster_that_is_complete_changes_gaps_everywhere(asker: Asker) -> None:
    found = changed(asker, since=HELPER, until=COVERED)
    assert targets(found) == [f"division:{FIRST_VILLAGE}"]
    (gap,) = found["targets"]["edges"][0]["node"]["difference"]["gapsChanged"]
    assert (gap["before"]["certainty"], gap["after"]["certainty"]) == ("POSSIBLE", "CERTAIN")


def test_several_writes_are_one_difference(asker: Asker) -> None:
    whole = changed(asker, since=LOADED)
    assert whole["until"] == COVERED
    difference = next(
        edge["node"]["difference"]
        for edge in whole["targets"]["edges"]
        if edge["node"]["target"]["id"] == f"division:{FIRST_VILLAGE}"
    )
    assert [link["assignment"]["id"] for link in difference["linksLost"]] == [TEAM_LINK]
    assert len(difference["linksChanged"]) > 0


def test_from_the_beginning_all_is_gained(asker: Asker) -> None:
    found = changed(asker, "530521101", since="0", until=LOADED)
    assert targets(found)[0] == "division:530521101"
    assert len(found["targets"]["edges"][1]["node"]["difference"]["linksGained"]) == 3


def test_nothing_was_written_since_the_last_write(asker: Asker) -> None:
    checkpoint = asker.data("{ dataset { checkpoint } }")["dataset"]["checkpoint"]
    found = changed(asker, since=checkpoint)
    assert (found["since"], found["until"], found["targets"]["totalCount"]) == (checkpoint, checkpoint, 0)


def test_on_a_day_on_which_it_makes_no_difference(asker: Asker) -> None:
    assert changed(asker, since=LOADED, asOf="1990-01-01")["targets"]["totalCount"] == 0


def test_only_the_lanes_that_are_asked_for(asker: Asker) -> None:
    found = [
        targets(changed(asker, FIRST_VILLAGE, since=NEW_HOLDER, until=TEAM_LEFT, lanes=lanes))
        for lanes in (["linkage"], ["resident"], [])
    ]
    assert found == [[], [f"division:{FIRST_VILLAGE}"], []]


def test_pages_are_without_gap_or_repetition(asker: Asker) -> None:
    page = changed(asker, since=LOADED, first=4)
    seen = targets(page)
    while page["targets"]["pageInfo"]["hasNextPage"]:
        page = changed(asker, since=LOADED, first=4, after=page["targets"]["pageInfo"]["endCursor"])
        seen += targets(page)
    assert seen == targets(changed(asker, since=LOADED))
    assert page["targets"]["totalCount"] == len(seen)


def test_what_was_found_once_is_not_looked_for_again(asker: Asker, watching: WatchedStore) -> None:
    changed(asker, since=LOADED, until=TEAM_LEFT, asOf="2017-06-29")
    watching.calls.clear()
    changed(asker, since=LOADED, until=TEAM_LEFT, asOf="2017-06-29", first=1)
    assert watching.calls["changes"] == 0
    assert watching.calls["neighbourhood"] <= 4


def test_more_than_is_followed_one_by_one_is_all_divisions(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain_changes, "MOST_RECORDS", 2)
    found = changed(asker, since=LOADED, until=HELPER, asOf="2017-07-01")
    assert found["reach"] == "DIVISIONS"
    assert targets(found) == ["division:530521", "division:530521101", *VILLAGE_IDS]


@pytest.mark.parametrize(
    ("variables", "code", "reason"),
    [
        ({"within": "999999"}, "BAD_USER_INPUT", "there is no division"),
        ({"within": "施甸"}, "BAD_USER_INPUT", "no code of a division"),
        ({"since": "x"}, "BAD_USER_INPUT", "since: 'x' is no checkpoint; one looks like 57@"),
        ({"until": ""}, "BAD_USER_INPUT", "until: '' is no checkpoint"),
        ({"since": TEAM_LEFT, "until": LOADED}, "BAD_USER_INPUT", "is before 3@2020"),
        ({"since": "2@2020-01-01T00:00:09.000000Z"}, "CHECKPOINT_UNKNOWN", "there was no such write here"),
        ({"since": "99@2020-01-01T00:00:09.000000Z"}, "CHECKPOINT_UNKNOWN", "there was no such write here"),
        ({"since": "0", "until": "0"}, "NOT_RECORDED_YET", "no data set was recorded yet"),
        ({"lanes": ["none"]}, "BAD_USER_INPUT", "unknown lane"),
        ({"after": "x"}, "BAD_USER_INPUT", "no cursor of this list"),
    ],
)
def test_what_cannot_be_answered(asker: Asker, variables: dict[str, Any], code: str, reason: str) -> None:
    error = asker.error(CHANGES, {"within": "5305", "since": LOADED, "asOf": DAY, **variables})
    assert error["extensions"] == {"code": code, "retryable": False}
    assert reason in error["message"]


def test_an_area_that_is_too_large(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain_changes, "MOST_TARGETS", 5)
    assert asker.code(CHANGES, {"within": "5305", "since": LOADED, "asOf": "2017-06-28"}) == "RANGE_TOO_LARGE"
