"""Every place has its page, and what a page says is what the API says."""

from __future__ import annotations

import json
import random
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from scripts.trace_chain import main as trace

LISTED = """query ($level: String!) {
  divisions(within: "5305", level: $level, first: 1000) { edges { node { code } } }
}"""
CHAIN = """query ($code: String!, $asOf: Date!) { division(code: $code, asOf: $asOf) {
  code accountabilityChain {
    completeness
    links { certainty assignee { id } assignment { id } }
    gaps { cause certainty duty { code } target { code } }
  } } }"""
MOST_SECONDS = 2.0
"""Far above what a page takes, for machines that do much else."""


def list_codes(client: TestClient, level: str) -> list[str]:
    edges = client.post("/graphql", json={"query": LISTED, "variables": {"level": level}}).json()["data"]["divisions"]
    return [edge["node"]["code"] for edge in edges["edges"]]


@pytest.mark.parametrize("level", ["county", "township"])
def test_every_place_of_a_level_has_its_page(loaded: TestClient, level: str) -> None:
    render_all(loaded, list_codes(loaded, level))


def test_every_tenth_village_has_its_page(loaded: TestClient) -> None:
    render_all(loaded, list_codes(loaded, "village")[::10])


@pytest.mark.long
def test_every_village_has_its_page(loaded: TestClient) -> None:
    codes = list_codes(loaded, "village")
    assert len(codes) >= 921
    render_all(loaded, codes)


def render_all(client: TestClient, codes: list[str]) -> None:
    """Asks for every page; the slowest is named, with its time."""
    times = []
    for code in codes:
        began = time.perf_counter()
        response = client.get(f"/places/{code}")
        times.append((time.perf_counter() - began, code))
        assert response.status_code == 200, code
        assert code in response.text
    slowest, code = max(times)
    print(f"{len(codes)} pages; the slowest, /places/{code}, took {slowest * 1000:.1f} ms")
    assert slowest < MOST_SECONDS, code


def facts_of_api(answer: dict[str, Any]) -> tuple[object, ...]:
    chain = answer["data"]["division"]["accountabilityChain"]
    return (
        chain["completeness"],
        [(link["assignment"]["id"], link["assignee"]["id"], link["certainty"]) for link in chain["links"]],
        [(gap["target"]["code"], gap["duty"]["code"], gap["cause"], gap["certainty"]) for gap in chain["gaps"]],
    )


def test_the_page_and_the_api_agree_for_fifty_places_and_days(loaded: TestClient) -> None:
    chosen = random.Random(8)  # noqa: S311 - the same fifty every time
    codes = [code for level in ("county", "township", "village") for code in list_codes(loaded, level)]
    for _ in range(50):
        code, day = chosen.choice(codes), date(2016, 1, 1) + timedelta(days=chosen.randrange(1200))
        asked = {"query": CHAIN, "variables": {"code": code, "asOf": day.isoformat()}}
        expected = facts_of_api(loaded.post("/graphql", json=asked).json())
        twin = loaded.get(f"/places/{code}.json", params={"asOf": day.isoformat()}).json()
        shown = (
            twin["completeness"],
            [(link["assignment"], link["assignee"], link["certainty"]) for link in twin["links"]],
            [(gap["target_code"], gap["duty"], gap["cause"], gap["certainty"]) for gap in twin["gaps"]],
        )
        assert shown == expected, (code, day)
        page = loaded.get(f"/places/{code}", params={"asOf": day.isoformat()}).text
        assert page.count('class="link c-') == len(twin["links"]), (code, day)
        assert page.count('class="gap ') == len(twin["gaps"]), (code, day)


def test_the_script_and_the_twin_agree(
    loaded: TestClient, loaded_store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For some of the same places and days; the script asks the store by itself."""
    monkeypatch.setenv("ZEREN_STORE", f"sqlite:///{loaded_store}")
    for code, day in (("530521101201", "2017-06-30"), ("530502", "2017-09-01"), ("530581206", "2019-01-01")):
        capsys.readouterr()  # lines of the application's log
        trace([code, "--as-of", day, "--json"])
        chain = json.loads(capsys.readouterr().out)["place"]["accountabilityChain"]
        twin = loaded.get(f"/places/{code}.json", params={"asOf": day}).json()
        assert chain["completeness"] == twin["completeness"]
        assert [link["assignment"]["id"] for link in chain["links"]] == [link["assignment"] for link in twin["links"]]
        assert [gap["duty"]["code"] for gap in chain["gaps"]] == [gap["duty"] for gap in twin["gaps"]]
