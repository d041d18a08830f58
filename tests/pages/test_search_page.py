"""Search first: what is found, where it is, and the way down without searching."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient


def found(client: TestClient, text: str, **more: str) -> list[dict[str, str]]:
    answer = client.get("/search.json", params={"q": text, **more}).json()
    rows: list[dict[str, str]] = answer["rows"]
    return rows


@pytest.mark.parametrize("text", ["乌邑", "wuyi", "WU YI", "wysqcmwyh", "530521101201"])
def test_a_village_is_found_by_name_pinyin_initials_and_code(loaded: TestClient, text: str) -> None:
    rows = [(row["name"], row["where"], row["url"]) for row in found(loaded, text)]
    assert ("乌邑社区村民委员会", "施甸县 甸阳镇", "/places/530521101201") in rows


def test_no_village_is_shown_without_its_township(loaded: TestClient) -> None:
    rows = [row for row in found(loaded, "cun") if row["type"] == "division" and len(row["code"]) == 12]
    assert rows
    assert all(len(row["where"].split(" ")) == 2 for row in rows)


def test_a_post_and_a_unit_are_found_with_what_they_lie_in(loaded: TestClient) -> None:
    rows = {(row["type"], row["where"]) for row in found(loaded, "甸阳镇")}
    assert ("post", "施甸县 甸阳镇") in rows
    assert ("organization", "施甸县 甸阳镇") in rows


def test_a_former_name_is_found_on_a_later_day_and_said_to_be_one(loaded: TestClient) -> None:
    page = loaded.get("/", params={"q": "河图镇", "asOf": "2019-01-01", "lang": "en"}).text
    (row,) = [line for line in page.splitlines() if "/places/530502102?" in line]
    assert "called so on another day" in row


def test_the_search_works_without_a_script(loaded: TestClient) -> None:
    page = loaded.get("/", params={"q": "乌邑"}).text
    assert 'href="/places/530521101201"' in page
    assert "“乌邑”：" in page


def test_nothing_found_says_what_to_do(small: TestClient) -> None:
    page = small.get("/", params={"q": "zzz", "lang": "en"}).text
    assert "Nothing is called “zzz”. Try a Chinese name" in page


def test_one_can_walk_down_without_searching(loaded: TestClient) -> None:
    page = loaded.get("/").text
    assert all(f'href="/places/{code}"' in page for code in ("5305", "530521", "530581", "530521101", "530502001"))
    assert 'href="/places/530521101201"' in loaded.get("/places/530521101").text


def test_the_day_and_the_language_go_along(small: TestClient) -> None:
    page = small.get("/", params={"q": "di", "asOf": "2017-05-01", "lang": "en"}).text
    assert "/places/530521101201?" in page
    (row,) = [row for row in found(small, "第0村", asOf="2017-05-01", lang="en") if row["type"] == "division"]
    assert row["url"] == "/places/530521101201?asOf=2017-05-01&lang=en"


def test_a_text_is_shown_as_a_text(small: TestClient) -> None:
    page = small.get("/", params={"q": "<b>&\"'"}).text
    assert "<b>&" not in page
    assert "&lt;b&gt;&amp;" in page
