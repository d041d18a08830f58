"""The guide, followed literally: docs/bring-your-own-data.md, its commands in their order, from an empty store."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
GUIDE = (PROJECT / "docs" / "bring-your-own-data.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```sh\n(.+?)\n```", GUIDE)
(SHOWN,) = re.findall(r"```text\n(.+?)\n```", GUIDE, flags=re.DOTALL)


pytestmark = pytest.mark.xdist_group("guide")  # its commands run once, in one worker


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, str]]:
    """Exit code and output of each command, with a store of the test's own."""
    store = f"sqlite:///{(tmp_path_factory.mktemp('guide') / 'mine.db').as_posix()}"
    found = []
    for command in COMMANDS:
        assert "sqlite:///var/mine.db" in command
        words = command.replace("sqlite:///var/mine.db", store).split()
        environment = dict(os.environ)
        if "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            environment[name] = value
        assert words.pop(0) == ".venv/bin/python"
        done = subprocess.run(
            [sys.executable, *words], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
        )
        found.append((done.returncode, done.stdout))
    return found


def test_each_command_ends_as_the_guide_says(answers: list[tuple[int, str]]) -> None:
    assert [code for code, _ in answers] == [0, 1, 0, 0, 0]


def test_the_preview_says_what_the_guide_shows(answers: list[tuple[int, str]]) -> None:
    said = answers[1][1]
    for line in SHOWN.splitlines():
        for part in filter(None, line.split("...")):
            assert part in said


def test_the_chain_has_what_the_sheet_says(answers: list[tuple[int, str]]) -> None:
    traced = answers[3][1]
    assert all(unit in traced for unit in ("示例单位甲", "示例单位乙"))
    assert "示例单位丙" not in traced
    assert "SYNTHETIC" in traced
