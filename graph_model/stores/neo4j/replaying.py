"""Whole writes: read for another store, and written again as another store had them; all versions there are (重放)."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

from msgspec.structs import replace

from graph_model.errors import StoreError, StoreLockedError
from graph_model.exchange import EditRequest, Stored, WholeWrite, Written
from graph_model.records import AnyRecord, decode, encode
from graph_model.stores.neo4j.comparing import Difference, Progress, Version, parts
from graph_model.stores.neo4j.connection import Connection
from graph_model.stores.neo4j.head import read_head
from graph_model.stores.neo4j.plan import make_plan
from graph_model.stores.neo4j.recorded import entry_of, touched_by
from graph_model.stores.neo4j.schema import FOREVER
from graph_model.stores.neo4j.snapshot import Asker, Question
from graph_model.stores.neo4j.statements import CURRENT_BY_ID, PATTERNS
from graph_model.stores.neo4j.writing import write_plan

_PAGE = 2_000

_WRITE = Question("""
CALL (generation) {
    OPTIONAL MATCH (w:Write {number: $number}) WHERE w.number <= generation
    RETURN CASE WHEN w IS NULL THEN null ELSE w {.*, touched: null} END AS found
}
RETURN generation, found
""")

_WHOLE = Question(
    "CALL (moment) { UNWIND $ids AS id CALL (id) {"
    + "UNION ALL".join(
        f"""
        MATCH {pattern} USING INDEX {variable}(id, recorded_from)
        WHERE v.id = id AND v.recorded_from <= $at AND (v.recorded_from = $at OR v.recorded_to = $at)
        RETURN v.recorded_from = $at AS has_begun, v.origin AS origin, v.data AS data
        """
        for pattern, variable in PATTERNS.values()
    )
    + "} RETURN collect([id, has_begun, origin, data]) AS rows } RETURN rows"
)

_VERSIONS = {
    table: Question(f"""
CALL (moment) {{
    MATCH {pattern} USING INDEX {variable}(id, recorded_from)
    WHERE v.id >= $after AND v.recorded_from <= moment AND (v.id > $after OR v.recorded_from > $from)
    WITH v, moment ORDER BY v.id, v.recorded_from LIMIT toInteger($rows)
    RETURN collect([
        v.id, v.recorded_from, CASE WHEN v.recorded_to <= moment THEN v.recorded_to END, v.origin, v.data
    ]) AS page
}}
RETURN page
""")
    for table, (pattern, variable) in PATTERNS.items()
}


async def read_write(asker: Asker, place: str, number: int) -> WholeWrite:
    """As ``StoreReader.read_write`` has it."""
    row = await asker.ask(_WRITE, None, number=max(0, min(number, FOREVER)))
    found = row["found"]
    if found is None:
        raise StoreError(f"{place}: there is no write {number}; the last one is {row['generation']}")
    puts: list[tuple[str, AnyRecord]] = []
    removes: list[str] = []
    after = ""
    while True:
        ids = await touched_by(asker, number, _PAGE, after)
        if not ids:
            break
        rows = (await asker.ask(_WHOLE, None, ids=ids, at=found["recorded_at"]))["rows"]
        begun = [(origin, decode(data)) for _, has_begun, origin, data in rows if has_begun]
        puts += begun
        removes += sorted({record_id for record_id, *_ in rows} - {record.id for _, record in begun})
        after = ids[-1]
    return WholeWrite(entry_of(found), puts, removes, found["digest"], bytes(found["answer"] or b""))


async def iter_versions(asker: Asker) -> AsyncIterator[Stored]:
    """As ``StoreReader.versions`` has it: page by page, of the moment of the first page."""
    for question in _VERSIONS.values():
        after, begun = "", -FOREVER
        while True:
            page = (await asker.ask(question, None, after=after, rows=_PAGE, **{"from": begun}))["page"]
            for _, recorded_from, recorded_to, origin, data in page:
                yield Stored(origin, recorded_from, recorded_to, data.encode())
            if len(page) < _PAGE:
                break
            after, begun = page[-1][0], page[-1][1]


async def replay(connection: Connection, write: WholeWrite, progress: Progress) -> None:
    """As ``StoreWriter.replay`` has it."""
    entry, token = write.entry, uuid.uuid4().hex
    head = await read_head(connection)
    head.check_free(connection.place, token)
    if entry.number != head.number + 1 or entry.recorded_at <= head.moment:
        raise StoreError(
            f"{connection.place}: write {entry.number} does not follow its last one, {head.number}: copy into an empty"
            " store, or into one that was copied from the same"
        )
    request = EditRequest(entry.author, entry.action, entry.basis, entry.key, write.digest)
    differences = await _differences(connection, head.moment, write)
    plan = make_plan(token, head, differences, (entry.written,), request=request, recorded_at=entry.recorded_at)
    if plan.version != entry.version:
        raise StoreError(
            f"{connection.place}: after write {entry.number} the content would have the digest {plan.version}, not"
            f" {entry.version}: it was copied from another store, or one of the two is damaged"
        )
    plan = replace(plan, origins=entry.origins, answer=write.answer)
    if not await write_plan(connection, plan, progress):
        raise StoreLockedError(f"{connection.place}: somebody else wrote to it at the same time; copy again")


async def _differences(connection: Connection, moment: int, write: WholeWrite) -> list[Difference]:
    """One difference an origin; what ended stands in the first."""
    written: dict[str, dict[str, tuple[AnyRecord, str]]] = {}
    for origin, record in write.puts:
        written.setdefault(origin, {})[record.id] = (record, encode(record).decode())
    closed: dict[str, Version] = {}
    for ids in parts([*(record.id for _, record in write.puts), *write.removes]):
        for table, found in await connection.rows(CURRENT_BY_ID, {"ids": list(ids), "moment": moment}):
            closed.update((record_id, Version(table, data)) for record_id, _, data in found)
    first = Difference("", closed, {}, Written())
    return [first, *(Difference(origin, {}, records, Written()) for origin, records in written.items())]
