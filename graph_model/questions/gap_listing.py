"""The gap calendar of an area, listed and added up (缺口清单与合计): who lies there, and when, of all that is judged.

A target belongs to an area on the days on which it lies there or may; what is said of its duties on other days is not
the area's. What is said is what its own chain says of it: that it only may lie there makes no gap less sure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from msgspec import Struct

from graph_model.dates import Certainty
from graph_model.questions.duties import GapCause
from graph_model.questions.gap_calendar import Spell
from graph_model.questions.likeness import Likeness
from graph_model.questions.placing import Placing, Stretches, union
from graph_model.regime import Regime

UNMET: Final = frozenset(cause for cause in GapCause if cause.is_unmet)
"""The causes of what is not met; the others are remarks."""


class Wish(Struct, frozen=True):
    """Which gaps are asked for; None: all."""

    lanes: frozenset[str] | None = None
    causes: frozenset[GapCause] = UNMET
    certainty: Certainty | None = None
    duties: frozenset[str] | None = None


class GapKey(Struct, frozen=True, array_like=True, order=True):
    """The place of a period in the list."""

    level: int
    target: str
    duty: int
    first: int


class GapPeriod(Struct, frozen=True):
    """A period in which a duty of a target is not simply met (缺口时段); ``target`` is an id."""

    key: GapKey
    target: str
    spell: Spell


class GapPage(Struct, frozen=True):
    """Some periods, how many there are in all, and whether more follow."""

    periods: tuple[GapPeriod, ...]
    total: int
    has_next: bool


class GapTotal(Struct, frozen=True):
    """What the periods of one lane in one area come to (合计).

    ``area`` is an id; None for what lies in none of those that were added up by. ``days``: the periods' days, a day of
    two targets counted twice. ``certain``: how many periods are CERTAIN.
    """

    area: str | None
    lane: str
    periods: int
    certain: int
    targets: int
    days: int


class GapCalendar:
    """The gaps of the targets within some areas (ids) throughout a window."""

    def __init__(
        self,
        regime: Regime,
        likeness: Likeness,
        spells: Mapping[int, Sequence[Spell]],
        placing: Placing,
        within: Sequence[str],
    ) -> None:
        """``spells``: what is to be said of each sort that lies within; ``placing`` must know the areas."""
        self._regime = regime
        self._likeness = likeness
        self._spells = spells
        self._placing = placing
        self._days = [_days_in(place, within) for place in placing.places]
        self._kept: dict[tuple[int, int], tuple[Spell, ...]] = {}

    @cached_property
    def _rows(self) -> list[int]:
        """The places in the list of targets of those that lie within."""
        return [row for row, place in enumerate(self._placing.of) if self._days[place]]

    @cached_property
    def _alike(self) -> Counter[tuple[int, int]]:
        """How many targets there are of each sort and place."""
        sorts, places = self._likeness.sorts, self._placing.of
        return Counter((sorts[row], places[row]) for row in self._rows)

    def page(self, wish: Wish, *, first: int, after: GapKey | None = None) -> GapPage:
        """A page of the periods that are wished for: by level from the nearest, target, duty and first day."""
        total = sum(number * len(self._wished(alike, wish)) for alike, number in self._alike.items())
        found: list[GapPeriod] = []
        for period in self._periods(wish, after):
            found.append(period)
            if len(found) > first:
                break
        return GapPage(tuple(found[:first]), total, len(found) > first)

    def totals(self, wish: Wish, groups: Sequence[str]) -> tuple[GapTotal, ...]:
        """What the periods come to in each of some areas, by lane: a period counts where its target then may lie."""
        sums: dict[tuple[str | None, str], list[int]] = {}
        for alike, number in self._alike.items():
            seen: set[tuple[str | None, str]] = set()
            place = self._placing.places[alike[1]]
            for spell in self._wished(alike, wish):
                lane = self._regime.lane_of(spell.duty).code
                for area, days in _shares(spell, place, groups):
                    total = sums.setdefault((area, lane), [0, 0, 0, 0])
                    total[0] += number
                    total[1] += number * (spell.certainty is Certainty.CERTAIN)
                    total[2] += number * ((area, lane) not in seen)
                    total[3] += number * days
                    seen.add((area, lane))
        lanes = self._regime.lane_positions
        order = sorted(sums, key=lambda key: (key[0] is None, key[0] or "", lanes[key[1]]))
        return tuple(GapTotal(area, lane, *sums[area, lane]) for area, lane in order)

    def _periods(self, wish: Wish, after: GapKey | None) -> Iterator[GapPeriod]:
        targets, sorts, places = self._likeness.targets, self._likeness.sorts, self._placing.of
        rows, levels = self._rows, self._likeness.levels
        start = 0
        if after is not None:
            start = bisect_right(rows, (after.level, after.target), key=lambda row: (levels[row], targets[row])) - 1
        for row in rows[max(start, 0) :]:
            for spell in self._wished((sorts[row], places[row]), wish):
                key = GapKey(levels[row], targets[row], self._regime.duty_positions[spell.duty.code], spell.first)
                if after is None or key > after:
                    yield GapPeriod(key, targets[row], spell)

    def _wished(self, alike: tuple[int, int], wish: Wish) -> tuple[Spell, ...]:
        spells = self._kept.get(alike)
        if spells is None:
            spells = self._kept[alike] = tuple(
                Spell(spell.duty, spell.cause, spell.certainty, max(spell.first, begin), min(spell.last, end))
                for spell in self._spells[alike[0]]
                if spell.cause is not None
                for begin, end in self._days[alike[1]]
                if max(spell.first, begin) <= min(spell.last, end)
            )
        return tuple(spell for spell in spells if self._is_wished(spell, wish))

    def _is_wished(self, spell: Spell, wish: Wish) -> bool:
        return (
            spell.cause in wish.causes
            and (wish.certainty is None or spell.certainty is wish.certainty)
            and (wish.lanes is None or self._regime.lane_of(spell.duty).code in wish.lanes)
            and (wish.duties is None or spell.duty.code in wish.duties)
        )


def sorts_within(likeness: Likeness, placing: Placing, within: Sequence[str]) -> list[int]:
    """The sorts of the targets that lie, or may lie, within some areas on some day."""
    is_inside = [bool(_days_in(place, within)) for place in placing.places]
    return sorted({sort for sort, place in zip(likeness.sorts, placing.of, strict=True) if is_inside[place]})


def _days_in(place: Mapping[str, Stretches], areas: Sequence[str]) -> Stretches:
    days: Stretches = ()
    for area in areas:
        days = union(days, place.get(area, ()))
    return days


def _shares(spell: Spell, place: Mapping[str, Stretches], groups: Sequence[str]) -> Iterator[tuple[str | None, int]]:
    """The groups that a target may lie in during a spell, each with how many of its days; None where in none."""
    is_in_one = False
    for area in groups:
        days = sum(max(0, min(end, spell.last) - max(begin, spell.first) + 1) for begin, end in place.get(area, ()))
        if days:
            is_in_one = True
            yield area, days
    if not is_in_one:
        yield None, spell.last - spell.first + 1
