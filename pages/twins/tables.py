"""Tables for CSV and XLSX (表格): what a page shows, row by row, and never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

Cell = str | int | float | None
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


class Table(Struct, frozen=True):
    """A table with a name; every row has as many cells as there are columns."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table_of(name: str, row_type: type[Struct], rows: Sequence[Struct]) -> Table:
    """A table of rows of one type: a column a field, lists with semicolons between."""
    fields = msgspec.structs.fields(row_type)
    return Table(
        name,
        tuple(field.encode_name for field in fields),
        tuple(tuple(_cell(getattr(row, field.name)) for field in fields) for row in rows),
    )


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str | int | float):
        return str(value).lower() if isinstance(value, bool) else value
    if isinstance(value, tuple | list):
        return "; ".join(str(_cell(each)) for each in value)
    if isinstance(value, Struct):
        return " ".join(str(each) for each in msgspec.structs.astuple(value) if each not in {None, ""})
    raise TypeError(f"a cell cannot hold a {type(value).__name__}")


def csv_bytes(table: Table, notes: Mapping[str, str]) -> bytes:
    """A table as CSV (RFC 4180, UTF-8 with a mark, so that spreadsheets read Chinese); the notes are further columns.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([*table.columns, *notes])
    for row in table.rows:
        writer.writerow([_harmless(cell) for cell in (*row, *notes.values())])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell


def xlsx_bytes(tables: Sequence[Table], notes: Mapping[str, str]) -> bytes:
    """Tables as a workbook, a sheet each, and the notes on a sheet ``about``; every text is a text, never a formula."""
    from pages.twins.workbooks import workbook_bytes  # noqa: PLC0415 - openpyxl would be a twentieth of the start

    return workbook_bytes([*tables, Table("about", ("name", "value"), tuple(notes.items()))])
