"""The Neo4j server of the tests: the one that is given, one from a container engine, or one from Maven; never a mock.

``ZEREN_TEST_NEO4J`` (and ``ZEREN_TEST_NEO4J_PASSWORD``) name a server whose database may be emptied. Where there is no
server and none can be started, tests are skipped, with the reason; in CI they fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

import neo4j
import pytest
from msgspec import Struct

from graph_model.stores.neo4j.address import parse_url
from graph_model.stores.opening import Patience
from scripts.dev.neo4j_server import NoServerError, Server, free_port, url_of, wait_ready

IN_ONE_WORKER = pytest.mark.xdist_group("neo4j")
"""Tests of the server share its one database: they run one after the other, in one worker."""

_DELETE = "MATCH (n) WHERE NOT n:Head CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS"
_RESET = """
MATCH (head:Head)
SET head = {application: head.application, schema: head.schema, moment: -9223372036854775807, number: 0,
    version: $version}
"""
PATIENCE = Patience(connect=30, read=120, write=300)
"""For tests that are not about time: a server that has just started plans its first queries slowly."""
SETTINGS = {
    "dbms.cypher.min_replan_interval": "1d",
    "db.tx_log.rotation.retention_policy": "keep_none",
    "db.memory.transaction.max": "128m",
}
JAVA = (
    "-XX:+IgnoreUnrecognizedVMOptions",
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:-BytecodeVerificationRemote",
)
"""A server that lives for minutes: it starts with 8 seconds of a processor in place of 11."""
NONE: Mapping[str, str] = MappingProxyType({})
IMAGE = "neo4j:5.26.12-community"
PASSWORD = "only-for-tests"  # noqa: S105 - of a server that lives as long as the tests


class RunningServer(Struct, frozen=True):
    """Where the server is, and its password; ``server`` where it was started here."""

    url: str
    password: str
    server: Server | None = None

    def empty(self) -> None:
        """Take all data out of the database; constraints and indexes stay."""
        with self._session() as session:
            session.run(_DELETE).consume()
            session.run(_RESET, version="0" * 64).consume()

    def run(self, statement: str) -> None:
        """Run a statement that writes."""
        with self._session() as session:
            session.run(statement).consume()

    def replan(self) -> None:
        """Forget all plans, and count anew what new ones are made for."""
        with self._session() as session:
            session.run("CALL db.prepareForReplanning($seconds)", seconds=60).consume()

    @contextmanager
    def _session(self) -> Iterator[neo4j.Session]:
        address = parse_url(self.url)
        auth = None if address.user is None else (address.user, self.password)
        with (
            neo4j.GraphDatabase.driver(address.server, auth=auth) as driver,
            driver.session(database=address.database) as session,
        ):
            yield session

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Meanwhile it neither answers nor fails."""
        if self.server is None:
            pytest.skip("only a server that was started here can be paused")
        with self.server.paused():
            yield


@contextmanager
def running_server(home: Path) -> Iterator[RunningServer]:
    """A server for a run of tests."""
    given = os.environ.get("ZEREN_TEST_NEO4J")
    if given:
        yield RunningServer(given, os.environ.get("ZEREN_TEST_NEO4J_PASSWORD", PASSWORD))
        return
    try:
        if engine := _engine():
            with _container(engine) as server:
                yield server
            return
        started = start_server(home)
    except NoServerError as error:
        _do_without(error)
    try:
        yield RunningServer(started.url, PASSWORD, started)
    finally:
        started.kill()


def start_server(home: Path, port: int = 0, settings: Mapping[str, str] = NONE) -> Server:
    """A server from Maven, with its data in a folder, that answers. Raises NoServerError."""
    started = Server(home, port=port, java=JAVA, settings={**SETTINGS, **settings})
    started.wait_ready(PASSWORD)
    return started


class MortalServer:
    """A server that a test may kill, and start again with the same data and address."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._server = start_server(home)
        self.url = self._server.url

    def kill(self) -> None:
        """Kill it (-9), and whatever belongs to it."""
        self._server.kill()

    def start(self, settings: Mapping[str, str] = NONE) -> None:
        """Start it again, and wait until it answers."""
        self._server = start_server(self._home, self._server.port, settings)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Meanwhile it neither answers nor fails."""
        with self._server.paused():
            yield


@contextmanager
def mortal_server(home: Path) -> Iterator[MortalServer]:
    """A server of a test's own: never one that was given, nor a container's."""
    try:
        server = MortalServer(home)
    except NoServerError as error:
        _do_without(error)
    try:
        yield server
    finally:
        server.kill()


def _do_without(error: NoServerError) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"no Neo4j for the tests: {error}")
    pytest.skip(f"no Neo4j for the tests: {error}")


def _engine() -> str | None:
    """A container engine that works here and has the image, or can get it."""
    for name in ("docker", "podman"):
        engine = shutil.which(name)
        if engine and _succeeds(engine, "info") and (_succeeds(engine, "image", "inspect", IMAGE) or _pulls(engine)):
            return engine
    return None


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False, timeout=20).returncode == 0


def _pulls(engine: str) -> bool:
    return subprocess.run([engine, "pull", "-q", IMAGE], capture_output=True, check=False).returncode == 0


@contextmanager
def _container(engine: str) -> Iterator[RunningServer]:
    port = free_port()
    command = [engine, "run", "--rm", "-d", "-p", f"127.0.0.1:{port}:7687", "-e", f"NEO4J_AUTH=neo4j/{PASSWORD}"]
    command += ["-e", f"NEO4J_db_memory_transaction_max={SETTINGS['db.memory.transaction.max']}"]
    command += ["-e", f"NEO4J_server_bolt_advertised__address=127.0.0.1:{port}", IMAGE]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise NoServerError(f"{engine} cannot run {IMAGE}: {made.stderr}")
    container = made.stdout.strip()
    try:
        wait_ready(port, PASSWORD)
        yield RunningServer(url_of(port), PASSWORD)
    finally:
        subprocess.run([engine, "rm", "-f", container], capture_output=True, check=False)
