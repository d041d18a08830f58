"""Every place has its page, and what a page says is what the API says."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from scripts.asking import Exit, Local
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


def facts_of_chain(place: dict[str, Any]) -> tuple[object, ...]:
    """What GraphQL says of a place: how complete it is, each link and each gap, in order."""
    chain = place["accountabilityChain"]
    return (
        chain["completeness"],
        [(link["assignment"]["id"], link["assignee"]["id"], link["certainty"]) for link in chain["links"]],
        [(gap["target"]["code"], gap["duty"]["code"], gap["cause"], gap["certainty"]) for gap in chain["gaps"]],
    )


class Kept:
    """A script's way to ask, opened once for many runs of it."""

    def __init__(self) -> None:
        self._asker = Local()
        self.ask = self._asker.ask

    def close(self) -> None:
        """The script is done; the next one asks the same."""

    def end(self) -> None:
        self._asker.close()


@pytest.fixture
def script(loaded_store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    """``trace_chain.py`` asks the loaded store by itself."""
    monkeypatch.setenv("ZEREN_STORE", f"sqlite:///{loaded_store}")
    kept = Kept()
    monkeypatch.setattr("scripts.trace_chain.open_asker", lambda _: kept)
    yield kept
    kept.end()


def test_page_twin_api_and_script_agree_for_fifty_places_and_days(
    loaded: TestClient, script: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = random.Random(8)  # noqa: S311 - the same fifty every time
    codes = [code for level in ("county", "township", "village") for code in list_codes(loaded, level)]
    seen = set()
    for _ in range(50):
        code, day = chosen.choice(codes), date(2016, 1, 1) + timedelta(days=chosen.randrange(1200))
        asked = {"query": CHAIN, "variables": {"code": code, "asOf": day.isoformat()}}
        expected = facts_of_chain(loaded.post("/graphql", json=asked).json()["data"]["division"])
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
        capsys.readouterr()  # lines of the application's log
        ended = trace([code, "--as-of", day.isoformat(), "--json"])
        assert facts_of_chain(json.loads(capsys.readouterr().out)["place"]) == expected, (code, day)
        assert (ended == Exit.BROKEN) == (expected[0] == "BROKEN"), (code, day)
        seen.add(expected[0])
    assert len(seen) > 1, "fifty chains of one sort show little"
