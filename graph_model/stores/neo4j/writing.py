"""Writing batches (写入): all of it is seen at once, in however many transactions it was written.

A small write is one transaction; a large one would not fit into the server's memory, and is ``long_writing``'s. Every
transaction locks the head first and looks whether it is still its turn and not done yet. So it may be repeated, also
where the connection broke before the server's answer came.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from graph_model.errors import BatchError, StoreLockedError
from graph_model.exchange import LOAD, Batch, EditRequest, Written
from graph_model.stores.differences import check_upon
from graph_model.stores.neo4j.comparing import Progress, compare
from graph_model.stores.neo4j.connection import Connection, Transaction
from graph_model.stores.neo4j.head import lock_head, read_head
from graph_model.stores.neo4j.long_writing import write_in_parts
from graph_model.stores.neo4j.plan import Plan, make_plan
from graph_model.stores.neo4j.putting import advance, put
from graph_model.stores.neo4j.settling import change_surely, has_arrived

_ATTEMPTS = 5


async def write_batches(
    connection: Connection,
    batches: Sequence[Batch],
    *,
    recorded_at: int,
    author: str,
    progress: Progress,
    upon: int | None = None,
) -> tuple[Written, ...]:
    """As ``StoreWriter.apply`` has it."""
    token, request = uuid.uuid4().hex, EditRequest(author, LOAD)
    told = _Told(progress)
    for _ in range(_ATTEMPTS):
        told.begin()
        head = await read_head(connection)
        head.check_free(connection.place, token)
        check_upon(connection.place, head.number, upon)
        differences, errors = await compare(connection, head.moment, batches, told.advance)
        if errors:
            raise BatchError(errors)
        counted = tuple(difference.counted for difference in differences)
        differences = [difference for difference in differences if not difference.is_empty]
        if not differences:
            return counted
        plan = make_plan(token, head, differences, counted, request=request, recorded_at=recorded_at)
        if await write_plan(connection, plan, told.advance):
            return counted
    raise StoreLockedError(f"{connection.place}: others write to it all the time; try again")


async def write_plan(connection: Connection, plan: Plan, progress: Progress) -> bool:
    """Write a plan, in one transaction or in many; False where somebody else wrote meanwhile."""
    is_small = len(plan.parts) == 1 and plan.base.pending is None
    return await (_write_at_once if is_small else write_in_parts)(connection, plan, progress)


async def _write_at_once(connection: Connection, plan: Plan, progress: Progress) -> bool:
    """Write all in one transaction; False where somebody else wrote meanwhile."""
    (part,) = plan.parts
    progress(part.size)

    async def work(transaction: Transaction) -> bool:
        head = await lock_head(connection.place, transaction)
        if await has_arrived(transaction, head, plan.token, plan.base.number + 1):
            return True
        head.check_free(connection.place, plan.token)
        if head.moment != plan.base.moment or head.pending is not None:
            return False
        moment = plan.moment_after(head)
        await put(transaction, part, moment)
        await advance(transaction, plan, moment)
        return True

    return await change_surely(connection, work)


class _Told:
    """Tells of each record once, also where a write begins anew."""

    def __init__(self, tell: Progress) -> None:
        self._tell = tell
        self._told = self._handled = 0

    def begin(self) -> None:
        """Count from the first record again."""
        self._handled = 0

    def advance(self, number: int) -> None:
        """So many more records were handled."""
        self._handled += number
        if self._handled > self._told:
            news, self._told = self._handled - self._told, self._handled
            self._tell(news)
