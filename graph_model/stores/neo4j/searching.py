"""Search over the keys of ``search_keys`` (检索): an index range for each text, never a scan of names."""

from __future__ import annotations

from graph_model.exchange import Hit, HitPage, Window
from graph_model.stores.neo4j.snapshot import Asker, Question, current, is_storable
from graph_model.stores.neo4j.surroundings import days

# The code of a division is picked as `questions.naming.pick` does it: a test holds the two together.
_HITS = Question(f"""
CALL (moment) {{
    MATCH (k:SearchKey) USING INDEX k:SearchKey(key)
    WHERE k.key STARTS WITH $text
    MATCH (k)-[f:FINDS]->(v)
    WHERE {current("v")} AND (v.possible_from IS NULL OR v.possible_from <= $last AND v.possible_until > $first)
    WITH v, min(CASE WHEN NOT f.is_beginning THEN 2 WHEN k.key = $text THEN 0 ELSE 1 END) AS grade
    MATCH (v)-[:OF|ABOUT]->(e:Entity)
    WITH e, min(grade) AS grade
    MATCH (e)<-[:OF]-(n:NodeRecord) WHERE {current("n")}
    CALL (moment, e, n) {{
        WITH e, n, moment WHERE n.type = 'division'
        MATCH (e)<-[:ABOUT]-(c:ClaimRecord)
        WHERE c.type = 'code' AND {current("c")} AND c.possible_from <= $first AND c.possible_until > $first
        WITH c, reduce(latest = date('0000-12-31'), day IN c.observed |
                CASE WHEN day <= $first AND day > latest THEN day ELSE latest END) AS seen,
            reduce(earliest = date('+10000-01-01'), day IN c.observed |
                CASE WHEN day < earliest THEN day ELSE earliest END) AS first_seen
        WITH c ORDER BY c.certain_from <= $first AND c.certain_until > $first DESC, seen DESC, first_seen, c.code, c.id
        LIMIT 1
        RETURN collect(c.code) AS codes
    }}
    WITH grade, n.rank AS rank, n.id AS node, CASE
        WHEN n.type = 'division' THEN coalesce(codes[0], n.id)
        WHEN n.type IN ['organization', 'asset'] THEN n.code
        ELSE n.id END AS code
    ORDER BY grade, rank, code, node
    WITH collect([grade, rank, code, node]) AS hits
    RETURN size(hits) AS total, [hit IN hits WHERE hit[0] > $grade OR hit[0] = $grade AND (
        hit[1] > $rank OR hit[1] = $rank AND (
        hit[2] > $code OR hit[2] = $code AND hit[3] > $node))][..$rows] AS page
}}
RETURN total, page
""")

_BEFORE_ALL = Hit(-1, 0, "", "")


async def read_hits(
    asker: Asker, text: str, window: Window, *, first: int, after: Hit | None, recorded_as_of: int | None
) -> HitPage:
    """As ``StoreReader.search`` has it."""
    if not text or not is_storable(text):
        return HitPage((), 0, False)
    seen = after or _BEFORE_ALL
    row = await asker.ask(
        _HITS,
        recorded_as_of,
        text=text,
        grade=seen.grade,
        rank=seen.rank,
        code=seen.code,
        node=seen.node,
        rows=first + 1,
        **days(window),
    )
    hits = [Hit(*hit) for hit in row["page"]]
    return HitPage(tuple(hits[:first]), row["total"], len(hits) > first)
