"""What a roster says that does not go together (矛盾): circles in its lines, and other sources that say otherwise.

Nothing of it is smoothed or refused: both are kept, and told with their places. The check of the whole graph after each
load keeps the same as findings (``cycle``, ``duplicate``), with the origins of both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Final

from graph_model.dates import Validity, limits
from graph_model.errors import Place
from graph_model.exchange import Edge, End
from graph_model.questions.cycles import find_cycles
from graph_model.records import Family, Organization, Post, Relation, Text, decode
from graph_model.stores.base import StoreReader
from graph_model.submitting import EVER
from loaders.rosters.spool import Spool

_CIRCULAR: Final = (Family.CONTAINMENT, Family.REPORTING)
_WORDS: Final = {
    Family.CONTAINMENT: Text("隶属关系", "what lies in what"),
    Family.REPORTING: Text("报告关系", "who reports to whom"),
}
_DISPUTED: Final = (Family.RESPONSIBILITY, Family.HOLDING, Family.MEMBERSHIP, Family.REPORTING)
_AT_ONCE: Final = 500
_MOST_TOLD: Final = 200
"""Of the disputes with other sources so many are told one by one; then how many more there are."""
_ALL: Final = 1 << 30
_EDGES: Final = """
    INSERT INTO edge (number, source, target)
    SELECT number, source, target FROM record WHERE family = ? AND times > 0"""
_ENDS: Final = (
    "DELETE FROM edge WHERE target NOT IN (SELECT source FROM edge)",
    "DELETE FROM edge WHERE source NOT IN (SELECT target FROM edge)",
)
_PASSES: Final = 50
_SAID: Final = "SELECT line FROM said JOIN record ON number = record WHERE id = ? ORDER BY line"
_SOURCES: Final = """
    SELECT DISTINCT source FROM record WHERE family = ? AND times > 0 AND NOT makes_source AND NOT makes_target
    AND source > ? ORDER BY source LIMIT ?"""
_FROM: Final = """
    SELECT number, body FROM record JOIN body USING (number)
    WHERE family = ? AND source = ? AND times > 0 AND NOT makes_source AND NOT makes_target"""
_KNOWN: Final = """
    SELECT EXISTS (SELECT 1 FROM present WHERE id = ?) OR EXISTS (SELECT 1 FROM record WHERE id = ? AND times > 0)"""


def circles(spool: Spool) -> Iterator[Text]:
    """The circles among a roster's own lines, each with the places of its rows, whatever the order of those."""
    for family in _CIRCULAR:
        edges = [_edge(relation) for relation in _circular(spool, family)]
        if edges:
            spool.look_up_lines()
        for cycle in find_cycles(edges):
            way = " → ".join(_name_of(spool, node) for node in (*cycle.nodes, cycle.nodes[0]))
            places = {str(spool.line(line).place) for edge in cycle.edges for (line,) in spool.rows(_SAID, edge.id)}
            rows, called = sorted(places, key=_natural), _WORDS[family]
            yield Text(
                f"{called.zh}成环：{way}（{'、'.join(rows)}）",
                f"{called.en} goes in a circle: {way} ({', '.join(rows)})",
            )


def _circular(spool: Spool, family: Family) -> list[Relation]:
    """The relations of a family that may lie in circles, by id: what leads nowhere is taken away, pass after pass."""
    spool.do("CREATE TABLE edge (number INTEGER PRIMARY KEY, source TEXT NOT NULL, target TEXT NOT NULL)")
    spool.do(_EDGES, family.value)
    spool.do("CREATE INDEX edge_source ON edge (source)")
    spool.do("CREATE INDEX edge_target ON edge (target)")
    left = -1
    for _ in range(_PASSES):
        for statement in _ENDS:
            spool.do(statement)
        before, ((left,),) = left, spool.rows("SELECT count(*) FROM edge")
        if left in {0, before}:
            break
    bodies = spool.rows("SELECT body FROM edge JOIN body USING (number)")
    found = [relation for (body,) in bodies if isinstance(relation := decode(body), Relation)]
    spool.do("DROP TABLE edge")
    return sorted(found, key=lambda relation: relation.id)


def _name_of(spool: Spool, node: str) -> str:
    bodies = spool.rows("SELECT body FROM record JOIN body USING (number) WHERE id = ? AND is_node", node)
    named = [record.name for (body,) in bodies if isinstance(record := decode(body), Organization | Post)]
    return named[0] if named else node


async def disputes(store: StoreReader, spool: Spool) -> AsyncIterator[Text]:
    """What others say of the same two, of the same kind, with other dates; of what is new others say nothing.

    A date that one of the two does not know is no dispute. What this import brought before is not another source.
    """
    told = 0
    spool.do("CREATE INDEX record_source ON record (family, source)")
    for family in _DISPUTED:
        last = ""
        while sources := [key for (key,) in spool.rows(_SOURCES, family.value, last, _AT_ONCE)]:
            last = sources[-1]
            for here, other in await _disputed(store, spool, family, sources):
                told += 1
                if told <= _MOST_TOLD:
                    yield _dispute([(relation, _place_of(spool, number)) for number, relation in here], other)
    if told > _MOST_TOLD:
        more = told - _MOST_TOLD
        yield Text(f"另有 {more} 条与别的来源日期不同", f"and {more} more have other dates in another source")


async def _disputed(
    store: StoreReader, spool: Spool, family: Family, sources: Sequence[str]
) -> list[tuple[list[tuple[int, Relation]], Relation]]:
    """Of some sources what others say, each with the relations here, by number, that it does not go together with."""
    of_ends: defaultdict[tuple[str, ...], list[tuple[int, Relation]]] = defaultdict(list)
    for source in sources:
        for number, body in spool.rows(_FROM, family.value, source):
            if isinstance(relation := decode(body), Relation):
                of_ends[_ends(relation)].append((number, relation))
    found = []
    pages = await store.relations(sources, family, End.SOURCE, EVER, first=_ALL)
    for page in pages.values():
        for other in sorted(page.relations, key=lambda each: each.id):
            here = of_ends.get(_ends(other), [])
            if here and all(_disagree(other.validity, relation.validity) for _, relation in here):
                ((is_own,),) = spool.rows(_KNOWN, other.id, other.id)
                found += [] if is_own else [(here, other)]
    return found


def _place_of(spool: Spool, number: int) -> Place:
    """Where a record is said first."""
    spool.look_up_lines()
    ((line,),) = spool.rows("SELECT min(line) FROM said WHERE record = ?", number)
    return spool.line(line).place


def _dispute(here: Sequence[tuple[Relation, Place]], other: Relation) -> Text:
    dated, there = [(_dates(relation), place) for relation, place in here], _dates(other)
    chinese = "；".join(f"{dates.zh}（{place}）" for dates, place in dated)
    english = "; ".join(f"{dates.en} at {place}" for dates, place in dated)
    return Text(
        f"别的来源日期不同，两者都保留：{other.id} 为 {there.zh}，这里为 {chinese}",
        f"another source has other dates, and both are kept: {other.id} says {there.en}, and here stands {english}",
    )


def _disagree(one: Validity, other: Validity) -> bool:
    """Whether both know a date, and not the same."""
    pairs = ((one.since, other.since), (one.until, other.until))
    return any(here is not None and there is not None and here != there for here, there in pairs)


def _dates(relation: Relation) -> Text:
    since, until = relation.validity.since or "?", relation.validity.until or "?"
    return Text(f"{since} 至 {until}", f"{since} to {until}")


def _ends(relation: Relation) -> tuple[str, ...]:
    return relation.family.value, relation.kind, relation.source, relation.target


def _edge(relation: Relation) -> Edge:
    return Edge(
        relation.id,
        "",
        relation.family,
        relation.kind,
        relation.regime,
        relation.source,
        relation.target,
        None,
        None,
        limits(relation.validity),
    )


def _natural(place: str) -> tuple[str, int]:
    head, _, number = place.rpartition(":")
    return (head, int(number)) if number.isdigit() else (place, 0)
