"""A server in a process of its own, as a person starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO, Any

PROJECT = Path(__file__).resolve().parents[1]
STOP_SECONDS = 15.0


@dataclass
class Server:
    """A server that listens; ``lines`` are those of its log so far, ``log`` all of them once it has stopped."""

    url: str
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    @property
    def log(self) -> list[dict[str, Any]]:
        """The log, each line of it a JSON object."""
        return [json.loads(line) for line in self.lines]


def environment(**settings: str) -> dict[str, str]:
    """The test's own environment, with no settings but these: ``port="0"`` is ZEREN_PORT."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZEREN_")}
    return {**kept, **{f"ZEREN_{name.upper()}": value for name, value in settings.items()}}


def start(**settings: str) -> subprocess.Popen[str]:
    """``python server.py`` with some settings; what it says is to be read from its stderr."""
    return subprocess.Popen(
        [sys.executable, "server.py"],
        cwd=PROJECT,
        env=environment(**settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


@contextmanager
def serving(store: Path, **settings: str) -> Iterator[Server]:
    """A server over a store's file, on a free port of the loopback; it has stopped when the context ends."""
    process = start(store=f"sqlite:///{store}", port="0", log_format="json", **settings)
    assert process.stderr is not None
    first = process.stderr.readline()
    try:
        server = Server(json.loads(first)["url"], process, [first])
    except (ValueError, KeyError):
        process.kill()
        raise AssertionError(f"server.py does not listen:\n{first}{process.stderr.read()}") from None
    reading = Thread(target=_read, args=(process.stderr, server.lines), daemon=True)
    reading.start()
    try:
        yield server
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reading.join(STOP_SECONDS)
        process.stderr.close()


def _read(stream: IO[str], lines: list[str]) -> None:
    lines.extend(stream)
