"""What is coming, as a list and as a feed."""

from __future__ import annotations

from typing import Any

import icalendar
import pytest

from tests.api.asking import Asker

UPCOMING = """
query Upcoming($within: String!, $from: Date, $to: Date, $days: Int, $kinds: [UpcomingKind!], $first: Int,
               $after: String) {
  upcoming(within: $within, from: $from, to: $to, days: $days, kinds: $kinds, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node { kind day earliest certainty code clause assignee { id } about { id } message(lang: EN) } }
  }
}
"""
AUTUMN = {"within": "530521", "from": "2017-07-01", "to": "2017-12-31"}


def upcoming(asker: Asker, **variables: object) -> list[dict[str, Any]]:
    return [edge["node"] for edge in asker.data(UPCOMING, variables)["upcoming"]["edges"]]


def test_a_linked_leader_reports_every_half_year(facts_only: Asker) -> None:
    found = upcoming(facts_only, within="530521", **{"from": "2017-01-01"}, to="2017-12-31", kinds=["REPORT_DUE"])
    leader = [each for each in found if each["code"] == "linked-leader-report"]
    assert [each["day"] for each in leader] == ["2017-06-30", "2017-12-31"]
    assert leader[0] == {
        "kind": "REPORT_DUE",
        "day": "2017-06-30",
        "earliest": "2017-06-30",
        "certainty": "POSSIBLE",  # seen on its last day, and nobody knows of its first
        "code": "linked-leader-report",
        "clause": "1.2",
        "assignee": {"id": "post:5305:party-secretary"},
        "about": {"id": "division:530521"},
        "message": "市委书记 (施甸县): the linked leader's report to the Standing Committee, by 2017-06-30"
        " (clause 1.2).",
    }


def test_the_citys_leading_group_studies_every_quarter(facts_only: Asker) -> None:
    found = upcoming(facts_only, within="5305", **{"from": "2017-01-01"}, to="2017-12-31", kinds=["REPORT_DUE"])
    days = [each["day"] for each in found if each["code"] == "group-study"]
    assert days == ["2017-03-31", "2017-06-30", "2017-09-30", "2017-12-31"]


def test_a_first_secretary_reports_twice(loaded: Asker) -> None:
    found = upcoming(loaded, **AUTUMN, kinds=["REPORT_DUE"], first=1000)
    of_one = [each["code"] for each in found if each["about"]["id"] == "division:530521102201"]
    assert of_one == ["first-secretary-to-township", "first-secretary-to-unit"]


def test_a_link_ends_on_a_day(loaded: Asker) -> None:
    (end,) = (each for each in upcoming(loaded, **AUTUMN, kinds=["LINK_ENDS"], first=1000) if is_of(each, "101203"))
    assert (end["day"], end["earliest"], end["certainty"]) == ("2017-08-15", "2017-08-15", "CERTAIN")
    assert end["message"].endswith(": that ends on 2017-08-15.")


def is_of(event: dict[str, Any], place: str) -> bool:
    return bool(event["about"]["id"] == f"division:530521{place}")


def test_a_link_ends_on_some_day(loaded: Asker) -> None:
    (end,) = (
        each
        for each in upcoming(loaded, **AUTUMN, kinds=["LINK_ENDS"], first=1000)
        if is_of(each, "102201") and each["code"] == "takes-village"
    )
    assert (end["earliest"], end["day"]) == ("2017-09-01", "2017-09-30")


def test_a_term_ends(loaded: Asker) -> None:
    found = upcoming(loaded, **AUTUMN, kinds=["TERM_ENDS"], first=1000)
    assert found
    assert {each["about"]["id"].partition(":")[0] for each in found} == {"post"}
    assert {each["assignee"]["id"].partition(":")[0] for each in found} == {"person"}


def test_pages_follow_each_other(loaded: Asker) -> None:
    page = loaded.data(UPCOMING, {**AUTUMN, "first": 300})["upcoming"]
    found = [edge["node"] for edge in page["edges"]]
    while page["pageInfo"]["hasNextPage"]:
        page = loaded.data(UPCOMING, {**AUTUMN, "first": 300, "after": page["pageInfo"]["endCursor"]})["upcoming"]
        found += [edge["node"] for edge in page["edges"]]
    assert len(found) == page["totalCount"]
    assert found == sorted(found, key=lambda each: (each["day"], each["earliest"], each["kind"]))


def test_the_default_window_begins_on_the_default_day(small: Asker) -> None:
    asked = {"within": "530521", "from": "2017-06-30", "to": "2017-09-27"}
    assert upcoming(small, within="530521") == upcoming(small, **asked) != []
    assert upcoming(small, within="530521", days=90) == upcoming(small, **asked)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"to": "2016-12-31"}, "to: give a day from 2017-07-01"),
        ({"days": 10}, "give either `to` or `days`"),
        ({"to": None, "days": 0}, "days: 0 is out of range"),
        ({"to": "2037-12-31"}, "to: give a day from 2017-07-01"),
        ({"within": "999999"}, "within: there is no division '999999'"),
        ({"after": "zzz"}, "no cursor of this list"),
    ],
)
def test_bad_input_is_told(small: Asker, change: dict[str, object], said: str) -> None:
    error = small.error(UPCOMING, {**AUTUMN, **change})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert said in error["message"]


def feed(asker: Asker, query: str) -> icalendar.Calendar:
    response = asker.client.get(f"/calendar.ics?{query}")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(response.content)
    assert isinstance(calendar, icalendar.Calendar)
    return calendar


def test_the_feed_has_the_same_events(loaded: Asker) -> None:
    events = feed(loaded, "within=530521&from=2017-07-01&to=2017-12-31&lang=en").walk("VEVENT")
    expected = upcoming(loaded, **AUTUMN, first=1000)
    assert [str(event["summary"]) for event in events] == [each["message"] for each in expected]
    assert [event.decoded("dtstart").isoformat() for event in events] == [each["earliest"] for each in expected]
    assert len({str(event["uid"]) for event in events}) == len(events)


def test_an_event_that_may_come_is_tentative(loaded: Asker) -> None:
    events = feed(loaded, "within=530521&from=2017-07-01&days=184&kinds=LINK_ENDS").walk("VEVENT")
    assert {str(event["status"]) for event in events} <= {"CONFIRMED", "TENTATIVE"}
    assert {str(event["transp"]) for event in events} == {"TRANSPARENT"}


def test_lines_of_the_feed_are_folded_and_the_bytes_stay_the_same(loaded: Asker) -> None:
    asked = "/calendar.ics?within=530521&from=2017-07-01&days=184"
    content = loaded.client.get(asked).content
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert loaded.client.get(asked).content == content


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "within: give the code of a division"),
        ("within=530521&when=now", "when: is no parameter of this feed"),
        ("within=530521&lang=fr", "unknown language 'fr'"),
        ("within=530521&days=many", "'many' is no number of days"),
        ("within=530521&from=2017", "from: '2017' is no day"),
        ("within=530521&kinds=PARTY", "unknown kind 'PARTY'"),
        ("within=999999", "there is no division '999999'"),
    ],
)
def test_bad_input_to_the_feed_is_told(small: Asker, query: str, said: str) -> None:
    response = small.client.get(f"/calendar.ics?{query}")
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "retryable": False}
    assert said in error["message"]


def test_only_reading_is_allowed(small: Asker) -> None:
    response = small.client.post("/calendar.ics?within=530521")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(("first", "last"), [("0001-01-01", "0001-06-01"), ("9999-12-01", "9999-12-31")])
def test_windows_at_the_ends_of_the_calendar_are_answered(small: Asker, first: str, last: str) -> None:
    assert upcoming(small, within="530521", **{"from": first}, to=last, kinds=["LINK_ENDS"]) == []
    assert isinstance(upcoming(small, within="530521", **{"from": first}), list)
    feed(small, f"within=530521&from={first}&to={last}")
