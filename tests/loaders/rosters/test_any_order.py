"""Any table of valid rows, in any order, split into any files of any form, is the same graph."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_model.records import AnyRecord
from tests.loaders.rosters.both_languages import check_both_languages
from tests.loaders.rosters.looking import looked_at

TITLES = ("乡镇", "村", "包村单位", "起", "止")
VILLAGES = [("清水镇", "和平"), ("清水镇", "龙塘村"), ("白云乡", "和平村民委员会")]
UNITS = ["县水务局", "县教育局", "县教育局、县民政局", "水务局"]
PERIODS = [("2015", "2015.6"), ("2016年3月", "二〇一六年十月"), ("2017-01-01", "至今")]
Row = tuple[str, ...]

rows_of_a_table = st.lists(
    st.tuples(st.sampled_from(VILLAGES), st.sampled_from(UNITS), st.sampled_from(PERIODS)).map(
        lambda row: (*row[0], row[1], *row[2])
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: (row[1][:2], row[0], row[3], "教育" in row[2], row[2]),
)


def written(folder: Path, number: int, form: str, rows: Sequence[Row]) -> Path:
    path = folder / f"part-{number}.{form}"
    if form == "csv":
        with path.open("w", encoding="gb18030", newline="") as file:
            csv.writer(file).writerows([TITLES, *rows])
    elif form == "json":
        path.write_text(json.dumps([dict(zip(TITLES, row, strict=True)) for row in rows]), encoding="utf-8")
    else:
        path.write_text("".join(json.dumps(dict(zip(TITLES, row, strict=True))) + "\n" for row in rows), "utf-8")
    return path


def graph_of(url: str, files: Sequence[Path]) -> tuple[int, dict[str, AnyRecord], tuple[object, ...]]:
    looked = looked_at(url, *files, mapping="village-units")
    return looked.rows, {record.id: record for record in looked.reading.records}, tuple(looked.refused)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of_a_table, data=st.data())
def test_the_same_graph(url: str, tmp_path: Path, rows: list[Row], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(rows)), max_size=3)) | {0, len(rows)})
    forms = data.draw(st.lists(st.sampled_from(["csv", "json", "jsonl"]), min_size=3, max_size=3))
    whole = written(tmp_path, 0, "csv", rows)
    parts = [
        written(tmp_path, number, forms[number % 3], shuffled[start:end])
        for number, (start, end) in enumerate(itertools.pairwise(cuts), 1)
    ]
    of_whole, of_parts = graph_of(url, [whole]), graph_of(url, parts)
    assert of_parts[:2] == of_whole[:2]
    assert len(of_parts[2]) == len(of_whole[2])  # a unit twice in one village and period is refused either way
    for path in (whole, *parts):
        path.unlink()


def test_rows_of_several_files_are_told_by_file_and_number(url: str, tmp_path: Path) -> None:
    one = written(tmp_path, 1, "csv", [("清水镇", "和平", "甲", "2015", "")])
    two = written(tmp_path, 2, "json", [("清水镇", "无", "甲", "2015", ""), ("清水镇", "和平", "甲", "2015", "")])
    looked = looked_at(url, one, two, mapping="village-units")
    assert [str(refused.place) for refused in looked.refused] == ["part-2.json#/0, 村 = '无'", "part-2.json#/1"]
    assert looked.refused[1].reason == "says the same as part-1.csv:2: take one of them out"
    assert (list(looked.created_rows), list(looked.refused_rows)) == ([2], [3, 4])


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_circle_is_the_same_whatever_the_order_of_rows_and_files(
    order: tuple[int, ...], url: str, tmp_path: Path
) -> None:
    rows = [("监测科", "科长", "办公室主任"), ("办公室", "主任", "综合科科长"), ("综合科", "科长", "监测科科长")]
    files = []
    for at in order:
        path = tmp_path / f"{at}.csv"
        path.write_text("部门,岗位,汇报对象\n" + ",".join(rows[at]) + "\n", encoding="utf-8")
        files.append(path)
    looked = looked_at(url, *files, mapping="org-chart")
    (note,) = looked.notes
    assert note.en == (
        "who reports to whom goes in a circle: 办公室主任 → 综合科科长 → 监测科科长 → 办公室主任"
        " (0.csv:2, 1.csv:2, 2.csv:2)"
    )
    check_both_languages(note)
    assert not looked.refused
