"""docs/write-a-regime.md, followed to the letter: its files written, its commands run, their output as it says.

In a copy of the project, so that a stranger's regime is no part of this one.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
GUIDE = (PROJECT / "docs" / "write-a-regime.md").read_text(encoding="utf-8")
FILES = re.findall(r"`([a-z0-9/-]+\.yaml)`:\n\n```yaml\n(.*?)```", GUIDE, re.DOTALL)
STEPS = [
    (command.strip(), (expected or "").splitlines())
    for command, expected in re.findall(r"```sh\n(.*?)```(?:\n\n```text\n(.*?)```)?", GUIDE, re.DOTALL)
]
CODE = ("api", "graph_model", "intake", "loaders", "scripts", "regimes")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for name in CODE:
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PROJECT / "data", folder / "data")
    for name in ("settings.py", "requirements.lock"):
        shutil.copy(PROJECT / name, folder / name)
    (folder / ".venv").symlink_to((PROJECT / ".venv").resolve())
    (folder / "var").mkdir()
    for name, content in FILES:
        path = folder / name
        path.parent.mkdir()
        path.write_text(content, encoding="utf-8")
    return folder


def run(copy: Path, command: str) -> subprocess.CompletedProcess[str]:
    """One command as a shell would run it: its settings first, then its words."""
    words = shlex.split(command)
    settings = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
    return subprocess.run(
        words[len(settings) :],
        cwd=copy,
        env={"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_guide_gives_both_files_and_commands() -> None:
    assert [name for name, _ in FILES] == ["regimes/ministry-systems/regime.yaml", "data/ministry/set.yaml"]
    assert len(STEPS) == 5


@pytest.fixture(scope="module")
def followed(copy: Path) -> list[subprocess.CompletedProcess[str]]:
    """The guide's commands, one after the other."""
    return [run(copy, command) for command, _ in STEPS]


def test_each_command_says_what_the_guide_says(followed: list[subprocess.CompletedProcess[str]]) -> None:
    for (command, expected), done in zip(STEPS, followed, strict=True):
        assert done.returncode in {0, 4}, done.stderr
        output = done.stdout.splitlines()
        missing = [line for line in expected if not any(each.startswith(line) for each in output)]
        assert missing == [], f"{command}\n{done.stdout}{done.stderr}"


@pytest.mark.usefixtures("followed")
def test_the_first_regime_answers_as_if_the_third_were_not_there(copy: Path) -> None:
    done = run(copy, "ZEREN_STORE=sqlite:///var/try.db .venv/bin/python scripts/trace_chain.py 530521101201 --json")
    assert done.returncode in {0, 4}, done.stderr
    assert "ministry" not in done.stdout


def test_a_fault_in_a_strangers_file_is_told_with_its_line_and_a_remedy(copy: Path) -> None:
    path = copy / "data" / "ministry" / "set.yaml"
    content = path.read_text(encoding="utf-8")
    path.write_text(content.replace("kind: owner, assignees", "kind: boss, assignees", 1), encoding="utf-8")
    done = run(copy, ".venv/bin/python -m loaders check --facts-only")
    path.write_text(content, encoding="utf-8")
    assert done.returncode == 1
    assert "data/ministry/set.yaml:" in done.stdout + done.stderr
    assert "is no kind of ministry-systems: write one of owner, on-call, duty-desk" in done.stdout + done.stderr
