"""CSV as it comes (分隔文本): a byte-order mark, else strict UTF-8, else GB18030, else an error; nothing is guessed.

Source: issue "Anybody's roster in", sources. A file is read twice: once whether it is UTF-8, then row by row.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from graph_model.errors import Place, SourceError
from loaders.sheets.tables import MAX_COLUMNS, MAX_EMPTY, Row, Table, is_empty

DELIMITERS = {"tsv": "\t"}
"""By a file's ending; all others are comma-separated, or by what their header has more of."""
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_CHUNK = 1 << 20


def read_delimited(path: Path, name: str) -> Table:
    """The one table of a file of delimited text. Raises SourceError, also while its rows are gone through."""
    encoding = find_encoding(path, name)
    return Table(name, None, _rows(path, name, encoding, _delimiter(path, encoding)))


def find_encoding(path: Path, name: str) -> str:
    """How a file is encoded. Raises SourceError, with the line of the first byte that is neither."""
    with path.open("rb") as file:
        start = file.read(4)
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            line = _first_fault(path, encoding)
            if line is not None:
                raise SourceError(Place(name, line), f"begins with the mark of {encoding}, and is not: save it again")
            return encoding
    faults: dict[str, int] = {}
    for encoding in ("utf-8", "gb18030"):
        line = _first_fault(path, encoding)
        if line is None:
            return encoding
        faults[encoding] = line
    raise SourceError(
        Place(name, faults["utf-8"]),
        f"is neither UTF-8 nor GB18030 (which fails in line {faults['gb18030']}): save it as CSV UTF-8",
    )


def _first_fault(path: Path, encoding: str) -> int | None:
    """The line in which a file is not what the encoding allows."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            try:
                lines += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as error:
                return lines + error.object[: error.start].count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return lines
    return None


def _delimiter(path: Path, encoding: str) -> str:
    known = DELIMITERS.get(path.suffix.lower().lstrip("."))
    if known is not None:
        return known
    with path.open(encoding=encoding, newline="") as file:
        header = file.readline(_CHUNK)
    return max(",;\t", key=header.count)


def _rows(path: Path, name: str, encoding: str, delimiter: str) -> Iterator[Row]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        empty = 0
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise SourceError(Place(name, number), f"is no CSV: {error}") from error
            if cells is None:
                return
            if any("\0" in cell for cell in cells):
                raise SourceError(Place(name, number), "has a zero byte: this is no text; save it as CSV UTF-8")
            if len(cells) > MAX_COLUMNS:
                raise SourceError(Place(name, number), f"has {len(cells):,} columns: no roster has {MAX_COLUMNS:,}")
            if any(cells) and not is_empty(cells):
                empty = 0
                yield Row(number, cells)
                continue
            empty += 1
            if empty > MAX_EMPTY:
                raise SourceError(Place(name, number), f"comes after {MAX_EMPTY:,} empty rows: take them out")
