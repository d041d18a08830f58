"""The reconciling script: every figure beside its count, the same from a store and from a server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph_model.exchange import CHECKS, Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.embedded import open_store
from loaders.default import read_default
from scripts.reconcile import main
from tests.serving import Server


def figures(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    return {figure["id"]: figure for figure in json.loads(capsys.readouterr().out)["facts"]}


def test_every_total_of_the_source_is_equal_or_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json"]) == 0
    verdicts = {figure["verdict"] for figure in figures(capsys).values()}
    assert verdicts <= {"equal", "listed", "not counted", "no number"}


@pytest.mark.parametrize(
    ("figure", "number"),
    [
        ("1.2:linked-villages", 39),
        ("1.3:counties-with-contract", 5),
        ("2:departments", 38),
        ("2:special-plans", 30),
        ("3.1:units", 720),
        ("3.1:cadres", 31706),
        ("3.1:households", 86583),
        ("3.1:teams", 208),
        ("3.1:team-members", 1306),
        ("3.1:first-secretaries", 208),
        ("3.1:villages-with-teams", 207),
        ("5:documents", 19),
        ("6.1:staff-posts", 6),
        ("6.1:deputy-directors", 2),
        ("6.1:joint-conference-staff", 6),
        ("6.1:bank-project-staff", 2),
        ("6.2:townships-with-task", 74),
        ("6.2:offices", 74),
        ("6.2:directors", 74),
        ("6.2:full-time-cadres", 267),
        ("6.3:city-deputy-heads", 1),
        ("6.3:county-deputy-heads", 2),
        ("6.3:township-deputy-heads", 31),
        ("7.1:joint-organs", 4),
        ("7.2:groups", 8),
        ("7.4:groups", 5),
        ("7.5:talks-by-city", 20),
    ],
)
def test_a_total_is_counted_in_the_graph(capsys: pytest.CaptureFixture[str], figure: str, number: int) -> None:
    main(["--json", "--clause", figure.partition(":")[0]])
    found = figures(capsys)[f"fact:{figure}"]
    assert (found["value"], found["counted"], found["verdict"]) == (number, number, "equal")


@pytest.mark.parametrize("options", [[], ["--clause", "3.1"], ["--lang", "en"], ["--clause", "none"]])
def test_a_server_gives_the_same_json_as_the_store(
    server: Server, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    local = main(["--json", *options]), capsys.readouterr().out
    remote = main(["--json", "--url", server.url, *options]), capsys.readouterr().out
    assert remote == local


def test_the_table_has_a_line_a_figure_and_the_sum(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--clause", "3.1", "--lang", "en"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["clause", "stated", "counted", "verdict", "period", "figure"]
    assert lines[2][:5] == ["3.1", "31,706", "31,706", "equal", "2017-06-30"]
    assert ["3.1", ">", "10,000", "not", "counted"] in [line[:5] for line in lines]
    assert lines[-1] == ["2017-06-30:", "7", "equal,", "6", "not", "counted"]


@pytest.fixture
def facts_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ResponsibilityGraph]:
    """The facade over a store with the source's facts alone, not yet checked; the scripts' own store."""
    url = f"sqlite:///{tmp_path}/facts.db"
    graph = ResponsibilityGraph(open_store(url, "writer"))
    batches = [Batch(one.origin, one.records) for one in read_default(facts_only=True)]
    asyncio.run(graph.apply(batches, author="test"))
    monkeypatch.setenv("ZEREN_STORE", url)
    yield graph
    asyncio.run(graph.close())


def test_a_difference_that_no_finding_names_is_exit_code_4(
    facts_only: ResponsibilityGraph, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--json"]) == 4
    assert figures(capsys)["fact:2:special-plans"]["verdict"] == "differs"


def test_a_difference_that_a_finding_names_is_listed(
    facts_only: ResponsibilityGraph, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(facts_only.apply([Batch(CHECKS, asyncio.run(facts_only.check()))], author="test"))
    assert main(["--json"]) == 0
    found = figures(capsys)
    assert (found["fact:2:special-plans"]["counted"], found["fact:2:special-plans"]["verdict"]) == (5, "listed")
    assert found["fact:3.1:units"]["verdict"] == "not counted"


def test_a_missing_store_is_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZEREN_STORE", f"sqlite:///{tmp_path / 'none.db'}")
    assert main([]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "python -m loaders load" in captured.err


def test_help_documents_verdicts_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert "verdicts:" in out
    assert "4  a figure differs, and no finding says so" in out


def test_a_clause_without_figures_is_not_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--clause", "9"]) == 3
    assert "'9'; there are some under " in capsys.readouterr().err
