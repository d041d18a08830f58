"""The store object: the contract of ``stores.base`` over one Neo4j database (图数据库存储)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

import neo4j

from graph_model.errors import StoreError, StoreTimeoutError, StoreUnauthorizedError, StoreUnavailableError
from graph_model.exchange import Batch, Edited, EditRequest, WholeWrite, Written
from graph_model.stores.base import Decide
from graph_model.stores.neo4j.address import parse_url
from graph_model.stores.neo4j.connection import Connection
from graph_model.stores.neo4j.editing import write_edit
from graph_model.stores.neo4j.patience import Patience
from graph_model.stores.neo4j.reader import Neo4jReader
from graph_model.stores.neo4j.replaying import replay
from graph_model.stores.neo4j.snapshot import Question
from graph_model.stores.neo4j.warming import Warmth
from graph_model.stores.neo4j.writing import write_batches


class Mode(Enum):
    """What a store is opened for."""

    READER = "reader"
    WRITER = "writer"


class Neo4jStore(Neo4jReader):
    """A store over one Neo4j database; made by ``open_store``.

    It connects when it is first asked, from the event loop that asks: a server that is down makes each question fail,
    and none once it is back. A writer makes constraints and indexes with its first question where they are missing.
    """

    def __init__(self, connection: Connection, mode: Mode) -> None:
        super().__init__(self)
        self._connection = connection
        self._mode = mode
        self._turn = asyncio.Lock()
        self._warmth = Warmth(connection)

    async def ask(self, question: Question, recorded_as_of: int | None, **parameters: Any) -> neo4j.Record:  # noqa: ANN401 - as Asker
        """As ``Asker``: in a read transaction of its own."""
        try:
            if self._mode is Mode.WRITER:
                await self._connection.prepare()
            return await self._connection.ask(question, recorded_as_of, **parameters)
        except StoreUnavailableError as error:
            if not isinstance(error, StoreTimeoutError):
                self._warmth.lose()
            raise

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

        An exception of ``progress`` undoes everything, as any other: nobody sees what was written so far. The same call
        again goes on behind it.
        """
        async with self._turn:
            connection = await self._writable()
            return await write_batches(
                connection,
                batches,
                recorded_at=recorded_at,
                author=author,
                progress=progress or _ignore,
                upon=upon,
            )

    async def edit(self, decide: Decide, request: EditRequest, *, recorded_at: int) -> Edited:
        """As ``StoreWriter``. Raises StoreError on a store that was opened for reading."""
        async with self._turn:  # one after the other here, so that they need not wait for each other at the server
            return await write_edit(await self._writable(), decide, request, recorded_at=recorded_at)

    async def replay(self, write: WholeWrite, *, progress: Callable[[int], None] | None = None) -> None:
        """As ``StoreWriter``. Raises StoreError on a store that was opened for reading."""
        async with self._turn:
            await replay(await self._writable(), write, progress or _ignore)

    async def check_writing(self) -> None:
        """As ``StoreWriter``: the server itself stops writing after a fault of its disk, and says so to each write."""

    async def warm_up(self) -> None:
        """As ``Store``."""
        await self._warmth.check()

    async def close(self) -> None:
        """As ``Store``."""
        await self._warmth.stop()
        await self._connection.close()

    async def _writable(self) -> Connection:
        if self._mode is Mode.READER:
            raise StoreError(f"{self._connection.place}: it was opened for reading; open it for writing")
        await self._connection.prepare()
        return self._connection


def _ignore(_: int) -> None:
    """No progress is asked for."""


def open_database(url: str, mode: Mode, password: str | None, patience: Patience) -> Neo4jStore:
    """The store in a database of a server, which is not spoken to before the first question.

    Raises StoreAddressError for a URL that is none of ``neo4j.address``; StoreUnauthorizedError where it names a user
    and there is no password.
    """
    address = parse_url(url)
    if address.user is not None and password is None:
        raise StoreUnauthorizedError(
            f"{address.place}: the password of {address.user!r} is missing: set ZEREN_STORE_PASSWORD or"
            " ZEREN_STORE_PASSWORD_FILE"
        )
    return Neo4jStore(Connection(address, password, patience), mode)
