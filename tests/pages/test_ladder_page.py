"""The ladder: what is on the page, and that its address is its state."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import icalendar
import pytest
from starlette.testclient import TestClient

from graph_model.graph import ResponsibilityGraph
from graph_model.questions.compare import compare_chains
from graph_model.stores.embedded import open_store
from graph_model.views import Moment

VILLAGE = "/places/530521101201"


def plain(page: str) -> str:
    """What a person reads: tags gone, spaces as one."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def test_levels_are_rows_and_lanes_are_columns(loaded: TestClient) -> None:
    page = loaded.get(VILLAGE, params={"lang": "en"}).text
    assert re.findall(r'<th scope="col"[^>]*>([^<]+)', page) == [
        "Level", "Territorial", "Linkage", "Pairing", "Resident", "Office", "Sector", "Supervision",
    ]  # fmt: skip
    assert re.findall(r'<span class="level">([^<]+)', page) == ["Village", "Township", "County", "City"]


def test_a_link_says_who_holds_it_since_when_on_what_basis_and_how_sure(loaded: TestClient) -> None:
    text = plain(loaded.get(VILLAGE, params={"lang": "en"}).text)
    assert (
        "市委书记 Linked to the county Holder not recorded Beginning not recorded; seen 2017-06-30 Certain Source"
        in text
    )
    assert "SYNTHETIC DATA" in text


def test_the_basis_leads_to_the_clause(loaded: TestClient) -> None:
    assert 'href="/sources/2017#c1.2"' in loaded.get(VILLAGE).text


def test_the_village_is_never_named_without_its_township(loaded: TestClient) -> None:
    page = loaded.get(VILLAGE).text
    assert "<title>施甸县 甸阳镇 乌邑社区村民委员会：谁负责（2017-06-30）" in page
    assert re.search(r'<h1><span class="where">施甸县 甸阳镇</span> 乌邑社区村民委员会', page)


def test_a_break_is_the_first_thing_with_its_cause(loaded: TestClient) -> None:
    broken = find_broken(loaded)
    page = loaded.get(f"/places/{broken}", params={"asOf": "2017-09-01", "lang": "en"}).text
    state = page.index("The chain is broken")
    assert state < page.index("<table")
    assert "Duties surely not met" in page[state : state + 600]
    assert "Why not?" in page[state : state + 2500]


def find_broken(client: TestClient) -> str:
    """The code of some village whose chain is broken on 2017-09-01."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "gaps-by-example.md").read_text(encoding="utf-8")
    for code in re.findall(r"\b\d{12}\b", text):
        if client.get(f"/places/{code}.json?asOf=2017-09-01").json().get("completeness") == "BROKEN":
            return str(code)
    raise AssertionError("no village of the examples is broken on that day")


def test_only_some_lanes(loaded: TestClient) -> None:
    page = loaded.get(VILLAGE, params={"lanes": "linkage,office", "lang": "en"}).text
    assert re.findall(r'<th scope="col"[^>]*>([^<]+)', page) == ["Level", "Linkage", "Office"]
    assert "speaks of the whole chain" in page


def test_the_lanes_of_the_form_are_the_same_as_those_with_commas(small: TestClient) -> None:
    one = small.get(f"{VILLAGE}.json?lanes=linkage&lanes=resident").json()
    assert one == small.get(f"{VILLAGE}.json?lanes=linkage,resident").json()
    assert {link["lane"] for link in one["links"]} == {"linkage", "resident"}


def test_the_days_of_change_are_those_on_which_the_chain_differs(loaded_store: Path) -> None:
    """By brute force: every day of four months around is compared with the day before."""

    async def check() -> None:
        graph = ResponsibilityGraph(open_store(f"sqlite:///{loaded_store}", "reader"))
        moment = await graph.moment()
        target = "530521101201"
        node = await graph.find_id(target, moment)
        assert node is not None
        days = await graph.change_days(node, moment)
        assert days.before is not None
        assert days.after is not None
        chains = {}
        for day in range(days.before - 2, days.after + 2):
            chains[day] = (await graph.view([node], Moment(day))).chain(node)
        changed = [day for day in list(chains)[1:] if not compare_chains(chains[day - 1], chains[day]).is_empty]
        around = [day for day in changed if day < moment.day], [day for day in changed if day > moment.day]
        assert (max(around[0]), min(around[1])) == (days.before, days.after)
        await graph.close()

    asyncio.run(check())


def test_the_steps_lead_to_the_days_of_change(loaded: TestClient) -> None:
    page = loaded.get(VILLAGE).text
    assert 'rel="prev" href="/places/530521101201?asOf=2017-06-16"' in page
    assert 'rel="next" href="/places/530521101201?asOf=2017-07-01"' in page


def test_two_days_are_compared(loaded: TestClient) -> None:
    text = plain(loaded.get(VILLAGE, params={"asOf": "2017-06-16", "against": "2017-06-15", "lang": "en"}).text)
    assert "Compared with 2017-06-15" in text
    assert "施甸县动态管理督查指导组" in text[text.index("Compared") : text.index("Links that are the same")]


def test_the_same_day_has_no_difference(small: TestClient) -> None:
    page = small.get(VILLAGE, params={"against": "2017-06-30", "lang": "en"}).text
    assert "Nothing is different between the two days." in page


def test_the_list_says_the_same(loaded: TestClient) -> None:
    ladder = loaded.get(f"{VILLAGE}.json").json()
    text = plain(loaded.get(VILLAGE, params={"view": "list"}).text)
    assert all(link["sentence"] in text for link in ladder["links"])


def test_graphiql_opens_on_the_same_question(loaded: TestClient) -> None:
    page = loaded.get(VILLAGE, params={"asOf": "2017-09-01", "lanes": "linkage"}).text
    (address,) = re.findall(r'href="(/graphql\?[^"]+)"', page)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(unescape(address)).query).items()}
    answer = loaded.post("/graphql", json={**asked, "variables": json.loads(asked["variables"])}).json()
    links = answer["data"]["division"]["accountabilityChain"]["links"]
    shown = loaded.get(f"{VILLAGE}.json", params={"asOf": "2017-09-01", "lanes": "linkage"}).json()["links"]
    assert [link["assignment"]["id"] for link in links] == [link["assignment"] for link in shown]


def test_the_citation_has_day_clauses_version_and_address(loaded: TestClient) -> None:
    answer = loaded.get(f"{VILLAGE}.json").json()
    (cited,) = re.findall(r'<blockquote id="citation">(.*?)</blockquote>', loaded.get(VILLAGE).text)
    text = unescape(cited)
    assert "施甸县 甸阳镇 乌邑社区村民委员会（530521101201），2017-06-30" in text
    assert answer["version"][:16] in text
    assert text.endswith("http://testserver/places/530521101201?asOf=2017-06-30")


def test_a_code_that_was_replaced_says_what_took_its_place(loaded: TestClient) -> None:
    page = loaded.get("/places/530502102", params={"asOf": "2019-01-01", "lang": "en"}).text
    assert "530502005" in page
    assert 'class="notice"' in page


def test_a_household_has_its_ladder(small: TestClient) -> None:
    ladder = small.get("/places/530521101201-0001.json").json()
    assert [rung["level"] for rung in ladder["rungs"]] == ["household", "village", "township", "county", "city"]
    assert ladder["links"][0]["assignee"] == "person:p1"


def test_a_day_without_links_says_what_to_do(small: TestClient) -> None:
    assert "Nobody is recorded as answering on this day." in small.get(f"{VILLAGE}?asOf=1990-01-01&lang=en").text


def test_of_a_duty_it_is_asked_whether_it_is_met(small: TestClient) -> None:
    page = small.get(f"{VILLAGE}/why?duty=village-link&lang=en").text
    (title,) = re.findall(r"<h1>(.*?)</h1>", page)
    assert title.startswith("施甸县 甸阳镇 第0村: is “")
    assert title.endswith("” met?")


@pytest.mark.parametrize(
    "query", ["duty=village-link", "lane=linkage", "assignee=post:secretary", "post=post:secretary"]
)
def test_why_tells_the_reasons_of_the_explanation(small: TestClient, query: str) -> None:
    answer = small.get(f"{VILLAGE}/why.json?{query}&lang=en").json()
    page = plain(small.get(f"{VILLAGE}/why?{query}&lang=en").text)
    assert answer["message"] in page
    assert all(step["sentence"] in page for trail in answer["trails"] for step in trail["steps"])


REACH = "asset:longchuan-530581107"


def test_what_else_is_answered_for_in_a_place_is_listed(loaded: TestClient) -> None:
    """In the regime that has it; as GraphQL has it."""
    asked = {"asOf": "2021-09-09", "regime": "river-chiefs"}
    query = """{ assets(within: "530581107", asOf: "2021-09-09", first: 100) { edges { node { id } } } }"""
    data = loaded.post("/graphql", json={"query": query}).json()["data"]
    ids = {edge["node"]["id"] for edge in data["assets"]["edges"]}
    page = loaded.get("/places/530581107", params=asked).text
    assert set(re.findall(r'href="/places/(asset:[^"?]+)', page)) == ids
    assert REACH in ids
    assert "asset:" not in loaded.get("/places/530581107?asOf=2017-06-30").text


def test_a_reach_is_a_place_like_any_other(loaded: TestClient) -> None:
    """Its page, its board with its check, its reasons and its twins; the question for GraphiQL is the page's."""
    asked = {"asOf": "2021-09-09"}
    ladder = loaded.get(f"/places/{REACH}.json", params=asked).json()
    assert ladder["regime"] == "river-chiefs"
    assert ladder["links"]
    page = loaded.get(f"/places/{REACH}", params=asked).text
    assert page.count('class="link c-') == len(ladder["links"])
    (address,) = re.findall(r'href="(/graphql\?[^"]+)"', page)
    query = {name: values[0] for name, values in parse_qs(urlsplit(unescape(address)).query).items()}
    answer = loaded.post("/graphql", json={**query, "variables": json.loads(query["variables"])}).json()
    (node,) = answer["data"]["nodes"]
    chain = node["accountabilityChain"]
    assert [link["assignment"]["id"] for link in chain["links"]] == [link["assignment"] for link in ladder["links"]]
    board = loaded.get(f"/places/{REACH}/board.json", params=asked).json()
    check = urlsplit(board["check"])
    verdict = loaded.get(check.path.replace("/check", "/check.json") + "?" + check.query).json()["verdict"]
    assert verdict in {"holds", "moved-on"}
    why = loaded.get(f"/places/{REACH}/why.json", params={**asked, "assignee": ladder["links"][0]["assignee"]}).json()
    assert why["certainty"] == ladder["links"][0]["certainty"]
    for ending in ("csv", "xlsx", "svg", "ics", "mmd", "dot", "ttl", "jsonld"):
        assert loaded.get(f"/places/{REACH}.{ending}", params=asked).status_code == 200, ending


@pytest.mark.parametrize(("place", "regime"), [("530521", ""), ("530521101201", ""), (REACH, "river-chiefs")])
def test_the_calendar_of_a_place_has_the_duties_and_terms_of_its_ladder(
    loaded: TestClient, place: str, regime: str
) -> None:
    """As the list of the whole city has them, at the place itself and at what it lies in."""
    first = "2021-09-09" if regime else "2017-06-30"
    asked = {"from": first, "days": "366", "lang": "en", **({"regime": regime} if regime else {})}
    coming = loaded.get("/upcoming.json", params=asked).json()["rows"]
    day = (date.fromisoformat(first) + timedelta(days=365)).isoformat()
    ladders = [loaded.get(f"/places/{place}.json", params={"asOf": one, "lang": "en"}).json() for one in (first, day)]
    rungs = {rung["place"]["id"] for ladder in ladders for rung in ladder["rungs"]}
    posts = {link["assignee"] for ladder in ladders for link in ladder["links"]}
    wanted = sorted(
        row["message"]
        for row in coming
        if (row["target"] in rungs and row["kind"] != "TERM_ENDS")
        or (row["kind"] == "TERM_ENDS" and row["target"] in posts)
    )
    text = loaded.get(f"/places/{place}.ics", params=asked).text
    assert sorted(str(event["summary"]) for event in icalendar.Calendar.from_ical(text).events) == wanted
    assert wanted
