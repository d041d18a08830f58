"""The one place where faults of Neo4j and of the way to it become errors of the store (故障)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    ConnectionAcquisitionTimeoutError,
    ConstraintError,
    DriverError,
    Forbidden,
    ForbiddenOnReadOnlyDatabase,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from graph_model.errors import (
    BadUserInputError,
    StoreAddressError,
    StoreError,
    StoreInvalidError,
    StoreLockedError,
    StoreReadOnlyError,
    StoreTimeoutError,
    StoreUnauthorizedError,
    StoreUnavailableError,
)

_TIMED_OUT = (
    "Neo.ClientError.Transaction.TransactionTimedOut",
    "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
    "Neo.TransientError.Transaction.LockAcquisitionTimeout",
    "Neo.ClientError.Transaction.LockAcquisitionTimeout",
)
_NO_DATABASE = "Neo.ClientError.Database.DatabaseNotFound"
_READ_ONLY = "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase"


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Whatever the driver raises inside becomes a StoreError that names ``place``, with the fault as its cause."""
    try:
        yield
    except Neo4jError as fault:
        raise _server_error(fault, place) from fault
    except DriverError as fault:
        raise _driver_error(fault, place) from fault
    except TimeoutError as fault:
        raise StoreTimeoutError(f"{place}: it did not answer in time") from fault
    except OSError as fault:
        raise StoreUnavailableError(f"{place}: it is out of reach ({fault})") from fault
    except msgspec.DecodeError as fault:
        raise StoreInvalidError(f"{place}: a record in it cannot be read, it is damaged: {fault}") from fault
    except UnicodeEncodeError as fault:
        raise BadUserInputError(f"{fault.object!r} is no text that UTF-8 can hold") from fault
    except OverflowError as fault:
        raise BadUserInputError("a number is too large: 64 bits must hold it") from fault


def is_refusal(error: StoreError) -> bool:
    """Whether the server itself said that it undid a transaction."""
    return isinstance(error.__cause__, ClientError | TransientError)


def _server_error(fault: Neo4jError, place: str) -> StoreError:
    said = f"{fault.code}: {fault.message}"
    if fault.code in _TIMED_OUT:
        return StoreTimeoutError(f"{place}: it took longer than it may ({said})")
    if fault.code == _NO_DATABASE:
        return StoreAddressError(f"{place}: the server has no such database; name one that it has")
    if isinstance(fault, ForbiddenOnReadOnlyDatabase) or fault.code == _READ_ONLY:
        return StoreReadOnlyError(f"{place}: this database can only be read")
    if isinstance(fault, AuthError):
        return StoreUnauthorizedError(f"{place}: the server does not take this user and password")
    if isinstance(fault, Forbidden) or (fault.code or "").startswith("Neo.ClientError.Security."):
        return StoreUnauthorizedError(f"{place}: the server does not allow it ({said})")
    if isinstance(fault, ConstraintError):
        return StoreLockedError(f"{place}: somebody else wrote to it at the same time ({said}); try again")
    if isinstance(fault, TransientError):
        return StoreUnavailableError(f"{place}: it cannot answer now ({said})")
    if isinstance(fault, ClientError):
        return StoreError(f"{place}: {said}")
    return StoreError(f"{place}: the server failed ({said})")


def _driver_error(fault: DriverError, place: str) -> StoreError:
    if isinstance(fault, ConnectionAcquisitionTimeoutError):
        return StoreTimeoutError(f"{place}: no connection to it was free in time")
    if isinstance(fault, ServiceUnavailable | SessionExpired):
        return StoreUnavailableError(f"{place}: it is out of reach ({fault})")
    if isinstance(fault, ConfigurationError):
        return StoreAddressError(f"{place}: it cannot be spoken to like this ({fault})")
    return StoreError(f"{place}: {type(fault).__name__}: {fault}")
