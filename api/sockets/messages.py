"""Messages of ``graphql-transport-ws`` (消息): what a client may send, and the codes that a socket is closed with."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import msgspec
from msgspec import Struct

from api.answers import Asked

SUBPROTOCOL = "graphql-transport-ws"
LONGEST_REASON = 123
"""How long the reason of a close may be, in bytes: the rest of a WebSocket's control frame."""
_TO_CLIENTS = frozenset({"connection_ack", "next", "error"})


class CloseCode(IntEnum):
    """Why a socket is closed. From 4000 on as the protocol has them."""

    TOO_SLOW = 1013
    """The client did not read what it was sent; or the tokens cannot be read now. Both: try again later."""
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INIT_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY_INITS = 4429
    INTERNAL_ERROR = 4500


class MessageError(Exception):
    """A message that closes the socket."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Init(Struct, frozen=True):
    """``connection_init``; ``payload`` is None where it has none."""

    payload: dict[str, Any] | None


class Ping(Struct, frozen=True):
    """``ping``."""

    payload: dict[str, Any] | None


class Pong(Struct, frozen=True):
    """``pong``: nothing is done about it."""


class Subscribe(Struct, frozen=True):
    """``subscribe``: an operation of any type."""

    id: str
    asked: Asked


class Complete(Struct, frozen=True):
    """``complete``: the client wants no more of an operation."""

    id: str


Message = Init | Ping | Pong | Subscribe | Complete


def read_message(data: str | bytes) -> Message:
    """The message in a frame of text or of bytes. Raises MessageError."""
    try:
        content = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise _invalid() from error
    if not isinstance(content, dict):
        raise _invalid()
    kind = content.get("type")
    if not isinstance(kind, str):
        raise _invalid()
    if kind == "subscribe":
        return Subscribe(_id_of(content), _asked(content.get("payload")))
    if kind == "complete":
        return Complete(_id_of(content))
    if kind in {"connection_init", "ping", "pong"}:
        payload = _object(content.get("payload"))
        if kind == "pong":
            return Pong()
        return Ping(payload) if kind == "ping" else Init(payload)
    if kind in _TO_CLIENTS:
        return _refuse_ours(content)
    raise _invalid()


def _refuse_ours(content: dict[str, Any]) -> Message:
    """A message that only a server sends: the reference server calls a whole one an error of its own."""
    kind, payload = content["type"], content.get("payload")
    if kind == "connection_ack":
        _object(payload)
    else:
        _id_of(content)
        is_whole = isinstance(payload, dict) if kind == "next" else _is_errors(payload)
        if not is_whole:
            raise _invalid()
    raise MessageError(CloseCode.INTERNAL_ERROR, f"Unexpected message of type {kind} received")


def _is_errors(payload: object) -> bool:
    if not isinstance(payload, list) or not payload:
        return False
    return all(isinstance(each, dict) and "message" in each for each in payload)


def _id_of(content: dict[str, Any]) -> str:
    found = content.get("id")
    if not isinstance(found, str) or not found:
        raise _invalid()
    return found


def _asked(payload: object) -> Asked:
    if not isinstance(payload, dict) or not isinstance(payload.get("query"), str):
        raise _invalid()
    name = payload.get("operationName")
    if name is not None and not isinstance(name, str):
        raise _invalid()
    _object(payload.get("extensions"))
    return Asked(payload["query"], _object(payload.get("variables")), name or None)


def _object(value: object) -> dict[str, Any] | None:
    """An object, or nothing."""
    if value is None or isinstance(value, dict):
        return value
    raise _invalid()


def _invalid() -> MessageError:
    return MessageError(CloseCode.BAD_REQUEST, "Invalid message received")


def shorten(reason: str) -> str:
    """A reason that a close frame has room for."""
    data = reason.encode("utf-8", "replace")
    return reason if len(data) <= LONGEST_REASON else data[:LONGEST_REASON].decode("utf-8", "ignore")
