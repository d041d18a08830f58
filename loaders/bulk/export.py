"""Writing the versions of records into files of a bulk import, one after the other (导出).

Held in memory meanwhile are the ids of the entities and the search keys, each of which has one line, and counts; the
versions themselves pass through.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

import msgspec
from msgspec import Struct

from graph_model.errors import Place, SourceError
from graph_model.exchange import Entry, Stored
from graph_model.records import CLAIM_TYPES, NODE_TYPES, AnyRecord, Relation, decode, type_of
from graph_model.search_keys import kind_of
from graph_model.stores.base import StoreReader
from graph_model.stores.neo4j.rows import Row, keys_of, row_of, table_of
from graph_model.stores.neo4j.schema import APPLICATION, FOREVER, SCHEMA_VERSION
from loaders.bulk.files import (
    ABOUT,
    CLAIMS,
    ENTITIES,
    FILES,
    FINDS_CLAIMS,
    FINDS_NODES,
    HEAD,
    ITEMS,
    KEYS,
    NODES,
    OF,
    RELATIONS,
    TALLIED,
    TALLIES,
    WRITES,
    File,
    day_text,
    line_of,
    list_text,
)

_BUFFER = 1 << 20
_TOUCHED_AT_MOST = 1_000
"""A write that touched more is found among the records of its origins, as the store does it."""

TallyKey = tuple[str, str, str]


class Counts(Struct, frozen=True):
    """How many lines there are of what."""

    entities: int
    versions: int
    search_keys: int


class BulkFiles:
    """The open files of one export; closed, they hold all that was written."""

    def __init__(self, folder: Path, *, compress: bool = False) -> None:
        """Make the files in an empty or new folder, each with ``.gz`` where they are compressed. Raises SourceError."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise SourceError(Place(folder.as_posix()), "is not empty: choose a new folder for the files")
            self._files = {file.name: _opened(folder / file.name, compress=compress) for file in FILES}
        except OSError as error:
            raise SourceError(Place(folder.as_posix()), f"cannot be written: {error.strerror or error}") from error
        for file in FILES:
            self.write(file, f"{file.header}\n".encode())

    def write(self, file: File, lines: bytes) -> None:
        """Write lines."""
        self._files[file.name].write(lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for handle in self._files.values():
            handle.close()


def _opened(path: Path, *, compress: bool) -> BinaryIO:
    if not compress:
        return path.open("wb", buffering=_BUFFER)
    packed: object = gzip.open(path.with_name(f"{path.name}.gz"), "wb", compresslevel=1)  # noqa: SIM115 - BulkFiles closes it
    return cast("BinaryIO", packed)


class Lines:
    """The lines of versions, by file: each entity and search key once. Their numbers begin with ``prefix``."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self.entities: set[str] = set()
        self.keys: set[str] = set()
        self.versions = 0
        self._numbers: Counter[str] = Counter()
        self.tallies: defaultdict[TallyKey, Counter[int]] = defaultdict(Counter)
        self.touched: defaultdict[int, set[str]] = defaultdict(set)

    def of(self, version: Stored) -> Iterator[tuple[File, str]]:
        """The lines of one version, with all that hangs on it."""
        record = decode(version.data)
        self.versions += 1
        until = FOREVER if version.recorded_to is None else version.recorded_to
        self._count(record, version)
        row = row_of(record, version.data.decode())
        current = (version.recorded_from, until)
        data, stamps = row[1], (row[0], row[2], version.origin)
        if isinstance(record, Relation):
            yield from self._entity(record.source)
            yield from self._entity(record.target)
            possible, certain = _days(row)
            asked, told = (*current, *possible, data, row[8]), (*stamps, row[3], row[4], row[5], *certain)
            yield RELATIONS[table_of(record)], line_of(record.source, record.target, *asked, *told)
        elif isinstance(record, NODE_TYPES):
            number = self._number(NODES)
            yield NODES, line_of(number, *current, data, *stamps, row[3], row[4], row[6], row[7], row[8])
            yield from self._entity(record.id)
            yield OF, line_of(number, record.id)
            yield from self._finds(FINDS_NODES, record, number)
        elif isinstance(record, CLAIM_TYPES):
            number = self._number(CLAIMS)
            seen = row[13]
            observed = list_text([day_text(day) for day in seen]) if isinstance(seen, list) else None
            possible, certain = _days(row)
            asked, told = (*current, data, row[8]), (*stamps, row[3], row[4], row[6], *possible, *certain, observed)
            yield CLAIMS, line_of(number, *asked, *told)
            yield from self._entity(record.subject)
            yield ABOUT, line_of(number, record.subject)
            yield from self._finds(FINDS_CLAIMS, record, number)
        else:
            yield ITEMS, line_of(*current, data, *stamps, row[3], row[4], row[5])

    def _entity(self, entity: str) -> Iterator[tuple[File, str]]:
        if entity not in self.entities:
            self.entities.add(entity)
            yield ENTITIES, line_of(entity)

    def _finds(self, file: File, record: AnyRecord, number: str) -> Iterator[tuple[File, str]]:
        for key, is_beginning in keys_of(record):
            if key not in self.keys:
                self.keys.add(key)
                yield KEYS, line_of(key)
            yield file, line_of(key, number, is_beginning)

    def _number(self, file: File) -> str:
        self._numbers[file.name] += 1
        return f"{self._prefix}{self._numbers[file.name]}"

    def _count(self, record: AnyRecord, version: Stored) -> None:
        tally = self.tallies[type_of(record), kind_of(record) or "", record.provenance.value]
        for moment, sign in ((version.recorded_from, 1), (version.recorded_to, -1)):
            if moment is None:
                continue
            tally[moment] += sign
            if len(self.touched[moment]) <= _TOUCHED_AT_MOST:
                self.touched[moment].add(record.id)

    def sort_lines(self) -> Iterator[str]:
        """The sorts of records that were ever counted."""
        for key, changes in sorted(self.tallies.items()):
            if any(changes.values()):
                yield line_of(*key)

    def tally_lines(self) -> Iterator[str]:
        """How many records of each sort were current, from when to when."""
        for key, changes in sorted(self.tallies.items()):
            number, rows = 0, []
            for moment in sorted(changes):
                if changes[moment]:
                    number += changes[moment]
                    rows.append((moment, number))
            if not rows:
                continue
            ends = [*(moment for moment, _ in rows[1:]), FOREVER]
            for (moment, number), end in zip(rows, ends, strict=True):
                yield line_of(*key, number, moment, end)


def _days(row: Row) -> tuple[list[str], list[str]]:
    """From when to when the version of a row is possible, and is certain."""
    possible_from, certain_from, certain_until, possible_until = (
        day_text(day) for day in row[9:13] if isinstance(day, int)
    )
    return [possible_from, possible_until], [certain_from, certain_until]


class WriteRow(Struct, frozen=True):
    """A write as the journal of the files has it, with the digest and answer of its key."""

    entry: Entry
    digest: str = ""
    answer: bytes = b""


def journal_lines(writes: Iterable[WriteRow], lines: Lines) -> Iterator[str]:
    """The journal."""
    for write in writes:
        entry, touched = write.entry, lines.touched[write.entry.recorded_at]
        written = entry.written
        yield line_of(
            entry.number,
            entry.recorded_at,
            entry.author,
            entry.action,
            msgspec.json.encode(entry.basis).decode(),
            entry.key,
            write.digest,
            write.answer or None,
            msgspec.json.encode(entry.origins).decode(),
            entry.version,
            list_text(sorted(touched)) if len(touched) <= _TOUCHED_AT_MOST else None,
            written.created,
            written.changed,
            written.unchanged,
            written.ended,
            written.kept,
        )


def head_line(last: Entry) -> str:
    """The head after the last write."""
    return line_of(APPLICATION, SCHEMA_VERSION, last.recorded_at, last.number, last.version)


async def export_store(
    store: StoreReader, folder: Path, progress: Callable[[int], None], *, compress: bool = False
) -> Counts:
    """Write all versions and the journal of a store into files. Raises SourceError, StoreError."""
    lines = Lines()
    with BulkFiles(folder, compress=compress) as files:
        writes = [row async for row in _journal(store)]
        if not writes:
            raise SourceError(Place(folder.as_posix()), "the store holds nothing yet: load data into it first")
        last = writes[-1].entry
        async for version in store.versions():
            if version.recorded_from > last.recorded_at:
                continue  # written since: it is in no entry of this export
            for file, line in lines.of(_as_of(version, last.recorded_at)):
                files.write(file, line.encode())
            progress(1)
            if lines.versions % 1_000 == 0:
                await asyncio.sleep(0)
        finish(files, writes, lines)
    return Counts(len(lines.entities), lines.versions, len(lines.keys))


def _as_of(version: Stored, moment: int) -> Stored:
    """A version as it was at a moment: what ended later was still current."""
    if version.recorded_to is None or version.recorded_to <= moment:
        return version
    return msgspec.structs.replace(version, recorded_to=None)


def finish(files: BulkFiles, writes: Sequence[WriteRow], lines: Lines) -> None:
    """What stands once in the graph: tallies, journal, head."""
    for file, rows in (
        (TALLIES, lines.tally_lines()),
        (TALLIED, lines.sort_lines()),
        (WRITES, journal_lines(writes, lines)),
        (HEAD, iter([head_line(writes[-1].entry)])),
    ):
        for row in rows:
            files.write(file, row.encode())


async def _journal(store: StoreReader) -> AsyncIterator[WriteRow]:
    """The journal from its first entry on, as far as it goes now."""
    last = (await store.header()).generation
    entries: list[Entry] = []
    before: int | None = last + 1
    while before is not None:
        page = await store.journal(first=1_000, before=before)
        entries += page.entries
        before = page.entries[-1].number if page.has_next else None
    for entry in reversed(entries):
        if entry.key is None:
            yield WriteRow(entry)
        else:
            whole = await store.read_write(entry.number)
            yield WriteRow(entry, whole.digest, whole.answer)
