"""What all tables share (表格): rows of cells, each with the number that a person sees, and cells as texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TextIO, TypeAlias

from msgspec import Struct

from graph_model.errors import Place, SourceError
from graph_model.records import Text

Value: TypeAlias = "str | int | float | bool | date | datetime | time | timedelta | None"
MAX_COLUMNS = 1_000
"""Columns of a table: no roster has more."""
MAX_LINE = 1 << 20
"""Characters of a line of text: as many as all its cells may have."""
MAX_EMPTY = 100_000
"""Empty rows in the middle of a table."""
NO_SHEETS = Text("没有工作表：请不要指定 --sheet", "has no sheets: leave --sheet away")
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What stands in no text: control characters, halves of characters."""
_BLANK = re.compile(r"[\s\u00a0\u200b-\u200f\u2060\u3000\ufeff]+")
_WIDE: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}
_WIDE |= {ord("－"): "-", ord("．"): "."}


_ERROR = re.compile(r"#(?:[A-Z_]+[!?]|N/A|DIV/0!|GETTING_DATA)|(?:Err|错误):\d{3}")


class CellError(str):
    """What a cell shows that is an error of the sheet (错误值): no value, and not empty either."""

    __slots__ = ()


def is_error(text: str) -> bool:
    """Whether a text is what a sheet shows in place of a value: ``#REF!``, ``#N/A``, ``Err:502``."""
    return _ERROR.fullmatch(text) is not None


class Row(Struct, frozen=True):
    """One row: its number as a person sees it, from 1, and its cells; trailing empty cells may be left away."""

    number: int
    cells: Sequence[Value]
    at: str | None = None
    """Where it stands in a file that has no rows: a JSON pointer, the IRI of a subject."""


class Table(Struct, frozen=True):
    """One table of a file. ``rows`` may be gone through once; ``format_of`` tells how a cell is shown."""

    file: str
    sheet: str | None
    rows: Iterator[Row]
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()
    """First and last (row, column) of each merged area, from 0."""
    titles: Sequence[str] | None = None
    """The titles of a file whose records name their fields; None where they stand in its first rows."""
    format_of: Callable[[int, int], str | None] = lambda _row, _column: None
    """The format of a number, or of a date of which no day is shown, by row and column, from 0; None for all else."""

    @property
    def name(self) -> str:
        """File and sheet, as errors call them."""
        return self.file if self.sheet is None else f"{self.file}[{self.sheet}]"

    def place(self, row: Row) -> Place:
        """Where a row of this table stands."""
        return Place(self.name, row.number, at=row.at)

    def error(self, reason: str | Text, row: int | None = None, column: str | None = None) -> SourceError:
        """An error about a place of this table."""
        return SourceError(Place(self.name, row, column), reason)


def text_of(value: Value) -> str:
    """A cell as a text: blanks of all sorts are one space, full-width letters and digits narrow ones; empty is ''."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return _BLANK.sub(" ", str(value).translate(_WIDE)).strip()


def too_many_columns(columns: int) -> Text:
    """What to say of a table that has more columns than any roster."""
    return Text(
        f"有 {columns:,} 列：名册不会有 {MAX_COLUMNS:,} 列", f"has {columns:,} columns: no roster has {MAX_COLUMNS:,}"
    )


def is_empty(cells: Sequence[Value]) -> bool:
    """Whether nothing stands in any cell."""
    return not any(text_of(cell) for cell in cells)


def lines_of(file: TextIO, name: str) -> Iterator[str]:
    """The lines of a text, none of which is held before it is known to be short. Raises SourceError."""
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            said = Text(
                f"这一行超过 {MAX_LINE:,} 个字符：也许少了换行或引号",
                f"this line is longer than {MAX_LINE:,} characters: a line end or a quote may be missing",
            )
            raise SourceError(Place(name, number), said)
        yield line
