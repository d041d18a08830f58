"""Refused rows as the command gives them back: as CSV or as a workbook, of one file or of several."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from graph_model.errors import SourceError
from loaders.rosters import refused_lists
from loaders.rosters.commands import request_of
from tests.loaders.rosters.looking import looked_at
from tests.loaders.rosters.test_importing import HEADER, TAKEN, run

CsvFile = Callable[..., Path]
WRONG = ("东河县", "清水镇", "=1+1", "甲", "去年", "")
UNKNOWN = ("东河县", "清水镇", "无此村", "甲", "", "")


def refuse(url: str, out: Path, *files: Path) -> int:
    return run("import", *files, "--mapping", "village-units", "--store", url, "--refused", out)


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))


def test_a_workbook_has_comments_on_wrong_cells_and_no_formula(url: str, csv_file: CsvFile, tmp_path: Path) -> None:
    out = tmp_path / "refused.xlsx"
    assert refuse(url, out, csv_file(HEADER, TAKEN, WRONG)) == 1
    sheet = openpyxl.load_workbook(out).worksheets[0]
    head, row = ([cell.value for cell in cells] for cells in sheet.iter_rows())
    assert head == [*HEADER, "原因", "reason"]
    assert row[:5] == list(WRONG[:5])
    assert {cell.coordinate for cells in sheet.iter_rows() for cell in cells if cell.comment} == {"C2", "E2"}
    assert sheet["E2"].comment is not None
    assert sheet["E2"].comment.text.startswith("“去年”不是日期：请写成 2017")
    assert "\n'去年' is no date: write 2017" in sheet["E2"].comment.text
    assert "；起始时间：“去年”不是日期" in str(row[6])
    assert "; 起始时间: '去年' is no date" in str(row[7])
    assert {cell.data_type for cells in sheet.iter_rows() for cell in cells if cell.value} == {"s"}


def test_a_workbook_that_was_mended_is_read_again(url: str, csv_file: CsvFile, tmp_path: Path) -> None:
    out = tmp_path / "refused.xlsx"
    refuse(url, out, csv_file(HEADER, WRONG))
    book = openpyxl.load_workbook(out)
    book.worksheets[0]["C2"], book.worksheets[0]["E2"] = "龙塘", "2016"
    book.save(tmp_path / "mended.xlsx")
    assert run("import", tmp_path / "mended.xlsx", "--mapping", "village-units", "--store", url) == 0


def test_rows_of_several_files_are_one_table_with_their_places(url: str, csv_file: CsvFile, tmp_path: Path) -> None:
    other = csv_file(("备注", "村名", "包村单位"), ("甲注", "无此村", "乙"), name="b.csv")
    out = tmp_path / "refused.csv"
    assert refuse(url, out, csv_file(HEADER, TAKEN, WRONG, name="a.csv"), other) == 1
    head, first, second = rows_of(out)
    assert head == [*HEADER, "备注", "原因", "reason", "place / 位置"]
    assert (first[2], first[6], first[9]) == ("'=1+1", "", "a.csv:3")
    assert second[:7] == ["", "", "无此村", "乙", "", "", "甲注"]
    assert second[7].startswith("村名：没有找到")
    assert second[8].startswith("村名: is not known")
    assert second[9] == "b.csv:2"


@pytest.mark.parametrize("name", ["refused.csv", "refused.xlsx"])
def test_numbers_dates_and_merged_cells_mean_the_same_when_they_come_back(name: str, url: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    month = datetime(2017, 6, 1)  # noqa: DTZ001 - what a sheet makes of a typed 2017年6月
    for row in (
        HEADER,
        ("东河县", "清水镇", "无此村", "甲", 2016.1, month),
        (None, None, "无此村", "乙", 2016.1, month),
    ):
        sheet.append(list(row))
    sheet.merge_cells("A2:A3")
    for cell, shown in {"E2": "0.00", "E3": "0.0", "F2": 'yyyy"年"m"月"', "F3": 'yyyy"年"m"月"d"日"'}.items():
        sheet[cell].number_format = shown
    book.save(tmp_path / "roster.xlsx")
    out = tmp_path / name
    assert refuse(url, out, tmp_path / "roster.xlsx") == 1
    if out.suffix == ".csv":
        _, first, second = rows_of(out)
    else:
        cells = openpyxl.load_workbook(out).worksheets[0].iter_rows(values_only=True)
        _, first, second = [[str(value or "") for value in row] for row in cells]
    assert first[:6] == ["东河县", "清水镇", "无此村", "甲", "2016.10", "2017-06"]
    assert second[:6] == ["东河县", "", "无此村", "乙", "2016.1", "2017-06-01"]


def test_a_file_that_changed_after_its_preview_gives_no_list(url: str, csv_file: CsvFile, tmp_path: Path) -> None:
    file = csv_file(HEADER, UNKNOWN)
    request = request_of(file, "village-units", None, None, None)
    looked = looked_at(url, file, mapping="village-units")
    csv_file(HEADER)
    with pytest.raises(SourceError, match="changed after it was previewed"):
        refused_lists.write_refused(looked, request, tmp_path / "refused.csv")
    assert not (tmp_path / "refused.csv").exists()


def test_cells_below_no_title_are_kept(url: str, csv_file: CsvFile, tmp_path: Path) -> None:
    out = tmp_path / "refused.csv"
    refuse(url, out, csv_file(HEADER, (*UNKNOWN, "多", "出")))
    _, row = rows_of(out)
    assert row[:6] == list(UNKNOWN)
    assert row[8:] == ["多", "出"]


@pytest.mark.parametrize("name", ["refused.pdf", "refused"])
def test_a_list_of_another_form_is_refused_before_anything_is_read(
    name: str, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refuse(url, tmp_path / name, tmp_path / "absent.csv") == 1
    assert f"{name}: refused rows are written as CSV or XLSX: give a name that ends in" in capsys.readouterr().err


def test_more_rows_than_a_workbook_takes_are_for_csv(
    url: str, csv_file: CsvFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(refused_lists, "MOST_ROWS", 1)
    file = csv_file(HEADER, WRONG, UNKNOWN)
    assert refuse(url, tmp_path / "refused.xlsx", file) == 1
    assert "2 rows were refused, and a workbook with comments is made for 1: give a name" in capsys.readouterr().err
    assert not (tmp_path / "refused.xlsx").exists()
    assert refuse(url, tmp_path / "refused.csv", file) == 1
    assert len(rows_of(tmp_path / "refused.csv")) == 3


def test_half_a_list_is_not_left_behind(
    url: str, csv_file: CsvFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(refused_lists._FORMS, ".csv", full)
    assert refuse(url, tmp_path / "refused.csv", csv_file(HEADER, WRONG)) == 1
    assert not (tmp_path / "refused.csv").exists()
