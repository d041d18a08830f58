"""The gap finder: what is not met within a place, from a store and from a server."""

from __future__ import annotations

import json

import pytest

from scripts.find_gaps import main
from tests.serving import Server


def _gaps(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    assert main([*arguments, "--json"]) in {0, 4}
    gaps = json.loads(capsys.readouterr().out)["gaps"]
    assert isinstance(gaps, list)
    return gaps


def test_a_server_gives_the_same_json_as_the_store(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--within", "530521208", "--json", "--remarks"]
    local = main(asked), capsys.readouterr().out
    remote = main([*asked, "--url", server.url]), capsys.readouterr().out
    assert remote == local


def test_a_certain_gap_ends_with_4(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--within", "530521101203", "--as-of", "2017-09-01"]) == 4
    assert "EXPIRED CERTAIN" in capsys.readouterr().out


def test_nothing_unmet_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--within", "530521101203", "--as-of", "2017-06-30"]) == 0
    assert "nothing found" in capsys.readouterr().out


def test_the_households_of_a_village_count_too(capsys: pytest.CaptureFixture[str]) -> None:
    gaps = _gaps(capsys, "--within", "530521104201", "--as-of", "2017-10-20", "--certain")
    assert "530521104201-0001" in {gap["target"]["code"] for gap in gaps}  # type: ignore[index]


def test_within_one_household(capsys: pytest.CaptureFixture[str]) -> None:
    gaps = _gaps(capsys, "--within", "530521104201-0001", "--as-of", "2017-10-20", "--certain")
    assert {gap["target"]["code"] for gap in gaps} == {"530521104201-0001"}  # type: ignore[index]


def test_each_gap_is_of_the_place_or_below_it_and_stands_once(capsys: pytest.CaptureFixture[str]) -> None:
    gaps = _gaps(capsys, "--within", "530521101", "--remarks", "--as-of", "2017-09-01")
    keys = [(gap["target"]["code"], gap["duty"]["code"]) for gap in gaps]  # type: ignore[index]
    assert keys
    assert len(set(keys)) == len(keys)
    assert all(str(code).startswith("530521") for code, _ in keys)


def test_remarks_are_left_away_unless_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert not {"EXEMPT", "UNKNOWN_HOLDER"} & {str(gap["cause"]) for gap in _gaps(capsys, "--within", "施甸县")}


def test_only_one_cause(capsys: pytest.CaptureFixture[str]) -> None:
    gaps = _gaps(capsys, "--within", "530521", "--cause", "UNKNOWN_HOLDER")
    assert {gap["cause"] for gap in gaps} == {"UNKNOWN_HOLDER"}


def test_an_unknown_place_is_not_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--within", "nowhere"]) == 3
    assert "nowhere" in capsys.readouterr().err


def test_an_unknown_lane_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--within", "5305", "--lane", "nolane"]) == 2
    assert "territorial" in capsys.readouterr().err
