"""Names that mean harm: they are texts on every page and in every twin, and nothing else."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import icalendar
import msgspec
import pytest
from openpyxl import load_workbook
from rdflib import Graph
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.exchange import Batch
from graph_model.records import Name, Post
from pages.routes import page_routes
from pages.twins.tables import FORMULA_SIGNS
from tests.api.small_world import build_small_world, list_records
from tests.pages.conftest import MAX_BODY_BYTES

NAME = "=cmd|' /C calc'!A0\"><script>alert(1)</script>\n]]>\x01\x0b\x7f\ufffe--%>{{7*7}}]\r\n);DROP"
VILLAGE = "/places/530521101201"
PAGES = [
    *("/", "/?q=cmd", VILLAGE, f"{VILLAGE}?view=list", f"{VILLAGE}?against=2018-01-01", f"{VILLAGE}/board"),
    *(f"{VILLAGE}/why?assignee=post:secretary", "/assignees/post:secretary", "/gaps?asOf=2018-01-01"),
    *("/gaps?from=2017-01-01&to=2018-12-31", "/upcoming?from=2017-01-01", "/findings", "/sources/2017", "/about"),
    *("/findings?within=530521&asOf=2018-01-01", "/findings?lang=en&first=1"),
    *("/places/530521/book", "/places/530521101299", "/assignees/post:secretery"),
]


@pytest.fixture(scope="module")
def hostile() -> Iterator[TestClient]:
    """The small world, in which the post and all divisions have such a name."""
    records = [
        msgspec.structs.replace(record, text=NAME, pinyin=NAME)
        if isinstance(record, Name)
        else msgspec.structs.replace(record, name=NAME)
        if isinstance(record, Post)
        else record
        for record in list_records()
    ]
    graph = asyncio.run(build_small_world())
    asyncio.run(graph.apply([Batch("small-world", records)], author="tests"))
    with TestClient(build_app(graph, max_body_bytes=MAX_BODY_BYTES, pages=page_routes(graph))) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_nothing_of_a_name(hostile: TestClient, path: str) -> None:
    response = hostile.get(path)
    assert response.status_code in {200, 404}
    assert "<script>alert" not in response.text
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']?alert", response.text)
    assert "{{7*7}}" in response.text or "cmd" not in response.text


def test_the_drawing_is_xml(hostile: TestClient) -> None:
    root = ElementTree.fromstring(hostile.get(f"{VILLAGE}.svg").content)  # noqa: S314 - our own
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
    assert "<script>alert(1)</script>" in "".join(root.itertext())


@pytest.mark.parametrize("path", [VILLAGE, "/assignees/post:secretary", "/search", f"{VILLAGE}/board"])
def test_no_cell_is_a_formula(hostile: TestClient, path: str) -> None:
    query = {"q": "cmd"} if path == "/search" else {}
    rows = list(csv.reader(io.StringIO(hostile.get(f"{path}.csv", params=query).content.decode("utf-8-sig"))))
    cells = [cell for row in rows[1:] for cell in row]
    assert any("cmd" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(FORMULA_SIGNS)]
    book = load_workbook(io.BytesIO(hostile.get(f"{path}.xlsx", params=query).content))
    sheets = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any("cmd" in str(cell.value) for cell in sheets)
    assert "f" not in {cell.data_type for cell in sheets}


def test_findings_name_places_as_texts(hostile: TestClient) -> None:
    page = hostile.get("/findings?within=530521&asOf=2018-01-01")
    rows = hostile.get("/findings.json?within=530521&asOf=2018-01-01").json()["rows"]
    assert [row for row in rows if "<script>alert(1)</script>" in row["place_name"]]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script>alert" not in page.text
    text = hostile.get("/findings.csv?within=530521&asOf=2018-01-01").content.decode("utf-8-sig")
    cells = [cell for row in list(csv.reader(io.StringIO(text)))[1:] for cell in row]
    assert any("cmd" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(FORMULA_SIGNS)]


def test_graphs_and_calendars_hold_one_text(hostile: TestClient) -> None:
    lines = hostile.get(f"{VILLAGE}.mmd").text.splitlines()
    assert all(re.match(r"flowchart|  (?:%%|n\d+)", line) for line in lines)
    dot = hostile.get(f"{VILLAGE}.dot").text
    assert all(line in {"digraph ladder {", "}"} or re.match(r"  (?:label|n\d+)", line) for line in dot.splitlines())
    ladder = hostile.get(f"{VILLAGE}.json").json()
    graph = Graph().parse(data=hostile.get(f"{VILLAGE}.ttl").text, format="turtle")
    assert ladder["links"][0]["assignee_name"] in {str(value) for value in graph.objects()}
    for form in ("graphml", "gexf"):
        ElementTree.fromstring(hostile.get(f"{VILLAGE}.{form}").content)  # noqa: S314 - our own
    text = hostile.get("/assignees/post:secretary.ics?days=3660").text
    assert len(icalendar.Calendar.from_ical(text).events) == text.count("BEGIN:VEVENT")
