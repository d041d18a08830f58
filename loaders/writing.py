"""Between readings and a store (写入): a load in one transaction, and a dump of everything."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from graph_model.errors import BatchError, Place, RecordError, SourceError
from graph_model.exchange import Batch, Written
from graph_model.graph import ResponsibilityGraph
from graph_model.records import Finding
from graph_model.stores.embedded import open_store
from loaders.dump import write_dump
from loaders.progress import Progress
from loaders.reading import Reading
from loaders.report import Report

AUTHOR = "loaders"
CHECKS = "checks"
"""The origin of what the checks of the whole graph found at the end of a load (检查)."""


async def load(url: str, readings: Sequence[Reading], progress: Progress) -> Report:
    """Write readings into a store, all in one transaction; nothing at all if a row of any of them was refused.

    Then the whole graph is checked, and what was found replaces what the last check found, in a transaction of its
    own; so what a dump holds of that origin is not taken over. The report's last row is the check's.

    Raises BatchError for records that break a rule, StoreError.
    """
    if any(reading.refused for reading in readings):
        return Report(readings, store=url)
    readings = _without_checks(readings)
    batches = [Batch(reading.origin, reading.records) for reading in readings]
    store = open_store(url, "writer")
    graph = ResponsibilityGraph(store)
    try:
        progress.step("writing", sum(len(batch.records) for batch in batches))
        written: Sequence[Written] = await graph.apply(batches, author=AUTHOR, progress=progress.advance)
        progress.step("checking the whole graph")
        findings = await graph.check()
        checked = await graph.apply([Batch(CHECKS, findings)], author=AUTHOR)
        version = (await store.header()).version
    finally:
        await graph.close()
    readings = [*readings, Reading(CHECKS, (), len(findings), findings)]
    return Report(readings, [*written, *checked], store=url, version=version)


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

    Raises SourceError where the file cannot be written, StoreError.
    """
    store = open_store(url, "reader")
    try:
        if out is None:
            records = await write_dump(store, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return records
        temporary = out.with_name(out.name + ".part")
        try:
            with temporary.open("wb") as file:
                records = await write_dump(store, file)
            temporary.replace(out)
        except OSError as error:
            raise SourceError(Place(out.as_posix()), f"cannot be written: {error.strerror or error}") from error
        finally:
            temporary.unlink(missing_ok=True)
        return records
    finally:
        await store.close()
