"""The gap calendar in a terminal, from a store and from a server."""

from __future__ import annotations

import json

import pytest

from scripts.gap_calendar import main
from tests.serving import Server

YEARS = ["--from", "2017-01-01", "--to", "2017-12-31"]
VILLAGE = ["--within", "530521101203", "--duty", "village-link", *YEARS]


def test_a_server_gives_the_same_json_as_the_store(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [*VILLAGE, "--json"]
    local = main(asked), capsys.readouterr().out
    remote = main([*asked, "--url", server.url]), capsys.readouterr().out
    assert remote == local


def test_a_certain_period_ends_with_4(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(VILLAGE) == 4
    assert "2017-08-15 .. 2017-12-31  530521101203      EXPIRED CERTAIN" in capsys.readouterr().out


def test_nothing_unmet_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*VILLAGE, "--cause", "VACANT_POST"]) == 0
    assert "nothing found" in capsys.readouterr().out


def test_what_is_not_listed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--within", "施甸县", *YEARS, "--limit", "2"]) == 4
    assert "more: give --limit" in capsys.readouterr().out


def test_no_period_at_all_may_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*VILLAGE, "--limit", "0", "--json"]) == 4
    answer = json.loads(capsys.readouterr().out)
    assert answer["gapPeriods"] == []
    assert answer["totalCount"] > 0


def test_a_window_that_ends_before_it_begins_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--within", "530521", "--from", "2018-01-01", "--to", "2017-01-01"]) == 2
    assert "2017-01-01 is before 2018-01-01" in capsys.readouterr().err
