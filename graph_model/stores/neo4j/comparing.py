"""What a call changes (比较): the records of each batch beside what is current of its origin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, TypeVar

from msgspec import Struct

from graph_model.errors import RecordError
from graph_model.exchange import EDITS, Batch
from graph_model.records import AnyRecord, Retraction, decode, encode
from graph_model.stores.differences import StoredDifference, find_difference, owned_already
from graph_model.stores.neo4j.connection import Connection
from graph_model.stores.neo4j.rows import check_days
from graph_model.stores.neo4j.schema import BEFORE_ALL
from graph_model.stores.neo4j.statements import CURRENT_BY_ID, CURRENT_OF_ORIGIN, FIRST_OF_ORIGIN, RETRACTED

T = TypeVar("T")
Progress = Callable[[int], None]
PART = 2_000
"""How many rows a statement writes: five thousand of them took more than 128 MB of the server's memory."""
PAGE = 5_000
"""How many rows a statement reads: few large rows are read many times faster than many small ones."""


class Version(Struct, frozen=True, gc=False):
    """A current version: where it lies, and the record in it."""

    table: str
    data: str


Difference: TypeAlias = StoredDifference[Version, str]
"""What a batch changes: versions to close by id, and records to write by id with their JSON."""


async def compare(
    connection: Connection, moment: int, batches: Sequence[Batch], progress: Progress
) -> tuple[list[Difference], list[RecordError]]:
    """The differences to what was current at a moment, and the records that cannot be written.

    Raises BadDateError for a record that no row can hold.
    """
    is_empty = moment == BEFORE_ALL
    is_edit = any(batch.origin == EDITS for batch in batches)
    edited = set() if is_empty or is_edit else await _edited(connection, moment)
    errors: list[RecordError] = []
    differences: list[Difference] = []
    owners: dict[str, str] = {}
    for batch in batches:
        if any(batch.origin == difference.origin for difference in differences):
            errors.append(RecordError(batch.origin, "one call has two batches of this origin"))
            continue
        current = {} if is_empty else await _current_of(connection, moment, batch.origin)
        difference = find_difference(batch, current, edited, owners, errors, progress, _encoded)
        for record, _ in difference.written.values():
            check_days(record)
        differences.append(difference)
    if not is_empty:
        errors += await _foreign(connection, moment, differences)
    return differences, errors


def _encoded(record: AnyRecord) -> str:
    return encode(record).decode()


async def _current_of(connection: Connection, moment: int, origin: str) -> dict[str, Version]:
    asked = {"origin": origin, "moment": moment, "rows": PAGE}
    current: dict[str, Version] = {}
    for table, page in await connection.rows(FIRST_OF_ORIGIN, {**asked, "after": ""}):
        rows = page
        current.update((record_id, Version(table, data)) for record_id, data in rows)
        while len(rows) == PAGE:
            ((_, rows),) = await connection.rows(CURRENT_OF_ORIGIN[table], {**asked, "after": rows[-1][0]})
            current.update((record_id, Version(table, data)) for record_id, data in rows)
    return current


async def _edited(connection: Connection, moment: int) -> set[str]:
    """The ids of what people edited or retracted: no load of files takes that back."""
    ((found,),) = await connection.rows(RETRACTED, {"moment": moment})
    retracted = {record.record for record in map(decode, found) if isinstance(record, Retraction)}
    return retracted | (await _current_of(connection, moment, EDITS)).keys()


async def _foreign(connection: Connection, moment: int, differences: Sequence[Difference]) -> list[RecordError]:
    """The records that another origin has, unless it gives them up in the same call."""
    given_up = {record_id for difference in differences for record_id in difference.closed}
    errors: list[RecordError] = []
    for difference in differences:
        created = [record_id for record_id in difference.written if record_id not in difference.closed]
        for ids in parts(created):
            for _, found in await connection.rows(CURRENT_BY_ID, {"ids": ids, "moment": moment}):
                errors += [
                    owned_already(record_id, owner, difference.origin)
                    for record_id, owner, _ in found
                    if record_id not in given_up
                ]
    return errors


def parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items, a statement's worth at a time."""
    return (items[start : start + PART] for start in range(0, len(items), PART))
