"""Look-ups as of a recorded moment (版本): what each costs must not hang on how often its rows were written since.

The present reads current rows alone: the indexes end with ``recorded_to``. As of an earlier moment the same statement
would pass over all later versions of whatever it finds; so it goes from one record to the next, and takes of each the
first version that ends after the moment, which is that of the moment unless it begins later too: the versions of a
record never overlap. What is current and was already then is read as ever.
"""

from __future__ import annotations

from msgspec import Struct

from graph_model.stores.embedded.snapshot import NOW, Snapshot


class LookUp(Struct, frozen=True):
    """One look-up as two statements with the same parameters: of the present, and of earlier moments."""

    now: str
    then: str

    def at(self, snapshot: Snapshot) -> str:
        """The statement for a snapshot's moment."""
        return self.now if snapshot.moment == NOW else self.then


_NOW = """
SELECT {table}.data
FROM carray(:keys) AS wanted
CROSS JOIN {table} ON {key} = wanted.value{also} AND {table}.recorded_to > :moment
    AND {table}.recorded_from <= :moment{more}
"""

_THEN = """
WITH RECURSIVE closed(key, id) AS (
    SELECT wanted.value, (
        SELECT id FROM {table} WHERE {key} = wanted.value{also} AND {table}.recorded_to < 9223372036854775807
        ORDER BY id LIMIT 1
    )
    FROM carray(:keys) AS wanted
    WHERE EXISTS (
        SELECT 1 FROM {table} WHERE {key} = wanted.value{also}
            AND {table}.recorded_to > :moment AND {table}.recorded_to < 9223372036854775807
    )
    UNION ALL
    SELECT closed.key, (
        SELECT id FROM {table} WHERE {key} = closed.key{also} AND {table}.recorded_to < 9223372036854775807
            AND {table}.id > closed.id
        ORDER BY id LIMIT 1
    )
    FROM closed
    WHERE closed.id IS NOT NULL
)
SELECT {table}.data
FROM closed
CROSS JOIN {table} ON {table}.seq = (
    SELECT seq FROM {table} WHERE {key} = closed.key{also} AND {table}.id = closed.id
        AND {table}.recorded_to > :moment AND {table}.recorded_to < 9223372036854775807
    ORDER BY recorded_to LIMIT 1
)
WHERE closed.id IS NOT NULL AND {table}.recorded_from <= :moment{more}
UNION ALL
SELECT {table}.data
FROM carray(:keys) AS wanted
CROSS JOIN {table} ON {key} = wanted.value{also} AND {table}.recorded_to = 9223372036854775807
    AND {table}.recorded_from <= :moment{more}
"""


def look_up(table: str, key: str, also: str = "", more: str = "") -> LookUp:
    """The ``data`` of a table's rows that have one of some ``:keys`` in a column.

    ``also`` is what else the index begins with, ``more`` what is asked of the rows that are found.
    """
    names = {"table": table, "key": f"{table}.{key}", "also": also, "more": more}
    return LookUp(_NOW.format(**names), _THEN.format(**names))


NODES_NOW = """
SELECT node.data
FROM carray(:keys) AS wanted
CROSS JOIN node ON node.id = wanted.value AND node.recorded_to > :moment AND node.recorded_from <= :moment
"""

# A node is looked up by what its versions have in common: no more is needed than the first that ends after the moment.
NODES_THEN = """
SELECT node.data
FROM carray(:keys) AS wanted
CROSS JOIN node ON node.seq = (
    SELECT seq FROM node WHERE node.id = wanted.value AND node.recorded_to > :moment ORDER BY node.recorded_to LIMIT 1
)
WHERE node.recorded_from <= :moment
"""
