"""How small a board must be written to fit on its sheet (排版): estimated from its texts, before any browser sees it.

In points, of a sheet of A4 with the margins of ``pages.css``; A3 is the same, larger.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from pages.twins.svg import width_of

SIZES: Final = (8.5, 7.6, 6.8, 6.0, 5.3)
"""How large the roster may be written, in points: the style sheet's ``.sheet`` and ``.d1`` to ``.d4``."""
_HEIGHT: Final = 600.0
"""What the head and the foot leave of a sheet."""
_WHO: Final = 345.0
_PLACE: Final = 86.0
_WHOLE: Final = 500.0
_LINE: Final = 1.3
_ROW: Final = 3.6


class Line(Struct, frozen=True):
    """A row of the roster as it is written: where, and who."""

    place: str
    who: str


def choose_density(roster: Iterable[Line], missing: Iterable[str]) -> int:
    """The place in SIZES of the largest size in which a board fits; the last, where none does."""
    rows, paragraphs = tuple(roster), tuple(missing)
    fitting = (place for place, size in enumerate(SIZES) if _height(rows, paragraphs, size) <= _HEIGHT)
    return next(fitting, len(SIZES) - 1)


def _height(roster: Iterable[Line], missing: tuple[str, ...], size: float) -> float:
    line = size * _LINE
    rows = sum(max(_lines(row.who, _WHO, size), _lines(row.place, _PLACE, size)) * line + _ROW for row in roster)
    paragraphs = sum(_lines(text, _WHOLE, size) for text in missing)
    return line + _ROW + rows + (paragraphs * line + line * 1.3 + 12 if missing else 0)


def _lines(text: str, width: float, size: float) -> int:
    return max(1, math.ceil(width_of(text) * size / width))
