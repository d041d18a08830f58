"""Suite load (加载): ``python -m loaders load`` into an empty store, and once more."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time

from msgspec import Struct

from benchmarks.answers import WrongAnswerError
from benchmarks.figures import Figure, figure
from benchmarks.machine import PROJECT
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.opening import open_store
from settings import Settings


class Loaded(Struct, frozen=True):
    """What one load took: wall clock and processor time in seconds, its largest memory in MiB."""

    seconds: float
    processor_seconds: float
    mebibytes: float


class LoadFailedError(Exception):
    """A load that ended with another exit code than 0."""


def load_store(url: str, *, facts_only: bool) -> Loaded:
    """Load what ships into a store, in a process of its own. Raises LoadFailedError with what it printed."""
    command = [sys.executable, "-m", "loaders", "load", "--store", url, *(["--facts-only"] if facts_only else [])]
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=PROJECT, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise LoadFailedError(f"{' '.join(command[1:])}: {output.read()[-2000:].decode('utf-8', 'replace')}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Loaded(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def measure_load(url: str, *, facts_only: bool) -> list[Figure]:
    """The figures of both loads. Raises LoadFailedError; WrongAnswerError if the second one changed anything."""
    first = load_store(url, facts_only=facts_only)
    state = _state(url)
    second = load_store(url, facts_only=facts_only)
    again = _state(url)
    if again != state:
        raise WrongAnswerError(f"{url}: the second load changed something: {state} became {again}")
    return [
        figure("load.first", "first load, into an empty store", first.seconds, "s"),
        figure("load.first.processor", "... its processor time", first.processor_seconds, "s"),
        figure("load.first.memory", "... its largest memory", first.mebibytes, "MiB"),
        figure("load.second", "second load, which changes nothing", second.seconds, "s"),
        figure("load.second.processor", "... its processor time", second.processor_seconds, "s"),
    ]


def _state(url: str) -> tuple[int, str]:
    """The store's generation, and the data set's version."""

    async def ask() -> tuple[int, str]:
        graph = ResponsibilityGraph(open_store(url, "reader", password=Settings().read_store_password()))
        try:
            header = (await graph.frame()).header
        finally:
            await graph.close()
        return header.generation, header.version

    return asyncio.run(ask())
