"""The journal, and what each write did to which record (日志与沿革).

A write that was small enough for one transaction names the records that it touched; what a larger one did is found
among the records of its origins.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence
from typing import Any

import msgspec

from graph_model.exchange import Change, ChangePage, Entry, EntryPage, Written
from graph_model.records import AnyRecord, Basis, decode
from graph_model.stores.neo4j.schema import FOREVER, RELATIONSHIPS
from graph_model.stores.neo4j.snapshot import Asker, Question, is_storable
from graph_model.stores.neo4j.statements import PATTERNS

_WRITES_AT_A_TIME = 20

_JOURNAL = Question("""
CALL (moment) {
    MATCH (w:Write) WHERE w.number < $before AND w.recorded_at <= moment
    WITH w ORDER BY w.number DESC LIMIT toInteger($rows)
    RETURN collect(w {.*, touched: null, answer: null}) AS page
}
RETURN generation, page
""")

_WRITES = Question("""
CALL (generation) {
    MATCH (w:Write) WHERE w.number >= $from AND w.number <= $until AND w.number <= generation
    WITH w ORDER BY w.number LIMIT toInteger($rows)
    RETURN collect([w.number, w.recorded_at, w.origins, w.touched]) AS page
}
RETURN page
""")

_TOUCHED_OF_ORIGINS = Question(
    "".join(
        f"""
CALL (moment) {{
    UNWIND $origins AS origin
    CALL (origin) {{
        MATCH {pattern} USING INDEX {variable}(origin, id)
        WHERE v.origin = origin AND v.id > $after AND (v.recorded_from = $at OR v.recorded_to = $at)
        WITH DISTINCT v.origin AS of_origin, v.id AS id ORDER BY of_origin, id LIMIT toInteger($rows)
        RETURN collect(id) AS ids
    }}
    RETURN collect(ids) AS page_of_{table}
}}
"""
        for table, (pattern, variable) in PATTERNS.items()
    )
    + f"RETURN {' + '.join(f'page_of_{table}' for table in PATTERNS)} AS pages"
)

_VERSIONS = (
    """
CALL (page) {
    UNWIND page AS touched
    CALL (touched) {
"""
    + "        UNION ALL".join(
        f"""
        MATCH {pattern} USING INDEX {variable}(id, recorded_from)
        WHERE v.id = touched[1] AND v.recorded_from <= touched[0]
            AND (v.recorded_from = touched[0] OR v.recorded_to = touched[0])
        RETURN v.recorded_from = touched[0] AS is_after, v.data AS data
"""
        for pattern, variable in PATTERNS.values()
    )
    + """
    }
    RETURN collect([touched[0], touched[1], is_after, data]) AS versions
}
"""
)

_OF_PAGE = Question(f"WITH $page AS page {_VERSIONS} RETURN page, versions")

_BY_ID = "\n        UNION ALL ".join(
    f"MATCH {pattern} USING INDEX {variable}(id, recorded_from) WHERE v.id = $touching AND v.recorded_from > 0 RETURN v"
    for pattern, variable in PATTERNS.values()
)
_TOUCHING = Question(f"""
CALL (generation) {{
    CALL () {{
        {_BY_ID}
        UNION ALL MATCH (:Entity {{id: $touching}})<-[:ABOUT]-(v) RETURN v
        UNION ALL MATCH (:Entity {{id: $touching}})-[v:{"|".join(RELATIONSHIPS.values())}]-() RETURN v
    }}
    UNWIND [[v.recorded_from, v.id], [v.recorded_to, v.id]] AS touched
    WITH DISTINCT generation, touched[0] AS at, touched[1] AS id
    MATCH (w:Write {{recorded_at: at}})
    WHERE w.number > $since AND w.number <= $until AND w.number <= generation
    WITH w, id ORDER BY w.number, id
    WITH collect([w.recorded_at, id, w.number]) AS found
    RETURN size(found) AS total, [
        each IN found WHERE each[2] > $number OR each[2] = $number AND each[1] > $id
    ][..toInteger($rows)] AS page
}}
{_VERSIONS}
RETURN total, page, versions
""")


_ENTRIES = Question("""
CALL (generation) {
    UNWIND $numbers AS number
    MATCH (w:Write {number: number}) WHERE number <= generation
    RETURN collect(w {.*, touched: null, answer: null}) AS found
}
RETURN found
""")


async def read_entries(asker: Asker, numbers: Sequence[int]) -> dict[int, Entry]:
    """As ``StoreReader.entries`` has it."""
    known = [number for number in dict.fromkeys(numbers) if 0 < number <= FOREVER]
    row = await asker.ask(_ENTRIES, None, numbers=known)
    return {write["number"]: entry_of(write) for write in row["found"]}


async def read_journal(asker: Asker, *, first: int, before: int | None) -> EntryPage:
    """As ``StoreReader.journal`` has it."""
    row = await asker.ask(_JOURNAL, None, before=(1 << 62) if before is None else before, rows=first + 1)
    page = row["page"]
    return EntryPage(tuple(map(entry_of, page[:first])), row["generation"], len(page) > first)


def entry_of(write: dict[str, Any]) -> Entry:
    """The entry that a Write node stands for."""
    return Entry(
        number=write["number"],
        recorded_at=write["recorded_at"],
        author=write["author"],
        action=write["action"],
        origins=tuple(msgspec.json.decode(write["origins"])),
        written=Written(**{field: write[field] for field in Written.__struct_fields__}),
        version=write["version"],
        basis=msgspec.json.decode(write["basis"], type=Basis),
        key=write.get("key"),
    )


async def read_changes(
    asker: Asker, *, since: int, until: int | None, touching: str | None, first: int, after: tuple[int, str] | None
) -> ChangePage:
    """As ``StoreReader.changes`` has it."""
    last = (1 << 62) if until is None else until
    number, record_id = after or (0, "")
    if touching is None:
        touched = await _touched(asker, since, last, first + 1, number, record_id)
        page = [[at, changed] for _, at, changed in touched[:first]]
        row = await asker.ask(_OF_PAGE, None, page=page)
    elif is_storable(touching):
        row = await asker.ask(
            _TOUCHING,
            None,
            touching=touching,
            since=since,
            until=last,
            number=number,
            id=record_id,
            rows=first + 1,
        )
        touched = [(write, at, changed) for at, changed, write in row["page"]]
    else:
        return ChangePage((), False, 0)
    versions: dict[tuple[int, str], dict[bool, AnyRecord]] = {}
    for at, changed, is_after, data in row["versions"]:
        versions.setdefault((at, changed), {})[is_after] = decode(data)
    changes = (
        Change(write, at, changed, versions[at, changed].get(False), versions[at, changed].get(True))
        for write, at, changed in touched[:first]
    )
    return ChangePage(tuple(changes), len(touched) > first, None if touching is None else row["total"])


async def _touched(
    asker: Asker, since: int, until: int, rows: int, number: int, record_id: str
) -> list[tuple[int, int, str]]:
    """(number, moment, record) of what was touched, in that order, behind a place; so many rows at most."""
    found: list[tuple[int, int, str]] = []
    following = max(since + 1, number)
    while len(found) < rows:
        asked = {"from": following, "until": until, "rows": _WRITES_AT_A_TIME}
        page = (await asker.ask(_WRITES, None, **asked))["page"]
        for write, at, origins, ids in page:
            after = record_id if write == number else ""
            touched = ids
            if ids is None:
                touched = await _of_origins(asker, at, msgspec.json.decode(origins), after, rows - len(found))
            found += [(write, at, changed) for changed in sorted(touched) if changed > after]
            if len(found) >= rows:
                break
        if len(page) < _WRITES_AT_A_TIME:
            break
        following = page[-1][0] + 1
    return found[:rows]


async def touched_by(asker: Asker, number: int, rows: int, after: str) -> list[str]:
    """The ids of the records that one write touched, behind an id; so many at most."""
    return [changed for _, _, changed in await _touched(asker, number - 1, number, rows, number, after)]


async def _of_origins(asker: Asker, at: int, origins: Sequence[str], after: str, rows: int) -> list[str]:
    row = await asker.ask(_TOUCHED_OF_ORIGINS, None, at=at, origins=list(origins), after=after, rows=rows)
    ids = (record for record, _ in itertools.groupby(heapq.merge(*row["pages"])))
    return list(itertools.islice(ids, rows))
