"""How a chain's time grows from one city to a country (规模): ``make bench-scale``, minutes to an hour.

A country is made of one city (``loaders.bulk.country``), all of it SYNTHETIC, and imported into a Neo4j server that is
started for it. The same villages are asked for with one city and with all, drawn over all cities in the second case,
in turn. The embedded store is measured with ten cities. Databases take long to make: with ``--keep`` they stay, and
what stands in the folder is measured again without being made again.
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

from msgspec import Struct

from benchmarks.client import Exchange, ask, drive
from benchmarks.operation import village_chain
from benchmarks.serving import Serving, serve_zeren
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
WARMING, AGAIN, SERVED_ROUNDS, SERVED_SECONDS = 20, 10, 8, 3
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
    for row in results["rows"]:
        print("  ".join(f"{name} {value}" for name, value in row.items()))
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
        *await _compare_embedded(one, villages, options.embedded_cities, folder),
        *await _compare_neo4j(one, villages, options.cities, folder, options.page_cache),
    ]
    await one.close()
    return {"rows": rows, "villages": len(villages), "city": CITY}


async def _subjects(store: Store) -> Subjects:
    graph = ResponsibilityGraph(store)
    return await find_subjects(graph, await graph.moment())


async def _compare_embedded(one: Store, villages: Sequence[str], cities: int, folder: Path) -> list[dict[str, Any]]:
    made = await _make_embedded(one, cities, folder)
    many = open_store(f"sqlite:///{folder.as_posix()}/embedded-{cities}/zeren.db", "reader")
    rows = [{"store": "embedded", "cities": 1}, made]
    await _compare([await _side(one, villages, 1), await _side(many, villages, cities)], rows)
    await many.close()
    return rows


async def _compare_neo4j(
    one: Store, villages: Sequence[str], cities: int, folder: Path, page_cache: str
) -> list[dict[str, Any]]:
    rows = [await _make_neo4j(one, number, folder, page_cache) for number in (1, cities)]
    homes = [folder / f"neo4j-{number}" for number in (1, cities)]
    async with (
        _serving(homes[0], page_cache) as (small, small_url),
        _serving(homes[1], page_cache) as (large, large_url),
    ):
        sides = [await _side(small, villages, 1), await _side(large, villages, cities)]
        await _compare(sides, rows)
        await _compare_served([small_url, large_url], sides, rows)
    return rows


async def _make_neo4j(one: Store, cities: int, folder: Path, page_cache: str) -> dict[str, Any]:
    """A database of some cities, unless it is there already; what making it took."""
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
    return dict(json.loads(made_once.read_text("utf-8")))


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


async def _make_embedded(one: Store, cities: int, folder: Path) -> dict[str, Any]:
    """As ``_make_neo4j``."""
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
    return dict(json.loads(made_once.read_text("utf-8")))


class Side(Struct, frozen=True):
    """One of two that are compared: its graph, the villages that warm it, and those that are asked for."""

    graph: ResponsibilityGraph
    moment: Moment
    warming: Sequence[str]
    asked: Sequence[str]


async def _side(store: Store, villages: Sequence[str], cities: int) -> Side:
    """As many villages as one city has, drawn over all cities: the same number of them, whatever the country's size."""
    graph = ResponsibilityGraph(store)
    lots = random.Random(cities)  # noqa: S311 - a draw that can be repeated
    codes = [CITY, *CITY_CODES[: cities - 1]]
    drawn = [f"division:{lots.choice(codes)}{village.removeprefix(f'division:{CITY}')}" for village in villages]
    lots.shuffle(drawn)
    return Side(graph, await graph.moment(), drawn[:WARMING], drawn[WARMING:])


async def _compare(sides: Sequence[Side], rows: Sequence[dict[str, Any]]) -> None:
    """Median and 99th percentile of chains, in ms: of villages asked for the first time, and of the same ones again.

    Both sides are asked in turn, village by village, so that what disturbs the machine disturbs both; the ratio is the
    median over rounds. A few other villages come before, so that the process is warm.
    """
    for side in sides:
        for village in side.warming:
            await _time(side, village)
    rounds: list[list[list[float]]] = []
    for _ in range(1 + AGAIN):
        rounds.append([[] for _ in sides])
        for asked in zip(*(side.asked for side in sides), strict=True):
            for side, village, times in zip(sides, asked, rounds[-1], strict=True):
                times.append(await _time(side, village))
    first, again = rounds[0], rounds[1:]
    for row, side, times, several in zip(rows, sides, first, zip(*again, strict=True), strict=True):
        row["asked"] = len(side.asked)
        row.update(_summary("first", times) | _summary("again", [each for one in several for each in one]))
    rows[-1]["first_ratio"] = _ratio([first])
    rows[-1]["again_ratio"] = _ratio(again)


async def _compare_served(urls: Sequence[str], sides: Sequence[Side], rows: Sequence[dict[str, Any]]) -> None:
    """The same of VillageChain over HTTP, one connection, from two servers in turn: what a client waits for."""
    os.environ["ZEREN_STORE_PASSWORD"] = PASSWORD
    with serve_zeren(urls[0]) as small, serve_zeren(urls[1]) as large:
        servers = (small, large)
        exchanges = [await _exchanges(zeren, side) for zeren, side in zip(servers, sides, strict=True)]
        rounds: list[list[list[float]]] = []
        for _ in range(SERVED_ROUNDS):
            done = [
                await drive(zeren.host, zeren.port, asked, connections=1, seconds=SERVED_SECONDS)
                for zeren, asked in zip(servers, exchanges, strict=True)
            ]
            rounds.append([[seconds * 1000 for seconds in each.latencies] for each in done])
    for row, several in zip(rows, zip(*rounds, strict=True), strict=True):
        row.update(_summary("served", [each for one in several for each in one]))
    rows[-1]["served_ratio"] = _ratio(rounds)


async def _exchanges(zeren: Serving, side: Side) -> list[Exchange]:
    """Each village's request, with the answer that it gets."""
    exchanges = []
    for village in side.asked:
        request = village_chain(zeren, village.removeprefix("division:"), side.moment.as_of)
        _, body = await ask(zeren.host, zeren.port, request)
        if not json.loads(body)["data"]["village"]["accountabilityChain"]["links"]:
            raise SystemExit(f"{village}: its answer is empty; nothing was measured")
        exchanges.append(Exchange(request, body))
    return exchanges


async def _time(side: Side, village: str) -> float:
    begun = time.perf_counter()
    chain = (await side.graph.view([village], side.moment)).chain(village)
    took = time.perf_counter() - begun
    if not any(link.target.id == village for link in chain.links):
        raise SystemExit(f"{village}: its chain is empty; nothing was measured")
    return took * 1000


def _ratio(rounds: Sequence[Sequence[Sequence[float]]]) -> float:
    """How many times as long the second side takes as the first: the median over rounds of their medians' ratio."""
    return round(statistics.median(statistics.median(many) / statistics.median(one) for one, many in rounds), 2)


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
