"""Warming up (预热): every question is asked once, about nobody, so that the server has planned it before it matters.

A server that has just started plans slowly: the statement of a chain takes it longer than a question may take. Plans
are the server's own, and gone when it stops.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import neo4j

from graph_model.errors import StoreUnavailableError
from graph_model.exchange import End, Wanted, Window
from graph_model.records import Family
from graph_model.stores.neo4j.connection import Connection
from graph_model.stores.neo4j.reader import Neo4jReader
from graph_model.stores.neo4j.snapshot import Question

A_MOMENT: Final = 2.0
"""How many seconds somebody who wants to know waits for the end of it."""

_NOBODY = "zeren:nobody"
_NEVER = Window(1, 1)
_TYPES = ("household", "name", "finding", "relation")
"""One record type for each way in which records lie."""


class Warmth:
    """Whether a server has planned the questions; it is gone with the server."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._asking: asyncio.Task[None] | None = None

    async def check(self) -> None:
        """Begin to warm up where nobody did, and wait a moment for its end.

        Raises StoreUnavailableError where it goes on, the StoreError that stopped it where it failed.
        """
        if self._asking is None:
            self._asking = asyncio.create_task(_ask_everything(Neo4jReader(_Patient(self._connection))))
        asking = self._asking
        await asyncio.wait([asking], timeout=A_MOMENT)
        if not asking.done():
            raise StoreUnavailableError(
                f"{self._connection.place}: it plans its queries, as after each start; ask again in some seconds"
            )
        if asking.exception() is not None:
            self.lose()
        asking.result()

    def lose(self) -> None:
        """Begin anew next time: the server was out of reach, and may have started again."""
        if self._asking is not None and self._asking.done():
            self._asking = None

    async def stop(self) -> None:
        """Ask no further."""
        asking, self._asking = self._asking, None
        if asking is not None:
            asking.cancel()
            await asyncio.wait([asking])
            if not asking.cancelled():
                asking.exception()  # nobody waits for it any more


class _Patient:
    """Asks with all the time that a statement may take to be planned."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def ask(self, question: Question, recorded_as_of: int | None, **parameters: Any) -> neo4j.Record:  # noqa: ANN401 - as Asker
        """As ``Asker``."""
        seconds = self._connection.patience.prepare
        return await self._connection.ask_within(seconds, question, recorded_as_of, parameters)


async def _ask_everything(reader: Neo4jReader) -> None:
    """What is asked most comes first: whoever does not wait for the end finds it planned."""
    await reader.header()
    await reader.neighbourhood([_NOBODY], _NEVER)
    await reader.lookup([_NOBODY])
    await reader.descendants(_NOBODY, "village", _NEVER)
    await reader.assets(_NOBODY, _NEVER)
    await reader.counts()
    await reader.search(_NOBODY, _NEVER, first=1)
    for record_type in _TYPES:
        await reader.list_records(record_type, first=1)
        await reader.list_records(record_type, first=1, prefix=_NOBODY)
    for family in Family:
        for end in End:
            await reader.relations([_NOBODY], family, end, _NEVER, first=1)
    for assignee, target in ((_NOBODY, None), (None, _NOBODY), (None, None)):
        wanted = Wanted(kinds=(_NOBODY,), regimes=(_NOBODY,), assignee=assignee, target=target)
        await reader.assignments(wanted, _NEVER, first=1)
    await reader.neighbourhood([_NOBODY], _NEVER, 0)
    await reader.header(0)
    await reader.records([_NOBODY])
    await reader.journal(first=1)
    await reader.entries([1])
    await reader.changes(first=1)
    await reader.changes(touching=_NOBODY, first=1)
