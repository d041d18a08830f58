"""A file of an earlier release is brought up to date when a writer opens it, and stays beside the new one."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from graph_model.errors import StoreFullError, StoreInvalidError, StoreLockedError
from graph_model.stores.embedded import migrating, open_store
from graph_model.stores.embedded.files import Found, check_file, connect
from graph_model.stores.embedded.keeping import BESIDE
from graph_model.stores.embedded.schema import SCHEMA_VERSION
from graph_model.stores.embedded.verifying import verify
from tests.conformance.graphs import DAY, nodes_of, person, write

FIRST_SCHEMA = (Path(__file__).parent / "schema-1.sql").read_text(encoding="utf-8")
BACKUP = "zeren.sqlite.schema-1-backup"


@pytest.fixture
def earlier(path: Path) -> Path:
    """A file of the first schema."""
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "wal")
    connection.execute(FIRST_SCHEMA)
    connection.close()
    return path


def bring_up_to_date(url: str) -> None:
    asyncio.run(open_store(url, "writer").close())


def names_beside(path: Path) -> set[str]:
    """What lies there besides the store and what belongs to it."""
    return {each.name for each in path.parent.iterdir()} - {path.name + end for end in ("", *BESIDE)}


async def dumped(url: str, recorded_as_of: int | None = None) -> list[tuple[str, bytes]]:
    store = open_store(url, "reader")
    rows = [row async for row in store.dump(recorded_as_of)]
    await store.close()
    return rows


def test_a_file_of_the_first_schema_is_brought_up_to_date(earlier: Path, url: str) -> None:
    assert check_file(earlier) == Found(1, is_paged=False)
    bring_up_to_date(url)
    assert check_file(earlier) == Found(SCHEMA_VERSION, is_paged=True)


def test_its_content_is_what_it_was(earlier: Path, url: str) -> None:
    before = apsw.Connection(str(earlier))
    data = [data for (data,) in before.execute("SELECT data FROM relation ORDER BY seq")]
    version = before.execute("SELECT version FROM write WHERE number = 3").get
    before.close()
    bring_up_to_date(url)
    connection = connect(earlier, writable=False)
    with connection:
        assert verify(connection, "here").version == version
        assert [data for (data,) in connection.execute("SELECT data FROM relation ORDER BY seq")] == data
    connection.close()


async def test_it_answers_as_of_each_moment(earlier: Path, url: str) -> None:
    await open_store(url, "writer").close()
    store = open_store(url, "reader")
    assert nodes_of(await store.neighbourhood(["5305"], DAY)) == ["division:5305"]
    assert len(await dumped(url, 1_500_000_000_500_000)) == 6
    assert len(await dumped(url)) == 10
    assert [entry.action for entry in (await store.journal(first=5)).entries] == ["load"] * 3
    await store.close()


async def test_it_can_be_written_to(earlier: Path, url: str) -> None:
    store = open_store(url, "writer")
    assert (await write(store, [person("new")])).created == 1
    await store.close()


def test_the_earlier_file_stays_beside_it(earlier: Path, url: str) -> None:
    bring_up_to_date(url)
    assert names_beside(earlier) == {BACKUP}
    connection = apsw.Connection(str(earlier.with_name(BACKUP)), flags=apsw.SQLITE_OPEN_READONLY)
    assert connection.pragma("user_version") == 1
    assert connection.execute("SELECT count(*) FROM write").get == 3
    connection.close()


def test_the_modes_stay_the_same(earlier: Path, url: str) -> None:
    earlier.chmod(0o600)
    bring_up_to_date(url)
    assert earlier.stat().st_mode & 0o777 == 0o600
    assert earlier.with_name(BACKUP).stat().st_mode & 0o777 == 0o600


def test_a_backup_that_is_there_is_not_overwritten(earlier: Path, url: str) -> None:
    earlier.with_name(BACKUP).write_text("kept")
    bring_up_to_date(url)
    assert earlier.with_name(BACKUP).read_text() == "kept"
    assert names_beside(earlier) == {BACKUP, BACKUP + "-2"}


def test_what_its_log_holds_comes_along(earlier: Path, url: str, tmp_path: Path) -> None:
    connection = apsw.Connection(str(earlier))
    connection.pragma("wal_autocheckpoint", 0)
    connection.execute("INSERT INTO origin (name) VALUES ('only in the log')")
    copy = tmp_path / "copy"
    copy.mkdir()
    for each in (earlier, earlier.with_name(earlier.name + "-wal")):  # as after a crash
        shutil.copyfile(each, copy / each.name)
    connection.close()
    bring_up_to_date(f"sqlite:///{copy / earlier.name}")
    opened = connect(copy / earlier.name, writable=False)
    assert opened.execute("SELECT count(*) FROM origin WHERE name = 'only in the log'").get == 1
    opened.close()


def test_without_room_it_is_refused_and_left_alone(earlier: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = earlier.read_bytes()
    usage = shutil.disk_usage(earlier.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
    with pytest.raises(StoreFullError, match=r"needs 16 MiB .* 1 MiB are free"):
        open_store(url, "writer")
    assert earlier.read_bytes() == content
    assert names_beside(earlier) == set()


def test_while_somebody_reads_it_it_is_refused(earlier: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph_model.stores.embedded.files.BUSY_MILLISECONDS", 10)
    reading = apsw.Connection(str(earlier), flags=apsw.SQLITE_OPEN_READONLY)
    assert reading.execute("SELECT count(*) FROM write").get == 3
    with pytest.raises(StoreLockedError, match="stop what reads it"):
        open_store(url, "writer")
    reading.close()
    assert check_file(earlier) == Found(1, is_paged=False)


def test_a_damaged_one_is_refused_and_left_alone(earlier: Path, url: str) -> None:
    connection = apsw.Connection(str(earlier))
    connection.execute("UPDATE node SET data = x'7b7d' WHERE seq = 1")
    connection.close()
    with pytest.raises(StoreInvalidError, match="not those that its journal has after write 1"):
        open_store(url, "writer")
    assert check_file(earlier) == Found(1, is_paged=False)


STEPS = ["copy_into", "upgrade", "check_content", "flush_file", "_keep", "flush_folder"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("is_done", [False, True])
def test_cut_short_anywhere_a_whole_file_lies_there(
    earlier: Path, url: str, monkeypatch: pytest.MonkeyPatch, step: str, is_done: bool
) -> None:
    original: Callable[..., object] = getattr(migrating, step)

    def cut(*arguments: object) -> None:
        if is_done:
            original(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(migrating, step, cut)
        # What is cut short by a loss of power tidies nothing up.
        patched.setattr(migrating, "_remove", lambda _: None)
        with pytest.raises(KeyboardInterrupt):
            open_store(url, "writer")
    bring_up_to_date(url)
    connection = connect(earlier, writable=False)
    with connection:
        assert verify(connection, "here").writes == 3
    connection.close()
    assert names_beside(earlier) <= {BACKUP}


def test_a_store_of_an_unfinished_beginning_is_begun_again(path: Path, url: str) -> None:
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "wal")
    connection.close()
    bring_up_to_date(url)
    assert check_file(path) == Found(SCHEMA_VERSION, is_paged=True)
    assert names_beside(path) == set()
