"""YAML files: what is read, and how every fault is told with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import Struct

from graph_model.errors import SourceError
from graph_model.yaml_file import read_yaml


class Row(Struct, forbid_unknown_fields=True):
    text: str | None = None
    number: float | None = None
    rank: int | None = None
    sure: bool | None = None
    rows: tuple[Row, ...] = ()


def file_of(folder: Path, content: str | bytes) -> Path:
    path = folder / "file.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder: Path, content: str | bytes) -> Row:
    return read_yaml(file_of(folder, content), Row, name="file.yaml").content


def refusal(folder: Path, content: str | bytes) -> str:
    path = file_of(folder, content)
    with pytest.raises(SourceError) as caught:
        read_yaml(path, Row, name="file.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    "text", ["2017", "2017-06-16", "2017-06", "..", "1.10", "010", "1:30", "1_000", "yes", "no", "true", "1e3", "0x10"]
)
def test_a_text_stays_as_it_is_written(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, f"text: {text}").text == text


@pytest.mark.parametrize("text", ["null", "~", ""])
def test_nothing_is_nothing(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, f"text: {text}").text is None


@pytest.mark.parametrize("text", ["'null'", "'~'", "''"])
def test_a_quoted_nothing_is_a_text(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, f"text: {text}").text == text.strip("'")


@pytest.mark.parametrize(("text", "number"), [("12", 12.0), ("-1.5", -1.5), ("268908900", 268908900.0), ("'7'", 7.0)])
def test_a_number_is_read_where_one_is_asked_for(tmp_path: Path, text: str, number: float) -> None:
    assert read(tmp_path, f"number: {text}").number == number


@pytest.mark.parametrize("text", ["1_000", "010", "1:30", "0x10", "1.5", "eight"])
def test_a_whole_number_is_written_plainly(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, f"rank: {text}") == "file.yaml:1, rank: expected `int | null`, got `str`"


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False)])
def test_true_and_false_are_read_where_they_are_asked_for(tmp_path: Path, text: str, value: bool) -> None:
    assert read(tmp_path, f"sure: {text}").sure is value


@pytest.mark.parametrize("text", ["yes", "on", "perhaps"])
def test_other_words_are_not_true(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, f"sure: {text}").startswith("file.yaml:1, sure: expected `bool | null`")


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufefftext: 甲").text == "甲"


def test_an_alias_is_read_as_what_it_names(tmp_path: Path) -> None:
    assert read(tmp_path, "rows: [&a {text: x}, *a]").rows == (Row(text="x"), Row(text="x"))


def test_a_part_knows_its_line(tmp_path: Path) -> None:
    file = read_yaml(file_of(tmp_path, "# a comment\nrows:\n  - text: a\n\n  - text: b\n"), Row)
    assert file.line_of("rows", 1, "text") == 5


def test_the_line_of_an_absent_part_is_that_of_the_part_around_it(tmp_path: Path) -> None:
    file = read_yaml(file_of(tmp_path, "text: a\nrows:\n  - text: a\n"), Row)
    assert file.line_of("rows", 0, "rank") == 3


def test_without_a_name_an_error_names_the_path(tmp_path: Path) -> None:
    path = file_of(tmp_path, "")
    with pytest.raises(SourceError) as caught:
        read_yaml(path, Row)
    assert str(caught.value) == f"{path.as_posix()}: is empty"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", "file.yaml: is empty", id="empty"),
        pytest.param("# nothing\n", "file.yaml: is empty", id="only a comment"),
        pytest.param(
            "text: a\nother: 1\n", "file.yaml:2, other: object contains unknown field `other`", id="unknown key"
        ),
        pytest.param(
            "rows:\n  - text: a\n  - text: b\n    txt: c\n",
            "file.yaml:4, rows.1.txt: object contains unknown field `txt`",
            id="unknown key below",
        ),
        pytest.param("text: a\nrank: [1]\n", "file.yaml:2, rank: expected `int | null`, got `array`", id="wrong type"),
        pytest.param(
            "rows:\n  - {}\n  - {rank: x}\n",
            "file.yaml:3, rows.1.rank: expected `int | null`, got `str`",
            id="wrong type below",
        ),
        pytest.param("- text: a\n", "file.yaml:1: expected `object`, got `array`", id="a list for a mapping"),
        pytest.param("text: a\n\ntext: b\n", "file.yaml:3, text: this key stands here twice", id="duplicate key"),
        pytest.param("? [a]\n: b\n", "file.yaml:1: a key must be a plain word", id="a list as a key"),
        pytest.param("text: a\nrows: [\n", "file.yaml:3: is no YAML: expected the node content", id="unclosed"),
        pytest.param("text: a\n  b: c\n", "file.yaml:2: is no YAML: mapping values are not allowed here", id="indent"),
        pytest.param("text: 'a\n", "file.yaml:2: is no YAML: found unexpected end of stream", id="unclosed quote"),
        pytest.param("text: *a\n", "file.yaml:1: is no YAML: found undefined alias 'a'", id="alias of nothing"),
        pytest.param("a: 1\n---\nb: 2\n", "file.yaml:2: is no YAML: but found another document", id="two documents"),
        pytest.param("text: a\nrank: \0\n", "file.yaml:2: is no YAML: special characters are not allowed", id="a NUL"),
        pytest.param(
            "text: !!python/name:os.system x\n", "file.yaml:1 = 'x': has an unknown tag", id="a tag of Python"
        ),
        pytest.param("text: !!timestamp 2017-06-16\n", "file.yaml:1 = '2017-06-16': has an unknown tag", id="a tag"),
        pytest.param("rows:\n  - &a {rows: [*a]}\n", "file.yaml:2: refers to itself", id="cyclic alias"),
        pytest.param(b"text: a\nrank: \xff\n", "file.yaml:2: is not UTF-8", id="not UTF-8"),
        pytest.param("text: 甲".encode("gb18030"), "file.yaml:1: is not UTF-8", id="GB 18030"),
        pytest.param("rows: " + "[" * 3000 + "]" * 3000, "file.yaml: is nested too deeply", id="nested too deeply"),
    ],
)
def test_a_fault_is_told_with_file_and_line(tmp_path: Path, content: str | bytes, message: str) -> None:
    assert refusal(tmp_path, content).startswith(message)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^none\.yaml: cannot be read: No such file"):
        read_yaml(tmp_path / "none.yaml", Row, name="none.yaml")


def test_aliases_of_aliases_do_not_explode(tmp_path: Path) -> None:
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert refusal(tmp_path, "\n".join(lines)).startswith("file.yaml:1: aliases repeat more than 10000 parts")


def test_a_long_chain_of_aliases_is_refused(tmp_path: Path) -> None:
    lines = ["- &l0 [x]", *(f"- &l{n} [*l{n - 1}]" for n in range(1, 3000))]
    assert "aliases repeat more than" in refusal(tmp_path, "\n".join(lines))


def test_a_deep_alias_is_refused(tmp_path: Path) -> None:
    opened, closed = "[" * 300, "]" * 300
    lines = [f"l0: &l0 {opened}x{closed}", *(f"l{n}: &l{n} {opened}*l{n - 1}{closed}" for n in range(1, 9))]
    assert refusal(tmp_path, "\n".join(lines)) == "file.yaml: is nested too deeply"
