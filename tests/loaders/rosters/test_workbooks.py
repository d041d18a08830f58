"""Workbooks as clerks make them: merged cells, headers of two rows, numbers that are dates; and bombs."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from tests.loaders.rosters.test_importing import links, run

Book = Callable[..., Path]
TOP = ("县", "乡镇", "村", "包村单位", "起始时间", "结束时间")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Writes rows to a workbook; ``merged`` are areas such as A2:A3, ``formats`` of cells."""

    def made(
        *rows: Sequence[object], merged: Sequence[str] = (), formats: dict[str, str] | None = None, sheets: int = 1
    ) -> Path:
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        assert sheet is not None
        for row in rows:
            sheet.append(list(row))
        for area in merged:
            sheet.merge_cells(area)
        for cell, number_format in (formats or {}).items():
            sheet[cell].number_format = number_format
        for number in range(1, sheets):
            workbook.create_sheet(f"sheet {number}").append(["x"])
        path = tmp_path / "roster.xlsx"
        workbook.save(path)
        return path

    return made


def write(url: str, file: Path, *more: str) -> int:
    return run("import", file, "--mapping", "village-units", "--store", url, "--write", *more)


def test_key_columns_are_filled_down_and_others_are_not(
    url: str, book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ("东河县", "清水镇", "和平", "水务局"),
        (None, None, "龙塘", None),
        ("东河县", "白云乡", "和平", "教育局"),
    ]
    assert write(url, book(TOP, *rows, merged=["A2:A3", "B2:B3", "D2:D3"]), "--accept-partial") == 0
    assert "roster.xlsx[Sheet]:3, 包村单位: must not be empty" in capsys.readouterr().out
    assert {target for _, target, _, _ in links(url)} == {"division:990101101201", "division:990101102201"}


def test_a_header_of_two_rows_below_a_title(url: str, book: Book) -> None:
    rows = [
        ("包村单位一览表", None, None, None, None),
        ("贫困村", None, "包村单位", "挂包期限", None),
        ("乡镇", "村名", None, "起", "止"),
        ("清水镇", "龙塘", "水务局", "2016.3", "至今"),
    ]
    merged = ["A1:E1", "A2:B2", "C2:C3", "D2:E2"]
    assert write(url, book(*rows, merged=merged)) == 0
    assert [(target, since, until) for _, target, since, until in links(url)] == [
        ("division:990101101202", "2016-03", "..")
    ]


def test_a_date_cell_is_its_day(url: str, book: Book) -> None:
    assert write(url, book(TOP, ("", "清水镇", "和平", "水务局", datetime(2017, 6, 16), None))) == 0  # noqa: DTZ001
    assert links(url)[0][2] == "2017-06-16"


@pytest.mark.parametrize(
    ("number_format", "since", "until"),
    [
        ('yyyy"年"m"月";@', "2017-06", "[2017-06-02..2017-07-01]"),
        ("mmm-yy", "2017-06", "[2017-06-02..2017-07-01]"),
        ("[$-804]yyyy/m;@", "2017-06", "[2017-06-02..2017-07-01]"),
        ('yyyy"年"m"月"d"日"', "2017-06-01", "2017-06-02"),
    ],
)
def test_a_date_cell_that_shows_a_month_is_a_month(
    url: str, book: Book, number_format: str, since: str, until: str
) -> None:
    typed = datetime(2017, 6, 1)  # noqa: DTZ001 - what a sheet makes of a typed 2017年6月
    rows = [("", "清水镇", "和平", "水务局", typed, None), ("", "清水镇", "龙塘", "水务局", None, typed)]
    assert write(url, book(TOP, *rows, formats={"E2": number_format, "F3": number_format})) == 0
    assert [dates for _, _, *dates in links(url)] == [[since, None], [None, until]]


def test_a_number_is_read_by_its_format(url: str, book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("", "清水镇", "和平", "水务局", 2017.1, None), ("", "清水镇", "龙塘", "水务局", 2017.1, None)]
    file = book(TOP, *rows, formats={"E2": "0.00"})
    assert write(url, file, "--accept-partial") == 0
    assert "Sheet]:3, 起始时间 = '2017.1': the number 2017.1 may be January or October" in capsys.readouterr().out
    assert [since for _, _, since, _ in links(url)] == ["2017-10"]


def test_a_code_as_a_number_is_read_where_it_kept_all_digits(url: str, book: Book) -> None:
    assert write(url, book(("村编码", "包村单位"), (990101101201, "水务局"))) == 0
    assert links(url)[0][1] == "division:990101101201"


def test_a_number_too_long_to_be_kept_is_refused(url: str, book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    assert write(url, book(("村编码", "包村单位"), (530521198001011234, "水务局"))) == 1
    assert "this number has lost digits: format the column as text" in capsys.readouterr().out


def test_several_sheets_must_be_chosen_from(url: str, book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    file = book(TOP, ("", "清水镇", "和平", "水务局"), sheets=2)
    assert write(url, file) == 1
    assert "roster.xlsx: has several sheets: choose one with --sheet: Sheet, sheet 1" in capsys.readouterr().err
    assert write(url, file, "--sheet", "none") == 1
    assert "has no sheet 'none'; it has: Sheet, sheet 1" in capsys.readouterr().err
    assert write(url, file, "--sheet", "Sheet") == 0


def test_a_formula_is_never_evaluated(url: str, book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    assert write(url, book(TOP, ("", "清水镇", '=CONCATENATE("和","平")', "水务局"))) == 1
    assert "Sheet]:2, 村: must not be empty" in capsys.readouterr().out


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!"])
def test_an_error_of_the_sheet_is_no_value(
    error: str, url: str, book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write(url, book(TOP, ("", "清水镇", "和平", error))) == 1
    assert f"Sheet]:2, 包村单位 = '{error}': is an error of the sheet, no value" in capsys.readouterr().out
    assert write(url, book(TOP, ("", "清水镇", "和平", "水务局", error))) == 1
    assert f"Sheet]:2, 起始时间 = '{error}': is an error of the sheet, no value" in capsys.readouterr().out


def test_a_bomb_is_not_opened(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (300 << 20))
    assert path.stat().st_size < 1 << 20
    assert write(url, path) == 1
    assert "unpacks to 300 MiB in 1 parts: no roster does; it was not opened" in capsys.readouterr().err


def test_a_stray_value_in_the_last_cell_makes_no_grid_of_terabytes(
    url: str, book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    file = book(TOP, ("", "清水镇", "和平", "水务局"))
    workbook = openpyxl.load_workbook(file)
    workbook["Sheet"]["XFD1048576"] = "x"
    workbook.save(file)
    assert write(url, file) == 1
    assert "has a sheet of 17,179,869,184 cells, counted to its last one with a value" in capsys.readouterr().err


def test_formats_without_values_far_below_are_no_cells(url: str, book: Book) -> None:
    file = book(TOP, ("", "清水镇", "和平", "水务局"))
    workbook = openpyxl.load_workbook(file)
    workbook["Sheet"]["XFD1048576"].number_format = "0.00"
    workbook.save(file)
    assert write(url, file) == 0


def write_ods(path: Path, rows: str, sheet: str = "Sheet") -> Path:
    """Write a workbook of one sheet, its rows as XML."""
    office, table, text = (f"urn:oasis:names:tc:opendocument:xmlns:{word}:1.0" for word in ("office", "table", "text"))
    content = (
        f'<office:document-content xmlns:office="{office}" xmlns:table="{table}" xmlns:text="{text}"'
        ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f'<office:body><office:spreadsheet><table:table table:name="{sheet}">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def _ods_row(*cells: str, repeated: int = 1) -> str:
    inside = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{repeated}">{inside}</table:table-row>'


def test_a_sheet_of_ods(url: str, tmp_path: Path) -> None:
    empty = '<table:table-row table:number-rows-repeated="1048573"><table:table-cell/></table:table-row>'
    rows = _ods_row("村编码", "包村单位") + _ods_row("990101101201", "水务局") + empty
    assert write(url, write_ods(tmp_path / "roster.ods", rows)) == 0
    assert links(url)[0][1] == "division:990101101201"


def test_a_row_of_ods_that_is_repeated_a_hundred_million_times_is_not_opened(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _ods_row("村编码", "包村单位") + _ods_row("990101101201", "水务局", repeated=100_000_000)
    assert write(url, write_ods(tmp_path / "roster.ods", rows)) == 1
    assert "has a sheet of 200,000,002 cells" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"\xd0\xcf\x11\xe0 no workbook", b"<html></html>"])
def test_what_is_no_workbook_is_refused(
    content: bytes, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "roster.xlsx"
    path.write_bytes(content)
    assert write(url, path) == 1
    assert "roster.xlsx: cannot be read as a workbook" in capsys.readouterr().err


def test_a_file_of_no_known_kind_is_refused(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "roster.pdf"
    path.write_bytes(b"x")
    assert write(url, path) == 1
    assert "there are: .csv, .json, .jsonl, .jsonld, .ndjson, .ods, .tsv, .ttl, .txt, .xls," in capsys.readouterr().err
