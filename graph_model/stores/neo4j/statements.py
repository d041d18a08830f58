"""The statements that write (写入语句): constants, with everything that varies in their parameters.

A version's row is a list, as ``rows.row_of`` makes it: names in every row would be half of what is sent.
"""

from __future__ import annotations

from typing import Final

from graph_model.stores.neo4j.rows import CLAIM, ITEM, NODE
from graph_model.stores.neo4j.schema import RELATIONSHIPS

_ZERO = "WITH date('0000-12-31') AS zero"
_DAYS = """
    possible_from: zero + duration({{days: row[{0}]}}), possible_until: zero + duration({{days: row[{3}]}}),
    certain_from: zero + duration({{days: row[{1}]}}), certain_until: zero + duration({{days: row[{2}]}})"""
_VERSION = """
    recorded_from: $moment, recorded_to: $forever, data: row[1], id: row[0], provenance: row[2], origin: $origin"""

CREATE_ENTITIES: Final = "UNWIND $ids AS id MERGE (:Entity {id: id})"
CREATE_KEYS: Final = "UNWIND $keys AS key MERGE (:SearchKey {key: key})"

_FIND = """
WITH n, row[5] AS keys
UNWIND keys AS key
MATCH (k:SearchKey {key: key[0]})
CREATE (k)-[:FINDS {is_beginning: key[1]}]->(n)
"""

CREATE: Final = {
    NODE: f"""
UNWIND $rows AS row
MATCH (e:Entity {{id: row[0]}})
CREATE (n:NodeRecord {{{_VERSION}, type: row[3], kind: row[4], code: row[6], rank: row[7], clause: row[8]}})
CREATE (n)-[:OF]->(e)
{_FIND}""",
    CLAIM: f"""
{_ZERO}
UNWIND $rows AS row
MATCH (e:Entity {{id: row[7]}})
CREATE (n:ClaimRecord {{{_VERSION}, type: row[3], kind: row[4], code: row[6], document: row[8],
    {_DAYS.format(9, 10, 11, 12)}, observed: [day IN row[13] | zero + duration({{days: day}})]}})
CREATE (n)-[:ABOUT]->(e)
{_FIND}""",
    ITEM: f"""
UNWIND $rows AS row
CREATE (n:ItemRecord {{{_VERSION}, type: row[3], kind: row[4], order_key: row[5]}})
""",
    **{
        family.value: f"""
{_ZERO}
UNWIND $rows AS row
MATCH (source:Entity {{id: row[6]}})
MATCH (target:Entity {{id: row[7]}})
CREATE (source)-[:{type_} {{{_VERSION}, kind: row[3], regime: row[4], role: row[5], document: row[8],
    {_DAYS.format(9, 10, 11, 12)}}}]->(target)
"""
        for family, type_ in RELATIONSHIPS.items()
    },
}
"""By table: versions of ``$rows``, current from ``$moment``. Their entities and search keys must exist."""

PATTERNS: Final = {
    NODE: ("(v:NodeRecord)", "v:NodeRecord"),
    CLAIM: ("(v:ClaimRecord)", "v:ClaimRecord"),
    ITEM: ("(v:ItemRecord)", "v:ItemRecord"),
    **{family.value: (f"()-[v:{type_}]->()", f"v:{type_}") for family, type_ in RELATIONSHIPS.items()},
}
"""By table: what matches a version ``v`` of it, and how a hint names that."""

CLOSE: Final = {
    table: f"""
UNWIND $ids AS id
MATCH {pattern} USING INDEX {variable}(id, recorded_from)
WHERE v.id = id AND v.recorded_from < $moment AND v.recorded_to = $forever
SET v.recorded_to = $moment
"""
    for table, (pattern, variable) in PATTERNS.items()
}
"""By table: the current versions of ``$ids`` end at ``$moment``."""

CURRENT_OF_ORIGIN: Final = {
    table: f"""
MATCH {pattern} USING INDEX {variable}(origin, id)
WHERE v.origin = $origin AND v.id > $after AND v.recorded_from <= $moment AND v.recorded_to > $moment
WITH v ORDER BY v.origin, v.id LIMIT toInteger($rows)
RETURN '{table}' AS table, collect([v.id, v.data]) AS page
"""
    for table, (pattern, variable) in PATTERNS.items()
}
"""By table: a page, by id, of what was current of an origin at ``$moment``."""

FIRST_OF_ORIGIN: Final = "UNION ALL".join(CURRENT_OF_ORIGIN.values())
"""The first page of every table."""

CURRENT_BY_ID: Final = "UNION ALL".join(
    f"""
UNWIND $ids AS id
MATCH {pattern} USING INDEX {variable}(id, recorded_from)
WHERE v.id = id AND v.recorded_from <= $moment AND v.recorded_to > $moment
RETURN '{table}' AS table, collect([id, v.origin, v.data]) AS found
"""
    for table, (pattern, variable) in PATTERNS.items()
)
"""By table: origin and JSON of what was current of ``$ids`` at ``$moment``."""

RETRACTED: Final = """
MATCH (v:ItemRecord) USING INDEX v:ItemRecord(type, order_key)
WHERE v.type = 'retraction' AND v.order_key > '' AND v.recorded_from <= $moment AND v.recorded_to > $moment
RETURN collect(v.data) AS found
"""

WRITE_TALLIES: Final = """
UNWIND $tallies AS row
MERGE (:Tallied {type: row[0], kind: row[1], provenance: row[2]})
WITH row
OPTIONAL MATCH (t:Tally {type: row[0], kind: row[1], provenance: row[2], recorded_to: $forever})
WITH row, t, coalesce(t.number, 0) AS number
SET t.recorded_to = $moment
CREATE (:Tally {
    type: row[0], kind: row[1], provenance: row[2], number: number + row[3],
    recorded_from: $moment, recorded_to: $forever
})
"""

ADVANCE: Final = """
MATCH (head:Head {application: $application})
SET head.moment = $moment, head.number = head.number + 1, head.version = $version, head.token = $token,
    head.writer = null, head.writer_until = null,
    head.pending_moment = null, head.pending_digest = null, head.pending_done = null, head.pending_origins = null
CREATE (:Write {
    number: head.number, recorded_at: $moment, author: $author, action: $action, basis: $basis, key: $key,
    digest: $digest, answer: $answer, origins: $origins, version: $version, touched: $touched, created: $created,
    changed: $changed, unchanged: $unchanged, ended: $ended, kept: $kept, token: $token
})
RETURN head.number AS number
"""
"""The one statement that makes a write seen."""

LOCK: Final = """
MATCH (head:Head {application: $application, schema: $schema})
SET head.locked = timestamp()
RETURN head {.*, now: timestamp()} AS head
"""
"""Waits for whoever writes the head in another transaction, and keeps others out until this one ends."""

READ_HEAD: Final = """
MATCH (head:Head {application: $application, schema: $schema})
RETURN head {.*, now: timestamp()} AS head
"""

TAKE: Final = """
MATCH (head:Head {application: $application})
SET head.writer = $token, head.writer_until = timestamp() + $milliseconds
"""
RELEASE: Final = """
MATCH (head:Head {application: $application, writer: $token})
SET head.writer = null, head.writer_until = null
"""
BEGIN_PENDING: Final = """
MATCH (head:Head {application: $application})
SET head.pending_moment = $moment, head.pending_digest = $digest, head.pending_done = 0,
    head.pending_origins = $origins
"""
COUNT_PENDING: Final = """
MATCH (head:Head {application: $application})
SET head.pending_done = $done
"""
FORGET_PENDING: Final = """
MATCH (head:Head {application: $application})
SET head.pending_moment = null, head.pending_digest = null, head.pending_done = null, head.pending_origins = null
"""

PENDING_OF_ORIGIN: Final = {
    table: f"""
MATCH {pattern} USING INDEX {variable}(origin, id)
WHERE v.origin = $origin AND v.id > $after AND v.recorded_from > $moment
WITH v ORDER BY v.origin, v.id LIMIT toInteger($rows)
RETURN collect(v.id) AS page
"""
    for table, (pattern, variable) in PATTERNS.items()
}
"""By table: a page of what a write that was cut has left."""

CLOSED_OF_ORIGIN: Final = {
    table: f"""
MATCH {pattern} USING INDEX {variable}(origin, id)
WHERE v.origin = $origin AND v.id > $after
    AND v.recorded_from <= $moment AND v.recorded_to > $moment AND v.recorded_to < $forever
WITH v ORDER BY v.origin, v.id LIMIT toInteger($rows)
RETURN collect(v.id) AS page
"""
    for table, (pattern, variable) in PATTERNS.items()
}
"""By table: a page of what a write that was cut has closed."""

DELETE_PENDING: Final = {
    table: f"""
UNWIND $ids AS id
MATCH {pattern} USING INDEX {variable}(id, recorded_from)
WHERE v.id = id AND v.recorded_from > $moment
{"DETACH DELETE v" if table in (NODE, CLAIM, ITEM) else "DELETE v"}
"""
    for table, (pattern, variable) in PATTERNS.items()
}
REOPEN: Final = {
    table: f"""
UNWIND $ids AS id
MATCH {pattern} USING INDEX {variable}(id, recorded_from)
WHERE v.id = id AND v.recorded_from <= $moment AND v.recorded_to > $moment AND v.recorded_to < $forever
SET v.recorded_to = $forever
"""
    for table, (pattern, variable) in PATTERNS.items()
}
