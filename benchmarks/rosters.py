"""What a preview of many rows costs (名册导入): ``python -m benchmarks.rosters --rows 100000``.

A CSV is made of the villages of a store, so many units that take each of them, and the two dates; its preview is timed,
field by field as always, then what it does to chains. Nothing is written. Processor time is told beside the clock's,
since it hangs less on what else the machine does. Exit code 1: a floor was missed.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from graph_model.errors import ZerenError
from graph_model.stores.base import StoreReader
from graph_model.stores.opening import open_store
from loaders.rosters.commands import request_of
from loaders.rosters.effects import effects_of
from loaders.rosters.importing import preview
from loaders.rosters.reading_register import read_live, read_register

FLOORS = {5_000: (5.0, 512), 1_000_000: (300.0, 512)}
"""Of a preview with so many rows: seconds, MiB."""


class _Silence:
    def step(self, text: str, total: int | None = None) -> None:
        """Nobody looks."""

    def advance(self, records: int) -> None:
        """Nobody looks."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Exit code 1: a floor was missed, or the store cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rosters", description=__doc__)
    parser.add_argument("--store", default="sqlite:///var/zeren.db", help="a loaded store (default: %(default)s)")
    parser.add_argument("--rows", type=int, default=5_000, help="how many (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        return asyncio.run(_measure(options.store, options.rows))
    except ZerenError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


async def _measure(url: str, rows: int) -> int:
    store = open_store(url, "reader")
    try:
        with tempfile.TemporaryDirectory(prefix="zeren-") as folder:
            file = Path(folder) / "rows.csv"
            await _write(store, file, rows)
            request = request_of(file, "village-units", "benchmark", None, None)
            begun, used = time.perf_counter(), time.process_time()
            looked = await preview(store, request, _Silence())
            seconds, processor, most = time.perf_counter() - begun, time.process_time() - used, _memory()
            begun = time.perf_counter()
            effects = await effects_of(store, looked)
    finally:
        await store.close()
    counted = f"{len(looked.created)} records would be created, {len(looked.refused_rows)} rows refused"
    print(f"{rows:,} rows: {seconds:.1f} s ({processor:.1f} s of a processor), {most} MiB; {counted}")
    told = f"{effects.looked_at} of {effects.targets} targets"
    print(f"what it does to chains, at {told}: {time.perf_counter() - begun:.1f} s")
    floor = FLOORS.get(rows)
    if floor is None:
        return 0
    kept = seconds <= floor[0] and most <= floor[1]
    print(f"floor: {floor[0]:.0f} s, {floor[1]} MiB: {'kept' if kept else 'MISSED'}")
    return 0 if kept else 1


async def _write(store: StoreReader, file: Path, rows: int) -> None:
    register, live = await read_register(store), await read_live(store)
    villages = [code for code in register.codes("village", live) if len(code) == 12]
    with file.open("w", encoding="utf-8") as out:
        out.write("村编码,包村单位,起始时间,结束时间\n")
        for row in range(rows):
            village, unit = villages[row % len(villages)], row // len(villages)
            out.write(f"{village},示例单位{unit},{2010 + row % 7}年{1 + row % 12}月,至今\n")


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


if __name__ == "__main__":
    sys.exit(main())
