"""The rows of a table by a mapping's columns (行): headers found, merged cells filled down, cells as texts."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct, structs
from rapidfuzz import process

from graph_model.errors import BadUserInputError, Place, SourceError
from graph_model.records import Text
from graph_model.texts import quoted
from loaders.reading import Refused
from loaders.rosters.form import Column
from loaders.rosters.private import IDENTITY_NUMBER, has_identity_number
from loaders.sheets.tables import NO_TEXT, CellError, Row, Table, Value, is_error, text_of
from loaders.written_dates import read_cell_date, read_number

_LOOKED_AT = 20
_LIKE_ENOUGH = 60
_DATES = {"since", "until", "last", "period"}
_MAX_CELL = 1_000
_KEPT = 50_000
EMPTY = Text("不能为空", "must not be empty")
_BEYOND = Text(
    "格子比表头多：是不是有逗号没有加引号，后面的格子都错位了",
    "has more cells than the header has titles: is there a comma without quotes, which moves those behind it?",
)
_HALVES = re.compile("[\ud800-\udfff]")
_EXACT_DIGITS = 15
"""A number cell keeps so many digits and no more: an identity number of eighteen has lost its last ones."""


class Line(Struct, frozen=True, gc=False):
    """One row as texts by column, where it stands, and what is wrong with its cells."""

    number: int
    place: Place
    texts: Mapping[str, str]
    faults: tuple[Refused, ...] = ()
    numbers: tuple[str, ...] = ()
    """The columns of codes whose cells are numbers: what they began with is not known."""
    left_out: str | None = None
    """The word by which it is no row of the roster."""


class Header(Struct, frozen=True):
    """Where each column stands (from 0), as the file calls it, and the number of the header's last row."""

    places: Mapping[str, int]
    titles: Mapping[str, str]
    number: int
    all_titles: tuple[str, ...]


def read_lines(
    table: Table, columns: Mapping[str, Column], leave_out: Sequence[str] = ()
) -> tuple[Header, Iterator[Line]]:
    """The header, and the rows below it one after the other, those that are left out among them.

    Raises SourceError where there is no such header.
    """
    header, below = titled_rows(table, columns)
    return header, _lines(table, header, below, columns, leave_out)


def titled_rows(table: Table, columns: Mapping[str, Column]) -> tuple[Header, Iterator[Row]]:
    """The header, and the rows below it as they stand. Raises SourceError where there is no such header."""
    first = list(itertools.islice(table.rows, _LOOKED_AT))
    header = _find_header(table, first, columns)
    return header, itertools.chain((row for row in first if row.number > header.number), table.rows)


def unread_titles(header: Header, columns: Mapping[str, Column]) -> list[Text]:
    """The titles of a file that a mapping reads nothing of, each with what it may stand for, if it is like a title."""
    words = {word: name for name, column in columns.items() if name not in header.places for word in column.headers}
    known = {_title(word): name for name, column in columns.items() for word in column.headers}
    said = []
    for at, title in enumerate(header.all_titles):
        if title and at not in header.places.values():
            name = known.get(_title(title))
            if name is not None and name in header.titles:
                said.append(_another(title, header.titles[name]))
                continue
            like = process.extractOne(title, list(words), score_cutoff=_LIKE_ENOUGH)
            said.append(_perhaps(title, like[0]) if like else Text(title, title))
    return said


def zero_faults(line: Line, header: Header, zeros: Mapping[str, str]) -> Line:
    """A row, refused where its code is a number in a column in which other codes, as in ``zeros``, begin with one."""
    faults = tuple(
        Refused.because(
            dataclasses.replace(line.place, column=header.titles[name], value=line.texts[name]),
            Text(
                f"是数字，而本列有{quoted(zeros[name])}这样的代码：开头的零可能已丢失，请把本列设为文本格式",
                f"is a number, and this column has codes such as {zeros[name]!r}: leading zeros may be lost; format"
                " the column as text",
            ),
        )
        for name in line.numbers
        if name in zeros
    )
    return structs.replace(line, faults=(*line.faults, *faults)) if faults else line


def _find_header(table: Table, rows: Sequence[Row], columns: Mapping[str, Column]) -> Header:
    known = {_title(word): name for name, column in columns.items() for word in column.headers}
    required = {name for name, column in columns.items() if column.required}
    best: Header | None = None
    named = [] if table.titles is None else [Row(0, table.titles)]
    for row, following in [(row, None) for row in named] or itertools.zip_longest(rows, rows[1:]):
        one = [text_of(cell) for cell in row.cells]
        for titles, number in _candidates(table, one, row, following):
            places = _places(titles, known)
            found = Header(places, {name: titles[at] for name, at in places.items()}, number, tuple(titles))
            if best is None or _fit(found, required) > _fit(best, required):
                best = found
    if best is not None and required <= best.places.keys():
        return best
    raise _no_header(table, columns, required, best)


def _fit(header: Header, required: set[str]) -> tuple[bool, int]:
    """How good a header is: whether it has all that is required, then how much it has. The first of the best counts."""
    return required <= header.places.keys(), len(header.places)


def _candidates(table: Table, one: list[str], row: Row, following: Row | None) -> Iterator[tuple[list[str], int]]:
    """A row as a header, and with the row below it: a title over several columns stands for each of them."""
    yield one, row.number
    if following is None:
        return
    upper = list(one)
    for (top, left), (bottom, right) in table.merged:
        if top == row.number - 1 and bottom == top and left < len(upper):
            upper += [""] * (right + 1 - len(upper))
            upper[left : right + 1] = [upper[left]] * (right + 1 - left)
    lower = [text_of(cell) for cell in following.cells]
    pairs = itertools.zip_longest(upper, lower, fillvalue="")
    yield [below or above for above, below in pairs], following.number


def _places(titles: Sequence[str], known: Mapping[str, str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for at, title in enumerate(titles):
        name = known.get(_title(title))
        if name is not None:
            places.setdefault(name, at)
    return places


def _title(text: str) -> str:
    return "".join(text_of(text).split()).casefold().replace("（", "(").replace("）", ")").rstrip("*:：")


def _no_header(table: Table, columns: Mapping[str, Column], required: set[str], best: Header | None) -> SourceError:
    if best is None:
        return table.error(Text("没有任何行", "has no rows"))
    missing = []
    for name in sorted(required - best.places.keys(), key=list(columns).index):
        wanted = " / ".join(columns[name].headers)
        free = [title for at, title in enumerate(best.all_titles) if title and at not in best.places.values()]
        like = process.extractOne(columns[name].headers[0], free, score_cutoff=_LIKE_ENOUGH)
        missing.append(_perhaps(wanted, like[0]) if like else Text(wanted, wanted))
    here = [title for title in best.all_titles if title]
    return table.error(
        Text(
            f"没有一行含有映射所需的全部列；缺少：{'；'.join(each.zh for each in missing)}；现有：{'、'.join(here)}",
            f"no row has all columns that the mapping needs; missing: {'; '.join(each.en for each in missing)};"
            f" here are: {', '.join(here)}",
        )
    )


def _another(title: str, read: str) -> Text:
    """A title that means what one before it means."""
    return Text(f"{title}（与已读取的“{read}”同义）", f"{title} (means the same as {read!r}, which is read)")


def _perhaps(title: str, like: str) -> Text:
    """A title, and which other one may be the same."""
    return Text(
        f"{title}（是否就是{quoted(like)}？若是，请把这个词加入映射）",
        f"{title} (is it {like!r}? then add that word to the mapping)",
    )


def _lines(
    table: Table, header: Header, rows: Iterator[Row], columns: Mapping[str, Column], leave_out: Sequence[str]
) -> Iterator[Line]:
    filled = _merged_down(table, header, columns)
    is_delimited = table.sheet is None and table.titles is None
    above: dict[str, Value] = {}
    same: dict[str, str] = {}  # a roster says the same words again and again: each is kept once
    defaults = {name: text_of(column.default) for name, column in columns.items() if column.default is not None}
    absent = {name: text for name, text in defaults.items() if name not in header.places}
    for row in rows:
        texts = dict(absent)
        faults: list[Refused] = []
        numbers: list[str] = []
        whole = table.place(row)
        word = _no_row(row, leave_out)
        if word is not None:
            yield Line(row.number, whole, {}, left_out=word)
            continue
        for name, at in header.places.items():
            value = row.cells[at] if at < len(row.cells) else None
            if (row.number - 1, at) in filled:
                value = above.get(name)
            elif columns[name].fill_down:
                above[name] = value
            try:
                text = _read(table, row.number - 1, at, value, columns[name]) or defaults.get(name, "")
                texts[name] = same.setdefault(text, text) if len(same) < _KEPT else text
                if columns[name].reads == "code" and isinstance(value, int | float):
                    numbers.append(name)
            except BadUserInputError as error:
                texts[name] = ""
                shown = _HALVES.sub("\ufffd", text_of(value)[:_MAX_CELL])
                place = dataclasses.replace(whole, column=header.titles[name], value=shown)
                faults.append(Refused.because(place, error.text))
            else:
                if columns[name].required and not texts[name]:
                    place = dataclasses.replace(whole, column=header.titles[name])
                    faults.append(Refused.because(place, EMPTY))
        if is_delimited and any(map(text_of, row.cells[len(header.all_titles) :])):
            faults.append(Refused.because(whole, _BEYOND))
        yield Line(row.number, whole, texts, tuple(faults), tuple(numbers))


def _no_row(row: Row, leave_out: Sequence[str]) -> str | None:
    """The word by which a row is none of the roster: a total, a footnote."""
    if not leave_out:
        return None
    first = next(filter(None, map(text_of, row.cells)), "")
    return next((word for word in leave_out if first.replace(" ", "").startswith(word)), None)


def _merged_down(table: Table, header: Header, columns: Mapping[str, Column]) -> set[tuple[int, int]]:
    """The cells (row, column, from 0) that a merged cell above them speaks for."""
    downwards = {at for name, at in header.places.items() if columns[name].fill_down}
    return {
        (row, left)
        for (top, left), (bottom, _) in table.merged
        if left in downwards and top >= header.number
        for row in range(top + 1, bottom + 1)
    }


def _read(table: Table, row: int, at: int, value: Value, column: Column) -> str:
    """A cell as the text that its column is read from. Raises BadUserInputError with the remedy."""
    if isinstance(value, str) and len(value) > _MAX_CELL:
        raise BadUserInputError(
            Text(
                f"有 {len(value):,} 个字符，一个单元格最多 {_MAX_CELL:,} 个",
                f"has {len(value):,} characters; a cell may have {_MAX_CELL:,}",
            )
        )
    strange = NO_TEXT.search(value) if isinstance(value, str) else None
    if strange is not None:
        which = f"U+{ord(strange[0]):04X}"
        raise BadUserInputError(
            Text(
                f"含有文本里不该有的字符（{which}）：请去掉",
                f"has a character that stands in no text ({which}): take it out",
            )
        )
    if isinstance(value, str) and (isinstance(value, CellError) or is_error(value)):
        raise BadUserInputError(
            Text(
                "是表格里的错误值，不是内容：请改正公式，或直接写出内容",
                "is an error of the sheet, no value: mend the formula, or write what is meant",
            )
        )
    if column.reads in _DATES:
        if isinstance(value, date | datetime):
            return read_cell_date(value, table.format_of(row, at) if value.day == 1 else None)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return read_number(float(value), table.format_of(row, at))
        return text_of(value)
    text = _code(value, column) if column.reads == "code" else text_of(value)
    if has_identity_number(text):
        raise BadUserInputError(IDENTITY_NUMBER)
    return text


def _code(value: Value, column: Column) -> str:
    text = text_of(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not float(value).is_integer() or abs(value) >= 10**_EXACT_DIGITS:
            raise BadUserInputError(
                Text(
                    "这个数字已丢失位数：请把本列设为文本格式，重新录入代码",
                    "this number has lost digits: format the column as text, and enter the code again",
                )
            )
        if column.digits and len(text) not in column.digits and len(text) < max(column.digits):
            raise BadUserInputError(
                Text(
                    f"{_digits(column).zh}：开头的零可能已丢失，请把本列设为文本格式",
                    f"{_digits(column).en}: leading zeros may be lost; format the column as text",
                )
            )
    if "e+" in text.casefold():
        raise BadUserInputError(
            Text(
                "这个代码已变成数字，丢失了位数：请把本列设为文本格式",
                "this code was turned into a number and has lost digits: format the column as text",
            )
        )
    if text and column.digits and (not text.isdigit() or len(text) not in column.digits):
        raise BadUserInputError(_digits(column))
    return text


def _digits(column: Column) -> Text:
    return Text(
        f"代码应为 {' 或 '.join(map(str, column.digits))} 位数字",
        f"a code has {' or '.join(map(str, column.digits))} digits",
    )
