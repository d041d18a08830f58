"""Assignees, gaps, findings, the source, the data set: what is on each page, and in its twins."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
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
    assert {(row["target_code"], row["duty"], row["cause"], row["certainty"]) for row in rows} == expected
    assert len(rows) == len(expected) > 0


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


@pytest.mark.parametrize("path", ["/about.csv", "/gaps.svg", "/places/530521101201.mp3"])
def test_a_form_that_there_is_not_is_not_found(loaded: TestClient, path: str) -> None:
    assert loaded.get(path).status_code in {400, 404}
