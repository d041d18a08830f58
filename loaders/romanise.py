"""Pinyin of names (拼音): lower case, no tones, one space between syllables: ``施甸县`` -> ``shi dian xian``.

``ü`` is written ``v`` (``绿水`` -> ``lv shui``), as keyboards do; a search takes ``v``, ``ü`` and ``u`` for the same.
What is not Chinese stays as it is, a run of it one token.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_CHINESE = re.compile(r"([〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)")

# Words in which the library picks another reading than people do; the local reading of place names.
_READINGS = {
    "水长": "shui chang",  # 长: long, not to grow
    "长山": "chang shan",
    "长岭": "chang ling",
    "长浪": "chang lang",
    "长箐": "chang qing",
    "朝阳": "chao yang",  # facing the sun, not the morning sun
    "卧佛": "wo fo",  # the Buddha
    "勒平": "le ping",
}
_WORDS = re.compile("|".join(sorted(_READINGS, key=lambda word: (-len(word), word))))


@lru_cache(maxsize=65536)
def pinyin(name: str) -> str:
    """The name's pinyin."""
    syllables: list[str] = []
    for position, run in enumerate(_CHINESE.split(name)):
        if position % 2:
            syllables += _read(run)
        else:
            syllables += run.lower().split()
    return " ".join(syllables)


def _read(run: str) -> list[str]:
    syllables = lazy_pinyin(run, style=Style.NORMAL, v_to_u=False)
    for match in _WORDS.finditer(run):
        syllables[match.start() : match.end()] = _READINGS[match[0]].split()
    return syllables


# 自治县 and the like have English names of their own, which no rule gives.
_ENGLISH_ENDINGS = {"市": "City", "县": "County", "区": "District"}
_PLAIN = re.compile(r"[^自治市县区]{1,6}[市县区]")


def english_name(name: str) -> str | None:
    """The customary English name of a city, county or district: ``隆阳区`` -> ``Longyang District``; else None."""
    if _PLAIN.fullmatch(name) is None or len(name) < 3:
        return None
    return "".join(_read(name)[:-1]).capitalize() + " " + _ENGLISH_ENDINGS[name[-1]]
