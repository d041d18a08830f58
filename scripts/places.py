"""Finding the place that a person means (地点): by code, Chinese name or pinyin; never guessing between two."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from graph_model.search_keys import normalise
from scripts.asking import Asker, Exit, ScriptError

_CODE = re.compile(r"\d{2,12}(-\d{4})?")
_ENDING = re.compile(r"(社区|村|社)?(村民|居民)委员会$|办事处$")
_SHOWN = 20

_BY_NAME = """
query Places($text: String!, $asOf: Date, $recordedAsOf: DateTime) {
  search(text: $text, asOf: $asOf, recordedAsOf: $recordedAsOf, first: 1000) {
    edges { node { ... on Division { code name pinyin level { code label } ancestors { name } } } }
  }
}
"""


def find_code(asker: Asker, place: str, as_of: str | None, recorded_as_of: str | None = None) -> str:
    """The code of a place. Raises ScriptError: none, or several, which it lists with what they lie in."""
    text = place.strip()
    if _CODE.fullmatch(text):
        return text
    data = asker.ask(_BY_NAME, {"text": text, "asOf": as_of, "recordedAsOf": recorded_as_of})
    found = [edge["node"] for edge in data["search"]["edges"] if edge["node"]]
    wanted = normalise(text)
    exact = [each for each in found if wanted in _names(each)]
    candidates = exact or found
    if not candidates:
        raise ScriptError(f"{place!r}: no division has this name, pinyin or code", Exit.NOT_FOUND)
    if len(candidates) > 1:
        raise ScriptError(f"{place!r} may be any of these; give its code:\n{_list(candidates)}", Exit.USAGE)
    return str(candidates[0]["code"])


def _names(division: Mapping[str, Any]) -> set[str]:
    """What a person may call it: with and without its ending, in characters and pinyin."""
    name, syllables = division["name"], division["pinyin"].split()
    short = _ENDING.sub("", name)
    return {
        normalise(name),
        normalise(short),
        normalise(short[:-1]) if len(short) > 2 else "",
        normalise("".join(syllables)),
        normalise("".join(syllables[: len(short)])),
        normalise("".join(syllables[: len(short) - 1])) if len(short) > 2 else "",
    } - {""}


def _list(candidates: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        f"  {each['code']:<13} {each['name']} ({', '.join(ancestor['name'] for ancestor in each['ancestors'])})"
        for each in candidates[:_SHOWN]
    ]
    if len(candidates) > _SHOWN:
        rows.append(f"  ... and {len(candidates) - _SHOWN} more")
    return "\n".join(rows)
