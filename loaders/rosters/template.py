"""A workbook to be filled in (模板): the columns of a mapping as texts, choices from what is there, help, examples.

What is filled in comes back by ``python -m loaders import``: the sheets of choices and examples are not read.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from graph_model.errors import Place, SourceError
from graph_model.regime import Regime
from loaders.rosters.form import Column, NodeRule
from loaders.rosters.form import Mapping as Meaning
from loaders.rosters.refused_lists import harmless
from loaders.rosters.register import Register
from loaders.sheets.workbooks import EXAMPLES

ROWS: Final = 10_000
"""How far down the choices reach."""
CHOICES: Final = "choices"
_INLINE: Final = 200
"""Characters of a list of choices that stands in the sheet itself; a longer one is on a hidden sheet."""
_NO_TITLE: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
"""What no sheet may be called by."""
_HELP: Final = {
    "text": "文字。Text.",
    "code": "编码，按文本填写，勿丢前导零。A code, entered as text: no leading zeros lost.",
    "since": "起始：2017、2017.6、2017-06-16、2017年上半年；不详留空。The first day; empty where it is not known.",
    "until": "首个失效日；仍有效填“至今”。The first day without; 至今 where it goes on.",
    "last": "最后一日；仍有效填“至今”。The last day with; 至今 where it goes on.",
    "period": "起止：2016.3-2017.6，或 2016.3-至今。From the first to the last day.",
}
_EXAMPLE: Final = {"since": "2017年3月", "until": "至今", "last": "至今", "period": "2016.3-至今"}


def write_template(
    meaning: Meaning,
    register: Register,
    live: Container[str],
    regime: Regime | None,
    out: Path,
    rows: Sequence[Sequence[str]] = (),
) -> None:
    """Write the template of a mapping to a new file, filled in with some rows.

    ``live``: the divisions (ids) to choose from. Raises SourceError where it cannot be written.
    """
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = _NO_TITLE.sub("-", meaning.labels.zh)[:31].strip("' ") or meaning.code[:31]
    choices = book.create_sheet(CHOICES)
    choices.sheet_state = "hidden"
    examples = book.create_sheet(EXAMPLES)
    for at, (name, column) in enumerate(meaning.columns.items(), 1):
        _head(sheet, at, column)
        _head(examples, at, column)
        listed = list(choices_of(meaning, name, register, live, regime))
        if listed:
            _choose(sheet, at, listed, choices, is_open=_is_open(meaning, name))
    for cells in rows:
        sheet.append([harmless(cell) or None for cell in cells])
    for row in examples_of(meaning, register, live):
        examples.append([harmless(row.get(name, "")) for name in meaning.columns])
    for each in (sheet, examples):
        each.freeze_panes = "A2"
    try:
        with out.open("xb") as file:
            book.save(file)
    except FileExistsError as error:
        raise SourceError(Place(out.as_posix()), "is there already, and is not written over") from error
    except OSError as error:
        raise SourceError(Place(out.as_posix()), f"cannot be written: {error.strerror or error}") from error


def choices_of(
    meaning: Meaning, column: str, register: Register, live: Container[str], regime: Regime | None
) -> Iterator[str]:
    """What may stand in a column, as far as that is known: names of what is there, kinds, words of the mapping."""
    words = [word for rule in (*meaning.relations, *meaning.designations) for word in rule.when.get(column, ()) if word]
    if words:
        yield from dict.fromkeys(words)
        return
    if any(rule.kind_from == column for rule in meaning.relations):
        yield from (kind.labels.zh for kind in (() if regime is None else regime.kinds))
        return
    yield from sorted({name for rule in meaning.nodes.values() for name in _names(rule, column, register, live)})


def examples_of(meaning: Meaning, register: Register, live: Container[str]) -> Iterator[Mapping[str, str]]:
    """Two rows as they may be filled in: real divisions, made-up units and codes, told apart by the word 示例."""
    for number in (1, 2):
        row = {name: _example(column, number) for name, column in meaning.columns.items()}
        taken = {name for group in meaning.one_of for node in group[1:] for name in _columns(meaning.nodes[node])}
        row |= dict.fromkeys(taken, "")
        for rule in meaning.nodes.values():
            if rule.type == "division" and rule.name is not None and rule.name not in taken:
                places = register.places(rule.levels[-1], live)
                if places:
                    place = places[min(number, len(places)) - 1]
                    row |= {rule.name: place[0]} | dict(zip(rule.within, place[1:], strict=False))
                    row |= {} if rule.code is None else {rule.code: ""}
        for dated in (*meaning.relations, *meaning.designations):
            row |= {column: words[0] for column, words in dated.when.items() if words[0]}
        yield row


def _columns(rule: NodeRule) -> set[str]:
    return {name for name in (rule.code, rule.name) if name is not None}


def _example(column: Column, number: int) -> str:
    if column.reads == "code":
        return "" if column.digits else f"EXAMPLE-{number}"
    return _EXAMPLE.get(column.reads) or f"示例{column.headers[0]}{number}"


def _names(rule: NodeRule, column: str, register: Register, live: Container[str]) -> Iterator[str]:
    if rule.type == "division":
        if column == rule.name:
            yield from (choice for level in rule.levels for choice in register.choices(level, rule.levels, live))
        elif column in rule.within:
            levels = ("township", "county") if len(rule.within) > 1 else ("county",)
            level = levels[rule.within.index(column)] if rule.within.index(column) < len(levels) else "county"
            yield from (place[0] for place in register.places(level, live))
    elif column == rule.name and rule.type in {"organization", "post"} and rule.of is None:
        yield from register.node_choices(rule.type)


def _is_open(meaning: Meaning, column: str) -> bool:
    """Whether something may be written that is none of the choices: what is made, or short names of divisions."""
    return not any(column in rule.when for rule in (*meaning.relations, *meaning.designations))


def _head(sheet: Worksheet, at: int, column: Column) -> None:
    letter = get_column_letter(at)
    cell = sheet.cell(1, at, column.headers[0] + ("*" if column.required else ""))
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE6F0")
    cell.alignment = Alignment(wrap_text=True)
    told = [_HELP[column.reads]]
    if column.required:
        told.append("必填。Required.")
    if column.digits:
        told.append(f"{'/'.join(map(str, column.digits))} 位。Digits: {', '.join(map(str, column.digits))}.")
    if column.split:
        told.append(f"多个之间用 {' '.join(column.split)} 隔开。Several: put these between.")
    cell.comment = Comment("\n".join(told), "Zeren", width=320, height=120)
    dimension = sheet.column_dimensions[letter]
    dimension.number_format, dimension.width = "@", 18


def _choose(sheet: Worksheet, at: int, listed: Sequence[str], choices: Worksheet, *, is_open: bool) -> None:
    """A drop-down for a column: in the sheet itself, or where it is long, from a column of the hidden sheet."""
    inline = ",".join(listed)
    if len(inline) <= _INLINE and not any("," in word or '"' in word for word in listed):
        formula = f'"{inline}"'
    else:
        place = get_column_letter(at)
        for row, word in enumerate(listed, 1):
            choices.cell(row, at, harmless(word))
        formula = f"={CHOICES}!${place}$1:${place}${len(listed)}"
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=not is_open)
    letter = get_column_letter(at)
    rule.add(f"{letter}2:{letter}{ROWS}")
    sheet.add_data_validation(rule)
