"""The head of the graph (图首): its last write, who is writing, and what a load that was cut short has left."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from graph_model.errors import StoreLockedError, StoreUnavailableError
from graph_model.stores.neo4j.connection import Connection, Transaction
from graph_model.stores.neo4j.sending import Parameters, as_sent
from graph_model.stores.neo4j.snapshot import MARK
from graph_model.stores.neo4j.statements import LOCK, READ_HEAD

LEASE_MILLISECONDS = 30_000
"""How long a writer may be silent before another one may take its place."""


class Pending(Struct, frozen=True):
    """A write in many transactions that is not seen yet: its moment, what it writes, how many parts are there."""

    moment: int
    digest: str
    done: int
    origins: tuple[str, ...]


class Head(Struct, frozen=True):
    """The head as it was read. ``now`` is the server's clock, in milliseconds, as ``writer_until``."""

    moment: int
    number: int
    version: str
    token: str | None
    writer: str | None
    writer_until: int
    pending: Pending | None
    now: int

    def check_free(self, place: str, token: str) -> None:
        """Raises StoreLockedError where another writer is at work."""
        if self.writer not in {None, token} and self.writer_until > self.now:
            seconds = (self.writer_until - self.now) / 1000
            raise StoreLockedError(
                f"{place}: another writer is at work on it; try again (if it has died: in {seconds:.0f} s)"
            )


async def read_head(connection: Connection) -> Head:
    """The head. Raises StoreUnavailableError where there is none."""
    rows = await connection.rows(READ_HEAD, MARK)
    return _head_of(connection.place, [row["head"] for row in rows])


async def lock_head(place: str, transaction: Transaction) -> Head:
    """The head, which nobody else changes until the transaction ends."""
    rows = await run(transaction, LOCK, MARK)
    return _head_of(place, [row["head"] for row in rows])


async def run(transaction: Transaction, statement: str, parameters: Parameters) -> list[Any]:
    """All rows of a statement."""
    result = await transaction.run(*as_sent(statement, parameters))
    return [row async for row in result]


def _head_of(place: str, found: list[dict[str, Any]]) -> Head:
    if not found:
        raise StoreUnavailableError(f"{place}: the graph's head is gone; somebody emptied the database")
    (head,) = found
    pending = None
    if head.get("pending_moment") is not None:
        pending = Pending(
            head["pending_moment"], head["pending_digest"], head["pending_done"], tuple(head["pending_origins"])
        )
    return Head(
        moment=head["moment"],
        number=head["number"],
        version=head["version"],
        token=head.get("token"),
        writer=head.get("writer"),
        writer_until=head.get("writer_until", 0),
        pending=pending,
        now=head["now"],
    )
