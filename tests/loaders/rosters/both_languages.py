"""That what people read is in both languages: a Chinese sentence beside the English one, with the same values."""

from __future__ import annotations

import re

from graph_model.errors import ZerenError
from graph_model.records import Text
from loaders.rosters.importing import Preview

_HAN = re.compile(r"[\u4e00-\u9fff]")
_QUOTED = re.compile(r"'([^']+)'")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[A-Za-z]{2,}")


def check_both_languages(text: Text) -> None:
    """The Chinese has characters of its own, all numbers and quoted values of the English, and no word but its words.

    What a sentence quotes may itself be Chinese, and is the same in both: more than that must be Chinese.
    """
    zh, en = text.zh, text.en
    assert len(_HAN.findall(zh)) > len(_HAN.findall(en)), text
    assert [each for each in _QUOTED.findall(en) if each not in zh] == [], text
    assert sorted(_NUMBER.findall(zh)) == sorted(_NUMBER.findall(en)), text
    assert [each for each in _WORD.findall(zh) if each not in en] == [], text


def texts_of(found: Preview | ZerenError) -> list[Text]:
    """All that people read of a file in a language of theirs."""
    return [found.text] if isinstance(found, ZerenError) else [*found.notes, *(each.text for each in found.refused)]
