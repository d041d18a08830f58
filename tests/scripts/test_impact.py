"""The script on who leaves: the same answer from a store and from a server, and exit codes that a caller can use."""

from __future__ import annotations

import json

import pytest

from scripts.impact import main
from tests.serving import Server

SECRETARY = ["市委书记", "--as-of", "2017-08-01"]


@pytest.mark.parametrize("options", [SECRETARY, [*SECRETARY, "--lang", "en"]])
def test_a_server_gives_the_same_json_as_the_store(
    server: Server, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    local = main([*options, "--json"]), capsys.readouterr().out
    remote = main([*options, "--json", "--url", server.url]), capsys.readouterr().out
    assert remote == local


def test_who_leaves_a_gap_ends_with_4_and_is_told_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SECRETARY, "--lang", "en"]) == 4
    out = capsys.readouterr().out
    assert "施甸县 on 2017-08-01: a linked city leader (clause 1.2) is with 市委书记, which is vacant." in out
    assert "left  市长 leads 保山市" in out


def test_who_leaves_none_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["organization:5305:party-committee", "--as-of", "2017-08-01", "--json"]) == 0
    impact = json.loads(capsys.readouterr().out)["impact"]
    assert (impact["ended"], impact["exposed"]["totalCount"], impact["effects"]) == ([], 0, None)


def test_nobody_of_that_id_is_not_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["person:none"]) == 3
    assert "'person:none'" in capsys.readouterr().err


def test_an_ambiguous_name_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["扶贫办主任"]) == 2
    assert capsys.readouterr().err
