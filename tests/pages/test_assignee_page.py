"""What becomes uncovered if somebody leaves, the timeline, and what is coming: the page says what GraphQL says."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import icalendar
import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

SECRETARY = "post:5305:party-secretary"
IMPACT = """query ($who: ID!, $on: Date!) { impact(assignee: $who, leavingOn: $on) {
  ended { record } brokenRules { message(lang: EN) remedies { message(lang: EN) } }
  exposed(first: 1000) { edges { node {
    day target { id code } gaps { cause certainty message(lang: EN) }
    lost { assignment { id } sentence(lang: EN) } others { sentence(lang: EN) }
  } } }
} }"""
WHO = [
    (SECRETARY, "2017-06-30"),
    ("post:530521:party-secretary", "2017-08-01"),
    ("post:530581:party-secretary", "2021-09-09"),
    ("organization:530521:helping-unit-058", "2017-06-30"),
    ("person:5305:P002681", "2017-06-30"),
]


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def ask(client: TestClient, query: str, **variables: object) -> dict[str, Any]:
    answer = client.post("/graphql", json={"query": query, "variables": variables}).json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


@pytest.mark.parametrize(("who", "day"), WHO)
def test_what_leaving_uncovers_is_what_graphql_says(loaded: TestClient, who: str, day: str) -> None:
    impact = ask(loaded, IMPACT, who=who, on=day)["impact"]
    nodes = [edge["node"] for edge in impact["exposed"]["edges"]]
    leaving = loaded.get(f"/assignees/{who}.json", params={"asOf": day, "lang": "en"}).json()["leaving"]
    assert leaving["ended"] == len(impact["ended"])
    assert [rule["message"] for rule in leaving["rules"]] == [rule["message"] for rule in impact["brokenRules"]]
    assert [(row["day"], row["target"]) for row in leaving["exposed"]] == [
        (node["day"], node["target"]["id"]) for node in nodes
    ]
    for row, node in zip(leaving["exposed"], nodes, strict=True):
        assert list(zip(row["gaps"], row["causes"], row["certainties"], strict=True)) == [
            (gap["message"], gap["cause"], gap["certainty"]) for gap in node["gaps"]
        ]
        assert (len(row["lost"]), len(row["others"])) == (len(node["lost"]), len(node["others"]))
    page = plain(loaded.get(f"/assignees/{who}", params={"asOf": day, "lang": "en"}).text)
    assert f"If it leaves on {day}" in page
    assert all(gap in page for row in leaving["exposed"] for gap in row["gaps"])


def test_leaving_uncovers_something_somewhere(loaded: TestClient) -> None:
    rows = [
        row
        for who, day in WHO
        for row in loaded.get(f"/assignees/{who}.json", params={"asOf": day}).json()["leaving"]["exposed"]
    ]
    assert any(row["gaps"] for row in rows)
    assert any(row["lost"] for row in rows)


def test_who_is_gone_already_leaves_nothing(loaded: TestClient) -> None:
    """A post that is known to be empty."""
    asked = {"asOf": "2017-09-01", "lang": "en"}
    links = loaded.get("/places/530523.json", params=asked).json()["links"]
    post = next(link["assignee"] for link in links if link["seat"] == "vacant")
    page = plain(loaded.get(f"/assignees/{post}", params=asked).text)
    assert "Nothing on record would end on that day. Choose another day." in page


def test_all_regimes_are_there_and_one_can_be_chosen(loaded: TestClient) -> None:
    """A post of one regime and of the other: a river chief."""
    who, day = "post:530581:party-secretary", "2021-09-09"
    query = """query ($who: ID!, $day: Date!, $regimes: [String!]) { nodes(ids: [$who], asOf: $day) {
      ... on Post { assignments(first: 100, regimes: $regimes) { edges { node { id } } } } } }"""

    def expected(*regimes: str) -> list[str]:
        (node,) = ask(loaded, query, who=who, day=day, regimes=list(regimes))["nodes"]
        return [edge["node"]["id"] for edge in node["assignments"]["edges"]]

    def shown(**more: str) -> list[str]:
        answer = loaded.get(f"/assignees/{who}.json", params={"asOf": day, **more}).json()
        return [row["assignment"] for row in answer["rows"]]

    both = ("poverty-alleviation-2017", "river-chiefs")
    assert shown() == expected(*both)
    for regime in both:
        assert shown(regime=regime) == expected(regime)
    assert len(shown()) > len(shown(regime=both[0]))
    assert loaded.get(f"/assignees/{who}?regime=none").status_code == 400


def test_the_timeline_has_everything_that_ever_was(loaded: TestClient) -> None:
    """Whatever the day: it is of all of them. Certain days lie within the possible ones."""
    answers = [
        loaded.get(f"/assignees/{who}.json", params={"asOf": day}).json()["timeline"]
        for who in (SECRETARY, "person:5305:P002681")
        for day in ("2017-06-30", "1990-01-01")
    ]
    assert answers[0] == answers[1]
    assert answers[2] == answers[3]
    for spells in answers:
        assert spells
        for spell in spells:
            if spell["certain_from"]:
                assert spell["possible_from"] <= spell["certain_from"] < (spell["certain_until"] or "9")
    page = loaded.get(f"/assignees/{SECRETARY}").text
    assert page.count('class="bar"') == len(answers[0])
    assert "style=" not in page


def test_the_calendar_has_what_is_coming_for_it_and_nothing_else(loaded: TestClient) -> None:
    """As the list of the whole city has it, for all that is coming there in a year."""
    asked = {"from": "2017-06-30", "days": "366", "lang": "en"}
    coming = loaded.get("/upcoming.json", params=asked).json()["rows"]
    ends = [row for row in coming if row["kind"] == "TERM_ENDS"]
    links = [row for row in coming if row["kind"] == "LINK_ENDS"]
    for who in {SECRETARY, ends[0]["target"], ends[0]["assignee"], links[0]["assignee"]}:
        is_person = who.startswith("person:")
        posts = {seat["id"] for seat in loaded.get(f"/assignees/{who}.json").json()["seats"]} if is_person else set()
        mine = {who, *posts}
        wanted = sorted(
            row["message"]
            for row in coming
            if row["assignee"] in mine or (row["kind"] == "TERM_ENDS" and row["target"] in mine)
        )
        text = loaded.get(f"/assignees/{who}.ics", params={**asked, "regime": "poverty-alleviation-2017"}).text
        assert sorted(str(event["summary"]) for event in icalendar.Calendar.from_ical(text).events) == wanted, who
        assert wanted, who


def test_a_calendar_is_of_the_days_asked_for(loaded: TestClient) -> None:
    def events(**asked: str) -> int:
        text = loaded.get(f"/assignees/{SECRETARY}.ics", params=asked).text
        return len(icalendar.Calendar.from_ical(text).events)

    assert events(to="2017-07-01") < events(days="732")
    for wrong in ("days=x", "days=0", "from=2018-01-01&to=2017-01-01", "to=2017-12-31&days=3"):
        assert loaded.get(f"/assignees/{SECRETARY}.ics?{wrong}").status_code == 400, wrong


def test_the_workbook_has_a_sheet_for_each_part(loaded: TestClient) -> None:
    answer = loaded.get(f"/assignees/{SECRETARY}.json").json()
    book = load_workbook(io.BytesIO(loaded.get(f"/assignees/{SECRETARY}.xlsx").content))
    assert book.sheetnames == ["assignee", "posts", "timeline", "leaving", "about"]
    counts = [len(answer["rows"]), len(answer["seats"]), len(answer["timeline"]), len(answer["leaving"]["exposed"])]
    assert [sheet.max_row - 1 for sheet in book.worksheets[:4]] == counts


def test_an_unknown_id_suggests_near_ones(loaded: TestClient) -> None:
    response = loaded.get("/assignees/post:5305:party-secretery")
    assert response.status_code == 404
    assert f'href="/assignees/{SECRETARY}"' in response.text
    assert loaded.get("/assignees/nobody:1").status_code in {400, 404}
