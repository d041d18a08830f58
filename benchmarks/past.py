"""What an earlier moment costs beside the present, where all was edited often (历史版本): ``make bench-past``.

All records around some villages are written again and again, each time with another note in their basis, so that the
answers stay the same. Chains are then asked for as of now and as of earlier moments, one after the other. A file is
copied first; a Neo4j store is written to. (How it is with a long journal: suite ``history``.)
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.answers import WrongAnswerError, check_chain
from benchmarks.subjects import Subject, find_subjects, spread_over
from graph_model.errors import ZerenError
from graph_model.exchange import Edit, EditRequest
from graph_model.graph import ResponsibilityGraph
from graph_model.records import AnyClaim, AnyNode, Relation, Text
from graph_model.stores.base import StoreReader
from graph_model.stores.opening import file_of, open_store
from graph_model.views import Moment
from settings import Settings

FLOOR = 1.5
"""How much dearer than the present a chain of any moment may be."""
RESULTS = Path(__file__).parent / "results" / "past.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table, and write it as JSON. Exit code 1: an answer was wrong, or the floor was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.past", description=__doc__)
    parser.add_argument("--store", default="sqlite:///var/zeren.db", help="a loaded store (default: %(default)s)")
    parser.add_argument("--versions", type=int, default=50, help="of each record around a village (default: 50)")
    parser.add_argument("--villages", type=int, default=20, help="how many villages are asked about (default: 20)")
    parser.add_argument("--rounds", type=int, default=20, help="how often each is asked for (default: 20)")
    parser.add_argument("--folder", type=Path, default=Path("var/past"), help="where the copy goes, and is removed")
    options = parser.parse_args(arguments)
    try:
        url = _copied(options.store, options.folder)
        results = asyncio.run(_measure(url, options))
    except (WrongAnswerError, ZerenError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(options.folder, ignore_errors=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    for name, row in results.items():
        print(f"{name:16}", "  ".join(f"{column} {value}" for column, value in row.items()))
    worst = max(row["ratio"] for row in results.values())
    print(f"at most {worst:.2f} times the present: {'kept' if worst <= FLOOR else 'MISSED'} (floor: {FLOOR})")
    return 0 if worst <= FLOOR else 1


def _copied(url: str, folder: Path) -> str:
    path = file_of(url)
    if path is None:
        return url
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / "past.db"
    shutil.copyfile(path, copy)
    return f"sqlite:///{copy}"


async def _measure(url: str, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    store = open_store(url, "writer", password=Settings().read_store_password())
    graph = ResponsibilityGraph(store)
    try:
        moment = await graph.moment()
        asked = spread_over((await find_subjects(graph, moment)).asked, options.villages)
        begun = await graph.last_checkpoint()
        records = await _around(graph, asked, moment)
        writes = [await _write(graph, records, f"{number} {begun}") for number in range(1, options.versions)]
        written = [begun.recorded_at, *writes]
        moments = {
            "now": None,
            "before all": written[0],
            "after a tenth": written[len(written) // 10],
            "after half": written[len(written) // 2],
            "before the last": written[-2],
        }
        return await _ask(graph, asked, moment.day, moments, options.rounds)
    finally:
        await graph.close()


async def _around(
    graph: ResponsibilityGraph, asked: Sequence[Subject], moment: Moment
) -> list[AnyNode | AnyClaim | Relation]:
    """All records that the chains of some villages are read from."""
    found: dict[str, AnyNode | AnyClaim | Relation] = {}
    for subject in asked:
        around = (await graph.view([subject.code], moment)).around
        for records in (around.iter_nodes(), around.iter_all_claims(), around.iter_relations()):
            found.update((record.id, record) for record in records)
    return list(found.values())


async def _write(graph: ResponsibilityGraph, records: Sequence[AnyNode | AnyClaim | Relation], key: str) -> int:
    """One version more of each record; the moment at which it was recorded."""
    note = Text(zh=f"测试 {key}", en=f"benchmark {key}")
    puts = tuple(
        msgspec.structs.replace(record, basis=msgspec.structs.replace(record.basis, note=note)) for record in records
    )

    async def decide(reader: StoreReader) -> Edit:
        del reader  # nobody else writes
        return Edit(puts)

    edited = await graph.edit(decide, EditRequest("benchmarks", "note"))
    if edited.entry is None:
        raise WrongAnswerError(f"edit {key} changed nothing")
    return edited.entry.recorded_at


async def _ask(
    graph: ResponsibilityGraph, asked: Sequence[Subject], day: int, moments: dict[str, int | None], rounds: int
) -> dict[str, dict[str, float]]:
    """The time of a chain at each moment, each village at all moments before the next one."""
    used: dict[str, list[float]] = {name: [] for name in moments}
    for round_ in range(rounds + 1):
        for subject in asked:
            lengths = set()
            for name, recorded_as_of in moments.items():
                began = time.perf_counter()
                view = await graph.view([subject.code], Moment(day, recorded_as_of))
                chain = view.chain(subject.id)
                if round_:  # the first one fills the caches
                    used[name].append(time.perf_counter() - began)
                check_chain(chain, subject.id)
                lengths.add((len(chain.links), len(chain.gaps), chain.completeness))
            if len(lengths) > 1:
                raise WrongAnswerError(f"{subject.code}: its chain is not the same at all moments: {lengths}")
    present = statistics.median(used["now"])
    return {
        name: {
            "ms": round(statistics.median(times) * 1e3, 3),
            "ratio": round(statistics.median(times) / present, 3),
            "samples": len(times),
        }
        for name, times in used.items()
    }


if __name__ == "__main__":
    sys.exit(main())
