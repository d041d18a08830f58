"""What codes and ids look like (代码格式), so that a mistyped one is told from an unknown one."""

from __future__ import annotations

import re

from graph_model.errors import BadUserInputError
from graph_model.records import ID_PATTERN

_DIVISION_DIGITS = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}
_EXAMPLES = {
    "province": "53",
    "city": "5305",
    "county": "530521",
    "township": "530521100",
    "village": "530521100001",
    "household": "530521100001-0001",
    "division": "5305, 530521, 530521100 or 530521100001",
}
_HOUSEHOLD = re.compile(r"\d{12}-\d{4}")
_ANY_DIVISION = re.compile("|".join(rf"\d{{{digits}}}" for digits in _DIVISION_DIGITS.values()))


def check_code(code: str, of: str, argument: str = "code") -> str:
    """The code, if it looks like one of a ``division``, a level or a ``household``. Raises BadUserInputError."""
    pattern = _HOUSEHOLD if of == "household" else _ANY_DIVISION
    if not (code.isascii() and pattern.fullmatch(code) and _fits(code, of)):
        raise BadUserInputError(f"{argument}: {_shorten(code)} is no code of a {of}; one looks like {_EXAMPLES[of]}")
    return code


def looks_like_code(text: str) -> bool:
    """Whether a text looks like the code of a division, of any level."""
    return text.isascii() and _ANY_DIVISION.fullmatch(text) is not None


def _fits(code: str, of: str) -> bool:
    digits = _DIVISION_DIGITS.get(of)
    return digits is None or len(code) == digits


def check_id(node_id: str, argument: str = "id") -> str:
    """The id, if it looks like one. Raises BadUserInputError."""
    if not ID_PATTERN.fullmatch(node_id):
        raise BadUserInputError(
            f"{argument}: {_shorten(node_id)} is no id; one looks like post:5305:party-secretary or division:530521"
        )
    return node_id


def check_key(key: str, argument: str) -> str:
    """A division's or household's code, or an id (it has a colon). Raises BadUserInputError."""
    if ":" in key:
        return check_id(key, argument)
    return check_code(key, "household" if "-" in key else "division", argument)


def _shorten(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
