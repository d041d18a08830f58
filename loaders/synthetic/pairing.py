"""Which unit takes which poor village, and which are linked to other city leaders (包村、挂村): clauses 3.1 and 1.2."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from graph_model.keys import node_id
from graph_model.records import AnyRecord, Family
from loaders.synthetic.making import POST_IN
from loaders.synthetic.parameters import days_of
from loaders.synthetic.units import TOWNSHIP, Unit
from loaders.synthetic.villages import PlannedVillage
from loaders.synthetic.world import World

LEADER_KIND = "city-leader"
_LEADER_RANK = 9
_HOMES = ("party-committee", "government", "peoples-congress", "consultative-conference")


def choose_units(
    units: Sequence[Unit], planned: Sequence[PlannedVillage], helps: Mapping[int, Counter[int]]
) -> dict[str, list[Unit]]:
    """For each poor village (a key) the units whose cadres help there: of city and counties first, then by households.

    The first one takes the village and sends its First Secretary.
    """
    chosen = {}
    for position, one in enumerate(planned):
        if one.is_poor:
            here = helps[position]
            order = sorted(here, key=lambda unit: (units[unit].level == TOWNSHIP, -here[unit], unit))
            chosen[one.village.key] = [units[unit] for unit in order]
    return chosen


def make_pairing(
    world: World, planned: Sequence[PlannedVillage], senders: Mapping[str, Sequence[Unit]]
) -> Iterator[AnyRecord]:
    """The unit that takes each poor village; a few let go after the reference date, or hand over to another."""
    kind, clause = "takes-village", "3.1"
    make, background = world.make, world.fill.background
    chance = world.chance("takes-village")
    poor = [one.village for one in planned if one.is_poor]
    free = iter(chance.shuffled([village.key for village in poor if village.key not in world.troubles.places]))
    replaced = dict(zip(free_for(free, days := days_of(background.units_replaced)), days, strict=True))
    ended = dict(zip(free_for(free, days := days_of(background.units_end)), days, strict=True))
    for village in poor:
        unit = senders[village.key][0]
        since = world.troubles.since(kind, village.key, chance.date(world.fill.dates.rosters))
        until = world.troubles.until(kind, village.key) or ended.get(village.key) or replaced.get(village.key)
        yield make.assignment(kind, unit.id, village.id, world.over(since, until), clause)
        if village.key in replaced and len(senders[village.key]) > 1:
            successor = senders[village.key][1]
            yield make.assignment(kind, successor.id, village.id, world.over(replaced[village.key]), clause)


def free_for(free: Iterator[str], days: Sequence[str]) -> list[str]:
    """The next places, as many as there are days."""
    return [place for _, place in zip(days, free, strict=False)]


def make_links(world: World, planned: Sequence[PlannedVillage]) -> Iterator[AnyRecord]:
    """Posts of other city leaders, whose holders are not recorded, and the poor villages linked to them."""
    kind, clause = "linked-to-village", "1.2"
    make, chance = world.make, world.chance("linked-to-village")
    posts = []
    for number in range(1, world.fill.villages.city_leaders + 1):
        post = node_id("post", make.city, f"{LEADER_KIND}-{number:02d}")
        posts.append(post)
        name, english = f"其他市级领导第{number:02d}号", f"Other city leader {number}"
        yield make.post(post, LEADER_KIND, name, english, clause, rank=_LEADER_RANK)
        home = node_id("organization", make.city, _HOMES[number % len(_HOMES)])
        yield make.edge(Family.CONTAINMENT, POST_IN, post, home, world.over(), clause)
    poor = [one.village for one in planned if one.is_poor]
    named = [village for village in poor if village.key in world.troubles.places]
    linked = chance.some([village for village in poor if village not in named], world.fill.totals.linked_villages.value)
    for number, village in enumerate(sorted(linked, key=lambda one: one.key)):
        since = chance.date(world.fill.dates.rosters)
        yield make.assignment(kind, posts[number % len(posts)], village.id, world.over(since), clause)
