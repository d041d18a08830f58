"""The manners of all pages: policy, tags, errors."""

from __future__ import annotations

import asyncio
import re

import pytest
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.embedded import open_store
from pages.routes import page_routes
from tests.api.small_world import build_small_world
from tests.pages.conftest import MAX_BODY_BYTES

VILLAGE = "/places/530521101201"
ALL = ["/", "/?q=di", VILLAGE, f"{VILLAGE}/why?lane=linkage", "/nothing", "/places/xx"]


@pytest.mark.parametrize("path", ALL)
def test_a_page_allows_no_other_host_and_no_inline_script_or_style(small: TestClient, path: str) -> None:
    response = small.get(path)
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=", response.text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', response.text)


@pytest.mark.parametrize("path", ALL)
def test_a_page_has_a_title_of_its_own(small: TestClient, path: str) -> None:
    (title,) = re.findall(r"<title>(.*?)</title>", small.get(path).text)
    assert title.endswith("· 责任 Zeren")
    assert not title.startswith("·")


@pytest.mark.parametrize("path", ["/", VILLAGE, f"{VILLAGE}.json", f"{VILLAGE}.xlsx"])
def test_what_has_not_changed_is_not_sent_again(small: TestClient, path: str) -> None:
    tag = small.get(path).headers["ETag"]
    again = small.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)


def test_the_tag_tells_languages_and_days_apart(small: TestClient) -> None:
    tags = {small.get(f"{VILLAGE}?{query}").headers["ETag"] for query in ("lang=zh", "lang=en", "asOf=2018-01-01")}
    assert len(tags) == 3


def test_an_unknown_code_suggests_near_ones(small: TestClient) -> None:
    response = small.get("/places/530521101299")
    assert response.status_code == 404
    assert 'href="/places/530521101201">' in response.text
    assert "甸阳镇 第0村" in response.text


@pytest.mark.parametrize("name", ["乌邑", "wuyi", "乌邑社区村民委员会"])
def test_a_name_in_place_of_a_code_suggests_what_is_called_so(loaded: TestClient, name: str) -> None:
    response = loaded.get(f"/places/{name}?lang=en")
    assert response.status_code == 404
    assert 'href="/places/530521101201?lang=en">施甸县 甸阳镇 乌邑社区村民委员会' in response.text


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/places/xx", "is no code of a division; one looks like 5305"),
        (f"{VILLAGE}?asOf=2017", "asOf: &#39;2017&#39; is no day: write it as 2017-06-16"),
        (f"{VILLAGE}?against=soon", "against: &#39;soon&#39; is no day"),
        (f"{VILLAGE}?recordedAsOf=2017-06-30", "recordedAsOf: "),
        (f"{VILLAGE}?recordedAsOf=2017-06-30T00:00:00Z", "no data set was recorded yet"),
        (f"{VILLAGE}?lanes=up", "unknown lane &#39;up&#39;; the lanes of poverty-alleviation-2017 are: territorial"),
        (f"{VILLAGE}?view=tree", "view: &#39;tree&#39; is none; there are: ladder, list"),
        (f"{VILLAGE}/why", "lane"),
        (f"{VILLAGE}/why?lane=linkage&duty=village-link", "lane"),
        (f"{VILLAGE}/why?assignee=nobody", "assignee: &#39;nobody&#39; is no id"),
        (f"{VILLAGE}?" + "&".join(f"a{n}=1" for n in range(30)), "parameters"),
        ("/?q=" + "x" * 101, "101 characters; at most 100"),
        (f"{VILLAGE}?asOf=2017-02-30", "&#39;2017-02-30&#39; is not in the calendar"),
        (f"{VILLAGE}?asof=2017-06-30", "asof: write it as asOf"),
        (f"{VILLAGE}?asOf=2017-06-30&asOf=2018-06-30", "asOf: it stands there 2 times"),
        ("/?q=%00%01", "q: it has a control character"),
        ("/?q%0a=x", "q: it has a control character"),
        (f"{VILLAGE}?lanes=linkage%1b", "lanes: it has a control character"),
    ],
)
def test_a_wrong_address_is_told_what_is_right(small: TestClient, path: str, says: str) -> None:
    response = small.get(path)
    assert response.status_code == 400
    assert says in response.text


def test_an_error_page_has_the_request_id(small: TestClient) -> None:
    response = small.get("/nothing", headers={"X-Request-Id": "abc-1"})
    assert response.status_code == 404
    assert "<code>abc-1</code>" in response.text


def test_without_a_data_set_the_page_says_so_and_when_to_come_again() -> None:
    graph = ResponsibilityGraph(open_store("sqlite:///:memory:", "writer"))
    with TestClient(build_app(graph, max_body_bytes=MAX_BODY_BYTES, pages=page_routes(graph))) as client:
        response = client.get("/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert "STORE_UNAVAILABLE" in response.text


def test_what_nobody_foresaw_is_a_page_with_the_request_id(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = asyncio.run(build_small_world())

    async def fail(*_: object, **__: object) -> None:
        await asyncio.sleep(0)
        raise RuntimeError("secret")

    monkeypatch.setattr(graph, "search", fail)
    monkeypatch.setattr("pages.answering._log.exception", lambda _: None)
    with TestClient(build_app(graph, max_body_bytes=MAX_BODY_BYTES, pages=page_routes(graph))) as client:
        response = client.get("/?q=x", headers={"X-Request-Id": "abc-2"})
    assert response.status_code == 500
    assert "abc-2" in response.text
    assert "secret" not in response.text


def test_pages_take_no_post(small: TestClient) -> None:
    assert small.post("/").status_code == 405


@pytest.mark.parametrize("path", ["/places/", "/places/530521/", "/static/graphiql/nothing", "/..%2f..%2fserver.py"])
def test_what_is_no_page_is_not_found(small: TestClient, path: str) -> None:
    assert small.get(path, follow_redirects=False).status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_wrong_parameter_is_named_in_both_languages(small: TestClient, lang: str) -> None:
    page = small.get(f"{VILLAGE}?lang={lang}&asOf=2017-02-30").text
    assert ("地址中的“asOf”有误" in page) == (lang == "zh")
    assert "write a day as 2017-06-16" in page


def test_what_messengers_add_to_an_address_is_left_alone(small: TestClient) -> None:
    assert small.get(f"{VILLAGE}?isappinstalled=0&utm_source=x&utm_source=y").status_code == 200


@pytest.mark.parametrize("path", ["//elsewhere.example/x", "/nothing", "///x"])
def test_an_error_page_keeps_to_its_own_address(small: TestClient, path: str) -> None:
    """In the other language it is the same page, never another host's."""
    page = small.get(f"http://testserver{path}?lang=en").text
    (address,) = re.findall(r'class="lang" href="([^"]+)"', page)
    assert re.fullmatch(r"/[^/].*\?lang=zh", address)
    assert "aria-current" not in page
    assert small.get(address).status_code == 404
