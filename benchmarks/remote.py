"""Suite neo4j (图数据库): the load of everything through the driver, chains, and VillageChain over HTTP, from Neo4j."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import structs

from benchmarks.chains import measure_chains
from benchmarks.figures import FLOORS, Figure, figure
from benchmarks.loading import load_store
from benchmarks.subjects import find_subjects
from benchmarks.traffic import measure_traffic
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.opening import open_store
from scripts.dev.neo4j_server import Server
from settings import Settings

_PASSWORD: Final = "ZEREN_STORE_PASSWORD"  # noqa: S105 - the name of a setting


@contextmanager
def serve_neo4j(place: Path) -> Iterator[str]:
    """The URL of an empty Neo4j server, as ``make neo4j`` starts one; its password is a setting of this process.

    Raises NoServerError where there is none on this machine.
    """
    given, password = os.environ.get(_PASSWORD), secrets.token_urlsafe(16)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=place) as folder:
        server = Server(Path(folder), heap="1g", page_cache="512m")
        try:
            server.wait_ready(password)
            os.environ[_PASSWORD] = password
            yield server.url
        finally:
            server.stop()
            os.environ.pop(_PASSWORD, None)
            if given is not None:
                os.environ[_PASSWORD] = given


def measure_remote_load(url: str, *, facts_only: bool) -> list[Figure]:
    """The figures of a load into an empty server. Raises LoadFailedError."""
    loaded = load_store(url, facts_only=facts_only)
    return [
        figure("neo4j.load", "load into an empty Neo4j, through the driver", loaded.seconds, "s"),
        figure("neo4j.load.processor", "... processor time of the loader", loaded.processor_seconds, "s"),
    ]


async def measure_remote(
    url: str, *, villages: int, households: int, rounds: int, http_villages: int, http_rounds: int, seconds: float
) -> list[Figure]:
    """The figures of questions to a loaded server, one at a time. Raises as ``chains`` and ``traffic`` do."""
    graph = ResponsibilityGraph(open_store(url, "reader", password=Settings().read_store_password()))
    try:
        moment = await graph.moment()
        subjects = await find_subjects(graph, moment)
        figures = await measure_chains(graph, moment, subjects, villages=villages, households=households, rounds=rounds)
        traffic = await measure_traffic(
            url,
            graph,
            moment,
            subjects,
            villages=http_villages,
            rounds=http_rounds,
            seconds=seconds,
            numbers=(1,),
        )
    finally:
        await graph.close()
    return _from_neo4j([*figures, *(each for each in traffic if each.name.startswith("http.1."))])


def _from_neo4j(figures: Sequence[Figure]) -> list[Figure]:
    """The figures under names of their own, each with its own floor."""
    return [
        structs.replace(
            each,
            name=f"neo4j.{each.name}",
            label=each.label if each.label.startswith("...") else f"Neo4j: {each.label}",
            floor=FLOORS.get(f"neo4j.{each.name}"),
        )
        for each in figures
    ]
