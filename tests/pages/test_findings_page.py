"""The page of findings: what is on record and found anew on a day, as GraphQL has it, in both languages."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.editing.changes import JudgeFinding
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.embedded import open_store
from pages.findings_page import FindingRow
from pages.routes import page_routes
from tests.conformance.small_campaign import ON_ORDER, TOWNSHIP, asked, begin
from tests.pages.conftest import MAX_BODY_BYTES

DAY = "2017-09-01"
NO_TEAM = f"finding:duty-unsure:poverty-alleviation-2017~village-team~UNASSIGNED~POSSIBLE~{TOWNSHIP}"


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def listed(page: str) -> list[str]:
    return re.findall(r'<li id="(finding:[^"]+)"', page)


def ask(client: TestClient, arguments: str, lang: str = "ZH") -> dict[str, Any]:
    """The findings over GraphQL, as the rows of the page have them."""
    query = f"""{{ findings({arguments}, first: 1000) {{ totalCount edges {{ node {{
      id code severity clauses places state message(lang: {lang}) remedy(lang: {lang}) isOnRecord cause certainty regime
      targets(first: 3) {{ totalCount }} }} }} }} }}"""
    answer = client.post("/graphql", json={"query": query}).json()
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["findings"]
    return found


@pytest.fixture(scope="module")
def campaign_graph() -> ResponsibilityGraph:
    """A campaign of one county, in which one finding was acknowledged."""
    graph = asyncio.run(begin(open_store("sqlite:///:memory:", "writer")))
    judged = JudgeFinding(basis=ON_ORDER, finding=NO_TEAM, state="ACKNOWLEDGED")
    outcome = asyncio.run(graph.submit(asked(judged)))
    assert outcome.entry is not None
    return graph


@pytest.fixture(scope="module")
def campaign(campaign_graph: ResponsibilityGraph) -> Iterator[TestClient]:
    """A client of the campaign."""
    pages = page_routes(campaign_graph)
    with TestClient(build_app(campaign_graph, max_body_bytes=MAX_BODY_BYTES, pages=pages)) as client:
        yield client


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_place_has_what_graphql_has(loaded: TestClient, lang: str) -> None:
    """The same findings in the same order, on the page and in its twin."""
    expected = ask(loaded, f'within: "530521", asOf: "{DAY}"', lang.upper())
    nodes = [edge["node"] for edge in expected["edges"]]
    where = f"within=530521&asOf={DAY}&lang={lang}"
    twin = loaded.get(f"/findings.json?{where}").json()
    names = {"id": "id", "code": "code", "severity": "severity", "clauses": "clauses", "places": "places"}
    names |= {"state": "state", "message": "message", "remedy": "remedy", "is_on_record": "isOnRecord"}
    names |= {"cause": "cause", "certainty": "certainty", "regime": "regime"}
    assert [{name: row[name] for name in names} for row in twin["rows"]] == [
        {name: node[theirs] if node[theirs] is not None else "" for name, theirs in names.items()} for node in nodes
    ]
    assert [row["target_count"] for row in twin["rows"]] == [node["targets"]["totalCount"] for node in nodes]
    assert twin["total"] == expected["totalCount"] == len(nodes) > 5
    assert (twin["asOf"], twin["version"]) == (DAY, loaded.get("/ready").json()["version"])
    assert {node["isOnRecord"] for node in nodes} == {True, False}
    page = loaded.get(f"/findings?{where}&first=1000").text
    assert listed(page) == [node["id"] for node in nodes]
    text = plain(page)
    assert all(plain(node["message"]) in text and plain(node["remedy"]) in text for node in nodes)


def test_without_parameters_all_of_the_day_are_shown_and_counted(loaded: TestClient) -> None:
    """On record and found anew; what concerns no place, too."""
    twin = loaded.get("/findings.json").json()
    by_state = ask(loaded, "state: OPEN")
    assert [row["id"] for row in twin["rows"]] == [edge["node"]["id"] for edge in by_state["edges"]]
    on_record = loaded.post("/graphql", json={"query": "{ findings(first: 1) { totalCount } }"}).json()
    assert sum(row["is_on_record"] for row in twin["rows"]) == on_record["data"]["findings"]["totalCount"]
    counts = Counter((row["severity"], row["code"]) for row in twin["rows"])
    assert {(row["severity"], row["code"]): row["count"] for row in twin["counts"]} == counts
    assert {"duty-unmet", "figures-differ", "outside-own-area"} <= {code for _, code in counts}
    page = loaded.get("/findings?lang=en").text
    assert listed(page) == [row["id"] for row in twin["rows"][:100]]
    assert f"All ({twin['total']})" in plain(page)
    unmet = counts["ERROR", "duty-unmet"]
    assert re.search(rf"Duty not met duty-unmet Error {unmet} ", plain(page))
    assert f"Error ({sum(count for (severity, _), count in counts.items() if severity == 'ERROR')})" in plain(page)


@pytest.mark.parametrize(
    ("asked_for", "arguments"),
    [
        ("code=duty-unsure", 'code: "duty-unsure"'),
        ("severity=ERROR", 'within: "5305", severity: ERROR'),
        ("within=530521&severity=WARNING", 'within: "530521", severity: WARNING'),
        ("within=530521101&code=duty-unmet&severity=ERROR&state=OPEN", 'within: "530521101", code: "duty-unmet"'),
    ],
)
def test_filters_are_those_of_graphql(loaded: TestClient, asked_for: str, arguments: str) -> None:
    expected = ask(loaded, f'{arguments}, asOf: "{DAY}"')
    rows = loaded.get(f"/findings.json?{asked_for}&asOf={DAY}").json()["rows"]
    assert [row["id"] for row in rows] == [edge["node"]["id"] for edge in expected["edges"]]
    assert rows
    page = loaded.get(f"/findings?{asked_for}&asOf={DAY}&lang=en").text
    for name, _, value in (part.partition("=") for part in asked_for.split("&")):
        assert f'name="{name}"' in page
        assert f'value="{value}"' in page


def test_a_filter_keeps_the_counts_of_the_others(loaded: TestClient) -> None:
    everything = loaded.get("/findings.json?within=530521").json()
    errors = loaded.get("/findings.json?within=530521&severity=ERROR").json()
    assert errors["counts"] == everything["counts"]
    assert errors["total"] < everything["total"] == sum(row["count"] for row in errors["counts"])


def test_pages_follow_one_another(loaded: TestClient) -> None:
    every = [row["id"] for row in loaded.get("/findings.json?within=530521").json()["rows"]]
    path, found = "/findings?within=530521&first=5", []
    while path:
        page = loaded.get(path).text
        found.append(listed(page))
        following = re.search(r'<a href="([^"]+)" rel="next">', page)
        path = unescape(following[1]) if following else ""
    assert [each for some in found for each in some] == every
    assert {len(some) for some in found[:-1]} == {5}
    assert len(found) > 1


def test_places_and_targets_lead_to_their_pages(loaded: TestClient) -> None:
    """Every link of a page is answered, and is of the place that it names."""
    page = loaded.get(f"/findings?within=530502&asOf={DAY}&first=1000").text
    section = page[page.index('<ol class="results">') :]
    links = dict(re.findall(r'<a href="(/(?:places|assignees)/[^"]+)">([^<]+)</a>', section))
    assert len(links) > 5
    for path, name in list(links.items())[:40]:
        answer = loaded.get(unescape(path))
        assert answer.status_code == 200
        assert unescape(name).split(" ")[-1] in plain(answer.text)
    rows = loaded.get(f"/findings.json?within=530502&asOf={DAY}&code=duty-unmet").json()["rows"]
    several = next(row for row in rows if row["target_count"] > len(row["targets"]) == 3)
    assert len(several["place_name"].split(" ")) >= 2
    assert plain(several["place_name"]) in plain(page)


def test_all_targets_of_a_duty_are_among_the_gaps_that_are_linked(loaded: TestClient) -> None:
    page = loaded.get(f"/findings?within=530502&asOf={DAY}&code=duty-unmet&lang=en").text
    row = loaded.get(f"/findings.json?within=530502&asOf={DAY}&code=duty-unmet").json()["rows"]
    items = re.findall(r'<li id="(finding:[^"]+)".*?</li>', page, re.DOTALL)
    assert items == [each["id"] for each in row]
    several = next(each for each in row if each["target_count"] > 3)
    item = re.search(rf'<li id="{re.escape(several["id"])}".*?</li>', page, re.DOTALL)
    assert item is not None
    link = re.search(r'href="(/gaps\?[^"]+)"', item[0])
    assert link is not None
    duty = several["id"].split("~")[1]
    query = unescape(link[1]).removeprefix("/gaps?")
    gaps = [each for each in loaded.get(f"/gaps.json?{query}").json()["rows"] if each["duty"] == duty]
    assert len({gap["target"] for gap in gaps}) >= several["target_count"]
    assert set(several["target_keys"]) <= {gap["target_code"] for gap in gaps}


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("severity=GRAVE", "ERROR, WARNING, INFO"),
        ("state=open", "OPEN, ACKNOWLEDGED, SETTLED, DISPUTED, REOPENED"),
        ("code=duty%20unmet", "code"),
        (f"code={'x' * 65}", "code"),
        ("within=abc", "within"),
        ("after=x", "after"),
        ("first=0", "first"),
        ("asOf=2017-02-30", "asOf"),
        ("State=OPEN", "state"),
        ("within=530521&within=530523", "within"),
    ],
)
@pytest.mark.parametrize("path", ["/findings", "/findings.json"])
def test_a_bad_parameter_is_refused(small: TestClient, path: str, query: str, named: str) -> None:
    answer = small.get(f"{path}?{query}&lang=en")
    assert answer.status_code == 400
    assert named in plain(answer.text)


def test_an_unknown_division_is_not_found(small: TestClient) -> None:
    answer = small.get("/findings?within=530599")
    assert answer.status_code == 404
    assert "530599" in answer.text


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "没有这类发现。可改选日期"), ("en", "No such finding. Choose another day")]
)
def test_no_finding_says_what_to_do(small: TestClient, lang: str, said: str) -> None:
    page = small.get(f"/findings?code=no-such-code&lang={lang}").text
    assert said in page
    assert listed(page) == []
    assert '<option value="no-such-code" selected>' in page


def test_it_says_who_decided_and_on_what_basis(campaign: TestClient) -> None:
    page = campaign.get("/findings?within=530521&asOf=2017-06-30&lang=en").text
    item = re.search(rf'<li id="{re.escape(NO_TEAM)}".*?</li>', page, re.DOTALL)
    assert item is not None
    assert re.search(r"Acknowledged \(anna, \d{4}-\d\d-\d\d; 任免通知\)", plain(item[0]))
    (row,) = campaign.get("/findings.json?asOf=2017-06-30&state=ACKNOWLEDGED").json()["rows"]
    assert (row["id"], row["by"], row["basis"]) == (NO_TEAM, "anna", "任免通知")
    left = campaign.get("/findings?asOf=2017-06-30&state=OPEN").text
    assert NO_TEAM not in listed(left)
    assert listed(left)


def test_tables_have_all_rows_with_day_and_version(loaded: TestClient) -> None:
    where = "within=530521&asOf=2018-01-01&lang=en"
    rows = loaded.get(f"/findings.json?{where}").json()["rows"]
    table = list(csv.DictReader(io.StringIO(loaded.get(f"/findings.csv?{where}").content.decode("utf-8-sig"))))
    assert [row["id"] for row in table] == [row["id"] for row in rows]
    assert set(FindingRow.__struct_fields__) < set(table[0])
    assert {(row["asOf"], row["version"]) for row in table} == {("2018-01-01", loaded.get("/ready").json()["version"])}
    book = load_workbook(io.BytesIO(loaded.get(f"/findings.xlsx?{where}").content))
    assert book.worksheets[0].max_row == len(rows) + 1
    assert ("asOf", "2018-01-01") in list(book["about"].iter_rows(values_only=True))


def test_too_many_for_a_table_are_refused(loaded: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.findings_page.MOST_IN_TWIN", 10)
    refused = loaded.get("/findings.json?lang=en")
    assert refused.status_code == 400
    assert "a .json takes at most 10: ask for a smaller division, a code or a severity" in refused.text
    assert "/findings.json" not in loaded.get("/findings").text
