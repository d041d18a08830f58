"""GraphQL over WebSocket as its reference server speaks it: the same scripted clients against that server and ours.

The reference is the npm package graphql-ws. What a script saw (messages, close codes and reasons) must be the same.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from tests import npm
from tests.serving import PROJECT

FOLDER = PROJECT / "tests" / "socket_audit"
AUDITS = 62
INIT_SECONDS = "1"
"""How long both servers wait for ``connection_init``: one script has to wait as long."""

pytestmark = pytest.mark.xdist_group("socket_audits")

Seen = dict[str, list[dict[str, Any]]]


def audited(*command: str) -> Seen:
    """What each script saw of a server."""
    node = npm.installed(FOLDER)
    with npm.listening(node, FOLDER, list(command)) as port:
        audit = [*node.node, "audit.mjs", f"ws://127.0.0.1:{port}/graphql"]
        found: Seen = json.loads(npm.run(node, FOLDER, audit))
    return found


@pytest.fixture(scope="module")
def reference() -> Seen:
    return audited(*npm.installed(FOLDER).node, "reference.mjs", INIT_SECONDS)


@pytest.fixture(scope="module")
def ours() -> Seen:
    return audited(sys.executable, "served_schema.py", INIT_SECONDS)


def test_there_are_as_many_audits_as_we_count_on(reference: Seen) -> None:
    assert len(reference) == AUDITS


def test_every_audit_sees_the_same_of_both(reference: Seen, ours: Seen) -> None:
    differing = {name: (seen, ours.get(name)) for name, seen in reference.items() if ours.get(name) != seen}
    assert differing == {}


def test_the_audits_see_every_message_and_every_code(reference: Seen) -> None:
    entries = [entry for seen in reference.values() for entry in seen]
    assert {entry["type"] for entry in entries if "type" in entry} == {
        "connection_ack",
        "pong",
        "next",
        "error",
        "complete",
    }
    codes = {entry["closed"] for entry in entries if "closed" in entry}
    assert codes == {1006, 4400, 4401, 4403, 4406, 4408, 4409, 4429, 4500}


def test_no_audit_waited_in_vain(reference: Seen, ours: Seen) -> None:
    assert [
        name for seen in (reference, ours) for name, entries in seen.items() if {"waited": "in vain"} in entries
    ] == []


def test_the_lock_file_names_no_host() -> None:
    assert "://" not in (FOLDER / "package-lock.json").read_text(encoding="utf-8")
