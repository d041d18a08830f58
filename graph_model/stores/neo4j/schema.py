"""How the graph lies in Neo4j (图库结构): labels, relationships, constraints, indexes, and the mark on it all.

- ``(:Entity {id})``: an identity, also of an end that nobody loaded. Whatever is known of it hangs on it.
- ``(:NodeRecord)-[:OF]->(:Entity)``, ``(:ClaimRecord)-[:ABOUT]->(:Entity)``: the versions of node records and claims.
- Relations are relationships between entities, one type a family (``CONTAINMENT``, ``RESPONSIBILITY``...), one
  relationship a version.
- ``(:ItemRecord)``: the versions of coverages, facts, findings, the dataset, regimes.
- ``(:SearchKey {key})-[:FINDS]->`` a version of a node record or claim: the keys of ``search_keys``. A key lives as
  long as what it finds.
- ``(:Tallied {type, kind, provenance})``: a sort of records that was ever counted; ``(:Tally)``: how many of a sort
  were current, from when to when. Every write adds tallies, sorts stay few: a look-up goes from the sorts.
- ``(:Write)``: the journal (日志), one a write that changed anything.
- ``(:Head)``: one node: whose graph this is, in which schema, its last write, and who is writing.

``data`` is a record's canonical JSON (``records.encode``) and all that counts; the other properties repeat from it what
look-ups need. A version was current from ``recorded_from`` until before ``recorded_to`` (microseconds since 1970-01-01
UTC; ``FOREVER`` while it still is), and nothing of it is ever changed but ``recorded_to``. **The moment of the head,
not the presence of a row, says what is current**: a load writes the rows of a moment to come in many transactions,
and nobody sees them until the last one moves the head.

Days are native dates. The infinities are the days beside all real ones: 0000-12-31 and +10000-01-01, ordinals 0 and
3652060, so that dates and the ordinals of ``graph_model.dates`` are the same numbers.

``recorded_to`` is in no index that a question uses: an entry that moves within an index may be missed by who reads it
at that moment. That an id has one current version at most is the head's to keep: whoever writes locks it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from graph_model.records import Family

APPLICATION: Final = "zeren"
SCHEMA_VERSION: Final = 2
FOREVER: Final = (1 << 63) - 1
BEFORE_ALL: Final = -FOREVER

RELATIONSHIPS: Final = {family: family.value.upper() for family in Family}
"""The relationship type of a family."""

_UNIQUE_NODES: Final = {
    "Head": ("application",),
    "Write": ("number",),
    "Entity": ("id",),
    "NodeRecord": ("id", "recorded_from"),
    "ClaimRecord": ("id", "recorded_from"),
    "ItemRecord": ("id", "recorded_from"),
    "SearchKey": ("key",),
    "Tally": ("type", "kind", "provenance", "recorded_to"),
    "Tallied": ("type", "kind", "provenance"),
}
_INDEXED_NODES: Final = {
    "Write": (("recorded_at",),),
    "NodeRecord": (("code",), ("type", "id"), ("type", "kind", "id"), ("origin", "id")),
    "ClaimRecord": (("code",), ("type", "id"), ("type", "kind", "id"), ("origin", "id")),
    "ItemRecord": (("type", "order_key"), ("type", "kind", "order_key"), ("origin", "id")),
    "Tally": (("type", "kind", "provenance", "recorded_from"),),
    "Tallied": (("type",),),
}
_UNIQUE_RELATION: Final = ("id", "recorded_from")
_INDEXED_RELATIONS: Final = (("kind", "id"), ("origin", "id"))


def constraints() -> Iterator[tuple[str, str]]:
    """The constraints: the name of each, and the statement that makes it, again at no cost."""
    for label, keys in _UNIQUE_NODES.items():
        name = f"{label.lower()}_is_unique"
        yield name, f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE ({_of('n', keys)}) IS UNIQUE"
    name = "write_key_is_unique"
    yield name, "CREATE CONSTRAINT write_key_is_unique IF NOT EXISTS FOR (n:Write) REQUIRE (n.author, n.key) IS UNIQUE"
    for type_ in RELATIONSHIPS.values():
        name, keys_of_type = f"{type_.lower()}_is_unique", _of("r", _UNIQUE_RELATION)
        yield name, f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR ()-[r:{type_}]-() REQUIRE ({keys_of_type}) IS UNIQUE"


def indexes() -> Iterator[tuple[str, str]]:
    """The indexes, likewise."""
    for label, indexed in _INDEXED_NODES.items():
        for keys in indexed:
            name = f"{label.lower()}_by_{'_'.join(keys)}"
            yield name, f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{label}) ON ({_of('n', keys)})"
    for type_ in RELATIONSHIPS.values():
        for keys in _INDEXED_RELATIONS:
            name = f"{type_.lower()}_by_{'_'.join(keys)}"
            yield name, f"CREATE INDEX {name} IF NOT EXISTS FOR ()-[r:{type_}]-() ON ({_of('r', keys)})"


def _of(variable: str, keys: tuple[str, ...]) -> str:
    return ", ".join(f"{variable}.{key}" for key in keys)


SHOW_INDEXES: Final = "SHOW INDEXES YIELD name"
"""The names of all indexes, those of constraints among them."""
AWAIT_INDEXES: Final = "CALL db.awaitIndexes($seconds)"

LOOK: Final = """
OPTIONAL MATCH (head:Head {application: $application})
RETURN head.schema AS schema, COUNT { MATCH () } AS nodes
"""

MIGRATE: Final = """
MATCH (t:Tally)
WITH DISTINCT t.type AS type, t.kind AS kind, t.provenance AS provenance
MERGE (:Tallied {type: type, kind: kind, provenance: provenance})
WITH count(*) AS done
MATCH (head:Head {application: $application})
SET head.schema = $schema
"""
"""From schema 1 to 2: sorts got nodes of their own."""

CREATE_HEAD: Final = """
MERGE (head:Head {application: $application})
ON CREATE SET head.schema = $schema, head.moment = $moment, head.number = 0, head.version = $version
RETURN head.schema AS schema
"""
