"""Dates as people write them (日期写法): ``2017.6``, ``2017年6月16日``, 二〇一七年六月, 上半年, 至今, 待查, 约2017年.

What is not said is not filled up: a month stays a month. Three readings of one text:

- a **since**: the first day on which something holds;
- an **until**: the first day on which it no longer holds, or 至今 where it still does;
- a **last** day, as rosters give it: what ends on 30 June no longer holds on 1 July.

Numerals are read by ``unicodedata``. Source: model.md, "Time".
"""

from __future__ import annotations

import math
import re
import unicodedata
from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import lru_cache

from graph_model.dates import OPEN, parse_partial
from graph_model.errors import BadDateError
from graph_model.records import Text
from graph_model.texts import quoted

FORMS = "2017, 2017.6, 2017-06-16, 2017年6月16日, 2017年上半年, 2016.3-2017.6, 至今, 待查"
_OPEN = {"至今", "现任", "在任", "现在", "今", "present", "current", "ongoing"}
_UNKNOWN = {"", "待查", "不详", "未知", "无", "-", "—", "/", "?", "n/a", "na", "n.d.", "nd", "unknown", "tbd"}
_ABOUT = re.compile(r"^(约|大约|大概|about |ca\.? ?|c\. ?)(.+)$|^(.+?)(左右|前后)$", re.IGNORECASE)

_YEAR = r"(?P<year>[12]\d{3})"
_PATTERNS = [
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}(年度?)?",
        rf"{_YEAR}年?(?P<half>[上下])半年",
        rf"{_YEAR}年?第?(?P<quarter>[1-4])季度?",
        rf"{_YEAR}年?[Qq](?P<quarter>[1-4])",
        rf"{_YEAR}(?P<month>\d\d)",
        rf"{_YEAR}([-./年])(?P<month>\d\d?)(?(2)月?)",
        rf"{_YEAR}年(?P<month>\d\d?)月(?P<third>[上中下])旬",
        rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)",
        rf"{_YEAR}([-./])(?P<month>\d\d?)\2(?P<day>\d\d?)",
        rf"{_YEAR}年(?P<month>\d\d?)月(?P<day>\d\d?)[日号]?",
    )
]
_REMEMBERED = 10_000
"""Texts whose meaning is remembered: a roster says few dates, each many times."""
_BETWEEN = re.compile(r"\[(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)\]")
_DIGITS = re.compile(r"(?!一二月)[〇○零一二三四五六七八九十廿卅]+")  # 一二月 may be December, and January and February
_TENS = re.compile(r"(?:[一二三四五六七八九]?十|[廿卅]十?)[一二三四五六七八九]?")
_JOINED = re.compile(r"\s*(?:至|到|—+|－|–|~|～|-{1,2}|\.{2,3}|…)\s*")


@lru_cache(maxsize=_REMEMBERED)
def read_since(text: str) -> str | None:
    """A since as a partial date; None where the text says that it is not known. Raises BadDateError."""
    said = _plain(text)
    if said in _UNKNOWN:
        return None
    if said in _OPEN:
        raise BadDateError(
            Text(
                f"{quoted(text)}说的是仍在继续，不是从何时起：请留空，或写成 {FORMS}",
                f"{text!r} says that something goes on, not since when: leave the cell empty, or write {FORMS}",
            )
        )
    return _bound(*_span(said, text))


@lru_cache(maxsize=_REMEMBERED)
def read_until(text: str) -> str | None:
    """An until as a partial date, ``..`` for what goes on; None where it is not known. Raises BadDateError."""
    said = _plain(text)
    if said in _OPEN:
        return OPEN
    return None if said in _UNKNOWN else _bound(*_span(said, text))


@lru_cache(maxsize=_REMEMBERED)
def read_last(text: str) -> str | None:
    """The until that follows from a last day, as ``read_until``. Raises BadDateError."""
    said = _plain(text)
    if said in _OPEN:
        return OPEN
    if said in _UNKNOWN:
        return None
    first, last = _span(said, text)
    if last == date.max:
        raise BadDateError(Text(f"{quoted(text)}超出了日历", f"{text!r} is beyond the calendar"))
    return _bound(first + timedelta(days=1), last + timedelta(days=1))


@lru_cache(maxsize=_REMEMBERED)
def read_period(text: str) -> tuple[str | None, str | None]:
    """Since and until of ``2016.3-2017.6``, whose second part is a last day. Raises BadDateError."""
    said = _plain(text)
    if said in _UNKNOWN:
        return None, None
    for match in _JOINED.finditer(said):
        first, second = said[: match.start()], said[match.end() :]
        if match[0] == "-" and _is_one(said):
            break  # 2017-06 is a month
        if not (first in _UNKNOWN or _is_one(first)) or not (second in _UNKNOWN | _OPEN or _is_one(second)):
            continue
        since, until = read_since(first), read_last(second)
        if since is not None and until not in {None, OPEN}:
            _check_order(text, since, str(until))
        return since, until
    return read_since(text), None


def write_last(until: str | None) -> str:
    """The last day that means an until, as ``read_last`` reads it; empty for one that is not known."""
    if until is None:
        return ""
    if until == OPEN:
        return "至今"
    partial = parse_partial(until)
    return _bound(date.fromordinal(partial.earliest - 1), date.fromordinal(partial.latest - 1))


def write_period(since: str | None, until: str | None) -> str:
    """Since and until as ``read_period`` reads them."""
    if until is None:
        return since or ""
    return f"{since or '待查'}至{write_last(until)}"


def read_cell_date(value: date | datetime, number_format: str | None = None) -> str:
    """A cell that holds a real date, as much of it as its format shows: sheets make 1 June 2017 of a typed 2017年6月.

    Raises BadDateError where it has a time of day that says more.
    """
    if isinstance(value, datetime):
        if (value.hour, value.minute, value.second) != (0, 0, 0):
            said = value.isoformat()
            raise BadDateError(Text(f"{said} 带有钟点：请只写日期", f"{said} has a time of day: give the day alone"))
        value = value.date()
    shown = _shown(number_format)
    if value.day != 1 or not shown or "d" in shown:
        return value.isoformat()
    return f"{value:%Y}" if value.month == 1 and "m" not in shown else f"{value:%Y-%m}"


def shows_month_alone(number_format: str) -> bool:
    """Whether a format of dates shows no day."""
    shown = _shown(number_format)
    return bool(shown) and "d" not in shown


def _shown(number_format: str | None) -> str:
    """The letters of a format of dates that stand for year, month and day; empty for what is no such format."""
    letters = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|;.*', "", number_format or "").casefold()
    found = "".join(letter for letter in letters if letter in "ymd")
    return found if "y" in found else ""


def read_number(value: float, number_format: str | None = None) -> str:
    """The text that a number cell of a column of dates stands for: 2017, 201706, 20170616, or 2017.1 by its format.

    Raises BadDateError for what could mean two things, or nothing.
    """
    if not math.isfinite(value):
        raise BadDateError(
            Text(f"数字 {value} 不是日期：请写成 {FORMS}", f"the number {value} is no date: write {FORMS}")
        )
    if value == int(value):
        whole = int(value)
        if 1_000 <= whole < 3_000 or 100_000 <= whole < 300_000 or 10_000_000 <= whole < 30_000_000:
            return str(whole)
        raise BadDateError(
            Text(
                f"数字 {whole} 不是日期：请把单元格设为日期或文本格式，写成 {FORMS}",
                f"the number {whole} is no date: format the cell as a date or as text, and write {FORMS}",
            )
        )
    decimals = None if number_format is None else re.fullmatch(r"0\.(0+)(?:_.*)?", number_format)
    shown = f"{value:.{len(decimals[1])}f}" if decimals is not None else f"{value:.2f}".removesuffix("0")
    if abs(float(shown) - value) > 1e-6:  # 2017.12 is no January where its format shows 2017.1
        raise BadDateError(
            Text(
                f"单元格显示 {shown}，里面却是 {value}：请以文本写成 {FORMS}",
                f"the cell shows {shown}, and holds {value}: write as text {FORMS}",
            )
        )
    if decimals is None and shown.endswith(".1"):
        year = shown[:4]
        raise BadDateError(
            Text(
                f"数字 {value} 可能是 {year} 年一月，也可能是十月：请以文本写成 {year}-01 或 {year}-10",
                f"the number {value} may be January or October of {year}: write {year}-01 or {year}-10 as text",
            )
        )
    return shown


def _plain(text: str) -> str:
    """The text with full-width forms made narrow, blanks gone, and Chinese numerals as digits."""
    said = unicodedata.normalize("NFKC", text).strip().casefold()
    said = re.sub(r"(?<=[\d年月日.\-/])\s+(?=[\d年月日号至到.\-/])", "", said)
    if said in _OPEN or said in _UNKNOWN:
        return said
    is_date = re.search("[年月日季旬]", said) or re.fullmatch(r"[一二][〇○零一二三四五六七八九]{3}", said)
    return _DIGITS.sub(lambda match: _number(match[0]), said) if is_date else said


def _number(numerals: str) -> str:
    """二〇一七 is read digit by digit, 十六 and 三十一 as a number; 十一二, which are two numbers, stays what it is."""
    values = [0 if each == "○" else int(unicodedata.numeric(each)) for each in numerals]
    if all(value < 10 for value in values):
        return "".join(map(str, values))
    if not _TENS.fullmatch(numerals):
        return numerals
    total, pending = 0, 0
    for value in values:
        if value < 10:
            pending = value
        elif value == 10:
            total, pending = total + (pending or 1) * 10, 0
        else:
            total += value  # 廿, 卅
    return str(total + pending)


def _is_one(said: str) -> bool:
    try:
        _span(said, said)
    except BadDateError:
        return False
    return True


def _span(said: str, text: str) -> tuple[date, date]:
    """The first and the last day that a text without 至今 and 待查 can mean. Raises BadDateError."""
    between = _BETWEEN.fullmatch(said)
    if between is not None:
        return _range(between, text)
    about = _ABOUT.match(said)
    if about is not None:
        return _around(*_span((about[2] or about[3]).strip(), text))
    match = next(filter(None, (pattern.fullmatch(said) for pattern in _PATTERNS)), None)
    if match is None:
        raise BadDateError(Text(f"{quoted(text)}不是日期：请写成 {FORMS}", f"{text!r} is no date: write {FORMS}"))
    parts = match.groupdict()
    year = int(parts["year"])
    try:
        if parts.get("half"):
            return (
                (date(year, 1, 1), date(year, 6, 30))
                if parts["half"] == "上"
                else (date(year, 7, 1), date(year, 12, 31))
            )
        if parts.get("quarter"):
            month = 3 * int(parts["quarter"])
            return date(year, month - 2, 1), _month_end(year, month)
        if not parts.get("month"):
            return date(year, 1, 1), date(year, 12, 31)
        month = int(parts["month"])
        if parts.get("third"):
            first = {"上": 1, "中": 11, "下": 21}[parts["third"]]
            return date(year, month, first), _month_end(year, month) if first == 21 else date(year, month, first + 9)
        if parts.get("day"):
            day = date(year, month, int(parts["day"]))
            return day, day
        return date(year, month, 1), _month_end(year, month)
    except ValueError as error:
        raise _not_in_calendar(text) from error


def _range(between: re.Match[str], text: str) -> tuple[date, date]:
    """``[2016-01-01..2016-06-30]``: some day of these."""
    try:
        first, last = date.fromisoformat(between[1]), date.fromisoformat(between[2])
    except ValueError as error:
        raise _not_in_calendar(text) from error
    if first >= last:
        raise _ends_first(text)
    return first, last


def _not_in_calendar(text: str) -> BadDateError:
    return BadDateError(
        Text(f"{quoted(text)}在日历上没有：请写成 {FORMS}", f"{text!r} is not in the calendar: write {FORMS}")
    )


def _ends_first(text: str) -> BadDateError:
    return BadDateError(Text(f"{quoted(text)}的结束早于开始", f"{text!r} ends before it begins"))


def _around(first: date, last: date) -> tuple[date, date]:
    """About a year is from the one before to the one after; about a month, a day, likewise."""
    length = (last - first).days + 1
    if length > 31:
        return date(first.year - 1, 1, 1), date(last.year + 1, 12, 31)
    if length > 1:
        before, after = first - timedelta(days=1), last + timedelta(days=1)
        return before.replace(day=1), _month_end(after.year, after.month)
    return first - timedelta(days=1), last + timedelta(days=1)


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _bound(first: date, last: date) -> str:
    """Two days as the shortest partial date that means them."""
    if first == last:
        return first.isoformat()
    if (first.month, first.day, last.month, last.day, last.year) == (1, 1, 12, 31, first.year):
        return f"{first.year:04}"
    if first.day == 1 and last == _month_end(first.year, first.month):
        return f"{first.year:04}-{first.month:02}"
    return f"[{first.isoformat()}..{last.isoformat()}]"


def _check_order(text: str, since: str, until: str) -> None:
    if parse_partial(since).earliest >= parse_partial(until).latest:
        raise _ends_first(text)
