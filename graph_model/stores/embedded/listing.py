"""The data set as a whole, and its lists (列表): header, counts, relations of a node, records of a type, the dump."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from graph_model.errors import BadUserInputError
from graph_model.exchange import Count, End, Header, Page, RelationPage, Stored, Wanted, Window
from graph_model.records import RECORD_TYPES, AnyRecord, Coverage, Dataset, Family, Provenance, RegimeContent
from graph_model.stores.embedded.rows import CLAIM, ITEM, NODE, RELATION, TABLE_OF_TYPE
from graph_model.stores.embedded.schema import FOREVER
from graph_model.stores.embedded.snapshot import (
    Parameter,
    Snapshot,
    decode_claim,
    decode_item,
    decode_node,
    decode_relation,
    is_storable,
    texts,
)
from graph_model.stores.ranges import first_text_beyond

_TYPE_TAGS = sorted(str(record_type.__struct_config__.tag) for record_type in RECORD_TYPES)
_DECODE = {NODE: decode_node, CLAIM: decode_claim, RELATION: decode_relation, ITEM: decode_item}

_recall_item: Final = lru_cache(64)(decode_item)
"""Each write decides by the header, which hardly ever differs from the last one's."""

_HEADER = """
SELECT data FROM item
WHERE type IN ('coverage', 'dataset', 'regime') AND recorded_to > :moment AND recorded_from <= :moment
ORDER BY type, order_key
"""

# A tally's rows follow each other without a gap: the first that ends after the moment is the one of the moment, unless
# it begins later too.
_TALLIES = """
SELECT current.type, current.kind, current.provenance, (
    SELECT iif(past.recorded_from <= :moment, past.number, 0)
    FROM tally AS past
    WHERE past.type = current.type AND past.kind = current.kind AND past.provenance = current.provenance
        AND past.recorded_to > :moment
    ORDER BY past.recorded_to
    LIMIT 1
)
FROM tally AS current INDEXED BY tally_current
WHERE current.recorded_to = 9223372036854775807 AND current.type IN (SELECT value FROM carray(:types))
"""

_BY_TARGET = """
WITH wanted AS (
    SELECT kind, source AS other, id, data FROM relation
    WHERE target = :node AND family = :family AND recorded_to > :moment AND recorded_from <= :moment
        AND possible_from <= :last AND possible_until > :first
        AND (:is_free OR regime IN (SELECT value FROM carray(:regimes)))
)
"""
_BY_SOURCE = """
WITH wanted AS (
    SELECT kind, target AS other, id, data FROM relation
    WHERE source = :node AND family = :family AND recorded_to > :moment AND recorded_from <= :moment
        AND possible_from <= :last AND possible_until > :first
        AND (:is_free OR regime IN (SELECT value FROM carray(:regimes)))
)
"""
_TOTAL = "SELECT count(*) FROM wanted"
_PAGE = """
SELECT data FROM wanted
WHERE (kind, other, id) > (:kind, :other, :id)
ORDER BY kind, other, id
LIMIT :first_rows
"""
_RELATIONS = {
    End.SOURCE: (_BY_SOURCE + _TOTAL, _BY_SOURCE + _PAGE),
    End.TARGET: (_BY_TARGET + _TOTAL, _BY_TARGET + _PAGE),
}

_WANTED = """
WITH wanted AS (
    SELECT kind, id, data FROM relation
    WHERE {end}family = 'responsibility' AND kind IN (SELECT value FROM carray(:kinds))
        AND recorded_to > :moment AND recorded_from <= :moment
        AND possible_from <= :last AND possible_until > :first
        AND regime IN (SELECT value FROM carray(:regimes))
        AND (:is_free OR provenance IN (SELECT value FROM carray(:provenances)))
        AND (:target IS NULL OR target = :target)
)
"""
_WANTED_TOTAL = "SELECT count(*) FROM wanted"
_WANTED_PAGE = "SELECT data FROM wanted WHERE (kind, id) > (:kind, :id) ORDER BY kind, id LIMIT :first_rows"
_WANTED_BY = {
    "assignee": _WANTED.format(end="source = :assignee AND "),
    "target": _WANTED.format(end="target = :target AND "),
    "kind": _WANTED.format(end=""),
}

_RECORDS = {
    NODE: """
        SELECT data FROM node
        WHERE type = :type AND id > :after AND id < :beyond
            AND recorded_to > :moment AND recorded_from <= :moment AND (:kind IS NULL OR kind = :kind)
        ORDER BY id LIMIT :first_rows""",
    CLAIM: """
        SELECT data FROM claim
        WHERE type = :type AND id > :after AND id < :beyond
            AND recorded_to > :moment AND recorded_from <= :moment AND (:kind IS NULL OR kind = :kind)
        ORDER BY id LIMIT :first_rows""",
    RELATION: """
        SELECT data FROM relation
        WHERE :type = 'relation' AND id > :after AND id < :beyond
            AND recorded_to > :moment AND recorded_from <= :moment AND (:kind IS NULL OR kind = :kind)
        ORDER BY id LIMIT :first_rows""",
    ITEM: """
        SELECT data FROM item
        WHERE type = :type AND order_key > :after AND order_key < :beyond
            AND recorded_to > :moment AND recorded_from <= :moment AND (:kind IS NULL OR kind = :kind)
        ORDER BY order_key LIMIT :first_rows""",
}

_BY_IDS = {
    table: f"""
        SELECT {table}.id, {table}.data FROM carray(:ids) AS wanted
        CROSS JOIN {table} ON {table}.id = wanted.value
            AND {table}.recorded_to > :moment AND {table}.recorded_from <= :moment"""  # noqa: S608 - our own names
    for table in (NODE, CLAIM, RELATION, ITEM)
}

_RECORD_TOTALS = {
    table: f"SELECT count(*) FROM ({statement}) AS wanted"  # noqa: S608 - made of the statements above alone
    for table, statement in _RECORDS.items()
}

_DUMP = {
    NODE: """
        SELECT origin.name, node.data FROM node CROSS JOIN origin ON origin.number = node.origin
        WHERE node.type = :type AND node.recorded_to > :moment AND node.recorded_from <= :moment
        ORDER BY node.id""",
    CLAIM: """
        SELECT origin.name, claim.data FROM claim CROSS JOIN origin ON origin.number = claim.origin
        WHERE claim.type = :type AND claim.recorded_to > :moment AND claim.recorded_from <= :moment
        ORDER BY claim.id""",
    RELATION: """
        SELECT origin.name, relation.data FROM relation CROSS JOIN origin ON origin.number = relation.origin
        WHERE relation.id > '' AND relation.recorded_to > :moment AND relation.recorded_from <= :moment
            AND :type = 'relation'
        ORDER BY relation.id""",
    ITEM: """
        SELECT origin.name, item.data FROM item CROSS JOIN origin ON origin.number = item.origin
        WHERE item.type = :type AND item.recorded_to > :moment AND item.recorded_from <= :moment
        ORDER BY item.id""",
}


_OF_ORIGIN = {
    table: f"""
        SELECT data FROM {table} INDEXED BY {table}_by_origin
        WHERE origin = (SELECT number FROM origin WHERE name = :origin)
            AND recorded_to > :moment AND recorded_from <= :moment"""  # noqa: S608 - a table's name
    for table in _DECODE
}
_VERSIONS = {
    NODE: """
        SELECT origin.name, node.recorded_from, node.recorded_to, node.data
        FROM node CROSS JOIN origin ON origin.number = node.origin WHERE node.recorded_from <= :moment""",
    CLAIM: """
        SELECT origin.name, claim.recorded_from, claim.recorded_to, claim.data
        FROM claim CROSS JOIN origin ON origin.number = claim.origin WHERE claim.recorded_from <= :moment""",
    RELATION: """
        SELECT origin.name, relation.recorded_from, relation.recorded_to, relation.data
        FROM relation CROSS JOIN origin ON origin.number = relation.origin WHERE relation.recorded_from <= :moment""",
    ITEM: """
        SELECT origin.name, item.recorded_from, item.recorded_to, item.data
        FROM item CROSS JOIN origin ON origin.number = item.origin WHERE item.recorded_from <= :moment""",
}


def read_header(snapshot: Snapshot) -> Header:
    """As ``StoreReader.header`` has it."""
    items = [_recall_item(data) for data in snapshot.column(_HEADER)]
    return Header(
        generation=snapshot.generation,
        version=snapshot.version,
        dataset=next((item for item in items if isinstance(item, Dataset)), None),
        regimes={item.code: item for item in items if isinstance(item, RegimeContent)},
        coverages=tuple(item for item in items if isinstance(item, Coverage)),
    )


def read_counts(snapshot: Snapshot) -> tuple[Count, ...]:
    """As ``StoreReader.counts`` has it."""
    node_types = [tag for tag, table in TABLE_OF_TYPE.items() if table == NODE]
    nodes, relations = _count(snapshot, node_types), _count(snapshot, ["relation"])
    return tuple(
        Count(provenance, nodes.get(provenance.value, 0), relations.get(provenance.value, 0))
        for provenance in Provenance
    )


def _count(snapshot: Snapshot, types: Iterable[str], kind: str | None = None) -> dict[str, int]:
    counted: dict[str, int] = {}
    for _, tallied_kind, provenance, number in snapshot.rows(_TALLIES, types=texts(types)):
        if kind is None or kind == tallied_kind:
            counted[provenance] = counted.get(provenance, 0) + number
    return counted


def read_relations(
    snapshot: Snapshot,
    nodes: Sequence[str],
    family: Family,
    end: End,
    window: Window,
    *,
    first: int,
    after: tuple[str, str, str] | None,
    regimes: Sequence[str] | None,
) -> dict[str, RelationPage]:
    """As ``StoreReader.relations`` has it."""
    count, page = _RELATIONS[end]
    kind, other, relation_id = after or ("", "", "")
    pages: dict[str, RelationPage] = {}
    for node in nodes:
        if not is_storable(node):
            pages[node] = RelationPage((), 0, False)
            continue
        asked: dict[str, Parameter] = {
            "node": node,
            "family": family.value,
            "first": window.first,
            "last": window.last,
            "is_free": regimes is None,
            "regimes": texts(regimes or ()),
        }
        total = snapshot.count(count, **asked)
        rows = (
            snapshot.column(page, **asked, kind=kind, other=other, id=relation_id, first_rows=first + 1)
            if total
            else []
        )
        pages[node] = RelationPage(tuple(map(decode_relation, rows[:first])), total, len(rows) > first)
    return pages


def read_assignments(
    snapshot: Snapshot, wanted: Wanted, window: Window, *, first: int, after: tuple[str, str] | None
) -> RelationPage:
    """As ``StoreReader.assignments`` has it."""
    if not all(is_storable(end) for end in (wanted.assignee, wanted.target) if end is not None):
        return RelationPage((), 0, False)
    look_up = "assignee" if wanted.assignee is not None else "target" if wanted.target is not None else "kind"
    asked: dict[str, Parameter] = {
        "kinds": texts(wanted.kinds),
        "regimes": texts(wanted.regimes),
        "is_free": wanted.provenances is None,
        "provenances": texts(wanted.provenances or ()),
        "target": wanted.target,
        "first": window.first,
        "last": window.last,
    }
    if wanted.assignee is not None:
        asked["assignee"] = wanted.assignee
    statement = _WANTED_BY[look_up]
    kind, relation_id = after or ("", "")
    total = snapshot.count(statement + _WANTED_TOTAL, **asked)
    rows = snapshot.column(statement + _WANTED_PAGE, **asked, kind=kind, id=relation_id, first_rows=first + 1)
    return RelationPage(tuple(map(decode_relation, rows[:first])), total, len(rows) > first)


def read_records(
    snapshot: Snapshot, record_type: str, *, first: int, after: str | None, kind: str | None, prefix: str
) -> Page:
    """As ``StoreReader.list_records`` has it."""
    if record_type not in _TYPE_TAGS:
        raise BadUserInputError(f"there are no records of type {record_type!r}; there are: {', '.join(_TYPE_TAGS)}")
    table = TABLE_OF_TYPE.get(record_type, ITEM)
    asked: dict[str, Parameter] = {"type": record_type, "kind": kind, "beyond": first_text_beyond(prefix)}
    if prefix:
        total = snapshot.count(_RECORD_TOTALS[table], **asked, after=prefix, first_rows=-1)
    else:
        total = sum(_count(snapshot, [record_type], kind).values())
    rows = snapshot.column(_RECORDS[table], **asked, after=max(after or "", prefix), first_rows=first + 1)
    return Page(tuple(map(_DECODE[table], rows[:first])), total, len(rows) > first)


def read_by_ids(snapshot: Snapshot, ids: Sequence[str]) -> dict[str, AnyRecord]:
    """As ``StoreReader.records`` has it."""
    wanted = texts(set(ids))
    return {
        record_id: _DECODE[table](data)
        for table, statement in _BY_IDS.items()
        for record_id, data in snapshot.iterate(statement, ids=wanted)
    }


def iter_versions(snapshot: Snapshot) -> Iterator[Stored]:
    """As ``StoreReader.versions`` has it."""
    for statement in _VERSIONS.values():
        for origin, recorded_from, recorded_to, data in snapshot.iterate(statement):
            yield Stored(origin, recorded_from, None if recorded_to == FOREVER else recorded_to, data)


def iter_origin(snapshot: Snapshot, origin: str) -> Iterator[AnyRecord]:
    """As ``StoreReader.of_origin`` has it."""
    for table, statement in _OF_ORIGIN.items():
        for (data,) in snapshot.iterate(statement, origin=origin):
            yield _DECODE[table](data)


def iter_dump(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    """As ``StoreReader.dump`` has it."""
    for record_type in _TYPE_TAGS:
        yield from snapshot.iterate(_DUMP[TABLE_OF_TYPE.get(record_type, ITEM)], type=record_type)
