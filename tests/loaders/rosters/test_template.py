"""Templates: what a clerk is given to fill in, and that it comes back by the same door."""

from __future__ import annotations

import asyncio
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from graph_model.records import Relation
from graph_model.stores.opening import open_store
from loaders.rosters.mapping import SHIPPED, list_shipped, read_mapping
from loaders.rosters.reading_register import read_live, read_register
from loaders.rosters.register import Register
from loaders.sheets.workbooks import EXAMPLES
from tests.loaders.rosters.looking import looked_at
from tests.loaders.rosters.test_importing import imported, run
from tests.loaders.rosters.test_shipped import CASES, say


def template(url: str, kind: str, out: Path) -> openpyxl.Workbook:
    assert run("template", kind, "--out", out, "--store", url) == 0
    return openpyxl.load_workbook(out)


async def places_of(path: Path) -> tuple[Register, set[str]]:
    """What names mean in a store, and the divisions to choose from."""
    store = open_store(f"sqlite:///{path.as_posix()}", "reader")
    try:
        return await read_register(store), await read_live(store)
    finally:
        await store.close()


def choices(book: openpyxl.Workbook, title: str) -> list[str]:
    """What a drop-down of the first sheet offers."""
    sheet = book.worksheets[0]
    letter = next(get_column_letter(at) for at, cell in enumerate(sheet[1], 1) if cell.value == title)
    (rule,) = [each for each in sheet.data_validations.dataValidation if f"{letter}2" in each.sqref]
    if rule.formula1.startswith('"'):
        return str(rule.formula1.strip('"')).split(",")
    hidden, _, area = rule.formula1.removeprefix("=").partition("!")
    assert book[hidden].sheet_state == "hidden"
    return [str(row[0].value) for row in book[hidden][area.replace("$", "")]]


def fill(sheet: Worksheet, kind: str) -> None:
    """The rows of the case of a mapping, each cell under its title."""
    titles, *rows = CASES[kind][0]
    columns = read_mapping(kind).content.columns.values()
    places = {word: at for at, column in enumerate(columns, 1) for word in column.headers}
    for number, row in enumerate(rows, 2):
        for title, value in zip(titles, row, strict=True):
            sheet.cell(number, places[title], value or None)


@pytest.mark.parametrize("kind", CASES)
def test_what_is_filled_in_comes_back_by_the_same_door(kind: str, url: str, tmp_path: Path) -> None:
    book = template(url, kind, tmp_path / "t.xlsx")
    fill(book.worksheets[0], kind)
    book.save(tmp_path / "filled.xlsx")
    assert run("import", tmp_path / "filled.xlsx", "--mapping", kind, "--store", url, "--write") == 0
    assert say(imported(url, kind)) == CASES[kind][1]


@pytest.mark.parametrize("kind", list_shipped())
def test_an_empty_template_says_nothing_and_its_examples_are_not_read(kind: str, url: str, tmp_path: Path) -> None:
    book = template(url, kind, tmp_path / "t.xlsx")
    assert book[EXAMPLES].max_row == 3
    looked = looked_at(url, tmp_path / "t.xlsx", mapping=kind)
    assert (looked.rows, looked.notes) == (0, ())


def test_all_columns_are_texts_with_help_and_what_is_required_has_a_star(url: str, tmp_path: Path) -> None:
    sheet = template(url, "household-helpers", tmp_path / "t.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[1]][:2] == ["户编码*", "帮扶干部编号*"]
    for at, cell in enumerate(sheet[1], 1):
        assert cell.comment is not None
        assert sheet.column_dimensions[get_column_letter(at)].number_format == "@"
    comment = sheet["A1"].comment
    assert comment is not None
    assert "勿丢前导零" in comment.text


def test_choices_are_what_is_there(url: str, tmp_path: Path) -> None:
    book = template(url, "village-links", tmp_path / "t.xlsx")
    assert choices(book, "县") == ["东河县"]
    assert choices(book, "乡镇") == ["清水镇", "白云乡"]
    assert choices(book, "村") == [
        "和平村民委员会 (990101101201/清水镇/东河县/南山市)",
        "和平村民委员会 (990101102201/白云乡/东河县/南山市)",
        "龙塘村民委员会",
    ]
    assert choices(book, "挂联领导*") == ["副市长 (9901:deputy)", "副市长 (9901:other-deputy)", "南山市委书记"]


def test_a_row_of_any_choices_means_one_thing(url: str, tmp_path: Path) -> None:
    book = template(url, "village-links", tmp_path / "t.xlsx")
    rows = [(village, post) for village in choices(book, "村") for post in choices(book, "挂联领导*")]
    for row in rows:
        book.worksheets[0].append((None, None, row[0], None, row[1]))
    book.save(tmp_path / "filled.xlsx")
    looked = looked_at(url, tmp_path / "filled.xlsx", mapping="village-links")
    assert [str(one) for one in looked.refused] == []
    said = {(each.source, each.target) for each in looked.reading.records if isinstance(each, Relation)}
    assert len(said) == len(rows) == 9


def test_each_place_is_one_choice_that_is_found_again(facts_store: Path) -> None:
    register, live = asyncio.run(places_of(facts_store))
    for levels in (("village",), ("city", "county", "township"), ("city", "county", "township", "village")):
        found: dict[str, str] = {}
        for level in levels:
            for node, address in ((each, register.address(each)) for each in sorted(live)):
                if register.kind_of(node) != level:
                    continue
                (choice,) = register.choices(level, levels, {node})
                above = dict(zip(("township", "county"), address[2], strict=False)) if level == "village" else {}
                assert register.find_division(levels, "", choice, ()) == node
                assert register.find_division(levels, address[0], choice, tuple(above.values())) == node
                assert found.setdefault(choice, node) == node
        assert len(found) == sum(len(register.choices(level, levels, live)) for level in levels)
    villages = register.choices("village", ("village",), live)
    assert len(set(villages)) == len([node for node in live if register.kind_of(node) == "village"]) > 921


def test_words_that_decide_and_kinds_of_the_regime_are_choices(url: str, tmp_path: Path) -> None:
    assert choices(template(url, "leading-groups", tmp_path / "g.xlsx"), "小组职务*")[:3] == ["组长", "双组长", "head"]
    assert "挂县" in choices(template(url, "assignments", tmp_path / "a.xlsx"), "责任类型*")


def test_a_long_list_of_choices_is_on_a_hidden_sheet(facts_store: Path, tmp_path: Path) -> None:
    book = template(f"sqlite:///{facts_store.as_posix()}", "village-units", tmp_path / "t.xlsx")
    assert len(choices(book, "县")) == 5
    villages = choices(book, "村")
    assert len(villages) == len(set(villages)) > 921
    assert "乌邑社区村民委员会" in villages


def test_a_label_that_no_sheet_may_have(url: str, tmp_path: Path) -> None:
    mapping = tmp_path / "mine.yaml"
    text = (SHIPPED / "village-units.yaml").read_text(encoding="utf-8")
    mapping.write_text(text.replace("zh: 包村单位名册", 'zh: "包村/挂包: [名册]*?"'), encoding="utf-8")
    book = template(url, str(mapping), tmp_path / "t.xlsx")
    assert book.worksheets[0].title == "包村-挂包- -名册---"


def test_a_template_is_never_written_over_a_file(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "t.xlsx"
    out.write_bytes(b"mine")
    assert run("template", "village-units", "--out", out, "--store", url) == 1
    assert "is there already, and is not written over" in capsys.readouterr().err
    assert out.read_bytes() == b"mine"
