"""The script of the handovers: names, exit codes, the same JSON from a store and from a server."""

from __future__ import annotations

import json

import pytest

from scripts.handovers import main
from tests.serving import Server

YEAR = ["--from", "2021-01-01", "--to", "2021-12-31", "--regime", "river-chiefs"]
LATE, IN_TIME = "asset:longchuan-530581106201", "asset:binglang-530581104"


def test_somebody_who_was_late(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([LATE, *YEAR]) == 4
    out = capsys.readouterr().out
    assert "界头社区党总支书记  15个工作日内有人接任或代行 (SYN-CQ21): 2021-06-30 -> 2021-07-21  LATE" in out


def test_somebody_who_was_in_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([IN_TIME, *YEAR, "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "A successor within 30 working days" in out
    assert "IN_TIME" in out


def test_before_the_deadline_nobody_is_late(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([LATE, "--from", "2021-01-01", "--to", "2021-07-20", "--regime", "river-chiefs"]) == 0
    assert "PENDING" in capsys.readouterr().out


def test_a_server_gives_the_same_json_as_the_store(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    local = main([LATE, "--json", *YEAR]), capsys.readouterr().out
    remote = main([LATE, "--json", "--url", server.url, *YEAR]), capsys.readouterr().out
    assert remote == local
    assert json.loads(local[1])["handovers"]


@pytest.mark.parametrize("of", ["nowhere", "asset:none"])
def test_what_is_not_there(capsys: pytest.CaptureFixture[str], of: str) -> None:
    assert main([of, *YEAR]) in {2, 3}
    assert of in capsys.readouterr().err
