"""A dump and its way back: the same version, and every broken line named."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

import loaders.__main__ as cli
from graph_model.exchange import Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.records import Division, Provenance, encode
from graph_model.stores.embedded import open_store
from loaders.divisions import read_divisions
from loaders.dump import iter_dump, read_dump

EDITIONS = sorted((Path(__file__).parents[2] / "data" / "divisions" / "5305").glob("*.csv"))
VILLAGE = Division(id="division:a", provenance=Provenance.SOURCE, level="village")
LINE = '{"origin":"test","record":' + encode(VILLAGE).decode() + "}"


async def version_of(url: str) -> str:
    store = open_store(url, "reader")
    try:
        return (await store.header()).version
    finally:
        await store.close()


async def lines_of(url: str) -> list[bytes]:
    store = open_store(url, "reader")
    try:
        return [line async for line in iter_dump(store)]
    finally:
        await store.close()


async def load(url: str, *batches: Batch) -> None:
    graph = ResponsibilityGraph(open_store(url, "writer"))
    try:
        await graph.apply(batches, author="test")
    finally:
        await graph.close()


async def test_a_dump_loaded_into_an_empty_store_gives_the_same_version(tmp_path: Path) -> None:
    first, second = (f"sqlite:///{tmp_path.as_posix()}/{name}.db" for name in ("first", "second"))
    reading = read_divisions(EDITIONS)
    await load(first, Batch(reading.origin, reading.records), Batch("test", [VILLAGE]))
    dump = tmp_path / "zeren.jsonl"
    dump.write_bytes(b"".join(await lines_of(first)))
    await load(second, *(Batch(one.origin, one.records) for one in read_dump(dump)))
    assert await version_of(second) == await version_of(first)
    assert await lines_of(second) == await lines_of(first)


async def test_lines_are_ordered_and_hold_one_record_each(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path.as_posix()}/store.db"
    reading = read_divisions(EDITIONS)
    await load(url, Batch(reading.origin, reading.records))
    *lines, end = [json.loads(line) for line in await lines_of(url)]
    assert [set(line) for line in lines] == [{"origin", "record"}] * len(reading.records)
    assert end == {"records": len(lines)}
    keys = [(line["record"]["type"], line["record"]["id"]) for line in lines]
    assert keys == sorted(keys)
    assert "施甸县" in (await lines_of(url))[keys.index(("name", "name:division:530521~2016-07-31"))].decode()


def test_the_commands_write_and_read_a_dump(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "read_default", lambda **_: [read_divisions(EDITIONS)])
    first, second = (f"sqlite:///{tmp_path.as_posix()}/{name}.db" for name in ("first", "second"))
    dump = tmp_path / "zeren.jsonl"
    assert cli.main(["load", "--store", first]) == cli.OK
    assert cli.main(["dump", "--store", first, "--out", str(dump)]) == cli.OK
    assert cli.main(["load-dump", str(dump), "--store", second]) == cli.OK
    versions = {line.rsplit(" ", 1)[1] for line in capsys.readouterr().out.splitlines() if "version is" in line}
    assert len(versions) == 1
    assert sorted(path.name for path in tmp_path.glob("*.jsonl*")) == ["zeren.jsonl"]


def test_a_dump_to_stdout_is_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(cli, "read_default", lambda **_: [read_divisions(EDITIONS[:1])])
    url, dump = f"sqlite:///{tmp_path.as_posix()}/store.db", tmp_path / "zeren.jsonl"
    cli.main(["load", "--store", url])
    cli.main(["dump", "--store", url, "--out", str(dump)])
    capfdbinary.readouterr()
    assert cli.main(["dump", "--store", url]) == cli.OK
    assert capfdbinary.readouterr().out == dump.read_bytes()


@pytest.mark.parametrize(
    ("line", "place", "reason"),
    [
        ("", ":2 = '': ", "is no line of a dump: Input data was truncated; see docs/dump-format.md"),
        ("[]", ":2 = '[]': ", "is no line of a dump: Expected `object`, got `array`; see docs/dump-format.md"),
        ('{"origin":"x"}', ":2 = ", "Object missing required field `record`"),
        (LINE.replace('"origin"', '"from":1,"origin"'), ":2 = ", "Object contains unknown field `from`"),
        (LINE.replace('"test"', '""'), ":2, origin = '': ", "an origin has 1 to 200 printable characters"),
        (LINE.replace(":a", ":b").replace('"division"', '"hamlet"'), ":2 = ", "Invalid value 'hamlet'"),
        (LINE.replace(":a", ":b").replace("SOURCE", "HEARSAY"), ":2 = ", "Invalid enum value 'HEARSAY'"),
        (
            LINE.replace(":a", ":b").replace('"level"', '"rank":1,"level"'),
            ":2, rank = 'division:b': ",
            "is no field of this record, or repeats its default: leave it away",
        ),
        (LINE, ":2, id = 'division:a': ", "stands in line 1 already: keep one of the two"),
    ],
)
def test_a_broken_line_is_refused(tmp_path: Path, line: str, place: str, reason: str) -> None:
    path = tmp_path / "zeren.jsonl"
    path.write_text(f"{LINE}\n{line}\n", encoding="utf-8")
    (reading,) = read_dump(path)
    (refused,) = reading.refused
    assert str(refused).startswith(path.as_posix() + place)
    assert reason in str(refused)


def test_a_line_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "zeren.jsonl"
    path.write_bytes(LINE.replace("village", "村").encode("gb18030") + b"\n")
    (reading,) = read_dump(path)
    assert len(reading.refused) == 1
    assert reading.records == []


def test_an_empty_dump_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("zeren.jsonl").touch()
    assert cli.main(["load-dump", "zeren.jsonl", "--store", "sqlite:///store.db"]) == cli.FAILED
    assert capsys.readouterr().err.splitlines()[-1] == "error: zeren.jsonl: is empty: a dump has one record a line"


def test_all_or_nothing_a_dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("zeren.jsonl").write_text(f"{LINE}\n{{}}\n", encoding="utf-8")
    assert cli.main(["load-dump", "zeren.jsonl", "--store", "sqlite:///store.db"]) == cli.FAILED
    assert [path.name for path in tmp_path.iterdir()] == ["zeren.jsonl"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([LINE], "was cut"),
        ([LINE, '{"records":2}'], "says 2 records, but 1 stand before it"),
        ([LINE, '{"records":1}', LINE], "behind the last line"),
    ],
)
def test_a_dump_that_is_not_whole_is_refused(tmp_path: Path, lines: list[str], reason: str) -> None:
    path = tmp_path / "cut.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (reading,) = read_dump(path)
    assert [reason in str(row) for row in reading.refused] == [True]


@pytest.mark.parametrize("name", ["store.db", "store.db-wal", "store.db.lock", "store.db.loaded", "link"])
async def test_a_dump_never_overwrites_the_store(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    url, out = await _one_record(tmp_path), tmp_path / name
    if name == "link":
        out.symlink_to(tmp_path / "store.db")
    version = await version_of(url)
    assert await asyncio.to_thread(cli.main, ["dump", "--store", url, "--out", str(out)]) == 1
    assert "belongs to the store" in capsys.readouterr().err
    assert await version_of(url) == version


async def test_a_dump_follows_a_link_and_writes_to_a_pipe_as_it_is(tmp_path: Path) -> None:
    url = await _one_record(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "real.jsonl")
    assert await asyncio.to_thread(cli.main, ["dump", "--store", url, "--out", str(tmp_path / "link")]) == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real.jsonl").read_bytes().endswith(b'{"records":1}\n')
    os.mkfifo(tmp_path / "pipe")
    reading = asyncio.create_task(asyncio.to_thread((tmp_path / "pipe").read_bytes))
    assert await asyncio.to_thread(cli.main, ["dump", "--store", url, "--out", str(tmp_path / "pipe")]) == 0
    assert await reading == (tmp_path / "real.jsonl").read_bytes()


async def _one_record(folder: Path) -> str:
    url = f"sqlite:///{folder.as_posix()}/store.db"
    await load(url, Batch("test", [VILLAGE]))
    return url


def test_a_record_that_breaks_a_rule_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "dump.jsonl"
    path.write_text(LINE.replace('"village"', '"galaxy"') + '\n{"records":1}\n', encoding="utf-8")
    (reading,) = read_dump(path)
    assert [str(row) for row in reading.refused] == [
        f"{path.as_posix()}:1, record = 'division:a': its level 'galaxy' is none of a division: "
        "province, city, county, township, village"
    ]


async def test_a_dump_is_no_more_open_than_the_file_that_it_replaces(tmp_path: Path) -> None:
    url, out = await _one_record(tmp_path), tmp_path / "private.jsonl"
    out.touch(mode=0o600)
    assert await asyncio.to_thread(cli.main, ["dump", "--store", url, "--out", str(out)]) == 0
    assert out.stat().st_mode & 0o777 == 0o600
