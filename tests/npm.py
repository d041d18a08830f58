"""Node with the packages of a folder of tests, for clients and servers that others wrote."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from web.build import BuildError, Node, get_node

SECONDS = 120


def installed(folder: Path) -> Node:
    """Node, with what a folder's lock file names. Without Node a test is skipped, but on CI it fails."""
    try:
        node = get_node()
    except BuildError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))
    inputs = (folder / name for name in ("package.json", "package-lock.json", ".npmrc"))
    wanted = hashlib.sha256(b"\0".join(path.read_bytes() for path in inputs)).hexdigest()
    stamp = folder / "node_modules" / ".stamp"
    if not (stamp.is_file() and stamp.read_text(encoding="ascii") == wanted):
        run(node, folder, [*node.npm, "ci", "--ignore-scripts", "--prefer-offline", "--loglevel=error"])
        stamp.write_text(wanted, encoding="ascii")
    return node


def run(node: Node, folder: Path, command: list[str]) -> str:
    """What a command says on stdout; a failure of it is one of the test."""
    result = subprocess.run(
        command,
        cwd=folder,
        env=_environment(node),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    if result.returncode != 0:
        pytest.fail(f"{' '.join(command)} failed:\n{result.stdout}\n{result.stderr}")
    return result.stdout


@contextmanager
def listening(node: Node, folder: Path, command: list[str]) -> Iterator[int]:
    """A server that prints its port; it has stopped when the context ends."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=_environment(node),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.strip().isdigit(), f"{' '.join(command)} does not listen"
        yield int(line)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _environment(node: Node) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZEREN_")}
    return {**kept, "PATH": f"{node.folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
