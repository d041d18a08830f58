"""A new mayor (市长), tried out over all data that ship: everybody whose chain changes is told of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.asking import Asker

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "operations"
NAME = "try-appointment"
VARIABLES: dict[str, Any] = json.loads((EXAMPLES / "variables.json").read_text(encoding="utf-8"))[NAME]
VILLAGES = """
{ divisions(within: "5305", level: "village", asOf: "2017-06-30", first: 1000) { totalCount edges { node { id } } } }"""


@pytest.fixture(scope="module")
def tried(loaded: Asker) -> dict[str, Any]:
    text = (EXAMPLES / f"{NAME}.graphql").read_text(encoding="utf-8")
    found = loaded.data(text, {**VARIABLES, "first": 1000})["appointToPost"]
    assert isinstance(found, dict)
    return found


def test_nothing_stands_in_the_way(tried: dict[str, Any]) -> None:
    assert (tried["userErrors"], tried["brokenRules"]) == ([], [])


def test_the_mayor_answers_for_the_city_and_is_linked_to_longling(tried: dict[str, Any]) -> None:
    """From 2018 on the mayor is the city's general river chief, too: a change of its own."""
    effects = tried["effects"]["changes"]
    assert [(effect["day"], effect["target"]["name"]) for effect in effects] == [
        ("2017-06-30", "龙陵县"),
        ("2017-06-30", "保山市"),
        ("2018-01-01", "保山市"),
    ]
    closed = {gap["cause"] for effect in effects for gap in effect["difference"]["gapsClosed"]}
    assert closed == {"UNKNOWN_HOLDER"}


def test_every_village_of_the_city_is_touched(tried: dict[str, Any], loaded: Asker) -> None:
    touched, listed = tried["effects"]["touched"], loaded.data(VILLAGES)["divisions"]
    assert touched["totalCount"] == listed["totalCount"] > 900
    assert [edge["node"]["id"] for edge in touched["edges"]] == [edge["node"]["id"] for edge in listed["edges"]]


def test_so_are_its_counties_and_townships(tried: dict[str, Any]) -> None:
    counts = {each["level"]: each["count"] for each in tried["effects"]["touchedCounts"]}
    assert (counts["city"], counts["county"]) == (1, 5)
    assert counts["township"] >= 75
