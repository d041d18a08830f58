"""``python -m loaders``: what it prints, what it returns, what it leaves alone."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import loaders.__main__ as cli
from graph_model.errors import Place
from graph_model.exchange import Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.records import AnyRecord, Division, Provenance
from graph_model.stores.embedded import open_store
from loaders.default import read_default
from loaders.divisions import read_divisions
from loaders.reading import Reading, Refused

PROJECT = Path(__file__).parents[2]
EDITIONS = sorted((PROJECT / "data" / "divisions" / "5305").glob("*.csv"))


class Screen:
    """What a command printed, read once."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        captured = capsys.readouterr()
        self.out, self.err = captured.out.splitlines(), captured.err.splitlines()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path.as_posix()}/store.db"


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Reading]:
    """The list of readings that commands take for the data sets that ship; Baoshan's divisions at first."""
    shipped = [read_divisions(EDITIONS)]
    monkeypatch.setattr(cli, "read_default", lambda **_: shipped)
    return shipped


def division(key: str, level: str = "village") -> Division:
    return Division(id=f"division:{key}", provenance=Provenance.SOURCE, level=level)


def reading(*records: AnyRecord, refused: tuple[Refused, ...] = (), origin: str = "test") -> Reading:
    return Reading(origin, ("test.csv",), len(records) + len(refused), records, refused)


def test_a_load_ends_with_a_report(readings: list[Reading], url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["load", "--store", url]) == cli.OK
    screen = Screen(capsys)
    records = len(readings[0].records)
    assert [line.split() for line in screen.out[:2]] == [
        ["origin", "files", "read", "refused", "created", "changed", "ended", "unchanged", "kept"],
        ["divisions/5305", "8", "8242", "0", str(records), "0", "0", "0", "0"],
    ]
    assert screen.out[2].split() == ["checks", "0", "0", "0", "0", "0", "0", "0", "0"]
    assert screen.out[4].startswith(f"{records} records were written to {url}; the data set's version is ")
    assert screen.err == ["reading the data sets", f"writing: {records} records", "checking the whole graph"]


def test_a_second_load_changes_nothing(readings: list[Reading], url: str, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["load", "--store", url])
    first = Screen(capsys).out
    assert cli.main(["load", "--store", url]) == cli.OK
    second = Screen(capsys).out
    assert second[1].split() == ["divisions/5305", "8", "8242", "0", "0", "0", "0", str(len(readings[0].records)), "0"]
    assert second[4] == first[4].replace(f"{len(readings[0].records)} records were written to", "nothing changed in")


def test_a_load_of_less_ends_what_is_no_longer_there(
    readings: list[Reading], url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    readings[:] = [reading(division("a"), division("b"), division("c"))]
    cli.main(["load", "--store", url])
    readings[:] = [reading(division("a"), division("b", "township"))]
    capsys.readouterr()
    assert cli.main(["load", "--store", url]) == cli.OK
    assert Screen(capsys).out[1].split() == ["test", "1", "2", "0", "0", "1", "1", "1", "0"]


def test_nothing_is_written_if_a_row_of_any_origin_is_refused(
    readings: list[Reading], url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = Refused(Place("test.csv", 7, "code", "53"), "has 2 digits: write 4")
    readings.append(reading(division("a"), refused=(fault,)))
    assert cli.main(["load", "--store", url]) == cli.FAILED
    assert Screen(capsys).out[1:] == [
        "divisions/5305      8  8242        0        -        -      -          -     -",
        "test                1     2        1        -        -      -          -     -",
        "",
        "nothing was written: 1 refused",
        "refused: test.csv:7, code = '53': has 2 digits: write 4",
    ]
    assert list(tmp_path.iterdir()) == []


def test_check_reads_everything_and_opens_no_store(
    readings: list[Reading], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["check"]) == cli.OK
    assert Screen(capsys).out[-1] == f"all can be loaded: {len(readings[0].records)} records; nothing was written"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["check", "load"])
def test_every_record_that_breaks_a_rule_is_named(
    command: str, readings: list[Reading], url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    readings[:] = [reading(division("ä"), division("a"), division("ö"))]
    assert cli.main([command, *(["--store", url] if command == "load" else [])]) == cli.FAILED
    screen = Screen(capsys)
    errors = [line for line in screen.err if line.startswith("error: ")]
    assert [line.split(": ")[1] for line in errors] == ["division:ä", "division:ö", "nothing was written"]
    assert screen.out == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["load", "--store", "postgres://x"], "error: 'postgres://x' is no address of a store"),
        (["dump", "--store", "sqlite:////nowhere/at/all.db"], "error: /nowhere/at/all.db: there is no such file"),
        (["load-dump", "nowhere.jsonl"], "error: nowhere.jsonl: cannot be read: No such file or directory"),
        (
            ["divisions", "extract", "--package=no", "--city=5305", "--edition=2016-07-31", "--out=2016-07-31.csv"],
            "error: no/dist/cities.csv: cannot be read: No such file or directory; give the folder",
        ),
    ],
)
def test_a_failure_is_one_line_without_traceback(
    readings: list[Reading],
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == cli.FAILED
    (line,) = [line for line in Screen(capsys).err if not line.startswith("reading")]
    assert line.startswith(message)


def test_a_setting_that_cannot_be_understood(
    readings: list[Reading], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZEREN_PORT", "many")
    assert cli.main(["dump"]) == cli.FAILED
    assert Screen(capsys).err[0].startswith("error: ZEREN_PORT: ")


def test_the_store_is_that_of_the_settings_by_default(
    readings: list[Reading], url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZEREN_STORE", url)
    cli.main(["load"])
    assert f"written to {url};" in Screen(capsys).out[4]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["sweep"], "invalid choice: 'sweep'"),
        (["load", "--stor", "x"], "unrecognized arguments: --stor x"),
        (["divisions"], "the following arguments are required: COMMAND"),
        (
            ["divisions", "extract", "--package", "p", "--city", "53", "--edition", "2016-07-31", "--out", "x"],
            "argument --city: '53' is no code of a city: give four digits, such as 5305",
        ),
        (
            ["divisions", "extract", "--package", "p", "--city", "5305", "--edition", "2016", "--out", "x"],
            "argument --edition: '2016' is no day: write it as 2017-06-16",
        ),
        (
            ["divisions", "extract", "--package", "p", "--city", "5305", "--edition", "2016-07-31", "--out", "x.csv"],
            "argument --out: the file must be named after the edition: 2016-07-31.csv",
        ),
    ],
)
def test_a_command_line_that_cannot_be_understood_exits_with_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        cli.main(arguments)
    assert exit_.value.code == 2
    assert message in "\n".join(Screen(capsys).err)


@pytest.mark.parametrize(
    "command", [[], ["load"], ["load-dump"], ["dump"], ["check"], ["divisions"], ["divisions", "extract"]]
)
def test_help_of_every_command_has_the_exit_codes(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        cli.main([*command, "--help"])
    assert exit_.value.code == 0
    lines = Screen(capsys).out
    assert "exit codes:" in lines
    assert [line.split()[0] for line in lines[lines.index("exit codes:") + 1 :] if line] == ["0", "1", "2", "130"]


def test_files_of_divisions_replace_those_that_ship(url: str, tmp_path: Path) -> None:
    broken = tmp_path / "2017-10-31.csv"
    broken.write_text("code,name,parent,level\n5305,保山市,,town\n", encoding="utf-8")
    done = _run("load", "--store", url, "--divisions", str(broken))
    assert done.returncode == 1
    assert done.stderr == "reading the data sets\n"
    assert f"refused: {broken.as_posix()}:2, level = 'town': is no level: write one of" in done.stdout


def test_what_ships_can_be_loaded() -> None:
    done = _run("check")
    assert done.returncode == 0, done.stdout
    assert "divisions/5305" in done.stdout


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "loaders", *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_the_order_of_loading_does_not_matter(tmp_path: Path) -> None:
    versions = set()
    for name, order in (("first", 1), ("second", -1)):
        store = open_store(f"sqlite:///{tmp_path.as_posix()}/{name}.db", "writer")
        graph = ResponsibilityGraph(store)
        for one in read_default(facts_only=True)[::order]:
            asyncio.run(graph.apply([Batch(one.origin, one.records[::order])], author="test"))
        versions.add(asyncio.run(store.header()).version)
        asyncio.run(graph.close())
    assert len(versions) == 1


def test_a_city_beside_the_one_that_ships_comes_in_addition(tmp_path: Path) -> None:
    other = tmp_path / "2017-10-31.csv"
    other.write_text("code,name,parent,level\n5306,昭通市,,city\n", encoding="utf-8")
    origins = [one.origin for one in read_default(editions=[other], facts_only=True)]
    assert origins == [
        "baoshan-2017",
        "divisions/5305",
        "divisions/5306",
        "regimes/poverty-alleviation-2017",
        "regimes/river-chiefs",
        "river-chiefs-baoshan",
        "synthetic-2017",
    ]


def test_a_regime_that_is_wrong_does_not_hide_what_else_is_wrong(tmp_path: Path) -> None:
    for folder in ("regimes", "data"):
        shutil.copytree(PROJECT / folder, tmp_path / folder)
    (tmp_path / "regimes" / "poverty-alleviation-2017" / "regime.yaml").write_text("code: [\n", encoding="utf-8")
    (tmp_path / "data" / "divisions" / "5305" / "2016-07-31.csv").write_text("code\n", encoding="utf-8")
    refused = {one.origin: len(one.refused) for one in read_default(tmp_path)}
    assert refused == {"divisions/5305": 1, "regimes": 1}
