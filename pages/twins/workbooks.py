"""Tables as a workbook (工作簿). Apart from them, for the library that writes it takes long to import."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from graph_model.characters import ILLEGAL
from pages.twins.tables import Table


def workbook_bytes(tables: Sequence[Table]) -> bytes:
    """A workbook (XLSX) with a sheet for each table; every text is a text, never a formula."""
    book = Workbook(write_only=True)
    for table in tables:
        sheet: WriteOnlyWorksheet = book.create_sheet(table.name)
        sheet.freeze_panes = "A2"
        sheet.append([_text(sheet, column, bold=True) for column in table.columns])
        for row in table.rows:
            sheet.append([_text(sheet, cell) if isinstance(cell, str) else cell for cell in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _text(sheet: WriteOnlyWorksheet, text: str, *, bold: bool = False) -> Cell:
    cell = WriteOnlyCell(sheet, value=text.translate(ILLEGAL))
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
