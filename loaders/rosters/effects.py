"""What an import does to chains and gaps (影响): the same differences of chains that an edit is told of.

Source: ``graph_model.editing.effects``; a roster's records are laid over what is there, as a list of changes is.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from graph_model.editing.effects import Effect, find_effects
from graph_model.editing.planning import Plan
from graph_model.exchange import End
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import Link
from graph_model.questions.naming import called_on
from graph_model.records import AnyRecord, Claim, Designation, Family, Node, Relation, Text
from graph_model.stores.base import StoreReader
from graph_model.submitting import EVER, rules_of
from loaders.rosters.importing import Preview

MOST_TARGETS: Final = 100
"""At how many targets an import's effects are looked at; a preview says how many more there are."""
_EACH: Final = 10
_AT_ONCE: Final = 1_000
_ALL: Final = 1 << 30


class Told(Struct, frozen=True):
    """What is different at one target (an id) from a day on, in sentences for people."""

    day: date
    target: str
    name: str
    gained: tuple[Text, ...] = ()
    lost: tuple[Text, ...] = ()
    opened: tuple[Text, ...] = ()
    closed: tuple[Text, ...] = ()


class Effects(Struct, frozen=True):
    """What an import does to chains: ``told`` by day and target; ``targets`` it touches, ``looked_at`` of them."""

    targets: int
    looked_at: int
    told: tuple[Told, ...]


async def effects_of(store: StoreReader, looked: Preview, most: int = MOST_TARGETS) -> Effects:
    """What an import that was previewed would do to the chains of the targets it touches. Raises StoreError."""
    written = {change.id for change in (*looked.created, *looked.changed)}
    puts = tuple(record for record in looked.reading.records if record.id in written)
    removes = tuple(change.id for change in looked.ended)
    before = await _records(store, [*removes, *(change.id for change in looked.changed)])
    dated = [each for each in (*puts, *before.values()) if isinstance(each, Relation | Claim)]
    targets = sorted(await _targets(store, dated))
    chosen = _chosen(targets, dated, most)
    around = await _around(store, sorted(chosen), before.values())
    after = around.overlaid(puts, removes)
    plan = Plan(around, after, _of(puts, chosen, after), tuple(each for each in removes if each in before), ())
    rules = rules_of(await store.header())
    effects = [each for each in find_effects(plan, rules) if each.target.id in chosen]
    return Effects(len(targets), len(chosen), tuple(_told(each, after) for each in effects))


def _chosen(targets: Sequence[str], dated: Sequence[Relation | Claim], most: int) -> set[str]:
    """So many targets, or as many as have ten times as many changes: each is held against all at its target."""
    changes = Counter(each.target if isinstance(each, Relation) else each.subject for each in dated)
    told = itertools.accumulate(changes[target] for target in targets)
    return {target for target, total in zip(targets[:most], told, strict=False) if total <= most * _EACH}


async def _targets(store: StoreReader, dated: Sequence[Relation | Claim]) -> set[str]:
    """The targets, there already, whose own links and gaps hang on some records."""
    found: set[str] = set()
    posts: set[str] = set()
    for record in dated:
        if isinstance(record, Relation):
            if record.family is Family.RESPONSIBILITY:
                found.add(record.target)
            elif record.family is Family.HOLDING:
                posts.add(record.target)
        elif isinstance(record, Designation):
            found.add(record.subject)
        else:
            posts.add(record.subject)
    known = sorted(posts)
    for first in range(0, len(known), _AT_ONCE):
        some = known[first : first + _AT_ONCE]
        pages = await store.relations(some, Family.RESPONSIBILITY, End.SOURCE, EVER, first=_ALL)
        found |= {relation.target for page in pages.values() for relation in page.relations}
    return set(await _records(store, sorted(found)))


async def _around(store: StoreReader, targets: Sequence[str], more: Iterable[AnyRecord]) -> Neighbourhood:
    parts = [
        await store.neighbourhood(targets[first : first + _AT_ONCE], EVER) for first in range(0, len(targets), _AT_ONCE)
    ]
    united = Neighbourhood.united(parts) if parts else Neighbourhood(())
    return united.overlaid(each for each in more if isinstance(each, Node | Claim | Relation))


def _of(puts: Sequence[AnyRecord], chosen: set[str], after: Neighbourhood) -> tuple[AnyRecord, ...]:
    """Those records that may show at the chosen targets; what is new lies somewhere, which moves nobody."""
    found: list[AnyRecord] = []
    for record in puts:
        if isinstance(record, Relation):
            if record.family is Family.RESPONSIBILITY and record.target in chosen:
                found.append(record)
            elif record.family is Family.HOLDING:
                answered = {each.target for each in after.iter_from(record.target, Family.RESPONSIBILITY)}
                found += [record] if answered & chosen else []
        elif isinstance(record, Claim):
            found.append(record)
    return tuple(found)


def _told(effect: Effect, after: Neighbourhood) -> Told:
    def spelled(links: Sequence[Link]) -> tuple[Text, ...]:
        return tuple(_sentence(each, after, effect.day) for each in links)

    one = effect.difference
    return Told(
        day=date.fromordinal(effect.day),
        target=effect.target.id,
        name=called_on(after, effect.target, effect.day),
        gained=spelled(one.gained),
        lost=spelled(one.lost),
        opened=tuple(gap.message for gap in one.opened),
        closed=tuple(gap.message for gap in one.closed),
    )


def _sentence(link: Link, after: Neighbourhood, day: int) -> Text:
    names = {"assignee": called_on(after, link.assignee, day), "target": called_on(after, link.target, day)}
    return Text(zh=link.kind.sentence.zh.format(**names), en=link.kind.sentence.en.format(**names))


def tell_effects(effects: Effects, *, shown: int = 20) -> Iterator[str]:
    """What an import does to chains, for people: totals, then what differs, target by target."""
    told = effects.told
    opened, closed = (sum(len(getattr(each, field)) for each in told) for field in ("opened", "closed"))
    targets = len({each.target for each in told})
    yield f"chains: {targets} of {effects.targets} targets differ; {closed} gaps close, {opened} open"
    if effects.looked_at < effects.targets:
        yield f"  only {effects.looked_at} of the {effects.targets} targets were looked at: --effects takes more"
    for each in told[:shown]:
        yield f"  {each.day} {each.name} ({each.target})"
        for word in ("gained", "lost", "opened", "closed"):
            yield from (f"    {word}: {text.en}" for text in getattr(each, word))
    if len(told) > shown:
        yield f"  and {len(told) - shown} more"


async def _records(store: StoreReader, ids: Sequence[str]) -> dict[str, AnyRecord]:
    found: dict[str, AnyRecord] = {}
    for first in range(0, len(ids), _AT_ONCE):
        found.update(await store.records(ids[first : first + _AT_ONCE]))
    return found
