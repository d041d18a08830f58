"""Writing batches: what differs is found by comparing bytes, and written in one transaction (写入)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeAlias

import apsw
import msgspec

from graph_model.errors import BatchError, CommitUnknownError
from graph_model.exchange import EDITS, LOAD, Batch, EditRequest, Written
from graph_model.records import Retraction, content_hash, decode
from graph_model.stores.differences import StoredDifference, check_upon, tally_key
from graph_model.stores.embedded.chain import append, last_entry
from graph_model.stores.embedded.comparing import Comparison, LoadedDifference, Version, chunks
from graph_model.stores.embedded.rows import (
    INSERT,
    INSERT_KEY,
    SEARCHABLE,
    TABLES,
    columns_of,
    keys_of,
    table_of,
)
from graph_model.stores.embedded.schema import FOREVER

Progress = Callable[[int], None]

_EDITED = {
    "node": "SELECT id FROM node WHERE origin = ? AND recorded_to = ?",
    "claim": "SELECT id FROM claim WHERE origin = ? AND recorded_to = ?",
    "relation": "SELECT id FROM relation WHERE origin = ? AND recorded_to = ?",
    "item": "SELECT id FROM item WHERE origin = ? AND recorded_to = ?",
}
CURRENT: Final = {
    "node": "SELECT id, seq, data FROM carray(?) AS wanted CROSS JOIN node ON id = wanted.value AND recorded_to = ?",
    "claim": "SELECT id, seq, data FROM carray(?) AS wanted CROSS JOIN claim ON id = wanted.value AND recorded_to = ?",
    "relation": """
        SELECT id, seq, data FROM carray(?) AS wanted CROSS JOIN relation ON id = wanted.value AND recorded_to = ?""",
    "item": "SELECT id, seq, data FROM carray(?) AS wanted CROSS JOIN item ON id = wanted.value AND recorded_to = ?",
}
"""By table: number and JSON of what is current of some ids."""
_CLOSE = {
    "node": "UPDATE node SET recorded_to = ? WHERE seq = ?",
    "claim": "UPDATE claim SET recorded_to = ? WHERE seq = ?",
    "relation": "UPDATE relation SET recorded_to = ? WHERE seq = ?",
    "item": "UPDATE item SET recorded_to = ? WHERE seq = ?",
}
_CLOSE_KEYS = "UPDATE search_key SET recorded_to = ? WHERE record = ? AND recorded_to = ?"
_TALLY = "SELECT number FROM tally WHERE type = ? AND kind = ? AND provenance = ? AND recorded_to = ?"
_CLOSE_TALLY = "UPDATE tally SET recorded_to = ? WHERE type = ? AND kind = ? AND provenance = ? AND recorded_to = ?"
_INSERT_TALLY = """
    INSERT INTO tally (type, kind, provenance, recorded_from, recorded_to, number) VALUES (?, ?, ?, ?, ?, ?)"""
_RETRACTED = "SELECT data FROM item WHERE type = 'retraction' AND recorded_to = ?"


Difference: TypeAlias = StoredDifference[Version, bytes]
"""What an edit changes: rows to close by id, and records to write by id with their bytes."""


@contextmanager
def transaction(connection: apsw.Connection, place: str) -> Iterator[None]:
    """A write transaction: committed, and on the disk, at the end; rolled back by any exception.

    Raises CommitUnknownError where the disk failed while committing: it may hold all of it, or nothing.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        try:
            connection.execute("COMMIT")
        except apsw.IOError as fault:
            raise CommitUnknownError(
                f"{place}: its disk failed while this was being committed ({fault}); whether it is there is known once"
                " the store was opened anew: send it again then, with the same key"
            ) from fault
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def write_batches(
    connection: apsw.Connection,
    place: str,
    batches: Sequence[Batch],
    *,
    recorded_at: int,
    author: str,
    progress: Progress,
    upon: int | None = None,
) -> tuple[Written, ...]:
    """As ``StoreWriter.apply`` has it; must be called inside a ``transaction``."""
    check_upon(place, last_entry(connection).number, upon)
    edited = set() if any(batch.origin == EDITS for batch in batches) else _edited(connection)
    comparison = Comparison(connection, edited)
    differences = comparison.compare(batches, progress)
    if comparison.errors:
        raise BatchError(comparison.errors)
    record_write(connection, differences, EditRequest(author, LOAD), recorded_at=recorded_at, progress=progress)
    comparison.end()
    return tuple(difference.counted for difference in differences)


def record_write(
    connection: apsw.Connection,
    differences: Sequence[Difference | LoadedDifference],
    request: EditRequest,
    *,
    recorded_at: int,
    progress: Progress,
    answer: bytes = b"",
    origins: Sequence[str] | None = None,
) -> int | None:
    """Write what differs and its row of the journal; the number of the write, None where nothing differs.

    ``origins``: what the journal says of them, where it is not those of the differences.
    """
    counted = [difference.counted for difference in differences]
    differences = [difference for difference in differences if not difference.is_empty]
    if not differences:
        return None
    last = last_entry(connection)
    now = recorded_at if last.recorded_at is None else max(recorded_at, last.recorded_at + 1)
    digest = int(last.version, 16)
    tally: Counter[tuple[str, str, str]] = Counter()
    for difference in differences:
        digest -= _close(connection, difference, now, tally)
    for difference in differences:
        digest += _insert(connection, difference, now, tally, progress)
    _write_tallies(connection, tally, now)
    touched = origins or sorted(difference.origin for difference in differences)
    sums = (sum(getattr(written, field) for written in counted) for field in Written.__struct_fields__)
    basis = msgspec.json.encode(request.basis).decode()
    version = f"{digest % (1 << 256):064x}"
    why = (request.action, basis, request.key, request.digest, answer)
    append(connection, last, now, request.author, msgspec.json.encode(touched).decode(), *sums, version, *why)
    return last.number + 1


def _edited(connection: apsw.Connection) -> set[str]:
    """The ids of what people edited or retracted: no load of files takes that back."""
    found = {
        record.record
        for (data,) in connection.execute(_RETRACTED, (FOREVER,))
        if isinstance(record := decode(data), Retraction)
    }
    number = connection.execute("SELECT number FROM origin WHERE name = ?", (EDITS,)).get
    for table in TABLES if number is not None else ():
        found.update(key for (key,) in connection.execute(_EDITED[table], (number, FOREVER)))
    return found


def _close(
    connection: apsw.Connection,
    difference: Difference | LoadedDifference,
    now: int,
    tally: Counter[tuple[str, str, str]],
) -> int:
    """Close rows; the sum of the content that is current no longer."""
    total = 0
    for some in chunks(difference.iter_closed()):
        for table in TABLES:
            rows = [(now, version.seq) for version in some if version.table == table]
            if rows:
                connection.executemany(_CLOSE[table], rows)
        for version in some:
            record = decode(version.data)
            tally[tally_key(record)] -= 1
            total += content_hash(version.data)
            if isinstance(record, SEARCHABLE):
                connection.execute(_CLOSE_KEYS, (now, record.id, FOREVER))
    return total


def _insert(
    connection: apsw.Connection,
    difference: Difference | LoadedDifference,
    now: int,
    tally: Counter[tuple[str, str, str]],
    progress: Progress,
) -> int:
    """Write rows; the sum of the content that is current from now on."""
    total = 0
    origin: int | None = None
    for chunk in chunks(difference.iter_written()):
        origin = _origin_number(connection, difference.origin) if origin is None else origin
        for table in TABLES:
            of_table = [(record, data) for record, data in chunk if table_of(record) == table]
            if of_table:
                rows = [(now, FOREVER, origin, *columns_of(record, data)) for record, data in of_table]
                connection.executemany(INSERT[table], rows)
        keys = [(now, FOREVER, *columns) for record, _ in chunk for columns in keys_of(record)]
        if keys:
            connection.executemany(INSERT_KEY, keys)
        for record, data in chunk:
            tally[tally_key(record)] += 1
            total += content_hash(data)
        progress(len(chunk))
    return total


def _origin_number(connection: apsw.Connection, origin: str) -> int:
    connection.execute("INSERT INTO origin (name) VALUES (?) ON CONFLICT (name) DO NOTHING", (origin,))
    number = connection.execute("SELECT number FROM origin WHERE name = ?", (origin,)).get
    return int(number)


def _write_tallies(connection: apsw.Connection, tally: Counter[tuple[str, str, str]], now: int) -> None:
    for key, difference in sorted(tally.items()):
        if difference:
            number = connection.execute(_TALLY, (*key, FOREVER)).get or 0
            connection.execute(_CLOSE_TALLY, (now, *key, FOREVER))
            connection.execute(_INSERT_TALLY, (*key, now, FOREVER, number + difference))
