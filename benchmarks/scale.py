"""How a chain's time grows from one city to a country (规模): ``make bench-scale``, minutes to an hour.

A country is made of one city (``loaders.bulk.country``), all of it SYNTHETIC, and imported into a Neo4j server that is
started for it. The same villages are asked for with one city and with all, drawn over all cities in the second case.
The embedded store is measured with ten cities. Databases take long to make: with ``--keep`` they stay, and what stands
in the folder is measured again without being made again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.client import Exchange, ask, drive
from benchmarks.operation import village_chain
from benchmarks.serving import serve_zeren
from benchmarks.subjects import Subjects, find_subjects
from graph_model.exchange import Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.base import Store
from graph_model.stores.opening import Patience, open_store
from graph_model.views import Moment
from loaders.bulk.country import CITY_CODES, copies_of, export_country
from loaders.default import read_default
from loaders.progress import show_progress
from loaders.writing import load
from scripts.dev.neo4j_import import import_files
from scripts.dev.neo4j_server import Server

CITY = "5305"
PASSWORD = "only-for-benchmarks"  # noqa: S105 - of a server that lives as long as the benchmark
PATIENCE = Patience(connect=60, read=300, write=600, prepare=7_200)
WARMING, AGAIN, SERVED_SECONDS = 20, 3, 20
RESULTS = Path(__file__).parent / "results" / "scale.json"


def main() -> int:
    """Measure, print a table, and write it as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--cities", type=int, default=100, help="how many cities the country has (default: 100)")
    parser.add_argument("--embedded-cities", type=int, default=10, help="how many on the embedded store (default: 10)")
    parser.add_argument("--folder", type=Path, default=Path("var/scale"), help="where files and databases go")
    parser.add_argument("--page-cache", default="8g", help="the server's page cache (default: 8g)")
    parser.add_argument("--keep", action="store_true", help="leave the databases: the next run measures them again")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        results = asyncio.run(_measure(options))
    finally:
        if not options.keep:
            shutil.rmtree(options.folder, ignore_errors=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0


async def _measure(options: argparse.Namespace) -> dict[str, Any]:
    folder: Path = options.folder
    url = f"sqlite:///{folder.as_posix()}/one.db"
    with show_progress() as progress:
        await load(url, read_default(editions=None, facts_only=False), progress)  # changes nothing where it is loaded
    one = open_store(url, "reader")
    villages = [subject.id for subject in (await _subjects(one)).asked]
    rows = [
        _told({"store": "embedded", "cities": 1, **await _times(one, villages, 1)}),
        _told(await _measure_embedded(one, villages, options.embedded_cities, folder)),
        _told(await _measure_neo4j(one, villages, 1, folder, options.page_cache)),
        _told(await _measure_neo4j(one, villages, options.cities, folder, options.page_cache)),
    ]
    await one.close()
    return {"rows": rows, "villages": len(villages), "city": CITY}


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """A row, which is shown as soon as it is there: all of them take long."""
    print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)
    return row


async def _subjects(store: Store) -> Subjects:
    graph = ResponsibilityGraph(store)
    return await find_subjects(graph, await graph.moment())


async def _measure_neo4j(
    one: Store, villages: Sequence[str], cities: int, folder: Path, page_cache: str
) -> dict[str, Any]:
    files, home, made_once = folder / f"files-{cities}", folder / f"neo4j-{cities}", folder / f"neo4j-{cities}.json"
    if not made_once.exists():
        row: dict[str, Any] = {"store": "neo4j", "cities": cities}
        with _timed(row, "export_s"):
            made = await export_country(one, CITY, cities, files, _ignore, compress=True)
        row |= {"households": made.households, "entities": made.counts.entities, "versions": made.counts.versions}
        with _timed(row, "import_s"):
            print(import_files(files, home), file=sys.stderr)
        shutil.rmtree(files)
        async with _serving(home, page_cache) as (store, _):
            with _timed(row, "indexes_s"):
                await store.header()
        row["size_gb"] = _size(home)
        made_once.write_text(json.dumps(row), encoding="utf-8")
    async with _serving(home, page_cache) as (store, url):
        times = await _times(store, villages, cities)
        return {**json.loads(made_once.read_text("utf-8")), **times, **await _served(store, url, villages, cities)}


@asynccontextmanager
async def _serving(home: Path, page_cache: str) -> AsyncIterator[tuple[Store, str]]:
    """The store of a database, with a Neo4j server for it, and its URL."""
    server = Server(home, heap="2g", page_cache=page_cache)
    try:
        server.wait_ready(PASSWORD)
        store = open_store(server.url, "writer", password=PASSWORD, patience=PATIENCE)
        yield store, server.url
        await store.close()
    finally:
        server.stop()


async def _measure_embedded(one: Store, villages: Sequence[str], cities: int, folder: Path) -> dict[str, Any]:
    home, made_once = folder / f"embedded-{cities}", folder / f"embedded-{cities}.json"
    path = home / "zeren.db"
    if not made_once.exists():
        row: dict[str, Any] = {"store": "embedded", "cities": cities}
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        store = open_store(f"sqlite:///{path.as_posix()}", "writer")
        with _timed(row, "load_s"):
            for number in range(1, (await one.header()).generation + 1):
                await store.replay(await one.read_write(number))
            for code in CITY_CODES[: cities - 1]:
                batch = Batch(f"country/{code}", [record async for record in copies_of(one, CITY, code)])
                await store.apply([batch], recorded_at=time.time_ns() // 1000, author="benchmark")
        await store.close()
        row["size_gb"] = round(path.stat().st_size / 1e9, 2)
        made_once.write_text(json.dumps(row), encoding="utf-8")
    store = open_store(f"sqlite:///{path.as_posix()}", "reader")
    times = await _times(store, villages, cities)
    await store.close()
    return {**json.loads(made_once.read_text(encoding="utf-8")), **times}


async def _times(store: Store, villages: Sequence[str], cities: int) -> dict[str, Any]:
    """Median and 99th percentile of chains, in ms: of villages asked for the first time, and of the same ones again.

    As many villages as one city has, drawn over all cities: the same number of them, whatever the country's size. A few
    others come before, so that the process is warm, and nothing else.
    """
    graph = ResponsibilityGraph(store)
    moment = await graph.moment()
    warming, asked = _drawn(villages, cities)
    for village in warming:
        await _time(graph, moment, village)
    first = [await _time(graph, moment, village) for village in asked]
    again = [await _time(graph, moment, village) for _ in range(AGAIN) for village in asked]
    return {"asked": len(asked), **_summary("first", first), **_summary("again", again)}


def _drawn(villages: Sequence[str], cities: int) -> tuple[Sequence[str], Sequence[str]]:
    """The villages that warm the process, and those that are asked for."""
    lots = random.Random(cities)  # noqa: S311 - a draw that can be repeated
    codes = [CITY, *CITY_CODES[: cities - 1]]
    drawn = [f"division:{lots.choice(codes)}{village.removeprefix(f'division:{CITY}')}" for village in villages]
    lots.shuffle(drawn)
    return drawn[:WARMING], drawn[WARMING:]


async def _served(store: Store, url: str, villages: Sequence[str], cities: int) -> dict[str, float]:
    """The same, in ms, of VillageChain over HTTP with one connection, from a server of its own: what a client waits."""
    as_of = (await ResponsibilityGraph(store).moment()).as_of
    os.environ["ZEREN_STORE_PASSWORD"] = PASSWORD
    with serve_zeren(url) as zeren:
        exchanges = []
        for village in _drawn(villages, cities)[1]:
            request = village_chain(zeren, village.removeprefix("division:"), as_of)
            _, body = await ask(zeren.host, zeren.port, request)
            if not json.loads(body)["data"]["village"]["accountabilityChain"]["links"]:
                raise SystemExit(f"{village}: its answer is empty; nothing was measured")
            exchanges.append(Exchange(request, body))
        served = await drive(zeren.host, zeren.port, exchanges, connections=1, seconds=SERVED_SECONDS)
    return _summary("served", [seconds * 1000 for seconds in served.latencies])


async def _time(graph: ResponsibilityGraph, moment: Moment, village: str) -> float:
    begun = time.perf_counter()
    chain = (await graph.view([village], moment)).chain(village)
    took = time.perf_counter() - begun
    if not any(link.target.id == village for link in chain.links):
        raise SystemExit(f"{village}: its chain is empty; nothing was measured")
    return took * 1000


def _summary(name: str, times: Sequence[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": round(statistics.median(times), 2),
        f"{name}_p99_ms": round(statistics.quantiles(times, n=100)[98], 2),
    }


@contextmanager
def _timed(row: dict[str, Any], name: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    row[name] = round(time.perf_counter() - begun, 1)


def _size(home: Path) -> float:
    database = home / "data" / "databases" / "neo4j"
    return round(sum(path.stat().st_size for path in database.rglob("*") if path.is_file()) / 1e9, 2)


def _ignore(_: int) -> None:
    """No progress is shown while files are written."""


if __name__ == "__main__":
    sys.exit(main())
