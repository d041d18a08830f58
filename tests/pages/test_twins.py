"""Twins: the same answer as data, tables and a drawing; nothing in them runs."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import networkx as nx
import pytest
from openpyxl import load_workbook
from rdflib import ORG, RDF, Graph
from starlette.testclient import TestClient

from pages.twins.svg import width_of, wrap
from pages.twins.tables import Table, csv_bytes, xlsx_bytes

VILLAGE = "/places/530521101201"
NOTES = {"asOf": "2017-06-30", "version": "v"}
SIGNS = ["=1+1", "+1", "-1", "@A1", "\t=1", "plain", "施甸"]


def test_a_cell_that_looks_like_a_formula_is_a_text() -> None:
    content = xlsx_bytes([Table("t", ("a",), tuple((sign,) for sign in SIGNS))], NOTES)
    sheet = load_workbook(io.BytesIO(content))["t"]
    cells = [sheet.cell(row, 1) for row in range(2, 2 + len(SIGNS))]
    assert [cell.value for cell in cells] == SIGNS
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_csv_has_no_cell_that_begins_like_a_formula() -> None:
    content = csv_bytes(Table("t", ("a",), tuple((sign,) for sign in SIGNS)), NOTES)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["'=1+1", "'+1", "'-1", "'@A1", "'\t=1", "plain", "施甸"]


def test_json_csv_and_xlsx_have_the_same_links(loaded: TestClient) -> None:
    wanted = [link["assignment"] for link in loaded.get(f"{VILLAGE}.json").json()["links"]]
    text = loaded.get(f"{VILLAGE}.csv").content.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["row"] == "link"]
    assert [row["assignment"] for row in rows] == wanted
    book = load_workbook(io.BytesIO(loaded.get(f"{VILLAGE}.xlsx").content))
    assert book.sheetnames == ["links", "gaps", "about"]
    header, *cells = book["links"].iter_rows(values_only=True)
    assert [row[header.index("assignment")] for row in cells] == wanted
    about = list(book["about"].iter_rows(values_only=True))
    assert ("version", loaded.get("/ready").json()["version"]) in about
    assert ("asOf", "2017-06-30") in about


def test_the_drawing_has_every_assignee_the_day_and_the_version(loaded: TestClient) -> None:
    ladder = loaded.get(f"{VILLAGE}.json").json()
    root = ElementTree.fromstring(loaded.get(f"{VILLAGE}.svg").text)  # noqa: S314 - our own
    texts = "".join(node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text"))
    assert all(link["assignee_name"] in texts for link in ladder["links"])
    meta = root.find("{http://www.w3.org/2000/svg}metadata")
    assert meta is not None
    assert json.loads(meta.text or "") == {"asOf": "2017-06-30", "version": ladder["version"]}


def test_the_drawing_holds_no_script_and_no_style(loaded: TestClient) -> None:
    text = loaded.get(f"{VILLAGE}.svg").text
    assert "<script" not in text
    assert "style" not in text


@pytest.mark.parametrize(
    "text", ["保山市隆阳区河图街道办事处" * 3, "a long English line of words " * 4, "mixed 混排 text 文字", ""]
)
def test_no_line_of_a_card_is_wider_than_the_card(text: str) -> None:
    lines = wrap(text, 14)
    assert all(width_of(line) <= 14 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


# rdflib's own reader of JSON-LD makes what rdflib calls deprecated.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize(("ending", "form"), [("ttl", "turtle"), ("jsonld", "json-ld")])
def test_linked_data_have_every_link_once(loaded: TestClient, ending: str, form: str) -> None:
    ladder = loaded.get(f"{VILLAGE}.json").json()
    graph = Graph().parse(data=loaded.get(f"{VILLAGE}.{ending}").text, format=form)
    posts = {str(post).removeprefix("urn:zeren:") for post in graph.subjects(RDF.type, ORG.Post)}
    assert posts == {link["assignee"] for link in ladder["links"] if link["assignee_type"] == "post"}
    held = {(str(person), str(post)) for person, post in graph.subject_objects(ORG.holds)}
    assert len(held) == len(
        {(holder["id"], link["assignee"]) for link in ladder["links"] for holder in link["holders"]}
    )


def test_mermaid_and_dot_have_an_edge_a_link(loaded: TestClient) -> None:
    links = loaded.get(f"{VILLAGE}.json").json()["links"]
    assert loaded.get(f"{VILLAGE}.mmd").text.count("-->|") == len(links)
    assert loaded.get(f"{VILLAGE}.dot").text.count("-> n") == len(links) + 3
    possible = loaded.get(f"{VILLAGE}.mmd?asOf=2019-01-01").text
    assert "-.->|" in possible


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_a_network_has_every_link_with_its_days(loaded: TestClient, form: str) -> None:
    """As NetworkX reads it, and as the ladder and its holders are."""
    ladder = loaded.get(f"{VILLAGE}.json").json()
    response = loaded.get(f"{VILLAGE}.{form}")
    assert f'filename="zeren-530521101201-2017-06-30.{form}"' in response.headers["content-disposition"]
    read = nx.read_gexf if form == "gexf" else nx.read_graphml
    graph = read(io.BytesIO(response.content))
    assert graph.graph.get("version", ladder["version"]) == ladder["version"]
    edges = [data for *_, data in graph.edges(data=True)]
    answering = {data["id"]: data for data in edges if data["family"] == "responsibility"}
    assert set(answering) == {link["assignment"] for link in ladder["links"]}
    for link in ladder["links"]:
        assert answering[link["assignment"]].get("since", "") == (link["since"] or "")
    held = {(holder["id"], link["assignee"]) for link in ladder["links"] for holder in link["holders"]}
    assert sum(data["family"] == "holding" for data in edges) == len(held)
    assert sum(data["family"] == "containment" for data in edges) == len(ladder["rungs"]) - 1
    assert graph.nodes[ladder["place"]["id"]]["label"] == ladder["place"]["name"]
    assert any(data.get("start") for data in edges)
