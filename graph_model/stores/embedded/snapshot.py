"""One consistent state of the store: all that one question reads, in one read transaction (快照)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, TypeAlias

import apsw
import msgspec

from graph_model.records import AnyClaim, AnyItem, AnyNode, Relation
from graph_model.stores.embedded.schema import FOREVER

_NODES: msgspec.json.Decoder[AnyNode] = msgspec.json.Decoder(AnyNode)
_CLAIMS: msgspec.json.Decoder[AnyClaim] = msgspec.json.Decoder(AnyClaim)
_RELATIONS: msgspec.json.Decoder[Relation] = msgspec.json.Decoder(Relation)
_ITEMS: msgspec.json.Decoder[AnyItem] = msgspec.json.Decoder(AnyItem)

decode_node: Final = _NODES.decode
decode_claim: Final = _CLAIMS.decode
decode_relation: Final = _RELATIONS.decode
decode_item: Final = _ITEMS.decode

NOW: Final = FOREVER - 1
"""A moment after every write: what is current then is current now."""

EMPTY_VERSION: Final = "0" * 64

_LAST_WRITE = "SELECT number, version FROM write WHERE recorded_at <= :moment ORDER BY recorded_at DESC LIMIT 1"

_IS_PRESENT = "SELECT NOT EXISTS (SELECT 1 FROM write WHERE recorded_at > :moment)"


Parameter: TypeAlias = "str | int | bytes | apsw.CArrayBinding | None"


class Snapshot:
    """A connection inside a read transaction, and the moment (microseconds) that is asked for.

    A moment after which nothing was written is now, which costs less. ``generation`` and ``version`` are those after
    the last write at the moment. Every statement may use ``:moment``.
    """

    def __init__(self, connection: apsw.Connection, recorded_as_of: int | None) -> None:
        self.connection = connection
        self.moment = NOW if recorded_as_of is None else max(-FOREVER, min(recorded_as_of, NOW))
        if self.moment != NOW and connection.execute(_IS_PRESENT, {"moment": self.moment}).get:
            self.moment = NOW
        last = connection.execute(_LAST_WRITE, {"moment": self.moment}).fetchone()
        self.generation: int = last[0] if last else 0
        self.version: str = last[1] if last else EMPTY_VERSION

    def rows(self, statement: str, **parameters: Parameter) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        return list(self.iterate(statement, **parameters))

    def iterate(self, statement: str, **parameters: Parameter) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement, one after the other; the snapshot must stay open until the last."""
        parameters["moment"] = self.moment
        return self.connection.execute(statement, parameters)

    def column(self, statement: str, **parameters: Parameter) -> list[Any]:
        """The only column of all rows of a statement."""
        return [value for (value,) in self.iterate(statement, **parameters)]

    def count(self, statement: str, **parameters: Parameter) -> int:
        """The number that a statement with one row counts."""
        (number,) = self.column(statement, **parameters)
        return int(number)


@contextmanager
def snapshot(connection: apsw.Connection, recorded_as_of: int | None) -> Iterator[Snapshot]:
    """A snapshot; the state that it sees is that of the last commit before it was entered."""
    connection.execute("BEGIN")
    try:
        yield Snapshot(connection, recorded_as_of)
    except BaseException:
        if connection.in_transaction:
            with suppress(apsw.Error):  # it is the first fault that counts
                connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def texts(values: Iterable[str]) -> apsw.CArrayBinding:
    """Some texts as a table for ``carray``; what no text of the store can equal is left away."""
    kept = tuple(values)
    whole = "".join(kept)
    if not whole.isascii() or "\0" in whole:  # hardly ever: ids and codes are ASCII
        kept = tuple(value for value in kept if is_storable(value))
    return apsw.carray(kept or ("",))  # an empty array cannot be bound, and no id and no code is empty


def is_storable(text: str) -> bool:
    """False for what UTF-8 or an array of C strings cannot hold."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text))
