"""``python -m loaders import`` and ``undo-import`` (导入命令): preview by default, write where it is asked for."""

from __future__ import annotations

import sys
from pathlib import Path

from graph_model.errors import BadUserInputError, Place, SourceError
from loaders.progress import Progress
from loaders.reading import Reading
from loaders.report import Report
from loaders.rosters.form import mapping_schema
from loaders.rosters.importing import ORIGIN, Preview, Request, check_name, preview, write_refused
from loaders.rosters.mapping import read_mapping
from loaders.stores import open_store
from loaders.writing import load


def request_of(file: Path, mapping: str, name: str | None, sheet: str | None, observed: str | None) -> Request:
    """What is asked for; the import has the mapping's name where none is given. Raises SourceError."""
    read = read_mapping(mapping)
    return Request(file, read, check_name(name or read.content.code), sheet, observed)


async def look(url: str, request: Request, progress: Progress) -> Preview:
    """What an import into a store would do. Raises SourceError, StoreError."""
    store = open_store(url, "reader")
    try:
        return await preview(store, request, progress)
    finally:
        await store.close()


async def write(url: str, looked: Preview, progress: Progress) -> Report:
    """Write what a preview showed; the rows that were refused are left out. Raises BatchError, StoreError."""
    return await load(url, [looked.reading], progress)


async def undo(url: str, name: str, progress: Progress) -> Report:
    """Close all that the imports of a name opened; history stays. Raises BadUserInputError for nothing."""
    origin = ORIGIN.format(check_name(name))
    store = open_store(url, "reader")
    try:
        found = [record async for record in store.of_origin(origin)]
    finally:
        await store.close()
    if not found:
        raise BadUserInputError(f"nothing that is current was imported as {name!r}")
    return await load(url, [Reading(origin, (), 0, ())], progress)


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
