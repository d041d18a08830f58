"""What somebody answers for, holds and belongs to, as bars over the years (时间线)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from msgspec import Struct

from graph_model.dates import AFTER_ALL_DAYS, BEFORE_ALL_DAYS, Limits, limits
from graph_model.records import Relation
from pages.languages import Lang
from pages.saying import say_until, say_when

WIDTH: Final = 1_000
"""How wide the drawing is, in its own units."""
_FINEST: Final = 4
_MOST_TICKS: Final = 40


class Bar(Struct, frozen=True):
    """A stretch of days in the drawing, in its units."""

    x: int
    width: int


class Spell(Struct, frozen=True):
    """Relations of one sort with the same dates, ``count`` of them; the days are empty where nothing bounds them.

    It surely held from ``certain_from`` to the day before ``certain_until``, and may have from ``possible_from`` to the
    day before ``possible_until``.
    """

    family: str
    kind: str
    kind_label: str
    count: int
    of: str
    when: str
    ends: str
    provenance: str
    possible_from: str
    certain_from: str
    certain_until: str
    possible_until: str


class Timeline(Struct, frozen=True):
    """Spells with their bars, by when they begin; the axis has whole years, ``ticks`` where each begins."""

    first_year: int
    last_year: int
    spells: tuple[Spell, ...]
    bars: tuple[tuple[Bar | None, Bar | None], ...]
    ticks: tuple[int, ...]
    today: int
    total: int


_Key = tuple[str, str, str, str, Limits]


class Labels(Struct, frozen=True):
    """What relations are called: their kinds by regime and code, and their other ends by id."""

    kinds: Mapping[tuple[str | None, str], str]
    ends: Mapping[str, str]


def build_timeline(
    relations: Iterable[tuple[Relation, str]], labels: Labels, day: int, lang: Lang, total: int
) -> Timeline:
    """The timeline of some relations, each with the id of its other end; ``total``: how many there are in all."""
    grouped: dict[_Key, list[tuple[Relation, str]]] = {}
    for relation, end in relations:
        days = limits(relation.validity)
        key = (relation.family.value, relation.kind, relation.regime or "", relation.provenance.value, days)
        grouped.setdefault(key, []).append((relation, end))
    order = sorted(grouped, key=lambda key: (key[4].possible_from, key[4].certain_from, key[:4], key[4].possible_until))
    first_year, last_year = _years((key[4] for key in order), day)
    axis = _Axis(date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal() + 1)
    return Timeline(
        first_year=first_year,
        last_year=last_year,
        spells=tuple(_spell(grouped[key], key[4], labels, lang) for key in order),
        bars=tuple(axis.bars(key[4]) for key in order),
        ticks=tuple(axis.place(date(year, 1, 1).toordinal()) for year in _ticks(first_year, last_year)),
        today=axis.place(day),
        total=total,
    )


def _years(all_days: Iterable[Limits], day: int) -> tuple[int, int]:
    """The years that have a bound, and that of the day asked for."""
    known = [day]
    for days in all_days:
        known += [days.possible_from, days.certain_from, days.certain_until - 1, days.possible_until - 1]
    years = [date.fromordinal(each).year for each in known if BEFORE_ALL_DAYS < each < AFTER_ALL_DAYS - 1]
    return min(years), max(years)


def _ticks(first: int, last: int) -> range:
    """The years that are marked: each, or each tenth, hundredth or thousandth of many."""
    step = 1
    while (last - first) // step > _MOST_TICKS:
        step *= 10
    return range(first - first % step + step, last + 1, step)


class _Axis(Struct, frozen=True):
    """From the first day to the one after the last."""

    first: int
    end: int

    def place(self, day: int) -> int:
        """Where a day begins in the drawing; what lies beyond an edge, at it."""
        inside = min(max(day, self.first), self.end)
        return round((inside - self.first) * WIDTH / (self.end - self.first))

    def bars(self, days: Limits) -> tuple[Bar | None, Bar | None]:
        """The bars of when it may have held, and of when it surely did; None of no day."""
        return self._bar(days.possible_from, days.possible_until), self._bar(days.certain_from, days.certain_until)

    def _bar(self, first: int, end: int) -> Bar | None:
        if first >= end:
            return None
        x = min(self.place(first), WIDTH - _FINEST)
        return Bar(x, max(self.place(end) - x, _FINEST))


def _spell(same: list[tuple[Relation, str]], days: Limits, labels: Labels, lang: Lang) -> Spell:
    relation, end = same[0]
    validity = relation.validity
    is_sure = days.certain_from < days.certain_until
    return Spell(
        family=relation.family.value,
        kind=relation.kind,
        kind_label=labels.kinds.get((relation.regime, relation.kind), relation.kind),
        count=len(same),
        of=labels.ends.get(end, end) if len(same) == 1 else "",
        when=say_when(validity, lang),
        ends=say_until(validity, lang),
        provenance=relation.provenance.value,
        possible_from=_iso(days.possible_from),
        certain_from=_iso(days.certain_from) if is_sure else "",
        certain_until=_iso(days.certain_until) if is_sure else "",
        possible_until=_iso(days.possible_until),
    )


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat() if BEFORE_ALL_DAYS < day < AFTER_ALL_DAYS else ""
