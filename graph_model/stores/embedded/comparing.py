"""A load beside what is current (比对): what to close and what to write, kept in temporary tables.

So a load's memory does not grow with its records: they are gone through twice, once to compare and once to write. All
is compared before anything is written, and the tables go with the transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count, islice
from typing import Final, TypeVar

import apsw
from msgspec import Struct

from graph_model.errors import RecordError
from graph_model.exchange import Batch, Written
from graph_model.records import AnyRecord, encode
from graph_model.stores.differences import owned_already
from graph_model.stores.embedded.rows import TABLES, table_of
from graph_model.stores.embedded.schema import FOREVER
from graph_model.stores.embedded.snapshot import texts

T = TypeVar("T")
CHUNK: Final = 2_000
_TABLES: Final = """
    CREATE TEMP TABLE given (
        id TEXT PRIMARY KEY, batch INTEGER NOT NULL, place INTEGER NOT NULL, digest BLOB NOT NULL,
        is_written INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TEMP TABLE closing (batch INTEGER, part TEXT, seq INTEGER, PRIMARY KEY (batch, part, seq)) WITHOUT ROWID;
    CREATE INDEX temp.closing_seq ON closing (seq, part);
    CREATE TEMP TABLE foreigner (id TEXT NOT NULL, batch INTEGER NOT NULL, part TEXT NOT NULL, seq INTEGER NOT NULL,
        owner INTEGER NOT NULL)"""
_DROPS: Final = "DROP TABLE given; DROP TABLE closing; DROP TABLE foreigner"
_GIVEN: Final = """
    SELECT id, batch, digest FROM carray(?) AS wanted CROSS JOIN temp.given ON id = wanted.value"""
_TO_WRITE: Final = """
    SELECT place FROM carray(?) AS wanted CROSS JOIN temp.given ON id = wanted.value WHERE batch = ? AND is_written"""
_GIVE: Final = "INSERT INTO temp.given (id, batch, place, digest, is_written) VALUES (?, ?, ?, ?, ?)"
_CURRENT: Final = {
    "node": """
        SELECT id, seq, origin, data FROM carray(?) AS wanted
        CROSS JOIN node ON id = wanted.value AND recorded_to = ?""",
    "claim": """
        SELECT id, seq, origin, data FROM carray(?) AS wanted
        CROSS JOIN claim ON id = wanted.value AND recorded_to = ?""",
    "relation": """
        SELECT id, seq, origin, data FROM carray(?) AS wanted
        CROSS JOIN relation ON id = wanted.value AND recorded_to = ?""",
    "item": """
        SELECT id, seq, origin, data FROM carray(?) AS wanted
        CROSS JOIN item ON id = wanted.value AND recorded_to = ?""",
}
_END: Final = {
    "node": """
        INSERT INTO temp.closing SELECT ?, 'node', seq FROM node WHERE origin = ? AND recorded_to = ?
        AND NOT EXISTS (SELECT 1 FROM temp.given WHERE given.id = node.id AND batch = ?)""",
    "claim": """
        INSERT INTO temp.closing SELECT ?, 'claim', seq FROM claim WHERE origin = ? AND recorded_to = ?
        AND NOT EXISTS (SELECT 1 FROM temp.given WHERE given.id = claim.id AND batch = ?)""",
    "relation": """
        INSERT INTO temp.closing SELECT ?, 'relation', seq FROM relation WHERE origin = ? AND recorded_to = ?
        AND NOT EXISTS (SELECT 1 FROM temp.given WHERE given.id = relation.id AND batch = ?)""",
    "item": """
        INSERT INTO temp.closing SELECT ?, 'item', seq FROM item WHERE origin = ? AND recorded_to = ?
        AND NOT EXISTS (SELECT 1 FROM temp.given WHERE given.id = item.id AND batch = ?)""",
}
_CLOSE: Final = "INSERT INTO temp.closing (batch, part, seq) VALUES (?, ?, ?)"
_STRANGE: Final = "INSERT INTO temp.foreigner (id, batch, part, seq, owner) VALUES (?, ?, ?, ?, ?)"
_FOREIGN: Final = """
    SELECT id, batch, name FROM temp.foreigner CROSS JOIN origin ON number = owner
    WHERE NOT EXISTS (SELECT 1 FROM temp.closing WHERE closing.seq = foreigner.seq AND closing.part = foreigner.part)
    ORDER BY batch, foreigner.rowid"""
_CLOSED: Final = {
    "node": """
        SELECT node.seq, data FROM temp.closing CROSS JOIN node ON node.seq = closing.seq
        WHERE batch = ? AND part = 'node' ORDER BY closing.seq""",
    "claim": """
        SELECT claim.seq, data FROM temp.closing CROSS JOIN claim ON claim.seq = closing.seq
        WHERE batch = ? AND part = 'claim' ORDER BY closing.seq""",
    "relation": """
        SELECT relation.seq, data FROM temp.closing CROSS JOIN relation ON relation.seq = closing.seq
        WHERE batch = ? AND part = 'relation' ORDER BY closing.seq""",
    "item": """
        SELECT item.seq, data FROM temp.closing CROSS JOIN item ON item.seq = closing.seq
        WHERE batch = ? AND part = 'item' ORDER BY closing.seq""",
}


class Version(Struct, frozen=True):
    """A current row: its table and number, and the record in it."""

    table: str
    seq: int
    data: bytes


class LoadedDifference(Struct, frozen=True):
    """What a batch changes, as ``StoredDifference``, read from the temporary tables of its comparison."""

    connection: apsw.Connection
    number: int
    batch: Batch
    counted: Written

    @property
    def origin(self) -> str:
        """The origin that it replaces."""
        return self.batch.origin

    @property
    def is_empty(self) -> bool:
        """True where the origin's current records are those of the batch already."""
        return not (self.counted.created or self.counted.changed or self.counted.ended)

    def iter_closed(self) -> Iterator[Version]:
        """The rows to close; they may be closed while they are gone through."""
        for table in TABLES:
            for seq, data in self.connection.execute(_CLOSED[table], (self.number,)):
                yield Version(table, seq, data)

    def iter_written(self) -> Iterator[tuple[AnyRecord, bytes]]:
        """The records to write with their bytes."""
        for some in chunks(zip(count(), self.batch.records)):
            ids = texts(list(dict.fromkeys(record.id for _, record in some)))
            places = {place for (place,) in self.connection.execute(_TO_WRITE, (ids, self.number))}
            yield from ((record, encode(record)) for place, record in some if place in places)


class Comparison:
    """What a load changes: made inside of a transaction, and ended before it is."""

    def __init__(self, connection: apsw.Connection, edited: set[str]) -> None:
        """``edited``: the ids that no load takes back (decision 14)."""
        self._connection = connection
        self._edited = edited
        self.errors: list[RecordError] = []
        connection.execute(_TABLES)

    def compare(self, batches: Sequence[Batch], progress: Callable[[int], None]) -> list[LoadedDifference]:
        """What each batch changes; what cannot be written is in ``errors`` afterwards."""
        found: list[LoadedDifference] = []
        for number, batch in enumerate(batches):
            if any(batch.origin == difference.origin for difference in found):
                self.errors.append(RecordError(batch.origin, "one call has two batches of this origin"))
                continue
            counted = _OfBatch(self._connection, number, batch, self._edited, self.errors, batches).compare(progress)
            found.append(LoadedDifference(self._connection, number, batch, counted))
        for record_id, number, owner in self._connection.execute(_FOREIGN):
            self.errors.append(owned_already(record_id, owner, batches[number].origin))
        return found

    def end(self) -> None:
        """Take the tables away."""
        self._connection.execute(_DROPS)


class _OfBatch:
    """One batch under comparison."""

    def __init__(
        self,
        connection: apsw.Connection,
        number: int,
        batch: Batch,
        edited: set[str],
        errors: list[RecordError],
        batches: Sequence[Batch],
    ) -> None:
        self._connection = connection
        self._number = number
        self._batch = batch
        self._edited = edited
        self._errors = errors
        self._batches = batches
        found = connection.execute("SELECT number FROM origin WHERE name = ?", (batch.origin,)).get
        self._origin = None if found is None else int(found)
        self._created = self._changed = self._unchanged = self._kept = 0

    def compare(self, progress: Callable[[int], None]) -> Written:
        for some in chunks(zip(count(), self._batch.records)):
            before = self._created + self._changed
            self._compare_some(some)
            progress(len(some) - (self._created + self._changed - before))
        ended = 0
        for table in TABLES if self._origin is not None else ():
            self._connection.execute(_END[table], (self._number, self._origin, FOREVER, self._number))
            ended += self._connection.changes()
        return Written(self._created, self._changed, self._unchanged, ended, self._kept)

    def _compare_some(self, some: Sequence[tuple[int, AnyRecord]]) -> None:
        known = self._known([record.id for _, record in some])
        new: dict[str, tuple[int, AnyRecord, bytes]] = {}
        for place, record in some:
            data = encode(record)
            digest = hashlib.blake2b(data, digest_size=16).digest()
            if record.id not in known:
                known[record.id] = (self._number, digest)
                new[record.id] = (place, record, data)
                continue
            number, earlier = known[record.id]
            if number != self._number:
                self._errors.append(owned_already(record.id, self._batches[number].origin, self._batch.origin))
            elif earlier != digest:
                self._errors.append(RecordError(record.id, f"stands twice in {self._batch.origin!r}, and not the same"))
        current = self._current([record for _, record, _ in new.values()])
        given = [
            (key, self._number, place, known[key][1], self._is_written(record, data, current.get(key)))
            for key, (place, record, data) in new.items()
        ]
        self._connection.executemany(_GIVE, given)

    def _is_written(self, record: AnyRecord, data: bytes, current: tuple[str, int, int, bytes] | None) -> bool:
        if record.id in self._edited:
            self._kept += 1
            return False
        if current is None or current[2] != self._origin:
            if current is not None:
                table, seq, owner, _ = current
                self._connection.execute(_STRANGE, (record.id, self._number, table, seq, owner))
            self._created += 1
            return True
        table, seq, _, before = current
        if before == data:
            self._unchanged += 1
            return False
        self._connection.execute(_CLOSE, (self._number, table, seq))
        self._changed += 1
        return True

    def _known(self, ids: Sequence[str]) -> dict[str, tuple[int, bytes]]:
        """What was given already of some ids: by which batch, and the digest of its bytes."""
        rows = self._connection.execute(_GIVEN, (texts(list(dict.fromkeys(ids))),))
        return {key: (batch, digest) for key, batch, digest in rows}

    def _current(self, records: Sequence[AnyRecord]) -> dict[str, tuple[str, int, int, bytes]]:
        """The current rows of some ids: table, number, origin and bytes. An id's type tells its table, as a rule."""
        found: dict[str, tuple[str, int, int, bytes]] = {}
        own = {table: [record.id for record in records if table_of(record) == table] for table in TABLES}
        for table, ids in own.items():
            self._look(table, ids, found)
        for table in TABLES:
            others = [key for other, ids in own.items() if other != table for key in ids if key not in found]
            self._look(table, others, found)
        return found

    def _look(self, table: str, ids: Sequence[str], found: dict[str, tuple[str, int, int, bytes]]) -> None:
        if ids:
            for key, seq, origin, data in self._connection.execute(_CURRENT[table], (texts(ids), FOREVER)):
                found[key] = (table, seq, origin, data)


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Some items at a time."""
    rest = iter(items)
    while some := list(islice(rest, CHUNK)):
        yield some
