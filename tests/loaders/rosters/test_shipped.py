"""The mappings that ship, each with a sheet as it comes: what its rows come to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from graph_model.records import AnyRecord, Designation, Organization, Post, Relation, Vacancy
from loaders.rosters.mapping import list_shipped
from tests.loaders.rosters.test_importing import imported, run

CsvFile = Callable[..., Path]
VILLAGE, TOWN, COUNTY = "division:990101101201", "division:990101101", "division:990101"
CASES: dict[str, tuple[list[tuple[str, ...]], set[str]]] = {
    "village-units": (
        [("县", "乡镇", "村", "包村单位", "起", "止"), ("东河县", "清水镇", "和平", "县水务局", "2017.3", "至今")],
        {f"takes-village: 县水务局 -> {VILLAGE} 2017-03/.."},
    ),
    "village-links": (
        [("乡镇", "村", "挂联领导", "挂联时间"), ("清水镇", "和平", "南山市委书记", "2016.3-2017.6")],
        {f"linked-to-village: post:9901:party-secretary -> {VILLAGE} 2016-03/[2017-06-02..2017-07-01]"},
    ),
    "county-links": (
        [("挂联领导", "挂联县", "挂联时间"), ("南山市委书记", "东河县", "2016年-至今")],
        {f"linked-to-county: post:9901:party-secretary -> {COUNTY} 2016/.."},
    ),
    "household-helpers": (
        [("户编码", "帮扶干部编号", "帮扶单位", "起"), ("990101101201-0001", "G1、G2", "县水务局", "2017")],
        {
            "helps-household: person:household-helpers:G1 -> household:990101101201-0001 2017/None",
            "helps-household: person:household-helpers:G2 -> household:990101101201-0001 2017/None",
            "member-of (member): person:household-helpers:G1 -> 县水务局 None/None",
            "member-of (member): person:household-helpers:G2 -> 县水务局 None/None",
        },
    ),
    "resident-teams": (
        [
            ("乡镇", "村", "第一书记编号", "队员编号", "到村时间", "离村时间"),
            ("清水镇", "和平", "G1", "G2；G3", "2017年2月10日", "至今"),
            ("白云乡", "和平", "空缺", "G4", "2017年2月10日", "至今"),
        ],
        {
            f"resident-team: 和平村民委员会驻村工作队 -> {VILLAGE} 2017-02-10/..",
            f"first-secretary: 和平村民委员会第一书记 -> {VILLAGE} 2017-02-10/..",
            "holds: person:resident-teams:G1 -> 和平村民委员会第一书记 2017-02-10/..",
            "member-of (member): person:resident-teams:G2 -> 和平村民委员会驻村工作队 2017-02-10/..",
            "member-of (member): person:resident-teams:G3 -> 和平村民委员会驻村工作队 2017-02-10/..",
            f"unit-of: 和平村民委员会驻村工作队 -> {VILLAGE} None/None",
            "post-in: 和平村民委员会第一书记 -> 和平村民委员会驻村工作队 None/None",
            "resident-team: 和平村民委员会驻村工作队 -> division:990101102201 2017-02-10/..",
            "first-secretary: 和平村民委员会第一书记 -> division:990101102201 2017-02-10/..",
            "vacant: 和平村民委员会第一书记 2017-02-10/..",
            "member-of (member): person:resident-teams:G4 -> 和平村民委员会驻村工作队 2017-02-10/..",
            "unit-of: 和平村民委员会驻村工作队 -> division:990101102201 None/None",
        },
    ),
    "leading-groups": (
        [
            ("地区", "小组职务", "职务", "人员编号", "任职时间", "文号"),
            ("东河县", "组长", "东河县委书记", "G1", "2016.5", "东办发〔2016〕5号"),
            ("东河县", "副组长", "东河县纪委书记", "", "2017", ""),
            ("东河县", "成员", "南山市委书记", "", "", ""),
        ],
        {
            f"leading-group: 东河县扶贫开发领导小组 -> {COUNTY} None/None",
            f"unit-of: 东河县扶贫开发领导小组 -> {COUNTY} None/None",
            f"group-head: 东河县委书记 -> {COUNTY} 2016-05/None (东办发〔2016〕5号)",
            "member-of (head): 东河县委书记 -> 东河县扶贫开发领导小组 2016-05/None (东办发〔2016〕5号)",
            "holds: person:leading-groups:G1 -> 东河县委书记 2016-05/None",
            f"group-deputy-head: 东河县纪委书记 -> {COUNTY} 2017/None",
            "member-of (deputy-head): 东河县纪委书记 -> 东河县扶贫开发领导小组 2017/None",
            "member-of (member): post:9901:party-secretary -> 东河县扶贫开发领导小组 None/None",
        },
    ),
    "poverty-offices": (
        [
            ("县", "乡镇", "扶贫办", "主任编号", "专职人员编号", "任职时间"),
            ("东河县", "清水镇", "", "G1", "G2、G3", "2016-08"),
        ],
        {
            f"office: 清水镇扶贫办 -> {TOWN} None/None",
            f"office-director: 清水镇扶贫办主任 -> {TOWN} None/None",
            f"unit-of: 清水镇扶贫办 -> {TOWN} None/None",
            "post-in: 清水镇扶贫办主任 -> 清水镇扶贫办 None/None",
            "holds: person:poverty-offices:G1 -> 清水镇扶贫办主任 2016-08/None",
            "member-of (full-time): person:poverty-offices:G2 -> 清水镇扶贫办 None/None",
            "member-of (full-time): person:poverty-offices:G3 -> 清水镇扶贫办 None/None",
        },
    ),
    "org-chart": (
        [("部门", "岗位", "工号", "汇报对象"), ("水务局", "局长", "G1", ""), ("水务局", "科员", "空缺", "局长")],
        {
            "post-in: 水务局局长 -> 水务局 None/None",
            "post-in: 水务局科员 -> 水务局 None/None",
            "holds: person:org-chart:G1 -> 水务局局长 None/None",
            "vacant: 水务局科员 None/None",
            "reports-to: 水务局科员 -> 水务局局长 None/None",
        },
    ),
    "assignments": (
        [
            ("责任类型", "责任岗位", "责任对象", "起", "止", "依据"),
            ("挂县", "南山市委书记", "东河县", "2016", "至今", "南办〔2016〕1号"),
            ("linked-to-village", "南山市委书记", "龙塘村", "", "2017.6.30", ""),
        ],
        {
            f"linked-to-county: post:9901:party-secretary -> {COUNTY} 2016/.. (南办〔2016〕1号)",
            "linked-to-village: post:9901:party-secretary -> division:990101101202 None/2017-07-01",
        },
    ),
    "poor-villages": (
        [
            ("乡镇", "村", "状态", "时间"),
            ("清水镇", "和平", "贫困", "2014"),
            ("清水镇", "和平", "已脱贫", "2018年12月"),
        ],
        {f"poor: {VILLAGE} 2014/None", f"exited: {VILLAGE} 2018-12/None"},
    ),
}


def say(records: list[AnyRecord]) -> set[str]:
    """Relations and claims in words; what the import made by its name, all else by its id."""
    names = {record.id: record.name for record in records if isinstance(record, Organization | Post)}
    said = set()
    for record in records:
        if not isinstance(record, Relation | Designation | Vacancy):
            continue
        dates = f"{record.validity.since}/{record.validity.until}"
        if isinstance(record, Relation):
            role = f" ({record.role})" if record.role else ""
            ends = f"{names.get(record.source, record.source)} -> {names.get(record.target, record.target)}"
            text = f"{record.kind}{role}: {ends} {dates}"
        elif isinstance(record, Vacancy):
            text = f"vacant: {names.get(record.subject, record.subject)} {dates}"
        else:
            text = f"{record.kind}: {record.subject} {dates}"
        said.add(text + (f" ({record.basis.note.zh})" if record.basis.note else ""))
    return said


def test_each_has_a_sheet_here() -> None:
    of_files_alone = {"popolo-org"}  # test_sources
    assert sorted({*CASES, *of_files_alone}) == list_shipped()


@pytest.mark.parametrize("name", CASES)
def test_what_a_sheet_comes_to(name: str, url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]) -> None:
    rows, expected = CASES[name]
    assert run("import", csv_file(*rows), "--mapping", name, "--store", url, "--write") == 0, capsys.readouterr()
    assert say(imported(url, name)) == expected


REFUSED = {
    "a part in the group that nobody knows": (
        "leading-groups",
        ("地区", "小组职务", "职务"),
        ("东河县", "顾问", "东河县县长"),
        "小组职务 = '顾问': is none of the words that the mapping knows: 组长, 双组长, head, 副组长,",
    ),
    "a kind that the regime does not have": (
        "assignments",
        ("责任类型", "责任岗位", "责任对象"),
        ("包干", "南山市委书记", "东河县"),
        "责任类型 = '包干': the regime has no such kind; there are: 主要领导 (leads), 分管 (in-charge)",
    ),
    "a kind that is between others": (
        "assignments",
        ("责任类型", "责任岗位", "责任对象"),
        ("挂县", "南山市委书记", "清水镇"),
        "责任对象 = '清水镇': 挂县 (linked-to-county) is between others: here may stand division:county",
    ),
    "nobody who answers": (
        "assignments",
        ("责任类型", "责任岗位", "责任单位", "责任对象"),
        ("挂县", "", "", "东河县"),
        ": says nothing in any of 责任岗位 / 责任单位 / 责任人编号",
    ),
    "two who answer in one row": (
        "assignments",
        ("责任类型", "责任岗位", "责任人编号", "责任对象"),
        ("挂县", "南山市委书记", "G1", "东河县"),
        ": may say something in one only of 责任岗位 / 责任单位 / 责任人编号",
    ),
    "a township's code among those of counties": (
        "county-links",
        ("县编码", "挂联领导"),
        ("990101101", "南山市委书记"),
        "县编码 = '990101101': a code has 6 digits",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str, url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]) -> None:
    mapping, header, row, reason = REFUSED[case]
    assert run("import", csv_file(header, row), "--mapping", mapping, "--store", url, "--write") == 1
    assert f"refused: roster.csv:2{'' if reason.startswith(':') else ', '}{reason}" in capsys.readouterr().out
    assert imported(url, mapping) == []
