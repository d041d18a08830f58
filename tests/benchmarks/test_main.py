"""``python -m benchmarks``: a quick run of every suite. No time is asserted here."""

from __future__ import annotations

from pathlib import Path

import pytest

import benchmarks.__main__ as cli
from benchmarks.figures import FLOORS
from benchmarks.report import Report, read_report

# One run serves all tests of this file.
pytestmark = pytest.mark.xdist_group("benchmarks")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("benchmarks") / "run.json"
    assert cli.main(["--quick", "--json", str(path)]) == cli.OK
    return path


@pytest.fixture
def run(written: Path) -> Report:
    return read_report(written)


def test_every_suite_leaves_its_figures(run: Report) -> None:
    found = {figure.name for figure in run.figures}
    # The source's facts alone have no households, and a quick run starts no other server.
    assert {name for name in FLOORS if "household" not in name and not name.startswith("neo4j.")} <= found


@pytest.mark.long
def test_the_suite_of_a_server_leaves_its_figures(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    assert cli.main(["--quick", "--only", "neo4j", "--json", str(path)]) == cli.OK
    run = read_report(path)
    assert {name for name in FLOORS if name.startswith("neo4j.")} <= {figure.name for figure in run.figures}
    assert [figure.name for figure in run.figures if figure.value <= 0] == []


def test_every_figure_was_measured(run: Report) -> None:
    assert [figure.name for figure in run.figures if figure.value <= 0 or figure.samples < 1] == []


def test_a_run_says_what_it_measured(run: Report) -> None:
    assert run.is_quick
    assert len(run.contents.version) == 64
    assert run.contents.villages == 921
    assert list(run.contents.counts) == ["SOURCE", "DERIVED", "SYNTHETIC"]
    assert run.versions["python"]
    assert run.machine.cores >= 1


def test_a_run_is_shown_beside_an_earlier_one(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = tmp_path / "again.json"
    assert cli.main(["--quick", "--only", "chain", "--compare", str(written), "--json", str(again)]) == cli.OK
    shown = capsys.readouterr().out
    assert "x earlier" in shown
    assert "chain of a village, median" in shown
    assert "first load" not in shown
    assert {figure.name.split(".")[0] for figure in read_report(again).figures} == {"chain"}


def test_a_store_that_is_not_there_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = f"sqlite:///{tmp_path.as_posix()}/none.db"
    assert cli.main(["--quick", "--only", "chain", "--store", store]) == cli.FAILED
    assert "there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--only", "everything"],
        ["--store", "postgres://somewhere"],
        ["--store", "sqlite:///:memory:"],
        ["--only", "load", "--store", "sqlite:///some.db"],
    ],
)
def test_a_wrong_command_line_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(arguments)
    assert "error: argument" in capsys.readouterr().err
