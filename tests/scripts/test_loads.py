"""The table of loads, from a store and from a server."""

from __future__ import annotations

import pytest

from scripts.loads import main
from tests.serving import Server


def test_a_server_gives_the_same_json_as_the_store(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--within", "530521", "--alone", "village", "--json"]
    local = main(asked), capsys.readouterr().out
    remote = main([*asked, "--url", server.url]), capsys.readouterr().out
    assert remote == local


def test_the_table_has_a_row_for_each_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--within", "施甸县", "--outliers", "--limit", "3", "--alone", "village"]) == 0
    shown = capsys.readouterr().out
    assert "helps-household" in shown
    assert "that hang on one person" in shown


def test_an_unknown_kind_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--within", "530521", "--kind", "no-kind"]) == 2
    assert "unknown kind" in capsys.readouterr().err
