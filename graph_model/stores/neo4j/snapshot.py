"""One consistent state of the store: what every question begins with (快照).

Neo4j shows a query what others commit while it runs. So every question asks for a moment, that of the head or an
earlier one, and takes the versions that were current then: those of a moment never change any more.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

import neo4j

from graph_model.stores.neo4j.schema import APPLICATION, BEFORE_ALL, FOREVER, SCHEMA_VERSION
from graph_model.stores.neo4j.sending import Parameters

MARK: Final[Parameters] = {"application": APPLICATION, "schema": SCHEMA_VERSION}
"""What tells our head from any other node."""

EMPTY_VERSION: Final = "0" * 64

_NOW = """
MATCH (head:Head {application: $application, schema: $schema})
WITH head.moment AS moment, head.number AS generation, head.version AS version
"""

# The moment of the last write by then; before the first one, a moment at which there was nothing.
_THEN = """
MATCH (head:Head {application: $application, schema: $schema})
OPTIONAL MATCH (write:Write) WHERE write.recorded_at <= $recorded_as_of AND write.recorded_at <= head.moment
WITH write ORDER BY write.recorded_at DESC LIMIT 1
WITH coalesce(write.recorded_at, $before_all) AS moment, coalesce(write.number, 0) AS generation,
    coalesce(write.version, $empty_version) AS version
"""


class Question:
    """A statement with one row, which may use ``moment``, ``generation`` and ``version``, and must hand them on."""

    def __init__(self, body: str) -> None:
        self._now = _NOW + body
        self._then = _THEN + body

    def asked(self, recorded_as_of: int | None, parameters: Parameters) -> tuple[str, Parameters]:
        """The statement for a moment, with all of its parameters."""
        if recorded_as_of is None:
            return self._now, {**parameters, **MARK}
        moment = max(BEFORE_ALL, min(recorded_as_of, FOREVER - 1))
        then = {"recorded_as_of": moment, "before_all": BEFORE_ALL, "empty_version": EMPTY_VERSION}
        return self._then, {**parameters, **MARK, **then}


class Asker(Protocol):
    """Whatever answers questions: a connection, or a transaction that is under way."""

    async def ask(self, question: Question, recorded_as_of: int | None, **parameters: Any) -> neo4j.Record:  # noqa: ANN401 - whatever Neo4j takes
        """The one row that answers a question. Raises StoreError."""
        ...


def current(*variables: str) -> str:
    """The condition that some versions were current at the moment."""
    return " AND ".join(f"{v}.recorded_from <= moment AND {v}.recorded_to > moment" for v in variables)


def possible(variable: str) -> str:
    """The condition that a version is possible on some day of the window."""
    return f"{variable}.possible_from <= $last AND {variable}.possible_until > $first"


def is_storable(text: str) -> bool:
    """False for what UTF-8 cannot hold."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
