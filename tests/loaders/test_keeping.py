"""``backup``, ``verify`` and ``restore``: the drill of docs/durability.md, beside a store in use and after its loss."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import apsw
import pytest

from graph_model.stores.embedded import open_store
from graph_model.stores.embedded.files import connect
from loaders import __main__ as cli
from tests.conformance.graphs import nodes_of, person, write
from tests.durability.edits import put_pair


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "zeren.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


def load(url: str, *keys: str) -> None:
    async def run() -> None:
        store = open_store(url, "writer")
        for key in keys:
            await write(store, [person(key)], origin=key)
        await store.close()

    asyncio.run(run())


async def held(url: str) -> list[str]:
    store = open_store(url, "reader")
    nodes = nodes_of(await store.lookup([f"person:{key}" for key in "abc"]))
    await store.close()
    return nodes


def test_a_whole_store_is_told_whole(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    load(url, "a", "b")
    assert cli.main(["verify", "--store", url]) == cli.OK
    said = capsys.readouterr().out
    assert "zeren.db: whole" in said
    assert "2 writes" in said


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE node SET data = x'7b7d' WHERE seq = 1", "not those that its journal has after write 1"),
        ("DELETE FROM node WHERE seq = 2", "not those that its journal has after write 2"),
        ("UPDATE node SET recorded_to = 5 WHERE seq = 1", "no such write"),
        ("UPDATE write SET author = 'x' WHERE number = 1", "write 1 of its journal"),
    ],
)
def test_what_is_not_in_order_is_told(
    path: Path, url: str, capsys: pytest.CaptureFixture[str], statement: str, found: str
) -> None:
    load(url, "a", "b")
    connection = connect(path, writable=True)
    connection.execute(statement)
    connection.close()
    assert cli.main(["verify", "--store", url]) == cli.FAILED
    assert found in capsys.readouterr().err


def test_an_index_that_lacks_a_row_is_told(path: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    load(url, "a", "b")
    connection = connect(path, writable=True)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
    connection.pragma("writable_schema", "ON")
    root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'node_by_code'").get
    connection.execute("UPDATE sqlite_schema SET rootpage = ? WHERE name = 'node_by_id'", (root,))
    connection.close()
    assert cli.main(["verify", "--store", url]) == cli.FAILED
    assert "damaged" in capsys.readouterr().err


async def test_a_backup_is_made_while_a_store_is_written_to(url: str, backup: Path) -> None:
    store = open_store(url, "writer")
    going_on = True

    async def write_on() -> int:
        number = 0
        while going_on:
            await put_pair(store, str(number))
            number += 1
        return number

    writing = asyncio.create_task(write_on())
    await put_pair(store, "before")
    code = await asyncio.to_thread(cli.main, ["backup", "--out", str(backup), "--store", url])
    going_on = False
    written = await writing
    await store.close()
    assert code == cli.OK
    connection = connect(backup, writable=False)
    assert connection.execute("SELECT 1 FROM write WHERE key = 'before'").get == 1
    assert 1 <= connection.execute("SELECT count(*) FROM write").get <= written + 1
    connection.close()


def test_a_backup_is_one_file_as_open_as_the_store(path: Path, url: str, backup: Path) -> None:
    load(url, "a")
    path.chmod(0o640)
    assert cli.main(["backup", "--out", str(backup), "--store", url]) == cli.OK
    assert backup.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in backup.parent.iterdir() if "backup" in each.name] == ["backup.db"]


def test_a_backup_of_a_damaged_store_leaves_the_last_one(path: Path, url: str, backup: Path) -> None:
    load(url, "a")
    assert cli.main(["backup", "--out", str(backup), "--store", url]) == cli.OK
    content = backup.read_bytes()
    connection = connect(path, writable=True)
    connection.execute("UPDATE node SET data = x'7b7d'")
    connection.close()
    assert cli.main(["backup", "--out", str(backup), "--store", url]) == cli.FAILED
    assert backup.read_bytes() == content
    assert [each.name for each in backup.parent.iterdir() if each.name.startswith(".")] == []


@pytest.mark.parametrize("ending", ["", "-wal", ".lock", ".last"])
def test_a_backup_does_not_overwrite_the_store(url: str, path: Path, ending: str) -> None:
    load(url, "a")
    assert cli.main(["backup", "--out", f"{path}{ending}", "--store", url]) == cli.FAILED
    assert asyncio.run(held(url)) == ["person:a"]


def test_without_room_no_backup_is_begun(
    url: str, backup: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    load(url, "a")
    usage = shutil.disk_usage(backup.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
    assert cli.main(["backup", "--out", str(backup), "--store", url]) == cli.FAILED
    assert "1 MiB are free" in capsys.readouterr().err
    assert not backup.exists()


def test_the_drill(path: Path, url: str, backup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(url, "a", "b")
    assert cli.main(["backup", "--out", str(backup), "--store", url]) == cli.OK
    load(url, "c")
    with path.open("r+b") as file:  # the disk goes bad
        file.seek(5_000)
        file.write(b"\xff" * 20_000)
    assert cli.main(["verify", "--store", url]) == cli.FAILED
    assert "backup in its place" in capsys.readouterr().err
    assert cli.main(["restore", str(backup), "--store", url]) == cli.OK
    assert f"{path}.replaced-1" in capsys.readouterr().out
    assert cli.main(["verify", "--store", url]) == cli.OK
    assert asyncio.run(held(url)) == ["person:a", "person:b"]
    load(url, "c")
    assert asyncio.run(held(url)) == ["person:a", "person:b", "person:c"]


def test_what_was_replaced_can_be_put_back(path: Path, url: str, backup: Path) -> None:
    load(url, "a")
    assert cli.main(["backup", "--out", str(backup), "--store", url]) == cli.OK
    load(url, "b")
    assert cli.main(["restore", str(backup), "--store", url]) == cli.OK
    assert asyncio.run(held(url)) == ["person:a"]
    assert cli.main(["restore", f"{path}.replaced-1", "--store", url]) == cli.OK
    assert asyncio.run(held(url)) == ["person:a", "person:b"]
    assert path.with_name(path.name + ".replaced-2").exists()


def test_what_is_only_in_the_log_is_replaced_with_it(path: Path, url: str, tmp_path: Path, backup: Path) -> None:
    load(url, "a")
    assert cli.main(["backup", "--out", str(backup), "--store", url]) == cli.OK
    folder = tmp_path / "killed"
    folder.mkdir()

    async def run() -> None:
        store = open_store(url, "writer")
        await write(store, [person("b")], origin="b")
        for each in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + ".last")):
            shutil.copyfile(each, folder / each.name)
        await store.close()

    asyncio.run(run())
    killed = f"sqlite:///{folder / path.name}"
    assert cli.main(["restore", str(backup), "--store", killed]) == cli.OK
    assert asyncio.run(held(killed)) == ["person:a"]
    assert asyncio.run(held(f"{killed}.replaced-1")) == ["person:a", "person:b"]


def test_a_store_that_is_gone_is_restored(path: Path, url: str, backup: Path) -> None:
    load(url, "a")
    assert cli.main(["backup", "--out", str(backup), "--store", url]) == cli.OK
    load(url, "b")
    path.unlink()
    assert cli.main(["restore", str(backup), "--store", url]) == cli.OK
    assert asyncio.run(held(url)) == ["person:a"]


async def test_a_store_that_is_written_to_is_not_replaced(url: str, backup: Path) -> None:
    store = open_store(url, "writer")
    await write(store, [person("a")])
    assert await asyncio.to_thread(cli.main, ["backup", "--out", str(backup), "--store", url]) == cli.OK
    assert await asyncio.to_thread(cli.main, ["restore", str(backup), "--store", url]) == cli.FAILED
    assert nodes_of(await store.lookup(["person:a"])) == ["person:a"]
    await store.close()


def test_a_damaged_backup_changes_nothing(path: Path, url: str, backup: Path) -> None:
    load(url, "a")
    assert cli.main(["backup", "--out", str(backup), "--store", url]) == cli.OK
    content = bytearray(backup.read_bytes())
    content[50_000] ^= 1
    backup.write_bytes(content)
    assert cli.main(["restore", str(backup), "--store", url]) == cli.FAILED
    assert asyncio.run(held(url)) == ["person:a"]
    assert not path.with_name(path.name + ".replaced-1").exists()


@pytest.mark.parametrize("arguments", [["verify"], ["backup", "--out", "b.db"], ["restore", "b.db"]])
def test_a_server_is_looked_after_with_its_own_tools(
    arguments: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main([*arguments, "--store", "neo4j://anna@localhost:7687/neo4j"]) == cli.FAILED
    assert "own tools" in capsys.readouterr().err
