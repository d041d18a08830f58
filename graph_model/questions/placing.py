"""On which days everything may lie in some areas (所在时段), for the whole graph at once.

A node may lie in an area on a day if a way of containment relations leads there, each possible on that day: as
``ways.reached_from`` has it, day by day.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from graph_model.exchange import Window
from graph_model.outline import Days
from graph_model.questions.places import Containment

Stretch: TypeAlias = tuple[int, int]
"""The first and the last day (ordinals), both inclusive."""
Stretches: TypeAlias = tuple[Stretch, ...]
"""Days, as stretches that neither meet nor touch, in order."""

_NEVER: Final[Stretches] = ()


class Placing(Struct, frozen=True):
    """The places that targets have: of each target a number; of a number, the areas and the days of each."""

    of: tuple[int, ...]
    places: tuple[Mapping[str, Stretches], ...]


def find_placing(containment: Containment, targets: Sequence[str], areas: Sequence[str], window: Window) -> Placing:
    """On which days of a window each target may lie in, or be, each of some areas."""
    inside: dict[str, list[tuple[str, Days]]] = {}
    above_of, inner = containment.above, containment.inner
    for node in inner:
        for above, days in above_of.get(node, ()):
            inside.setdefault(above, []).append((node, days))
    reached = {area: _below(area, inside, window) for area in areas}
    known: dict[tuple[tuple[str, Stretches], ...], int] = {}
    by_way: dict[object, int] = {}
    places: list[dict[str, Stretches]] = []
    found: list[int] = []
    for target in targets:
        ways = above_of.get(target, ())
        key = target if target in inner or target in reached else ways
        number = by_way.get(key)
        if number is None:
            own = tuple(_own(target, () if target in inner else ways, reached))
            number = known.setdefault(own, len(known))
            if number == len(places):
                places.append(dict(own))
            by_way[key] = number
        found.append(number)
    return Placing(tuple(found), tuple(places))


def _own(
    target: str, ways: Sequence[tuple[str, Days]], reached: Mapping[str, Mapping[str, Stretches]]
) -> Iterator[tuple[str, Stretches]]:
    """The areas that a target may lie in, with the days: those that were reached, and what its own ways lead to."""
    for area, below in reached.items():
        days = below.get(target, _NEVER)
        for above, its in ways:
            days = union(days, within(below.get(above, _NEVER), its))
        if days:
            yield area, days


def _below(area: str, inside: Mapping[str, Sequence[tuple[str, Days]]], window: Window) -> dict[str, Stretches]:
    """The nodes that contain something and may lie in an area, with the days; circles end where nothing is new."""
    found: dict[str, Stretches] = {area: ((window.first, window.last),)}
    waiting = deque([area])
    while waiting:
        above = waiting.popleft()
        for node, days in inside.get(above, ()):
            before = found.get(node, _NEVER)
            after = union(before, within(found[above], days))
            if after != before:
                found[node] = after
                waiting.append(node)
    return found


def within(stretches: Stretches, days: Days) -> Stretches:
    """Those of some days on which a validity is possible."""
    first, last = days[0], days[3] - 1
    return tuple((max(begin, first), min(end, last)) for begin, end in stretches if max(begin, first) <= min(end, last))


def union(one: Stretches, other: Stretches) -> Stretches:
    """The days that are among the ones or the others."""
    if not one or not other or one == other:
        return one or other
    found: list[Stretch] = []
    for begin, end in sorted((*one, *other)):
        if found and begin <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return tuple(found)
