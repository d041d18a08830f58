"""From records to the columns of their rows (行)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from graph_model.dates import Validity, limits, observations
from graph_model.records import (
    CLAIM_TYPES,
    NODE_TYPES,
    AnyClaim,
    AnyItem,
    AnyNode,
    AnyRecord,
    Asset,
    Code,
    Household,
    Name,
    Organization,
    Post,
    Relation,
    type_of,
)
from graph_model.search_keys import kind_of, order_key, search_keys, search_rank

NODE, CLAIM, RELATION, ITEM = "node", "claim", "relation", "item"
TABLES: Final = (NODE, CLAIM, RELATION, ITEM)
TABLE_OF_TYPE: Final[dict[str, str]] = {
    **{str(record_type.__struct_config__.tag): NODE for record_type in NODE_TYPES},
    **{str(record_type.__struct_config__.tag): CLAIM for record_type in CLAIM_TYPES},
    "relation": RELATION,
}
"""The table of a type tag; what is not here is an item."""

Value = str | int | bytes | None
Columns = tuple[Value, ...]

INSERT: Final = {
    NODE: """
        INSERT INTO node (recorded_from, recorded_to, origin, id, provenance, type, kind, code, rank, data)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    CLAIM: """
        INSERT INTO claim (recorded_from, recorded_to, origin, id, provenance, type, kind, subject, code,
            possible_from, certain_from, certain_until, possible_until, observed, data)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    RELATION: """
        INSERT INTO relation (recorded_from, recorded_to, origin, id, provenance, family, kind, source, target, regime,
            possible_from, certain_from, certain_until, possible_until, observed, data)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    ITEM: """
        INSERT INTO item (recorded_from, recorded_to, origin, id, provenance, type, kind, order_key, data)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
}
"""The parameters: first those of the version (recorded from, recorded to, origin), then ``columns_of``."""

INSERT_KEY: Final = """
    INSERT INTO search_key (recorded_from, recorded_to, record, key, node, is_beginning, possible_from, possible_until)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
"""The parameters: first those of the version (recorded from, recorded to), then ``keys_of``."""

SEARCHABLE: Final = (Name, Code, Organization, Post, Asset)
"""The types that ``search_keys`` finds keys for."""


def table_of(record: AnyRecord) -> str:
    """The table in which a record lies."""
    return TABLE_OF_TYPE.get(type_of(record), ITEM)


def columns_of(record: AnyRecord, data: bytes) -> Columns:
    """The columns of a record's row, as ``INSERT`` of its table wants them. Raises BadDateError."""
    return _COLUMNS[table_of(record)](record, data)


def _node_columns(node: AnyNode, data: bytes) -> Columns:
    code = node.code if isinstance(node, Household | Organization | Asset) else None
    return (node.id, node.provenance.value, type_of(node), kind_of(node), code, search_rank(node), data)


def _claim_columns(claim: AnyClaim, data: bytes) -> Columns:
    code = claim.text if isinstance(claim, Code) else None
    return (
        claim.id,
        claim.provenance.value,
        type_of(claim),
        kind_of(claim),
        claim.subject,
        code,
        *_days_of(claim.validity),
        data,
    )


def _relation_columns(relation: Relation, data: bytes) -> Columns:
    return (
        relation.id,
        relation.provenance.value,
        relation.family.value,
        relation.kind,
        relation.source,
        relation.target,
        relation.regime,
        *_days_of(relation.validity),
        data,
    )


def _item_columns(item: AnyItem, data: bytes) -> Columns:
    return (item.id, item.provenance.value, type_of(item), kind_of(item), order_key(item), data)


# Each function is given records of its own table only; the type checker cannot know it.
_COLUMNS: dict[str, Callable[..., Columns]] = {
    NODE: _node_columns,
    CLAIM: _claim_columns,
    RELATION: _relation_columns,
    ITEM: _item_columns,
}


def _days_of(validity: Validity) -> Columns:
    bounds = limits(validity)
    return (
        bounds.possible_from,
        bounds.certain_from,
        bounds.certain_until,
        bounds.possible_until,
        msgspec.json.encode(observations(validity)).decode(),
    )


def keys_of(record: AnyRecord) -> list[Columns]:
    """The columns of a record's search keys, as ``INSERT_KEY`` wants them: each key once."""
    if not isinstance(record, SEARCHABLE):
        return []
    keys: dict[str, tuple[str, bool, Validity]] = {}
    for node, key, is_beginning, validity in search_keys(record):
        known = keys.get(key)
        if known is None or is_beginning > known[1]:
            keys[key] = (node, is_beginning, validity)
    rows: list[Columns] = []
    for key, (node, is_beginning, validity) in keys.items():
        bounds = limits(validity)
        rows.append((record.id, key, node, int(is_beginning), bounds.possible_from, bounds.possible_until))
    return rows
