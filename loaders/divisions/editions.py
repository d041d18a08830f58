"""One edition of a city's divisions (区划版本): a strict CSV file, named after the day of its state.

Columns: ``code,name,parent,level`` and, if wanted, ``name_en``. UTF-8, with or without a byte order mark; the order
of the rows does not matter. Every row that breaks a rule is refused, all of them in one reading.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from graph_model.dates import parse_day
from graph_model.errors import BadDateError, Place
from loaders.reading import Refused

LEVELS = ("city", "county", "township", "village")
CODE_LENGTHS = {"city": 4, "county": 6, "township": 9, "village": 12}
COLUMNS = ("code", "name", "parent", "level")
ENGLISH = "name_en"

_DIGITS = re.compile(r"[0-9]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]")


class Entry(Struct, frozen=True):
    """One row: code, full name, the parent's code (empty for the city), level, English name if there is one."""

    code: str
    name: str
    parent: str
    level: str
    english: str | None = None


class Edition(Struct, frozen=True):
    """All entries of one city on one day, by code, in the order of the codes; ``city`` is the city's code."""

    day: str
    city: str
    entries: Mapping[str, Entry]

    def of_level(self, level: str) -> Iterator[Entry]:
        """The entries of one level, in the order of their codes."""
        return (entry for entry in self.entries.values() if entry.level == level)


class EditionFile(Struct, frozen=True):
    """What reading one file gave; ``edition`` is None if anything was refused."""

    name: str
    rows: int
    edition: Edition | None
    refused: tuple[Refused, ...]


def read_edition(path: Path) -> EditionFile:
    """Read one file; whatever is wrong with it is in ``refused``, with row, column, value, reason and remedy."""
    name = path.as_posix()
    refused: list[Refused] = []
    rows = _read_rows(path, name, refused)
    entries: dict[str, Entry] = {}
    lines: dict[str, int] = {}
    codes = {row.get("code", "") for _, row in rows}
    for line, row in rows:
        faults = list(_faults(row, codes))
        if row["code"] in lines:
            faults.append(("code", f"stands in row {lines[row['code']]} already: keep one of the two"))
        lines.setdefault(row["code"], line)
        refused += [Refused(Place(name, line, column, row[column]), reason) for column, reason in faults]
        if not faults:
            entries[row["code"]] = Entry(
                row["code"], row["name"], row["parent"], row["level"], row.get(ENGLISH, "") or None
            )
    cities = sorted(code for code in lines if len(code) == CODE_LENGTHS["city"])
    for code in cities[1:]:
        reason = f"is a second city beside {cities[0]}: give each city a file of its own"
        refused.append(Refused(Place(name, lines[code], "code", code), reason))
    if rows and not cities:
        refused.append(Refused(Place(name), "has no row of level city: add the city itself (a code of 4 digits)"))
    try:
        parse_day(path.stem)
    except BadDateError:
        refused.append(Refused(Place(name), "is not named after its day: call it as 2017-10-31.csv"))
    refused.sort(key=lambda one: one.place.row or 0)
    edition = None if refused else Edition(path.stem, cities[0], {code: entries[code] for code in sorted(entries)})
    return EditionFile(name, len(rows), edition, tuple(refused))


def _read_rows(path: Path, name: str, refused: list[Refused]) -> list[tuple[int, dict[str, str]]]:
    """The rows with the line on which each ends; those of a wrong number of fields are refused here."""
    try:
        data = path.read_bytes()
    except OSError as error:
        refused.append(Refused(Place(name), f"cannot be read: {error.strerror or error}"))
        return []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        refused.append(Refused(Place(name, row), "is not UTF-8: save the file as CSV in UTF-8"))
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        header = next(reader, [])
        if tuple(header) not in {COLUMNS, (*COLUMNS, ENGLISH)}:
            wanted = f"the first row must be {','.join(COLUMNS)} or {','.join((*COLUMNS, ENGLISH))}"
            refused.append(Refused(Place(name, 1, value=",".join(header)), wanted))
            return []
        for fields in reader:
            if len(fields) == len(header):
                rows.append((reader.line_num, dict(zip(header, fields, strict=True))))
            else:
                reason = f"has {len(fields)} fields instead of {len(header)}: {_remedy(fields, header)}"
                refused.append(Refused(Place(name, reader.line_num, value=",".join(fields)), reason))
    except csv.Error as error:
        refused.append(Refused(Place(name, reader.line_num), f"is no CSV: {error}; quote fields with commas in them"))
        return []
    if not rows and not refused:
        refused.append(Refused(Place(name), "has no rows below the header: extract the edition again"))
    return rows


def _remedy(fields: Sequence[str], header: Sequence[str]) -> str:
    if not fields:
        return "remove the empty row"
    return "fill in the missing ones" if len(fields) < len(header) else "quote fields with commas in them"


def _faults(row: Mapping[str, str], codes: set[str]) -> Iterator[tuple[str, str]]:
    """(column, reason and remedy) of whatever is wrong with a row; ``codes`` are all codes of the file."""
    code, name, parent, level = (row[column] for column in COLUMNS)
    if level not in CODE_LENGTHS:
        yield "level", f"is no level: write one of {', '.join(LEVELS)}"
    if _DIGITS.fullmatch(code) is None:
        yield "code", "is no code: write digits only"
    elif level in CODE_LENGTHS and len(code) != CODE_LENGTHS[level]:
        yield "code", f"has {len(code)} digits: a {level} has {CODE_LENGTHS[level]}; correct the code or the level"
    else:
        yield from _parent_faults(code, parent, level, codes)
    for column, text in (("name", name), (ENGLISH, row.get(ENGLISH, ""))):
        if text != text.strip() or _UNPRINTABLE.search(text):
            yield column, "has spaces around it or unprintable characters: remove them"
    if not name.strip():
        yield "name", "is empty: write the full name"


def _parent_faults(code: str, parent: str, level: str, codes: set[str]) -> Iterator[tuple[str, str]]:
    if level == LEVELS[0]:
        if parent:
            yield "parent", "must be empty: a city is the top of its file"
    elif level in CODE_LENGTHS:
        above = LEVELS[LEVELS.index(level) - 1]
        expected = code[: CODE_LENGTHS[above]]
        if parent != expected:
            yield "parent", f"must be the {above} {expected}, with which the code {code} begins: correct one of them"
        elif parent not in codes:
            yield "parent", f"is missing from this file: add the row of the {above} {parent}"
