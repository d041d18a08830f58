"""A real server and a real Chromium that can reach nothing else."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
START_SECONDS = 60.0
STOP_SECONDS = 10.0

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name resolves and no other address is reached: the network is cut off, but for the server of the test.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The system's Chromium. Without one these tests are skipped, but on CI they fail: there they must run."""
    named = os.environ.get("ZEREN_TEST_CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        reason = f"no Chromium: {named or ', '.join(CHROMIUM_NAMES)} not found (ZEREN_TEST_CHROMIUM names another)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def graphiql_bundle() -> None:
    """The built page; builds it where that was not done yet."""
    result = subprocess.run(
        [sys.executable, str(PROJECT / "web" / "build.py")], capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        pytest.fail(f"web/build.py failed:\n{result.stderr}")


@pytest.fixture(scope="session")
def server_url(loaded_store: Path, graphiql_bundle: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of its own process over the loaded store, ready to answer."""
    port = find_free_port()
    url = f"http://127.0.0.1:{port}"
    log = tmp_path_factory.mktemp("server") / "server.log"
    environment = {
        **os.environ,
        "ZEREN_HOST": "127.0.0.1",
        "ZEREN_PORT": str(port),
        "ZEREN_STORE": f"sqlite:///{loaded_store}",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "server.py"], cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            wait_until_ready(process, f"{url}/ready", log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One Chromium for the tests of a module; each opens a context of its own in it.

    No longer than that: Playwright's loop stays the running one until it ends, and no other test could await anything.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


def find_free_port() -> int:
    """A port of the loopback that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Returns when the address answers 200; fails the test when the process ends or the deadline passes."""
    deadline = time.monotonic() + START_SECONDS
    # No proxy of the machine may stand between the test and its server.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            with opener.open(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (OSError, urllib.error.URLError):
            pass
        ended = process.poll() is not None
        if ended or time.monotonic() > deadline:
            reason = f"ended with {process.returncode}" if ended else f"was not ready after {START_SECONDS:.0f} s"
            pytest.fail(f"server.py {reason}:\n{log.read_text(encoding='utf-8', errors='replace')[-4000:]}")
        time.sleep(0.05)
