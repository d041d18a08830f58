"""CSV as it comes (分隔文本): a byte-order mark, else strict UTF-8, else GB18030, else an error; nothing is guessed.

Source: issue "Anybody's roster in", sources. A file is read twice: once whether it is UTF-8, then row by row.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from graph_model.errors import Place, SourceError
from graph_model.records import Text
from loaders.sheets.tables import MAX_COLUMNS, MAX_EMPTY, Row, Table, is_empty, lines_of, too_many_columns

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
                said = Text(
                    f"开头有 {encoding} 的标记，内容却不是：请重新保存",
                    f"begins with the mark of {encoding}, and is not: save it again",
                )
                raise SourceError(Place(name, line), said)
            return encoding
    faults: dict[str, int] = {}
    for encoding in ("utf-8", "gb18030"):
        line = _first_fault(path, encoding)
        if line is None:
            return encoding
        faults[encoding] = line
    raise SourceError(
        Place(name, faults["utf-8"]),
        Text(
            f"既不是 UTF-8，也不是 GB18030（后者在第 {faults['gb18030']} 行不通）：请另存为 CSV UTF-8",
            f"is neither UTF-8 nor GB18030 (which fails in line {faults['gb18030']}): save it as CSV UTF-8",
        ),
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
        reader = csv.reader(lines_of(file, name), delimiter=delimiter, strict=True)
        empty = 0
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise SourceError(Place(name, number), Text(f"不是 CSV：{error}", f"is no CSV: {error}")) from error
            if cells is None:
                return
            if any("\0" in cell for cell in cells):
                said = Text(
                    "含有零字节，不是文本：请另存为 CSV UTF-8",
                    "has a zero byte: this is no text; save it as CSV UTF-8",
                )
                raise SourceError(Place(name, number), said)
            if len(cells) > MAX_COLUMNS:
                raise SourceError(Place(name, number), too_many_columns(len(cells)))
            if any(cells) and not is_empty(cells):
                empty = 0
                yield Row(number, cells)
                continue
            empty += 1
            if empty > MAX_EMPTY:
                said = Text(
                    f"前面有 {MAX_EMPTY:,} 个空行：请删去", f"comes after {MAX_EMPTY:,} empty rows: take them out"
                )
                raise SourceError(Place(name, number), said)
