"""The units that help, and their cadres (帮扶单位与干部): clause 3.1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph_model.keys import node_id
from graph_model.records import AnyRecord, Family
from loaders.synthetic.chance import share_out
from loaders.synthetic.making import MEMBER_OF, UNIT_OF
from loaders.synthetic.places import Township
from loaders.synthetic.world import CADRES, World

UNIT_KIND = "helping-unit"
CITY, COUNTY, TOWNSHIP = "city", "county", "township"

_CLAUSE = "3.1"


class Unit(Struct, frozen=True):
    """A unit; ``county`` and ``township`` are keys, empty above their level; cadres: numbers from ``first`` on."""

    id: str
    name: str
    english: str
    level: str
    county: str
    township: Township | None
    first: int
    cadres: int
    since: str | None


def plan_units(world: World) -> list[Unit]:
    """All units, those of the city first, with as many cadres as the totals and the percentages ask for."""
    fill, places = world.fill.units, world.places
    bare = [
        *(_city_unit(world, number) for number in range(1, fill.city + 1)),
        *(
            Unit(
                node_id("organization", county.key, f"{UNIT_KIND}-{number:03d}"),
                f"{county.name}帮扶单位第{number:03d}号",
                f"Helping unit {number} of {county.english}",
                COUNTY,
                county.key,
                None,
                0,
                0,
                None,
            )
            for county in places.counties
            for number in range(1, fill.counties.get(county.key, 0) + 1)
        ),
        *(
            Unit(
                node_id("organization", township.key, f"{UNIT_KIND}-{number}"),
                f"{township.name}帮扶单位第{number}号",
                f"Helping unit {number} of {township.english}",
                TOWNSHIP,
                township.county.key,
                township,
                0,
                0,
                None,
            )
            for township in places.townships
            for number in range(1, fill.each_township + 1)
        ),
    ]
    chance = world.chance("units")
    levels = (CITY, COUNTY, TOWNSHIP)
    of_level = share_out(world.fill.totals.cadres.value, [fill.cadres_percent[level] for level in levels])
    units: list[Unit] = []
    number = CADRES
    for level, cadres in zip(levels, of_level, strict=True):
        members = [unit for unit in bare if unit.level == level]
        weights = [40 + chance.below(121) for _ in members]
        for unit, size in zip(members, share_out(cadres, weights, fill.least_cadres), strict=True):
            since = chance.date(world.fill.dates.rosters)
            units.append(Unit(unit.id, unit.name, unit.english, level, unit.county, unit.township, number, size, since))
            number += size
    return units


def _city_unit(world: World, number: int) -> Unit:
    word = node_id("organization", world.make.city, f"{UNIT_KIND}-{number:03d}")
    return Unit(word, f"市级帮扶单位第{number:03d}号", f"Helping unit {number} of the city", CITY, "", None, 0, 0, None)


def make_units(world: World, units: Sequence[Unit]) -> Iterator[AnyRecord]:
    """The units with what they are units of, and their cadres with their membership."""
    make = world.make
    for unit in units:
        yield make.organization(unit.id, UNIT_KIND, unit.name, unit.english, _CLAUSE)
        if unit.township is not None:
            homes = list(world.along(unit.township, None))
        else:
            homes = [(f"division:{unit.county}" if unit.county else make.area, world.over())]
        for home, validity in homes:
            yield make.edge(Family.CONTAINMENT, UNIT_OF, unit.id, home, validity, _CLAUSE)
        validity = world.over()
        for number in range(unit.first, unit.first + unit.cadres):
            yield make.person(number, _CLAUSE)
            yield make.edge(
                Family.MEMBERSHIP, MEMBER_OF, make.person_id(number), unit.id, validity, _CLAUSE, role="member"
            )
