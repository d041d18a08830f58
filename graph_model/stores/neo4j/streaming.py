"""The data set as a whole, page by page (全量): the dump, and what is current of an origin; all of one moment."""

from __future__ import annotations

import heapq
from collections.abc import AsyncIterator

from graph_model.records import (
    AnyRecord,
    decode,
)
from graph_model.stores.neo4j.decoding import decode_item
from graph_model.stores.neo4j.listing import (
    FAMILIES,
    ITEM_LABEL,
    KEYS,
    KINDS,
    RELATION,
    TYPE_TAGS,
    label_of,
    read_moment,
)
from graph_model.stores.neo4j.snapshot import Asker, Question, current
from graph_model.stores.neo4j.statements import PATTERNS

_DUMPED = 5_000
"""How many records are fetched at a time."""

_DUMP = {
    label: Question(f"""
CALL (moment) {{
    MATCH (n:{label}) USING INDEX n:{label}(type, {key})
    WHERE n.type = $type AND n.{key} > $after AND {current("n")}
    WITH n ORDER BY n.type, n.{key} LIMIT toInteger($rows)
    RETURN collect([n.{key}, n.origin, n.data]) AS page
}}
RETURN page
""")
    for label, key in KEYS.items()
}
_OF_ORIGIN = {
    table: Question(f"""
CALL (moment) {{
    MATCH {pattern} USING INDEX {variable}(origin, id)
    WHERE v.origin = $origin AND v.id > $after AND {current("v")}
    WITH v ORDER BY v.origin, v.id LIMIT toInteger($rows)
    RETURN collect([v.id, v.origin, v.data]) AS page
}}
RETURN page
""")
    for table, (pattern, variable) in PATTERNS.items()
}
_RELATION_KINDS = Question(f"{KINDS} RETURN kinds")
_DUMP_FAMILY = {
    family: Question(f"""
CALL (moment) {{
    MATCH ()-[r:{type_}]->() USING INDEX r:{type_}(kind, id)
    WHERE r.kind = $kind AND r.id > $after AND {current("r")}
    WITH r ORDER BY r.kind, r.id LIMIT toInteger($rows)
    RETURN collect([r.id, r.origin, r.data]) AS page
}}
RETURN page
""")
    for family, type_ in FAMILIES
}


async def iter_origin(asker: Asker, origin: str, recorded_as_of: int | None) -> AsyncIterator[AnyRecord]:
    """As ``StoreReader.of_origin`` has it: page by page, all of one moment."""
    moment = await read_moment(asker, recorded_as_of)
    for question in _OF_ORIGIN.values():
        async for _, _, data in _pages(asker, question, moment, origin=origin):
            yield decode(data)


async def iter_dump(asker: Asker, recorded_as_of: int | None) -> AsyncIterator[tuple[str, bytes]]:
    """As ``StoreReader.dump`` has it: page by page, all of one moment."""
    moment = await read_moment(asker, recorded_as_of)
    for record_type in TYPE_TAGS:
        if record_type == RELATION:
            rows = _dump_relations(asker, moment)
        else:
            rows = _pages(asker, _DUMP[label_of(record_type)], moment, type=record_type)
        if label_of(record_type) == ITEM_LABEL and record_type != RELATION:
            # Items are listed by another key than their id, and few.
            items = sorted([(decode_item(data).id, origin, data) async for _, origin, data in rows])
            for _, origin, data in items:
                yield origin, data.encode()
        else:
            async for _, origin, data in rows:
                yield origin, data.encode()


async def _dump_relations(asker: Asker, moment: int) -> AsyncIterator[tuple[str, str, str]]:
    """All relations by id: those of each family and kind are, and are merged."""
    kinds = (await asker.ask(_RELATION_KINDS, moment, kind=None))["kinds"]
    streams = [_pages(asker, question, moment, kind=kind) for question in _DUMP_FAMILY.values() for kind in kinds]
    heap: list[tuple[tuple[str, str, str], int]] = []
    for number, stream in enumerate(streams):
        async for row in stream:
            heap.append((row, number))
            break
    heapq.heapify(heap)
    while heap:
        row, number = heap[0]
        yield row
        following = await anext(streams[number], None)
        if following is None:
            heapq.heappop(heap)
        else:
            heapq.heapreplace(heap, (following, number))


async def _pages(
    asker: Asker, question: Question, moment: int, **parameters: str
) -> AsyncIterator[tuple[str, str, str]]:
    after = ""
    while True:
        row = await asker.ask(question, moment, after=after, rows=_DUMPED, **parameters)
        for key, origin, data in row["page"]:
            yield key, origin, data
        if len(row["page"]) < _DUMPED:
            return
        after = row["page"][-1][0]
