"""A writer that is killed under load: no acknowledged edit is lost, none is half there, none is there twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.durability.edits import LostError, check_kept
from tests.durability.showing import Show

PROJECT = Path(__file__).resolve().parents[2]
LEAST = 50
"""With fewer acknowledged edits a round shows nothing."""
MOST = 400
PARTS = 10
ROUNDS = 20
"""Of a part, all of them over one store."""


def run_and_kill(url: str, name: str, lines: int) -> dict[str, int]:
    """Start a writer, kill it after so many acknowledgements; all that it had acknowledged by then."""
    command = [sys.executable, "-m", "tests.durability.killed_writer", url, name]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    acknowledged: dict[str, int] = {}
    for line in process.stdout:
        key, number = line.split()
        acknowledged[key.decode()] = int(number)
        if len(acknowledged) == lines:
            process.kill()  # what it says until the signal reaches it is read to the end
    process.stdout.close()
    process.wait()
    assert len(acknowledged) >= lines, f"it ended by itself, with {process.returncode}"
    return acknowledged


def run_rounds(folder: Path, rounds: int, seed: int) -> tuple[int, int]:
    """Kill so many writers of one store; how many edits were acknowledged, and how many more are there."""
    chance, told, held = Random(seed), 0, 0
    acknowledged: dict[str, int] = {}
    path = folder / "zeren.db"
    for number in range(rounds):
        now = run_and_kill(f"sqlite:///{path}", f"r{number}", chance.randint(LEAST, MOST))
        acknowledged |= now
        told += len(now)
        held = check_kept(path, acknowledged)
    return told, held - told


def test_killed_writers_lose_nothing(tmp_path: Path, show: Show) -> None:
    told, beyond = run_rounds(tmp_path, 4, seed=1)
    show(f"kill -9: 4 rounds, {told} edits acknowledged, none lost; {beyond} more were written, and whole")


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_many_killed_writers_lose_nothing(tmp_path: Path, show: Show, part: int) -> None:
    told, beyond = run_rounds(tmp_path, ROUNDS, seed=100 + part)
    show(f"kill -9: {ROUNDS} rounds, {told} edits acknowledged, none lost; {beyond} more were written, and whole")


def test_a_lost_edit_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "zeren.db"
    acknowledged = run_and_kill(f"sqlite:///{path}", "r", LEAST)
    held = check_kept(path, acknowledged)
    with pytest.raises(LostError):
        check_kept(path, {**acknowledged, "never-written": held + 1})
