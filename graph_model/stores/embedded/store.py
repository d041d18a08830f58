"""The store object: the contract of ``stores.base`` over one SQLite file (嵌入式存储)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import apsw

from graph_model.errors import StoreError
from graph_model.exchange import Batch, Edited, EditRequest, WholeWrite, Written
from graph_model.stores.base import Decide
from graph_model.stores.embedded.editing import Waiting
from graph_model.stores.embedded.faults import translated
from graph_model.stores.embedded.reader import EmbeddedReader
from graph_model.stores.embedded.writer import Writer


class EmbeddedStore(EmbeddedReader):
    """A store over one SQLite file, or over a database in memory; made by ``open_store``.

    For one thread, that of the event loop: reads never wait for anything but SQLite, and block the loop while they run.
    A read takes well under a millisecond for a village. All writing is done in a thread of its own, edits that wait in
    one transaction; ``replay`` alone blocks the loop. Reads see each commit, of this or another
    process, as soon as it is done.
    """

    def __init__(
        self, place: str, path: Path | None, reading: apsw.Connection, writer: Writer | None, disk: str = ""
    ) -> None:
        super().__init__(place, path, reading, disk=disk)
        self._writer = writer

    async def apply(
        self,
        batches: Sequence[Batch],
        *,
        recorded_at: int,
        author: str,
        progress: Callable[[int], None] | None = None,
        upon: int | None = None,
    ) -> tuple[Written, ...]:
        """As ``StoreWriter``. Raises StoreError on a store that was opened for reading.

        When it returns, what it wrote is on the disk. An exception of ``progress`` undoes everything, as any other.
        """
        writer = self._open_writer()
        return await writer.apply(
            batches, recorded_at=recorded_at, author=author, progress=progress or _ignore, upon=upon
        )

    async def edit(self, decide: Decide, request: EditRequest, *, recorded_at: int) -> Edited:
        """As ``StoreWriter``. Raises StoreError on a store that was opened for reading.

        ``decide`` runs in the thread that writes. When this returns, what it wrote is on the disk.
        """
        return await self._open_writer().edit(Waiting(decide, request, recorded_at))

    async def replay(self, write: WholeWrite, *, progress: Callable[[int], None] | None = None) -> None:
        """As ``StoreWriter``. Raises StoreError on a store that was opened for reading."""
        await self._open_writer().replay(write, progress=progress or _ignore)

    async def check_writing(self) -> None:
        """As ``StoreWriter``."""
        self._check_open()
        if self._writer is not None:
            self._writer.check()

    async def warm_up(self) -> None:
        """As ``Store``: SQLite plans a statement in no time."""

    def _open_writer(self) -> Writer:
        self._check_open()
        if self._writer is None:
            raise StoreError(f"{self._place}: it was opened for reading; open it for writing")
        return self._writer

    async def close(self) -> None:
        """As ``Store``. Edits that wait are refused; the group that is being written is written to its end."""
        if self._is_closed:
            return
        self._is_closed = True
        with translated(self._place):
            try:
                self._reading.close()
            finally:
                if self._writer is not None:
                    await self._writer.close()


def _ignore(_: int) -> None:
    """No progress is asked for."""
