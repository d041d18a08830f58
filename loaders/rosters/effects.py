"""What an import does to chains and gaps (影响): the same differences of chains that an edit is told of.

Source: ``graph_model.editing.effects``; a roster's records are laid over what is there, as a list of changes is.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from graph_model.editing.effects import Effect, find_effects
from graph_model.editing.planning import Plan
from graph_model.errors import both
from graph_model.exchange import End
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import Link
from graph_model.questions.naming import called_on
from graph_model.records import AnyRecord, Claim, Designation, Family, Node, Relation, Text, decode
from graph_model.stores.base import StoreReader
from graph_model.submitting import EVER, rules_of
from loaders.rosters.comparing import earlier, written
from loaders.rosters.importing import Preview
from loaders.rosters.spool import CREATED, ENDED, Spool, in_chunks

MOST_TARGETS: Final = 100
"""At how many targets an import's effects are looked at; a preview says how many more there are."""
_EACH: Final = 1_000
"""For each target so many changes are held against a day, which is some hundredths of a second of work."""
_SAID: Final = {"gained": "新增", "lost": "不再有", "opened": "新缺口", "closed": "补上的缺口"}
_ALL: Final = 1 << 30
_CLIMBING: Final = (Family.CONTAINMENT, Family.MEMBERSHIP, Family.REPORTING)
"""What a node is told by where it is the one that lies in, belongs to, or reports."""
_ABOUT: Final = """
    SELECT number, body.body FROM record JOIN body USING (number) WHERE number IN (
        SELECT number FROM record WHERE target = ?
        UNION SELECT number FROM record WHERE id = ? AND is_node
        UNION SELECT number FROM record WHERE family IN (?, ?, ?) AND source = ?
    ) AND outcome BETWEEN ? AND ?"""


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
    spool = looked.spool
    touched = await _touched(store, spool)
    chosen = _chosen(spool, touched.targets[:most], touched, most * _EACH)
    around = await _around(store, sorted(chosen))
    nodes = {node.id for node in around.iter_nodes()} | chosen
    before = [record for record in earlier(spool) if _is_about(record, nodes)]
    gone = {change.id for change in looked.ended}
    around = around.overlaid(each for each in before if isinstance(each, Node | Claim | Relation))
    nodes |= {node.id for node in around.iter_nodes()}
    puts = tuple(_written_about(spool, nodes))
    around = await _with_ends(store, around, puts)
    removes = tuple(sorted(record.id for record in before if record.id in gone))
    after = around.overlaid(puts, removes)
    plan = Plan(around, after, _of(puts, chosen, after), removes, ())
    rules = rules_of(await store.header())
    effects = [each for each in find_effects(plan, rules) if each.target.id in chosen]
    return Effects(len(touched.targets), len(chosen), tuple(_told(each, after) for each in effects))


def _chosen(spool: Spool, targets: Sequence[str], touched: _Touched, work: int) -> set[str]:
    """Those targets for which there is time, one after the other.

    On each day on which something changes at a target, or at a post that answers for it, all of that is looked at.
    """
    nodes = {target: {target, *touched.posts.get(target, ())} for target in targets}
    likely = {target: sum(touched.changes[node] for node in nodes[target]) for target in targets}
    likely = {target: changes for target, changes in likely.items() if changes <= work}
    days = _days_at(spool, {node for target in likely for node in nodes[target]})
    chosen: set[str] = set()
    for target, changes in likely.items():
        effort = changes * len({day for node in nodes[target] for day in days.get(node, ())})
        if effort <= work:
            work -= effort
            chosen.add(target)
    return chosen


def _days_at(spool: Spool, nodes: Container[str]) -> Mapping[str, set[str | None]]:
    """The days on which what changes at some nodes begins or ends."""
    found: defaultdict[str, set[str | None]] = defaultdict(set)
    for record in itertools.chain(written(spool), earlier(spool)):
        if isinstance(record, Relation | Claim):
            node = record.target if isinstance(record, Relation) else record.subject
            if node in nodes:
                found[node] |= {record.validity.since, record.validity.until}
    return found


class _Touched(Struct, frozen=True):
    """How many records change at each node; the targets, there already, whose chains hang on it, by which posts."""

    changes: Counter[str]
    targets: list[str]
    posts: Mapping[str, set[str]]


async def _touched(store: StoreReader, spool: Spool) -> _Touched:
    changes: Counter[str] = Counter()
    found: set[str] = set()
    posts: set[str] = set()
    for record in itertools.chain(written(spool), earlier(spool)):
        if isinstance(record, Relation):
            changes[record.target] += 1
            if record.family is Family.RESPONSIBILITY:
                found.add(record.target)
            elif record.family is Family.HOLDING:
                posts.add(record.target)
        elif isinstance(record, Claim):
            changes[record.subject] += 1
            (found if isinstance(record, Designation) else posts).add(record.subject)
    answering: defaultdict[str, set[str]] = defaultdict(set)
    for some in in_chunks(sorted(posts)):
        pages = await store.relations(some, Family.RESPONSIBILITY, End.SOURCE, EVER, first=_ALL)
        for relation in (each for page in pages.values() for each in page.relations):
            answering[relation.target].add(relation.source)
    wanted = sorted(found | answering.keys())
    there = [key for some in in_chunks(wanted) for key in sorted(await store.records(some))]
    return _Touched(changes, there, answering)


async def _around(store: StoreReader, targets: Sequence[str]) -> Neighbourhood:
    parts = [await store.neighbourhood(some, EVER) for some in in_chunks(targets)]
    return Neighbourhood.united(parts) if parts else Neighbourhood(())


async def _with_ends(store: StoreReader, around: Neighbourhood, puts: Sequence[AnyRecord]) -> Neighbourhood:
    """A neighbourhood, with those who are there already, far from all targets, and are linked to one now."""
    ends = {end for each in puts if isinstance(each, Relation) for end in (each.source, each.target)}
    missing = sorted(end for end in ends - {each.id for each in puts} if around.find_node(end) is None)
    found: list[Neighbourhood] = []
    for some in in_chunks(missing):
        pages = await store.relations(some, Family.HOLDING, End.TARGET, EVER, first=_ALL)
        holdings = [relation for page in pages.values() for relation in page.relations]
        keys = sorted({*some, *(holding.source for holding in holdings)})
        found.append((await store.neighbourhood(keys, EVER, own_only=True)).overlaid(holdings))
    return Neighbourhood.united([around, *found]) if found else around


def _is_about(record: AnyRecord, nodes: Container[str]) -> bool:
    """Whether a record is one of some nodes, or says something of them."""
    if isinstance(record, Relation):
        return record.target in nodes or (record.family in _CLIMBING and record.source in nodes)
    return (record.subject if isinstance(record, Claim) else record.id) in nodes


def _written_about(spool: Spool, nodes: Iterable[str]) -> Iterator[AnyRecord]:
    """What is new or differs of some nodes, of who is said to answer for them, and of what these belong to."""
    spool.do("CREATE INDEX IF NOT EXISTS record_target ON record (target, source)")
    families = [family.value for family in _CLIMBING]
    known, new = set[str](), set(nodes)
    found: dict[int, AnyRecord] = {}
    while new:
        known |= new
        ends: set[str] = set()
        for node in sorted(new):
            for number, body in spool.rows(_ABOUT, node, node, *families, node, CREATED, ENDED):
                record = found[number] = decode(body)
                if isinstance(record, Relation):
                    ends |= {record.source, record.target}
        new = ends - known
    return (found[number] for number in sorted(found))


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


def tell_effects(effects: Effects, *, shown: int = 20) -> Iterator[Text]:
    """What an import does to chains, for people: totals, then what differs, target by target."""
    told = effects.told
    opened, closed = (sum(len(getattr(each, field)) for each in told) for field in ("opened", "closed"))
    differ, touched = len({each.target for each in told}), effects.targets
    yield Text(
        f"责任链：涉及 {touched} 个对象，其中 {differ} 个有变化；补上缺口 {closed} 个，新出现 {opened} 个",
        f"chains: {differ} of {touched} targets differ; {closed} gaps close, {opened} open",
    )
    if effects.looked_at < effects.targets:
        yield Text(
            f"  涉及的 {touched} 个对象只看了 {effects.looked_at} 个：命令的 --effects 可以多看",
            f"  only {effects.looked_at} of the {touched} targets were looked at: --effects takes more",
        )
    for each in told[:shown]:
        yield both(f"  {each.day} {each.name} ({each.target})")
        for word, called in _SAID.items():
            yield from (Text(f"    {called}：{text.zh}", f"    {word}: {text.en}") for text in getattr(each, word))
    if len(told) > shown:
        yield Text(f"  另有 {len(told) - shown} 项", f"  and {len(told) - shown} more")
