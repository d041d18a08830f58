"""The registered households, and who helps each (建档立卡贫困户与帮扶责任人): clause 3.1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph_model.dates import Validity
from graph_model.keys import node_id
from graph_model.records import AnyRecord, Family, Household
from loaders.synthetic.helping import Help, Place
from loaders.synthetic.making import PART_OF, SYNTHETIC
from loaders.synthetic.parameters import days_of
from loaders.synthetic.units import Unit
from loaders.synthetic.villages import PlannedVillage
from loaders.synthetic.world import World

_CLAUSE, _KIND = "3.1", "helps-household"


class _Change(Struct, frozen=True):
    """What befalls one help: it began on a day, after another cadre's; or it ends, with or without a successor."""

    since: str | None = None
    before: int | None = None
    until: str | None = None
    after: int | None = None


def household_code(village: PlannedVillage, number: int) -> str:
    """The village's code of its first edition, a hyphen, four digits."""
    return f"{village.village.key}-{number:04d}"


def make_households(
    world: World, units: Sequence[Unit], planned: Sequence[PlannedVillage], helps: Sequence[Help]
) -> Iterator[AnyRecord]:
    """Households in their villages, registered as poor, and those who help them."""
    make = world.make
    exits = _draw_exits(world, planned)
    lies, basis = world.over(), make.basis(_CLAUSE)
    registered = world.chance("household-registration")
    ids: list[list[str]] = []
    for position, one in enumerate(planned):
        here = [""]
        since = registered.date(world.fill.dates.registration)
        for number in range(1, one.households + 1):
            code = household_code(one, number)
            record_id = node_id("household", code)
            here.append(record_id)
            yield Household(id=record_id, provenance=SYNTHETIC, basis=basis, code=code)
            yield make.edge(Family.CONTAINMENT, PART_OF, record_id, one.village.id, lies, _CLAUSE)
            until = exits.get((position, number))
            yield make.designation(record_id, "poor", world.over(since, until), _CLAUSE)
            if until is not None:
                yield make.designation(record_id, "exited", world.over(until), _CLAUSE)
        ids.append(here)
    changes = _draw_changes(world, units, planned, helps)
    for index, help_ in enumerate(helps):
        target = ids[help_.place[0]][help_.place[1]]
        began = units[help_.unit].since
        change = changes.get(index)
        if change is None:
            yield make.assignment(_KIND, make.person_id(help_.cadre), target, world.over(began), _CLAUSE)
            continue
        own = world.over(change.since or began, change.until)
        yield make.assignment(_KIND, make.person_id(help_.cadre), target, own, _CLAUSE)
        others: list[tuple[int, Validity]] = []
        if change.before is not None:
            others.append((change.before, world.over(began, change.since)))
        if change.after is not None:
            others.append((change.after, world.over(change.until)))
        for cadre, validity in others:
            yield make.assignment(_KIND, make.person_id(cadre), target, validity, _CLAUSE)


def _draw_exits(world: World, planned: Sequence[PlannedVillage]) -> dict[Place, str]:
    """The households that exit, and when; none in villages with planted troubles."""
    places = [
        (position, number)
        for position, one in enumerate(planned)
        if one.village.key not in world.troubles.places
        for number in range(1, one.households + 1)
    ]
    days = days_of(world.fill.background.household_exits)
    return dict(zip(world.chance("household-exits").some(places, len(days)), days, strict=False))


def _draw_changes(
    world: World, units: Sequence[Unit], planned: Sequence[PlannedVillage], helps: Sequence[Help]
) -> dict[int, _Change]:
    """The changes, by the position of the help: planted ones, and others in households with one helper."""
    background, chance = world.fill.background, world.chance("helpers")
    of_place: defaultdict[Place, list[int]] = defaultdict(list)
    for index, help_ in enumerate(helps):
        of_place[help_.place].append(index)
    changes: dict[int, _Change] = {}
    free: list[int] = []
    for place, indexes in of_place.items():
        one = planned[place[0]]
        until = world.troubles.until(_KIND, household_code(one, place[1]))
        if until is not None:
            changes.update({index: _Change(until=until) for index in indexes})
        elif len(indexes) == 1 and one.village.key not in world.troubles.places:
            free.append(indexes[0])
    drawn = iter(chance.shuffled(free))
    for day, index in zip(days_of(background.helpers_replaced), drawn, strict=False):
        changes[index] = _Change(since=day, before=_colleague(units, helps[index]))
    for day, index in zip(days_of(background.helpers_replaced_later), drawn, strict=False):
        changes[index] = _Change(until=day, after=_colleague(units, helps[index]))
    for day, index in zip(days_of(background.helpers_end), drawn, strict=False):
        changes[index] = _Change(until=day)
    return changes


def _colleague(units: Sequence[Unit], help_: Help) -> int:
    """The next cadre of the same unit."""
    unit = units[help_.unit]
    return unit.first + (help_.cadre - unit.first + 1) % unit.cadres
