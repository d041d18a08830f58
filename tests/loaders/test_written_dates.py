"""Dates as people write them: what each means, and what is refused."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_model.dates import parse_partial
from graph_model.errors import BadDateError
from loaders.written_dates import read_cell_date, read_last, read_number, read_period, read_since, read_until

SINCE = {
    "2017": "2017",
    "2017年": "2017",
    "2017年度": "2017",
    "２０１７": "2017",
    "2017.6": "2017-06",
    "2017-06": "2017-06",
    "2017/6": "2017-06",
    "201706": "2017-06",
    "2017年6月": "2017-06",
    "2017年06": "2017-06",
    " 2017 年 6 月 ": "2017-06",
    "2017.10": "2017-10",
    "2017/6/1": "2017-06-01",
    "2017.6.1": "2017-06-01",
    "20170601": "2017-06-01",
    "2017年6月16日": "2017-06-16",
    "2017年6月16号": "2017-06-16",
    "二〇一七": "2017",
    "二〇一七年六月": "2017-06",
    "二○一七年六月十六日": "2017-06-16",
    "二零一六年十二月三十一日": "2016-12-31",
    "二〇一六年十月二十日": "2016-10-20",
    "2017年上半年": "[2017-01-01..2017-06-30]",
    "2017下半年": "[2017-07-01..2017-12-31]",
    "2017年第二季度": "[2017-04-01..2017-06-30]",
    "2017Q4": "[2017-10-01..2017-12-31]",
    "2016年2月下旬": "[2016-02-21..2016-02-29]",
    "2017年6月上旬": "[2017-06-01..2017-06-10]",
    "约2017年": "[2016-01-01..2018-12-31]",
    "2017年左右": "[2016-01-01..2018-12-31]",
    "约2017年6月": "[2017-05-01..2017-07-31]",
    "待查": None,
    "不详": None,
    "": None,
    "N/A": None,
    "?": None,
}
LAST = {
    "2017-06-30": "2017-07-01",
    "2017年12月31日": "2018-01-01",
    "2017.6": "[2017-06-02..2017-07-01]",
    "2017": "[2017-01-02..2018-01-01]",
    "至今": "..",
    "现任": "..",
    "待查": None,
}
PERIODS = {
    "2016.3-2017.6": ("2016-03", "[2017-06-02..2017-07-01]"),
    "2016年3月至2017年6月": ("2016-03", "[2017-06-02..2017-07-01]"),
    "2016-03-01—2017-06-30": ("2016-03-01", "2017-07-01"),
    "2016.3—至今": ("2016-03", ".."),
    "2016年3月至今": ("2016-03", ".."),
    "2016-2017": ("2016", "[2017-01-02..2018-01-01]"),
    "2017-06": ("2017-06", None),
    "2017.6-": ("2017-06", None),
    "待查-2017.6": (None, "[2017-06-02..2017-07-01]"),
    "待查": (None, None),
}
NO_DATES = [
    "今年",
    "6月",
    "2017-13",
    "2017-02-30",
    "17.6",
    "2017/6-1",
    "3017",
    "九〇一七",
    "约",
    "昨天",
    "2017.6.1.2",
    "二〇一七年十一二月",  # November and December
    "二〇一七年一二月",  # January and February, or December
    "二〇一七年六月二十一二日",
]


@pytest.mark.parametrize(("text", "meant"), SINCE.items())
def test_a_since_means(text: str, meant: str | None) -> None:
    assert read_since(text) == meant


@pytest.mark.parametrize(("text", "meant"), LAST.items())
def test_a_last_day_becomes_the_first_day_without(text: str, meant: str | None) -> None:
    assert read_last(text) == meant


@pytest.mark.parametrize(("text", "meant"), PERIODS.items())
def test_a_period_has_two_ends(text: str, meant: tuple[str | None, str | None]) -> None:
    assert read_period(text) == meant


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(BadDateError, match="write 2017, "):
        read_since(text)


def test_an_until_is_the_first_day_without() -> None:
    assert (read_until("2017-06-30"), read_until("至今")) == ("2017-06-30", "..")


def test_what_goes_on_is_no_since() -> None:
    with pytest.raises(BadDateError, match="not since when"):
        read_since("至今")


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadDateError, match="ends before it begins"):
        read_period("2017.6-2016.3")


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (2017.0, None, "2017"),
        (201706.0, None, "201706"),
        (20170616.0, None, "20170616"),
        (2017.6, None, "2017.6"),
        (2017.12, None, "2017.12"),
        (2017.1, "0.00", "2017.10"),
        (2017.1, "0.0", "2017.1"),
        (2017.12, "0.00_ ", "2017.12"),
        (2000 + 17.12, "General", "2017.12"),
    ],
)
def test_a_number_cell_is_read_by_what_it_shows(value: float, number_format: str | None, text: str) -> None:
    assert read_number(value, number_format) == text


@pytest.mark.parametrize(
    ("value", "number_format"),
    [(2017.12, "0.0"), (2017.05, "0.0"), (2017.125, None), (2017.123, "0.00"), (2017.999, "0")],
)
def test_a_number_cell_that_shows_another_number_is_refused(value: float, number_format: str | None) -> None:
    with pytest.raises(BadDateError, match=rf"the cell shows 201\d\.\d+, and holds {value}: write as text 2017, "):
        read_number(value, number_format)


@pytest.mark.parametrize("number_format", [None, "General", "0"])
def test_january_or_october_is_asked(number_format: str | None) -> None:
    with pytest.raises(BadDateError, match=r"January or October of 2017: write 2017-01 or 2017-10"):
        read_number(2017.1, number_format)


def test_a_day_as_a_bare_number_is_refused() -> None:
    with pytest.raises(BadDateError, match="42887 is no date: format the cell as a date"):
        read_number(42887.0)


def test_a_date_cell_is_its_day_and_a_time_of_day_is_refused() -> None:
    assert read_cell_date(datetime(2017, 6, 16)) == "2017-06-16"  # noqa: DTZ001 - as a workbook has it
    with pytest.raises(BadDateError, match="time of day"):
        read_cell_date(datetime(2017, 6, 16, 8, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "number_format", "text"),
    [
        (date(2017, 1, 1), "yyyy", "2017"),
        (date(2017, 6, 1), "yyyy", "2017-06"),
        (date(2017, 6, 16), "yyyy/m", "2017-06-16"),
        (date(2017, 6, 1), "General", "2017-06-01"),
        (date(2017, 6, 1), 'yyyy\\-mm "dd"', "2017-06"),
    ],
)
def test_a_date_cell_says_no_more_than_it_shows(day: date, number_format: str, text: str) -> None:
    assert read_cell_date(day, number_format) == text


DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
WRITINGS = st.sampled_from(
    [
        "{0:%Y}-{0:%m}-{0:%d}",
        "{0.year}.{0.month}.{0.day}",
        "{0.year}/{0.month}/{0.day}",
        "{0.year}年{0.month}月{0.day}日",
    ]
)


@given(DAYS, WRITINGS)
def test_a_day_is_read_from_each_way_of_writing_it(day: date, writing: str) -> None:
    assert read_since(writing.format(day)) == day.isoformat()
    last = read_last(writing.format(day))
    assert last is not None
    assert parse_partial(last).earliest == day.toordinal() + 1


@given(st.text(alphabet="0123456789年月日.-/至今上下半约二〇一十六 ", max_size=14))
def test_any_text_is_a_partial_date_or_refused(text: str) -> None:
    for read in (read_since, read_until, read_last):
        try:
            found = read(text)
        except BadDateError:
            continue
        if found not in {None, ".."}:
            parse_partial(str(found))
