"""Relay connections (分页) with keyset cursors.

A cursor names the last row seen, so that pages stay right while data changes.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Annotated, Generic, TypeVar

import msgspec
import strawberry

from graph_model.errors import BadUserInputError

T = TypeVar("T")
K = TypeVar("K")

MAX_FIRST = 1000
DEFAULT_FIRST = 100

First = Annotated[
    int | None,
    strawberry.argument(description=f"How many rows to give, at most {MAX_FIRST}; {DEFAULT_FIRST} if left away."),
]
After = Annotated[
    str | None, strawberry.argument(description="The cursor of the last row seen: `endCursor` of the page before.")
]


@strawberry.type(description="Where a page stands in its list, as Relay defines it.")
class PageInfo:
    """See the description."""

    has_next_page: bool = strawberry.field(description="Whether rows follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether this page was asked for with `after`.")
    start_cursor: str | None = strawberry.field(description="The first row's cursor; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The last row's cursor; null on an empty page.")


@strawberry.type(description="A row of a page.")
class Edge(Generic[T]):
    """See the description."""

    cursor: str = strawberry.field(description="Names this row: give it as `after` to go on behind it.")
    node: T = strawberry.field(description="The row itself.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """See the description."""

    edges: list[Edge[T]] = strawberry.field(description="The rows, in the list's order.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many rows the whole list has, whatever page was asked for.")


def check_first(first: int | None) -> int:
    """The page's size. Raises BadUserInputError."""
    if first is None:
        return DEFAULT_FIRST
    if not 0 <= first <= MAX_FIRST:
        raise BadUserInputError(f"first: {first} is out of range; ask for 0 to {MAX_FIRST} rows")
    return first


def encode_cursor(kind: str, key: object) -> str:
    """An opaque cursor of one kind of list."""
    return base64.urlsafe_b64encode(msgspec.json.encode([kind, key])).decode().rstrip("=")


def decode_cursor(cursor: str | None, kind: str, of: type[K]) -> K | None:
    """The key of a cursor; None without one. Raises BadUserInputError for what is no cursor of this list."""
    if cursor is None:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found, key = msgspec.json.decode(base64.b64decode(padded, b"-_", validate=True), type=tuple[str, msgspec.Raw])
        if found == kind:
            return msgspec.json.decode(key, type=of)
    except (ValueError, binascii.Error, msgspec.DecodeError, RecursionError):
        pass
    shown = cursor if len(cursor) <= 60 else cursor[:57] + "..."
    raise BadUserInputError(f"after: {shown!r} is no cursor of this list; give `endCursor` of its page before")


def connection(rows: Iterable[tuple[str, T]], *, total: int, has_next: bool, after: str | None) -> Connection[T]:
    """A connection of rows with their cursors."""
    edges = [Edge(cursor=cursor, node=node) for cursor, node in rows]
    info = PageInfo(
        has_next_page=has_next,
        has_previous_page=after is not None,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Connection(edges=edges, page_info=info, total_count=total)
