"""The refused rows as files (退回名单): the same table with its reasons, as CSV and as a workbook with comments.

Nothing in them is a formula: every cell of the workbook is a text, and in CSV an apostrophe stands before what a sheet
would run.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from loaders.rosters.importing import Preview, Request, write_refused
from loaders.rosters.rows import read_lines
from loaders.sheets.opening import open_table
from loaders.sheets.tables import text_of

CSV, XLSX = "refused.csv", "refused.xlsx"
REASON: Final = "reason / 原因"
MOST_ROWS: Final = 5_000
"""A workbook with comments is made for so many refused rows; more are in the CSV alone."""
_MOST_CHARACTERS: Final = 32_000
"""A cell of a workbook holds 32,767."""
_ILLEGAL: Final = {number: None for number in range(32) if number not in {9, 10, 13}}
_FAULTY: Final = PatternFill("solid", fgColor="FFF3C4")
_WIDTH: Final = 18


def write_lists(looked: Preview, request: Request, folder: Path) -> tuple[str, ...]:
    """Write the refused rows; the names of the files, none where no row was refused. Raises SourceError."""
    if not looked.refused_rows:
        return ()
    written = []
    for name in (CSV, XLSX):
        (folder / name).unlink(missing_ok=True)
    write_refused(looked, request, folder / CSV)
    written.append(CSV)
    if len(looked.refused_rows) <= MOST_ROWS:
        _write_workbook(looked, request, folder / XLSX)
        written.append(XLSX)
    return tuple(written)


def _write_workbook(looked: Preview, request: Request, out: Path) -> None:
    reasons: defaultdict[int, list[tuple[str | None, str]]] = defaultdict(list)
    for refused in looked.refused:
        reasons[refused.place.row or 0].append((refused.place.column, refused.reason))
    sheet_asked = request.sheet or request.mapping.content.sheet
    table = open_table(request.file, sheet_asked)
    header, _ = read_lines(open_table(request.file, sheet_asked), request.mapping.content.columns)
    titles = [*header.all_titles, REASON]
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):  # a new workbook has one
        raise TypeError("a workbook without a sheet")
    sheet.title = "refused"
    for at, title in enumerate(titles, 1):
        _put(sheet, 1, at, title).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTH if at < len(titles) else 4 * _WIDTH
    sheet.freeze_panes = "A2"
    line = 1
    for row in table.rows:
        if row.number not in reasons or row.number <= header.number:
            continue
        line += 1
        for at, value in enumerate(row.cells[: len(titles) - 1], 1):
            _put(sheet, line, at, value if isinstance(value, str) else text_of(value))
        said = [f"{column}: {reason}" if column else reason for column, reason in reasons[row.number]]
        _put(sheet, line, len(titles), "\n".join(said))
        _comment(sheet, line, titles, reasons[row.number])
    book.save(out)


def _comment(sheet: Worksheet, line: int, titles: list[str], reasons: list[tuple[str | None, str]]) -> None:
    """What is wrong with a cell stands on it; what is wrong with the whole row on its reason."""
    at_cell: defaultdict[int, list[str]] = defaultdict(list)
    for column, reason in reasons:
        at_cell[titles.index(column) + 1 if column in titles else len(titles)].append(reason)
    for at, said in at_cell.items():
        cell = sheet.cell(line, at)
        cell.comment = Comment("\n".join(said).translate(_ILLEGAL)[:_MOST_CHARACTERS], "Zeren", height=120, width=320)
        cell.fill = _FAULTY


def _put(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """A text in a cell, and never a formula."""
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):  # nothing is merged in a new sheet
        raise TypeError("a cell that is merged into another")
    cell.value = text.translate(_ILLEGAL)[:_MOST_CHARACTERS]
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
