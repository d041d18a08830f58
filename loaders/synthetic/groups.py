"""Discipline secretaries of counties and townships, and which of them are deputy heads (纪委书记): clause 6.3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from graph_model.dates import Validity
from graph_model.keys import node_id
from graph_model.records import AnyRecord, Family
from loaders.synthetic.making import MEMBER_OF, POST_IN, UNIT_OF
from loaders.synthetic.pairing import free_for
from loaders.synthetic.parameters import days_of
from loaders.synthetic.seats import Persons, hold
from loaders.synthetic.world import HOLDERS, World

KIND, ROLE = "group-deputy-head", "deputy-head"
_POST = "discipline-secretary"
_CLAUSE = "6.3"
_RANK = 6
_FIRST = HOLDERS + 30_000
_TOWNSHIP_DIGITS = 9


class _Seat(Struct, frozen=True):
    """A county or township: id, key, names, and the divisions that it is, with when."""

    id: str
    key: str
    name: str
    english: str
    homes: tuple[tuple[str, Validity], ...]


def make_deputies(world: World) -> Iterator[AnyRecord]:
    """A discipline secretary everywhere; a deputy head of the leading group where the parameters, or the lot, say so.

    Elsewhere it is pending on the reference date; in some places it follows later, in the rest it does not.
    """
    make, persons = world.make, Persons(world, _FIRST)
    dates = world.chance("discipline-secretaries")
    deputies = _draw_deputies(world)
    for seat in _seats(world):
        commission = node_id("organization", seat.key, "discipline-commission")
        post = node_id("post", seat.key, _POST)
        yield make.organization(
            commission, "discipline-commission", f"{seat.name}纪委", f"Discipline Commission of {seat.english}", _CLAUSE
        )
        for home, validity in seat.homes:
            yield make.edge(Family.CONTAINMENT, UNIT_OF, commission, home, validity, _CLAUSE)
        name, english = f"{seat.name}纪委书记", f"Discipline secretary of {seat.english}"
        yield make.post(post, _POST, name, english, _CLAUSE, rank=_RANK)
        yield make.edge(Family.CONTAINMENT, POST_IN, post, commission, world.over(), _CLAUSE)
        leaves = world.troubles.leaves(_POST, seat.key)
        yield from hold(world, persons, post, dates.date(world.fill.dates.leaders), _CLAUSE, leaves)
        if seat.key in deputies:
            validity = world.over(deputies[seat.key])
            group = node_id("organization", seat.key, "leading-group")
            yield make.assignment(KIND, post, seat.id, validity, _CLAUSE)
            yield make.edge(Family.MEMBERSHIP, MEMBER_OF, post, group, validity, _CLAUSE, role=ROLE)
    yield from persons.records


def _seats(world: World) -> Iterator[_Seat]:
    for county in world.places.counties:
        yield _Seat(county.id, county.key, county.name, county.english, ((county.id, world.over()),))
    for one in world.places.townships:
        yield _Seat(one.id, one.key, one.name, one.english, tuple(world.along(one, None)))


def _draw_deputies(world: World) -> Mapping[str, str | None]:
    """Where (a key) the discipline secretary is a deputy head at some time, and since when.

    Townships with planted troubles come first: what is planted there is to be seen by itself.
    """
    fill, chance = world.fill.deputies, world.chance("deputies")
    dates = world.fill.dates.rosters
    deputies: dict[str, str | None] = {county: chance.date(dates) for county in fill.counties}
    deputies.update(fill.later_counties)
    others: list[str] = []
    planted = {place[:_TOWNSHIP_DIGITS] for place in world.troubles.places}
    for county in world.places.counties:
        here = [one.key for one in world.places.townships if one.county.key == county.key and one.is_stable]
        order = sorted(chance.shuffled(here), key=lambda key: key not in planted)
        number = fill.townships.get(county.key, 0)
        deputies.update({key: chance.date(dates) for key in order[:number]})
        others += order[number:]
    days = days_of(fill.later_townships)
    free = [key for key in others if key not in world.troubles.places]
    deputies.update(zip(free_for(iter(chance.shuffled(free)), days), days, strict=True))
    return deputies
