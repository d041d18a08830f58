"""Drawing by lot, the same everywhere (抽取): one stream a topic, from the seed number alone.

Only ``random.Random.random()`` is used: of that module, it alone is promised to give the same numbers in every release
of Python. Shuffling, picking and sharing out are ours, over integers. A topic's stream does not hang on any other, so
that a change to one topic leaves the others as they were.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

T = TypeVar("T")

_DAYS_IN_ANY_MONTH = 28


class DateMix(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """How dates are known (日期详略), in shares: to the day, to the month, to the year, or not at all.

    ``first`` and ``last`` are the months (``2016-01``) between which they lie, both inclusive.
    """

    day: int
    month: int
    year: int
    unknown: int
    first: str
    last: str


class Chance:
    """The stream of one topic."""

    def __init__(self, seed: int, topic: str) -> None:
        self._random = random.Random(f"{seed}:{topic}").random  # noqa: S311 - nothing here is a secret

    def below(self, number: int) -> int:
        """A whole number from 0 to below ``number`` (at most 2**32)."""
        return int(self._random() * number)

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in an order drawn by lot (Fisher and Yates)."""
        drawn = list(items)
        for last in range(len(drawn) - 1, 0, -1):
            other = self.below(last + 1)
            drawn[last], drawn[other] = drawn[other], drawn[last]
        return drawn

    def some(self, items: Sequence[T], number: int) -> list[T]:
        """As many different items as ``number`` says, or all; in the order drawn."""
        drawn = list(items)
        number = min(number, len(drawn))
        for place in range(number):
            other = place + self.below(len(drawn) - place)
            drawn[place], drawn[other] = drawn[other], drawn[place]
        return drawn[:number]

    def by_shares(self, shares: Mapping[T, int]) -> T:
        """A key, drawn by its share."""
        left = self.below(sum(shares.values()))
        for key, share in shares.items():
            left -= share
            if left < 0:
                return key
        raise ValueError("no shares to draw from")

    def date(self, mix: DateMix) -> str | None:
        """A partial date, known as the mix says; None where it is not known."""
        first, last = (int(text[:4]) * 12 + int(text[5:]) - 1 for text in (mix.first, mix.last))
        year, month = divmod(first + self.below(last - first + 1), 12)
        day = 1 + self.below(_DAYS_IN_ANY_MONTH)
        known = self.by_shares({"day": mix.day, "month": mix.month, "year": mix.year, "unknown": mix.unknown})
        if known == "unknown":
            return None
        if known == "year":
            return f"{year:04d}"
        return f"{year:04d}-{month + 1:02d}" + (f"-{day:02d}" if known == "day" else "")


def share_out(total: int, weights: Sequence[int], least: int = 0) -> list[int]:
    """Whole numbers that sum up to ``total``, in proportion to the weights, none below ``least``.

    By largest remainders; of equal ones the first. Raises ValueError where ``least`` asks for more than there is.
    """
    rest = total - least * len(weights)
    whole = sum(weights)
    if rest < 0 or whole <= 0:
        raise ValueError(f"{total} cannot be shared out among {len(weights)}")
    shares = [rest * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-(rest * weights[place] % whole), place))
    for place in order[: rest - sum(shares)]:
        shares[place] += 1
    return [least + share for share in shares]
