"""What is coming (将到期事项): links and terms that end, and reports that are due, within a window.

Ends are read off the outline; who must report when is the rhythms' to say (``questions.rhythms``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import Enum
from typing import Final

from msgspec import Struct

from graph_model.dates import AFTER_ALL_DAYS, Certainty
from graph_model.errors import BadUserInputError
from graph_model.exchange import Window
from graph_model.outline import EdgeRow, Outline, row_of_relation
from graph_model.questions.places import Containment
from graph_model.questions.placing import find_placing
from graph_model.questions.rhythms import RhythmCheck
from graph_model.records import Family, Relation
from graph_model.regime import Regime


class UpcomingKind(Enum):
    """What is coming (事项类型)."""

    LINK_ENDS = "LINK_ENDS"
    TERM_ENDS = "TERM_ENDS"
    REPORT_DUE = "REPORT_DUE"


DEFAULT_DAYS: Final = 90
MAX_DAYS: Final = 3_660
"""Ten years."""
LONGEST_PERIOD: Final = 366
"""Days: a period that ends in a window begins no earlier before it."""


class Upcoming(Struct, frozen=True, order=True):
    """Something that is coming; the order is that of the fields, days as ordinals.

    ``last``: the last day on which it can be, ``first`` the first one; of an end, the first day without. ``what``: the
    kind of the assignment, ``holds``, or the code of the rhythm. ``assignee`` and ``target`` are ids; the target of a
    term is the post. ``certainty`` is a Certainty's value: CERTAIN only if it surely comes within the window.
    """

    last: int
    first: int
    kind: str
    target: str
    what: str
    assignee: str
    certainty: str


def choose_window(first: date, last: date | None, days: int | None) -> Window:
    """The window from a day: ``last`` or ``days`` end it, else DEFAULT_DAYS. Raises BadUserInputError."""
    if last is not None and days is not None:
        raise BadUserInputError("days: give either `to` or `days`")
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise BadUserInputError(f"days: {days} is out of range; give 1 to {MAX_DAYS}")
    if last is None:
        last = date.fromordinal(min(first.toordinal() + (days or DEFAULT_DAYS) - 1, date.max.toordinal()))
    if not 0 <= (last - first).days < MAX_DAYS:
        raise BadUserInputError(f"to: give a day from {first} to {MAX_DAYS - 1} days after it; this one is {last}")
    return Window(first.toordinal(), last.toordinal())


def find_ends(
    outline: Outline, containment: Containment, regime: Regime, within: Sequence[str], window: Window
) -> list[Upcoming]:
    """The links and terms that end, or may, in a window: where the end is known to a day, or to a range of days.

    Of links only the regime's. Those whose target, or post, lies or may lie within some areas in the window.
    """
    ending = [
        (UpcomingKind.LINK_ENDS, row)
        for row in outline.edges[Family.RESPONSIBILITY]
        if row[3] == regime.code and _ends_in(row, window)
    ]
    ending += [(UpcomingKind.TERM_ENDS, row) for row in outline.edges[Family.HOLDING] if _ends_in(row, window)]
    targets = sorted({row[1] for _, row in ending})
    placing = find_placing(containment, targets, within, window)
    inside = {target for target, place in zip(targets, placing.of, strict=True) if placing.places[place]}
    return sorted({_end(kind, row, window) for kind, row in ending if row[1] in inside})


def find_own_ends(relations: Iterable[Relation], regime: Regime, window: Window) -> list[Upcoming]:
    """As ``find_ends``, of some links and terms."""
    rows = ((relation, row_of_relation(relation)) for relation in relations)
    return [
        _end(UpcomingKind.TERM_ENDS if relation.family is Family.HOLDING else UpcomingKind.LINK_ENDS, row, window)
        for relation, row in rows
        if _ends_in(row, window) and (relation.family is Family.HOLDING or relation.regime == regime.code)
    ]


def _ends_in(row: EdgeRow, window: Window) -> bool:
    """Whether something has an end, and that may lie in the window."""
    return row[7] < AFTER_ALL_DAYS and row[7] >= window.first and _first_end(row) <= window.last


def _first_end(row: EdgeRow) -> int:
    """The first day on which it may no longer hold, of what held on a day before."""
    return min(max(row[6], row[4] + 1), row[7])


def _end(kind: UpcomingKind, row: EdgeRow, window: Window) -> Upcoming:
    first, last = _first_end(row), row[7]
    surely_held = row[5] < row[6]
    is_sure = surely_held and window.first <= first and last <= window.last
    certainty = Certainty.CERTAIN if is_sure else Certainty.POSSIBLE
    return Upcoming(last, first, kind.value, row[1], row[2], row[0], certainty.value)


def reporters(outline: Outline, regime: Regime) -> list[str]:
    """The targets for which somebody ever answered by a kind that a rhythm binds (ids)."""
    kinds = {kind for rhythm in regime.rhythms for kind in rhythm.kinds}
    rows = outline.edges[Family.RESPONSIBILITY]
    return sorted({row[1] for row in rows if row[3] == regime.code and row[2] in kinds})


def find_reports(checks: Iterable[RhythmCheck], window: Window) -> Iterator[Upcoming]:
    """What is due in a window: of each period that ends there, on its last day."""
    for check in checks:
        for each in check.periods:
            due = each.period.last
            if window.first <= due <= window.last:
                yield Upcoming(
                    due,
                    due,
                    UpcomingKind.REPORT_DUE.value,
                    check.target.id,
                    check.rhythm.code,
                    check.assignee.id,
                    each.certainty.value,
                )
