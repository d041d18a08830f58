"""Writes whose COMMIT was not answered (提交查证): looked up, behind whoever still holds the head.

The server may have committed before the connection broke, may still be about to, or may never have heard of it. The
next transaction that locks the head waits for the one that was cut, and then knows. So work that is given to these
functions must begin by locking the head and looking whether it is done already (``has_arrived``): then doing it once
more is looking it up and, where it is not there, writing it, and never writes twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from graph_model.errors import CommitUnknownError, StoreError, StoreUnavailableError
from graph_model.stores.neo4j.connection import Connection, Transaction
from graph_model.stores.neo4j.head import Head, run

T = TypeVar("T")

_FIND: Final = "MATCH (w:Write {number: $number}) WHERE w.token = $token RETURN count(*) AS found"


async def change_surely(connection: Connection, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """As ``Connection.change``, and a COMMIT without an answer is looked up.

    Raises CommitUnknownError where the server cannot be asked now.
    """
    try:
        return await connection.change(work)
    except CommitUnknownError as unknown:
        try:
            return await connection.change(work)
        except StoreError as error:
            raise unknown from error


async def change_unseen(connection: Connection, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """As ``change_surely``, for a step of a write that nobody sees before its last one: the write itself failed."""
    try:
        return await change_surely(connection, work)
    except CommitUnknownError as unknown:
        raise StoreUnavailableError(f"{connection.place}: it is out of reach; nothing was written") from unknown


async def has_arrived(transaction: Transaction, head: Head, token: str, number: int) -> bool:
    """Whether the write with this token, which would have had this number, is there: only its answer was lost."""
    if head.token == token:
        return True
    if head.number < number:
        return False
    ((found,),) = await run(transaction, _FIND, {"number": number, "token": token})
    return bool(found)
