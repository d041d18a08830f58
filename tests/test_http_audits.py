"""GraphQL over HTTP as specified: the audits of the npm package graphql-http, against a real server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import npm
from tests.serving import PROJECT, serving

FOLDER = PROJECT / "tests" / "http_audit"
AUDITS = 61

# One process runs them all: they share what npm installs.
pytestmark = pytest.mark.xdist_group("http_audits")


@pytest.fixture(scope="module")
def audits(loaded_store: Path) -> list[dict[str, Any]]:
    """The result of every audit."""
    node = npm.installed(FOLDER)
    with serving(loaded_store) as server:
        command = [*node.node, "audit.mjs", f"{server.url}/graphql"]
        found: list[dict[str, Any]] = json.loads(npm.run(node, FOLDER, command))
    return found


def test_there_are_as_many_audits_as_we_count_on(audits: list[dict[str, Any]]) -> None:
    assert len(audits) == AUDITS


def test_every_audit_passes(audits: list[dict[str, Any]]) -> None:
    assert [audit for audit in audits if audit["status"] != "ok"] == []


def test_the_lock_file_names_no_host() -> None:
    assert "://" not in (FOLDER / "package-lock.json").read_text(encoding="utf-8")
