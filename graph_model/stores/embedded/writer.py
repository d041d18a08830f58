"""The one writer of a file: edits in groups, in a thread of their own, and a fence after a fault (写入者).

After any fault of the disk while it writes, SQLite would go on: a later flush succeeds although what the failed one
should have brought to the disk is lost. So the writer stops for good, with StoreFencedError for whoever comes later,
until the store is opened anew. A full disk is no such fault: nothing was written, and there may be room again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import ParamSpec, TypeVar

import apsw

from graph_model.errors import (
    CommitUnknownError,
    StoreError,
    StoreFencedError,
    StoreInvalidError,
    StoreUnavailableError,
)
from graph_model.exchange import Batch, Edited, WholeWrite, Written
from graph_model.stores.embedded.acknowledged import Note
from graph_model.stores.embedded.chain import last_entry
from graph_model.stores.embedded.editing import Waiting, write_group
from graph_model.stores.embedded.faults import is_fault_of_disk, translated
from graph_model.stores.embedded.lock import WriterLock
from graph_model.stores.embedded.log import Log
from graph_model.stores.embedded.replaying import replay
from graph_model.stores.embedded.writing import transaction, write_batches

P = ParamSpec("P")
T = TypeVar("T")

_GROUP = 256
"""How many edits one transaction takes at most."""


class Writer:
    """Writes through one connection, which it closes together with the lock and the note.

    A database in memory has neither of the two, and one connection, which is the loop's.
    """

    def __init__(
        self, place: str, connection: apsw.Connection, lock: WriterLock | None = None, note: Note | None = None
    ) -> None:
        self._place = place
        self._connection = connection
        self._lock = lock
        self._note = note
        self._log = Log(connection)
        self._waiting: list[tuple[Waiting, asyncio.Future[Edited]]] = []
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._thread = None if lock is None else ThreadPoolExecutor(max_workers=1, thread_name_prefix="zeren-writer")
        self._fence: StoreFencedError | None = None

    def check(self) -> None:
        """Raises StoreFencedError where a fault stopped the writing."""
        if self._fence is not None:
            raise StoreFencedError(*self._fence.args)

    async def apply(
        self,
        batches: Sequence[Batch],
        *,
        recorded_at: int,
        author: str,
        progress: Callable[[int], None],
        upon: int | None,
    ) -> tuple[Written, ...]:
        """As ``StoreWriter.apply``; in the thread that writes, so that others are answered meanwhile."""

        def write() -> tuple[Written, ...]:
            with transaction(self._connection, self._place):
                return write_batches(
                    self._connection,
                    self._place,
                    batches,
                    recorded_at=recorded_at,
                    author=author,
                    progress=progress,
                    upon=upon,
                )

        async with self._turn:
            written = await self._to_the_end(partial(self._guarded, write))
            await self._to_the_end(self._shorten_log)
            return written

    async def replay(self, write: WholeWrite, *, progress: Callable[[int], None]) -> None:
        """As ``StoreWriter.replay``."""

        def write_again() -> None:
            with transaction(self._connection, self._place):
                replay(self._connection, self._place, write, progress)

        async with self._turn:
            self._guarded(write_again)
            self._shorten_log()

    async def edit(self, waiting: Waiting) -> Edited:
        """As ``StoreWriter.edit``; the decision runs in the thread that writes."""
        outcome: asyncio.Future[Edited] = asyncio.get_running_loop().create_future()
        self._waiting.append((waiting, outcome))
        if self._task is None:
            self._task = asyncio.create_task(self._write_waiting())
        return await outcome

    async def _write_waiting(self) -> None:
        """Write all that wait, group after group, until none is left."""
        try:
            while self._waiting:
                async with self._turn:
                    taken, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
                    # Nobody waits any longer for one that was cancelled, and it was not begun: it is not written.
                    group = [(waiting, outcome) for waiting, outcome in taken if not outcome.done()]
                    outcomes = await self._apart(self._write_group, [waiting for waiting, _ in group])
                    for (_, outcome), edited in zip(group, outcomes, strict=True):
                        if outcome.done():
                            continue
                        if isinstance(edited, Exception):
                            outcome.set_exception(edited)
                        else:
                            outcome.set_result(edited)
                    if self._log.is_long:
                        await self._apart(self._shorten_log)
        finally:
            self._task = None

    async def _apart(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do something in the thread that writes."""
        if self._thread is None:
            return work(*arguments, **named)
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *arguments, **named))

    async def _to_the_end(self, work: Callable[[], T]) -> T:
        """Do something in the thread that writes; whoever is cancelled meanwhile keeps the turn until it has ended."""
        if self._thread is None:
            return work()
        doing = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            await asyncio.wait([doing])
            doing.exception()  # nobody waits for it any more
            raise

    def _write_group(self, group: Sequence[Waiting]) -> Sequence[Edited | Exception]:
        try:
            return self._guarded(lambda: write_group(self._connection, self._place, group))
        except Exception as fault:  # the transaction came to nothing, for each of them
            return [fault] * len(group)

    def _guarded(self, write: Callable[[], T]) -> T:
        """What ``write`` returns, once it is noted; a fault of the disk stops all writing."""
        self.check()
        try:
            with translated(self._place):
                written = write()
        except StoreError as error:
            if not is_fault_of_disk(error):
                raise
            fence = self._stop(error.__cause__)
            if isinstance(error, CommitUnknownError | StoreInvalidError):
                raise
            raise fence from error
        try:
            if self._note is not None:
                self._note.write(last_entry(self._connection))
        except apsw.Error as fault:  # what was written is on the disk; nothing more will be
            self._stop(fault)
        return written

    def _shorten_log(self) -> None:
        """Bring the log into the file, if it is long."""
        try:
            if self._fence is None and self._log.is_long:
                self._log.shorten()
                if self._note is not None:
                    self._note.flush()
        except apsw.Error as fault:
            self._stop(fault)

    def _stop(self, fault: BaseException | None) -> StoreFencedError:
        self._fence = StoreFencedError(
            f"{self._place}: writing has stopped, after a fault of its disk ({fault}); what was acknowledged is there"
            " and can be read; once the disk is sound, restart what serves it, and send again (with the same key) what"
            " was not acknowledged"
        )
        # The log may lack what its failed flush left out: whoever opens it next looks before it goes into the file.
        self._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        return self._fence

    async def close(self) -> None:
        """Edits that wait are refused; the group that is being written is written to its end."""
        left, self._waiting = self._waiting, []
        for _, outcome in left:
            if not outcome.done():
                outcome.set_exception(StoreUnavailableError(f"{self._place}: this store was closed"))
        if self._task is not None:
            await self._task
        if self._thread is not None:
            self._thread.shutdown()
        try:
            with suppress(apsw.FullError):  # the log stays then, with what was acknowledged
                self._connection.close()
            if self._note is not None:
                self._note.flush()
        finally:
            if self._note is not None:
                self._note.close()
            if self._lock is not None:
                self._lock.release()
