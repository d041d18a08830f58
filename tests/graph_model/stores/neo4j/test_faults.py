"""What a server's faults become: typed errors in time, and answers again once the fault is over."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Final

import neo4j
import pytest
from neo4j.exceptions import ClientError, ConnectionAcquisitionTimeoutError

from graph_model.errors import (
    CommitUnknownError,
    StoreAddressError,
    StoreError,
    StoreTimeoutError,
    StoreUnauthorizedError,
    StoreUnavailableError,
)
from graph_model.stores.base import Store
from graph_model.stores.neo4j.address import parse_url
from graph_model.stores.neo4j.connection import Connection, Transaction
from graph_model.stores.neo4j.faults import translated
from graph_model.stores.neo4j.head import Head, lock_head
from graph_model.stores.opening import Patience, open_store
from tests.durability.edits import check_kept_by, put_pair
from tests.graph_model.stores.neo4j.conftest import Within
from tests.graph_model.stores.neo4j.proxy import Proxy
from tests.neo4j_server import IN_ONE_WORKER, RunningServer

pytestmark = IN_ONE_WORKER

IMPATIENT: Final = Patience(connect=2, read=2, write=4, retry=1)
PIECES: Final = range(1, 15)
"""An edit takes a dozen pieces, handshake and log-in not counted."""


@pytest.fixture
async def store(planned_server: RunningServer) -> AsyncIterator[Store]:
    opened = open_store(planned_server.url, "writer", password=planned_server.password, patience=IMPATIENT)
    yield opened
    await opened.close()


@pytest.fixture
async def proxy(planned_server: RunningServer) -> AsyncIterator[Proxy]:
    async with Proxy(parse_url(planned_server.url).port) as proxy:
        yield proxy


@pytest.fixture
async def far_store(planned_server: RunningServer, proxy: Proxy) -> AsyncIterator[Store]:
    """A store behind the proxy; ``bolt`` stays with the address that it was given."""
    url = f"bolt://neo4j@127.0.0.1:{proxy.port}/neo4j"
    opened = open_store(url, "writer", password=planned_server.password, patience=IMPATIENT)
    yield opened
    await opened.close()


@pytest.fixture
async def connection(planned_server: RunningServer) -> AsyncIterator[Connection]:
    opened = Connection(parse_url(planned_server.url), planned_server.password, Patience(read=8, write=3, retry=1))
    yield opened
    await opened.close()


@asynccontextmanager
async def head_held(server: RunningServer) -> AsyncIterator[None]:
    """Meanwhile somebody else has a transaction that writes the head, and does not end it."""
    address = parse_url(server.url)
    async with (
        neo4j.AsyncGraphDatabase.driver(address.server, auth=("neo4j", server.password)) as driver,
        driver.session(database=address.database) as session,
        await session.begin_transaction() as transaction,
    ):
        await transaction.run("MATCH (head:Head) SET head.locked = 1")
        yield


async def answers_again(store: Store) -> None:
    """Ask until it answers: the machine may be busy for a while after a fault."""
    async with asyncio.timeout(60):
        while True:
            try:
                await store.header()
            except StoreUnavailableError:
                continue  # it has waited as long as it may
            return


async def test_a_paused_server_does_not_answer_in_time(
    planned_server: RunningServer, store: Store, within: Within
) -> None:
    await store.header()
    with planned_server.paused(), within(IMPATIENT.read), pytest.raises(StoreTimeoutError) as told:
        await store.header()
    assert told.value.retryable
    await answers_again(store)


async def test_a_paused_server_does_not_keep_a_write_waiting(
    planned_server: RunningServer, store: Store, within: Within
) -> None:
    await store.header()
    with planned_server.paused(), within(2 * IMPATIENT.write), pytest.raises(StoreUnavailableError) as told:
        await put_pair(store, "paused")
    assert told.value.retryable
    await answers_again(store)
    assert (await put_pair(store, "paused")).entry is not None


async def test_a_slow_way_to_the_server_does_not_answer_in_time(far_store: Store, proxy: Proxy, within: Within) -> None:
    await far_store.header()
    proxy.delay = 2 * IMPATIENT.read
    with within(IMPATIENT.read), pytest.raises(StoreTimeoutError):
        await far_store.header()
    proxy.heal()
    await answers_again(far_store)


async def test_a_write_that_is_cut_anywhere_is_there_once(far_store: Store, proxy: Proxy) -> None:
    await far_store.header()
    acknowledged: dict[str, int] = {}
    failed = 0
    for pieces in PIECES:
        proxy.cut_after(pieces)
        try:
            await put_pair(far_store, f"cut{pieces}")
        except (StoreUnavailableError, CommitUnknownError):
            failed += 1
        proxy.heal()
        await answers_again(far_store)
        edited = await put_pair(far_store, f"cut{pieces}")
        assert edited.entry is not None
        acknowledged[f"cut{pieces}"] = edited.entry.number
    assert failed > len(PIECES) / 2, "the proxy cut too little to show anything"
    await check_kept_by(far_store, acknowledged)


async def test_a_wrong_password_is_told(planned_server: RunningServer, within: Within) -> None:
    store = open_store(planned_server.url, "reader", password="wrong", patience=IMPATIENT)  # noqa: S106
    with within(IMPATIENT.read), pytest.raises(StoreUnauthorizedError, match="does not take this user") as told:
        await store.header()
    await store.close()
    assert not told.value.retryable


async def test_a_wrong_database_is_told(planned_server: RunningServer, within: Within) -> None:
    url = planned_server.url.rpartition("/")[0] + "/elsewhere"
    store = open_store(url, "reader", password=planned_server.password, patience=IMPATIENT)
    with within(IMPATIENT.read), pytest.raises(StoreAddressError, match="has no such database"):
        await store.header()
    await store.close()


async def test_who_holds_the_head_does_not_keep_a_writer_waiting(
    planned_server: RunningServer, store: Store, within: Within
) -> None:
    await put_pair(store, "before")
    async with head_held(planned_server):
        with within(IMPATIENT.write), pytest.raises(StoreTimeoutError):
            await put_pair(store, "behind")
    assert (await put_pair(store, "behind")).entry is not None


async def test_a_question_that_takes_too_long_is_ended_at_the_server_too(
    connection: Connection, within: Within
) -> None:
    endless = "UNWIND range(1, $rows) AS a UNWIND range(1, $rows) AS b RETURN sum(a * b) AS endless"
    running = "SHOW TRANSACTIONS YIELD currentQuery"
    with within(1), pytest.raises(StoreTimeoutError):
        await connection.rows(endless, {"rows": 1_000_000}, seconds=1)
    async with asyncio.timeout(10):
        while any("endless" in row["currentQuery"] for row in await connection.rows(running, {})):
            continue


@pytest.fixture
def without_half_open_sockets() -> Iterator[None]:
    """The driver leaves a socket to the collector where it is cancelled while it connects: collected here, unheard."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.mark.usefixtures("without_half_open_sockets")
async def test_too_few_connections_are_no_fault_of_who_asks(planned_server: RunningServer, within: Within) -> None:
    connection = Connection(parse_url(planned_server.url), planned_server.password, Patience(read=60, write=3, retry=1))

    async def lock(transaction: Transaction) -> Head:
        return await lock_head("here", transaction)

    await asyncio.gather(*(connection.rows("RETURN 1 AS one", {}) for _ in range(120)))  # all there may be are open
    async with head_held(planned_server):
        with within(connection.patience.write):
            told = await asyncio.gather(*(connection.change(lock) for _ in range(120)), return_exceptions=True)
    assert {type(error) for error in told} == {StoreTimeoutError}
    await connection.change(lock)
    await connection.close()


def test_a_pool_that_is_empty_is_a_time_out() -> None:
    fault = ConnectionAcquisitionTimeoutError("none free")
    assert not isinstance(fault, ClientError)
    with pytest.raises(StoreTimeoutError, match="no connection to it was free"), translated("here"):
        raise fault


async def test_a_server_without_memory_is_not_asked_for_ever(connection: Connection, within: Within) -> None:
    large = "UNWIND range(1, $rows) AS number RETURN collect(toString(number) + '.') AS numbers"
    with within(connection.patience.read), pytest.raises(StoreError, match="MemoryPool") as told:
        await connection.rows(large, {"rows": 10_000_000})
    assert (told.value.code, told.value.retryable) == ("STORE_UNAVAILABLE", True)
    assert await connection.rows("RETURN 1 AS one", {})
