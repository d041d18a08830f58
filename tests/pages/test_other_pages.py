"""Assignees, gaps, findings, the source, the data set: what is on each page, and in its twins."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def test_an_assignee_has_all_it_answers_for_by_kind_and_area(small: TestClient) -> None:
    text = plain(small.get("/assignees/post:secretary?lang=en").text)
    assert "Answers for 13" in text
    assert "Linked to the village 施甸县 12" in text
    assert "Linked to the county 施甸县 1" in text
    assert "施甸县 甸阳镇 第0村" in text


def test_the_twin_of_an_assignee_agrees_with_graphql(loaded: TestClient) -> None:
    key = "post:5305:party-secretary"
    query = (
        f'{{ nodes(ids: ["{key}"]) {{ ... on Post {{ assignments(first: 100) {{ edges {{ node {{ id }} }} }} }} }} }}'
    )
    (node,) = loaded.post("/graphql", json={"query": query}).json()["data"]["nodes"]
    ids = [edge["node"]["id"] for edge in node["assignments"]["edges"]]
    assert [row["assignment"] for row in loaded.get(f"/assignees/{key}.json").json()["rows"]] == ids


def test_a_person_has_posts_and_an_unknown_one_is_not_found(small: TestClient) -> None:
    assert 'href="/assignees/post:secretary"' in small.get("/assignees/person:p1").text
    assert small.get("/assignees/person:nobody").status_code == 404


def test_what_leaving_would_uncover_is_asked_in_graphiql(loaded: TestClient) -> None:
    page = loaded.get("/assignees/post:5305:party-secretary").text
    (address,) = re.findall(r'href="(/graphql\?[^"]+)"', page)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(unescape(address)).query).items()}
    answer = loaded.post("/graphql", json={**asked, "variables": json.loads(asked["variables"])}).json()
    assert answer["data"]["impact"]["assignee"]["id"] == "post:5305:party-secretary"


def test_the_gaps_are_those_of_the_chains(loaded: TestClient) -> None:
    """Those of a township in which a village has one, as GraphQL has them place by place."""
    everywhere = loaded.get("/gaps.json?asOf=2017-09-01").json()["rows"]
    code = next(row["target_code"][:9] for row in everywhere if row["level"] == "village")
    chain = "code accountabilityChain { gaps { cause certainty duty { code } target { code } } }"
    query = f"""{{
      township(code: "{code}", asOf: "2017-09-01") {{ {chain} }}
      divisions(within: "{code}", level: "village", asOf: "2017-09-01", first: 50) {{ edges {{ node {{ {chain} }} }} }}
    }}"""
    data = loaded.post("/graphql", json={"query": query}).json()["data"]
    expected = {
        (gap["target"]["code"], gap["duty"]["code"], gap["cause"], gap["certainty"])
        for place in (data["township"], *(edge["node"] for edge in data["divisions"]["edges"]))
        for gap in place["accountabilityChain"]["gaps"]
        if gap["target"]["code"] == place["code"] and gap["cause"] not in {"EXEMPT", "UNKNOWN_HOLDER"}
    }
    rows = loaded.get("/gaps.json", params={"asOf": "2017-09-01", "within": code}).json()["rows"]
    shown = {(row["target_code"], row["duty"], row["cause"], row["certainty"]) for row in rows}
    assert {row for row in shown if len(row[0]) in {9, 12}} == expected
    assert len(expected) > 0
    # Its households are there, too: all of it is the calendar of that one day.
    query = f"""{{ gapPeriods(within: "{code}", from: "2017-09-01", to: "2017-09-01", first: 1000) {{ edges {{ node {{
      target {{ code }} duty {{ code }} cause certainty message }} }} }} }}"""
    nodes = [
        edge["node"] for edge in loaded.post("/graphql", json={"query": query}).json()["data"]["gapPeriods"]["edges"]
    ]
    assert len(rows) == len(nodes) > len(expected)
    assert shown == {(one["target"]["code"], one["duty"]["code"], one["cause"], one["certainty"]) for one in nodes}
    assert {row["message"] for row in rows} == {one["message"] for one in nodes}


def test_the_gaps_are_filtered_and_counted(loaded: TestClient) -> None:
    everything = loaded.get("/gaps.json?asOf=2017-09-01").json()
    certain = loaded.get("/gaps.json?asOf=2017-09-01&certainty=CERTAIN").json()
    assert 0 < certain["total"] < everything["total"]
    assert {row["certainty"] for row in certain["rows"]} == {"CERTAIN"}
    lane = loaded.get("/gaps.json?asOf=2017-09-01&lanes=resident").json()
    assert {row["lane"] for row in lane["rows"]} == {"resident"}
    text = plain(loaded.get("/gaps?asOf=2017-09-01&lang=en").text)
    assert f"Duties not met: {everything['total']}, of them surely: {certain['total']}" in text


def test_no_gap_says_what_to_do(small: TestClient) -> None:
    assert "No such gap. Choose another day" in small.get("/gaps?asOf=1990-01-01&lang=en").text


@pytest.mark.parametrize("query", ["cause=x", "certainty=NO", "lanes=up", "within=999999"])
def test_a_wrong_filter_is_told(small: TestClient, query: str) -> None:
    assert small.get(f"/gaps?{query}").status_code in {400, 404}


def test_findings_are_listed_by_severity(loaded: TestClient) -> None:
    rows = loaded.get("/findings.json?lang=en").json()["rows"]
    order = [("ERROR", "WARNING", "INFO").index(row["severity"]) for row in rows]
    assert rows
    assert order == sorted(order)
    page = plain(loaded.get("/findings?lang=en").text)
    assert all(row["message"] in page for row in rows[:20])
    warnings = loaded.get("/findings.json?severity=WARNING").json()["rows"]
    assert {row["severity"] for row in warnings} == {"WARNING"}
    assert loaded.get("/findings?severity=GRAVE").status_code == 400


def test_the_source_has_stated_and_counted_figures(loaded: TestClient) -> None:
    page = loaded.get("/sources/2017?lang=en").text
    assert all(f'id="c{clause}"' in page for clause in ("1", "1.2", "4.0", "7.5"))
    section = plain(page[page.index('id="c3.1"') : page.index('id="c3.2"')])
    assert re.search(r"cadres that help 31,706 \w+ 31,706 agrees", section)
    assert "over 10,000" in section


def test_the_data_page_says_what_is_synthetic(loaded: TestClient) -> None:
    text = plain(loaded.get("/about?lang=en").text)
    assert "SYNTHETIC DATA" in text
    assert "2016-07-31, 2017-10-31" in text
    counts = {row["provenance"]: row["nodes"] for row in loaded.get("/about.json").json()["counts"]}
    assert f"SYNTHETIC {counts['SYNTHETIC']:,}" in text


@pytest.mark.parametrize("path", ["/gaps.csv?asOf=2017-09-01", "/findings.csv", "/sources/2017.csv"])
def test_a_table_has_day_and_version_in_every_row(loaded: TestClient, path: str) -> None:
    text = loaded.get(path).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    version = loaded.get("/ready").json()["version"]
    assert rows
    assert {row["version"] for row in rows} == {version}
    assert len({row["asOf"] for row in rows}) == 1


@pytest.mark.parametrize("path", ["/about.svg", "/gaps.svg", "/places/530521101201.mp3"])
def test_a_form_that_there_is_not_is_not_found(loaded: TestClient, path: str) -> None:
    assert loaded.get(path).status_code in {400, 404}


def test_a_day_of_the_whole_city_is_the_calendar_of_that_day(loaded: TestClient) -> None:
    """Of both regimes; the widest first, and the totals are those of the list.

    In 2017 a duty of the river chiefs that may be met above the target (``or_else``) is not met there either.
    """
    chiefs = "&regime=river-chiefs"
    asked = [("2017-09-01", ""), ("2021-09-09", chiefs), ("2017-06-30", chiefs), ("2017-09-01", "&cause=EXEMPT")]
    for day, more in asked:
        alone = loaded.get(f"/gaps.json?asOf={day}{more}").json()
        through = loaded.get(f"/gaps.json?from={day}&to={day}{more}").json()
        columns = ("target", "duty", "cause", "certainty")
        assert {tuple(row[each] for each in columns) for row in alone["rows"]} == {
            tuple(row[each] for each in columns) for row in through["rows"]
        }
        assert alone["total"] == through["total"] == len(alone["rows"]) > 0
    levels = [row["level"] for row in loaded.get("/gaps.json?asOf=2017-09-01").json()["rows"]]
    order = ("city", "county", "township", "village", "household")
    assert levels == sorted(levels, key=order.index)


def test_too_many_gaps_for_a_table_say_how_to_ask_for_fewer(loaded: TestClient) -> None:
    refused = loaded.get("/gaps.json?asOf=2018-01-01&lang=en")
    assert refused.status_code == 400
    assert "a .json takes at most 50,000: ask for a smaller division" in refused.text
    page = loaded.get("/gaps?asOf=2018-01-01&lang=en").text
    assert "too many for one table to download" in page
    assert "/gaps.json" not in page


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("/places/530521101201/why", ["place", "way", "sentence", "leads_on"]),
        ("/places/530521101201/board", ["board", "lane", "name", "holders"]),
        ("/places/530521/book", ["board", "lane", "name", "holders"]),
        ("/places/530521101201/check", ["verdict", "what", "change", "text"]),
        ("/about", ["provenance", "nodes"]),
    ],
)
def test_every_page_is_a_table_too(loaded: TestClient, path: str, columns: list[str]) -> None:
    """With the version inside, and as many rows in the workbook as in the text."""
    asked = {"duty": "village-link"} if path.endswith("why") else {}
    if path.endswith("check"):
        board = loaded.get("/places/530521101201/board.json?asOf=2017-06-01").json()
        asked = {name: values[0] for name, values in parse_qs(urlsplit(board["check"]).query).items()}
    rows = list(csv.DictReader(io.StringIO(loaded.get(f"{path}.csv", params=asked).content.decode("utf-8-sig"))))
    assert rows
    assert set(columns) < set(rows[0])
    version = loaded.get("/ready").json()["version"]
    assert {row["version"] for row in rows} == {version}
    book = load_workbook(io.BytesIO(loaded.get(f"{path}.xlsx", params=asked).content))
    assert book.worksheets[0].max_row == len(rows) + 1
    assert ("version", version) in list(book["about"].iter_rows(values_only=True))
    assert loaded.get(f"{path}.json", params=asked).json()["version"] == version
    page = loaded.get(path, params=asked).text
    assert all(f"{path}.{ending}?" in page for ending in ("json", "csv", "xlsx"))


def test_a_book_has_the_board_of_each_township(loaded: TestClient) -> None:
    boards = loaded.get("/places/530521/book.json").json()["boards"]
    for board in (boards[0], boards[-1]):
        alone = loaded.get(f"/places/{board['place']['code']}/board.json").json()
        assert {name: alone[name] for name in board} == board
    codes = re.findall(r'href="/places/(\d{9})"', loaded.get("/places/530521").text)
    assert [board["place"]["code"] for board in boards] == list(dict.fromkeys(codes))


def test_units_are_in_the_language_of_the_page(loaded: TestClient) -> None:
    """All that ship; the twins keep the word of the source as well."""
    rows = loaded.get("/sources/2017.json?lang=zh").json()["rows"]
    labels = {row["unit"]: row["unit_label"] for row in rows if row["unit"]}
    assert labels["persons"] == "人"
    assert not [label for label in labels.values() if re.search("[a-z]", label)]
    assert "620 次会议" in plain(loaded.get("/sources/2017?lang=zh").text)
    assert "620 meetings" in plain(loaded.get("/sources/2017?lang=en").text)
