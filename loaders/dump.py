"""Every record as JSON lines (转储), out of a store and back; the format is described in docs/dump-format.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from graph_model.errors import Place, SourceError
from graph_model.records import AnyRecord, decode, encode
from graph_model.stores.base import StoreReader
from graph_model.validation import check_records
from loaders.reading import Reading, Refused

_MAX_ORIGIN = 200


class _End(Struct, frozen=True, forbid_unknown_fields=True):
    """The last line: how many records stand before it. A dump without it was cut."""

    records: int


class _Line(Struct, frozen=True, forbid_unknown_fields=True):
    origin: str
    record: msgspec.Raw


async def iter_dump(store: StoreReader) -> AsyncIterator[bytes]:
    """The lines of a dump, each with its line end: the records in the order (type, id), then their number."""
    records = 0
    async for origin, record in store.dump():
        yield b'{"origin":' + msgspec.json.encode(origin) + b',"record":' + record + b"}\n"
        records += 1
    yield msgspec.json.encode(_End(records)) + b"\n"


async def write_dump(store: StoreReader, out: BinaryIO) -> int:
    """Write a dump; returns the number of records."""
    records = 0
    async for line in iter_dump(store):
        out.write(line)
        records += 1
    return records - 1  # the last line is no record


def read_dump(path: Path) -> list[Reading]:
    """The readings of a dump, one an origin, in the order of their origins; refused lines stand in the first one.

    Raises SourceError if the file cannot be read or holds no line at all.
    """
    name = path.as_posix()
    by_origin: defaultdict[str, list[AnyRecord]] = defaultdict(list)
    lines: dict[str, int] = {}
    refused: list[Refused] = []
    end, number = None, 0
    try:
        with path.open("rb") as file:
            for number, text in enumerate(file, start=1):
                if end is not None:
                    refused.append(Refused(Place(name, number), "stands behind the last line: take it out"))
                    break
                end = _read_end(text)
                if end is not None:
                    continue
                try:
                    origin, record = _read_line(text)
                except _LineError as error:
                    refused.append(Refused(Place(name, number, error.column, error.value), error.reason))
                    continue
                for fault in check_records([record]):
                    refused.append(Refused(Place(name, number, "record", fault.record), fault.reason))  # noqa: PERF401
                first = lines.setdefault(record.id, number)
                if first != number:
                    reason = f"stands in line {first} already: keep one of the two"
                    refused.append(Refused(Place(name, number, "id", record.id), reason))
                    continue
                by_origin[origin].append(record)
    except OSError as error:
        raise SourceError(Place(name), f"cannot be read: {error.strerror or error}") from error
    if number == 0:
        raise SourceError(Place(name), "is empty: a dump has one record a line")
    if end is None and not refused:
        reason = 'its last line, {"records": ...}, is missing: the dump was cut; write it again'
        refused.append(Refused(Place(name, number), reason))
    elif end is not None and end.records != len(lines) and not refused:
        reason = f"says {end.records} records, but {len(lines)} stand before it: the dump is not whole"
        refused.append(Refused(Place(name, number, "records", str(end.records)), reason))
    origins = sorted(by_origin) or ["unread"]
    return [
        Reading(
            origin=origin,
            files=(name,),
            rows=len(by_origin[origin]),
            records=by_origin[origin],
            refused=tuple(refused) if origin == origins[0] else (),
        )
        for origin in origins
    ]


def _read_end(text: bytes) -> _End | None:
    if not text.startswith(b'{"records"'):
        return None
    try:
        return msgspec.json.decode(text, type=_End)
    except msgspec.DecodeError:
        return None


class _LineError(Exception):
    def __init__(self, reason: str, column: str | None = None, value: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.value = value


def _read_line(text: bytes) -> tuple[str, AnyRecord]:
    try:
        line = msgspec.json.decode(text, type=_Line)
        record = decode(bytes(line.record))
        given = msgspec.json.decode(line.record)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        shown = text[:80].decode("utf-8", "replace").rstrip()
        raise _LineError(f"is no line of a dump: {error}; see docs/dump-format.md", value=shown) from error
    if not 0 < len(line.origin) <= _MAX_ORIGIN or not line.origin.isprintable():
        raise _LineError(f"an origin has 1 to {_MAX_ORIGIN} printable characters", "origin", line.origin)
    unknown = _extra(given, msgspec.json.decode(encode(record)))
    if unknown is not None:
        raise _LineError("is no field of this record, or repeats its default: leave it away", unknown, record.id)
    return line.origin, record


def _extra(given: object, known: object, path: str = "") -> str | None:
    """The first field that a record was given but does not keep."""
    if isinstance(given, dict) and isinstance(known, dict):
        for key, value in given.items():
            here = f"{path}.{key}" if path else str(key)
            if key not in known:
                return here
            deeper = _extra(value, known[key], here)
            if deeper is not None:
                return deeper
    return None
