"""The operations that programs count on: unchanged, and answered from the data that ship."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.asking import Asker

PROJECT = Path(__file__).resolve().parents[2]
OURS = PROJECT / "examples" / "operations"
SHARED = PROJECT.parent / "shared" / "operations"
VARIABLES: dict[str, dict[str, Any]] = json.loads((OURS / "variables.json").read_text(encoding="utf-8"))
NAMES = sorted(path.stem for path in OURS.glob("*.graphql"))


def text(name: str) -> str:
    return (OURS / f"{name}.graphql").read_text(encoding="utf-8")


def test_each_operation_has_variables_to_try_it_with() -> None:
    assert sorted(VARIABLES) == NAMES


@pytest.mark.skipif(not SHARED.is_dir(), reason="the agreed operations lie beside the project only where it is built")
def test_operations_are_those_agreed() -> None:
    agreed = {path.name: path.read_bytes() for path in SHARED.glob("*.graphql")}
    assert {name: (OURS / name).read_bytes() for name in agreed} == agreed


@pytest.mark.parametrize("name", NAMES)
def test_operation_runs_without_error(loaded: Asker, name: str) -> None:
    assert loaded.data(text(name), VARIABLES[name])


@pytest.mark.parametrize("name", NAMES)
def test_operation_gives_the_same_bytes_twice(loaded: Asker, name: str) -> None:
    assert loaded.post(text(name), VARIABLES[name]).content == loaded.post(text(name), VARIABLES[name]).content


@pytest.mark.parametrize("name", [name for name in NAMES if "first" in VARIABLES[name]])
def test_operation_runs_with_the_largest_page(loaded: Asker, name: str) -> None:
    assert loaded.data(text(name), {**VARIABLES[name], "first": 1000})


@pytest.mark.parametrize("name", [name for name in NAMES if "asOf" in VARIABLES[name]])
@pytest.mark.parametrize("day", ["0001-01-01", "1990-01-01", "2016-07-31", "2019-01-01", "9999-12-31"])
def test_operation_runs_on_any_day(loaded: Asker, name: str, day: str) -> None:
    assert loaded.data(text(name), {**VARIABLES[name], "asOf": day})


def test_village_is_linked_to_the_city_leader_of_its_county(loaded: Asker) -> None:
    chain = loaded.data(text("village-chain"), {**VARIABLES["village-chain"], "lanes": ["linkage"]})["village"][
        "accountabilityChain"
    ]
    linked = [link["assignee"]["name"] for link in chain["links"] if link["level"]["code"] == "county"]
    assert linked == ["市委书记"]
