"""When what is generated holds (时间): on the days on which the rosters were seen, within its own bounds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from graph_model.dates import Validity, parse_day, parse_since, parse_until


class Calendar:
    """The days of the rosters (名册日), and the validity of something that begins or ends between them."""

    def __init__(self, reference_date: str, seen: Iterable[str]) -> None:
        self.reference_date = reference_date
        self.seen = tuple(sorted({*seen, reference_date}))
        self._days = tuple((day, parse_day(day).toordinal()) for day in self.seen)
        self.over = cache(self._over)

    def _over(self, since: str | None = None, until: str | None = None) -> Validity:
        """Bounds, and the roster days on which it surely held: not before it began, not from when it may have ended.

        A bound that is not known hides no roster day.
        """
        begin, end = parse_since(since), parse_until(until)
        first = begin.latest if since is not None else begin.earliest
        last = end.earliest if until is not None else end.latest
        return Validity(since, until, tuple(day for day, ordinal in self._days if first <= ordinal < last))
