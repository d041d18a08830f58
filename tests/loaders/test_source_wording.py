"""The source's facts belong here, its sentences do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT.parent / "shared" / "seed" / "baoshan-2017.zh.txt"
LONGEST = 12
FOLDERS = (
    "api",
    "benchmarks",
    "data",
    "docs",
    "examples",
    "graph_model",
    "loaders",
    "pages",
    "regimes",
    "scripts",
    "tests",
)
WRITTEN = {".md", ".py", ".yaml", ".csv", ".graphql", ".html", ".json", ".toml", ".txt"}

_TITLE = re.compile(r"《[^》]*》")
_OTHER = re.compile(r"[^\u4e00-\u9fff0-9]+")

pytestmark = pytest.mark.skipif(not SOURCE.exists(), reason="the text of the source is not beside this checkout")


def written_files() -> Iterator[Path]:
    yield from (path for path in ROOT.glob("*.*") if path.suffix in WRITTEN)
    for folder in FOLDERS:
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in WRITTEN)


def runs(text: str) -> set[str]:
    """Every run of one character more than is allowed, punctuation left away."""
    plain = _OTHER.sub("", text)
    return {plain[start : start + LONGEST + 1] for start in range(len(plain) - LONGEST)}


def test_no_sentence_of_the_source_is_copied() -> None:
    text = SOURCE.read_text(encoding="utf-8")
    source = set().union(*(runs(part) for part in _TITLE.split(text)))
    copied = {
        path.relative_to(ROOT).as_posix(): source & runs(path.read_text(encoding="utf-8")) for path in written_files()
    }
    assert {path: sorted(found) for path, found in copied.items() if found} == {}


def test_titles_of_the_source_are_all_there() -> None:
    titles = {title.strip("《》") for title in _TITLE.findall(SOURCE.read_text(encoding="utf-8"))}
    documents = (ROOT / "data" / "baoshan-2017" / "documents.yaml").read_text(encoding="utf-8")
    assert {title for title in titles if f"title: {title}," not in documents} == set()
