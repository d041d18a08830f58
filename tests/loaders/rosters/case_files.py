"""Ten files as they come (十份样表), written by hand: each with its traps, and the mapping that it needs."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
from msgspec import Struct
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

HERE = Path(__file__).parent / "cases"


class Case(Struct, frozen=True):
    """One file: its name, its mapping, how it is made, and of which day it speaks."""

    file: str
    mapping: str
    make: Callable[[Path], None]
    on: str | None = None
    city: str = "facts"
    """Which data it is held against: the facts of the source, or the ``small`` city of these tests."""


def _text(name: str, encoding: str = "utf-8") -> Callable[[Path], None]:
    """A file that lies here in UTF-8, in the encoding that it comes in."""

    def made(path: Path) -> None:
        path.write_bytes((HERE / name).read_bytes().decode("utf-8").encode(encoding))

    return made


def _merged_units(path: Path) -> None:
    """A list of the county's units: a title, a header of two rows, merged cells, dates of every sort, a footnote."""
    book, sheet = _book("包村单位")
    for row in (
        ("昌宁县挂包单位花名册", None, None, None, None, None),
        ("贫困村", None, None, "挂包单位", "挂包期限", None),
        ("县区", "乡镇", "村名", None, "起", "止"),
        ("昌宁县", "柯街镇", "沙坝", "县水务局", datetime(2016, 3, 16), "至今"),  # noqa: DTZ001 - a sheet's day
        (None, None, "联合", "县教育局", 2016.1, datetime(2017, 6, 30)),  # noqa: DTZ001
        (None, None, "柯街", None, 2016.1, "2017.6"),
        (None, "更戛乡", "小街子", "县林业局、县农业局", 20160316, 2017),
        (None, None, "西河", "撤销", 2016, "2017年6月16日"),
        (None, None, "田头", '=CONCATENATE("县","工信局")', "2016.3", None),
        (None, None, "更戛", "待查", "2016.3", None),
        (None, None, "白云", "县卫计局", 1.5, datetime(2017, 6, 30, 17, 30)),  # noqa: DTZ001
        ("注：本表由县扶贫办汇总", None, None, None, None, None),
    ):
        sheet.append(row)
    for area in ("A1:F1", "A2:C2", "D2:D3", "E2:F2", "A4:A11", "B4:B6", "B7:B11", "D5:D6", "A12:F12"):
        sheet.merge_cells(area)
    sheet["E5"].number_format = "0.00"
    sheet["A1"].font = Font(bold=True)
    hidden = book.create_sheet("字典")
    hidden.append(["不读"])
    hidden.sheet_state = "hidden"
    book.save(path)


def _helpers(path: Path) -> None:
    """Helpers of households: codes that became numbers, lost zeros, identity numbers, the same row twice."""
    book, sheet = _book("Sheet1")
    for row in (
        ("户编码", "帮扶干部编号", "帮扶单位", "起始时间", "结束时间"),
        ("990101101201-0001", "0017", "县水务局", "2016-08", "至今"),
        ("990101101201-0001", 18, None, "2016-08", "至今"),
        ("990101101201-0001", 532722198001011234, "县水务局", "2016-08", "至今"),
        ("990101101201-0001", "5.32722E+17", "县水务局", "2016-08", "至今"),
        (990101101201.5, "0018", "县水务局", "2016-08", "至今"),
        ("990101101201-0001", "0017", "县水务局", "2016-08", "至今"),
        ("990101101201-0001", "0017", "县水务局", "2015-09", "2015年10月"),
        ("990101101201-0002", "0019", "县水务局", "2016-08", "至今"),
        ("990101101201-0001", "11010519491231002X", "县水务局", "2016-08", "至今"),
    ):
        sheet.append(row)
    sheet.merge_cells("C2:C3")
    book.save(path)


def _groups(path: Path) -> None:
    """Leading groups as an ODS: a part that nobody knows, a vacant seat, a township's name without its sort."""
    rows = [
        ("县区", "乡镇", "小组职务", "职务", "人员编号", "任职时间", "文号"),
        ("施甸县", "甸阳镇", "组长", "甸阳镇党委书记", "G-1", "2016年5月", "甸发〔2016〕9号"),
        ("施甸县", "甸阳", "双组长", "甸阳镇镇长", "空缺", "2017-03-01", ""),
        ("施甸县", "甸阳镇", "副组长", "甸阳镇纪委书记", "G-3", "2017.1", ""),
        ("施甸县", "甸阳镇", "联络员", "甸阳镇扶贫办主任", "G-4", "2017.1", ""),
        ("昌宁县", "甸阳镇", "成员", "甸阳镇财政所所长", "G-5", "2017.1", ""),
        ("施甸县", "甸洋镇", "成员", "甸阳镇水管站站长", "G-6", "", ""),
    ]
    office, table, text = (f"urn:oasis:names:tc:opendocument:xmlns:{word}:1.0" for word in ("office", "table", "text"))
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            if cell
            else "<table:table-cell/>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
        packed.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{office}" xmlns:table="{table}" xmlns:text="{text}"><office:body>'
            f'<office:spreadsheet><table:table table:name="领导小组">{cells}</table:table></office:spreadsheet>'
            "</office:body></office:document-content>",
        )


def _book(title: str) -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    return book, sheet


CASES = {
    "gbk-of-wps": Case("wps-units.csv", "village-units", _text("wps-units.csv", "gb18030"), "2017-06-30"),
    "merged-cells-and-two-row-header": Case("merged-units.xlsx", "village-units", _merged_units),
    "codes-that-became-numbers": Case("helpers.xlsx", "household-helpers", _helpers, city="small"),
    "org-chart-with-a-cycle": Case("org-chart-cycle.csv", "org-chart", _text("org-chart-cycle.csv", "utf-8-sig")),
    "leading-groups-ods": Case("groups.ods", "leading-groups", _groups),
    "header-that-drifted": Case("drift.csv", "village-units", _text("drift.csv")),
    "json-lines": Case("teams.jsonl", "resident-teams", _text("teams.jsonl")),
    "yaml-list": Case("assignments.yaml", "assignments", _text("assignments.yaml")),
    "popolo": Case("council.popolo.json", "popolo-org", _text("council.popolo.json")),
    "org-as-turtle": Case("office.ttl", "popolo-org", _text("office.ttl")),
}
