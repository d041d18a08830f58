"""What a load changes of an origin (差异): one rule for all stores, over whatever each keeps of a current version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from graph_model.errors import RecordError, StaleWriteError
from graph_model.exchange import Batch, Written
from graph_model.records import AnyRecord, type_of
from graph_model.search_keys import kind_of

D = TypeVar("D", str, bytes)
"""The canonical JSON of a record, as the store has it."""


class CurrentVersion(Protocol):
    """What a store knows of a current version: at least the record's JSON."""

    @property
    def data(self) -> str | bytes:
        """The canonical JSON of the record."""
        ...


V = TypeVar("V", bound=CurrentVersion)


def check_upon(place: str, last: int, upon: int | None) -> None:
    """Raises StaleWriteError where the last generation is not the one that a write was decided by (None: any)."""
    if upon is not None and last != upon:
        raise StaleWriteError(
            f"{place}: decided by the state after write {upon}, and {last} is the last one: try again"
        )


class StoredDifference(Struct, Generic[V, D], frozen=True):
    """What a batch changes: versions to close by id, and records to write by id with their JSON."""

    origin: str
    closed: dict[str, V]
    written: dict[str, tuple[AnyRecord, D]]
    counted: Written

    @property
    def is_empty(self) -> bool:
        """True where the origin's current records are those of the batch already."""
        return not self.closed and not self.written

    def iter_closed(self) -> Iterable[V]:
        """The versions to close."""
        return self.closed.values()

    def iter_written(self) -> Iterable[tuple[AnyRecord, D]]:
        """The records to write with their JSON."""
        return self.written.values()


def find_difference(
    batch: Batch,
    current: Mapping[str, V],
    edited: Set[str],
    owners: dict[str, str],
    errors: list[RecordError],
    progress: Callable[[int], None],
    encoded: Callable[[AnyRecord], D],
) -> StoredDifference[V, D]:
    """A batch beside what is current of its origin; what cannot be written is added to ``errors``.

    ``owners`` gathers the origins of all records of a call; ``edited`` are ids that no load takes back (decision 14).
    ``progress`` is told of the records that need not be written.
    """
    given: dict[str, D] = {}
    closed: dict[str, V] = {}
    written: dict[str, tuple[AnyRecord, D]] = {}
    handled = kept = 0
    for record in batch.records:
        data = encoded(record)
        earlier = given.get(record.id)
        if earlier is not None:
            handled += 1
            if earlier != data:
                errors.append(RecordError(record.id, f"stands twice in {batch.origin!r}, and not the same"))
            continue
        given[record.id] = data
        owner = owners.setdefault(record.id, batch.origin)
        if owner != batch.origin:
            errors.append(owned_already(record.id, owner, batch.origin))
            continue
        if record.id in edited:
            handled += 1
            kept += 1
            continue
        version = current.get(record.id)
        if version is not None and version.data == data:
            handled += 1
            continue
        if version is not None:
            closed[record.id] = version
        written[record.id] = (record, data)
    progress(handled)
    changed = len(closed)
    created = len(written) - changed
    ended = {record_id: version for record_id, version in current.items() if record_id not in given}
    closed.update(ended)
    counted = Written(created, changed, len(given) - len(written) - kept, len(ended), kept)
    return StoredDifference(batch.origin, closed, written, counted)


def owned_already(record_id: str, owner: str, origin: str) -> RecordError:
    """The error of a record that another origin has."""
    return RecordError(record_id, f"belongs to {owner!r} already, and {origin!r} has it too")


def tally_key(record: AnyRecord) -> tuple[str, str, str]:
    """What a record is counted under: type, kind and provenance."""
    return type_of(record), kind_of(record) or "", record.provenance.value
