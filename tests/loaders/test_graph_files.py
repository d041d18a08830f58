"""The graph as a file: what NetworkX reads back is what the store has, with days where there are any."""

from __future__ import annotations

import asyncio
from pathlib import Path
from xml.etree import ElementTree as ET

import networkx as nx
import pytest

from graph_model.records import AnyRecord
from graph_model.stores.opening import open_store
from loaders.__main__ import main
from tests.conformance.graphs import assignment, code_of, division, household, name_of, part_of, post, since, write

LINK = assignment("post:a", "division:1", since("2016-03", "2017-06-30"))
OPEN = part_of("household:1-0001", "division:1", since("2000-01-01", ".."))


@pytest.fixture
def url(tmp_path: Path) -> str:
    found = f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    asyncio.run(_fill(found))
    return found


async def _fill(url: str) -> None:
    store = open_store(url, "writer")
    named: list[AnyRecord] = [name_of("1", "甲村", "jia cun"), code_of("1", "530521101201")]
    ends: list[AnyRecord] = [division("1"), household("1-0001"), post("a", "镇长")]
    await write(store, [*named, *ends, LINK, OPEN, part_of("division:1", "division:nowhere")])
    await store.close()


def export(url: str, out: Path, *more: str) -> int:
    return main(["export", "--store", url, "--out", str(out), *more])


def test_graphml_read_back(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "graph.graphml"
    assert export(url, out) == 0
    assert capsys.readouterr().out == f"2 nodes and 1 relations were written to {out}\n"
    graph = nx.read_graphml(out, force_multigraph=True)
    assert dict(graph.nodes(data="label")) == {"division:1": "甲村", "post:a": "镇长"}
    ((source, target, edge),) = graph.edges(data=True)
    assert (source, target, edge["kind"], edge["family"]) == ("post:a", "division:1", "leads", "responsibility")
    days = {name: edge[name] for name in ("since", "until", "start", "end", "certain_from", "certain_to")}
    assert days == {
        "since": "2016-03",
        "until": "2017-06-30",
        "start": "2016-03-01",
        "end": "2017-06-29",
        "certain_from": "2016-03-31",
        "certain_to": "2017-06-29",
    }


def test_gexf_has_a_timeline(url: str, tmp_path: Path) -> None:
    out = tmp_path / "graph.gexf"
    assert export(url, out, "--households") == 0
    root = ET.parse(out).getroot()  # noqa: S314 - we wrote it
    space = {"g": root.tag[1:].partition("}")[0]}
    graph = root.find("g:graph", space)
    assert graph is not None
    assert (graph.get("mode"), graph.get("timeformat")) == ("dynamic", "date")
    edges = {edge.get("id"): (edge.get("start"), edge.get("end")) for edge in graph.iterfind(".//g:edge", space)}
    assert edges == {LINK.id: ("2016-03-01", "2017-06-29"), OPEN.id: ("2000-01-01", None)}


def test_the_same_bytes_again(url: str, tmp_path: Path) -> None:
    for name in ("one.graphml", "two.graphml"):
        export(url, tmp_path / name)
    assert (tmp_path / "one.graphml").read_bytes() == (tmp_path / "two.graphml").read_bytes()


def test_another_ending_is_refused(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        export(url, tmp_path / "graph.pdf")
    assert ended.value.code == 2
    assert "a graph's file ends in .graphml or .gexf" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_told(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "nowhere" / "graph.gexf"
    assert export(url, out) == 1
    assert capsys.readouterr().err == f"error: {out}: cannot be written: No such file or directory\n"
