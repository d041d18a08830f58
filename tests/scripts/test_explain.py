"""The explaining script: the same answer from a store and from a server, and exit codes that a caller can use."""

from __future__ import annotations

import json

import pytest

from scripts.explain import main
from tests.serving import Server

LINKED = ["乌邑", "--post", "市委书记", "--as-of", "2017-06-30"]
UNMET = ["袁家", "--duty", "village-link", "--as-of", "2017-09-01"]


@pytest.mark.parametrize("options", [LINKED, UNMET, [*UNMET, "--lang", "en"]])
def test_a_server_gives_the_same_json_as_the_store(
    server: Server, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    local = main([*options, "--json"]), capsys.readouterr().out
    remote = main([*options, "--json", "--url", server.url]), capsys.readouterr().out
    assert remote == local


def test_who_answers_ends_with_0_and_says_by_which_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*LINKED, "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "市委书记 is linked to 施甸县 (clause 1.2)" in out
    assert "LIES_IN" in out


def test_who_answers_perhaps_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["乌邑", "--lane", "linkage", "--as-of", "2019-01-01"]) == 0
    assert "ONLY_POSSIBLE" in capsys.readouterr().out


def test_what_is_not_met_ends_with_4_and_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*UNMET, "--json"]) == 4
    (trail,) = json.loads(capsys.readouterr().out)["explain"]["trails"]
    assert trail["gap"]["cause"] == "EXPIRED"
    assert [step["kind"] for step in trail["steps"]] == ["ENDED", "NO_SUCCESSOR"]


def test_nobody_of_that_name_is_not_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["乌邑", "--assignee", "nobody"]) == 3
    assert "'nobody'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "about", [["--assignee", "person:none"], ["--lane", "none"], ["--duty", "none"], ["--post", "扶贫办主任"]]
)
def test_what_cannot_be_asked_is_a_usage_error(capsys: pytest.CaptureFixture[str], about: list[str]) -> None:
    assert main(["乌邑", *about]) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize("about", [[], ["--lane", "linkage", "--duty", "village-link"]])
def test_exactly_one_must_be_asked_about(about: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["乌邑", *about])
    assert stopped.value.code == 2
