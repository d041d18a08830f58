"""Each import is a record: who, when, which file, what became of its rows; and so is taking it back."""

from __future__ import annotations

import asyncio
import getpass
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph_model.exchange import Entry
from graph_model.instants import microseconds_of, parse_instant
from graph_model.records import Import, Organization, Refusal, Tallied, Text
from graph_model.stores.opening import open_store
from loaders.__main__ import main
from loaders.rosters import importing
from loaders.rosters.mapping import SHIPPED
from loaders.rosters.reading import Read, Request, read_files
from tests.loaders.rosters.test_importing import imported

CsvFile = Callable[..., Path]
HEADER = ("县", "乡镇", "村", "包村单位", "起始时间", "结束时间")
TAKEN = ("东河县", "清水镇", "和平", "县水务局", "2017年3月", "至今")
ENDED = ("东河县", "白云乡", "和平村", "县教育局", "2016.3", "2017年6月30日")


def run(*arguments: object) -> int:
    return main([str(each) for each in arguments])


def write(url: str, file: Path, *more: str) -> int:
    return run("import", file, "--mapping", "village-units", "--store", url, "--write", *more)


def imports(url: str) -> list[Import]:
    async def read() -> list[Import]:
        store = open_store(url, "reader")
        page = await store.list_records("import", first=100)
        await store.close()
        return [record for record in page.records if isinstance(record, Import)]

    return asyncio.run(read())


def journal(url: str) -> list[Entry]:
    async def read() -> list[Entry]:
        store = open_store(url, "reader")
        page = await store.journal(first=100)
        await store.close()
        return list(page.entries)

    return asyncio.run(read())


def test_a_preview_leaves_no_record(url: str, csv_file: CsvFile) -> None:
    run("import", csv_file(HEADER, TAKEN), "--mapping", "village-units", "--store", url)
    assert imports(url) == []


def test_the_record_says_who_when_and_what(url: str, csv_file: CsvFile) -> None:
    file = csv_file(HEADER, TAKEN, ENDED)
    assert write(url, file) == 0
    (record,) = imports(url)
    assert (record.name, record.author, record.file) == ("village-units", getpass.getuser(), "roster.csv")
    assert record.file_digest == hashlib.sha256(file.read_bytes()).hexdigest()
    mapping = (SHIPPED / "village-units.yaml").read_bytes()
    assert (record.mapping, record.mapping_digest) == ("village-units", hashlib.sha256(mapping).hexdigest())
    assert record.rows == Tallied(created=2)
    assert record.undoes == ()


def test_its_moment_is_that_of_the_write(url: str, csv_file: CsvFile) -> None:
    write(url, csv_file(HEADER, TAKEN))
    (record,) = imports(url)
    (entry,) = (entry for entry in journal(url) if "import/village-units" in entry.origins)
    assert microseconds_of(parse_instant(record.at)) == entry.recorded_at
    assert (entry.author, entry.written.created) == (record.author, record.records.created + 1)


def test_what_changes_nothing_leaves_no_record(url: str, csv_file: CsvFile) -> None:
    file = csv_file(HEADER, TAKEN)
    write(url, file)
    write(url, file)
    assert len(imports(url)) == 1


def test_the_latest_is_first(url: str, csv_file: CsvFile) -> None:
    write(url, csv_file(HEADER, TAKEN, name="first.csv"))
    write(url, csv_file(HEADER, ENDED, name="second.csv"))
    assert [(each.file, each.rows, each.records.ended > 0) for each in imports(url)] == [
        ("second.csv", Tallied(created=1), True),
        ("first.csv", Tallied(created=1), False),
    ]


@pytest.mark.parametrize("strange", ["", "\ue000"], ids=["plain", "escaped where it is quoted"])
def test_refused_rows_are_told_without_what_their_cells_hold(url: str, csv_file: CsvFile, strange: str) -> None:
    number = "110101199003078515"
    file = csv_file(HEADER, TAKEN, ("东河县", "清水镇", "和平", "甲", f"{number}{strange}年", ""))
    assert write(url, file, "--accept-partial") == 0
    (record,) = imports(url)
    (refusal,) = record.refusals
    assert (refusal.row, refusal.column) == (3, "起始时间")
    assert refusal.reason.startswith("'…' is no date")
    assert refusal.text.zh.startswith("“…”不是日期")
    assert number not in repr(record)
    assert record.rows == Tallied(created=1, refused=1)
    assert isinstance(refusal, Refusal)


def test_a_record_holds_nothing_of_the_other_cells_of_a_refused_row(url: str, csv_file: CsvFile) -> None:
    called = ("东河县", "张三13800000000", "和平", "甲", "", "")
    assert write(url, csv_file(HEADER, TAKEN, called), "--accept-partial") == 0
    (record,) = imports(url)
    (refusal,) = record.refusals
    assert refusal.reason == "'…', in which it is said to lie, is not known"
    assert "张三" not in repr(record)


@pytest.mark.parametrize("number", ["11010519491231002X", "（11010519491231002x）", "局11010519491231002X号"])
def test_an_identity_number_is_refused_wherever_it_stands(url: str, csv_file: CsvFile, number: str) -> None:
    assert write(url, csv_file(HEADER, (*TAKEN[:3], f"县水务局、{number}", *TAKEN[4:]))) == 1
    assert write(url, csv_file(HEADER, (*TAKEN[:3], number, *TAKEN[4:]), TAKEN), "--accept-partial") == 0
    (record,) = imports(url)
    assert "is an identity number" in record.refusals[0].reason
    assert "1949" not in repr(record)
    assert {each.id for each in imported(url) if isinstance(each, Organization)} == {
        "organization:village-units:xian-shui-wu-ju-9bca"
    }


def test_a_file_that_changes_while_it_is_read_is_refused(
    url: str, csv_file: CsvFile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = csv_file(HEADER, TAKEN)

    def saving(request: Request, *further: Any) -> list[Read]:  # noqa: ANN401
        found = read_files(request, *further)
        csv_file(HEADER, ENDED)
        return found

    monkeypatch.setattr(importing, "read_files", saving)
    assert write(url, file) == 1
    assert "roster.csv: changed while it was read: save it, and import it again" in capsys.readouterr().err
    assert imports(url) == []


def test_a_refusal_of_an_earlier_release_is_told_in_english() -> None:
    assert Refusal(3, "is no date").text == Text("is no date", "is no date")


def test_taking_back_a_name_is_a_record_too(url: str, csv_file: CsvFile) -> None:
    write(url, csv_file(HEADER, TAKEN, name="first.csv"))
    write(url, csv_file(HEADER, TAKEN, ENDED, name="second.csv"))
    assert run("undo-import", "village-units", "--store", url) == 0
    undo, second, first = imports(url)
    assert (undo.file, undo.name, undo.author) == (None, "village-units", getpass.getuser())
    assert undo.undoes == (second.id, first.id)
    assert undo.records.ended == first.records.created + second.records.created


def test_a_load_leaves_the_records_alone(url: str, csv_file: CsvFile, tmp_path: Path) -> None:
    write(url, csv_file(HEADER, TAKEN))
    before = imports(url)
    dump, copy = tmp_path / "all.jsonl", f"sqlite:///{(tmp_path / 'copy.db').as_posix()}"
    assert run("dump", "--out", dump, "--store", url) == 0
    assert run("load-dump", dump, "--store", copy) == 0
    assert imports(copy) == before


@pytest.mark.parametrize("name", ["never-imported", "other"])
def test_a_name_that_brought_nothing_is_refused(name: str, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("undo-import", name, "--store", url) == 1
    assert f"nothing that is current was imported as '{name}'" in capsys.readouterr().err
