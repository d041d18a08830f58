"""The comparing script: what differs between two days, with exit codes that say whether anything does."""

from __future__ import annotations

import json

import pytest

from scripts.compare_chains import main
from tests.serving import Server

CODE = "530521101201"
LATER = ["--from", "2017-06-30", "--to", "2019-01-01"]
SAME = ["--from", "2017-06-30", "--to", "2017-06-30"]


@pytest.mark.parametrize("options", [LATER, SAME, [*LATER, "--lane", "linkage"], [*LATER, "--lang", "en"]])
def test_a_server_gives_the_same_json_as_the_store(
    server: Server, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    local = main([CODE, "--json", *options]), capsys.readouterr().out
    remote = main([CODE, "--json", "--url", server.url, *options]), capsys.readouterr().out
    assert remote == local


def test_what_is_less_sure_on_a_later_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([CODE, *LATER, "--lane", "linkage", "--lang", "en"]) == 4
    out = capsys.readouterr().out
    assert "before  2017-06-30" in out
    assert "after   2019-01-01" in out
    assert "市委书记 is linked to 施甸县  CERTAIN > POSSIBLE" in out


def test_the_other_way_round_it_is_surer(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([CODE, "--from", "2019-01-01", "--to", "2017-06-30", "--lane", "linkage", "--lang", "en"]) == 4
    assert "市委书记 is linked to 施甸县  POSSIBLE > CERTAIN" in capsys.readouterr().out


def test_the_same_day_twice_differs_in_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([CODE, *SAME]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert not [line for line in lines if line[:2] in {"+ ", "- ", "~ "}]


def test_before_the_regime_there_is_no_link(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([CODE, "--from", "1990-01-01", "--to", "2017-06-30", "--json"]) == 4
    difference = json.loads(capsys.readouterr().out)["compareChains"]["difference"]
    assert len(difference["linksGained"]) > 10
    assert difference["linksLost"] == difference["linksChanged"] == []


def test_recorded_moments_are_passed_on(capsys: pytest.CaptureFixture[str]) -> None:
    main([CODE, *SAME, "--recorded-from", "2999-01-01T08:00:00+08:00", "--json"])
    answer = json.loads(capsys.readouterr().out)["compareChains"]
    assert answer["before"]["recordedAsOf"] == "2999-01-01T00:00:00.000000Z"
    assert answer["after"]["recordedAsOf"] is None


@pytest.mark.parametrize(
    "arguments", [[CODE], [CODE, "--from", "2017-06-30"], [CODE, "--from", "x", "--to", "2017-06-30"]]
)
def test_both_days_are_needed(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("place", ["nowhere", "539999", "530521101201-9999"])
def test_an_unknown_place_is_not_found(capsys: pytest.CaptureFixture[str], place: str) -> None:
    assert main([place, *LATER]) == 3
    assert place in capsys.readouterr().err


@pytest.mark.parametrize(
    "options", [["--lane", "nolane"], ["--regime", "none"], ["--recorded-to", "2000-01-01T00:00:00Z"]]
)
def test_what_the_interface_refuses_is_a_usage_error(capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    assert main([CODE, *LATER, *options]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_help_documents_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "4  something differs" in capsys.readouterr().out
