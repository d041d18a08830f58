"""The notice board, the book, and the page that a printed board's code leads to."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.exchange import Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.records import Post, Relation
from pages.fitting import SIZES as FONT_SIZES
from pages.fitting import Line, choose_density
from pages.routes import page_routes
from tests.api.small_world import build_small_world, list_records
from tests.pages.conftest import MAX_BODY_BYTES

VILLAGE = "/places/530521101201"

INCOMPLETE = [
    "digest=0123456789abcdef",
    "asOf=2017-06-30",
    "asOf=2017-06-30&digest=x",
    "asOf=2017-06-30&digest=0123456789abcdef&printed=x",
]


@pytest.fixture
def own_graph() -> ResponsibilityGraph:
    """A small world that the test may change."""
    return asyncio.run(build_small_world())


@pytest.fixture
def own(own_graph: ResponsibilityGraph) -> Iterator[TestClient]:
    with TestClient(build_app(own_graph, max_body_bytes=MAX_BODY_BYTES, pages=page_routes(own_graph))) as client:
        yield client


def check_of(client: TestClient, path: str = VILLAGE, query: str = "") -> str:
    """Where the code of a printed board leads, as path and query."""
    parts = urlsplit(client.get(f"{path}/board.json{query}").json()["check"])
    return f"{parts.path.replace('/check', '/check.json')}?{parts.query}"


def test_the_board_says_who_answers_in_each_lane(small: TestClient) -> None:
    board = small.get(f"{VILLAGE}/board.json").json()
    linkage = [row for row in board["rows"] if row["lane"] == "挂联"]
    assert [(row["level"], row["span"], row["entries"][0]["name"]) for row in linkage] == [
        ("村", 2, "县委书记"),
        ("县", 0, "县委书记"),
    ]
    page = small.get(f"{VILLAGE}/board").text
    assert "监督电话" in page
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page
    assert "style=" not in page


def test_an_assignee_with_several_roles_stands_once_in_a_cell(loaded: TestClient) -> None:
    rows = loaded.get(f"{VILLAGE}/board.json").json()["rows"]
    for row in rows:
        names = [entry["name"] for entry in row["entries"]]
        assert len(names) == len(set(names))
    assert any(len(entry["kinds"]) > 1 for row in rows for entry in row["entries"])


def test_an_unchanged_board_holds(own: TestClient) -> None:
    assert own.get(check_of(own)).json()["verdict"] == "holds"


def test_a_changed_assignment_makes_the_check_say_so(own: TestClient, own_graph: ResponsibilityGraph) -> None:
    address = check_of(own)
    records = [
        msgspec.structs.replace(record, source="post:other")
        if isinstance(record, Relation) and record.kind == "linked-to-village" and record.target.endswith("201")
        else record
        for record in list_records()
    ]
    (secretary,) = [record for record in records if isinstance(record, Post)]
    records.append(msgspec.structs.replace(secretary, id="post:other", name="县长"))
    asyncio.run(own_graph.apply([Batch("small-world", records)], author="tests"))
    answer = own.get(address).json()
    assert answer["verdict"] == "corrected"
    assert [line["text"] for line in answer["inRecord"]["gained"]] == ["县长挂联施甸县 甸阳镇 第0村"]
    assert [line["text"] for line in answer["inRecord"]["lost"]] == ["县委书记挂联施甸县 甸阳镇 第0村"]
    page = own.get(address.replace("check.json", "check") + "&lang=en").text
    assert "This board no longer holds" in page


def test_what_changed_after_the_boards_day_is_told(loaded: TestClient) -> None:
    """The default day is the reference date; a board of an earlier day is right for it."""
    answer = loaded.get(check_of(loaded, query="?asOf=2017-06-01")).json()
    assert answer["verdict"] == "moved-on"
    assert any("动态管理" in line["text"] for line in answer["upToNow"]["gained"])


def test_a_digest_of_no_record_is_told(small: TestClient) -> None:
    address = f"{VILLAGE}/check.json?asOf=2017-06-30&digest=0123456789abcdef"
    assert small.get(address).json()["verdict"] == "unknown"


@pytest.mark.parametrize(
    "query",
    [
        "digest=0123456789abcdef",
        "asOf=2017-06-30",
        "asOf=2017-06-30&digest=x",
        "asOf=2017-06-30&digest=0123456789abcdef&printed=x",
    ],
)
def test_an_incomplete_address_is_refused(small: TestClient, query: str) -> None:
    assert small.get(f"{VILLAGE}/check?{query}").status_code == 400


def test_the_digest_heeds_neither_language_nor_order(loaded: TestClient) -> None:
    digests = {loaded.get(f"{VILLAGE}/board.json?lang={lang}").json()["digest"] for lang in ("zh", "en")}
    assert len(digests) == 1


def test_the_book_of_a_county_has_a_sheet_a_township(loaded: TestClient) -> None:
    page = loaded.get("/places/530521/book").text
    townships = re.findall(r'href="/places/(\d{9})"', loaded.get("/places/530521").text)
    assert page.count('class="sheet a4"') == len(set(townships)) > 10
    assert loaded.get("/places/5305/book").status_code == 400


def test_the_sheet_is_a4_or_a3(small: TestClient) -> None:
    assert 'class="sheet a3"' in small.get(f"{VILLAGE}/board?size=A3").text
    assert "size: &#39;a5&#39; is none; there are: a4, a3" in small.get(f"{VILLAGE}/board?size=a5").text


def test_the_check_address_is_the_clients_own(small: TestClient) -> None:
    board = small.get(f"{VILLAGE}/board.json", headers={"Host": "zeren.example:8443"}).json()
    assert unescape(board["check"]).startswith(
        "http://zeren.example:8443/places/530521101201/check?asOf=2017-06-30&digest="
    )


def test_a_public_address_stands_above_what_a_request_claims(small_world: ResponsibilityGraph) -> None:
    routes = page_routes(small_world, "https://zeren.example.org")
    client = TestClient(build_app(small_world, max_body_bytes=MAX_BODY_BYTES, pages=routes))
    forged = {"Host": "elsewhere.example"}
    for path in (f"{VILLAGE}/board.json", f"{VILLAGE}/board", VILLAGE, "/places/530521/book"):
        assert "elsewhere.example" not in client.get(path, headers=forged).text
    board = client.get(f"{VILLAGE}/board.json", headers=forged).json()
    assert board["check"].startswith("https://zeren.example.org/places/530521101201/check?")
    assert "https://zeren.example.org/places/530521101201?asOf=2017-06-30" in client.get(VILLAGE, headers=forged).text


def test_what_is_missing_stands_together_for_a_place_and_cause(loaded: TestClient) -> None:
    """And all of it is there."""
    asked = {"asOf": "2017-09-01"}
    board = loaded.get(f"{VILLAGE}/board.json", params=asked).json()
    gaps = [gap for gap in loaded.get(f"{VILLAGE}.json", params=asked).json()["gaps"] if gap["is_unmet"]]
    assert len(gaps) == sum(len(row["duties"]) for row in board["missing"])
    told = [(row["place"], row["cause"], row["certainty"]) for row in board["missing"]]
    assert len(told) == len(set(told)) < len(gaps)
    page = unescape(loaded.get(f"{VILLAGE}/board", params=asked).text)
    assert all(duty in page for row in board["missing"] for duty in row["duties"])


def test_the_more_a_board_says_the_smaller_it_is_written() -> None:
    short = [Line("村 第0村", "县委书记 挂联")] * 5
    assert choose_density(short, []) == 0
    dense = [choose_density(short, ["一" * 40] * count) for count in (0, 50, 70, 90, 1000)]
    assert dense == sorted(dense)
    assert dense[-1] == len(FONT_SIZES) - 1


def test_the_style_sheet_writes_as_small_as_was_reckoned() -> None:
    css = (Path(__file__).resolve().parents[2] / "web" / "src" / "pages.css").read_text(encoding="utf-8")
    written = [float(size) for size in re.findall(r"--size: ([0-9.]+)pt", css)]
    assert tuple(written) == FONT_SIZES
