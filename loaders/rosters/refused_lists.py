"""The refused rows as files (退回名单): the same table with its reasons, as CSV or as a workbook with comments.

Nothing in them is a formula: every cell of the workbook is a text, and in CSV an apostrophe stands before what a sheet
would run. Rows are written as they are read: the length of a list costs no memory, but for the comments of a workbook.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from msgspec import Struct
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from graph_model.errors import Place, SourceError
from graph_model.records import Text
from loaders.reading import Refused
from loaders.rosters.importing import Preview
from loaders.rosters.reading import Request
from loaders.rosters.rows import Header, titled_rows
from loaders.sheets.opening import open_table
from loaders.sheets.tables import Row, Table, text_of

CSV, XLSX = "refused.csv", "refused.xlsx"
REASONS: Final = ("原因", "reason")
"""The same in Chinese and in English: whoever gets the list may read either."""
PLACE: Final = "place / 位置"
"""Of several files: where a row stands, by file and number."""
MOST_ROWS: Final = 5_000
"""A workbook with comments is made for so many refused rows; more go into CSV alone."""
_MOST_CHARACTERS: Final = 32_000
"""A cell of a workbook holds 32,767."""
_ILLEGAL: Final = {number: None for number in range(32) if number not in {9, 10, 13}}
_FAULTY: Final = PatternFill("solid", fgColor="FFF3C4")
_WIDTH: Final = 18
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """A text as no sheet takes it for a formula, full-width signs among them: behind an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def check_list(out: Path) -> None:
    """Raises SourceError where no list can be written under this name."""
    if out.suffix.lower() not in _FORMS:
        raise SourceError(
            Place(out.as_posix()), "refused rows are written as CSV or XLSX: give a name that ends in .csv or .xlsx"
        )
    if out.exists():
        raise _is_there(out)


def write_refused(looked: Preview, request: Request, out: Path) -> int:
    """Write the refused rows of all files to a new one, CSV or XLSX by its ending; how many. Raises SourceError.

    What was refused is told in the order of files and rows. Columns of several files that the mapping reads alike, or
    that are called the same, are one.
    """
    check_list(out)
    ending = out.suffix.lower()
    if ending == ".xlsx" and len(looked.refused_rows) > MOST_ROWS:
        raise SourceError(
            Place(out.as_posix()),
            f"{len(looked.refused_rows):,} rows were refused, and a workbook with comments is made for"
            f" {MOST_ROWS:,}: give a name that ends in .csv",
        )
    titles, sources = _aligned(request)
    lines = _lines(looked, sources, len(titles))
    titles += [*REASONS, PLACE] if len(sources) > 1 else REASONS
    try:
        with out.open("xb") as file:
            try:
                return _FORMS[ending](file, titles, lines)
            except BaseException:
                out.unlink()  # half a list would be taken for the whole one
                raise
    except FileExistsError as error:
        raise _is_there(out) from error
    except OSError as error:
        raise SourceError(Place(out.as_posix()), f"cannot be written: {error.strerror or error}") from error


def write_lists(looked: Preview, request: Request, folder: Path) -> tuple[str, ...]:
    """Write the lists that a page gives back; their names, none where no row was refused. Raises SourceError."""
    for name in (CSV, XLSX):
        (folder / name).unlink(missing_ok=True)
    if not looked.refused_rows:
        return ()
    names = (CSV, XLSX) if len(looked.refused_rows) <= MOST_ROWS else (CSV,)
    for name in names:
        write_refused(looked, request, folder / name)
    return names


def _is_there(out: Path) -> SourceError:
    return SourceError(Place(out.as_posix()), "is there already, and is not written over")


class _Source(Struct, frozen=True):
    """A file: its rows, and where each of its columns stands in the list, from 0."""

    table: Table
    header: Header
    rows: Iterator[Row]
    places: Sequence[int]


class _Line(Struct, frozen=True):
    """A row of the list; ``faults`` are reasons by the cell that they are about, or that of the reasons, from 0."""

    cells: Sequence[str]
    faults: dict[int, list[str]]


def _aligned(request: Request) -> tuple[list[str], list[_Source]]:
    """The titles of all files, and the files. Raises SourceError."""
    meaning = request.mapping.content
    titles: list[str] = []
    known: dict[tuple[object, ...], int] = {}
    sources = []
    for path in (request.file, *request.more):
        table = open_table(path, request.sheet or meaning.sheet)
        header, rows = titled_rows(table, meaning.columns)
        read = {at: name for name, at in header.places.items()}
        called: Counter[str] = Counter()
        places = []
        for at, title in enumerate(header.all_titles):
            called[title] += 1
            key = ("read", read[at]) if at in read else ("called", title, called[title])
            if key not in known:
                known[key] = len(titles)
                titles.append(title)
            places.append(known[key])
        sources.append(_Source(table, header, rows, places))
    return titles, sources


def _lines(looked: Preview, sources: Sequence[_Source], width: int) -> Iterator[_Line]:
    """The rows that were refused, as they stand in the files; both are gone through once, side by side."""
    by_row = itertools.groupby(looked.refused, key=lambda each: (each.place.file, each.place.row))
    starts = {file: start for start, file in looked.starts}
    waiting = next(by_row, None)
    for source in sources:
        for row in source.rows:
            if waiting is not None and waiting[0] == (source.table.name, row.number):
                said = looked.spool.line(starts[source.table.name] + row.number).texts
                yield _line(source, row, said, list(waiting[1]), width, is_placed=len(sources) > 1)
                waiting = next(by_row, None)
    if waiting is not None:
        raise sources[0].table.error(
            Text(
                "预览之后内容变了，被拒绝的行对不上：请再预览一次",
                "changed after it was previewed, and its refused rows are no longer there: preview it again",
            )
        )


def _line(
    source: _Source, row: Row, said: Mapping[str, str], refused: Sequence[Refused], width: int, *, is_placed: bool
) -> _Line:
    """A row with its reasons; cells that stand under no title come after them.

    Numbers and dates are as they were read (``said``): 2017.1 may be shown as 2017.10. What a merged cell speaks for is
    filled in.
    """
    read = {at: said.get(name) for name, at in source.header.places.items()}
    given = [
        value if isinstance(value, str) and value else read.get(at) or text_of(value)
        for at, value in enumerate(row.cells)
    ]
    given += [read.get(at) or "" for at in range(len(given), len(source.places))]
    cells = [""] * width
    for at, text in zip(source.places, given, strict=False):
        cells[at] = text
    titles = source.header.all_titles
    faults: dict[int, list[str]] = {}
    for one in refused:
        at = source.places[titles.index(one.place.column)] if one.place.column in titles else width
        faults.setdefault(at, []).append(f"{one.text.zh}\n{one.text.en}")
    chinese = (f"{one.place.column}：{one.text.zh}" if one.place.column else one.text.zh for one in refused)
    english = (f"{one.place.column}: {one.text.en}" if one.place.column else one.text.en for one in refused)
    place = [str(source.table.place(row))] if is_placed else []
    return _Line([*cells, "；".join(chinese), "; ".join(english), *place, *given[len(source.places) :]], faults)


def _write_csv(file: IO[bytes], titles: Sequence[str], lines: Iterable[_Line]) -> int:
    written = 0
    with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(map(harmless, titles))
        for line in lines:
            writer.writerow(map(harmless, line.cells))
            written += 1
    return written


def _write_workbook(file: IO[bytes], titles: Sequence[str], lines: Iterable[_Line]) -> int:
    """What is wrong with a cell stands on it as a comment; what is wrong with the whole row on its reason."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("refused")
    sheet.freeze_panes = "A2"
    for at, title in enumerate(titles, 1):
        sheet.column_dimensions[get_column_letter(at)].width = 4 * _WIDTH if title in REASONS else _WIDTH
    head = [_text(sheet, title) for title in titles]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    written = 0
    for line in lines:
        row = [_text(sheet, text) for text in line.cells]
        for at, said in line.faults.items():
            row[at].comment = Comment(_bounded("\n".join(said)), "Zeren", height=200, width=320)
            row[at].fill = _FAULTY
        sheet.append(row)
        written += 1
    book.save(file)
    return written


def _text(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    """A cell that is a text, and never a formula."""
    cell = WriteOnlyCell(sheet, _bounded(text))
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _bounded(text: str) -> str:
    return text.translate(_ILLEGAL)[:_MOST_CHARACTERS]


_FORMS: Final = {".csv": _write_csv, ".xlsx": _write_workbook}
