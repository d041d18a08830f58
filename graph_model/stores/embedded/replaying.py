"""Whole writes: read for another store, and written again as another store had them (重放)."""

from __future__ import annotations

from collections.abc import Callable

import apsw

from graph_model.errors import StoreError
from graph_model.exchange import EditRequest, WholeWrite, Written
from graph_model.records import AnyRecord, decode, encode
from graph_model.stores.embedded.chain import last_entry
from graph_model.stores.embedded.comparing import Version
from graph_model.stores.embedded.recorded import get_entry
from graph_model.stores.embedded.rows import TABLES
from graph_model.stores.embedded.schema import FOREVER
from graph_model.stores.embedded.snapshot import Snapshot, texts
from graph_model.stores.embedded.writing import CURRENT, Difference, record_write

_BEGUN = {
    "node": """
        SELECT origin.name, node.data FROM node CROSS JOIN origin ON origin.number = node.origin
        WHERE node.recorded_from = :at ORDER BY node.id""",
    "claim": """
        SELECT origin.name, claim.data FROM claim CROSS JOIN origin ON origin.number = claim.origin
        WHERE claim.recorded_from = :at ORDER BY claim.id""",
    "relation": """
        SELECT origin.name, relation.data FROM relation CROSS JOIN origin ON origin.number = relation.origin
        WHERE relation.recorded_from = :at ORDER BY relation.id""",
    "item": """
        SELECT origin.name, item.data FROM item CROSS JOIN origin ON origin.number = item.origin
        WHERE item.recorded_from = :at ORDER BY item.id""",
}
_ENDED = {
    "node": "SELECT id FROM node WHERE recorded_to = :at AND recorded_to < 9223372036854775807",
    "claim": "SELECT id FROM claim WHERE recorded_to = :at AND recorded_to < 9223372036854775807",
    "relation": "SELECT id FROM relation WHERE recorded_to = :at AND recorded_to < 9223372036854775807",
    "item": "SELECT id FROM item WHERE recorded_to = :at AND recorded_to < 9223372036854775807",
}
_REQUEST = "SELECT digest, answer, recorded_at FROM write WHERE number = :number"


def read_write(snapshot: Snapshot, place: str, number: int) -> WholeWrite:
    """As ``StoreReader.read_write`` has it."""
    found = snapshot.rows(_REQUEST, number=number)
    if not found:
        raise StoreError(f"{place}: there is no write {number}; the last one is {snapshot.generation}")
    ((digest, answer, at),) = found
    puts = [(origin, decode(data)) for table in TABLES for origin, data in snapshot.iterate(_BEGUN[table], at=at)]
    begun = {record.id for _, record in puts}
    removes = sorted(
        record_id for table in TABLES for record_id in snapshot.column(_ENDED[table], at=at) if record_id not in begun
    )
    return WholeWrite(get_entry(snapshot.connection, number), puts, removes, digest, answer)


def replay(connection: apsw.Connection, place: str, write: WholeWrite, progress: Callable[[int], None]) -> None:
    """As ``StoreWriter.replay`` has it; must be called inside a ``transaction``."""
    entry, last = write.entry, last_entry(connection)
    is_later = last.recorded_at is None or entry.recorded_at > last.recorded_at
    if entry.number != last.number + 1 or not is_later:
        raise StoreError(
            f"{place}: write {entry.number} does not follow its last one, {last.number}: copy into an empty store, or"
            " into one that was copied from the same"
        )
    request = EditRequest(entry.author, entry.action, entry.basis, entry.key, write.digest)
    record_write(
        connection,
        _differences(connection, write),
        request,
        recorded_at=entry.recorded_at,
        progress=progress,
        answer=write.answer,
        origins=entry.origins,
    )
    version = last_entry(connection).version
    if version != entry.version:
        raise StoreError(
            f"{place}: after write {entry.number} the content would have the digest {version}, not {entry.version}: it"
            " was copied from another store, or one of the two is damaged"
        )


def _differences(connection: apsw.Connection, write: WholeWrite) -> list[Difference]:
    """One difference an origin; what ended belongs to the first, which also has the entry's counts."""
    written: dict[str, dict[str, tuple[AnyRecord, bytes]]] = {}
    for origin, record in write.puts:
        written.setdefault(origin, {})[record.id] = (record, encode(record))
    ids = [*(record.id for _, record in write.puts), *write.removes]
    closed: dict[str, Version] = {}
    for start in range(0, len(ids), 2_000):
        for table in TABLES:
            rows = connection.execute(CURRENT[table], (texts(ids[start : start + 2_000]), FOREVER))
            closed.update((record_id, Version(table, seq, data)) for record_id, seq, data in rows)
    first = Difference("", closed, {}, write.entry.written)
    others = [Difference(origin, {}, records, Written()) for origin, records in written.items()]
    return [first, *others]
