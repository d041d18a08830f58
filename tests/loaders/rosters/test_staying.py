"""What a later import of a name leaves as it is: what refused rows may say, what others speak of, keys of periods."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from graph_model.records import Relation
from tests.loaders.rosters.looking import looked_at
from tests.loaders.rosters.test_importing import HEADER, TAKEN, imported, links, run

CsvFile = Callable[..., Path]
BEGINNING = ("东河县", "清水镇", "和平", "县水务局", "2016", "2016年12月")
LATER = ("东河县", "清水镇", "和平", "县水务局", "2018", "至今")
OTHER = ("东河县", "清水镇", "龙塘", "县教育局", "2017", "")
MISTYPED = ("东河县", "清水镇", "和平", "县水务局", "上月", "2016年12月")


def write(url: str, file: Path, *options: object, name: str = "village-units") -> int:
    return run("import", file, "--mapping", "village-units", "--name", name, "--store", url, "--write", *options)


def test_nothing_ends_while_a_row_is_refused_that_may_say_it(url: str, csv_file: CsvFile) -> None:
    assert write(url, csv_file(HEADER, BEGINNING, LATER, OTHER)) == 0
    before = imported(url)
    looked = looked_at(url, csv_file(HEADER, MISTYPED, LATER), mapping="village-units")
    assert looked.notes[0].en == (
        "nothing ends while rows are refused, which may say it: 3 records stay that no other row says"
    )
    assert (len(looked.ended), len(looked.changed), len(looked.created), looked.unchanged) == (0, 0, 0, len(before))
    assert (list(looked.unchanged_rows), list(looked.refused_rows)) == ([3], [2])
    assert write(url, csv_file(HEADER, MISTYPED, LATER), "--accept-partial") == 0
    assert imported(url) == before
    assert write(url, csv_file(HEADER, BEGINNING, LATER)) == 0
    assert {since for _, _, since, _ in links(url)} == {"2016", "2018"}, "where none is refused, what no row says ends"


def test_what_stays_is_no_dispute_of_a_row(url: str, csv_file: CsvFile) -> None:
    assert write(url, csv_file(HEADER, TAKEN, OTHER), name="first") == 0
    assert write(url, csv_file(HEADER, TAKEN, (*OTHER[:4], "2018", "")), name="second") == 0
    looked = looked_at(url, csv_file(HEADER, TAKEN, MISTYPED), mapping="village-units", name="second")
    assert [note.en.partition(":")[0] for note in looked.notes] == [
        "nothing ends while rows are refused, which may say it"
    ]


def test_an_earlier_period_that_is_added_changes_no_later_one(url: str, csv_file: CsvFile) -> None:
    assert write(url, csv_file(HEADER, LATER)) == 0
    (later,) = links(url)
    looked = looked_at(url, csv_file(HEADER, BEGINNING, LATER), mapping="village-units")
    assert (list(looked.created_rows), list(looked.unchanged_rows)) == ([2], [3])
    assert write(url, csv_file(HEADER, BEGINNING, LATER)) == 0
    assert write(url, csv_file(HEADER, BEGINNING)) == 0
    assert [since for _, _, since, _ in links(url)] == ["2016"]
    looked = looked_at(url, csv_file(HEADER, LATER, BEGINNING), mapping="village-units")
    assert (list(looked.created_rows), list(looked.unchanged_rows)) == ([2], [3])
    assert write(url, csv_file(HEADER, LATER)) == 0
    assert links(url) == [later]


def test_a_unit_of_which_others_speak_stays(url: str, csv_file: CsvFile) -> None:
    assert write(url, csv_file(HEADER, TAKEN, OTHER), name="first") == 0
    elsewhere = ("东河县", "白云乡", "和平村", "县水务局", "2017", "")
    assert write(url, csv_file(HEADER, elsewhere), name="second") == 0
    (unit,) = {source for source, *_ in links_of(url, "second")}
    assert unit.startswith("organization:first:")

    looked = looked_at(url, csv_file(HEADER, OTHER), mapping="village-units", name="first")
    assert [note.en for note in looked.notes] == [f"stays, as other records speak of it: {unit}"]
    assert len(looked.ended) == 1
    assert write(url, csv_file(HEADER, OTHER), name="first") == 0
    assert unit in {record.id for record in imported(url, "first")}
    looked = looked_at(url, csv_file(HEADER, elsewhere), mapping="village-units", name="second")
    assert list(looked.unchanged_rows) == [2]


def links_of(url: str, name: str) -> list[tuple[str, str]]:
    return [(each.source, each.target) for each in imported(url, name) if isinstance(each, Relation)]


def test_a_name_is_the_same_however_it_is_spaced(
    url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]
) -> None:
    spaced = (*OTHER[:3], "县 水务局", *OTHER[4:])
    assert write(url, csv_file(HEADER, TAKEN, spaced)) == 1
    told = "another name than row {}: which of the two is right?"
    said = capsys.readouterr().out
    assert said.count(told.format(2)) == said.count(told.format(3)) == 1


@pytest.mark.parametrize("word", ["空缺", "待查", "撤销"])
def test_a_word_for_nobody_is_no_unit_among_others(
    word: str, url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write(url, csv_file(HEADER, (*TAKEN[:3], f"县水务局、{word}", *TAKEN[4:]))) == 1
    assert f"包村单位 = {word!r}: is no name, and stands beside names" in capsys.readouterr().out
    assert imported(url) == []


def test_a_name_of_digits_alone_is_refused(url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]) -> None:
    assert write(url, csv_file(HEADER, TAKEN), name="9901") == 1
    assert "the import's name, '9901': give it a letter too, as numbers stand for divisions" in capsys.readouterr().err
