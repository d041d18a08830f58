"""How far a workbook's sheets reach (范围), before anything makes room for them: XLSX and ODS as a stream, XLS by xlrd.

A sheet with two cells, the first and the very last one, is a few kilobytes, and half a terabyte as a grid. Cells that
have a format and no value do not count: they make no grid, and real sheets are full of them.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

import xlrd
from msgspec import Struct

from loaders.sheets.cell_errors import errors_of_ods, open_xls

_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


class Extent(Struct, frozen=True):
    """How many cells the largest sheet has as a grid, from its first cell to its last one with a value.

    ``has_errors``: whether the cells of a sheet are errors (``#REF!``), which some readers take for empty ones.
    """

    cells: int
    has_errors: bool = False


def extent_of(path: Path) -> Extent:
    """The extent of a workbook; of nothing for a file of another kind. Raises ParseError for one that is no XML.

    Raises errors of any class for an XLS that is broken.
    """
    if path.suffix.lower() == ".xls":
        return _of_xls(path)
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
        if "content.xml" in names:
            with packed.open("content.xml") as content:
                return _of_ods(content)
        sheets = [name for name in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
        found = [Extent(0)]
        for name in sheets:
            with packed.open(name) as content:
                found.append(_of_xlsx(content))
        return Extent(max(each.cells for each in found), any(each.has_errors for each in found))


def _of_xls(path: Path) -> Extent:
    cells, has_errors = 0, False
    with open_xls(path) as book:
        for at in range(book.nsheets):
            sheet = book.sheet_by_index(at)
            cells = max(cells, sheet.nrows * sheet.ncols)
            has_errors = has_errors or any(xlrd.XL_CELL_ERROR in sheet.row_types(row) for row in range(sheet.nrows))
            book.unload_sheet(at)
    return Extent(cells, has_errors)


def _of_xlsx(content: IO[bytes]) -> Extent:
    has_errors = False
    last_row = last_column = row = column = 0
    for event, element in ET.iterparse(content, ("start", "end")):  # noqa: S314 - expat bounds what entities grow to
        word = element.tag.rpartition("}")[2]
        if event == "start":
            if word == "row":
                row, column = int(element.get("r", row + 1)), 0
            continue
        if word == "c":
            has_errors |= element.get("t") == "e"
            place = _CELL.fullmatch(element.get("r", ""))
            column = column + 1 if place is None else _number(place[1])
            if any(child.tag.rpartition("}")[2] in {"v", "is"} for child in element):
                last_row, last_column = max(last_row, row if place is None else int(place[2])), max(last_column, column)
        if word == "row":
            element.clear()
    return Extent(last_row * last_column, has_errors)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _of_ods(content: IO[bytes]) -> Extent:
    has_errors = False
    largest = rows = last_row = last_column = 0
    for event, element in ET.iterparse(content, ("start", "end")):  # noqa: S314 - as above
        if event == "start":
            if element.tag == f"{_TABLE}table":
                rows = last_row = last_column = 0
            continue
        if element.tag == f"{_TABLE}table-row":
            rows += int(element.get(f"{_TABLE}number-rows-repeated", 1))
            width = _width(element)
            if width:
                last_row, last_column = rows, max(last_column, width)
                has_errors = has_errors or bool(errors_of_ods(element))
            element.clear()
        if element.tag == f"{_TABLE}table":
            largest = max(largest, last_row * last_column)
    return Extent(largest, has_errors)


def _width(row: ET.Element) -> int:
    """The place of the last cell of a row that has content."""
    columns = width = 0
    for cell in row:
        columns += int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        if len(cell):
            width = columns
    return width
