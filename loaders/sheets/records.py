"""Records that name their fields (记录文件): JSON, JSON lines and YAML as tables; a record is a row.

A field within a field is a column of its own (``post.title``), a list of values one cell of several. Its place is a
JSON pointer, or a line. A field that stands twice in a record is refused.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NoReturn

from graph_model.errors import Place, SourceError
from graph_model.records import Text
from graph_model.texts import quoted
from graph_model.yaml_file import read_yaml
from loaders.sheets.delimited import find_encoding
from loaders.sheets.popolo import NO_RECORD, is_popolo, read_popolo
from loaders.sheets.tables import MAX_COLUMNS, NO_SHEETS, NO_TEXT, Row, Table, Value, lines_of, too_many_columns

ENDINGS: Final = frozenset({".json", ".jsonl", ".ndjson", ".yaml", ".yml"})
MAX_BYTES: Final = 64 << 20
"""Of a file that has to be read whole: all but JSON lines."""
MAX_DEPTH: Final = 8
JOINED: Final = "、"
"""What is put between the values of a list: a column that is split there gives them back."""


def read_records(path: Path, name: str, part: str | None) -> Table:
    """The records of a file; ``part`` names the list that is meant where a file has several. Raises SourceError."""
    ending = path.suffix.lower()
    if ending in {".jsonl", ".ndjson"}:
        if part is not None:
            raise SourceError(Place(name), NO_SHEETS)
        return _read_lines(path, name)
    size = path.stat().st_size
    if size > MAX_BYTES:
        said = Text(
            f"有 {size >> 20} MiB，最多 {MAX_BYTES >> 20}：请另存为 JSON lines",
            f"has {size >> 20} MiB; it may have {MAX_BYTES >> 20}: save it as JSON lines",
        )
        raise SourceError(Place(name), said)
    if ending == ".json":
        content = _parse(path.read_bytes().decode(find_encoding(path, name)), name, None)
        if part is None and is_popolo(content):
            return read_popolo(content, name)
        records, pointer = _chosen(content, name, part)
        return _table(name, part, [(number, f"{pointer}/{number - 1}", each) for number, each in enumerate(records, 1)])
    file = read_yaml(path, object, name=name)
    records, pointer = _chosen(file.content, name, part)
    steps = tuple(pointer.removeprefix("/").split("/")) if pointer else ()
    lines = [file.line_of(*steps, index) for index in range(len(records))]
    if len(set(lines)) < len(lines):
        said = Text("一行里有两条记录：请每条另起一行", "has two records in one line: begin a line with each")
        raise SourceError(Place(name), said)
    return _table(name, part, [(line, None, each) for line, each in zip(lines, records, strict=True)])


def _chosen(content: object, name: str, part: str | None) -> tuple[Sequence[object], str]:
    """The list of records, and the JSON pointer that leads to it. Raises SourceError."""
    if isinstance(content, list) and part is None:
        return content, ""
    lists = {key: each for key, each in content.items() if isinstance(each, list)} if isinstance(content, dict) else {}
    known, there = ", ".join(lists) or "none", "、".join(lists) or "无"
    if part is not None:
        if part not in lists:
            said = Text(f"没有列表{quoted(part)}，现有：{there}", f"has no list {part!r}; it has: {known}")
            raise SourceError(Place(name), said)
        return lists[part], f"/{_escaped(part)}"
    if len(lists) != 1:
        remedy = (
            Text(f"请用 --sheet 选一个：{there}", f"choose one with --sheet: {known}")
            if lists
            else Text("请给出一个记录列表，或含有一个列表的对象", "give a list of records, or an object with one")
        )
        count = len(lists)
        raise SourceError(
            Place(name),
            Text(f"有 {count} 个记录列表：{remedy.zh}", f"has {count} lists of records: {remedy.en}"),
        )
    ((key, only),) = lists.items()
    return only, f"/{_escaped(key)}"


def _table(name: str, part: str | None, records: Sequence[tuple[int, str | None, object]]) -> Table:
    flat = [(number, at, _flat(each, Place(name, number, at=at))) for number, at, each in records]
    titles = list(dict.fromkeys(key for _, _, fields in flat for key in fields))
    _check_titles(titles, Place(name))
    rows = (Row(number, [fields.get(title) for title in titles], at) for number, at, fields in flat)
    return Table(name, part, rows, titles=titles)


def _read_lines(path: Path, name: str) -> Table:
    """A file of JSON lines; it is gone through once for the names of the fields, and once for the rows."""
    encoding = find_encoding(path, name)
    titles: dict[str, None] = {}
    for number, fields in _lines(path, name, encoding):
        titles.update(dict.fromkeys(fields))
        _check_titles(titles, Place(name, number))
    rows = (Row(number, [fields.get(title) for title in titles]) for number, fields in _lines(path, name, encoding))
    return Table(name, None, rows, titles=list(titles))


def _check_titles(titles: Collection[str], place: Place) -> None:
    if len(titles) > MAX_COLUMNS:
        raise SourceError(place, too_many_columns(len(titles)))


def _lines(path: Path, name: str, encoding: str) -> Iterator[tuple[int, Mapping[str, Value]]]:
    with path.open(encoding=encoding, newline="\n") as file:
        for number, line in enumerate(lines_of(file, name), 1):
            if line.strip():
                yield number, _flat(_parse(line, name, number), Place(name, number))


def _flat(record: object, place: Place, above: str = "", depth: int = 0) -> dict[str, Value]:
    """A record's fields, those of records within it with their names before. Raises SourceError."""
    if not isinstance(record, dict):
        raise SourceError(place, NO_RECORD)
    if depth == MAX_DEPTH:
        said = Text(f"记录套记录，超过 {MAX_DEPTH} 层", f"has records within records, more than {MAX_DEPTH} deep")
        raise SourceError(place, said)
    fields: dict[str, Value] = {}
    for key, value in record.items():
        title = f"{above}{key}"
        if NO_TEXT.search(title):
            strange = repr(title[:40])
            said = Text(f"有一个字段的名称 {strange} 不是文本", f"has a field whose name, {strange}, is no text")
            raise SourceError(place, said)
        if isinstance(value, dict):
            fields |= _flat(value, place, f"{title}.", depth + 1)
        elif isinstance(value, list):
            fields[title] = JOINED.join(_scalar(each, place, title) for each in value)
        else:
            fields[title] = value
    return fields


def _scalar(value: object, place: Place, title: str) -> str:
    if isinstance(value, dict | list):
        said = Text(
            f"{quoted(title)}里是记录的列表：请让每条各成一条记录",
            f"has a list of records in {title!r}: give each of them a record of its own",
        )
        raise SourceError(place, said)
    return "" if value is None else str(value)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _parse(text: str, name: str, line: int | None) -> object:
    """A JSON text. Raises SourceError with line and column."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            said = Text(f"一条记录里字段{quoted(twice)}出现了两次", f"a record has the field {twice!r} twice")
            raise SourceError(Place(name, line), said)
        return found

    def no_number(word: str) -> NoReturn:
        raise SourceError(Place(name, line), Text(f"{word} 在 JSON 里不是数字", f"{word} is no number in JSON"))

    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=once, parse_constant=no_number)
    except json.JSONDecodeError as error:
        place = Place(name, error.lineno if line is None else line, f"character {error.colno}")
        raise SourceError(place, Text(f"不是 JSON：{error.msg}", f"is no JSON: {error.msg}")) from error
    except RecursionError as error:
        raise SourceError(Place(name, line), Text("嵌套太深", "is nested too deeply")) from error
    except ValueError as error:  # a number of thousands of digits
        raise SourceError(Place(name, line), Text(f"不是 JSON：{error}", f"is no JSON: {error}")) from error
