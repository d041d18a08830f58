"""Characters that XML may not hold, and that no line of a drawing needs (非法字符)."""

from __future__ import annotations

from typing import Final

_CONTROLS: Final = [number for number in (*range(32), *range(127, 160)) if number not in {9, 10, 13}]
ILLEGAL: Final = dict.fromkeys([*_CONTROLS, 0xFFFE, 0xFFFF])
"""For ``str.translate``: what no XML may hold is left away."""
_SPACES: Final = {**dict.fromkeys(range(32), " "), **dict.fromkeys(range(127, 160)), 0xFFFE: None, 0xFFFF: None}


def one_line(text: str) -> str:
    """A text on one line: breaks and tabs are spaces, and what XML may not hold is left away."""
    return text.translate(_SPACES)
