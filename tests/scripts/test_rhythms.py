"""The script of the rhythms: names, exit codes, the same JSON from a store and from a server."""

from __future__ import annotations

import json

import pytest

from scripts.rhythms import main
from scripts.trace_chain import main as trace
from tests.serving import Server

YEAR = ["--from", "2021-01-01", "--to", "2021-12-31", "--regime", "river-chiefs"]


def test_a_reach_by_its_name_with_what_was_missed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["龙川江曲石段", *YEAR]) == 4
    out = capsys.readouterr().out
    assert "乡级河长3—12月每月巡河 (SYN-AK22): 6 MET, 1 MISSED, 3 UNKNOWN" in out
    assert "2021-07-01 - 2021-07-31  MISSED" in out


def test_what_is_only_unknown_is_not_missed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["post:530502106:party-secretary", *YEAR]) == 0
    assert "2 MET, 0 MISSED, 10 UNKNOWN" in capsys.readouterr().out


def test_a_server_gives_the_same_json_as_the_store(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    local = main(["asset:nu-huitong", "--json", *YEAR]), capsys.readouterr().out
    remote = main(["asset:nu-huitong", "--json", "--url", server.url, *YEAR]), capsys.readouterr().out
    assert remote == local
    assert json.loads(local[1])["rhythms"]


@pytest.mark.parametrize("of", ["nowhere", "asset:none"])
def test_what_is_not_there(capsys: pytest.CaptureFixture[str], of: str) -> None:
    assert main([of, *YEAR]) in {2, 3}
    assert of in capsys.readouterr().err


def test_from_a_village_its_waters_each_with_its_chain(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["530581107201", "--assets", "--regime", "river-chiefs", "--as-of", "2021-09-09"]
    assert trace([*arguments, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["place"]["code"] == "530581107201"
    assert [asset["code"] for asset in answer["assets"]] == ["longchuan-530581107201"]
    assert trace(arguments) == 0
    assert "河长: 曲石社区党总支书记" in capsys.readouterr().out


def test_from_a_reach_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert trace(["怒江惠通桥段", "--regime", "river-chiefs", "--as-of", "2021-09-09"]) == 4
    out = capsys.readouterr().out
    assert out.index("县级河段  怒江施甸段") < out.index("县级河段  怒江龙陵段") < out.index("市级河段  怒江水系保山段")
