"""Which cadre helps which household (帮户): clause 3.1.

Each household is a place to be filled, some are two. The places of a township lie village by village, the poor villages
last. Cadres of the township take from the front, cadres of the county what is left in the county, cadres of the city
the rest: so a unit's cadres help in few villages, and the poor ones mostly get units from above.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from msgspec import Struct

from loaders.synthetic.chance import Chance, share_out
from loaders.synthetic.units import CITY, COUNTY, TOWNSHIP, Unit
from loaders.synthetic.villages import PlannedVillage
from loaders.synthetic.world import World

Place = tuple[int, int]
"""A village (its position among the planned ones) and the number of a household there, from 1."""


class Help(Struct, frozen=True):
    """One cadre (a person's number) of one unit (its position), and one household."""

    cadre: int
    unit: int
    place: Place


def plan_helps(world: World, units: Sequence[Unit], planned: Sequence[PlannedVillage]) -> list[Help]:
    """Who helps whom on the reference date: each cadre as many households as the totals ask for, none of them twice."""
    chance = world.chance("helping")
    wanted = _Wanted(world, units, chance)
    by_township: defaultdict[str, list[int]] = defaultdict(list)
    for position, one in enumerate(planned):
        by_township[one.village.township.key].append(position)
    seconds = _draw_seconds(wanted.total, planned, chance)
    taking = _Taking(units)
    left_in: defaultdict[str, list[list[Place]]] = defaultdict(list)
    for key, positions in by_township.items():
        order = sorted(chance.shuffled(positions), key=lambda position: planned[position].is_poor)
        runs = [[(v, n) for n in range(1, planned[v].households + 1)] + [(v, n) for n in seconds[v]] for v in order]
        places = [place for run in runs for place in run]
        first = taking.serve(wanted.of(TOWNSHIP, key), places)
        left_in[planned[positions[0]].village.township.county.key] += _runs(places[first:])
    left: list[list[Place]] = []
    for county, runs in left_in.items():
        places = [place for run in chance.shuffled(runs) for place in run]
        first = taking.serve([*taking.waiting(county), *wanted.of(COUNTY, county)], places)
        left += _runs(places[first:])
    places = [place for run in chance.shuffled(left) for place in run]
    taking.serve([*taking.waiting(None), *wanted.of(CITY, "")], places)
    return taking.helps


class _Wish(Struct, frozen=True):
    """A cadre of a unit (its position), how many households are still wanted, and those helped already."""

    cadre: int
    unit: int
    number: int
    places: frozenset[Place] = frozenset()


class _Wanted:
    """How many households each cadre helps."""

    def __init__(self, world: World, units: Sequence[Unit], chance: Chance) -> None:
        by_number = world.fill.units.households_of_cadres
        loads = chance.shuffled([number for number, cadres in sorted(by_number.items()) for _ in range(cadres)])
        self.total = sum(loads)
        self._of: defaultdict[tuple[str, str], list[_Wish]] = defaultdict(list)
        load = iter(loads)
        for position, unit in enumerate(units):
            where = unit.township.key if unit.township else unit.county
            for cadre in range(unit.first, unit.first + unit.cadres):
                self._of[unit.level, where].append(_Wish(cadre, position, next(load)))

    def of(self, level: str, where: str) -> list[_Wish]:
        """The wishes of the cadres of a level somewhere (a key)."""
        return self._of[level, where]


def _draw_seconds(helps: int, planned: Sequence[PlannedVillage], chance: Chance) -> list[list[int]]:
    """The households with a second helper, of each village, so that there are as many places as there is help."""
    sizes = [one.households for one in planned]
    return [
        sorted(chance.some(range(1, size + 1), number))
        for size, number in zip(sizes, share_out(helps - sum(sizes), sizes), strict=True)
    ]


def _runs(places: Sequence[Place]) -> list[list[Place]]:
    """The places village by village."""
    runs: list[list[Place]] = []
    for place in places:
        if not runs or runs[-1][0][0] != place[0]:
            runs.append([])
        runs[-1].append(place)
    return runs


class _Taking:
    """Cadres taking places; who finds too few waits."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.helps: list[Help] = []
        self._units = units
        self._waiting: list[_Wish] = []

    def serve(self, wishes: Sequence[_Wish], places: list[Place]) -> int:
        """Cadres take places from the front, whose order may change for it; returns how many were taken."""
        front = 0
        for wish in wishes:
            mine = set(wish.places)
            wanted = len(mine) + wish.number
            while len(mine) < wanted and front < len(places) and self._bring_forward(wish.cadre, places, front, mine):
                mine.add(places[front])
                self.helps.append(Help(wish.cadre, wish.unit, places[front]))
                front += 1
            if len(mine) < wanted:
                self._waiting.append(_Wish(wish.cadre, wish.unit, wanted - len(mine), frozenset(mine)))
        return front

    def waiting(self, county: str | None) -> list[_Wish]:
        """Those who wait, of a county (a key) or all of them; they wait no longer."""
        called = [wish for wish in self._waiting if county is None or self._units[wish.unit].county == county]
        self._waiting = [wish for wish in self._waiting if wish not in called]
        return called

    def _bring_forward(self, cadre: int, places: list[Place], front: int, mine: set[Place]) -> bool:
        """Put a household that the cadre does not help yet to the front: from further behind, or by a trade."""
        for behind in range(front, len(places)):
            if places[behind] not in mine:
                places[front], places[behind] = places[behind], places[front]
                return True
        helpers = {help_.cadre for help_ in self.helps if help_.place == places[front]}
        for earlier in range(len(self.helps) - 1, -1, -1):
            other = self.helps[earlier]
            if other.place not in mine and other.cadre not in helpers and other.cadre != cadre:
                self.helps[earlier] = Help(other.cadre, other.unit, places[front])
                places[front] = other.place
                return True
        return False


def count_by_unit(helps: Sequence[Help]) -> dict[int, Counter[int]]:
    """For each village (a position) how many of its households each unit (a position) helps."""
    counts: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for help_ in helps:
        counts[help_.place[0]][help_.unit] += 1
    return counts
