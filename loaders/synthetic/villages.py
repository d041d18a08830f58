"""Which villages are poor, when they exit, and how many registered households each village has (贫困村): clause 3.1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph_model.records import AnyRecord
from loaders.synthetic.chance import share_out
from loaders.synthetic.parameters import days_of
from loaders.synthetic.places import Village
from loaders.synthetic.world import World

_CLAUSE = "3.1"


class PlannedVillage(Struct, frozen=True):
    """A village with its registered households; ``registered`` and ``exits`` speak of a poor village."""

    village: Village
    households: int
    is_poor: bool
    registered: str | None = None
    exits: str | None = None


def plan_villages(world: World) -> list[PlannedVillage]:
    """All villages, in the order of their keys. Poor are those with planted troubles, and others drawn by lot."""
    fill = world.fill.villages
    poor = _draw_poor(world)
    chance = world.chance("households")
    weights = []
    for village in world.places.villages:
        in_town = village.township.name.endswith(fill.towns)
        base = fill.households.poor if village.key in poor else fill.households.other
        weights.append((fill.households.town if in_town else base) * (50 + chance.below(101)))
    sizes = share_out(world.fill.totals.households.value, weights, fill.households.least)
    exits = _draw_exits(world, sorted(poor))
    dates = world.chance("registration")
    planned = []
    for village, size in zip(world.places.villages, sizes, strict=True):
        registered = dates.date(world.fill.dates.registration)
        if village.key in poor:
            registered = world.troubles.registered.get(village.key, registered)
            planned.append(PlannedVillage(village, size, True, registered, exits.get(village.key)))
        else:
            planned.append(PlannedVillage(village, size, False))
    return planned


def may_be_poor(village: Village, towns: tuple[str, ...]) -> bool:
    """True for a village that surely lies in a township that is no urban district."""
    return village.is_stable and not village.township.name.endswith(towns)


def _draw_poor(world: World) -> set[str]:
    fill = world.fill.villages
    candidates = [village for village in world.places.villages if may_be_poor(village, fill.towns)]
    chance = world.chance("poor-villages")
    poor: set[str] = set()
    for county, number in sorted(fill.poor.items()):
        here = [village.key for village in candidates if village.township.county.key == county]
        named = [key for key in here if key in world.troubles.places]
        others = [key for key in here if key not in world.troubles.places]
        poor.update(named, chance.some(others, number - len(named)))
    return poor


def _draw_exits(world: World, poor: Sequence[str]) -> dict[str, str]:
    """The day of each exit: planted, or drawn among the villages without a planted trouble."""
    free = [key for key in poor if key not in world.troubles.places]
    days = days_of(world.fill.background.village_exits)
    drawn = world.chance("village-exits").some(free, len(days))
    return dict(zip(drawn, days, strict=False)) | world.troubles.exits


def make_villages(world: World, planned: Sequence[PlannedVillage]) -> Iterator[AnyRecord]:
    """What the poor villages are registered as, and the townships that have the task (clause 6.2)."""
    make = world.make
    for one in planned:
        if not one.is_poor:
            continue
        validity = world.over(one.registered, one.exits)
        yield make.designation(one.village.id, "poor", validity, _CLAUSE)
        if one.exits is not None:
            yield make.designation(one.village.id, "exited", world.over(one.exits), _CLAUSE)
    for township in world.places.townships:
        for division, validity in world.along(township, None):
            yield make.designation(division, "has-task", validity, "6.2")
