"""The data set as a whole, and its lists (列表): header, counts, relations of a node, records of a type."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence
from typing import Any

from graph_model.errors import BadUserInputError
from graph_model.exchange import Count, End, Header, Page, RelationPage, Wanted, Window
from graph_model.records import (
    CLAIM_TYPES,
    NODE_TYPES,
    RECORD_TYPES,
    AnyRecord,
    Coverage,
    Dataset,
    Family,
    Provenance,
    RegimeContent,
    decode,
)
from graph_model.stores.neo4j.decoding import decode_claim, decode_item, decode_node, decode_relation
from graph_model.stores.neo4j.schema import RELATIONSHIPS
from graph_model.stores.neo4j.snapshot import Asker, Question, current, is_storable, possible
from graph_model.stores.neo4j.statements import PATTERNS
from graph_model.stores.neo4j.surroundings import days
from graph_model.stores.ranges import first_text_beyond

_NODE_TAGS = [str(record_type.__struct_config__.tag) for record_type in NODE_TYPES]
_CLAIM_TAGS = [str(record_type.__struct_config__.tag) for record_type in CLAIM_TYPES]
TYPE_TAGS = sorted(str(record_type.__struct_config__.tag) for record_type in RECORD_TYPES)
RELATION = "relation"
ITEM_LABEL = "ItemRecord"
KEYS = {"NodeRecord": "id", "ClaimRecord": "id", ITEM_LABEL: "order_key"}
"""By which property the records of a label are listed."""
FAMILIES = list(RELATIONSHIPS.items())
_LABELS = {**dict.fromkeys(_NODE_TAGS, "NodeRecord"), **dict.fromkeys(_CLAIM_TAGS, "ClaimRecord")}
_DECODE = {"NodeRecord": decode_node, "ClaimRecord": decode_claim, ITEM_LABEL: decode_item}

_HEADER = Question(f"""
CALL (moment) {{
    UNWIND ['coverage', 'dataset', 'regime'] AS type
    MATCH (n:ItemRecord) USING INDEX n:ItemRecord(type, order_key)
    WHERE n.type = type AND n.order_key >= '' AND {current("n")}
    WITH n ORDER BY n.type, n.order_key
    RETURN collect(n.data) AS items
}}
RETURN generation, version, items
""")

_MOMENT = Question("RETURN moment")

_TALLIES = """
CALL (moment) {
    UNWIND $types AS type
    MATCH (sort:Tallied {type: type})
    CALL (moment, sort) {
        MATCH (t:Tally) USING INDEX t:Tally(type, kind, provenance, recorded_from)
        WHERE t.type = sort.type AND t.kind = sort.kind AND t.provenance = sort.provenance
            AND t.recorded_from <= moment
        WITH t ORDER BY t.type DESC, t.kind DESC, t.provenance DESC, t.recorded_from DESC LIMIT 1
        RETURN t.number AS number
    }
    RETURN collect([sort.kind, sort.provenance, number, sort.type]) AS tallies
}
"""
_COUNTS = Question(f"{_TALLIES} RETURN tallies")

_AFTER = "(r.kind > $kind OR r.kind = $kind AND (o.id > $other OR o.id = $other AND r.id > $id))"
_ENDS = {End.SOURCE: "(e)-[r:{0}]->(o)", End.TARGET: "(e)<-[r:{0}]-(o)"}
_RELATIONS = {
    (family, end): Question(f"""
CALL (moment) {{
    UNWIND $nodes AS node
    CALL (moment, node) {{
        MATCH (e:Entity {{id: node}})
        MATCH {pattern.format(type_)}
        WHERE {current("r")} AND {possible("r")} AND ($is_free OR r.regime IN $regimes)
        WITH r, o ORDER BY r.kind, o.id, r.id
        WITH collect([r, {_AFTER}]) AS found
        WITH size(found) AS total, [row IN found WHERE row[1] | row[0]] AS rest
        RETURN total, [r IN rest[..$rows] | r.data] AS page
    }}
    RETURN collect([node, total, page]) AS pages
}}
RETURN pages
""")
    for family, type_ in RELATIONSHIPS.items()
    for end, pattern in _ENDS.items()
}

_WANTED = f"""{current("r")} AND {possible("r")} AND r.regime IN $regimes
            AND ($is_free OR r.provenance IN $provenances)"""
_WANTED_AT_END = f"""
CALL (moment) {{{{
    MATCH {{0}}
    WHERE r.kind IN $kinds AND {_WANTED} {{1}}
    WITH r ORDER BY r.kind, r.id
    WITH collect([r, r.kind > $kind OR r.kind = $kind AND r.id > $id]) AS found
    WITH size(found) AS total, [row IN found WHERE row[1] | row[0]] AS rest
    RETURN total, [r IN rest[..$rows] | r.data] AS page
}}}}
RETURN total, [page] AS pages
"""
_ASSIGNMENTS = {
    "assignee": Question(
        _WANTED_AT_END.format(
            "(e:Entity {id: $assignee})-[r:RESPONSIBILITY]->(o) USING INDEX e:Entity(id)",
            "AND ($target IS NULL OR o.id = $target)",
        )
    ),
    "target": Question(
        _WANTED_AT_END.format("(e:Entity {id: $target})<-[r:RESPONSIBILITY]-() USING INDEX e:Entity(id)", "")
    ),
    "kind": Question(f"""
CALL (moment) {{
    UNWIND $kinds AS kind
    MATCH ()-[r:RESPONSIBILITY]->() USING INDEX r:RESPONSIBILITY(kind, id)
    WHERE r.kind = kind AND r.id > '' AND {_WANTED}
    RETURN count(r) AS total
}}
CALL (moment) {{
    UNWIND $later AS kind
    CALL (moment, kind) {{
        MATCH ()-[r:RESPONSIBILITY]->() USING INDEX r:RESPONSIBILITY(kind, id)
        WHERE r.kind = kind[0] AND r.id > kind[1] AND {_WANTED}
        WITH r ORDER BY r.kind, r.id LIMIT toInteger($rows)
        RETURN collect(r.data) AS of_kind
    }}
    RETURN collect(of_kind) AS pages
}}
RETURN total, pages
"""),
}

_PAGE = """
CALL (moment) {{
    MATCH (n:{label}) USING INDEX n:{label}({index})
    WHERE {is_wanted} AND n.{key} > $after {within} AND {current}
    WITH n ORDER BY {order} LIMIT toInteger($rows)
    RETURN collect(n.data) AS page
}}
"""
_WITHIN = """
CALL (moment) {{
    MATCH (n:{label}) USING INDEX n:{label}({index})
    WHERE {is_wanted} AND n.{key} >= $prefix AND n.{key} < $beyond AND {current}
    RETURN count(n) AS total
}}
"""

KINDS = """
CALL (moment) {
    MATCH (sort:Tallied {type: 'relation'}) WHERE $kind IS NULL OR sort.kind = $kind
    RETURN collect(DISTINCT sort.kind) AS kinds
}
"""
_PAGE_OF_FAMILY = """
CALL (moment, kinds) {{
    UNWIND kinds AS kind
    CALL (moment, kind) {{
        MATCH ()-[r:{type_}]->() USING INDEX r:{type_}(kind, id)
        WHERE r.kind = kind AND r.id > $after {within} AND {current}
        WITH r ORDER BY r.kind, r.id LIMIT toInteger($rows)
        RETURN collect([r.id, r.data]) AS of_kind
    }}
    RETURN collect(of_kind) AS page_of_{family}
}}
"""
_WITHIN_FAMILY = """
CALL (moment, kinds) {{
    UNWIND kinds AS kind
    MATCH ()-[r:{type_}]->() USING INDEX r:{type_}(kind, id)
    WHERE r.kind = kind AND r.id >= $prefix AND r.id < $beyond AND {current}
    RETURN count(r) AS total_of_{family}
}}
"""


def _records(label: str, chosen: Sequence[str]) -> tuple[Question, Question]:
    """A page of records that are alike in the chosen properties: of all, and of those with a prefix."""
    key = KEYS[label]
    asked = {
        "label": label,
        "key": key,
        "current": current("n"),
        "index": ", ".join((*chosen, key)),
        "is_wanted": " AND ".join(f"n.{each} = ${each}" for each in chosen),
        "order": ", ".join(f"n.{each}" for each in (*chosen, key)),
    }
    whole = _PAGE.format(**asked, within="") + "RETURN tallies, page"
    within = _WITHIN.format(**asked) + _PAGE.format(**asked, within=f"AND n.{key} < $beyond") + "RETURN total, page"
    return Question(_TALLIES + whole), Question(within)


def _relation_records() -> tuple[Question, Question]:
    """A page of relations, whatever their family: the first ones of each kind, to be merged."""
    families = [{"family": family.value, "type_": type_, "current": current("r")} for family, type_ in FAMILIES]
    pages = " + ".join(f"page_of_{family.value}" for family, _ in FAMILIES)
    totals = " + ".join(f"total_of_{family.value}" for family, _ in FAMILIES)
    whole = "".join(_PAGE_OF_FAMILY.format(**family, within="") for family in families)
    within = "".join(_PAGE_OF_FAMILY.format(**family, within="AND r.id < $beyond") for family in families)
    counts = "".join(_WITHIN_FAMILY.format(**family) for family in families)
    return (
        Question(f"{_TALLIES}{KINDS}{whole}RETURN tallies, {pages} AS pages"),
        Question(f"{KINDS}{counts}{within}RETURN {totals} AS total, {pages} AS pages"),
    )


_RECORDS = {
    (label, of_kind): _records(label, ("type", "kind") if of_kind else ("type",))
    for label in KEYS
    for of_kind in (False, True)
}
"""By label, and whether only those of one kind are wanted: the page of all, and of those with a prefix."""
_RELATION_RECORDS = _relation_records()

_BY_IDS = Question(
    "CALL (moment) { CALL (moment) {"
    + "UNION ALL".join(
        f"""
    UNWIND $ids AS id
    MATCH {pattern} USING INDEX {variable}(id, recorded_from)
    WHERE v.id = id AND v.recorded_from <= moment AND v.recorded_to > moment
    RETURN v.data AS data
"""
        for pattern, variable in PATTERNS.values()
    )
    + "} RETURN collect(data) AS found } RETURN found"
)


async def read_header(asker: Asker, recorded_as_of: int | None) -> Header:
    """As ``StoreReader.header`` has it."""
    row = await asker.ask(_HEADER, recorded_as_of)
    items = [decode_item(data) for data in row["items"]]
    return Header(
        generation=row["generation"],
        version=row["version"],
        dataset=next((item for item in items if isinstance(item, Dataset)), None),
        regimes={item.code: item for item in items if isinstance(item, RegimeContent)},
        coverages=tuple(item for item in items if isinstance(item, Coverage)),
    )


async def read_moment(asker: Asker, recorded_as_of: int | None) -> int:
    """The moment of the last write by then."""
    return int((await asker.ask(_MOMENT, recorded_as_of))["moment"])


async def read_counts(asker: Asker, recorded_as_of: int | None) -> tuple[Count, ...]:
    """As ``StoreReader.counts`` has it."""
    row = await asker.ask(_COUNTS, recorded_as_of, types=[*_NODE_TAGS, RELATION])
    nodes: dict[str, int] = {}
    relations: dict[str, int] = {}
    for _, provenance, number, record_type in row["tallies"]:
        counted = relations if record_type == RELATION else nodes
        counted[provenance] = counted.get(provenance, 0) + number
    return tuple(
        Count(provenance, nodes.get(provenance.value, 0), relations.get(provenance.value, 0))
        for provenance in Provenance
    )


async def read_relations(
    asker: Asker,
    nodes: Sequence[str],
    family: Family,
    end: End,
    window: Window,
    *,
    first: int,
    after: tuple[str, str, str] | None,
    regimes: Sequence[str] | None,
    recorded_as_of: int | None,
) -> dict[str, RelationPage]:
    """As ``StoreReader.relations`` has it."""
    kind, other, relation_id = after or ("", "", "")
    row = await asker.ask(
        _RELATIONS[family, end],
        recorded_as_of,
        nodes=[node for node in dict.fromkeys(nodes) if is_storable(node)],
        is_free=regimes is None,
        regimes=list(regimes or ()),
        kind=kind,
        other=other,
        id=relation_id,
        rows=first + 1,
        **days(window),
    )
    pages = dict.fromkeys(nodes, RelationPage((), 0, False))
    for node, total, page in row["pages"]:
        pages[node] = RelationPage(tuple(map(decode_relation, page[:first])), total, len(page) > first)
    return pages


async def read_assignments(
    asker: Asker,
    wanted: Wanted,
    window: Window,
    *,
    first: int,
    after: tuple[str, str] | None,
    recorded_as_of: int | None,
) -> RelationPage:
    """As ``StoreReader.assignments`` has it."""
    if not all(is_storable(end) for end in (wanted.assignee, wanted.target) if end is not None):
        return RelationPage((), 0, False)
    look_up = "assignee" if wanted.assignee is not None else "target" if wanted.target is not None else "kind"
    kind, relation_id = after or ("", "")
    kinds = sorted(set(wanted.kinds))
    row = await asker.ask(
        _ASSIGNMENTS[look_up],
        recorded_as_of,
        assignee=wanted.assignee,
        target=wanted.target,
        kinds=kinds,
        later=[[each, relation_id if each == kind else ""] for each in kinds if each >= kind],
        regimes=list(wanted.regimes),
        is_free=wanted.provenances is None,
        provenances=list(wanted.provenances or ()),
        kind=kind,
        id=relation_id,
        rows=first + 1,
        **days(window),
    )
    page = list(itertools.chain.from_iterable(row["pages"]))
    return RelationPage(tuple(map(decode_relation, page[:first])), row["total"], len(page) > first)


async def read_records(
    asker: Asker,
    record_type: str,
    *,
    first: int,
    after: str | None,
    kind: str | None,
    prefix: str,
    recorded_as_of: int | None,
) -> Page:
    """As ``StoreReader.list_records`` has it."""
    if record_type not in TYPE_TAGS:
        raise BadUserInputError(f"there are no records of type {record_type!r}; there are: {', '.join(TYPE_TAGS)}")
    asked: dict[str, Any] = {
        "type": record_type,
        "types": [record_type],
        "kind": kind,
        "prefix": prefix,
        "beyond": _beyond(prefix),
        "after": max(after or "", prefix),
        "rows": first + 1,
    }
    which = 1 if prefix else 0
    if record_type == RELATION:
        row = await asker.ask(_RELATION_RECORDS[which], recorded_as_of, **asked)
        merged = heapq.merge(*row["pages"])
        found: list[AnyRecord] = [decode_relation(data) for _, data in itertools.islice(merged, first + 1)]
    else:
        label = label_of(record_type)
        row = await asker.ask(_RECORDS[label, kind is not None][which], recorded_as_of, **asked)
        found = [_DECODE[label](data) for data in row["page"]]
    total = row["total"] if prefix else sum(each[2] for each in row["tallies"] if kind in {None, each[0]})
    return Page(tuple(found[:first]), total, len(found) > first)


async def read_by_ids(asker: Asker, ids: Sequence[str], recorded_as_of: int | None) -> dict[str, AnyRecord]:
    """As ``StoreReader.records`` has it."""
    wanted = [record_id for record_id in dict.fromkeys(ids) if is_storable(record_id)]
    row = await asker.ask(_BY_IDS, recorded_as_of, ids=wanted)
    return {record.id: record for record in map(decode, row["found"])}


def label_of(record_type: str) -> str:
    """The label of the records of a type, which is no relation."""
    return _LABELS.get(record_type, ITEM_LABEL)


def _beyond(prefix: str) -> str:
    """The least text greater than every text with a prefix; where there is none, one that no key reaches."""
    beyond = first_text_beyond(prefix)
    return beyond if isinstance(beyond, str) else prefix + "\U0010ffff" * 64
