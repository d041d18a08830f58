"""Rosters into a store, by the command: what a preview says, what is written, and what a second run changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from graph_model.dates import parse_day
from graph_model.graph import ResponsibilityGraph
from graph_model.records import AnyRecord, Finding, Post, Relation
from graph_model.stores.opening import open_store
from graph_model.views import Moment
from loaders.__main__ import main

CsvFile = Callable[..., Path]
HEADER = ("县", "乡镇", "村", "包村单位", "起始时间", "结束时间")
TAKEN = ("东河县", "清水镇", "和平", "县水务局", "2017年3月", "至今")
ENDED = ("东河县", "白云乡", "和平村", "县教育局", "2016.3", "2017年6月30日")


def run(*arguments: object) -> int:
    return main([str(each) for each in arguments])


def imported(url: str, name: str = "village-units", origin: str | None = None) -> list[AnyRecord]:
    async def read() -> list[AnyRecord]:
        store = open_store(url, "reader")
        found = [record async for record in store.of_origin(origin or f"import/{name}")]
        await store.close()
        return sorted(found, key=lambda record: record.id)

    return asyncio.run(read())


def generation(url: str) -> int:
    async def read() -> int:
        store = open_store(url, "reader")
        header = await store.header()
        await store.close()
        return header.generation

    return asyncio.run(read())


def links(url: str) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (record.source, record.target, record.validity.since, record.validity.until)
        for record in imported(url)
        if isinstance(record, Relation)
    ]


def test_a_preview_writes_nothing(url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]) -> None:
    before = generation(url)
    assert run("import", csv_file(HEADER, TAKEN), "--mapping", "village-units", "--store", url) == 0
    said = capsys.readouterr().out
    assert "1 rows read" in said
    assert "nothing was written: this was a preview; add --write" in said
    assert generation(url) == before


def test_what_is_written_is_in_the_chain(url: str, csv_file: CsvFile) -> None:
    assert run("import", csv_file(HEADER, TAKEN), "--mapping", "village-units", "--store", url, "--write") == 0

    async def assignees() -> list[str]:
        graph = ResponsibilityGraph(open_store(url, "reader"))
        view = await graph.view(["990101101201"], Moment(parse_day("2017-06-30").toordinal()))
        chain = view.chain("division:990101101201")
        await graph.close()
        return [link.assignee.name for link in chain.links if hasattr(link.assignee, "name")]

    assert asyncio.run(assignees()) == ["县水务局"]


def test_names_are_found_within_what_they_lie_in(url: str, csv_file: CsvFile) -> None:
    assert run("import", csv_file(HEADER, TAKEN, ENDED), "--mapping", "village-units", "--store", url, "--write") == 0
    assert [(target, since, until) for _, target, since, until in links(url)] == [
        ("division:990101102201", "2016-03", "2017-07-01"),
        ("division:990101101201", "2017-03", ".."),
    ]


def test_again_changes_nothing(url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["import", csv_file(HEADER, TAKEN, ENDED), "--mapping", "village-units", "--store", url, "--write"]
    assert run(*command) == 0
    records, written = imported(url), generation(url)
    capsys.readouterr()
    assert run(*command) == 0
    assert "unchanged        2 rows (row 2, 3)" in capsys.readouterr().out
    assert (imported(url), generation(url)) == (records, written)


def test_the_order_of_rows_does_not_matter(url: str, csv_file: CsvFile) -> None:
    command = ["--mapping", "village-units", "--store", url, "--write"]
    assert run("import", csv_file(HEADER, TAKEN, ENDED), *command) == 0
    records, written = imported(url), generation(url)
    assert run("import", csv_file(HEADER, ENDED, TAKEN, name="other.csv"), *command) == 0
    assert (imported(url), generation(url)) == (records, written)


def test_a_corrected_file_changes_what_was_corrected(
    url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--mapping", "village-units", "--store", url, "--write"]
    run("import", csv_file(HEADER, TAKEN, ENDED), *command)
    capsys.readouterr()
    assert run("import", csv_file(HEADER, (*TAKEN[:4], "2017年4月", "至今")), *command) == 0
    said = capsys.readouterr().out
    assert "changed          1 rows (row 2)" in said
    assert 'validity.since: "2017-03" -> "2017-04"' in said
    assert "ended: assignment:takes-village:organization:village-units:xian-jiao-yu-ju-" in said
    assert [since for _, _, since, _ in links(url)] == ["2017-04"]


def test_an_import_that_is_undone_leaves_its_history(url: str, csv_file: CsvFile) -> None:
    run("import", csv_file(HEADER, TAKEN), "--mapping", "village-units", "--store", url, "--write")
    assert run("undo-import", "village-units", "--store", url) == 0
    assert imported(url) == []
    assert run("undo-import", "village-units", "--store", url) == 1


def test_two_lists_that_disagree_are_both_kept(url: str, csv_file: CsvFile) -> None:
    command = ["--mapping", "village-units", "--store", url, "--write"]
    run("import", csv_file(HEADER, TAKEN), *command)
    assert run("import", csv_file(HEADER, (*TAKEN[:4], "2018", "")), *command, "--name", "other-list") == 0
    assert [since for _, _, since, _ in links(url)] == ["2017-03"]
    (other,) = (record for record in imported(url, "other-list") if isinstance(record, Relation))
    assert (other.source, other.validity.since) == (links(url)[0][0], "2018")


REFUSED = {
    "an unknown village": (
        ("东河县", "清水镇", "龙潭", "甲", "", ""),
        "村 = '龙潭': is not known; the nearest names are: 龙塘村民委员会 (990101101202/清水镇/东河县/南山市)",
    ),
    "a name that two villages have": (
        ("东河县", "", "和平", "甲", "", ""),
        "村 = '和平': may be 和平村民委员会 (990101101201/清水镇/东河县/南山市), "
        "和平村民委员会 (990101102201/白云乡/东河县/南山市): name what it lies in, or give its code",
    ),
    "a village of another town": (
        ("东河县", "白云乡", "龙塘", "甲", "", ""),
        "村 = '龙塘': lies in 龙塘村民委员会 (990101101202/清水镇/东河县/南山市), not in 白云乡/东河县",
    ),
    "an unknown town": (("", "青水镇", "和平", "甲", "", ""), "村 = '和平': '青水镇', in which it is said"),
    "a date that is none": (("东河县", "清水镇", "和平", "甲", "去年", ""), "起始时间 = '去年': '去年' is no date"),
    "an end before the beginning": (
        ("东河县", "清水镇", "和平", "甲", "2018", "2016-01-01"),
        "结束时间 = '2016-01-01'",
    ),
    "no unit": (("东河县", "清水镇", "和平", "", "", ""), "包村单位: must not be empty"),
    "a unit that was abolished": (("东河县", "清水镇", "和平", "撤销", "", ""), "包村单位 = '撤销': says that it was"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str, url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]) -> None:
    row, reason = REFUSED[case]
    file = csv_file(HEADER, TAKEN, row)
    assert run("import", file, "--mapping", "village-units", "--store", url, "--write") == 1
    said = capsys.readouterr().out
    assert f"refused: roster.csv:3, {reason}" in said
    assert "nothing was written: 1 rows were refused" in said
    assert imported(url) == []


def test_all_faults_of_a_row_are_told_at_once(url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]) -> None:
    run("import", csv_file(HEADER, ("", "", "无此村", "甲", "某日", "")), "--mapping", "village-units", "--store", url)
    assert capsys.readouterr().out.count("refused: roster.csv:2") == 2


def test_the_same_row_twice_is_refused(url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", csv_file(HEADER, TAKEN, TAKEN), "--mapping", "village-units", "--store", url) == 1
    assert "refused: roster.csv:3: says the same as row 2: take one of them out" in capsys.readouterr().out


def test_two_periods_of_one_unit_are_two_links(url: str, csv_file: CsvFile) -> None:
    earlier = (*TAKEN[:4], "2015", "2015年12月31日")
    assert run("import", csv_file(HEADER, TAKEN, earlier), "--mapping", "village-units", "--store", url, "--write") == 0
    assert sorted(since or "" for _, _, since, _ in links(url)) == ["2015", "2017-03"]


def test_periods_that_begin_alike_are_each_kept(url: str, csv_file: CsvFile) -> None:
    rows = [(*TAKEN[:4], since, until) for since, until in (("2015", ""), ("2016", "2016"), ("2016", "2017"))]
    assert run("import", csv_file(HEADER, *rows), "--mapping", "village-units", "--store", url, "--write") == 0
    assert len(links(url)) == 3
    written = imported(url)
    assert run("import", csv_file(HEADER, *rows[::-1]), "--mapping", "village-units", "--store", url, "--write") == 0
    assert imported(url) == written


@pytest.mark.parametrize("order", [1, -1])
def test_a_thing_that_two_rows_call_by_two_names_is_refused_in_both(
    order: int, url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [("O1", name, "P1", "局长") for name in ("示例局", "示例办")][::order]
    header = ("organization_id", "organization", "post_id", "post")
    assert run("import", csv_file(header, *rows), "--mapping", "popolo-org", "--store", url) == 1
    said = capsys.readouterr().out
    assert "roster.csv:2: gives organization:popolo-org:O1 another name than row 3: which of the two is right?" in said
    assert "roster.csv:3: gives organization:popolo-org:O1 another name than row 2: which of the two is right?" in said


def test_good_rows_alone_where_it_is_asked_for(
    url: str, csv_file: CsvFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = ("东河县", "清水镇", "=1+1", "甲", "", "")
    out = tmp_path / "refused.csv"
    options = ["--write", "--accept-partial", "--refused", out]
    assert run("import", csv_file(HEADER, TAKEN, bad), "--mapping", "village-units", "--store", url, *options) == 0
    assert "PARTIAL: 1 of 2 rows were refused" in capsys.readouterr().out
    assert len(links(url)) == 1
    header, row = out.read_text(encoding="utf-8-sig").splitlines()
    assert header == "县,乡镇,村,包村单位,起始时间,结束时间,原因,reason"
    assert row.startswith("东河县,清水镇,'=1+1,甲,,,村：没有找到,村: is not known")


def test_a_file_of_refused_rows_is_never_written_over(
    url: str, csv_file: CsvFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "refused.csv"
    out.write_text("mine", encoding="utf-8")
    file = csv_file(HEADER, ("", "", "无", "甲", "", ""))
    assert run("import", file, "--mapping", "village-units", "--store", url, "--refused", out) == 1
    assert "is there already, and is not written over" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == "mine"


def test_a_row_that_a_comma_moved_is_refused(url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]) -> None:
    moved = ("清水镇", "和平", "县水务局,县教育局")
    file = csv_file(("乡镇", "村", "包村单位"), moved, ("清水镇", "龙塘", "县教育局,,"))
    assert run("import", file, "--mapping", "village-units", "--store", url) == 1
    said = capsys.readouterr().out
    assert "refused: roster.csv:2: has more cells than the header has titles: is there a comma without quotes" in said
    assert "unchanged        0 rows" in said
    assert "created          1 rows (row 3)" in said


def test_a_second_column_of_the_same_meaning_is_told(
    url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]
) -> None:
    file = csv_file(("乡镇", "村", "包村单位", "帮扶单位"), ("清水镇", "和平", "县水务局", "县教育局"))
    assert run("import", file, "--mapping", "village-units", "--store", url) == 0
    assert (
        "columns that are not read: 帮扶单位 (means the same as '包村单位', which is read)" in capsys.readouterr().out
    )


def test_gbk_as_sheets_save_it(url: str, csv_file: CsvFile) -> None:
    file = csv_file(HEADER, TAKEN, encoding="gb18030")
    assert run("import", file, "--mapping", "village-units", "--store", url, "--write") == 0
    assert len(links(url)) == 1


def test_bytes_that_are_no_text_are_refused(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes("村,包村单位\n和平,甲\n".encode() + b"\xff\xff\xfe\n")
    assert run("import", file, "--mapping", "village-units", "--store", url) == 1
    assert "roster.csv:3: is neither UTF-8 nor GB18030" in capsys.readouterr().err


def test_a_header_that_drifted_is_told_with_what_is_like_it(
    url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]
) -> None:
    file = csv_file(("村名", "包村的单位"), ("和平", "甲"))
    assert run("import", file, "--mapping", "village-units", "--store", url) == 1
    said = capsys.readouterr().err
    assert "missing: 包村单位 / " in said
    assert "(is it '包村的单位'? then add that word to the mapping)" in said


def test_posts_are_never_guessed(url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]) -> None:
    header = ("村编码", "挂联领导", "挂联时间")
    rows = [
        ("990101101201", "南山市委书记", "2016.3至今"),
        ("990101101201", "副市长", ""),
        ("990101101201", "市委书", ""),
    ]
    assert run("import", csv_file(header, *rows), "--mapping", "village-links", "--store", url) == 1
    said = capsys.readouterr().out
    assert "created          1 rows (row 2)" in said
    assert (
        "roster.csv:3, 挂联领导 = '副市长': there are 2 of this name: post:9901:deputy, post:9901:other-deputy" in said
    )
    assert "roster.csv:4, 挂联领导 = '市委书': is not known; the nearest names are: 南山市委书记" in said


def test_codes_that_lost_their_zeros_are_refused(
    url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]
) -> None:
    file = csv_file(("村编码", "包村单位"), ("9.90101E+11", "甲"), ("99010110120", "甲"))
    assert run("import", file, "--mapping", "village-units", "--store", url) == 1
    said = capsys.readouterr().out
    assert "roster.csv:2, 村编码 = '9.90101E+11': this code was turned into a number and has lost digits" in said
    assert "roster.csv:3, 村编码 = '99010110120': a code has 12 digits" in said


def test_helpers_are_codes(url: str, csv_file: CsvFile) -> None:
    header = ("户编码", "帮扶干部编号", "帮扶单位")
    file = csv_file(header, ("990101101201-0001", "C0001", "县水务局"))
    command = ["--mapping", "household-helpers", "--store", url, "--write", "--on", "2017-06-30"]
    assert run("import", file, *command) == 0
    found = imported(url, "household-helpers")
    assert [record.id for record in found if record.id.startswith("person:")] == ["person:household-helpers:C0001"]
    kinds = {record.kind: record.validity.observed for record in found if isinstance(record, Relation)}
    assert kinds == {"helps-household": ("2017-06-30",), "member-of": ("2017-06-30",)}


def test_a_helper_with_a_name_is_refused(url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]) -> None:
    file = csv_file(("户编码", "帮扶干部编号"), ("990101101201-0001", "某某"))
    assert run("import", file, "--mapping", "household-helpers", "--store", url) == 1
    assert "帮扶干部编号 = '某某': a code is made of ASCII letters" in capsys.readouterr().out


def test_an_unknown_mapping_lists_those_that_ship(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", "x.csv", "--mapping", "villages", "--store", url) == 1
    said = capsys.readouterr().err
    assert "there is no such mapping: name a YAML file, or one that ships: assignments, county-links, " in said


def test_an_org_chart_with_a_circle_is_loaded_and_found(
    url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]
) -> None:
    header = ("单位", "岗位", "任职人编号", "上级岗位")
    rows = [
        ("财政局", "局长", "P1", "副局长"),
        ("财政局", "副局长", "空缺", "局长"),
        ("财政局", "科员", "待查", "财政局局长"),
    ]
    assert run("import", csv_file(header, *rows), "--mapping", "org-chart", "--store", url, "--write") == 0
    found = imported(url, "org-chart")
    assert sorted(str(record.name) for record in found if hasattr(record, "name")) == [
        "财政局", "财政局副局长", "财政局局长", "财政局科员",
    ]  # fmt: skip
    assert [record.id.partition(":")[0] for record in found if "vacancy" in record.id] == ["vacancy"]
    assert sum(record.id.startswith("assignment:") for record in found) == 0
    assert sum(record.id.startswith("reporting:") for record in found) == 3
    checks = imported(url, origin="checks")
    assert "cycle" in {record.code for record in checks if isinstance(record, Finding)}


def test_a_code_and_a_name_that_disagree_are_refused(
    url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]
) -> None:
    header = ("乡镇", "村", "村编码", "包村单位")
    places = [("", "龙塘"), ("白云乡", ""), ("清水镇", "和平")]
    rows = [(township, village, "990101101201", "甲") for township, village in places]
    assert run("import", csv_file(header, *rows), "--mapping", "village-units", "--store", url) == 1
    said = capsys.readouterr().out
    known = "和平村民委员会 (990101101201/清水镇/东河县/南山市)"
    assert f"roster.csv:2, 村编码 = '990101101201': is {known}, and not 龙塘: which of the two is right?" in said
    assert f"roster.csv:3, 村编码 = '990101101201': is {known}, which does not lie in 白云乡" in said
    assert "created          1 rows (row 4)" in said


def test_a_row_that_hangs_on_a_refused_one_is_refused(
    url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]
) -> None:
    header = ("单位", "岗位", "任职时间", "上级岗位")
    rows = [
        ("财政局", "局长", "昨天", ""),
        ("财政局", "副局长", "", "局长"),
        ("财政局", "科员", "", "副局长"),
        ("水务局", "局长", "", ""),
    ]
    options = ["--mapping", "org-chart", "--store", url, "--write", "--accept-partial"]
    assert run("import", csv_file(header, *rows), *options) == 0
    said = capsys.readouterr().out
    assert "refused          3 rows (row 2, 3, 4)" in said
    assert "roster.csv:3: speaks of post:org-chart:cai-zheng-ju-ju-zhang-" in said
    assert "which only a row that was refused makes: mend that one first" in said
    assert [record.name for record in imported(url, "org-chart") if isinstance(record, Post)] == ["水务局局长"]


def test_refused_rows_come_back_as_they_were(url: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["村编码", "包村单位", "起始时间"])
    book.active.append([990101101299, "甲", datetime(2017, 6, 16)])  # noqa: DTZ001 - as a workbook has it
    book.save(tmp_path / "roster.xlsx")
    out = tmp_path / "refused.csv"
    options = ["--mapping", "village-units", "--store", url, "--refused", out]
    assert run("import", tmp_path / "roster.xlsx", *options) == 1
    assert out.read_text(encoding="utf-8-sig").splitlines()[1].startswith("990101101299,甲,2017-06-16,")


@pytest.mark.parametrize("name", ["Ab", "县", "a b", "-a", "a/b"])
def test_a_name_that_could_be_no_key_is_refused(name: str, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("undo-import", "--store", url, "--", name) == 1
    assert f"the import's name, {name!r}: give lower-case ASCII letters" in capsys.readouterr().err
