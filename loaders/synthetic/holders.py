"""Who holds the source's posts in counties, townships and villages (任职): no total of the source counts them.

The city's own posts keep their unknown holders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from graph_model.keys import key_of, node_id
from graph_model.records import AnyRecord, Post
from loaders.synthetic.pairing import free_for
from loaders.synthetic.parameters import Leaves, days_of
from loaders.synthetic.seats import Persons, hold
from loaders.synthetic.world import HOLDERS, World

_SECRETARY, _HEAD, _IN_CHARGE = "party-secretary", "committee-head", "leader-in-charge"


def make_holders(world: World) -> Iterator[AnyRecord]:
    """Holders of all posts of the source below the city; of villages, some posts are empty on the reference date."""
    persons = Persons(world, HOLDERS)
    by_key: defaultdict[str, dict[str, Post]] = defaultdict(dict)
    for post_id in sorted(world.posts):
        key, _, word = key_of(post_id).partition(":")
        by_key[key][word] = world.posts[post_id]
    villages = {village.key for village in world.places.villages}
    changing = [one.pieces for one in world.places.townships if not one.is_stable]
    changing += [(piece,) for piece in world.places.added]
    special = {key_of(piece.division) for pieces in changing for piece in pieces}
    leaders = {
        key: posts
        for key, posts in by_key.items()
        if key.startswith(world.make.city) and key not in {world.make.city, *villages, *special, *world.places.later}
    }
    yield from _leaders(world, persons, leaders)
    for pieces in changing:
        first = by_key[key_of(pieces[0].division)]
        for word, post in first.items():
            person = persons.new(clause := post.basis.clause or "1")
            for piece in pieces:
                seat = node_id("post", key_of(piece.division), word)
                if seat in world.posts:
                    yield world.make.holding(person, seat, world.over(piece.since, piece.until), clause)
    yield from _village_heads(world, persons, {key: by_key[key] for key in sorted(villages & set(by_key))})
    yield from persons.records


def _leaders(world: World, persons: Persons, by_key: dict[str, dict[str, Post]]) -> Iterator[AnyRecord]:
    """Leaders of counties and townships, in place since before the campaign; some in charge leave later."""
    chance, days = world.chance("leaders"), days_of(world.fill.background.leaders_in_charge_leave)
    free = [one.key for one in world.places.townships if one.is_stable and one.key not in world.troubles.places]
    left = dict(zip(free_for(iter(chance.shuffled(free)), days), days, strict=True))
    for key, posts in by_key.items():
        for word, post in posts.items():
            since = chance.date(world.fill.dates.leaders)
            leaves = world.troubles.leaves(word, key)
            if not leaves and word == _IN_CHARGE and key in left:
                leaves = [Leaves(post=word, place=key, day=left[key], vacancy=True)]
            yield from hold(world, persons, post.id, since, post.basis.clause or "1", leaves)


def _village_heads(world: World, persons: Persons, by_key: dict[str, dict[str, Post]]) -> Iterator[AnyRecord]:
    """Secretaries and heads of villages: in some one person is both, some changed, and some posts are empty."""
    background, chance = world.fill.background, world.chance("village-heads")
    keys = iter(chance.shuffled(list(by_key)))
    left: dict[str, list[Leaves]] = {}
    for day, key in zip(days_of(background.village_heads_changed), keys, strict=False):
        left[key] = [Leaves(post=_HEAD, place=key, day=day, successor=day)]
    for number, (day, key) in enumerate(zip(days_of(background.village_heads_vacant), keys, strict=False)):
        left[key] = [Leaves(post=_HEAD, place=key, day=day, vacancy=number % 2 == 0)]
    for key, posts in by_key.items():
        one_head = chance.below(100) < background.one_head_percent
        since = chance.date(world.fill.dates.village_heads)
        first = persons.new("1")
        for word, post in posts.items():
            is_head = word == _HEAD
            leaves = left.get(key, []) if is_head else []
            yield from hold(
                world,
                persons,
                post.id,
                since if one_head or not is_head else chance.date(world.fill.dates.village_heads),
                post.basis.clause or "1",
                leaves,
                first=first if word == _SECRETARY or (one_head and is_head) else None,
            )
