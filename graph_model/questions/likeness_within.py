"""Which sorts of targets are alike within a window (窗内同类): what lies outside of it tells nobody apart there."""

from __future__ import annotations

from collections.abc import Iterable

from graph_model.exchange import Window
from graph_model.outline import Days
from graph_model.questions.likeness import NO_SEAT, Dated, Facts, Likeness, Seat
from graph_model.questions.places import PlaceKey


def alike_within(likeness: Likeness, window: Window) -> tuple[int, ...]:
    """For each sort the first one of which the duty checker says the same on every day of the window.

    A bound before the window is as good as one on its first day, one behind it as good as one on the day after it.
    """
    seen = _Clip(window)
    places = [seen.places(keys) for keys in likeness.places]
    seats = seen.seats(likeness.seats, places[0])
    known: dict[object, int] = {}
    return tuple(
        known.setdefault(seen.facts(facts, places[facts.scheme], seats), sort)
        for sort, facts in enumerate(likeness.facts)
    )


class _Clip:
    def __init__(self, window: Window) -> None:
        self._first, self._behind = window.first, window.last + 1
        self._known: dict[Days, Days] = {}

    def days(self, days: Days) -> Days:
        """The bounds, moved into the window; all are the same where it surely ended before."""
        known = self._known.get(days)
        if known is None:
            a, b, c, d = (max(self._first, min(day, self._behind)) for day in days)
            known = self._known[days] = (d, d, d, d) if d == self._first else (a, b, c, d)
        return known

    def may_hold(self, days: Days) -> bool:
        """Whether something is possible on some day of the window."""
        return days[0] < self._behind and days[3] > self._first

    def places(self, keys: Iterable[PlaceKey]) -> list[int]:
        """A number for each place, the same for those that are alike; those above come first."""
        known: dict[PlaceKey, int] = {}
        found: list[int] = []
        for node, above in keys:
            ways = frozenset((self.days(days), found[place]) for days, place in above if self.may_hold(days))
            found.append(known.setdefault((node, ways), len(known)))
        return found

    def seats(self, seats: Iterable[Seat], places: list[int]) -> list[int]:
        """A number for each seat, likewise; that of those who need none stays its own."""
        known: dict[object, int] = {}
        found: list[int] = []
        for number, seat in enumerate(seats):
            held = frozenset(self.days(days) for days in seat.held if self.may_hold(days))
            empty = frozenset(self.days(days) for days in seat.empty if self.may_hold(days))
            key = None if number == NO_SEAT else (held, empty, places[seat.place])
            found.append(known.setdefault(key, len(known)))
        return found

    def facts(self, facts: Facts, places: list[int], seats: list[int]) -> object:
        """What is equal of what is judged alike."""
        assigned = frozenset(
            (kind, self.days(days), seats[seat], assignee)
            for kind, days, seat, assignee in facts.assigned
            if days[0] < self._behind
        )
        return (
            facts.level,
            facts.scheme,
            places[facts.place],
            self._claims(facts.designated),
            self._claims(facts.exempt),
            assigned,
            facts.above,
        )

    def _claims(self, claims: Dated) -> frozenset[tuple[str, Days]]:
        return frozenset((kind, self.days(days)) for kind, days in claims if self.may_hold(days))
