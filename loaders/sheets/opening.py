"""Opening a file as a table, by its ending (打开表格)."""

from __future__ import annotations

from pathlib import Path

from graph_model.errors import Place, SourceError
from graph_model.records import Text
from loaders.sheets import linked, records
from loaders.sheets.delimited import read_delimited
from loaders.sheets.tables import NO_SHEETS, Table
from loaders.sheets.workbooks import ENDINGS, read_workbook

_TEXTS = frozenset({".csv", ".tsv", ".txt"})


def open_table(path: Path, sheet: str | None = None) -> Table:
    """The table of a file, or of one of its sheets. Raises SourceError."""
    name = path.name
    if not path.is_file():
        raise SourceError(Place(path.as_posix()), Text("没有这个文件", "there is no such file"))
    ending = path.suffix.lower()
    if ending in ENDINGS:
        return read_workbook(path, name, sheet)
    if ending in _TEXTS:
        if sheet is not None:
            raise SourceError(Place(name), NO_SHEETS)
        return read_delimited(path, name)
    if ending in records.ENDINGS:
        return records.read_records(path, name, sheet)
    if ending in linked.ENDINGS:
        if sheet is not None:
            raise SourceError(Place(name), NO_SHEETS)
        return linked.read_linked(path, name)
    known = ", ".join(sorted(_TEXTS | ENDINGS | records.ENDINGS | linked.ENDINGS))
    said = Text(f"不是能读的文件类型，能读的有：{known}", f"is of no kind that can be read; there are: {known}")
    raise SourceError(Place(name), said)
