"""The way to the server (连接): reads with a deadline, writes in managed transactions, one bookmark manager."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import neo4j

from graph_model.errors import (
    CommitUnknownError,
    StoreError,
    StoreInvalidError,
    StoreNewerError,
    StoreUnavailableError,
)
from graph_model.stores.neo4j.address import Address
from graph_model.stores.neo4j.faults import is_refusal, translated
from graph_model.stores.neo4j.patience import Patience
from graph_model.stores.neo4j.schema import (
    AWAIT_INDEXES,
    BEFORE_ALL,
    CREATE_HEAD,
    LOOK,
    MIGRATE,
    SCHEMA_VERSION,
    SHOW_INDEXES,
    constraints,
    indexes,
)
from graph_model.stores.neo4j.sending import Parameters, as_sent
from graph_model.stores.neo4j.snapshot import EMPTY_VERSION, MARK, Question

T = TypeVar("T")
Transaction = neo4j.AsyncManagedTransaction


class Connection:
    """A database of a server; connects when first asked, and again whenever that is needed."""

    def __init__(self, address: Address, password: str | None, patience: Patience) -> None:
        self.place = address.place
        self.patience = patience
        self._address = address
        self._password = password
        self._driver: neo4j.AsyncDriver | None = None
        self._is_closed = False
        self._is_prepared = False

    async def ask(self, question: Question, recorded_as_of: int | None, **parameters: Any) -> neo4j.Record:  # noqa: ANN401
        """The one row that answers a question: one round trip, in a read transaction.

        Raises StoreError, also where the database holds no graph of this schema.
        """
        return await self.ask_within(self.patience.read, question, recorded_as_of, parameters)

    async def ask_within(
        self, seconds: float, question: Question, recorded_as_of: int | None, parameters: Parameters
    ) -> neo4j.Record:
        """As ``ask``, with another deadline."""
        rows = await self.rows(*question.asked(recorded_as_of, parameters), seconds=seconds)
        if not rows:
            await self._explain_absence()
        return rows[0]

    async def rows(self, statement: str, parameters: Parameters, *, seconds: float | None = None) -> list[neo4j.Record]:
        """All rows of a statement that reads, within some seconds, or those that a question may take."""
        driver = self._open()
        sent, given = as_sent(statement, parameters)
        seconds = self.patience.read if seconds is None else seconds
        query = neo4j.Query(sent, timeout=seconds)
        with translated(self.place):
            async with asyncio.timeout(seconds):
                result = await driver.execute_query(
                    query,
                    given,
                    routing_=neo4j.RoutingControl.READ,
                    database_=self._address.database,
                )
        return result.records

    async def change(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Do some work in a write transaction, once more where the server says that repeating it may help.

        Raises CommitUnknownError where the work was done, and its COMMIT neither confirmed nor refused.
        """
        driver = self._open()
        is_done = False

        async def watched(transaction: Transaction) -> T:
            nonlocal is_done
            is_done = False
            result = await work(transaction)
            is_done = True
            return result

        bounded = neo4j.unit_of_work(timeout=self.patience.write)(watched)
        try:
            with translated(self.place):
                async with (
                    asyncio.timeout(self.patience.write),
                    driver.session(
                        database=self._address.database, bookmark_manager=driver.execute_query_bookmark_manager
                    ) as session,
                ):
                    return await session.execute_write(bounded)
        except StoreError as error:
            if is_done and not is_refusal(error):
                raise CommitUnknownError(
                    f"{self.place}: the answer to its COMMIT was lost ({error.__cause__}); whether it was written is"
                    " known once the server answers again: send it again then, with the same key"
                ) from error
            raise

    async def prepare(self) -> None:
        """Make constraints, indexes and the head where they are missing.

        Raises StoreInvalidError where the database holds something else, StoreNewerError for a later schema.
        """
        if self._is_prepared:
            return
        (row,) = await self.rows(LOOK, MARK)
        if row["schema"] is None and row["nodes"]:
            raise self._stranger()
        if row["schema"] is not None and row["schema"] > SCHEMA_VERSION:
            raise self._newer(row["schema"])
        known = {found["name"] for found in await self.rows(SHOW_INDEXES, {})}
        missing = [statement for name, statement in (*constraints(), *indexes()) if name not in known]
        for statement in missing:  # of a database that was just made, or imported
            await self._define(statement)
        if missing:
            await self._define(AWAIT_INDEXES, seconds=int(self.patience.prepare))
        if row["schema"] is None:
            await self._define(CREATE_HEAD, **MARK, moment=BEFORE_ALL, version=EMPTY_VERSION)
        elif row["schema"] < SCHEMA_VERSION:
            await self._define(MIGRATE, **MARK)
        self._is_prepared = True

    async def close(self) -> None:
        """Close all connections; closing twice does nothing."""
        self._is_closed = True
        driver, self._driver = self._driver, None
        if driver is not None:
            with translated(self.place):
                await driver.close()

    def _open(self) -> neo4j.AsyncDriver:
        """The driver, made where it is first needed: it belongs to the running event loop."""
        if self._is_closed:
            raise StoreUnavailableError(f"{self.place}: this store was closed")
        if self._driver is None:
            user = self._address.user
            with translated(self.place):
                self._driver = neo4j.AsyncGraphDatabase.driver(
                    self._address.server,
                    auth=None if user is None else (user, self._password or ""),
                    connection_timeout=self.patience.connect,
                    connection_acquisition_timeout=self.patience.acquire,
                    max_transaction_retry_time=self.patience.retry,
                    notifications_min_severity="OFF",
                    user_agent="zeren",
                )
        return self._driver

    async def _define(self, statement: str, **parameters: Any) -> None:  # noqa: ANN401
        driver = self._open()
        sent, given = as_sent(statement, parameters)
        with translated(self.place):
            async with asyncio.timeout(self.patience.prepare):
                await driver.execute_query(
                    neo4j.Query(sent, timeout=self.patience.prepare),
                    given,
                    database_=self._address.database,
                )

    async def _explain_absence(self) -> None:
        (row,) = await self.rows(LOOK, MARK)
        if row["schema"] is None and row["nodes"]:
            raise self._stranger()
        if row["schema"] is not None and row["schema"] > SCHEMA_VERSION:
            raise self._newer(row["schema"])
        if row["schema"] is not None and row["schema"] < SCHEMA_VERSION:
            raise StoreUnavailableError(
                f"{self.place}: it was written by an earlier release (schema {row['schema']}): run"
                " `python -m loaders load`, which brings it up to date and loses nothing"
            )
        raise StoreUnavailableError(f"{self.place}: nothing was loaded yet: run `python -m loaders load`")

    def _stranger(self) -> StoreInvalidError:
        return StoreInvalidError(
            f"{self.place}: this database holds something else, and Zeren wants one of its own: name an empty database"
        )

    def _newer(self, schema: int) -> StoreNewerError:
        return StoreNewerError(
            f"{self.place}: it was written by a newer release (schema {schema}; this one knows {SCHEMA_VERSION}):"
            " use that release"
        )
