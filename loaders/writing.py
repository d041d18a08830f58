"""Between readings and a store (写入): a load in one transaction, and a dump of everything."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from graph_model.errors import BatchError, Place, RecordError, SourceError
from graph_model.exchange import CHECKS, Batch, Written
from graph_model.graph import ResponsibilityGraph
from graph_model.records import Finding
from graph_model.stores.keeping import belongs_to_store
from loaders.dump import write_dump
from loaders.progress import Progress
from loaders.reading import Reading
from loaders.report import Report, report_on
from loaders.stores import open_store

AUTHOR = "loaders"


async def load(
    url: str,
    readings: Sequence[Reading],
    progress: Progress,
    *,
    author: str = AUTHOR,
    upon: int | None = None,
    recorded_at: int | None = None,
) -> Report:
    """Write readings into a store, all in one transaction; nothing at all if a row of any of them was refused.

    Then the whole graph is checked, and what was found replaces what the last check found, in a transaction of its
    own; so what a dump holds of that origin is not taken over. The report's last row is the check's.

    ``upon`` and ``recorded_at``: as ``ResponsibilityGraph.apply``. Raises StaleWriteError, BatchError for records that
    break a rule, StoreError.
    """
    if any(reading.refused for reading in readings):
        return report_on(readings, store=url)
    readings = _without_checks(readings)
    batches = [Batch(reading.origin, reading.records) for reading in readings]
    store = open_store(url, "writer")
    graph = ResponsibilityGraph(store)
    try:
        progress.step("writing", sum(len(batch.records) for batch in batches))
        written: Sequence[Written] = await graph.apply(
            batches, author=author, progress=progress.advance, upon=upon, recorded_at=recorded_at
        )
        progress.step("checking the whole graph")
        findings = await graph.check()
        checked = await graph.apply([Batch(CHECKS, findings)], author=AUTHOR)
        version = (await store.header()).version
    finally:
        await graph.close()
    readings = [*readings, Reading(CHECKS, (), len(findings), findings)]
    return report_on(readings, [*written, *checked], store=url, version=version)


def _without_checks(readings: Sequence[Reading]) -> list[Reading]:
    """The readings but those of the checks' own origin. Raises BatchError for what no check can have found."""
    strangers = [
        RecordError(record.id, f"is no finding: choose another origin than {CHECKS!r}, which is for checks alone")
        for reading in readings
        if reading.origin == CHECKS
        for record in reading.records
        if not isinstance(record, Finding)
    ]
    if strangers:
        raise BatchError(strangers)
    return [reading for reading in readings if reading.origin != CHECKS]


async def dump(url: str, out: Path | None) -> int:
    """Write every record of a store to a file, whole or not at all, or to stdout; returns how many there are.

    A link is followed; what exists and is no regular file (a pipe, a device) is written to as it is. Raises SourceError
    where the file cannot be written or belongs to the store, StoreError.
    """
    store = open_store(url, "reader")
    try:
        if out is None:
            records = await write_dump(store, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return records
        with opened_anew(url, out) as file:
            return await write_dump(store, file)
    finally:
        await store.close()


@contextmanager
def opened_anew(url: str, out: Path) -> Iterator[BinaryIO]:
    """A file to write to, beside the one that is wanted and under a name that nobody has; in its place once written.

    Raises SourceError where it cannot be written, or belongs to the store.
    """
    _check_no_store(url, out)
    try:
        with _beside(out) as file:
            yield file
    except OSError as error:
        raise SourceError(Place(out.as_posix()), f"cannot be written: {error.strerror or error}") from error


@contextmanager
def _beside(out: Path) -> Iterator[BinaryIO]:
    if out.exists() and not out.is_file():
        with out.open("wb") as file:
            yield file
        return
    target = out.resolve()
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        temporary.chmod(_mode_of(target))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _mode_of(target: Path) -> int:
    """The mode of the file that is replaced; of a new one, what the user's mask leaves."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def _check_no_store(url: str, out: Path) -> None:
    """Refuse to write over the store itself, or over a file that lies beside it and belongs to it."""
    if belongs_to_store(url, out):
        raise SourceError(Place(out.as_posix()), "belongs to the store: choose another file for the dump")
