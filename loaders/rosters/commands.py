"""``python -m loaders import`` and ``undo-import`` (导入命令): preview by default, write where it is asked for."""

from __future__ import annotations

import getpass
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from graph_model.errors import BadUserInputError, Place, SourceError
from graph_model.facade.imports import new_import_id
from graph_model.importing import ImportWrite, last_moment, plan_undo_all
from graph_model.regime_file import decode_regime
from loaders.progress import Progress
from loaders.reading import Reading
from loaders.report import Report
from loaders.rosters.effects import Effects, effects_of
from loaders.rosters.form import mapping_schema
from loaders.rosters.giving_out import write_roster
from loaders.rosters.importing import Preview, check_name, preview
from loaders.rosters.mapping import read_mapping
from loaders.rosters.reading import Request
from loaders.rosters.reading_register import read_live, read_register
from loaders.rosters.recording import import_write
from loaders.rosters.refused_lists import write_refused
from loaders.rosters.template import write_template
from loaders.stores import open_store
from loaders.writing import load


def request_of(
    file: Path,
    mapping: str,
    name: str | None,
    sheet: str | None,
    observed: str | None,
    more: Sequence[Path] = (),
) -> Request:
    """What is asked for; the import has the mapping's name where none is given. Raises SourceError."""
    read = read_mapping(mapping)
    called = check_name(name or read.content.code)
    if not re.search("[a-z]", called):  # ids of what is there begin with codes of divisions
        raise BadUserInputError(f"the import's name, {called!r}: give it a letter too, as numbers stand for divisions")
    return Request(file, read, called, sheet, observed, tuple(more))


async def look(url: str, request: Request, progress: Progress) -> Preview:
    """What an import into a store would do. Raises SourceError, StoreError."""
    store = open_store(url, "reader")
    try:
        return await preview(store, request, progress)
    finally:
        await store.close()


async def foresee(url: str, looked: Preview, most: int, progress: Progress) -> Effects:
    """What an import that was previewed would do to chains and gaps, at so many targets at most. Raises StoreError."""
    store = open_store(url, "reader")
    try:
        progress.step("looking at the chains")
        return await effects_of(store, looked, most)
    finally:
        await store.close()


async def write(url: str, request: Request, looked: Preview, progress: Progress) -> Report:
    """Write what a preview showed, with its record; the rows that were refused are left out.

    Nothing, where nothing would change. Raises StaleWriteError where somebody wrote since, BatchError, StoreError.
    """
    if not (looked.created or looked.changed or looked.ended):
        return await load(url, [looked.reading], progress)
    write = import_write(request, looked, new_import_id(), person(), {})
    return await _write(url, write, looked.reading, looked.generation, progress)


async def undo(url: str, name: str, progress: Progress) -> Report:
    """Close all that the imports of a name opened; history stays. Raises UndoRefusedError, StoreError."""
    store = open_store(url, "reader")
    try:
        upon = (await store.header()).generation
        write = await plan_undo_all(store, check_name(name), person(), new_import_id())
    finally:
        await store.close()
    return await _write(url, write, Reading(write.origin, (), 0, ()), upon, progress)


async def _write(url: str, write: ImportWrite, reading: Reading, upon: int, progress: Progress) -> Report:
    store = open_store(url, "reader")
    try:
        (_, own), at = write.batches(await last_moment(store), time.time_ns() // 1000)
    finally:
        await store.close()
    record = Reading(own.origin, (), 0, own.records)
    return await load(url, [reading, record], progress, author=write.record.author, upon=upon, recorded_at=at)


def person() -> str:
    """Who runs the command: the operating system's user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, in a container for instance
        return f"uid {os.getuid()}"


async def write_template_of(url: str, mapping: str, out: Path) -> None:
    """Write the template of a mapping, with choices from a store. Raises SourceError, StoreError."""
    read = read_mapping(mapping)
    store = open_store(url, "reader")
    try:
        content = (await store.header()).regimes.get(read.content.regime or "")
        regime = None if content is None else decode_regime(content)
        read.check(regime)
        write_template(read.content, await read_register(store), await read_live(store), regime, out)
    finally:
        await store.close()


async def export_roster(url: str, mapping: str, name: str | None, out: Path, progress: Progress) -> int:
    """Write what an import brought as rows of its mapping, CSV or XLSX, which come back unchanged; how many rows.

    Raises BadUserInputError where nothing was imported, SourceError for what the mapping's rows cannot say, StoreError.
    """
    read = read_mapping(mapping)
    called = check_name(name or read.content.code)
    store = open_store(url, "reader")
    try:
        return await write_roster(store, read, called, out, progress)
    finally:
        await store.close()


def write_schema(out: Path | None) -> None:
    """Write the JSON Schema of mappings to a file, or to stdout. Raises SourceError."""
    if out is None:
        sys.stdout.buffer.write(mapping_schema())
        return
    try:
        out.write_bytes(mapping_schema())
    except OSError as error:
        raise SourceError(Place(out.as_posix()), f"cannot be written: {error.strerror or error}") from error


def save_refused(looked: Preview, request: Request, out: Path | None) -> str | None:
    """Where the refused rows were written, and how many; None where nobody asks for it, or none was refused."""
    if out is None or not looked.refused:
        return None
    return f"{write_refused(looked, request, out)} refused rows were written to {out}"
