"""Good files made bad by lot (损坏文件): bytes, texts, parts of archives, cells; the same seed gives the same files."""

from __future__ import annotations

import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import xlwt  # type: ignore[import-untyped]

from tests.loaders.rosters.case_files import CASES

ROWS = (
    ("县", "乡镇", "村", "村编码", "包村单位", "起", "止"),
    ("东河县", "清水镇", "和平", "990101101201", "县水务局", "2017年3月", "至今"),
    ("东河县", "白云乡", "和平村", "", "县教育局、县民政局", "2016.3", "2017-06-30"),
    ("东河县", "清水镇", "龙塘", "990101101202", "县公安局", "2016上半年", "待查"),
)
_MARKS = ("\0", "\ufeff", "\u200b", "=1+1", '"', ",", "\r", "\n", "<", "&amp;", "../x", "#REF!")
STRANGE = (*_MARKS, "９", "１２月", "空缺", "撤销", "\ud7ff", "𠮷")


def _csv(encoding: str) -> bytes:
    return "\r\n".join(",".join(row) for row in ROWS).encode(encoding)


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in ROWS:
        sheet.append(list(row))
    sheet.merge_cells("A2:A4")
    sheet["F2"] = 2017.1
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet")
    for number, row in enumerate(ROWS):
        for place, text in enumerate(row):
            sheet.write(number, place, text)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _records() -> list[dict[str, str]]:
    return [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]


def good_files(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Names, contents and mappings of files that can be read."""
    found = {
        "plain.csv": (_csv("utf-8"), "village-units"),
        "gbk.csv": (_csv("gb18030"), "village-units"),
        "marked.csv": (_csv("utf-16"), "village-units"),
        "book.xlsx": (_xlsx(), "village-units"),
        "old.xls": (_xls(), "village-units"),
        "list.json": (json.dumps(_records(), ensure_ascii=False).encode(), "village-units"),
        "list.jsonl": ("\n".join(map(json.dumps, _records())).encode(), "village-units"),
        "list.yaml": (json.dumps(_records(), ensure_ascii=False, indent=1).encode(), "village-units"),
    }
    for name in ("leading-groups-ods", "popolo", "org-as-turtle", "merged-cells-and-two-row-header"):
        case = CASES[name]
        case.make(folder / case.file)
        found[case.file] = ((folder / case.file).read_bytes(), case.mapping)
    return found


def mutants(good: dict[str, tuple[bytes, str]], number: int, seed: int) -> Iterator[tuple[str, bytes, str]]:
    """So many files, each a good one with one to three faults, and its mapping."""
    chance = random.Random(seed)  # noqa: S311 - the same files again
    names = sorted(good)
    for place in range(number):
        name = names[place % len(names)]
        content, mapping = good[name]
        for _ in range(chance.choice([1, 1, 1, 2, 3])):
            content = chance.choice(_WAYS)(content, chance)
        yield f"{place}-{name}", content, mapping


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 4])):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randint(0, len(content))]


def _leave_out(content: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(content))
    return content[:start] + content[start + chance.randint(1, 60) :]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(content))
    piece = content[start : start + chance.randint(1, 200)]
    return content[:start] + piece * chance.choice([2, 3, 50]) + content[start:]


def _put_in(content: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(content))
    return content[:start] + chance.choice(STRANGE).encode("utf-8", "surrogatepass") + content[start:]


def _within(content: bytes, chance: random.Random) -> bytes:
    """A fault within a part of an archive, which is packed again; of another file the text itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = {part: packed.read(part) for part in packed.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, zlib.error, RuntimeError):
        return _put_in(content, chance)
    if not parts:
        return content
    chosen = chance.choice([name for name in parts if name.endswith(".xml")] or list(parts))
    fault: Callable[[bytes, random.Random], bytes] = chance.choice([_flip, _cut, _leave_out, _repeat, _put_in, _number])
    parts[chosen] = fault(parts[chosen], chance)
    if chance.random() < 0.1:
        parts.pop(chance.choice(list(parts)))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return written.getvalue()


def _number(content: bytes, chance: random.Random) -> bytes:
    """A digit becomes a large number: references of cells, counts, lengths."""
    digits = [at for at, byte in enumerate(content) if 48 <= byte < 58]
    if not digits:
        return content
    at = chance.choice(digits)
    return content[:at] + chance.choice([b"0", b"-1", b"99999", b"4294967296", b"1e308"]) + content[at + 1 :]


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip,
    _cut,
    _leave_out,
    _repeat,
    _put_in,
    _put_in,
    _put_in,
    _within,
    _within,
    _number,
)
