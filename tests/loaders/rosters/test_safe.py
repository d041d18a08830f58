"""Files that are meant to do harm (恶意文件): refused early, in bounded memory and time, with a reason."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest

from tests.loaders.rosters.test_broken_files import memory
from tests.loaders.rosters.test_importing import HEADER, TAKEN, generation, imported, run

CsvFile = Callable[..., Path]
SECONDS = 20
MEMORY = 300 << 20


def given(url: str, file: Path) -> int:
    return run("import", file, "--mapping", "village-units", "--store", url, "--write")


def _book(folder: Path, change: Mapping[str, bytes] | None = None, cells: Mapping[str, str] | None = None) -> Path:
    """A workbook with the rows of the small city, some of whose parts are others."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(HEADER))
    sheet.append(list(TAKEN))
    for cell, value in (cells or {}).items():
        sheet[cell] = value
    packed = io.BytesIO()
    book.save(packed)
    path = folder / "roster.xlsx"
    with zipfile.ZipFile(packed) as read, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for part in read.namelist():
            written.writestr(part, (change or {}).get(part, read.read(part)))
        for part in (change or {}).keys() - set(read.namelist()):
            written.writestr(part, (change or {})[part])
    return path


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><worksheet>&l11;</worksheet>'.encode()


def _quadratic() -> bytes:
    entity = f'<!ENTITY a "{"a" * 100_000}">'
    return f'<?xml version="1.0"?><!DOCTYPE x [{entity}]><worksheet>{"&a;" * 20_000}</worksheet>'.encode()


def _outside() -> bytes:
    return (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        b'<c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
    )


SHEET = "xl/worksheets/sheet1.xml"
HARM: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a billion laughs": (lambda folder: _book(folder, {SHEET: _laughs()}), "cannot be read as a workbook"),
    "a quadratic bomb": (lambda folder: _book(folder, {SHEET: _quadratic()}), "cannot be read as a workbook"),
    "an entity from outside": (lambda folder: _book(folder, {SHEET: _outside()}), ""),
    "a hundred thousand parts": (
        lambda folder: _book(folder, {f"xl/media/{number}": b"" for number in range(10_001)}),
        "parts: no roster does; it was not opened",
    ),
    "a bomb in a part that nobody reads": (
        lambda folder: _book(folder, {"xl/media/x.bin": b"\0" * (80 << 20)}),
        "no roster does; it was not opened",
    ),
}


@pytest.fixture
def bounded() -> Callable[[], None]:
    """Whether time and memory stayed within bounds since the test began."""
    begun, held = time.monotonic(), memory()

    def check() -> None:
        assert time.monotonic() - begun < SECONDS
        assert memory() - held < MEMORY

    return check


@pytest.mark.parametrize("case", HARM)
def test_a_harmful_workbook(
    case: str, url: str, tmp_path: Path, bounded: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    make, reason = HARM[case]
    before = generation(url)
    assert given(url, make(tmp_path)) == 1
    said = capsys.readouterr()
    assert reason in said.err + said.out
    assert "root:" not in said.err + said.out
    assert generation(url) == before
    bounded()


def test_parts_with_a_path_in_their_name_are_not_unpacked(url: str, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    file = _book(tmp_path / "inner", {"../../evil.txt": b"evil", "/evil.txt": b"evil"})
    assert given(url, file) == 0
    assert sorted(path.name for path in tmp_path.rglob("evil*")) == []
    assert not Path("/evil.txt").exists()


def test_links_to_other_workbooks_are_not_followed(url: str, tmp_path: Path) -> None:
    link = (
        b'<?xml version="1.0"?><externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<externalBook r:id="rId1" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>'
        b"</externalLink>"
    )
    where = b'Id="rId1" Target="http://192.0.2.1/x.xlsx" TargetMode="External"'
    target = b"<Relationships><Relationship " + where + b"/></Relationships>"
    parts = {"xl/externalLinks/externalLink1.xml": link, "xl/externalLinks/_rels/externalLink1.xml.rels": target}
    assert given(url, _book(tmp_path, parts)) == 0


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.csv", "村,包村单位\n和平," + "x" * 200_000 + "\n", "x.csv:2: is no CSV: field larger than field limit"),
        ("x.csv", "村,包村单位\n和平," + "x" * 2_000_000 + "\n", "x.csv:2: this line is longer than 1,048,576"),
        ("x.csv", '村,包村单位\n"' + "x\n" * 500_000, "is no CSV"),
        (
            "x.csv",
            "," * 3_000_000 + "\n",
            "x.csv:1: this line is longer than 1,048,576 characters: a line end or",
        ),
        (
            "x.json",
            json.dumps([{"村": "和平", "包村单位": "x" * 2_000_000}]),
            "#/0, 包村单位 = '" + "x" * 77 + "...': has 2,000,000 characters; a cell may have 1,000",
        ),
        ("x.jsonl", json.dumps({f"k{n}": 1 for n in range(20_000)}), "x.jsonl:1: has 20,000 columns"),
    ],
    ids=[
        "a cell of CSV",
        "a line of CSV",
        "a quote that is never closed",
        "a row of commas",
        "a cell of JSON",
        "a record of fields",
    ],
)
def test_gigantic_cells_and_rows(
    name: str,
    content: str,
    reason: str,
    url: str,
    tmp_path: Path,
    bounded: Callable[[], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert given(url, tmp_path / name) == 1
    said = capsys.readouterr()
    assert reason in said.err + said.out
    assert len(said.err + said.out) < 10_000
    bounded()


def test_a_hundred_megabytes_of_commas(
    url: str, tmp_path: Path, bounded: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes((b"," * 9_999 + b"\n") * 10_000)
    assert given(url, file) == 1
    assert "x.csv:1: has 10,000 columns: no roster has 1,000" in capsys.readouterr().err
    bounded()


def test_a_header_and_then_a_hundred_megabytes_of_commas(
    url: str, tmp_path: Path, bounded: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(",".join(HEADER).encode() + b"\n" + (b"," * 99 + b"\n") * 1_000_000)
    assert given(url, file) == 1
    assert "x.csv:100002: comes after 100,000 empty rows: take them out" in capsys.readouterr().err
    assert imported(url) == []
    bounded()


@pytest.mark.parametrize("letter", ["\ud800", "\x00", "\x1b", "\x7f"])
def test_what_is_no_text_is_refused_with_its_place(
    letter: str, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"乡镇": "清水镇", "村": "和平", "包村单位": "县水务局"}
    for number, field in enumerate(row):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps([row | {field: row[field] + letter}]), encoding="utf-8")
        assert given(url, file) == 1
        shown = row[field] + ("\ufffd" if letter == "\ud800" else letter)  # half a character can be shown nowhere
        said = f"#/0, {field} = {shown!r}: has a character that stands in no text (U+{ord(letter):04X})"
        assert said in capsys.readouterr().out
    file = tmp_path / "keys.json"
    file.write_text(json.dumps([row | {f"k{letter}": 1}]), encoding="utf-8")
    assert given(url, file) == 1
    assert "keys.json#/0: has a field whose name" in capsys.readouterr().err
    seats = {"organizations": [{"id": f"o{letter}", "name": "示例局"}], "posts": []}
    file.write_text(json.dumps(seats), encoding="utf-8")
    assert run("import", file, "--mapping", "popolo-org", "--store", url) == 0


def test_no_file_writes_to_a_terminal_what_moves_its_cursor(
    url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]
) -> None:
    file = csv_file(("村\x1b[2J", "包村单位", "村"), ("x", "甲\x1b]0;x\x07", "无"))
    assert given(url, file) == 1
    said = capsys.readouterr()
    assert not any(letter in said.out + said.err for letter in "\x1b\x07")
    assert "columns that are not read: 村\ufffd[2J" in said.out


def test_what_a_sheet_would_run_is_written_behind_an_apostrophe(
    url: str, csv_file: CsvFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = ("=1+1", "村", "包村单位", "@x")
    rows = [('=HYPERLINK("http://x.example")', "+1", "-1", "＝1+1"), ("\t=1", "@SUM(A1)", "甲", "x")]
    out = tmp_path / "refused.csv"
    file = csv_file(header, *[tuple(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows])
    assert run("import", file, "--mapping", "village-units", "--store", url, "--refused", out) == 1
    cells = [cell for line in out.read_text("utf-8-sig").splitlines() for cell in line.replace('"', "").split(",")]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "＝"))] == []
    assert {"'=1+1", "'@x", "'＝1+1", "'\t=1"} <= set(cells)
