"""The bounds that are checked (限额数值), with their defaults; ``settings.py`` makes each of them settable."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class QueryBounds:
    """What a document and its variables may be. A value equal to its bound is allowed."""

    characters: int = 32_768
    """Characters of the document; the parser looks at each of them, and longer values belong into the variables."""
    tokens: int = 2_000
    """Lexical tokens of the document; comments count too."""
    definitions: int = 100
    """Operations and fragments: validation takes much longer for one of them than for a field."""
    depth: int = 20
    """Fields within fields; fragments add nothing."""
    fragment_depth: int = 50
    """Fragments that spread fragments: validation and execution follow them by recursion."""
    aliases: int = 30
    """Aliased fields, those of a fragment each time that it is spread."""
    root_fields: int = 20
    """Fields of an operation's root, after expansion."""
    fields: int = 500
    """Fields of all operations, those of a fragment each time that it is spread."""
    introspection_depth: int = 15
    """Fields within fields from ``__schema`` or ``__type`` on: what GraphiQL itself asks for, and no more."""
    introspection_lists: int = 1
    """Lists of fields, interfaces or types within each other in an introspection."""
    variables_depth: int = 16
    """Objects and lists within each other in the variables."""
    cost: int = 200_000
    """Fields that an answer may have by the sizes of its lists; see ``pricing``."""


@dataclass(frozen=True)
class LoadBounds:
    """How much may be under way at the same time, and for how long."""

    request_seconds: float = 10.0
    """How long a request may wait and run."""
    body_seconds: float = 10.0
    """How long the head of a request, its body, or taking its answer may take without an end."""
    concurrent: int = 64
    """Requests that run at the same time."""
    waiting: int = 256
    """Requests that wait for their turn; the next one is refused."""
    per_client: int = 128
    """Requests of one address that run or wait."""
    connections: int = 4_096
    """Open connections of the whole server."""
    sockets: int = 1_024
    """WebSockets among them."""
    sockets_per_client: int = 64
    """WebSockets of one address."""
    socket_operations: int = 32
    """Operations under way on one WebSocket, subscriptions and others."""
    subscriptions: int = 4_096
    """Subscriptions of the whole server."""
    socket_init_seconds: float = 3.0
    """How long a WebSocket may take to send its ``connection_init``."""
    socket_ping_seconds: float = 20.0
    """How often a WebSocket is pinged, and how long its answer may take."""
