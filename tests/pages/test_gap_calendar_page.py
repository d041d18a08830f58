"""The gap calendar as a page: the same periods as the API's, page by page, and its twins."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from graph_model.errors import BadUserInputError
from graph_model.questions.gap_listing import GapKey
from pages.gap_calendar_page import MOST_IN_TWIN, check_count, read_place, read_size, write_place

YEAR = "/gaps?within=530521&from=2017-01-01&to=2017-12-31"
TWIN = "/gaps.{}?within=530521&from=2017-01-01&to=2017-12-31&lang=en"
ARGUMENTS = 'within: "530521", from: "2017-01-01", to: "2017-12-31"'
QUERY = f"""{{
  gapPeriods({ARGUMENTS}, first: 1000) {{
    totalCount
    edges {{ node {{ firstDay lastDay days target {{ id code }} duty {{ code clause }} lane {{ code }} cause
      certainty }} }}
  }}
  gapTotals({ARGUMENTS}) {{ county {{ code }} lane {{ code }} periods certainPeriods targets targetDays }}
}}"""


@pytest.fixture(scope="module")
def asked(loaded: TestClient) -> dict[str, Any]:
    """What GraphQL says of the county's year."""
    found: dict[str, Any] = loaded.post("/graphql", json={"query": QUERY}).json()["data"]
    return found


@pytest.fixture(scope="module")
def twin(loaded: TestClient) -> dict[str, Any]:
    """The page\'s JSON."""
    found: dict[str, Any] = loaded.get(TWIN.format("json")).json()
    return found


def test_the_periods_are_those_of_the_api(asked: dict[str, Any], twin: dict[str, Any]) -> None:
    periods = [edge["node"] for edge in asked["gapPeriods"]["edges"]]
    columns = ("first_day", "last_day", "days", "target", "target_code", "duty", "clause", "lane", "cause", "certainty")
    assert [tuple(row[column] for column in columns) for row in twin["rows"]] == [
        (
            one["firstDay"],
            one["lastDay"],
            one["days"],
            one["target"]["id"],
            one["target"]["code"],
            one["duty"]["code"],
            one["duty"]["clause"],
            one["lane"]["code"],
            one["cause"],
            one["certainty"],
        )
        for one in periods
    ]
    assert twin["total"] == asked["gapPeriods"]["totalCount"] == len(periods) > 100
    assert (twin["from"], twin["to"], twin["asOf"]) == ("2017-01-01", "2017-12-31", "2017-01-01")


def test_the_totals_are_those_of_the_api(asked: dict[str, Any], twin: dict[str, Any]) -> None:
    columns = ("county_code", "lane", "periods", "certain", "targets", "target_days")
    assert [tuple(row[column] for column in columns) for row in twin["totals"]] == [
        (
            "" if one["county"] is None else one["county"]["code"],
            one["lane"]["code"],
            one["periods"],
            one["certainPeriods"],
            one["targets"],
            one["targetDays"],
        )
        for one in asked["gapTotals"]
    ]


def test_the_tables_have_all_periods(loaded: TestClient, twin: dict[str, Any]) -> None:
    wanted = [(row["first_day"], row["target"], row["duty"]) for row in twin["rows"]]
    text = loaded.get(f"{TWIN.format('csv')}&first=3").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["first_day"], row["target"], row["duty"]) for row in rows] == wanted
    assert {(row["from"], row["to"]) for row in rows} == {("2017-01-01", "2017-12-31")}
    answer = loaded.get(TWIN.format("xlsx"))
    assert 'filename="zeren-gap-calendar-2017-01-01-2017-12-31.xlsx"' in answer.headers["content-disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["totals", "gap-calendar", "about"]
    assert book["gap-calendar"].max_row == len(wanted) + 1
    assert book["totals"].max_row == len(twin["totals"]) + 1


def test_the_pages_follow_each_other_and_have_each_period_once(loaded: TestClient, twin: dict[str, Any]) -> None:
    address, found = f"{YEAR}&lang=en&first=50", []
    for _ in range(10):
        page = loaded.get(address).text
        found += re.findall(r'<td class="day">([\d-]+)</td><td class="day">([\d-]+)</td>', page)
        following = re.findall(r'<a href="([^"]+)" rel="next">', page)
        if not following:
            break
        address = unescape(following[0])
    assert found == [(row["first_day"], row["last_day"]) for row in twin["rows"]]


def test_a_period_says_its_township_its_duty_and_how_sure_it_is(loaded: TestClient, twin: dict[str, Any]) -> None:
    row = next(row for row in twin["rows"] if row["level"] == "village")
    assert row["target_name"].count(" ") == 2  # county, township, village
    page = loaded.get(f"{YEAR}&lang=en").text
    cells = next(part for part in page.split("<tr>") if row["target_name"] in part and row["duty_label"] in part)
    assert f'href="/places/{row["target_code"]}?' in cells
    assert f'asOf={row["first_day"]}"' in cells
    assert f'class="mark c-{row["certainty"]}"' in cells


def test_the_filters_are_those_of_the_day(loaded: TestClient) -> None:
    certain = loaded.get(f"{TWIN.format('json')}&certainty=CERTAIN&lane=pairing").json()
    assert {(row["certainty"], row["lane"]) for row in certain["rows"]} == {("CERTAIN", "pairing")}
    assert certain == loaded.get(f"{TWIN.format('json')}&certainty=CERTAIN&lanes=pairing").json()
    remarks = loaded.get(f"{TWIN.format('json')}&cause=EXEMPT").json()["rows"]
    assert {row["cause"] for row in remarks} <= {"EXEMPT"}
    possible = loaded.get(f"{YEAR}&certainty=POSSIBLE&lang=en").text
    assert "of them surely: 0" in possible


def test_a_lane_is_chosen_in_the_form_too(loaded: TestClient) -> None:
    for days in ("from=2017-09-01&to=2017-09-02", "asOf=2017-09-01"):
        assert '<option value="pairing" selected>' in loaded.get(f"/gaps?{days}&lane=pairing").text


def test_a_day_alone_has_the_form_of_the_day(loaded: TestClient) -> None:
    page = loaded.get("/gaps?within=530521&asOf=2017-09-01&lang=en").text
    assert "Duties not met:" in page
    assert 'name="from"' in page


def test_without_a_place_it_is_the_city(loaded: TestClient) -> None:
    whole = loaded.get("/gaps?from=2017-09-01&to=2017-09-02&lang=en&first=1").text
    assert whole == loaded.get("/gaps?from=2017-09-01&to=2017-09-02&lang=en&first=1&within=").text
    assert "The city itself" in whole


def test_a_township_stays_chosen(loaded: TestClient) -> None:
    page = loaded.get("/gaps?within=530521101&from=2017-01-01&to=2017-12-31").text
    assert '<option value="530521101" selected>' in page


def test_no_gap_in_a_time_says_what_to_do(small: TestClient) -> None:
    assert "No such gap in this time." in small.get("/gaps?from=1990-01-01&to=1990-12-31&lang=en").text


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("from=2017-01-01", 400, "to: give it beside from"),
        ("to=2017-01-01", 400, "from: give it beside to"),
        ("from=2017-02-01&to=2017-01-01", 400, "to: 2017-01-01 is before 2017-02-01"),
        ("from=2017&to=2017-01-01", 400, "from: "),
        ("from=2017-01-01&to=2017-01-02&first=1001", 400, "first: '1001' is out of range; give 1 to 1,000"),
        ("from=2017-01-01&to=2017-01-02&first=0", 400, "first: '0' is out of range"),
        ("from=2017-01-01&to=2017-01-02&after=x", 400, "after: 'x' is no place in this list"),
        ("from=2017-01-01&to=2017-01-02&lane=up", 400, "unknown lane 'up'"),
        ("from=2017-01-01&to=2017-01-02&cause=x", 400, "cause: 'x' is none"),
        ("from=2017-01-01&to=2017-01-02&certainty=NO", 400, "certainty: 'NO' is none"),
        ("from=2017-01-01&to=2017-01-02&regime=x", 400, "x"),
        ("from=2017-01-01&to=2017-01-02&within=x", 400, "within"),
        ("from=2017-01-01&to=2017-01-02&within=999999", 404, "999999"),
    ],
)
def test_what_is_wrong_is_told(small: TestClient, query: str, status: int, said: str) -> None:
    answer = small.get(f"/gaps?{query}&lang=en")
    assert answer.status_code == status
    assert said in unescape(answer.text)


def test_a_place_in_the_list_is_read_as_it_was_written() -> None:
    key = GapKey(2, "division:530521101201", 7, 736_330)
    assert read_place(write_place(key)) == key


@pytest.mark.parametrize("text", ["1,2,3", "1,2,3,", "-1,2,3,x", "1,2,1234567890,x", "１,2,3,x"])
def test_what_is_no_place_in_the_list_is_refused(text: str) -> None:
    with pytest.raises(BadUserInputError, match="after: "):
        read_place(text)


@pytest.mark.parametrize(("text", "size"), [(None, 300), ("1", 1), ("1000", 1_000)])
def test_a_page_has_as_many_as_are_asked_for(text: str | None, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("ending", MOST_IN_TWIN)
def test_a_form_takes_so_many_periods_and_says_what_to_do_with_more(ending: str) -> None:
    most = MOST_IN_TWIN[ending]
    check_count(most, ending)
    with pytest.raises(BadUserInputError, match=f"at most {most:,}: ask for a smaller division"):
        check_count(most + 1, ending)


def test_too_much_for_a_table_is_shown_on_pages_and_offered_as_none(loaded: TestClient) -> None:
    days = "from=2016-01-01&to=2018-12-31"
    page = loaded.get(f"/gaps?{days}&first=1&lang=en").text
    assert "More than 50,000 are too many" in page
    assert 'rel="next"' in page
    assert 'rel="alternate"' not in page
    answer = loaded.get(f"/gaps.csv?{days}&lang=en")
    assert answer.status_code == 400
    assert "periods, and a .csv takes at most 50,000" in answer.text


def test_another_form_is_not_found(small: TestClient) -> None:
    assert small.get("/gaps.svg?from=2017-01-01&to=2017-01-02").status_code == 404
