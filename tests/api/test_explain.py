"""Explanations over the API: what comes back, what is refused, and what was recorded only later."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.exchange import Edit, EditRequest
from graph_model.graph import ResponsibilityGraph
from graph_model.instants import instant_of, instant_text
from graph_model.records import Family, Provenance, Relation
from graph_model.stores.base import StoreReader
from tests.api.asking import Asker
from tests.api.small_world import FIRST_VILLAGE, build_small_world
from tests.api.watched_store import WatchedStore

ASK = """
query ($target: String!, $about: ExplainAbout!, $asOf: Date = "2017-06-30", $recordedAsOf: DateTime, $regime: String) {
  explain(target: $target, about: $about, asOf: $asOf, recordedAsOf: $recordedAsOf, regime: $regime) {
    asOf recordedAsOf certainty message(lang: EN) zh: message
    target { id code name } regime { code }
    trails {
      certainty target { id } gap { cause certainty duty { code } } assignment { id kind { code } }
      steps {
        kind certainty clause record provenance sentence(lang: EN) subject { id } object { id } end
        bound { text state earliest latest } basis { clause document { title } }
      }
    }
  }
}
"""
SECRETARY = {"post": "post:secretary"}


def explain(asker: Asker, about: dict[str, str], target: str = FIRST_VILLAGE, **more: object) -> dict[str, Any]:
    answer: dict[str, Any] = asker.data(ASK, {"target": target, "about": about, **more})["explain"]
    return answer


def test_each_step_says_what_it_rests_on(small: Asker) -> None:
    answer = explain(small, SECRETARY)
    assert (answer["certainty"], answer["asOf"], answer["recordedAsOf"]) == ("CERTAIN", "2017-06-30", None)
    own, through_the_county = answer["trails"]
    assert own["assignment"]["kind"]["code"] == "linked-to-village"
    assert [step["kind"] for step in through_the_county["steps"]] == ["LIES_IN", "LIES_IN", "ANSWERS"]
    step = through_the_county["steps"][-1]
    assert step["basis"] == {"clause": "3.1", "document": {"title": "决定"}}
    assert (step["subject"]["id"], step["object"]["id"]) == ("post:secretary", "division:530521")
    assert (step["clause"], step["provenance"], step["bound"], step["end"]) == ("3.1", "SOURCE", None, None)


def test_a_person_answers_through_a_post(small: Asker) -> None:
    steps = explain(small, {"assignee": "person:p1"})["trails"][0]["steps"]
    assert [step["kind"] for step in steps] == ["ANSWERS", "HOLDS"]


def test_the_date_that_leaves_it_open_is_named(small: Asker) -> None:
    answer = explain(small, SECRETARY, asOf="2018-01-01")
    doubt = answer["trails"][0]["steps"][1]
    assert answer["certainty"] == "POSSIBLE"
    assert (doubt["kind"], doubt["end"], doubt["bound"]["state"]) == ("ONLY_POSSIBLE", "UNTIL", "UNKNOWN")


def test_a_duty_has_the_gap_of_the_chain(small: Asker) -> None:
    gaps = "gaps { cause certainty duty { code } }"
    chain = small.data(f'{{ village(code: "{FIRST_VILLAGE}") {{ accountabilityChain {{ {gaps} }} }} }}')
    (gap,) = [
        gap
        for gap in chain["village"]["accountabilityChain"]["gaps"]
        if gap["duty"]["code"] == "village-first-secretary"
    ]
    answer = explain(small, {"duty": "village-first-secretary"})
    assert [trail["gap"] for trail in answer["trails"]] == [gap]


def test_a_target_may_be_given_by_its_id(small: Asker) -> None:
    assert explain(small, SECRETARY, target=f"division:{FIRST_VILLAGE}") == explain(small, SECRETARY)


@pytest.mark.parametrize("target", ["539999", "division:none", "document:decision"])
def test_an_unknown_target_is_null(small: Asker, target: str) -> None:
    assert small.data(ASK, {"target": target, "about": SECRETARY})["explain"] is None


@pytest.mark.parametrize(
    ("target", "about", "words"),
    [
        ("5305211", SECRETARY, "no code of a division"),
        (FIRST_VILLAGE, {"post": "secretary"}, "about.post: 'secretary' is no id"),
        (FIRST_VILLAGE, {"assignee": "post:none"}, "nobody with the id 'post:none'"),
        (FIRST_VILLAGE, {"post": "organization:team"}, "is a organization; give the id of a post"),
        (FIRST_VILLAGE, {"assignee": "document:decision"}, "give the id of an organisation, a post or a person"),
        (FIRST_VILLAGE, {"lane": "nolane"}, "the lanes of poverty-alleviation-2017 are: territorial"),
        (FIRST_VILLAGE, {"duty": "none"}, "the duties of poverty-alleviation-2017 are: household-helper"),
    ],
)
def test_what_cannot_be_asked_is_told(small: Asker, target: str, about: dict[str, str], words: str) -> None:
    error = small.error(ASK, {"target": target, "about": about})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert words in error["message"]


@pytest.mark.parametrize("about", [{}, {"lane": "linkage", "duty": "village-team"}, {"lane": None}])
def test_exactly_one_is_asked_about(small: Asker, about: dict[str, str | None]) -> None:
    response = small.post(ASK, {"target": FIRST_VILLAGE, "about": about})
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_the_store_is_asked_once(small: Asker, watched: WatchedStore) -> None:
    small.data(ASK, {"target": FIRST_VILLAGE, "about": SECRETARY})
    watched.calls.clear()
    small.data(ASK, {"target": FIRST_VILLAGE, "about": SECRETARY})
    assert dict(watched.calls) == {"neighbourhood": 1}


async def test_what_was_recorded_only_later_is_told_with_its_moment() -> None:
    graph = await build_small_world()
    link = Relation(
        id="assignment:takes-village:organization:office~division:530521101201",
        provenance=Provenance.SOURCE,
        family=Family.RESPONSIBILITY,
        kind="takes-village",
        source="organization:office",
        target=f"division:{FIRST_VILLAGE}",
        regime="poverty-alleviation-2017",
    )
    before, after = await _edited(graph, link)
    with TestClient(build_app(graph, max_body_bytes=10_000)) as client:
        office = {"assignee": "organization:office"}
        now = explain(Asker(client), office)
        then = explain(Asker(client), office, recordedAsOf=before)
    assert (now["certainty"], then["certainty"]) == ("POSSIBLE", "NO")
    assert [step["kind"] for trail in then["trails"] for step in trail["steps"]][-1] == "RECORDED_LATER"
    assert f"was recorded only at {after}" in then["message"]


async def _edited(graph: ResponsibilityGraph, link: Relation) -> tuple[str, str]:
    """The moments of the last write before a link was recorded, and of its recording."""

    async def decide(_: StoreReader) -> Edit:
        return Edit(puts=(link,))

    await graph.edit(decide, EditRequest(author="tests", action="assign"))
    last, first = (await graph.journal(first=2)).entries
    return instant_text(instant_of(first.recorded_at)), instant_text(instant_of(last.recorded_at))
