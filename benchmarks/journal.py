"""A long journal in minutes (长日志): the rows that so many edits leave, written many in one transaction.

What is measured is reading. An edit takes a millisecond, for its decision, its savepoint and its share of the disk, and
leaves one closed version, one new one and one entry of the journal, with its digest and its checksum. The same rows are
written here, a new version of each assignment in turn; ``verify`` holds them to what edits would have left.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import apsw
import msgspec

from graph_model.exchange import EDITS
from graph_model.records import Basis, Relation, Text, content_hash, encode
from graph_model.stores.embedded.chain import Last, append, last_entry
from graph_model.stores.embedded.files import connect
from graph_model.stores.embedded.rows import INSERT, RELATION, columns_of
from graph_model.stores.embedded.schema import FOREVER
from graph_model.stores.embedded.snapshot import decode_relation
from graph_model.stores.embedded.writing import transaction

_ORIGINS = msgspec.json.encode([EDITS]).decode()
_NO_BASIS = msgspec.json.encode(Basis()).decode()
_AT_ONCE = 50_000
_CACHE_KIB = 1_500_000
_CURRENT = "SELECT data FROM relation WHERE id = ? AND recorded_to = ?"
_CLOSE = "UPDATE relation SET recorded_to = ? WHERE id = ? AND recorded_to = ?"


def write_journal(path: Path, ids: Sequence[str], entries: int) -> None:
    """Write assignments (ids) anew in turn, each time with another note, until the journal has so many entries.

    The recorded moments lie evenly between the last one and now. Nobody else may have the file open.
    """
    connection = connect(path, writable=True)
    try:
        connection.pragma("cache_size", -_CACHE_KIB)
        last = last_entry(connection)
        number = max(0, entries - last.number)
        started = last.recorded_at or 0
        step = max(1, (time.time_ns() // 1000 - started) // (number + 1))
        moments = range(started + step, started + step * (number + len(ids) + 1), step)
        with transaction(connection, str(path)):
            connection.execute("INSERT INTO origin (name) VALUES (?) ON CONFLICT (name) DO NOTHING", (EDITS,))
        origin = connection.execute("SELECT number FROM origin WHERE name = ?", (EDITS,)).get
        present: dict[str, tuple[Relation, int]] = {}
        for first in range(0, number, _AT_ONCE):
            with transaction(connection, str(path)):
                chunk = range(first, min(first + _AT_ONCE, number))
                rows = _write_entries(connection, ids, moments, chunk, number, last, present)
                connection.executemany(INSERT[RELATION], ((*times, origin, *columns) for *times, columns in rows))
                last = last_entry(connection)
    finally:
        connection.close()


def _write_entries(
    connection: apsw.Connection,
    ids: Sequence[str],
    moments: Sequence[int],
    numbers: range,
    number: int,
    last: Last,
    present: dict[str, tuple[Relation, int]],
) -> Iterator[tuple[int, int, tuple[str | int | bytes | None, ...]]]:
    """Close what is current, write the entries, and give the rows of the new versions; ``present``: the newest ones."""
    digest = int(last.version, 16)
    for each in numbers:
        record_id, now = ids[each % len(ids)], moments[each]
        if record_id not in present:
            data = bytes(connection.execute(_CURRENT, (record_id, FOREVER)).get)
            connection.execute(_CLOSE, (now, record_id, FOREVER))
            present[record_id] = (decode_relation(data), content_hash(data))
        before, hash_before = present[record_id]
        key = f"history-{last.number + 1}"
        basis = msgspec.structs.replace(before.basis, note=Text(zh=f"测试 {key}", en=f"benchmark {key}"))
        relation = msgspec.structs.replace(before, basis=basis)
        data = encode(relation)
        present[record_id] = (relation, content_hash(data))
        digest = (digest - hash_before + present[record_id][1]) % (1 << 256)
        version = f"{digest:064x}"
        content = ("benchmarks", _ORIGINS, 0, 1, 0, 0, 0, version, "note", _NO_BASIS, key, key, b"")
        checksum = append(connection, last, now, *content)
        last = Last(last.number + 1, now, version, checksum)
        is_last = each + len(ids) >= number
        yield now, FOREVER if is_last else moments[each + len(ids)], columns_of(relation, data)
