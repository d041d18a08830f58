"""What all tests share: the backend of coroutines, and stores with the data that ship, loaded once a run."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

from graph_model.stores.embedded import open_store
from tests.conformance.small_campaign import begin
from tests.neo4j_server import RunningServer, running_server

PROJECT = Path(__file__).resolve().parents[1]
DEAR = {"loaded"}
"""Fixtures of a session that are dear to ask for the first time."""

# No test is timed: on a busy machine an example takes as long as it takes.
settings.register_profile("zeren", deadline=None)
settings.load_profile("zeren")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Imports leave nothing behind: nobody looks for it until all is collected, nor ever again among what stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Tests of a module run in one worker, and so do those of several that share what is dear.

    Each worker would make its own of what is made once a module; and thousands of tests that are given out one by one
    keep a processor busy with that.
    """
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Function) -> str:
    """The name of those that run in the same worker as a test."""
    fixtures = {name: found[-1] for name, found in item._fixtureinfo.name2fixturedefs.items()}
    for name in DEAR & fixtures.keys():
        return f"{fixtures[name].baseid}:{name}"
    packages = [fixture.baseid for fixture in fixtures.values() if fixture.scope == "package"]
    return packages[0] if packages else item.nodeid.partition("::")[0]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The server's: asyncio. Session-wide, so that fixtures of any scope may be coroutines."""
    return "asyncio"


@pytest.fixture(scope="session")
def loaded_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store with all data that ship. Tests read it; whoever writes takes a copy."""
    return _loaded(tmp_path_factory, "everything")


@pytest.fixture(scope="session")
def facts_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store with the facts of the sources only, nothing synthetic. Tests read it."""
    return _loaded(tmp_path_factory, "facts", "--facts-only")


@pytest.fixture
def own_store(tmp_path: Path) -> Path:
    """The file of a small store that nobody else reads: a server that takes writes is its one writer."""
    path = tmp_path / "own.db"

    async def make() -> None:
        store = open_store(f"sqlite:///{path}", "writer")
        await begin(store)
        await store.close()

    asyncio.run(make())
    return path


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A Neo4j server for this run; its one database is anybody's to empty."""
    try:
        (_folder_of_run(tmp_path_factory) / "neo4j.worker").touch(exist_ok=False)
    except FileExistsError:
        if os.environ.get("CI"):  # elsewhere a second server is only slow
            pytest.fail(
                "two workers want a Neo4j server: a test lacks IN_ONE_WORKER, or pytest-xdist does not heed groups"
            )
    with running_server(tmp_path_factory.mktemp("neo4j")) as server:
        yield server


def _folder_of_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def _loaded(tmp_path_factory: pytest.TempPathFactory, name: str, *options: str) -> Path:
    """A store that the first worker of a run loads, in a process of its own, while the others wait."""
    folder = _folder_of_run(tmp_path_factory)
    path, done = folder / f"{name}.db", folder / f"{name}.loaded"
    with (folder / f"{name}.waiting").open("w") as waiting:
        fcntl.flock(waiting, fcntl.LOCK_EX)
        if not done.exists():
            command = [sys.executable, "-m", "loaders", "load", "--store", f"sqlite:///{path}", *options]
            result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
            if result.returncode != 0:
                pytest.fail(f"the data that ship were not loaded:\n{result.stdout}{result.stderr}")
            done.touch()
    return path
