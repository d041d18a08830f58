"""A Neo4j server on this machine (本机图数据库): of ``make neo4j`` for a person, of the tests for themselves.

It needs Java 17 or newer and Maven, which fetches the jars once, into ``.venv``. The data of ``make neo4j`` lie in
``var/neo4j`` and stay; so does its password, in a file that only this user can read.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import neo4j
from neo4j.exceptions import AuthError, DriverError, Neo4jError

PROJECT = Path(__file__).resolve().parents[2]
POM = Path(__file__).with_name("neo4j") / "pom.xml"
JARS = PROJECT / ".venv" / "neo4j"
HOME = PROJECT / "var" / "neo4j"
USER = "neo4j"
_FIRST_PASSWORD = "neo4j"  # noqa: S105 - every new server's, and good for nothing but to be changed
_JAVA = 17
_START_SECONDS = 90
_OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.lang")


class NoServerError(Exception):
    """Why there is no Neo4j here, and what to do about it."""


def find_java() -> str:
    """A Java that is new enough. Raises NoServerError."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else None
    java = java or shutil.which("java")
    if java is None:
        raise NoServerError(f"no Java here: Neo4j needs Java {_JAVA} or newer (on Debian: openjdk-17-jre-headless)")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < _JAVA:
        raise NoServerError(
            f"{java} is too old ({said.splitlines()[0] if said else 'it says nothing'}): {_JAVA} or newer"
        )
    return java


def fetch_jars() -> Path:
    """The folder with the server's jars; Maven fetches them the first time. Raises NoServerError."""
    version = re.search(r"<neo4j\.version>(.+?)<", POM.read_text(encoding="utf-8"))
    assert version is not None  # noqa: S101 - the file is ours
    folder = JARS / version[1]
    JARS.mkdir(parents=True, exist_ok=True)
    with (JARS / "lock").open("w") as waiting:
        fcntl.flock(waiting, fcntl.LOCK_EX)
        if not folder.is_dir():
            _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise NoServerError("no Maven here, which fetches Neo4j's jars (on Debian: maven)")
    unfinished = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    command = [maven, "-B", "-q", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={unfinished}"]
    print("Fetching Neo4j's jars with Maven (110 MB, the first time only)", file=sys.stderr, flush=True)
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise NoServerError(f"Maven could not fetch Neo4j's jars:\n{result.stdout}{result.stderr}")
    unfinished.rename(folder)


def opened_packages() -> list[str]:
    """What Neo4j wants to reach in Java itself."""
    return [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]


class Server:
    """A server that runs until it is stopped, or until this process is gone."""

    def __init__(
        self,
        home: Path,
        *,
        port: int = 0,
        heap: str = "512m",
        page_cache: str = "256m",
        java: Sequence[str] = (),
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Start it with its data in ``home``, with ``java``'s options and ``settings`` of its file.

        Raises NoServerError.
        """
        self.home = home
        self.port = port or free_port()
        self._java, self._jars = find_java(), fetch_jars()
        self._options, self._settings = java, settings or {}
        self._heap, self._page_cache = heap, page_cache
        self.process = self._start()

    @property
    def url(self) -> str:
        """Its database, as ``ZEREN_STORE`` takes it."""
        return url_of(self.port)

    def wait_ready(self, password: str) -> None:
        """Wait until it answers to this password, which becomes its own at the first start. Raises NoServerError."""
        try:
            wait_ready(self.port, password, lambda: self.process.poll() is not None)
        except NoServerError as error:
            self.stop()
            said = (self.home / "output.log").read_text(encoding="utf-8", errors="replace")
            raise NoServerError(f"{error}:\n{said[-2000:]}") from error

    def stop(self) -> None:
        """Stop it, in good order."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait()

    def kill(self) -> None:
        """Stop it at once; for data that nobody needs."""
        with suppress(ProcessLookupError):  # it may be gone already
            os.killpg(self.process.pid, signal.SIGKILL)
        self.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Meanwhile it does nothing at all, and its connections stay open."""
        os.killpg(self.process.pid, signal.SIGSTOP)
        # The signal is only sent: on a busy machine a server may answer yet another question before its last thread
        # stands. What is waited for here is the end of that; an exit is left to whoever asks for it.
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        try:
            yield
        finally:
            with suppress(ProcessLookupError):  # it was killed meanwhile
                os.killpg(self.process.pid, signal.SIGCONT)

    def _start(self) -> subprocess.Popen[bytes]:
        conf = self.home / "conf"
        conf.mkdir(parents=True, exist_ok=True)
        settings = {
            "server.default_listen_address": "127.0.0.1",
            "server.bolt.listen_address": f"127.0.0.1:{self.port}",
            "server.bolt.advertised_address": f"127.0.0.1:{self.port}",
            "server.http.enabled": "false",
            "server.https.enabled": "false",
            "dbms.usage_report.enabled": "false",
            "server.memory.pagecache.size": self._page_cache,
            **self._settings,
        }
        text = "".join(f"{name}={value}\n" for name, value in settings.items())
        (conf / "neo4j.conf").write_text(text, encoding="utf-8")
        java = [
            self._java,
            f"-Xms{self._heap}",
            f"-Xmx{self._heap}",
            *self._options,
            *opened_packages(),
            "-cp",
            f"{self._jars}/*",
            "org.neo4j.server.CommunityEntryPoint",
            f"--home-dir={self.home}",
            f"--config-dir={conf}",
        ]
        # The shell stops the server as soon as its input ends: also where this process was killed.
        watch = '"$@" </dev/null & server=$!; cat >/dev/null; kill "$server" 2>/dev/null; wait "$server"'
        with (self.home / "output.log").open("wb") as output:
            return subprocess.Popen(
                ["/bin/sh", "-c", watch, "sh", *java],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def wait_ready(port: int, password: str, has_ended: Callable[[], bool] = lambda: False) -> None:
    """Wait until a server on this machine answers to a password; a new one is given it. Raises NoServerError."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            _greet(f"bolt://127.0.0.1:{port}", password)
        except (DriverError, Neo4jError, OSError) as fault:
            if time.monotonic() > deadline or has_ended():
                raise NoServerError(f"Neo4j does not answer ({fault})") from fault
            time.sleep(0.2)
        else:
            return


def _greet(url: str, password: str) -> None:
    with (
        suppress(AuthError),
        _driver(url, _FIRST_PASSWORD) as driver,
    ):
        driver.execute_query(
            "ALTER CURRENT USER SET PASSWORD FROM $old TO $new",
            old=_FIRST_PASSWORD,
            new=password,
            database_="system",
        )
    with _driver(url, password) as driver:
        driver.execute_query("RETURN 1", database_="neo4j")


def _driver(url: str, password: str) -> neo4j.Driver:
    """A driver that does not try again by itself: it would wait longer each time."""
    return neo4j.GraphDatabase.driver(url, auth=(USER, password), connection_timeout=2, max_transaction_retry_time=0)


def url_of(port: int) -> str:
    """The database of a server on this machine, as ``ZEREN_STORE`` takes it."""
    return f"neo4j://{USER}@127.0.0.1:{port}/neo4j"


def free_port() -> int:
    """A port of the loopback that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _password(home: Path) -> Path:
    """The file with the server's password, made at the first start."""
    file = home / "password"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(f"{secrets.token_urlsafe(16)}\n")
    return file


def main() -> int:
    """Run a server until it is stopped."""
    port = int(os.environ.get("NEO4J_PORT", "7687"))
    try:
        password = _password(HOME)
        with socket.create_server(("127.0.0.1", port)):
            pass
        server = Server(HOME, port=port, heap="1g", page_cache="512m")
        server.wait_ready(password.read_text(encoding="utf-8").strip())
    except NoServerError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"port {port}: {error}; choose another one: make neo4j NEO4J_PORT=7688", file=sys.stderr)
        return 1
    file = password.relative_to(PROJECT)
    print(f"Neo4j: {server.url}  user {USER}, password in {file}; stop it with Ctrl+C")
    print(f"Serve from it:  ZEREN_STORE={server.url} ZEREN_STORE_PASSWORD_FILE={file} make serve", flush=True)
    with suppress(KeyboardInterrupt):
        server.process.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
