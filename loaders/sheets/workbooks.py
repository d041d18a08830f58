"""Workbooks as they come (工作簿): XLSX, XLS and ODS by python-calamine; formulas are never evaluated.

How a number is shown is told by openpyxl, and only where that decides (2017.1: January or October?).
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from graph_model.errors import Place, SourceError
from graph_model.records import Text
from graph_model.texts import quoted
from loaders.sheets.cell_errors import Rows as ErrorRows
from loaders.sheets.cell_errors import iter_errors
from loaders.sheets.extent import Extent, extent_of
from loaders.sheets.tables import MAX_COLUMNS, Row, Table, Value, is_empty
from loaders.written_dates import shows_month_alone

EXAMPLES = "示例 examples"
"""The sheet of a template that shows how it is filled in: never read."""
ENDINGS = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
MAX_BYTES = 100 << 20
MAX_UNPACKED = 1 << 30
MAX_PARTS = 10_000
MAX_CELLS = 20_000_000
"""Cells of a sheet as a grid: what is read makes room for all of them at once."""
_BROKEN = (
    ET.ParseError,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the readers of archives and of XML raise where a file is broken, or locked by a password."""
MAX_RATIO = 500
"""A part of a workbook that unpacks to so many times its size is a bomb; real sheets stay below a hundred."""


def read_workbook(path: Path, name: str, sheet: str | None) -> Table:
    """One sheet of a workbook: the one of that name, or the only one that is not empty. Raises SourceError."""
    has_errors = _check_safe(path, name)
    with _refusing(name):
        book = CalamineWorkbook.from_path(path)
        shown = [
            each.name
            for each in book.sheets_metadata
            if each.typ == SheetTypeEnum.WorkSheet and each.visible == SheetVisibleEnum.Visible
        ]
        chosen = _choose(book, name, shown, sheet)
        merged = tuple(chosen.merged_cell_ranges or ())
    errors = iter_errors(path, name, chosen.name) if has_errors else iter(())
    return Table(name, chosen.name, _rows(chosen, name, errors), merged, format_of=_formats(path, chosen.name))


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """Refuses a file that calamine cannot read, also where it panics: some broken XLS make it do so."""
    try:
        yield
    except BaseException as error:
        # A panic of Rust is no Exception, and its class can be imported from nowhere.
        if isinstance(error, CalamineError | OSError) or type(error).__name__ == "PanicException":
            raise _unreadable(name, str(error)) from error
        raise


def _unreadable(name: str, why: str) -> SourceError:
    return SourceError(Place(name), Text(f"不能作为工作簿读取：{why}", f"cannot be read as a workbook: {why}"))


def _choose(book: CalamineWorkbook, name: str, shown: list[str], sheet: str | None) -> CalamineSheet:
    if sheet is not None:
        if sheet not in shown:
            said = Text(
                f"没有工作表{quoted(sheet)}，现有：{'、'.join(shown) or '无'}",
                f"has no sheet {sheet!r}; it has: {', '.join(shown) or 'none'}",
            )
            raise SourceError(Place(name), said)
        return book.get_sheet_by_name(sheet)
    filled = [found for each in shown if (found := _filled(book, each)) is not None]
    if len(filled) != 1:
        names = [each.name for each in filled]
        said = (
            Text(
                f"有几张工作表：请用 --sheet 选一张：{'、'.join(names)}",
                f"has several sheets: choose one with --sheet: {', '.join(names)}",
            )
            if filled
            else Text("没有一张工作表上有内容", "has no sheet with anything on it")
        )
        raise SourceError(Place(name), said)
    return filled[0]


def _filled(book: CalamineWorkbook, name: str) -> CalamineSheet | None:
    """A sheet that may be the roster: with something on it, and not the examples of a template."""
    found = book.get_sheet_by_name(name)
    return None if found.end is None or name == EXAMPLES else found


def _rows(sheet: CalamineSheet, name: str, errors: Iterator[ErrorRows]) -> Iterator[Row]:
    """The rows with their errors, also where nothing else stands in a row, or to the right of it."""
    erroneous = next(errors, None)
    number = 0
    for number, cells in enumerate(_grid(sheet, name), 1):
        while erroneous is not None and erroneous.last < number:
            erroneous = next(errors, None)
        row = cells if erroneous is None or number < erroneous.first else _with_errors(cells, erroneous)
        if not is_empty(row):
            yield Row(number, row)
    while erroneous is not None:
        for below in range(max(erroneous.first, number + 1), erroneous.last + 1):
            yield Row(below, _with_errors([], erroneous))
        erroneous = next(errors, None)


def _grid(sheet: CalamineSheet, name: str) -> Iterator[list[Value]]:
    """All rows from the first one, all cells from the first column, one row after the other."""
    with _refusing(name):
        left: list[Value] = [""] * (0 if sheet.start is None else sheet.start[1])
        rows = sheet.iter_rows()
    while True:
        with _refusing(name):
            cells = next(rows, None)
        if cells is None:
            return
        yield [*left, *cells]


def _with_errors(cells: Sequence[Value], errors: ErrorRows) -> list[Value]:
    row = list(cells)
    for span in errors.spans:
        end = min(span.last + 1, max(len(row), MAX_COLUMNS))
        row += [None] * (end - len(row))
        row[span.first : end] = [span.text] * (end - span.first)
    return row


def _formats(path: Path, sheet: str) -> Callable[[int, int], str | None]:
    @cache
    def formats() -> dict[tuple[int, int], str]:
        if path.suffix.lower() not in {".xlsx", ".xlsm"}:
            return {}
        try:
            return _read_formats(path, sheet)
        except Exception:  # of any class: openpyxl is not ready for all styles that other programs write
            return {}  # then no number that could mean two dates is taken: its row is refused

    return lambda row, column: formats().get((row, column))


def _read_formats(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
    try:
        return {
            (cell.row - 1, cell.column - 1): str(cell.number_format)
            for row in book[sheet].iter_rows()
            for cell in row
            if isinstance(cell.value, float)
            or (isinstance(cell.value, date) and cell.value.day == 1 and shows_month_alone(str(cell.number_format)))
        }
    finally:
        book.close()


def _check_safe(path: Path, name: str) -> bool:
    """Whether cells may be errors. Raises SourceError for a workbook that unpacks to more than any roster does."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        said = Text(
            f"有 {size >> 20} MiB，工作簿最多 {MAX_BYTES >> 20}：请另存为 CSV",
            f"has {size >> 20} MiB; a workbook may have {MAX_BYTES >> 20}: save it as CSV",
        )
        raise SourceError(Place(name), said)
    if path.suffix.lower() == ".xls":
        extent = _extent_of_xls(path, name)
    elif zipfile.is_zipfile(path):
        extent = _extent_of_parts(path, name)
    else:
        return False
    if extent.cells > MAX_CELLS:
        raise SourceError(
            Place(name),
            Text(
                f"有一张工作表算到最后一个有值的单元格共 {extent.cells:,} 格，最多 {MAX_CELLS:,} 格：请查找远在下方或"
                "右方的零散内容，或把各行另存为 CSV",
                f"has a sheet of {extent.cells:,} cells, counted to its last one with a value; it may have"
                f" {MAX_CELLS:,}: look for a stray value far below or to the right, or save the rows as CSV",
            ),
        )
    return extent.has_errors


def _extent_of_parts(path: Path, name: str) -> Extent:
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
        _check_parts(parts, name)
        return extent_of(path)
    except _BROKEN as error:
        raise _unreadable(name, str(error) or type(error).__name__) from error


def _extent_of_xls(path: Path, name: str) -> Extent:
    try:
        return extent_of(path)
    except Exception as error:  # of any class: broken records are met anywhere
        why = str(error) or "its records are broken"
        raise SourceError(
            Place(name),
            Text(
                f"不能作为工作簿读取（{why}）：请打开它，另存为 XLSX 或 CSV",
                f"cannot be read as a workbook: {why}: open it, and save it as XLSX or CSV",
            ),
        ) from error


def _check_parts(parts: Sequence[zipfile.ZipInfo], name: str) -> None:
    unpacked = sum(part.file_size for part in parts)
    worst = max((part.file_size / max(part.compress_size, 1) for part in parts if part.file_size > 1 << 20), default=0)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or worst > MAX_RATIO:
        raise SourceError(
            Place(name),
            Text(
                f"解开后有 {unpacked >> 20} MiB、{len(parts)} 个部分，名册不会如此，没有打开：请另存为 CSV",
                f"unpacks to {unpacked >> 20} MiB in {len(parts)} parts: no roster does; it was not opened: save it as"
                " CSV",
            ),
        )
