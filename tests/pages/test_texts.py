"""The table of texts: no key is missing, none is superfluous, both languages take the same values."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest

from pages.texts import read_texts

ROOM = Path(__file__).resolve().parents[2] / "pages"
CALL = re.compile(
    r"""(?:\bt\(|\bsay\(|\bwords\(|\bfind_text\()\s*f?["']([a-zA-Z.-]+(?:\{[^}]*\}[a-zA-Z.-]*)*)["']( ~|\s*\+)?"""
)
IN_TUPLES = re.compile(r'\("/[^"]*", "(nav\.[a-z]+)"\)')
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in (*ROOM.rglob("*.html"), *ROOM.rglob("*.py"))}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def asked_keys() -> tuple[set[str], set[str]]:
    """Keys that are asked for as they stand, and the beginnings of those that are put together."""
    whole: set[str] = set()
    beginnings: set[str] = set()
    for source in SOURCES.values():
        for key, joined in CALL.findall(source):
            (beginnings if joined or "{" in key else whole).add(key.partition("{")[0])
        whole.update(IN_TUPLES.findall(source))
    return whole, beginnings


def test_no_key_is_missing() -> None:
    whole, beginnings = asked_keys()
    keys = read_texts().keys()
    assert whole - keys == set()
    assert {start for start in beginnings if not any(key.startswith(start) for key in keys)} == set()


def test_no_key_is_superfluous() -> None:
    whole, beginnings = asked_keys()
    assert [key for key in read_texts() if key not in whole and not key.startswith(tuple(beginnings))] == []


@pytest.mark.parametrize("key", read_texts())
def test_both_languages_say_something_with_the_same_values(key: str) -> None:
    text = read_texts()[key]
    assert text.zh.strip()
    assert text.en.strip()
    assert placeholders(text.zh) == placeholders(text.en)


def test_the_table_names_no_key_twice() -> None:
    lines = (ROOM / "texts.yaml").read_text(encoding="utf-8").splitlines()
    keys = list(chain.from_iterable(re.findall(r"^([\w.-]+):", line) for line in lines))
    assert sorted(keys) == sorted(set(keys))


def test_every_enum_value_that_is_shown_has_its_word() -> None:
    keys = read_texts().keys()
    wanted = {
        "certainty": ("CERTAIN", "POSSIBLE", "NO"),
        "provenance": ("SOURCE", "DERIVED", "SYNTHETIC"),
        "cause": ("EXEMPT", "UNKNOWN_HOLDER", "VACANT_POST", "EXPIRED", "UNASSIGNED"),
        "ladder": ("BROKEN", "COMPLETE", "UNKNOWN"),
        "why": ("CERTAIN", "POSSIBLE", "NO"),
        "level": ("province", "city", "county", "township", "village"),
        "type": ("organization", "post", "person", "asset", "household"),
        "error": ("400", "404", "500", "503"),
    }
    assert {f"{part}.{word}" for part, words in wanted.items() for word in words} - keys == set()
