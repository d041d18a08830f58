"""From records to the rows that statements take as parameters (行)."""

from __future__ import annotations

from typing import Final, TypeAlias

from graph_model.dates import Validity, limits, observations
from graph_model.records import (
    CLAIM_TYPES,
    NODE_TYPES,
    AnyClaim,
    AnyItem,
    AnyNode,
    AnyRecord,
    Asset,
    Claim,
    Code,
    Family,
    Household,
    Organization,
    Relation,
    type_of,
)
from graph_model.search_keys import kind_of, order_key, search_keys, search_rank

NODE, CLAIM, ITEM = "node", "claim", "item"
TABLES: Final = (NODE, CLAIM, ITEM, *(family.value for family in Family))
"""Where versions lie: three labels, and a relationship type a family."""

Value: TypeAlias = "str | int | bool | list[int] | list[tuple[str, bool]] | None"
Row: TypeAlias = list[Value]


def table_of(record: AnyRecord) -> str:
    """Where the versions of a record lie."""
    if isinstance(record, Relation):
        return record.family.value
    return NODE if isinstance(record, NODE_TYPES) else CLAIM if isinstance(record, CLAIM_TYPES) else ITEM


def row_of(record: AnyRecord, data: str) -> Row:
    """The row of a record, as ``statements.CREATE`` of its table takes it. Raises BadDateError."""
    if isinstance(record, Relation):
        return _relation_row(record, data)
    if isinstance(record, NODE_TYPES):
        return _node_row(record, data)
    if isinstance(record, CLAIM_TYPES):
        return _claim_row(record, data)
    return _item_row(record, data)


def ends_of(record: AnyRecord) -> tuple[str, ...]:
    """The entities on which a record's version hangs."""
    if isinstance(record, Relation):
        return (record.source, record.target)
    if isinstance(record, Claim):
        return (record.subject,)
    return (record.id,) if isinstance(record, NODE_TYPES) else ()


def keys_of(record: AnyRecord) -> list[tuple[str, bool]]:
    """The search keys that find a record, each once, with whether it is a key's beginning."""
    keys: dict[str, bool] = {}
    for _, key, is_beginning, _ in search_keys(record):
        keys[key] = keys.get(key, False) or is_beginning
    return list(keys.items())


def check_days(record: AnyRecord) -> None:
    """Raises BadDateError for a record that no row can hold."""
    if isinstance(record, Relation | Claim):
        limits(record.validity)


def _node_row(node: AnyNode, data: str) -> Row:
    code = node.code if isinstance(node, Household | Organization | Asset) else None
    rank = search_rank(node)
    clause = node.basis.clause
    return [node.id, data, node.provenance.value, type_of(node), kind_of(node), keys_of(node), code, rank, clause]


def _claim_row(claim: AnyClaim, data: str) -> Row:
    code = claim.text if isinstance(claim, Code) else None
    return [
        claim.id,
        data,
        claim.provenance.value,
        type_of(claim),
        kind_of(claim),
        keys_of(claim),
        code,
        claim.subject,
        claim.basis.document,
        *_days_of(claim.validity),
        list(observations(claim.validity)) if isinstance(claim, Code) else None,
    ]


def _relation_row(relation: Relation, data: str) -> Row:
    return [
        relation.id,
        data,
        relation.provenance.value,
        relation.kind,
        relation.regime,
        relation.role,
        relation.source,
        relation.target,
        relation.basis.document,
        *_days_of(relation.validity),
    ]


def _item_row(item: AnyItem, data: str) -> Row:
    return [item.id, data, item.provenance.value, type_of(item), kind_of(item), order_key(item)]


def _days_of(validity: Validity) -> Row:
    bounds = limits(validity)
    return [
        bounds.possible_from,
        bounds.certain_from,
        bounds.certain_until,
        bounds.possible_until,
    ]
