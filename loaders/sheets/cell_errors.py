"""Cells that are errors (错误单元格): where a sheet says ``#REF!``; calamine takes such cells for empty ones.

Each form says it in a way of its own: XLSX in the type of a cell, ODS in its text, XLS in a record.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import xlrd
from msgspec import Struct

from graph_model.errors import Place, SourceError
from graph_model.records import Text
from loaders.sheets.tables import CellError, is_error

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_PARAGRAPH = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
_CALC_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"


class Span(Struct, frozen=True):
    """Cells beside each other that are one error; places from 0."""

    first: int
    last: int
    text: CellError


class Rows(Struct, frozen=True):
    """Rows below each other, numbered from 1, that have errors in the same cells."""

    first: int
    last: int
    spans: Sequence[Span]


def iter_errors(path: Path, name: str, sheet: str) -> Iterator[Rows]:
    """The errors of a sheet of a workbook, from the top down. Raises SourceError where they cannot be told."""
    readers = {".xls": _of_xls, ".ods": _of_ods}
    try:
        yield from readers.get(path.suffix.lower(), _of_xlsx)(path, sheet)
    except Exception as error:  # of any class: these readers are not ready for all that other programs write
        raise SourceError(
            Place(name),
            Text(
                "无法确定哪些单元格是错误值（#REF!）：请改正它们，或另存为 CSV",
                "which of its cells are errors (#REF!) cannot be told: mend those, or save it as CSV",
            ),
        ) from error


def errors_of_ods(row: ET.Element) -> list[Span]:
    """The errors of a ``table:table-row``."""
    spans = []
    place = 0
    for cell in row:
        repeated = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        text = _error_of(cell)
        if text is not None:
            spans.append(Span(place, place + repeated - 1, CellError(text)))
        place += repeated
    return spans


def _error_of(cell: ET.Element) -> str | None:
    """What an error's cell shows: programs mark it, or leave nothing but its text."""
    if not len(cell):
        return None
    paragraph = cell.find(_PARAGRAPH)
    text = "" if paragraph is None else "".join(paragraph.itertext()).strip()
    is_marked = "error" in (cell.get(_CALC_TYPE), cell.get(f"{_OFFICE}value-type"))
    return text or "#ERROR!" if is_marked else text if is_error(text) else None


def _of_ods(path: Path, sheet: str) -> Iterator[Rows]:
    with zipfile.ZipFile(path) as packed, packed.open("content.xml") as content:
        table, number = None, 0
        for event, element in ET.iterparse(content, ("start", "end")):  # noqa: S314 - expat bounds what entities grow to
            if event == "start":
                if element.tag == f"{_TABLE}table":
                    table, number = element.get(f"{_TABLE}name"), 0
            elif element.tag == f"{_TABLE}table-row":
                repeated = int(element.get(f"{_TABLE}number-rows-repeated", 1))
                spans = errors_of_ods(element) if table == sheet else []
                if spans:
                    yield Rows(number + 1, number + repeated, spans)
                number += repeated
                element.clear()


def _of_xlsx(path: Path, sheet: str) -> Iterator[Rows]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        for number, row in enumerate(book[sheet].iter_rows(min_row=1, min_col=1), 1):
            spans = [
                Span(place, place, CellError(cell.value)) for place, cell in enumerate(row) if cell.data_type == "e"
            ]
            if spans:
                yield Rows(number, number, spans)
    finally:
        book.close()


def open_xls(path: Path) -> xlrd.Book:
    """An XLS whose sheets are read when they are asked for. Raises errors of any class."""
    return xlrd.open_workbook(
        str(path), logfile=io.StringIO(), on_demand=True, ragged_rows=True, ignore_workbook_corruption=True
    )


def _of_xls(path: Path, sheet: str) -> Iterator[Rows]:
    with open_xls(path) as book:
        found = book.sheet_by_name(sheet)
        for number in range(found.nrows):
            types = found.row_types(number)
            if xlrd.XL_CELL_ERROR in types:
                spans = [
                    Span(place, place, CellError(xlrd.error_text_from_code[int(found.cell_value(number, place))]))
                    for place, kind in enumerate(types)
                    if kind == xlrd.XL_CELL_ERROR
                ]
                yield Rows(number + 1, number + 1, spans)
