"""Writing batches: what differs is found by comparing bytes, and written in one transaction (写入)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeAlias, TypeVar

import apsw
import msgspec

from graph_model.errors import BatchError, CommitUnknownError, RecordError
from graph_model.exchange import EDITS, LOAD, Batch, EditRequest, Written
from graph_model.records import Retraction, content_hash, decode, encode
from graph_model.stores.differences import StoredDifference, check_upon, find_difference, owned_already, tally_key
from graph_model.stores.embedded.chain import append, last_entry
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
from graph_model.stores.embedded.snapshot import texts

T = TypeVar("T")
Progress = Callable[[int], None]

_CHUNK = 2_000

_CURRENT_OF_ORIGIN = {
    "node": "SELECT id, seq, data FROM node WHERE origin = ? AND recorded_to = ?",
    "claim": "SELECT id, seq, data FROM claim WHERE origin = ? AND recorded_to = ?",
    "relation": "SELECT id, seq, data FROM relation WHERE origin = ? AND recorded_to = ?",
    "item": "SELECT id, seq, data FROM item WHERE origin = ? AND recorded_to = ?",
}
_CURRENT_BY_ID = {
    "node": """
        SELECT node.id, node.seq, origin.name FROM carray(?) AS wanted
        CROSS JOIN node ON node.id = wanted.value AND node.recorded_to = ?
        CROSS JOIN origin ON origin.number = node.origin""",
    "claim": """
        SELECT claim.id, claim.seq, origin.name FROM carray(?) AS wanted
        CROSS JOIN claim ON claim.id = wanted.value AND claim.recorded_to = ?
        CROSS JOIN origin ON origin.number = claim.origin""",
    "relation": """
        SELECT relation.id, relation.seq, origin.name FROM carray(?) AS wanted
        CROSS JOIN relation ON relation.id = wanted.value AND relation.recorded_to = ?
        CROSS JOIN origin ON origin.number = relation.origin""",
    "item": """
        SELECT item.id, item.seq, origin.name FROM carray(?) AS wanted
        CROSS JOIN item ON item.id = wanted.value AND item.recorded_to = ?
        CROSS JOIN origin ON origin.number = item.origin""",
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


class Version(msgspec.Struct, frozen=True):
    """A current row: its table and number, and the record in it."""

    table: str
    seq: int
    data: bytes


Difference: TypeAlias = StoredDifference[Version, bytes]
"""What a batch changes: rows to close by id, and records to write by id with their bytes."""


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
    differences, errors = _compare(connection, batches, edited, progress)
    errors.extend(_foreign(connection, differences))
    if errors:
        raise BatchError(errors)
    record_write(connection, differences, EditRequest(author, LOAD), recorded_at=recorded_at, progress=progress)
    return tuple(difference.counted for difference in differences)


def record_write(
    connection: apsw.Connection,
    differences: Sequence[Difference],
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
    retracted = {
        record.record
        for (data,) in connection.execute(_RETRACTED, (FOREVER,))
        if isinstance(record := decode(data), Retraction)
    }
    return retracted | _current_of(connection, EDITS).keys()


def _compare(
    connection: apsw.Connection, batches: Sequence[Batch], edited: set[str], progress: Progress
) -> tuple[list[Difference], list[RecordError]]:
    errors: list[RecordError] = []
    found: list[Difference] = []
    owners: dict[str, str] = {}
    for batch in batches:
        if any(batch.origin == difference.origin for difference in found):
            errors.append(RecordError(batch.origin, "one call has two batches of this origin"))
            continue
        current = _current_of(connection, batch.origin)
        found.append(find_difference(batch, current, edited, owners, errors, progress, encode))
    return found, errors


def _current_of(connection: apsw.Connection, origin: str) -> dict[str, Version]:
    number = connection.execute("SELECT number FROM origin WHERE name = ?", (origin,)).get
    if number is None:
        return {}
    return {
        record_id: Version(table, seq, data)
        for table in TABLES
        for record_id, seq, data in connection.execute(_CURRENT_OF_ORIGIN[table], (number, FOREVER))
    }


def _foreign(connection: apsw.Connection, differences: Sequence[Difference]) -> Iterator[RecordError]:
    """The records that another origin has, unless it gives them up in the same call."""
    given_up = {(version.table, version.seq) for difference in differences for version in difference.closed.values()}
    for difference in differences:
        created = [record_id for record_id in difference.written if record_id not in difference.closed]
        for ids in _chunks(created):
            for table in TABLES:
                for record_id, seq, owner in connection.execute(_CURRENT_BY_ID[table], (texts(ids), FOREVER)):
                    if (table, seq) not in given_up:
                        yield owned_already(record_id, owner, difference.origin)


def _close(connection: apsw.Connection, difference: Difference, now: int, tally: Counter[tuple[str, str, str]]) -> int:
    """Close rows; the sum of the content that is current no longer."""
    total = 0
    for table in TABLES:
        rows = [(now, version.seq) for version in difference.closed.values() if version.table == table]
        if rows:
            connection.executemany(_CLOSE[table], rows)
    for version in difference.closed.values():
        record = decode(version.data)
        tally[tally_key(record)] -= 1
        total += content_hash(version.data)
        if isinstance(record, SEARCHABLE):
            connection.execute(_CLOSE_KEYS, (now, record.id, FOREVER))
    return total


def _insert(
    connection: apsw.Connection,
    difference: Difference,
    now: int,
    tally: Counter[tuple[str, str, str]],
    progress: Progress,
) -> int:
    """Write rows; the sum of the content that is current from now on."""
    if not difference.written:
        return 0
    origin = _origin_number(connection, difference.origin)
    total = 0
    for chunk in _chunks(list(difference.written.values())):
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


def _chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
