"""Edits of single records, several in one transaction where they come at the same time (改动).

A disk is told once for all that waited (group commit); each edit has a savepoint of its own, so that one that is
refused leaves the others alone. A decision is a coroutine that awaits nothing but its reader, which never waits: it is
driven to its end at once, in the thread that writes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import TypeVar

import apsw
from msgspec import Struct

from graph_model.errors import KeyReusedError, StoreError
from graph_model.exchange import EDITS, Edit, Edited, EditRequest, Written
from graph_model.records import AnyRecord, encode
from graph_model.stores.base import Decide
from graph_model.stores.embedded import recorded
from graph_model.stores.embedded.comparing import Version
from graph_model.stores.embedded.faults import is_of_sqlite
from graph_model.stores.embedded.reader import EmbeddedReader
from graph_model.stores.embedded.rows import TABLES, table_of
from graph_model.stores.embedded.schema import FOREVER
from graph_model.stores.embedded.snapshot import texts
from graph_model.stores.embedded.writing import CURRENT, Difference, record_write, transaction

T = TypeVar("T")

_BY_KEY = "SELECT number, digest, answer FROM write WHERE author = ? AND key = ?"


class Waiting(Struct, frozen=True):
    """One edit that waits for its turn."""

    decide: Decide
    request: EditRequest
    recorded_at: int


def write_group(connection: apsw.Connection, place: str, group: Sequence[Waiting]) -> list[Edited | Exception]:
    """Decide on some edits and write them in one transaction: what each did, or what it was refused with.

    What they did holds once this has returned: an exception of the commit itself is raised, and undoes all of them.
    """
    outcomes: list[Edited | Exception] = []
    with transaction(connection, place):
        for waiting in group:
            connection.execute("SAVEPOINT edit")
            try:
                outcomes.append(_write_one(connection, EmbeddedReader.within(connection, place), waiting))
            except Exception as fault:  # it is handed to whoever asked for this edit
                if is_of_sqlite(fault):  # the file's fault, not this edit's: none of them can be written
                    raise
                connection.execute("ROLLBACK TO edit")
                outcomes.append(fault)
            connection.execute("RELEASE edit")
    return outcomes


def _write_one(connection: apsw.Connection, reader: EmbeddedReader, waiting: Waiting) -> Edited:
    request = waiting.request
    if request.key is not None:
        written = connection.execute(_BY_KEY, (request.author, request.key)).fetchone()
        if written is not None:
            number, digest, answer = written
            if digest != request.digest:
                raise KeyReusedError(f"the key {request.key!r} was used before, for another request: take a new one")
            return Edited(recorded.get_entry(connection, number), answer, is_repeated=True)
    edit = _run(waiting.decide(reader))
    difference = _compare(connection, edit)
    number = record_write(
        connection,
        [difference],
        request,
        recorded_at=waiting.recorded_at,
        progress=_ignore,
        answer=edit.answer,
    )
    return Edited(None if number is None else recorded.get_entry(connection, number), edit.answer)


def _run(decision: Awaitable[T]) -> T:
    steps = decision.__await__()
    try:
        next(steps)
    except StopIteration as done:
        result: T = done.value
        return result
    raise StoreError("a decision on an edit waited for something else than its reader")


def _compare(connection: apsw.Connection, edit: Edit) -> Difference:
    puts: dict[str, tuple[AnyRecord, bytes]] = {record.id: (record, encode(record)) for record in edit.puts}
    removes = [record_id for record_id in edit.removes if record_id not in puts]
    closed: dict[str, Version] = {}
    unchanged = 0
    # An id begins with its type, so that what is put stands in the record's own table, if anywhere.
    tables = TABLES if removes else dict.fromkeys(table_of(record) for record in edit.puts)
    for table in tables:
        for record_id, seq, data in connection.execute(CURRENT[table], (texts([*puts, *removes]), FOREVER)):
            if record_id in puts and puts[record_id][1] == data:
                del puts[record_id]
                unchanged += 1
            else:
                closed[record_id] = Version(table, seq, data)
    changed = sum(record_id in puts for record_id in closed)
    counted = Written(created=len(puts) - changed, changed=changed, unchanged=unchanged, ended=len(closed) - changed)
    return Difference(EDITS, closed, puts, counted)


def _ignore(_: int) -> None:
    """An edit is too small for progress."""
