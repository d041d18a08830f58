"""Random histories of a county, with what truly happened (随机沿革): editions to read, and the events to find in them.

One thing at a time happens to each township and to each village of it: of two at once (a village renamed while its
township is replaced) no edition could tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from msgspec import Struct

from graph_model.records import ChangeKind
from loaders.divisions.editions import Edition, Entry

COUNTY = "530501"
_CHARACTERS = "东河马石沙白大金新玉龙花云水平安青高红田林山木火土天月星风雨雪牛羊鱼鸟竹梅兰菊松柳桃李杏梨枣麦豆"
"""Enough for names that have nothing in common unless they are meant to."""


class Truth(Struct, frozen=True):
    """What happened by an edition: codes before it, in the edition before, and codes after it, in this one."""

    edition: int
    kind: ChangeKind
    before: frozenset[str]
    after: frozenset[str]


@dataclass
class _Village:
    name: str
    code: str


@dataclass
class _Township:
    name: str
    code: str
    villages: list[_Village]


@dataclass
class _World:
    random: Random
    townships: list[_Township] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)
    names: Iterator[str] = field(default_factory=lambda: iter(()))
    edition: int = 0
    busy: list[_Township] = field(default_factory=list)
    next_township: int = 100
    next_village: int = 201

    def fresh_township(self, name: str, villages: list[_Village]) -> _Township:
        code = f"{COUNTY}{self.next_township}"
        self.next_township += 1
        township = _Township(name, code, villages)
        self.townships.append(township)
        self.busy.append(township)
        return township

    def other_township(self) -> _Township | None:
        """One that nothing has happened to yet, and to which nothing else will."""
        free = [each for each in self.townships if each not in self.busy]
        chosen = self.random.choice(free) if free else None
        if chosen is not None:
            self.busy.append(chosen)
        return chosen

    def fresh_code(self, township: _Township) -> str:
        self.next_village += 1
        return f"{township.code}{self.next_village}"

    def move(self, village: _Village, township: _Township) -> None:
        """A village gets another parent, and so another code."""
        old, village.code = village.code, self.fresh_code(township)
        township.villages.append(village)
        self.tell(ChangeKind.MOVED, {old}, {village.code})
        self.tell(ChangeKind.RECODED, {old}, {village.code})

    def tell(self, kind: ChangeKind, before: set[str], after: set[str]) -> None:
        self.truths.append(Truth(self.edition, kind, frozenset(before), frozenset(after)))


def random_history(random: Random, editions: int = 4) -> tuple[list[Edition], list[Truth]]:
    """The editions of a history, and all that truly happened."""
    world = _World(random)
    letters = random.sample(_CHARACTERS, len(_CHARACTERS))
    world.names = (f"{letters[2 * n]}{letters[2 * n + 1]}" for n in range(len(letters) // 2))
    shared = next(world.names)
    for rank in ("镇", "乡", "镇"):
        township = world.fresh_township(f"{next(world.names)}{rank}", [])
        # Villages of one name in several townships of a county, as there are.
        names = [shared, *(next(world.names) for _ in range(random.randint(1, 3)))]
        township.villages = [_Village(name, world.fresh_code(township)) for name in names]
    found = [_edition(world)]
    for number in range(1, editions):
        world.edition = number
        world.busy = []
        for township in list(world.townships):
            if township not in world.busy and random.random() < 0.6:
                world.busy.append(township)
                random.choice(_DEEDS)(world, township)
        found.append(_edition(world))
    return found, world.truths


def _rename(world: _World, township: _Township) -> None:
    village = world.random.choice(township.villages)
    other = next(world.names, None)
    if other is not None:
        village.name = other if world.random.random() < 0.5 else village.name[0] + other[0]
        world.tell(ChangeKind.RENAMED, {village.code}, {village.code})


def _recode(world: _World, township: _Township) -> None:
    village = world.random.choice(township.villages)
    old, village.code = village.code, world.fresh_code(township)
    world.tell(ChangeKind.RECODED, {old}, {village.code})


def _exchange(world: _World, township: _Township) -> None:
    one, other = township.villages[0], township.villages[-1]
    if one is not other:
        one.code, other.code = other.code, one.code
        world.tell(ChangeKind.RECODED, {one.code}, {other.code})
        world.tell(ChangeKind.RECODED, {other.code}, {one.code})


def _create(world: _World, township: _Township) -> None:
    name = next(world.names, None)
    if name is not None:
        village = _Village(name, world.fresh_code(township))
        township.villages.append(village)
        world.tell(ChangeKind.CREATED, set(), {village.code})


def _end(world: _World, township: _Township) -> None:
    if len(township.villages) > 1:
        village = township.villages.pop(world.random.randrange(len(township.villages)))
        world.tell(ChangeKind.ENDED, {village.code}, set())


def _convert(world: _World, township: _Township) -> None:
    world.townships.remove(township)
    stem, rank = (township.name[:-2], "镇") if township.name.endswith("街道") else (township.name[:-1], "街道")
    other = world.fresh_township(f"{stem}{rank}", [])
    for village in township.villages:
        world.move(village, other)
    world.tell(ChangeKind.CONVERTED, {township.code}, {other.code})


def _split(world: _World, township: _Township) -> None:
    name = next(world.names, None)
    if name is not None and len(township.villages) > 1:
        gone = [township.villages.pop() for _ in range(world.random.randint(1, len(township.villages) - 1))]
        other = world.fresh_township(f"{name}街道", [])
        for village in gone:
            world.move(village, other)
        world.tell(ChangeKind.SPLIT, {township.code}, {township.code, other.code})


def _move(world: _World, township: _Township) -> None:
    other = world.other_township() if len(township.villages) > 1 else None
    if other is not None:
        for _ in range(world.random.randint(1, len(township.villages) - 1)):
            world.move(township.villages.pop(), other)


def _merge(world: _World, township: _Township) -> None:
    other = world.other_township()
    if other is not None:
        world.townships.remove(township)
        for village in township.villages:
            world.move(village, other)
        world.tell(ChangeKind.MERGED, {township.code, other.code}, {other.code})


_DEEDS = (_rename, _recode, _exchange, _create, _end, _convert, _split, _move, _merge)


def _edition(world: _World) -> Edition:
    entries = [Entry("5305", "丁市", "", "city"), Entry(COUNTY, "丙县", "5305", "county")]
    for township in world.townships:
        entries.append(Entry(township.code, township.name, COUNTY, "township"))
        entries += [Entry(each.code, f"{each.name}村民委员会", township.code, "village") for each in township.villages]
    return Edition(
        f"201{world.edition}-12-31", "5305", {each.code: each for each in sorted(entries, key=lambda each: each.code)}
    )
