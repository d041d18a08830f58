"""Servers to measure (被测服务): ``server.py``, and the raw one, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from benchmarks.machine import PROJECT

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_POLL_SECONDS = 0.002


class ServerFailedError(Exception):
    """A server that did not start; the message has the end of what it logged."""


class Serving(Struct, frozen=True):
    """A server that listens."""

    process: int
    host: str
    port: int


@contextmanager
def serve_zeren(url: str) -> Iterator[Serving]:
    """``python server.py`` over a store, with the default settings otherwise."""
    ours = {"ZEREN_STORE": url, "ZEREN_HOST": "127.0.0.1", "ZEREN_PORT": "0", "ZEREN_LOG_FORMAT": "json"}
    with _serve([sys.executable, "server.py"], ours) as serving:
        yield serving


@contextmanager
def serve_raw(bodies: Sequence[bytes], content_type: str) -> Iterator[Serving]:
    """``benchmarks.raw`` with some bodies; the one at place n answers to any request for ``/n``."""
    with tempfile.NamedTemporaryFile(suffix=".msgpack") as file:
        file.write(msgspec.msgpack.encode((content_type, list(bodies))))
        file.flush()
        with _serve([sys.executable, "-m", "benchmarks.raw", file.name], {}) as serving:
            yield serving


@contextmanager
def _serve(command: Sequence[str], settings: Mapping[str, str]) -> Iterator[Serving]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ZEREN_") or name.startswith("ZEREN_STORE_PASSWORD")
    }
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        process = subprocess.Popen(
            command, cwd=PROJECT, env={**inherited, **settings}, stdout=subprocess.DEVNULL, stderr=log
        )
        try:
            address = urlsplit(_wait_for_url(process, command, Path(log.name)))
            yield Serving(process.pid, address.hostname or "", address.port or 0)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for_url(process: subprocess.Popen[bytes], command: Sequence[str], log: Path) -> str:
    """The URL that a server logs once it listens. Raises ServerFailedError."""
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        for line in log.read_bytes().splitlines():
            if b'"listening"' in line:
                return str(msgspec.json.decode(line)["url"])
        time.sleep(_POLL_SECONDS)
    end = log.read_bytes()[-2000:].decode("utf-8", "replace")
    raise ServerFailedError(f"{' '.join(command[1:])} does not listen: {end}")
