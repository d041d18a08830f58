"""Who sits on a post on a day, and whether it is known to be empty (任职与空缺).

Source: model.md, "Chain", 2 and 4.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from graph_model.dates import Certainty, certainty_on, limits
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.ways import Ways
from graph_model.records import Coverage, Family, Person, Relation, Vacancy


class Holder(Struct, frozen=True):
    """A person who holds, or may hold, a post on the day, by the best of its holdings."""

    person: Person
    holding: Relation
    certainty: Certainty


def holders_of(around: Neighbourhood, post: str, day: int) -> tuple[Holder, ...]:
    """The holders of a post on a day, one row a person: the certain ones first, then by id."""
    best: dict[str, Holder] = {}
    for holding in around.iter_to(post, Family.HOLDING):
        certainty = certainty_on(holding.validity, day)
        person = around.find_node(holding.source)
        if certainty.holds and isinstance(person, Person):
            row = Holder(person, holding, certainty)
            rival = best.get(person.id)
            if rival is None or _holding_order(row) < _holding_order(rival):
                best[person.id] = row
    return tuple(sorted(best.values(), key=lambda row: (row.certainty is not Certainty.CERTAIN, row.person.id)))


def _holding_order(row: Holder) -> tuple[bool, int, str]:
    return row.certainty is not Certainty.CERTAIN, -limits(row.holding.validity).possible_from, row.holding.id


def find_emptiness(
    around: Neighbourhood, post: str, day: int, ways: Ways, coverages: Sequence[Coverage], holders: Sequence[Holder]
) -> Vacancy | Coverage | None:
    """By what a post is known to be empty; None where it is not. Of several the first, by id.

    A recorded vacancy is CERTAIN and no holder is; or holdings are covered for sure for an area that surely contains
    the post, and there is no holder, CERTAIN or POSSIBLE. ``coverages`` are those of holdings that are in force for
    sure on the day.
    """
    if not any(row.certainty is Certainty.CERTAIN for row in holders):
        vacancies = [
            claim
            for claim in around.iter_claims(post, Vacancy)
            if certainty_on(claim.validity, day) is Certainty.CERTAIN
        ]
        if vacancies:
            return min(vacancies, key=lambda claim: claim.id)
    if holders:
        return None
    covering = [coverage for coverage in coverages if ways.lies_surely_in(post, coverage.area)]
    return min(covering, key=lambda coverage: coverage.id, default=None)
