"""Working out a preview, in a process of its own (预览进程): what a file brings about must not stall or end the server.

``python -m intake.worker`` reads an ``Ordered`` from its stdin, tells a ``Step`` a line on its stdout, and leaves
its answer in the folder: ``plan.json`` with ``wanted.json`` and the refused rows, or ``failed.json``. Its memory, its
time and what it may write are bounded by the system.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from graph_model.texts import Text
from intake.plans import (
    FAILED,
    MOST_SHOWN,
    PLAN,
    WANTED,
    Checked,
    CheckOrdered,
    Failed,
    Ordered,
    Plan,
    PlannedChange,
    RefusedCell,
    Step,
    Wanted,
    digest_of,
)
from loaders.progress import Progress

MEMORY = 2 << 30
"""Bytes of address space; a million rows take a quarter of it."""
CPU_SECONDS = 120
FILE_BYTES = 256 << 20
MOST_ROWS = 100_000
TOO_LARGE = "TOO_LARGE"
TOLD_EVERY = 0.5
"""Seconds between two lines about one step."""


def bound() -> None:
    """Let this process have so much and no more."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - there is none on Windows

    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most, most) if hard == resource.RLIM_INFINITY else (min(most, hard), hard))


class Steps:
    """Tells of each step when it begins, when it first gets on, and again now and then."""

    def __init__(self, tell: Callable[[Step], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._tell = tell
        self._clock = clock
        self._now = Step("")
        self._due = 0.0

    def step(self, text: str, total: int | None = None) -> None:
        """A step begins."""
        self._now, self._due = Step(text, 0, total), 0.0
        self._tell(self._now)

    def advance(self, records: int) -> None:
        """The step has handled some more rows."""
        self._now = msgspec.structs.replace(self._now, done=self._now.done + records)
        now = self._clock()
        if now >= self._due:
            self._due = now + TOLD_EVERY
            self._tell(self._now)


def say(step: Step) -> None:
    """Tell the server of a step."""
    print(msgspec.json.encode(step).decode(), flush=True)


def main() -> int:
    """Answer one order. Exit code 0 also where the answer is that it failed."""
    bound()
    ordered = msgspec.json.decode(sys.stdin.buffer.read(), type=Ordered | CheckOrdered)
    if isinstance(ordered, CheckOrdered):
        sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(check(ordered.store))) + b"\n")
        return 0
    folder = Path(ordered.folder)
    try:
        answer: Plan | Failed = asyncio.run(plan(ordered, folder, Steps(say)))
    except MemoryError:
        answer = Failed(
            TOO_LARGE,
            Text(
                "读此文件所需的内存超出页面导入的上限：请用命令导入",
                "the file needs more memory than an import on a page may have: use the command",
            ),
        )
    (folder / (PLAN if isinstance(answer, Plan) else FAILED)).write_bytes(msgspec.json.encode(answer))
    return 0


async def check(url: str) -> Checked:
    """What the checks of the whole graph find. Raises StoreError."""
    from graph_model.graph import ResponsibilityGraph  # noqa: PLC0415
    from loaders.stores import open_store  # noqa: PLC0415

    store = open_store(url, "reader")
    graph = ResponsibilityGraph(store)
    try:
        generation = (await store.header()).generation
        return Checked(generation, await graph.check())
    finally:
        await graph.close()


async def plan(ordered: Ordered, folder: Path, steps: Progress) -> Plan | Failed:
    """The plan of an import, with its files in the folder; or why there is none."""
    # What reads files is imported once the bounds hold.
    from graph_model.errors import ZerenError  # noqa: PLC0415
    from graph_model.importing import find_outside_of  # noqa: PLC0415
    from loaders.rosters.commands import request_of  # noqa: PLC0415
    from loaders.rosters.effects import effects_of, tell_effects  # noqa: PLC0415
    from loaders.rosters.importing import preview  # noqa: PLC0415
    from loaders.rosters.reading import TooManyRowsError  # noqa: PLC0415
    from loaders.rosters.recording import import_write  # noqa: PLC0415
    from loaders.rosters.refused_lists import write_lists  # noqa: PLC0415
    from loaders.stores import open_store  # noqa: PLC0415

    mapping = ordered.mapping or (folder / "mapping.yaml").as_posix()
    try:
        file, *more = (folder / each for each in ordered.files)
        request = request_of(file, mapping, ordered.name, ordered.sheet, ordered.observed, more)
        store = open_store(ordered.store, "reader")
        try:
            looked = await preview(store, msgspec.structs.replace(request, most_rows=MOST_ROWS), steps)
            before = {record.id: record for record in looked.before}
            write = import_write(request, looked, f"import:{ordered.key}", ordered.author, before)
            steps.step("looking at the chains")
            effects = tuple(tell_effects(await effects_of(store, looked)))
            outside = await find_outside_of(store, await store.header(), write, ordered.area)
        finally:
            await store.close()
        lists = write_lists(looked, request, folder)
    except TooManyRowsError as error:
        return Failed(TOO_LARGE, error.text)
    except ZerenError as error:
        return Failed(error.code, error.text, error.retryable)
    (folder / WANTED).write_bytes(msgspec.json.encode(Wanted(tuple(write.records), write.record)))
    cells = [
        RefusedCell(one.place.file, one.place.row or 0, one.text, one.place.column, one.place.value)
        for one in looked.refused
    ]
    outcomes = (("created", looked.created), ("changed", looked.changed), ("ended", looked.ended))
    changes = [PlannedChange(word, each.id, each.fields) for word, some in outcomes for each in some[:MOST_SHOWN]]
    rows = write.record.rows
    return Plan(
        digest=digest_of(
            write.before, write.records, map(msgspec.structs.astuple, cells), write.record.file_digest, rows
        ),
        generation=looked.generation,
        name=looked.name,
        file=looked.file,
        mapping=write.record.mapping or "",
        rows=rows,
        records=write.record.records,
        read=looked.rows,
        changes=tuple(changes),
        refused=tuple(cells[:MOST_SHOWN]),
        refused_cells=len(cells),
        notes=looked.notes,
        effects=effects,
        outside=outside,
        lists=lists,
    )


if __name__ == "__main__":
    sys.exit(main())
