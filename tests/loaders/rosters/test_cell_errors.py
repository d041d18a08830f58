"""Cells that are errors, in each form of workbooks: refused with their place, and never taken for empty ones."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
import xlwt  # type: ignore[import-untyped]

from graph_model.errors import SourceError
from loaders.sheets.opening import open_table
from loaders.sheets.tables import CellError, is_error
from tests.loaders.rosters.looking import looked_at
from tests.loaders.rosters.test_workbooks import TOP, write, write_ods

Make = Callable[[Path, Sequence[Sequence[str | None]]], Path]
ROW = ("", "清水镇", "和平", "水务局")
_CODES = {"#DIV/0!": 7, "#REF!": 23, "#N/A": 42}


def _xlsx(folder: Path, rows: Sequence[Sequence[str | None]]) -> Path:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.worksheets[0].append(list(row))
    workbook.worksheets[0].title = "名册"
    workbook.save(folder / "roster.xlsx")
    return folder / "roster.xlsx"


def _ods_cell(text: str | None, mark: str) -> str:
    if text in _CODES:
        return f'<table:table-cell table:formula="of:=1/0" {mark}><text:p>{text}</text:p></table:table-cell>'
    if not text:
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def _ods(mark: str) -> Make:
    """Errors as LibreOffice marks them, or as those do that keep a number."""

    def made(folder: Path, rows: Sequence[Sequence[str | None]]) -> Path:
        told = "".join(
            f"<table:table-row>{''.join(_ods_cell(text, mark) for text in row)}</table:table-row>" for row in rows
        )
        return write_ods(folder / "roster.ods", told, sheet="名册")

    return made


def _xls(*, by_formula: bool) -> Make:
    """Errors as values, or as what formulas came to (BIFF8: records BOOLERR and FORMULA)."""

    def made(folder: Path, rows: Sequence[Sequence[str | None]]) -> Path:
        workbook = xlwt.Workbook(encoding="utf-8")
        sheet = workbook.add_sheet("名册")
        results = []
        for number, row in enumerate(rows):
            for place, text in enumerate(row):
                if text not in _CODES:
                    sheet.write(number, place, text or "")
                elif by_formula:
                    sheet.write(number, place, xlwt.Formula("1/0"))
                    results.append((number, place, _CODES[text]))
                else:
                    sheet.row(number).set_cell_error(place, _CODES[text])
        path = folder / "roster.xls"
        workbook.save(str(path))
        content = path.read_bytes()
        for number, place, code in results:
            (at,) = [
                at
                for at in range(len(content))
                if content.startswith(b"\x06\x00", at) and content.startswith(struct.pack("<HH", number, place), at + 4)
            ]
            content = content[: at + 10] + bytes([2, 0, code, 0, 0, 0, 255, 255]) + content[at + 18 :]
        path.write_bytes(content)
        return path

    return made


FORMS: dict[str, Make] = {
    "xlsx": _xlsx,
    "ods": _ods('office:value-type="string" office:string-value="" calcext:value-type="error"'),
    "ods-as-number": _ods('office:value-type="float" office:value="0"'),
    "xls": _xls(by_formula=False),
    "xls-of-formula": _xls(by_formula=True),
}


@pytest.mark.parametrize("form", FORMS)
def test_an_error_is_refused_with_its_place(form: str, url: str, tmp_path: Path) -> None:
    rows = [TOP, (*ROW, "#REF!", "#N/A"), ROW, (*ROW[:3], "#DIV/0!")]
    file = FORMS[form](tmp_path, rows)
    looked = looked_at(url, file, mapping="village-units")
    assert [(one.place.row, one.place.column, one.place.value) for one in looked.refused] == [
        (2, "起始时间", "#REF!"),
        (2, "结束时间", "#N/A"),
        (4, "包村单位", "#DIV/0!"),
    ]
    assert {one.place.file for one in looked.refused} == {f"{file.name}[名册]"}
    assert (looked.rows, list(looked.refused_rows)) == (3, [2, 4])


@pytest.mark.parametrize("form", FORMS)
def test_rows_of_nothing_but_errors_are_rows(form: str, tmp_path: Path) -> None:
    rows = [TOP, ROW, (None, None, None, None, None, None, None, "#N/A"), ROW, ("#REF!",), ("#N/A", "#REF!")]
    read = [(row.number, [*map(str, row.cells)]) for row in open_table(FORMS[form](tmp_path, rows)).rows]
    assert [number for number, _ in read] == [1, 2, 3, 4, 5, 6]
    assert read[2][1][7] == "#N/A"
    assert read[4][1][0] == "#REF!"
    assert read[5][1][:2] == ["#N/A", "#REF!"]


def test_an_error_of_ods_in_a_language_of_its_own_or_without_text(url: str, tmp_path: Path) -> None:
    mark = 'table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"'
    titles = "".join(_ods_cell(text, "") for text in (*TOP[1:4], "县"))
    cells = "".join(_ods_cell(text, "") for text in ROW[1:])
    rows = "".join(
        f"<table:table-row>{each}</table:table-row>"
        for each in (
            titles,
            f"{cells}<table:table-cell {mark}><text:p>错误:502</text:p></table:table-cell>",
            f"{cells}<table:table-cell {mark}><text:p/></table:table-cell>",
        )
    )
    looked = looked_at(url, write_ods(tmp_path / "roster.ods", rows), mapping="village-units")
    assert [(one.place.row, one.place.value) for one in looked.refused] == [(2, "错误:502"), (3, "#ERROR!")]


def test_an_error_that_is_repeated_to_the_end_of_an_ods_makes_no_grid(tmp_path: Path) -> None:
    cell = '<table:table-cell table:number-columns-repeated="16000" calcext:value-type="error"><text:p>#N/A</text:p>'
    rows = f'<table:table-row table:number-rows-repeated="1000">{cell}</table:table-cell></table:table-row>'
    read = list(open_table(write_ods(tmp_path / "roster.ods", rows), "Sheet").rows)
    assert {len(row.cells) for row in read} == {1000}
    assert len(read) == 1000


def test_errors_that_cannot_be_told_are_never_passed_over(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise IndexError("array index out of range")

    monkeypatch.setattr("openpyxl.load_workbook", broken)
    assert write(url, FORMS["xlsx"](tmp_path, [TOP, (*ROW, "#N/A")])) == 1
    assert "roster.xlsx: which of its cells are errors (#REF!) cannot be told: mend those" in capsys.readouterr().err


def test_an_xls_without_errors_is_read(url: str, tmp_path: Path) -> None:
    assert write(url, FORMS["xls"](tmp_path, [TOP, ROW])) == 0


def test_a_stray_cell_of_an_xls_makes_no_grid(tmp_path: Path) -> None:
    path = FORMS["xls"](tmp_path, [TOP, ROW])
    content = path.read_bytes()
    label = struct.pack("<HHHH", 0xFD, 10, 1, 2)
    assert content.count(label) == 1
    path.write_bytes(content.replace(label, struct.pack("<HHHH", 0xFD, 10, 65_535, 65_535)))
    with pytest.raises(
        SourceError, match=r"roster\.xls: cannot be read as a workbook: .*: open it, and save it as XLSX"
    ):
        open_table(path)


def test_an_xls_that_was_cut_is_refused_and_nothing_panics(tmp_path: Path) -> None:
    content = FORMS["xls"](tmp_path, [TOP, ROW]).read_bytes()
    path = tmp_path / "cut.xls"
    for length in range(0, len(content), 301):
        path.write_bytes(content[:length])
        with pytest.raises(SourceError, match=r"cut\.xls: cannot be read as a workbook"):
            open_table(path)


@pytest.mark.parametrize("text", ["#REF!", "#N/A", "#NAME?", "#DIV/0!", "#SPILL!", "#GETTING_DATA", "Err:502"])
def test_what_sheets_show_for_errors(text: str) -> None:
    assert is_error(text)
    assert is_error(CellError(text))


@pytest.mark.parametrize("text", ["#1", "N/A", "Err", "#水务局", "Err:5020", "", "#", "#!"])
def test_what_is_no_error(text: str) -> None:
    assert not is_error(text)
