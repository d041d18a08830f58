"""A load that could change nothing is left out, and only then."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graph_model.stores.embedded import open_store
from loaders import freshness
from loaders.__main__ import main


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'zeren.db'}"


async def test_an_absent_store_is_not_loaded(url: str) -> None:
    freshness.remember(url, "inputs", "version")
    assert not await freshness.is_loaded(url, "inputs")


async def test_a_store_is_loaded_if_inputs_and_version_are_those_of_the_note(url: str) -> None:
    assert await _noted(url, "inputs", "0" * 64)


async def test_other_inputs_must_be_loaded(url: str) -> None:
    assert not await _noted(url, "other inputs", "0" * 64)


async def test_a_store_that_was_written_since_must_be_loaded(url: str) -> None:
    assert not await _noted(url, "inputs", "1" * 64)


async def _noted(url: str, inputs: str, version: str) -> bool:
    """Whether an empty store, whose version is 64 zeros, counts as loaded with this note."""
    await open_store(url, "writer").close()
    freshness.remember(url, inputs, version)
    return await freshness.is_loaded(url, "inputs")


def test_a_changed_file_changes_the_digest(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.yaml").write_text("a: 1\n")
    before = freshness.inputs_digest(tmp_path)
    (tmp_path / "data" / "a.yaml").write_text("a: 2\n")
    assert freshness.inputs_digest(tmp_path) != before


def test_a_renamed_file_changes_the_digest(tmp_path: Path) -> None:
    (tmp_path / "regimes").mkdir()
    (tmp_path / "regimes" / "a.yaml").write_text("a: 1\n")
    before = freshness.inputs_digest(tmp_path)
    shutil.move(tmp_path / "regimes" / "a.yaml", tmp_path / "regimes" / "b.yaml")
    assert freshness.inputs_digest(tmp_path) != before


def test_a_broken_store_is_told_of_by_the_load(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "zeren.db").write_text("no database, but longer than a header of SQLite would be" * 10)
    freshness.remember(url, freshness.inputs_digest(Path()), "0" * 64)
    assert main(["load", "--store", url, "--if-changed"]) == 1
    assert "zeren.db" in capsys.readouterr().err


def test_who_chose_the_facts_only_keeps_them(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "--store", url, "--facts-only"]) == 0
    freshness.remember(url, "earlier", "0" * 64, facts_only=True)
    assert main(["load", "--store", url, "--if-changed"]) == 0
    rows = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines() if line}
    assert rows["synthetic-2017"][4] == "0"


def test_asking_for_the_facts_only_is_a_change(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "--store", url, "--facts-only"]) == 0
    note = Path(url.removeprefix("sqlite:///") + ".loaded")
    note.write_text(note.read_text(encoding="utf-8").replace("facts-only", "everything"), encoding="utf-8")
    capsys.readouterr()
    assert main(["load", "--store", url, "--facts-only", "--if-changed"]) == 0
    assert "nothing was read" not in capsys.readouterr().out
