"""A roster into a store (导入): read, matched, compared with the last import of its name, and written where asked.

An import is an origin of its own, ``import/NAME``: doing it again changes nothing, a corrected file changes what was
corrected, and what its rows no longer say ends. Others' records are never touched: two lists that disagree are two
records, each with its basis.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from graph_model.errors import BadUserInputError
from graph_model.exchange import EDITS
from graph_model.importing import ORIGIN, read_origin
from graph_model.records import AnyRecord, Claim, Relation, Retraction
from graph_model.regime import Regime
from graph_model.regime_file import decode_regime
from graph_model.stores.base import StoreReader
from graph_model.validation import check_records
from loaders.progress import Progress
from loaders.reading import Reading, Refused
from loaders.rosters.beside import tell_apart
from loaders.rosters.building import Built, build
from loaders.rosters.conflicts import circles, disputes
from loaders.rosters.finding import Finder
from loaders.rosters.form import Mapping as Meaning
from loaders.rosters.mapping import ReadMapping
from loaders.rosters.register import read_register
from loaders.rosters.rows import Header, Line, check_zeros, read_lines, unread_titles
from loaders.sheets.opening import open_table

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ASKED_AT_ONCE = 1_000
_MOST_ROWS = 8
_SHOWN_ROWS = _MOST_ROWS + 1
_GOING_ON = frozenset({"-", '".."'})


class Change(Struct, frozen=True):
    """What becomes of one record: its id, and of one that changes each field with what it was and what it becomes."""

    id: str
    fields: tuple[tuple[str, str, str], ...] = ()


class Preview(Struct, frozen=True):
    """What an import would do: row numbers by outcome, records by outcome, and all that was refused."""

    name: str
    file: str
    rows: int
    created_rows: tuple[int, ...]
    changed_rows: tuple[int, ...]
    unchanged_rows: tuple[int, ...]
    refused_rows: tuple[int, ...]
    created: tuple[Change, ...]
    changed: tuple[Change, ...]
    ended: tuple[Change, ...]
    unchanged: int
    refused: tuple[Refused, ...]
    reading: Reading
    before: dict[str, AnyRecord]
    """What is there of the import, by id."""
    generation: int
    """By which state it was planned."""
    ended_rows: tuple[int, ...] = ()
    """The rows that change nothing but give an end to what went on."""
    notes: tuple[str, ...] = ()
    """What was not read at all (columns, rows that are none of the roster), circles, what other sources say."""
    starts: tuple[tuple[int, str], ...] = ()
    """Of several files the name of each, and the number after which its rows are numbered on."""


class Request(Struct, frozen=True):
    """What is to be imported: a file, by a mapping, under a name; ``observed`` is the day that the roster speaks of."""

    file: Path
    mapping: ReadMapping
    name: str
    sheet: str | None = None
    observed: str | None = None
    more: tuple[Path, ...] = ()
    """Further files of the same roster."""


def check_name(name: str) -> str:
    """The name of an import. Raises BadUserInputError."""
    if not _NAME.fullmatch(name):
        raise BadUserInputError(
            f"the import's name, {name!r}: give lower-case ASCII letters and digits with hyphens between"
        )
    return name


async def preview(store: StoreReader, request: Request, progress: Progress) -> Preview:
    """What an import would do; nothing is written. Raises SourceError for a file or mapping that cannot be used."""
    meaning = request.mapping.content
    header_of_store = await store.header()
    content = header_of_store.regimes.get(meaning.regime or "")
    regime = None if content is None else decode_regime(content)
    request.mapping.check(regime)
    progress.step("reading the rows")
    files = _read_files(request)
    progress.step("reading what names may mean")
    finder = await _finder(store, request, regime, [line for file in files for line in file.rows])
    found = [build(finder, file.header, line) for file in files for line in file.rows]
    built = tell_apart(_checked(found), finder.makes)
    progress.step("comparing")
    origin = ORIGIN.format(request.name)
    present = await read_origin(store, origin)
    edited = await _edited(store)
    looked = _compare(request, files, built, present, header_of_store.generation, edited)
    disputed = [text async for text in disputes(store, built, present)]
    kept = sorted({record.id for row in built for record in row.records if record.id in edited})
    left = [f"left as people edited or retracted them since: {', '.join(kept[:5])}"] if kept else []
    notes = [*left, *(note for file in files for note in _notes(file, meaning)), *circles(built), *disputed]
    return structs.replace(looked, notes=tuple(notes))


async def _edited(store: StoreReader) -> set[str]:
    """The ids of what people edited or retracted: a write of files leaves that alone."""
    edits = await read_origin(store, EDITS)
    return edits.keys() | {record.record for record in edits.values() if isinstance(record, Retraction)}


class _File(Struct, frozen=True):
    """One file of a roster: its rows are numbered on from those of the file before (``offset``)."""

    name: str
    header: Header
    lines: tuple[Line, ...]
    offset: int

    @property
    def rows(self) -> list[Line]:
        """Those that are rows of the roster."""
        return [line for line in self.lines if line.left_out is None]


def _read_files(request: Request) -> list[_File]:
    meaning = request.mapping.content
    files: list[_File] = []
    offset = 0
    for path in (request.file, *request.more):
        table = open_table(path, request.sheet or meaning.sheet)
        header, lines = read_lines(table, meaning.columns, meaning.leave_out)
        read = check_zeros(list(lines), header)
        if any(file.name == table.name for file in files):
            raise table.error("there are two files of this name: each row must have a place of its own")
        files.append(
            _File(
                table.name, header, tuple(structs.replace(line, number=offset + line.number) for line in read), offset
            )
        )
        offset = max((line.number for line in files[-1].lines), default=offset)
    return files


def _notes(file: _File, meaning: Meaning) -> Iterator[str]:
    """What of a file was not read at all."""
    unread = unread_titles(file.header, meaning.columns)
    if unread:
        yield f"columns that are not read: {', '.join(each.en for each in unread)}"
    for word in dict.fromkeys(line.left_out for line in file.lines if line.left_out is not None):
        numbers = [line.number - file.offset for line in file.lines if line.left_out == word]
        yield f"left out: {len(numbers)} rows that begin with {word}{_some(list(map(str, numbers)))}"


async def _finder(store: StoreReader, request: Request, regime: Regime | None, rows: Sequence[Line]) -> Finder:
    existing: set[str] = set()
    register = await read_register(store)
    finder = Finder(request.mapping.content, request.name, register, regime, existing.__contains__, request.observed)
    for line in rows:
        finder.prepare(line)
    asked = sorted({each for line in rows for each in finder.ids_asked(line)})
    for first in range(0, len(asked), _ASKED_AT_ONCE):
        existing.update(await store.records(asked[first : first + _ASKED_AT_ONCE]))
    return finder


def _checked(built: Sequence[Built]) -> list[Built]:
    """The rows, those refused whose records break a rule of the model."""
    checked = []
    for row in built:
        faults = tuple(Refused.because(row.place, error.text) for error in check_records(row.records))
        checked.append(structs.replace(row, records=(), faults=(*row.faults, *faults)) if faults else row)
    return checked


def _compare(
    request: Request,
    files: Sequence[_File],
    built: Sequence[Built],
    present: dict[str, AnyRecord],
    generation: int,
    edited: Container[str],
) -> Preview:
    origin = ORIGIN.format(request.name)
    wanted = {record.id: record for row in built for record in row.records}
    created = {key for key in wanted if key not in present and key not in edited}
    changed = {key for key, record in wanted.items() if key in present and present[key] != record}
    fields = {key: _fields(present[key], wanted[key]) for key in changed}
    ending = {key for key in changed if _is_end(fields[key])}
    altered = changed - ending
    by_outcome: dict[str, list[int]] = {"created": [], "changed": [], "ended": [], "unchanged": [], "refused": []}
    for row in built:
        ids = [record.id for record in row.records]
        outcome = next(
            (word for word, some in _outcomes(created, altered, ending) if not some.isdisjoint(ids)), "unchanged"
        )
        by_outcome["refused" if row.faults else outcome].append(row.number)
    _check_balance(built, by_outcome)
    refused = tuple(fault for row in built for fault in row.faults)
    return Preview(
        name=request.name,
        file=", ".join(file.name for file in files),
        rows=len(built),
        created_rows=tuple(by_outcome["created"]),
        changed_rows=tuple(by_outcome["changed"]),
        unchanged_rows=tuple(by_outcome["unchanged"]),
        refused_rows=tuple(by_outcome["refused"]),
        created=tuple(Change(key) for key in sorted(created)),
        changed=tuple(Change(key, fields[key]) for key in sorted(changed)),
        ended=tuple(Change(key) for key in sorted(present.keys() - wanted.keys())),
        unchanged=len(wanted) - len(created) - len(changed),
        refused=refused,
        reading=Reading(origin, tuple(file.name for file in files), len(built), tuple(wanted.values())),
        before=present,
        generation=generation,
        ended_rows=tuple(by_outcome["ended"]),
        starts=tuple((file.offset, file.name) for file in files),
    )


def _outcomes(created: set[str], altered: set[str], ending: set[str]) -> tuple[tuple[str, set[str]], ...]:
    """What becomes of a row by what becomes of its records, what weighs most first."""
    return ("created", created), ("changed", altered), ("ended", ending)


def _check_balance(built: Sequence[Built], by_outcome: dict[str, list[int]]) -> None:
    """Every row that was read came to one thing, and one only: else the report would not be believed.

    Raises AssertionError, which no file can bring about.
    """
    told = sorted(number for numbers in by_outcome.values() for number in numbers)
    read = sorted(row.number for row in built)
    if told != read or len(set(read)) != len(read):
        raise AssertionError(f"{len(read)} rows were read, and {len(told)} came to something")


def _is_end(fields: Sequence[tuple[str, str, str]]) -> bool:
    """Whether all that changes of a record is that something which went on, or whose end nobody knew, has an end."""
    ((field, before, after), *more) = fields
    return not more and field == "validity.until" and before in _GOING_ON and after not in _GOING_ON


def _fields(before: AnyRecord, after: AnyRecord) -> tuple[tuple[str, str, str], ...]:
    """Each field that differs, with its two values as JSON; dates one by one."""
    old, new = _flat(msgspec.to_builtins(before)), _flat(msgspec.to_builtins(after))
    return tuple(
        (field, old.get(field, "-"), new.get(field, "-"))
        for field in sorted(old.keys() | new.keys())
        if old.get(field) != new.get(field)
    )


def _flat(value: object, name: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        return {key: text for part, each in value.items() for key, text in _flat(each, f"{name}{part}.").items()}
    return {name.rstrip("."): msgspec.json.encode(value).decode()}


def tell(preview_: Preview, *, shown: int = 20) -> Iterator[str]:
    """A preview for people: rows by outcome, each change field by field, and every row that was refused."""
    one = preview_
    yield f"{one.file}: {one.rows} rows read"
    yield from (f"  {note}" for note in one.notes[:shown])
    if len(one.notes) > shown:
        yield f"  and {len(one.notes) - shown} more of these"
    for outcome, rows in (
        ("created", one.created_rows),
        ("changed", one.changed_rows),
        ("ended", one.ended_rows),
        ("unchanged", one.unchanged_rows),
        ("refused", one.refused_rows),
    ):
        yield f"  {outcome:<10} {len(rows):>7} rows{_some(_called(rows[:_SHOWN_ROWS], one))}"
    yield (
        f"records: {len(one.created)} created, {len(one.changed)} changed, {one.unchanged} unchanged,"
        f" {len(one.ended)} ended, because no row says them any more"
    )
    for word, changes in (("created", one.created), ("changed", one.changed), ("ended", one.ended)):
        dated = _dates({change.id for change in changes[:shown]}, one.reading) if word == "created" else {}
        for change in changes[:shown]:
            yield f"{word}: {change.id}{dated.get(change.id, '')}"
            for field, before, after in change.fields:
                yield f"    {field}: {before} -> {after}"
        if len(changes) > shown:
            yield f"{word}: and {len(changes) - shown} more"
    for refused in one.refused:
        yield f"refused: {refused}"


def _dates(ids: Container[str], reading: Reading) -> dict[str, str]:
    """Since when and until when some records hold, as words."""
    dated = [each for each in reading.records if each.id in ids and isinstance(each, Relation | Claim)]
    return {
        each.id: "".join(
            f" {word} {day}"
            for word, day in (("since", each.validity.since), ("until", each.validity.until))
            if day is not None
        )
        for each in dated
    }


def _called(rows: Sequence[int], one: Preview) -> list[str]:
    """Rows as people call them: by their number, of several files by file and number."""
    if len(one.starts) < 2:
        return list(map(str, rows))
    return [f"{name}:{row - start}" for row in rows for start, name in [_start(row, one.starts)]]


def _start(row: int, starts: Sequence[tuple[int, str]]) -> tuple[int, str]:
    return max(each for each in starts if each[0] < row)


def _some(rows: Sequence[str]) -> str:
    if not rows:
        return ""
    said = ", ".join(rows[:_MOST_ROWS])
    return f" (row {said}{', ...' if len(rows) > _MOST_ROWS else ''})"
