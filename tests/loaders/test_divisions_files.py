"""Broken files of divisions: each fault with file, row, column, value, reason and remedy, all in one reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.divisions import read_divisions

HEADER = "code,name,parent,level\n"
GOOD = HEADER + "5305,保山市,,city\n530521,施甸县,5305,county\n530521100,甸阳镇,530521,township\n"


def refusals(tmp_path: Path, text: str | bytes, name: str = "2016-07-31.csv") -> list[str]:
    """What is refused, without the folder."""
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    reading = read_divisions([path])
    assert bool(reading.records) == (not reading.refused)
    return [str(refused).removeprefix(f"{tmp_path.as_posix()}/") for refused in reading.refused]


@pytest.mark.parametrize("text", [GOOD, GOOD.rstrip("\n"), GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD])
def test_a_good_file_is_read(tmp_path: Path, text: str) -> None:
    assert refusals(tmp_path, text) == []


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (
            "530521200,万兴乡,530521,town",
            "5, level = 'town': is no level: write one of city, county, township, village",
        ),
        ("53052120x,万兴乡,530521,township", "5, code = '53052120x': is no code: write digits only"),
        ("５３０５２１２００,万兴乡,530521,township", "5, code = '５３０５２１２００': is no code: write digits only"),
        (
            "53052120,万兴乡,530521,township",
            "5, code = '53052120': has 8 digits: a township has 9; correct the code or the level",
        ),
        (
            "530523200,万兴乡,530521,township",
            "5, parent = '530521': must be the county 530523, with which the code 530523200 begins:"
            " correct one of them",
        ),
        (
            "530523200,龙江乡,530523,township",
            "5, parent = '530523': is missing from this file: add the row of the county 530523",
        ),
        ("530521200,,530521,township", "5, name = '': is empty: write the full name"),
        (
            "530521200, 万兴乡,530521,township",
            "5, name = ' 万兴乡': has spaces around it or unprintable characters: remove them",
        ),
        ("530521100,甸阳镇,530521,township", "5, code = '530521100': stands in row 4 already: keep one of the two"),
        (
            "530521200,万兴乡,530521",
            "5 = '530521200,万兴乡,530521': has 3 fields instead of 4: fill in the missing ones",
        ),
        (
            "530521200,万兴,乡,530521,township",
            "5 = '530521200,万兴,乡,530521,township': has 5 fields instead of 4: quote fields with commas in them",
        ),
        ("", "5 = '': has 0 fields instead of 4: remove the empty row"),
        ("5306,昭通市,,city", "5, code = '5306': is a second city beside 5305: give each city a file of its own"),
        ("5305,保山市,53,city", "5, parent = '53': must be empty: a city is the top of its file"),
    ],
)
def test_a_bad_row_is_refused_with_its_place_and_a_remedy(tmp_path: Path, row: str, fault: str) -> None:
    assert refusals(tmp_path, GOOD + row + "\n")[0] == f"2016-07-31.csv:{fault}"


def test_all_bad_rows_are_named_in_one_reading(tmp_path: Path) -> None:
    rows = "530521200,,530521,township\n53052,万兴乡,530521,township\n530521201,酒房乡,530521,township\n"
    assert [fault.split(":")[1] for fault in refusals(tmp_path, GOOD + rows)] == ["5, name = ''", "6, code = '53052'"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ":1 = '': the first row must be code,name,parent,level or code,name,parent,level,name_en"),
        (
            "code;name;parent;level\n",
            ":1 = 'code;name;parent;level': the first row must be code,name,parent,level or "
            "code,name,parent,level,name_en",
        ),
        (HEADER, ": has no rows below the header: extract the edition again"),
        (GOOD.encode("gb18030"), ":2: is not UTF-8: save the file as CSV in UTF-8"),
        (
            GOOD + '530521200,"万兴乡,530521,township\n',
            ":5: is no CSV: unexpected end of data; quote fields with commas in them",
        ),
        (
            HEADER + "530521,施甸县,5305,county\n",
            ": has no row of level city: add the city itself (a code of 4 digits)",
        ),
    ],
)
def test_a_file_that_is_no_edition_is_refused(tmp_path: Path, text: str | bytes, fault: str) -> None:
    assert refusals(tmp_path, text)[0] == f"2016-07-31.csv{fault}"


def test_a_file_is_named_after_its_day(tmp_path: Path) -> None:
    assert refusals(tmp_path, GOOD, "edition.csv") == [
        "edition.csv: is not named after its day: call it as 2017-10-31.csv"
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    reading = read_divisions([tmp_path / "2016-07-31.csv"])
    assert [refused.reason for refused in reading.refused] == ["cannot be read: No such file or directory"]


def test_all_or_nothing_a_set_of_files(tmp_path: Path) -> None:
    good, bad = tmp_path / "2016-07-31.csv", tmp_path / "2017-10-31.csv"
    good.write_text(GOOD, encoding="utf-8")
    bad.write_text(GOOD + "x\n", encoding="utf-8")
    reading = read_divisions([bad, good])
    assert len(reading.refused) == 1
    assert reading.records == ()


def test_two_files_of_one_day_do_not_go_together(tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "2016-07-31.csv", tmp_path / "b" / "2016-07-31.csv"
    for path in (first, second):
        path.parent.mkdir()
        path.write_text(GOOD, encoding="utf-8")
    reading = read_divisions([second, first])
    assert [str(refused) for refused in reading.refused] == [
        f"{second.as_posix()}: is of the same day as {first.as_posix()}: give one file for each edition"
    ]


def test_two_cities_do_not_go_together(tmp_path: Path) -> None:
    first, second = tmp_path / "2016-07-31.csv", tmp_path / "2017-10-31.csv"
    first.write_text(GOOD, encoding="utf-8")
    second.write_text(HEADER + "5306,昭通市,,city\n", encoding="utf-8")
    reading = read_divisions([first, second])
    assert [str(refused) for refused in reading.refused] == [
        f"{second.as_posix()}, code = '5306': is another city than 5305 of {first.as_posix()}: load each city by itself"
    ]
