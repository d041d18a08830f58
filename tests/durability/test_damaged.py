"""Damaged files: the same answers as before, or a refusal that says where and what to do; never anything in between."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import apsw
import pytest

from graph_model.errors import StoreError, StoreInvalidError, StoreNewerError
from graph_model.exchange import Batch, Window
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.embedded.files import connect
from graph_model.stores.embedded.opening import Mode, open_file
from graph_model.stores.embedded.pages import PAGE_SIZE, _PageFile
from graph_model.stores.embedded.schema import SCHEMA_VERSION
from tests.api.small_world import DAY, list_records
from tests.conformance.graphs import on
from tests.durability.edits import put_pair
from tests.durability.showing import Show

FILES = ("zeren.db", "zeren.db-wal", "zeren.db.last")
REMEDIES = ("backup", "move it away", "give another address", "use that release", "delete")


class Damage:
    """Ways to damage a file; each changes it in place, and may find nothing to change."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def flip_bit(self, path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[self._chance.randrange(len(content))] ^= 1 << self._chance.randrange(8)
        path.write_bytes(content)

    def flip_bit_of_header(self, path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[self._chance.randrange(min(100, len(content)))] ^= 1 << self._chance.randrange(8)
        path.write_bytes(content)

    def scribble(self, path: Path) -> None:
        content = bytearray(path.read_bytes())
        start = self._chance.randrange(len(content))
        written = self._chance.randbytes(self._chance.randint(1, 2_000))
        content[start : start + len(written)] = written
        path.write_bytes(content)

    def blank_sector(self, path: Path) -> None:
        content = bytearray(path.read_bytes())
        start = self._chance.randrange(len(content)) // 512 * 512
        content[start : start + 512] = bytes(len(content[start : start + 512]))
        path.write_bytes(content)

    def cut(self, path: Path) -> None:
        content = path.read_bytes()
        path.write_bytes(content[: self._chance.randrange(len(content))])

    def cut_pages(self, path: Path) -> None:
        content = path.read_bytes()
        path.write_bytes(content[: self._chance.randrange(len(content)) // PAGE_SIZE * PAGE_SIZE])

    def swap_pages(self, path: Path) -> None:
        content = bytearray(path.read_bytes())
        one, other = (self._chance.randrange(len(content) // PAGE_SIZE or 1) for _ in range(2))
        first, second = (slice(number * PAGE_SIZE, (number + 1) * PAGE_SIZE) for number in (one, other))
        content[first], content[second] = content[second], content[first]
        path.write_bytes(content)

    def repeat_page(self, path: Path) -> None:
        content = bytearray(path.read_bytes())
        one, other = (self._chance.randrange(len(content) // PAGE_SIZE or 1) for _ in range(2))
        content[other * PAGE_SIZE : (other + 1) * PAGE_SIZE] = content[one * PAGE_SIZE : (one + 1) * PAGE_SIZE]
        path.write_bytes(content)

    def delete(self, path: Path) -> None:
        path.unlink()


WAYS = [name for name in vars(Damage) if not name.startswith("_")]


async def build(folder: Path) -> None:
    """A store with a small world and edits, as it lies there while it is written to: part of it in the log."""
    path = folder / "zeren.db"
    store = open_file(path, Mode.WRITER)
    graph = ResponsibilityGraph(store)
    await graph.apply([Batch("small-world", list_records())], author="tests")
    for number in range(150):
        await put_pair(store, str(number))
    assert store._writer is not None
    store._writer._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)  # no leftovers behind its end
    for number in range(150, 180):
        await put_pair(store, str(number))
    killed = folder / "killed"
    killed.mkdir()
    for name in FILES:
        shutil.copyfile(folder / name, killed / name)
    await graph.close()
    closed = folder / "closed"
    closed.mkdir()
    for name in FILES:
        if (folder / name).exists():
            shutil.copyfile(folder / name, closed / name)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two folders with the same store: closed in order, and killed while it was written to."""
    folder = tmp_path_factory.mktemp("damaged")
    asyncio.run(build(folder))
    return [folder / "closed", folder / "killed"]


class DifferentAnswersError(Exception):
    """A store answers otherwise than another of the same content, and does not say so."""


async def answers(path: Path) -> list[Any]:
    """All that a store says about what it holds, by every way there is to ask."""
    store = open_file(path, Mode.READER)
    try:
        window: Window = on(DAY)
        said: list[Any] = [row async for row in store.dump()]
        said += [edge async for edge in store.edges()]
        said.append(await store.header())
        said.append(await store.counts())
        said.append(await store.journal(first=1_000))
        said.append(await store.changes(first=1_000))
        divisions = await store.list_records("division", first=1_000)
        for record in divisions.records:
            around = await store.neighbourhood([record.id], window)
            said.append(sorted(map(repr, around.graph.edges(keys=True))))
            said.append(sorted(map(repr, around.iter_nodes())))
        for text in ("a", "1", "shi", "市"):
            said.append(await store.search(text, window, first=100))
        return said
    finally:
        await store.close()


def damage(source: Path, folder: Path, way: str, chance: Random) -> Path:
    """A copy of a store with one file of it damaged; that file."""
    shutil.copytree(source, folder)
    present = [folder / name for name in FILES if (folder / name).exists() and (folder / name).stat().st_size]
    path = chance.choice([folder / "zeren.db", *present])
    getattr(Damage(chance), way)(path)
    return path


def look(folder: Path, expected: list[Any]) -> str:
    """What a damaged store says: ``same``, or the code of its refusal. Fails for anything else."""
    try:
        said = asyncio.run(answers(folder / "zeren.db"))
    except StoreError as error:
        check_refusal(error, folder)
        return error.code
    if said != expected:  # no assert: a picture of how two such answers differ takes pytest many minutes
        raise DifferentAnswersError("it answers, and differently")
    return "same"


def check_refusal(error: StoreError, folder: Path) -> None:
    assert str(folder) in str(error), f"it names no file: {error}"
    assert any(remedy in str(error) for remedy in REMEDIES), f"it says no next step: {error}"


def damage_many(stores: list[Path], folder: Path, number: int, seed: int) -> Counter[str]:
    expected = asyncio.run(answers(_copy(stores[0], folder / "sound") / "zeren.db"))
    if expected != asyncio.run(answers(_copy(stores[1], folder / "sound-too") / "zeren.db")):
        raise DifferentAnswersError("two sound stores of the same content answer differently")
    chance, found = Random(seed), Counter[str]()
    for each in range(number):
        way, source = WAYS[each % len(WAYS)], stores[each // len(WAYS) % 2]
        place = folder / f"{each}"
        damaged = damage(source, place, way, chance)
        try:
            found[look(place, expected)] += 1
        except BaseException as fault:
            fault.add_note(f"{each}: {way} of {damaged.name}, {source.name}, seed {seed}")
            raise
        shutil.rmtree(place)
    return found


def _copy(source: Path, folder: Path) -> Path:
    shutil.copytree(source, folder)
    return folder


def told(found: Counter[str], number: int) -> str:
    return f"damage: {number} files, {dict(sorted(found.items()))}; no other answers, no traceback"


def test_damage_is_refused_or_changes_no_answer(stores: list[Path], tmp_path: Path, show: Show) -> None:
    found = damage_many(stores, tmp_path, 54, seed=1)
    assert found["STORE_INVALID"] > 20
    show(told(found, 54))


@pytest.mark.long
def test_much_damage_is_refused_or_changes_no_answer(stores: list[Path], tmp_path: Path, show: Show) -> None:
    found = damage_many(stores, tmp_path, 600, seed=2)
    show(told(found, 600))


def test_without_checksums_damage_would_change_answers(
    stores: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: were the harness blind, it would not see this either."""
    monkeypatch.setattr("graph_model.stores.embedded.pages._PageFile.xRead", _unchecked)
    with pytest.raises(DifferentAnswersError):
        damage_many(stores, tmp_path, 54, seed=1)


def _unchecked(file: _PageFile, amount: int, offset: int) -> bytes:
    return file._read(amount, offset)


@pytest.mark.parametrize(
    ("pragma", "error", "found"),
    [
        ("application_id = 7", StoreInvalidError, "another program"),
        (f"user_version = {SCHEMA_VERSION + 1}", StoreNewerError, "newer release"),
        ("user_version = 2", StoreInvalidError, "contradicts itself"),
    ],
)
def test_a_wrong_mark_is_refused(
    stores: list[Path], tmp_path: Path, pragma: str, error: type[StoreError], found: str
) -> None:
    path = _copy(stores[0], tmp_path / "marked") / "zeren.db"
    connection = connect(path, writable=True)
    connection.execute(f"PRAGMA {pragma}")
    connection.close()
    with pytest.raises(error, match=found):
        asyncio.run(answers(path))


MUST_BE_TOLD: list[tuple[str, Callable[[Path], None]]] = [
    ("the log is deleted", lambda folder: (folder / "zeren.db-wal").unlink()),
    ("the log is cut off", lambda folder: _cut_end(folder / "zeren.db-wal", 5_000)),
    ("the end of the log is damaged", lambda folder: _flip(folder / "zeren.db-wal", -100)),
    ("the middle of the log is damaged", lambda folder: _flip(folder / "zeren.db-wal", 60_000)),
    ("the header of the log is damaged", lambda folder: _flip(folder / "zeren.db-wal", 10)),
]


@pytest.mark.parametrize(("name", "change"), MUST_BE_TOLD, ids=[name for name, _ in MUST_BE_TOLD])
@pytest.mark.parametrize("mode", list(Mode))
def test_a_log_that_lost_acknowledged_edits_is_refused_and_left_alone(
    stores: list[Path], tmp_path: Path, name: str, change: Callable[[Path], None], mode: Mode
) -> None:
    folder = _copy(stores[1], tmp_path / "lost")
    change(folder)
    files = {each: (folder / each).read_bytes() for each in FILES if (folder / each).exists()}
    with pytest.raises(StoreInvalidError, match="181 were acknowledged: the newest are lost"):
        open_file(folder / "zeren.db", mode)
    assert {each: (folder / each).read_bytes() for each in files} == files


def _cut_end(path: Path, size: int) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-size])


def _flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
