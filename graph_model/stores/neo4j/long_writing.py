"""Writing more than fits into one transaction (分批写入).

The writer takes the lease on the head, writes the rows of a moment to come part by part, and last moves the head. Each
part is a transaction that also counts itself on the head, and renews the lease. Cut short, a write leaves rows that
nobody sees: the same write again goes on behind the last part, another one takes them away first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from graph_model.errors import StoreError, StoreLockedError
from graph_model.stores.neo4j.comparing import PAGE, Progress, parts
from graph_model.stores.neo4j.connection import Connection, Transaction
from graph_model.stores.neo4j.head import LEASE_MILLISECONDS, Head, Pending, lock_head, run
from graph_model.stores.neo4j.plan import Part, Plan
from graph_model.stores.neo4j.putting import Known, advance, put
from graph_model.stores.neo4j.rows import TABLES
from graph_model.stores.neo4j.schema import APPLICATION, FOREVER
from graph_model.stores.neo4j.settling import change_surely, change_unseen, has_arrived
from graph_model.stores.neo4j.statements import (
    BEGIN_PENDING,
    CLOSED_OF_ORIGIN,
    COUNT_PENDING,
    DELETE_PENDING,
    FORGET_PENDING,
    PENDING_OF_ORIGIN,
    RELEASE,
    REOPEN,
    TAKE,
)

T = TypeVar("T")


async def write_in_parts(connection: Connection, plan: Plan, progress: Progress) -> bool:
    """Write part by part, from where the same write was cut; False where somebody else wrote meanwhile."""
    write = _LongWrite(connection, plan)
    head = await change_unseen(connection, write.take)
    is_written = False
    try:
        if head.moment != plan.base.moment:
            return False
        if head.pending is not None and head.pending.digest != plan.digest:
            await write.sweep(head.moment, head.pending)
        pending = await write.step(write.begin)
        entities: set[str] = set()
        keys: set[str] = set()
        for number, part in enumerate(plan.parts):
            if number >= pending.done:
                made = await write.write(number, part, pending.moment, Known(entities, keys))
                entities |= made.entities
                keys |= made.keys
            progress(part.size)
        await change_surely(connection, lambda transaction: write.finish(transaction, pending.moment))
        is_written = True
    finally:
        if not is_written:
            await write.release()
    return True


async def sweep_leftovers(connection: Connection, token: str) -> None:
    """Take away what a write that was cut short has left. Raises StoreLockedError where that write is still alive."""
    lease = _Lease(connection, token)
    head = await change_unseen(connection, lease.take)
    try:
        if head.pending is not None:
            await lease.sweep(head.moment, head.pending)
    finally:
        await lease.release()


class _Lease:
    """One writer's turn, in as many transactions as it needs."""

    def __init__(self, connection: Connection, token: str) -> None:
        self.connection = connection
        self.token = token
        self._lease = {"application": APPLICATION, "token": token, "milliseconds": LEASE_MILLISECONDS}

    async def take(self, transaction: Transaction) -> Head:
        """The head, with the lease on it. Raises StoreLockedError."""
        head = await lock_head(self.connection.place, transaction)
        head.check_free(self.connection.place, self.token)
        await run(transaction, TAKE, self._lease)
        return head

    async def step(self, work: Callable[[Transaction, Head], Awaitable[T]]) -> T:
        """Do some work in a transaction, if the lease is still ours, and renew it. Raises StoreLockedError."""

        async def locked(transaction: Transaction) -> T:
            head = await lock_head(self.connection.place, transaction)
            self.check(head)
            result = await work(transaction, head)
            await run(transaction, TAKE, self._lease)
            return result

        return await change_unseen(self.connection, locked)

    def check(self, head: Head) -> None:
        """Raises StoreLockedError where the lease is no longer ours."""
        if head.writer != self.token:
            raise StoreLockedError(f"{self.connection.place}: another writer took its place; try again")

    async def release(self) -> None:
        """Give the lease back; where even that fails it ends by itself."""
        try:
            await change_unseen(self.connection, lambda transaction: run(transaction, RELEASE, self._lease))
        except StoreError:
            return

    async def sweep(self, moment: int, left: Pending) -> None:
        """Take away what a write that was cut short has left, part by part: nobody has ever seen it."""
        for find, mend in ((PENDING_OF_ORIGIN, DELETE_PENDING), (CLOSED_OF_ORIGIN, REOPEN)):
            for origin in left.origins:
                for table in TABLES:
                    await self._mend(find[table], mend[table], origin, moment)
        await self.step(lambda transaction, _: run(transaction, FORGET_PENDING, self._lease))

    async def _mend(self, find: str, mend: str, origin: str, moment: int) -> None:
        asked = {"origin": origin, "moment": moment, "forever": FOREVER, "rows": PAGE}
        after = ""
        while True:
            ((page,),) = await self.connection.rows(find, {**asked, "after": after})
            for ids in parts(page):
                parameters = {**asked, "ids": ids}
                await self.step(lambda transaction, _, given=parameters: run(transaction, mend, given))  # type: ignore[misc]
            if len(page) < PAGE:
                return
            after = page[-1]


class _LongWrite(_Lease):
    """The transactions of one long write."""

    def __init__(self, connection: Connection, plan: Plan) -> None:
        super().__init__(connection, plan.token)
        self._plan = plan

    async def begin(self, transaction: Transaction, head: Head) -> Pending:
        """What is there of this write already; nothing, where it was not begun before."""
        if head.pending is not None:
            return head.pending
        pending = Pending(self._plan.moment_after(head), self._plan.digest, 0, self._plan.origins)
        await run(
            transaction,
            BEGIN_PENDING,
            {
                "application": APPLICATION,
                "moment": pending.moment,
                "digest": pending.digest,
                "origins": list(pending.origins),
            },
        )
        return pending

    async def write(self, number: int, part: Part, moment: int, known: Known) -> Known:
        """Write a part, once; the entities and keys that were made for it."""

        async def counted(transaction: Transaction, head: Head) -> Known:
            if head.pending is not None and head.pending.done > number:
                return Known()  # an earlier attempt had arrived, only its answer was lost
            made = await put(transaction, part, moment, known)
            await run(transaction, COUNT_PENDING, {"application": APPLICATION, "done": number + 1})
            return made

        return await self.step(counted)

    async def finish(self, transaction: Transaction, moment: int) -> None:
        """Move the head, and give the lease back."""
        head = await lock_head(self.connection.place, transaction)
        if await has_arrived(transaction, head, self.token, self._plan.base.number + 1):
            return
        self.check(head)
        await advance(transaction, self._plan, moment)
