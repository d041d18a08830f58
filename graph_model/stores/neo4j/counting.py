"""What can be counted, and all edges of the graph for a check of the whole (计数与全图)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from graph_model.dates import Limits, parse_period
from graph_model.exchange import Edge, Vacated
from graph_model.records import ClaimTally, Family, Measure, NodeTally, RelationTally, Tally
from graph_model.stores.neo4j.decoding import decode_node
from graph_model.stores.neo4j.listing import read_moment
from graph_model.stores.neo4j.schema import RELATIONSHIPS
from graph_model.stores.neo4j.snapshot import Asker, Question, current

_EDGES_AT_A_TIME = 5_000

_CERTAIN = "{0}.certain_from <= $day AND {0}.certain_until > $day"
_SORT = f"""($asked[i].{{0}}_type IS NULL OR EXISTS {{{{
        ({{1}})<-[:OF]-(n:NodeRecord)
        WHERE {current("n")} AND n.type = $asked[i].{{0}}_type
            AND ($asked[i].{{0}}_kind IS NULL OR n.kind = $asked[i].{{0}}_kind)
    }}}})"""

_OF_TYPE = f"""
    MATCH (n:NodeRecord) USING INDEX n:NodeRecord(type, id)
    WHERE n.type = $asked[i].type AND n.id > '' AND {current("n")}
        AND ($asked[i].kind IS NULL OR n.kind = $asked[i].kind)
        AND ($asked[i].but IS NULL OR n.kind IS NULL OR n.kind <> $asked[i].but)
        AND ($asked[i].clause IS NULL OR n.clause = $asked[i].clause)"""


def _counted(prefix: str, body: str) -> str:
    """One subquery for each tally of a sort; their places are ``$<prefix>``."""
    return f"""
CALL (moment) {{
    UNWIND ${prefix} AS i
    CALL (moment, i) {{
{body}
    }}
    RETURN collect([i, recorded, number]) AS counted_{prefix}
}}
"""


_PARTS = {
    "nodes": f"""{_OF_TYPE}
    RETURN count(n) AS recorded, count(n) AS number""",
    "measures": f"""{_OF_TYPE}
    RETURN collect(n.data) AS recorded, 0 AS number""",
    "claims": f"""
    MATCH (c:ClaimRecord) USING INDEX c:ClaimRecord(type, id)
    WHERE c.type = $asked[i].type AND c.id > '' AND {current("c")}
        AND ($asked[i].kind IS NULL OR c.kind = $asked[i].kind)
    MATCH (c)-[:ABOUT]->(e:Entity) WHERE {_SORT.format("subjects", "e")}
    RETURN count(c) AS recorded, count(DISTINCT CASE WHEN {_CERTAIN.format("c")} THEN e END) AS number""",
    **{
        family.value: f"""
    MATCH (s:Entity)-[r:{type_}]->(t:Entity) USING INDEX r:{type_}(kind, id)
    WHERE r.kind = $asked[i].kind AND r.id > '' AND {current("r")}
        AND ($asked[i].regime IS NULL OR r.regime = $asked[i].regime)
        AND ($asked[i].role IS NULL OR r.role = $asked[i].role)
        AND ($asked[i].source IS NULL OR s.id = $asked[i].source)
        AND ($asked[i].target IS NULL OR t.id = $asked[i].target)
        AND {_SORT.format("sources", "s")}
        AND {_SORT.format("targets", "t")}
    WITH r, s, t, {_CERTAIN.format("r")} AS is_certain
    RETURN count(r) AS recorded, count(DISTINCT CASE
        WHEN NOT is_certain THEN null
        WHEN $asked[i].distinct = 'source' THEN s.id
        WHEN $asked[i].distinct = 'target' THEN t.id
        ELSE r.id END) AS number"""
        for family, type_ in RELATIONSHIPS.items()
    },
}


@lru_cache(maxsize=1 << len(_PARTS))
def _question(parts: tuple[str, ...]) -> Question:
    """The statement that counts some parts: a planner works for seconds on one that has them all."""
    counted = " + ".join(f"counted_{part}" for part in parts)
    return Question("".join(_counted(part, _PARTS[part]) for part in parts) + f"RETURN {counted} AS counted")


_LIMITS: Callable[..., Limits] = lru_cache(maxsize=65536)(Limits)
DAYS = ", ".join(
    f"duration.inDays(date('0000-12-31'), {{0}}.{bound}).days"
    for bound in ("possible_from", "certain_from", "certain_until", "possible_until")
)
_SORT_OF = f"""
    CALL (moment, {{0}}) {{{{
        OPTIONAL MATCH ({{0}})<-[:OF]-(n:NodeRecord) WHERE {current("n")}
        RETURN CASE WHEN n.kind IS NULL THEN n.type ELSE n.type + ':' + n.kind END AS {{0}}_sort
    }}}}"""
_EDGES = {
    family: Question(f"""
CALL (moment) {{
    MATCH (s:Entity)-[r:{type_}]->(t:Entity) USING INDEX r:{type_}(kind, id)
    WHERE r.kind = $kind AND r.id > $after AND {current("r")}
    WITH r, s, t, moment ORDER BY r.kind, r.id LIMIT toInteger($rows)
    {_SORT_OF.format("s")}
    {_SORT_OF.format("t")}
    RETURN collect([r.id, r.origin, r.regime, s.id, t.id, s_sort, t_sort, {DAYS.format("r")}]) AS page
}}
RETURN page
""")
    for family, type_ in RELATIONSHIPS.items()
}
_VACANCIES = Question(f"""
CALL (moment) {{
    MATCH (c:ClaimRecord) USING INDEX c:ClaimRecord(type, id)
    WHERE c.type = 'vacancy' AND c.id > $after AND {current("c")}
    WITH c ORDER BY c.type, c.id LIMIT toInteger($rows)
    MATCH (c)-[:ABOUT]->(e:Entity)
    RETURN collect([c.id, c.origin, e.id, {DAYS.format("c")}]) AS page
}}
RETURN page
""")
_KINDS = Question("""
CALL (moment) { MATCH (sort:Tallied {type: 'relation'}) RETURN collect(DISTINCT sort.kind) AS kinds }
RETURN kinds
""")


async def count(asker: Asker, tallies: Sequence[Tally], day: int, recorded_as_of: int | None) -> list[int | None]:
    """As ``StoreReader.tally`` has it."""
    if not tallies:
        return []
    places: dict[str, list[int]] = {part: [] for part in _PARTS}
    for place, tally in enumerate(tallies):
        places[_part_of(tally)].append(place)
    question = _question(tuple(part for part, of_part in places.items() if of_part))
    row = await asker.ask(
        question, recorded_as_of, asked=[_asked(tally) for tally in tallies], day=date.fromordinal(day), **places
    )
    numbers: list[int | None] = [None] * len(tallies)
    for place, recorded, number in row["counted"]:
        tally = tallies[place]
        if isinstance(tally, NodeTally) and tally.type == "measure":
            numbers[place] = _count_measures(recorded, tally.by, day)
        else:
            numbers[place] = number if recorded else None
    return numbers


def _part_of(tally: Tally) -> str:
    match tally:
        case NodeTally(type="measure"):
            return "measures"
        case NodeTally():
            return "nodes"
        case ClaimTally():
            return "claims"
        case RelationTally():
            return tally.family.value


def _asked(tally: Tally) -> dict[str, Any]:
    match tally:
        case NodeTally():
            return {"type": tally.type, "kind": tally.kind, "but": tally.but, "clause": tally.clause}
        case ClaimTally():
            return {"type": tally.type, "kind": tally.kind, **_sort("subjects", tally.subjects)}
        case RelationTally():
            return {
                "kind": tally.kind,
                "role": tally.role,
                "regime": tally.regime,
                "source": tally.source,
                "target": tally.target,
                "distinct": tally.distinct,
                **_sort("sources", tally.sources),
                **_sort("targets", tally.targets),
            }


def _sort(name: str, sort: str | None) -> dict[str, str | None]:
    """The parameters of a sort of nodes, ``division:county`` or ``post``."""
    node_type, _, kind = (sort or "").partition(":")
    return {f"{name}_type": node_type or None, f"{name}_kind": kind or None}


def _count_measures(found: Sequence[str], by: str | None, day: int) -> int | None:
    measures = [
        node for data in found if isinstance(node := decode_node(data), Measure) and (by is None or by in node.by)
    ]
    return sum(parse_period(measure.period)[1] <= day for measure in measures) if measures else None


async def iter_edges(asker: Asker, recorded_as_of: int | None) -> AsyncIterator[Edge | Vacated]:
    """As ``StoreReader.edges`` has it: page by page, all of one moment."""
    moment = await read_moment(asker, recorded_as_of)
    async for claim, origin, post, *days in iter_rows(asker, _VACANCIES, moment):
        yield Vacated(claim, origin, post, _LIMITS(*days))
    kinds = await read_kinds(asker, moment)
    for family in Family:
        for kind in kinds:
            async for edge, origin, regime, source, target, source_sort, target_sort, *days in iter_rows(
                asker, _EDGES[family], moment, kind=kind
            ):
                yield Edge(edge, origin, family, kind, regime, source, target, source_sort, target_sort, _LIMITS(*days))


async def read_kinds(asker: Asker, moment: int) -> list[str]:
    """The kinds that relations ever had."""
    return list((await asker.ask(_KINDS, moment))["kinds"])


async def iter_rows(asker: Asker, question: Question, moment: int, **parameters: str) -> AsyncIterator[list[Any]]:
    """The rows of a question that gives ``page``s in the order of the id that each row begins with."""
    after = ""
    while True:
        page = (await asker.ask(question, moment, after=after, rows=_EDGES_AT_A_TIME, **parameters))["page"]
        for row in page:
            yield row
        if len(page) < _EDGES_AT_A_TIME:
            return
        after = page[-1][0]
