"""What was imported comes out as a roster, and back by the same door unchanged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from graph_model.dates import parse_partial
from loaders.rosters.mapping import SHIPPED
from loaders.written_dates import read_last, write_last
from tests.loaders.rosters.looking import looked_at
from tests.loaders.rosters.test_any_order import Row, rows_of_a_table, written
from tests.loaders.rosters.test_importing import generation, imported, run
from tests.loaders.rosters.test_shipped import CASES

CsvFile = Callable[..., Path]


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        *((kind, "csv") for kind in CASES),
        *((kind, "xlsx") for kind in ("village-units", "leading-groups", "org-chart")),
    ],
)
def test_exported_and_imported_again_nothing_changes(
    kind: str, form: str, url: str, csv_file: CsvFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--mapping", kind, "--store", url, "--write"]
    assert run("import", csv_file(*CASES[kind][0]), *command) == 0
    before = imported(url, kind), generation(url)
    out = tmp_path / f"out.{form}"
    assert run("export-roster", kind, "--out", out, "--store", url) == 0, capsys.readouterr().err
    assert run("import", out, *command) == 0
    assert (imported(url, kind), generation(url)) == before
    assert run("undo-import", kind, "--store", url) == 0
    assert run("import", out, *command) == 0
    assert imported(url, kind) == before[0]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of_a_table)
def test_any_table_comes_out_and_back_unchanged(url: str, tmp_path: Path, rows: list[Row]) -> None:
    command = ["--mapping", "village-units", "--store", url, "--write", "--accept-partial"]
    file, out = written(tmp_path, 0, "csv", rows), tmp_path / "out.csv"
    assert run("import", file, *command) == 0
    before = imported(url)
    assert run("export-roster", "village-units", "--out", out, "--store", url) == 0
    looked = looked_at(url, out, mapping="village-units")
    assert not any((looked.created, looked.changed, looked.ended, looked.refused))
    assert {record.id for record in looked.reading.records} == {record.id for record in before}
    file.unlink()
    out.unlink()


def test_posts_that_are_called_the_same_come_out_with_their_keys(
    url: str, csv_file: CsvFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine.yaml"
    coded = "[村编码, 行政区划代码, 区划代码, 村代码, village code], reads: code, digits: [12]}"
    text = (SHIPPED / "village-links.yaml").read_text(encoding="utf-8")
    mine.write_text(text.replace(f"  code: {{headers: {coded}\n", "").replace(" code: code,", ""), encoding="utf-8")
    assert "code: code" not in mine.read_text(encoding="utf-8")
    command = ["--mapping", mine, "--store", url, "--write"]
    rows = [
        ("龙塘", "副市长 (9901:deputy)"),
        ("和平村民委员会 (990101102201/白云乡/东河县/南山市)", "副市长 (9901:other-deputy)、南山市委书记"),
    ]
    assert run("import", csv_file(("村", "挂联领导"), *rows), *command) == 0, capsys.readouterr().out
    before = imported(url, "village-links")
    out = tmp_path / "out.csv"
    assert run("export-roster", mine, "--out", out, "--store", url) == 0, capsys.readouterr().err
    assert "副市长 (9901:other-deputy)" in out.read_text("utf-8-sig")
    looked = looked_at(url, out, mapping=str(mine))
    assert not any((looked.created, looked.changed, looked.ended, looked.refused))
    assert {record.id for record in looked.reading.records} == {record.id for record in before}


def test_popolo_comes_back_as_a_table(url: str, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(
        '{"persons": [{"id": "p"}], "organizations": [{"id": "o", "name": "示例局"},'
        ' {"id": "q", "name": "示例站", "parent_id": "o"}], "posts": [{"id": "a", "label": "局长",'
        ' "organization_id": "o"}], "memberships": [{"post_id": "a", "person_id": "p", "start_date": "2016"},'
        ' {"organization_id": "q", "person_id": "p", "role": "看护员"}]}',
        encoding="utf-8",
    )
    command = ["--mapping", "popolo-org", "--store", url, "--write"]
    assert run("import", file, *command) == 0
    before = imported(url, "popolo-org"), generation(url)
    assert run("export-roster", "popolo-org", "--out", tmp_path / "out.csv", "--store", url) == 0
    assert run("import", tmp_path / "out.csv", *command) == 0
    assert (imported(url, "popolo-org"), generation(url)) == before


def test_an_abolished_post_and_a_day_of_observation_come_back(url: str, csv_file: CsvFile, tmp_path: Path) -> None:
    header = ("部门", "岗位", "工号", "汇报对象", "离任时间")
    rows = [("水务局", "局长", "G1", "", "至今"), ("水务局", "副局长", "撤销", "局长", "2016年12月31日")]
    command = ["--mapping", "org-chart", "--store", url, "--write", "--on", "2016-06-30"]
    assert run("import", csv_file(header, *rows), *command) == 0
    before = imported(url, "org-chart"), generation(url)
    assert run("export-roster", "org-chart", "--out", tmp_path / "out.csv", "--store", url) == 0
    assert "撤销" in (tmp_path / "out.csv").read_text("utf-8-sig")
    assert run("import", tmp_path / "out.csv", *command) == 0
    assert (imported(url, "org-chart"), generation(url)) == before


def test_what_was_never_imported_is_not_given_out(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export-roster", "village-units", "--out", tmp_path / "out.csv", "--store", url) == 1
    assert "nothing that is current was imported as 'village-units'" in capsys.readouterr().err


def test_rows_that_another_mapping_cannot_say_are_refused(
    url: str, csv_file: CsvFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", csv_file(*CASES["org-chart"][0]), "--mapping", "org-chart", "--store", url, "--write") == 0
    out = tmp_path / "out.csv"
    assert run("export-roster", "village-units", "--name", "org-chart", "--out", out, "--store", url) == 1
    assert "cannot be said by a row of village-units" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("until", ["2017-07-01", "2017", "2017-07", "[2016-01-02..2016-07-01]", "..", None])
def test_a_last_day_is_read_as_it_is_written(until: str | None) -> None:
    read = read_last(write_last(until))
    if until in {"..", None}:
        assert read == until
    else:
        assert parse_partial(str(read)) == parse_partial(str(until))
