"""What must not be shown to everybody (隐私): identity numbers, which no roster needs."""

from __future__ import annotations

import re
from typing import Final

from graph_model.records import Text

IDENTITY_NUMBER: Final = Text(
    "是身份证号，写入后人人可见：请改用自编的代码",
    "is an identity number, which would be shown to everybody: give a code of your own",
)
_LENGTH: Final = 18
_NUMBER: Final = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])")


def has_identity_number(text: str) -> bool:
    """Whether a text has a citizen's identity number of eighteen characters, with its check digit (GB 11643-1999)."""
    return len(text) >= _LENGTH and any(_is_valid(found[0]) for found in _NUMBER.finditer(text))


def _is_valid(number: str) -> bool:
    total = sum(int(digit) << (17 - place) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()
