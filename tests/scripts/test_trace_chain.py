"""The tracing script: finds a place, shows a ladder, gives the same JSON from a store and from a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.trace_chain import main
from tests.serving import Server

LATER = ["--recorded-as-of", "2999-01-01T08:00:00+08:00"]
CODE, NAME, PINYIN = "530521101201", "乌邑", "wuyi"


def test_code_name_and_pinyin_give_the_same_json(capsys: pytest.CaptureFixture[str]) -> None:
    answers = []
    for place in (CODE, NAME, PINYIN):
        assert main([place, "--json"]) in {0, 4}
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1] == answers[2]
    assert json.loads(answers[0])["place"]["code"] == CODE


@pytest.mark.parametrize("options", [[], ["--as-of", "2019-01-01"], ["--lane", "linkage"], ["--lang", "en"], LATER])
def test_a_server_gives_the_same_json_as_the_store(
    server: Server, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    local = main([NAME, "--json", *options]), capsys.readouterr().out
    remote = main([NAME, "--json", "--url", server.url, *options]), capsys.readouterr().out
    assert remote == local


def test_the_ladder_names_the_linked_leader(capsys: pytest.CaptureFixture[str]) -> None:
    main(["施甸县", "--lane", "linkage", "--as-of", "2017-06-30"])
    assert "挂县: 市委书记  CERTAIN  SOURCE  1.2" in capsys.readouterr().out


def test_a_county_is_found_by_pinyin_without_its_ending(capsys: pytest.CaptureFixture[str]) -> None:
    main(["Lóng yáng", "--json"])
    assert json.loads(capsys.readouterr().out)["place"]["name"] == "隆阳区"


def test_an_ambiguous_name_lists_the_candidates_with_what_they_lie_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["云山社区"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "give its code" in captured.err
    assert captured.err.count("云山社区") >= 3
    assert "保山市" in captured.err


@pytest.mark.parametrize("place", ["nowhere", "539999", "530521101999", "530521101201-9999"])
def test_an_unknown_place_is_not_found(capsys: pytest.CaptureFixture[str], place: str) -> None:
    assert main([place]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert place in captured.err


@pytest.mark.parametrize("arguments", [[CODE, "--lane", "nolane"], [CODE, "--regime", "none"], ["5305211"]])
def test_what_the_interface_refuses_is_a_usage_error(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_bad_day_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([CODE, "--as-of", "2017-02-30"])
    assert stopped.value.code == 2
    assert "not in the calendar" in capsys.readouterr().err


def test_a_moment_without_a_zone_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([CODE, "--recorded-as-of", "2026-11-25T13:51:36"])
    assert stopped.value.code == 2
    assert "names no zone" in capsys.readouterr().err


@pytest.mark.parametrize("place", [CODE, NAME])
def test_a_moment_before_the_first_write_is_a_usage_error(capsys: pytest.CaptureFixture[str], place: str) -> None:
    assert main([place, "--recorded-as-of", "2000-01-01T00:00:00Z"]) == 2
    assert "no data set was recorded yet at 2000-01-01" in capsys.readouterr().err


def test_the_ladder_says_both_clocks(capsys: pytest.CaptureFixture[str]) -> None:
    main([CODE, "--as-of", "2017-06-30", *LATER])
    assert "2017-06-30  (2999-01-01T00:00:00.000000Z)  poverty" in capsys.readouterr().out


def test_a_missing_store_is_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZEREN_STORE", f"sqlite:///{tmp_path / 'none.db'}")
    assert main([CODE]) == 1
    assert "python -m loaders load" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://127.0.0.1:9/graphql", "http://[127.0.0.1:9"])
def test_a_server_that_does_not_answer_is_an_error(capsys: pytest.CaptureFixture[str], url: str) -> None:
    assert main([CODE, "--url", url]) == 1
    assert "127.0.0.1:9" in capsys.readouterr().err


def test_an_address_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([CODE, "--url", "localhost:8000"]) == 2
    assert "http://127.0.0.1:8000" in capsys.readouterr().err


def test_help_documents_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert "exit codes:" in out
    assert "4  the chain is broken" in out


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", "! SUCCEEDED  530581101 was 腾越镇, which had ended by the day; in its place: 腾越街道 530581001"),
        ("zh", "! SUCCEEDED  530581101 原为腾越镇，其时已不存在，由腾越街道 530581001承继"),
    ],
)
def test_an_old_code_is_answered_by_its_successor_and_says_so(
    capsys: pytest.CaptureFixture[str], lang: str, line: str
) -> None:
    main(["530581101", "--as-of", "2023-06-30", "--lang", lang])
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("腾越街道  530581001")
    assert second == line


def test_a_post_gives_the_chain_of_each_that_it_answers_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["post:5305:party-secretary", "--json", "--as-of", "2017-06-30"]) in {0, 4}
    answer = json.loads(capsys.readouterr().out)
    assert answer["assignee"] == {"id": "post:5305:party-secretary", "name": "市委书记"}
    assert {"530521", "5305"} <= {place["code"] for place in answer["places"]}
    assert all(place["accountabilityChain"]["links"] for place in answer["places"])


def test_a_post_is_found_by_its_name_where_no_place_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    main(["市委组织部部长", "--as-of", "2017-06-30"])
    assert capsys.readouterr().out.startswith("市委组织部部长  post:5305:organisation-head  ")


def test_a_post_that_answers_for_nothing_on_that_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["post:5305:party-secretary", "--json", "--as-of", "1990-01-01"]) == 0
    assert json.loads(capsys.readouterr().out)["places"] == []


def test_a_place_by_its_id_is_the_place_by_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    chains = []
    for place in (CODE, f"division:{CODE}"):
        main([place, "--json"])
        chains.append(json.loads(capsys.readouterr().out)["place"]["accountabilityChain"])
    assert chains[0] == chains[1]


@pytest.mark.parametrize("target", ["asset:none", "post:none", "document:baoshan-2017", "dataset:x"])
def test_an_id_of_nothing_that_can_be_traced_is_not_found(capsys: pytest.CaptureFixture[str], target: str) -> None:
    assert main([target]) == 3
    assert target in capsys.readouterr().err
