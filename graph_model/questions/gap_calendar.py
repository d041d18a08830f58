"""The gap calendar (缺口日历): periods in which a duty is not simply met, in place of days.

The duty checker speaks of one day. What it says of a target can change on a few days only, those on which something
that it looks at begins or ends (``likeness``): it is asked once for each stretch between two of them, and what is the
same on both sides of a day is one period. There are no other rules than the checker's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph_model.dates import Certainty
from graph_model.exchange import Window
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.duties import DutyChecker, Gap, GapCause
from graph_model.questions.places import Bounds
from graph_model.questions.ways import Ways
from graph_model.records import AnyTarget, Coverage
from graph_model.regime import Duty, Regime


class Spell(Struct, frozen=True):
    """A time in which one thing is to be said of a duty (时段): from ``first`` to ``last``, both inclusive (ordinals).

    ``cause`` is None where the duty is met; ``certainty`` is then that it applies at all.
    """

    duty: Duty
    cause: GapCause | None
    certainty: Certainty
    first: int
    last: int


def stretches(bounds: Bounds, window: Window) -> list[int]:
    """The days on which a stretch of the window begins: its first day, and each bound within."""
    return [window.first, *sorted(day for day in bounds if window.first < day <= window.last)]


def find_spells(
    around: Neighbourhood,
    nodes: Sequence[tuple[AnyTarget, Bounds]],
    regime: Regime,
    window: Window,
    coverages: Sequence[Coverage] = (),
) -> list[tuple[Spell, ...]]:
    """What is to be said of the duties of some targets throughout a window: of each, by duty and first day.

    ``around`` must be of the whole window. ``bounds``: the days on which what is said of the target may change.
    """
    beginning: dict[int, list[int]] = {}
    for place, (_, bounds) in enumerate(nodes):
        for day in stretches(bounds, window):
            beginning.setdefault(day, []).append(place)
    running: list[dict[str, Spell]] = [{} for _ in nodes]
    done: list[list[Spell]] = [[] for _ in nodes]
    for day in sorted(beginning):
        checker = DutyChecker(around, regime, day, Ways(around, day, coverages), coverages)
        for place in beginning[day]:
            now = {
                judged.duty.code: Spell(judged.duty, judged.cause, judged.certainty, day, window.last)
                for judged in checker.judge(nodes[place][0], Certainty.CERTAIN)
            }
            running[place] = dict(_went_on(running[place], now, day, done[place]))
    for place, spells in enumerate(running):
        done[place] += spells.values()
    positions = regime.duty_positions
    return [tuple(sorted(found, key=lambda spell: (positions[spell.duty.code], spell.first))) for found in done]


def _went_on(
    before: dict[str, Spell], now: dict[str, Spell], day: int, done: list[Spell]
) -> Iterator[tuple[str, Spell]]:
    """The spells that run from a day on; those that ended the day before are done."""
    for code, spell in before.items():
        new = now.get(code)
        if new is None or (new.cause, new.certainty) != (spell.cause, spell.certainty):
            done.append(Spell(spell.duty, spell.cause, spell.certainty, spell.first, day - 1))
    for code, spell in now.items():
        old = before.get(code)
        goes_on = old is not None and (old.cause, old.certainty) == (spell.cause, spell.certainty)
        yield code, old if goes_on and old is not None else spell


def gap_on(
    around: Neighbourhood, node: AnyTarget, regime: Regime, day: int, duty: str, coverages: Sequence[Coverage] = ()
) -> Gap | None:
    """The gap of one duty (a code) of a target on a day, with its message; None where there is none."""
    checker = DutyChecker(around, regime, day, Ways(around, day, coverages), coverages)
    for judged in checker.judge(node, Certainty.CERTAIN):
        if judged.duty.code == duty:
            return checker.gap_of(judged, node)
    return None
