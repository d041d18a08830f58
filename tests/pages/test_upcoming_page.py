"""What is coming as a page: the same as the API's list and its feed."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

AUTUMN = "within=530521&from=2017-07-01&days=184&lang=en"
QUERY = """{ upcoming(within: "530521", from: "2017-07-01", days: 184, first: 1000) { totalCount edges { node {
  kind day earliest certainty code clause assignee { id } about { id } message(lang: EN) } } } }"""


@pytest.fixture(scope="module")
def twin(loaded: TestClient) -> dict[str, Any]:
    """The page\'s JSON."""
    found: dict[str, Any] = loaded.get(f"/upcoming.json?{AUTUMN}").json()
    return found


def test_the_events_are_those_of_the_api(loaded: TestClient, twin: dict[str, Any]) -> None:
    found = loaded.post("/graphql", json={"query": QUERY}).json()["data"]["upcoming"]
    assert twin["total"] == found["totalCount"] > 0
    columns = ("kind", "day", "earliest", "certainty", "code", "clause", "assignee", "target", "message")
    assert [tuple(row[column] for column in columns) for row in twin["rows"]] == [
        (
            *(node[name] for name in ("kind", "day", "earliest", "certainty", "code", "clause")),
            node["assignee"]["id"],
            node["about"]["id"],
            node["message"],
        )
        for node in (edge["node"] for edge in found["edges"])
    ]


def test_the_page_shows_them_with_links_that_lead_somewhere(loaded: TestClient, twin: dict[str, Any]) -> None:
    page = loaded.get(f"/upcoming?{AUTUMN}").text
    assert f"From 2017-07-01 to 2017-12-31: {twin['total']}" in page
    assert all(row["message"] in unescape(page) for row in twin["rows"][:50])
    links = sorted(set(re.findall(r'href="(/(?:places|assignees)/[^"]+)"', page)))
    sorts = {re.sub(r"\d+", "", link): link for link in links}
    assert {link: loaded.get(unescape(link)).status_code for link in sorts.values()} == dict.fromkeys(
        sorts.values(), 200
    )


def test_the_calendar_is_that_of_the_feed(loaded: TestClient) -> None:
    answer = loaded.get(f"/upcoming.ics?{AUTUMN}")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.content == loaded.get(f"/calendar.ics?{AUTUMN}").content
    assert answer.content.count(b"BEGIN:VEVENT") > 0


def test_kinds_choose(loaded: TestClient, twin: dict[str, Any]) -> None:
    rows = loaded.get(f"/upcoming.json?{AUTUMN}&kinds=LINK_ENDS,TERM_ENDS").json()["rows"]
    assert rows == [row for row in twin["rows"] if row["kind"] != "REPORT_DUE"]
    assert 0 < len(rows) < twin["total"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_tables_are_offered_under_a_name(loaded: TestClient, ending: str) -> None:
    answer = loaded.get(f"/upcoming.{ending}?{AUTUMN}")
    assert answer.status_code == 200
    assert f'filename="zeren-upcoming-2017-07-01.{ending}"' in answer.headers["content-disposition"]


def test_without_a_place_it_is_the_city_from_the_default_day(small: TestClient) -> None:
    page = small.get("/upcoming?lang=en").text
    assert "From 2017-06-30 to 2017-09-27" in page
    assert small.get("/upcoming.ics").content.count(b"X-WR-CALNAME:") == 1


def test_nothing_coming_says_what_to_do(small: TestClient) -> None:
    assert "Nothing is coming in this time." in small.get("/upcoming?from=1990-01-01&lang=en").text


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("days=many", 400, "days: 'many' is no number of days"),
        ("days=0", 400, "days: 0 is out of range"),
        ("days=9&to=2017-12-31", 400, "days: give either `to` or `days`"),
        ("from=2017-07-01&to=2017-06-30", 400, "to: give a day from 2017-07-01"),
        ("kinds=PARTY", 400, "kinds: unknown kind 'PARTY'"),
        ("within=999999", 404, "999999"),
    ],
)
def test_what_is_wrong_is_told(small: TestClient, query: str, status: int, said: str) -> None:
    answer = small.get(f"/upcoming?{query}&lang=en")
    assert answer.status_code == status
    assert said in unescape(answer.text)


def test_other_pages_have_no_calendar(small: TestClient) -> None:
    assert small.get("/about.ics").status_code == 404
