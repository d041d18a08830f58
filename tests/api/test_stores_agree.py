"""All data that ship in both stores: every operation gives the same bytes, for every village and 500 households."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from api.app import build_app
from api.limits.bounds import LoadBounds
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.base import Store
from graph_model.stores.opening import open_store
from loaders.copying import copy
from tests.api.asking import Asker
from tests.api.conftest import MAX_BODY_BYTES
from tests.api.test_operations import NAMES, VARIABLES, text
from tests.neo4j_server import IN_ONE_WORKER, PATIENCE, RunningServer
from tests.silence import Silence

pytestmark = [IN_ONE_WORKER, pytest.mark.long]

HOUSEHOLDS: Final = 500
DAYS: Final = ("2017-06-30", "2016-12-31", "2019-01-01")
PATIENT: Final = LoadBounds(request_seconds=120)
"""What is compared is what is said, not when: a server that has just started plans for seconds."""


@pytest.fixture(scope="module")
def askers(loaded_store: Path, neo4j_server: RunningServer) -> Iterator[tuple[Asker, Asker]]:
    """Who asks the embedded store, and who asks a copy of it in Neo4j."""
    neo4j_server.empty()
    asyncio.run(_copy(loaded_store, neo4j_server))
    embedded = open_store(f"sqlite:///{loaded_store}", "reader")
    remote = open_store(neo4j_server.url, "reader", password=neo4j_server.password, patience=PATIENCE)
    with TestClient(_app(embedded)) as ours, TestClient(_app(remote)) as theirs:
        yield Asker(ours), Asker(theirs)


def _app(store: Store) -> Any:  # noqa: ANN401 - an ASGI application
    return build_app(ResponsibilityGraph(store), max_body_bytes=MAX_BODY_BYTES, load_bounds=PATIENT)


async def _copy(path: Path, server: RunningServer) -> None:
    source = open_store(f"sqlite:///{path}", "reader")
    target = open_store(server.url, "writer", password=server.password, patience=PATIENCE)
    await copy(source, target, Silence())
    await source.close()
    await target.close()


def codes(path: Path, record_type: str, kind: str | None) -> list[str]:
    """The codes in the ids of all records of a type."""

    async def read() -> list[str]:
        store = open_store(f"sqlite:///{path}", "reader")
        found: list[str] = []
        while True:
            after = f"{record_type}:{found[-1]}" if found else None
            page = await store.list_records(record_type, first=1_000, after=after, kind=kind)
            found += [record.id.partition(":")[2] for record in page.records]
            if not page.has_next:
                return found

    return asyncio.run(read())


def differences(askers: tuple[Asker, Asker], name: str, given: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """For which variables the two answers are not the same bytes."""
    ours, theirs = askers
    document, differing = text(name), []
    for more in given:
        variables = {**VARIABLES[name], **more}
        expected = ours.post(document, variables)
        assert "errors" not in expected.json(), expected.json()["errors"]
        if theirs.post(document, variables).content != expected.content:
            differing.append(more)
    return differing


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_gives_the_same_bytes(askers: tuple[Asker, Asker], name: str) -> None:
    days = [{"asOf": day} for day in DAYS] if "asOf" in VARIABLES[name] else []
    assert differences(askers, name, [{}, *days]) == []


def test_the_chain_of_every_village_gives_the_same_bytes(askers: tuple[Asker, Asker], loaded_store: Path) -> None:
    # A division whose code another one had before has an id that says since when: that is no code.
    villages = [code for code in codes(loaded_store, "division", "village") if code.isdigit()]
    assert len(villages) >= 921
    assert differences(askers, "village-chain", [{"code": code} for code in villages]) == []


def test_the_chains_of_households_give_the_same_bytes(askers: tuple[Asker, Asker], loaded_store: Path) -> None:
    households = codes(loaded_store, "household", None)
    chosen = households[:: len(households) // HOUSEHOLDS][:HOUSEHOLDS]
    assert len(chosen) == HOUSEHOLDS
    assert differences(askers, "household-chain", [{"code": code} for code in chosen]) == []
