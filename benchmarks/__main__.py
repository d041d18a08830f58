"""``python -m benchmarks``: measures loading, starting, chains, HTTP and writing, and reports."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from rich.console import Console

from benchmarks.answers import WrongAnswerError
from benchmarks.arguments import Options, parse_arguments
from benchmarks.chains import measure_chains
from benchmarks.figures import Figure
from benchmarks.history import measure_history, write_history
from benchmarks.loading import LoadFailedError, load_store, measure_load
from benchmarks.machine import PROJECT, describe_machine, list_versions
from benchmarks.remote import measure_remote, measure_remote_load, serve_neo4j
from benchmarks.report import Report, print_report, read_report, write_report
from benchmarks.serving import ServerFailedError
from benchmarks.starting import measure_start
from benchmarks.subjects import Contents, describe_contents, find_subjects
from benchmarks.traffic import measure_traffic
from benchmarks.whole import measure_whole
from benchmarks.writing import Work, measure_writes
from graph_model.errors import ZerenError
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.keeping import back_up
from graph_model.stores.opening import file_of, open_store
from graph_model.views import Moment
from scripts.dev.neo4j_server import NoServerError
from settings import Settings

T = TypeVar("T")

OK, FAILED, INTERRUPTED = 0, 1, 130


class Size(Struct, frozen=True):
    """How much is measured."""

    starts: int = 5
    villages: int = 1000
    households: int = 500
    chain_rounds: int = 5
    http_villages: int = 200
    http_rounds: int = 7
    http_seconds: float = 3.0
    write_rounds: int = 5
    write_seconds: float = 4.0
    seen: int = 100


FULL = Size()
QUICK = Size(
    starts=1,
    villages=20,
    households=20,
    chain_rounds=1,
    http_villages=5,
    http_rounds=1,
    http_seconds=0.2,
    write_rounds=1,
    write_seconds=0.3,
    seen=3,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; returns the exit code. A command line that cannot be understood exits with 2."""
    options = parse_arguments(arguments)
    try:
        earlier = None if options.compare is None else read_report(options.compare)
        report = _measure(options)
        print_report(report, earlier, Console())
        print(f"written to {write_report(report, options.json)}", file=sys.stderr)
    except (WrongAnswerError, LoadFailedError, ServerFailedError, NoServerError, ZerenError) as error:
        print(f"error: {error}", file=sys.stderr)
    except (OSError, msgspec.MsgspecError, subprocess.SubprocessError) as error:
        print(f"error: {type(error).__name__}: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        return INTERRUPTED
    else:
        return OK
    return FAILED


def _measure(options: Options) -> Report:
    size = QUICK if options.quick else FULL
    started, machine = datetime.now(UTC).replace(microsecond=0), describe_machine()
    with _store(options) as url:
        loaded: list[Figure] = []
        if "load" in options.suites and options.store is None:
            _tell("load")
            loaded = measure_load(url, facts_only=options.quick)
        elif options.store is None:
            load_store(url, facts_only=options.quick)
        contents, figures = _run(_ask(url, options.suites, size))
        if {"writes", "history"} & set(options.suites) and file_of(url) is not None:
            with _copy(url) as copy:
                figures += _run(_write(copy, options, size))
    if "neo4j" in options.suites:
        _tell("neo4j")
        figures += _measure_neo4j(options, size)
    return Report(started, options.quick, machine, list_versions(), contents, [*loaded, *figures])


def _measure_neo4j(options: Options, size: Size) -> list[Figure]:
    """The figures of the suite neo4j; none, where no server starts here and it was not asked for by name."""
    try:
        with serve_neo4j(_place()) as url:
            loaded = measure_remote_load(url, facts_only=options.quick)
            return loaded + _run(
                measure_remote(
                    url,
                    villages=size.http_villages,
                    households=size.http_villages,
                    rounds=size.chain_rounds,
                    http_villages=size.http_villages,
                    http_rounds=size.http_rounds,
                    seconds=size.http_seconds,
                )
            )
    except NoServerError as error:
        if "neo4j" in options.only:
            raise
        print(f"left out: {error}", file=sys.stderr)
        return []


async def _ask(url: str, suites: Sequence[str], size: Size) -> tuple[Contents, list[Figure]]:
    """What the store holds, and the figures of all suites that read it."""
    graph = _opened(url)
    figures: list[Figure] = []
    try:
        moment = await graph.moment()
        subjects = await find_subjects(graph, moment)
        contents = await describe_contents(graph, moment, subjects)
        if "start" in suites:
            _tell("start")
            figures += await measure_start(url, moment.as_of, starts=size.starts)
        if "chain" in suites:
            _tell("chain")
            figures += await measure_chains(
                graph,
                moment,
                subjects,
                villages=size.villages,
                households=size.households,
                rounds=size.chain_rounds,
            )
        if "whole" in suites:
            _tell("whole")
            figures += await measure_whole(partial(_opened, url), moment, rounds=size.starts)
        if "http" in suites:
            _tell("http")
            figures += await measure_traffic(
                url,
                graph,
                moment,
                subjects,
                villages=size.http_villages,
                rounds=size.http_rounds,
                seconds=size.http_seconds,
            )
    finally:
        await graph.close()
    return contents, figures


def _opened(url: str) -> ResponsibilityGraph:
    """A facade that has not been asked anything yet."""
    return ResponsibilityGraph(open_store(url, "reader", password=Settings().read_store_password()))


async def _write(url: str, options: Options, size: Size) -> list[Figure]:
    """The figures of all suites that write to the store."""
    figures: list[Figure] = []
    if "writes" in options.suites:
        _tell("writes")
        async with _written(url) as (graph, moment):
            work = Work(size.villages, size.write_rounds, size.write_seconds, size.seen)
            figures += await measure_writes(url, graph, moment, await find_subjects(graph, moment), work)
    if "history" in options.suites:
        _tell("history")
        await write_history(url, options.entries)
        async with _written(url) as (graph, moment):
            figures += await measure_history(
                url,
                graph,
                moment,
                await find_subjects(graph, moment),
                villages=size.http_villages,
                rounds=size.chain_rounds,
                starts=size.starts,
            )
    return figures


@asynccontextmanager
async def _written(url: str) -> AsyncIterator[tuple[ResponsibilityGraph, Moment]]:
    """The store, open for writing, and the moment to ask about."""
    graph = ResponsibilityGraph(open_store(url, "writer"))
    try:
        yield graph, await graph.moment()
    finally:
        await graph.close()


@contextmanager
def _copy(url: str) -> Iterator[str]:
    """The URL of a copy to write to, which lives as long as the run."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=_place()) as folder:
        path = Path(folder) / "written.db"
        back_up(url, path)
        yield f"sqlite:///{path}"


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the loop that costs the client least."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415 - there is none for Windows

    return uvloop.new_event_loop


@contextmanager
def _store(options: Options) -> Iterator[str]:
    """The URL of the store to measure: the given one, or one that lives as long as the run, where stores lie."""
    if options.store is not None:
        yield options.store
        return
    with tempfile.TemporaryDirectory(prefix="bench-", dir=_place()) as folder:
        yield f"sqlite:///{folder}/bench.db"


def _place() -> Path:
    """Where stores lie: on the same disk."""
    place = PROJECT / "var"
    place.mkdir(exist_ok=True)
    return place


def _tell(suite: str) -> None:
    print(f"measuring: {suite}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
