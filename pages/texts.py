"""Every text of the pages in both languages (文本): one table, a key each, places for values in braces."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from graph_model.records import Text
from graph_model.yaml_file import read_yaml
from pages.languages import Lang

TABLE: Final = Path(__file__).parent / "texts.yaml"


@cache
def read_texts() -> dict[str, Text]:
    """The table by key. Raises SourceError for a key that comes twice, and for a text that lacks a language."""
    rows = read_yaml(TABLE, dict[str, tuple[str, str]]).content
    return {key: Text(zh, en) for key, (zh, en) in rows.items()}


def say(key: str, lang: Lang, /, **values: object) -> str:
    """A text in a language, with its values. Raises KeyError for a key that the table lacks."""
    return lang.say(read_texts()[key]).format(**values)


def find_text(key: str, otherwise: str, lang: Lang) -> str:
    """A text for a word that the data bring, or that word where the table has none for it."""
    text = read_texts().get(key)
    return otherwise if text is None else lang.say(text)


def words(key: str, /, **values: object) -> Text:
    """A text in both languages."""
    text = read_texts()[key]
    return Text(text.zh.format(**values), text.en.format(**values))
