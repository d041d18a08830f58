"""GraphQL over HTTP as specified: the audits of the npm package graphql-http, against a real server."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.serving import PROJECT, serving
from web.build import BuildError, Node, get_node

FOLDER = PROJECT / "tests" / "http_audit"
STAMP = FOLDER / "node_modules" / ".stamp"
AUDITS = 61
SECONDS = 120

# One process runs them all: they share what npm installs.
pytestmark = pytest.mark.xdist_group("http_audits")


@pytest.fixture(scope="module")
def node() -> Node:
    """Node with the audits' packages installed. Without Node these tests are skipped, but on CI they fail."""
    try:
        node = get_node()
    except BuildError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))
    inputs = (FOLDER / name for name in ("package.json", "package-lock.json", ".npmrc"))
    wanted = hashlib.sha256(b"\0".join(path.read_bytes() for path in inputs)).hexdigest()
    if not (STAMP.is_file() and STAMP.read_text(encoding="ascii") == wanted):
        run(node, [*node.npm, "ci", "--ignore-scripts", "--prefer-offline", "--loglevel=error"])
        STAMP.write_text(wanted, encoding="ascii")
    return node


def run(node: Node, command: list[str]) -> str:
    """What a command says on stdout; a failure of it is one of the test."""
    result = subprocess.run(
        command,
        cwd=FOLDER,
        env={**os.environ, "PATH": f"{node.folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    if result.returncode != 0:
        pytest.fail(f"{' '.join(command)} failed:\n{result.stdout}\n{result.stderr}")
    return result.stdout


@pytest.fixture(scope="module")
def audits(node: Node, loaded_store: Path) -> list[dict[str, Any]]:
    """The result of every audit."""
    with serving(loaded_store) as server:
        found: list[dict[str, Any]] = json.loads(run(node, [*node.node, "audit.mjs", f"{server.url}/graphql"]))
    return found


def test_there_are_as_many_audits_as_we_count_on(audits: list[dict[str, Any]]) -> None:
    assert len(audits) == AUDITS


def test_every_audit_passes(audits: list[dict[str, Any]]) -> None:
    assert [audit for audit in audits if audit["status"] != "ok"] == []


def test_the_lock_file_names_no_host() -> None:
    assert "://" not in (FOLDER / "package-lock.json").read_text(encoding="utf-8")
