"""The days on which a chain changes (变动日): the nearest before a day, and the nearest after it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from graph_model.dates import FIRST_DAY, LAST_DAY, Validity, limits
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import Chain, trace_chain
from graph_model.questions.compare import compare_chains
from graph_model.records import Coverage, Designation, Exemption, Vacancy
from graph_model.regime import Regime


class ChangeDays(Struct, frozen=True):
    """Days (ordinals) of a chain's changes: the last one before a day, the first one after it; None: there is none."""

    before: int | None
    after: int | None


def find_change_days(
    around: Neighbourhood,
    target: str,
    regime: Regime,
    day: int,
    *,
    coverages: Sequence[Coverage] = (),
    lanes: frozenset[str] | None = None,
) -> ChangeDays:
    """The nearest days around ``day`` (an ordinal) on which the chain of a target (id) differs from the day before.

    Different as ``compare_chains`` has it. ``around`` must be of all days. A chain can only change on a bound of a
    record, a duty or the regime: as many chains are traced as there are such days up to the nearest change.
    """

    def chain(when: int) -> Chain:
        return trace_chain(around, target, regime, when, coverages=coverages, lanes=lanes)

    days = _bounds(around, regime, coverages)
    return ChangeDays(
        before=_first_change(reversed(days[: bisect_left(days, day)]), chain),
        after=_first_change(iter(days[bisect_right(days, day) :]), chain),
    )


def _first_change(days: Iterator[int], chain: Callable[[int], Chain]) -> int | None:
    return next((day for day in days if not compare_chains(chain(day - 1), chain(day)).is_empty), None)


def _bounds(around: Neighbourhood, regime: Regime, coverages: Sequence[Coverage]) -> list[int]:
    """Every day on which what a chain is made of begins or ends to be sure or possible: in order, each once."""
    claims = (claim for claim in around.iter_all_claims() if isinstance(claim, Designation | Exemption | Vacancy))
    validities: set[Validity] = {
        regime.bounds,
        *(regime.whole_bounds(duty) for duty in regime.duties),
        *(record.validity for record in (*around.iter_relations(), *claims, *coverages)),
    }
    found = {day for validity in validities for day in _days(validity)}
    return sorted(day for day in found if FIRST_DAY < day <= LAST_DAY)


def _days(validity: Validity) -> tuple[int, int, int, int]:
    bounds = limits(validity)
    return bounds.possible_from, bounds.certain_from, bounds.certain_until, bounds.possible_until
