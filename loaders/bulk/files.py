"""The files of a bulk import, as ``neo4j-admin database import`` reads them (导入文件).

They hold exactly what the Neo4j store would have written itself (``stores.neo4j.schema``). A file is a header and
lines; an empty field is a property that is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from msgspec import Struct

from graph_model.dates import AFTER_ALL_DAYS, BEFORE_ALL_DAYS
from graph_model.stores.neo4j.rows import CLAIM, ITEM, NODE
from graph_model.stores.neo4j.schema import RELATIONSHIPS

# The import lays properties one behind the other as the header has them, and the server reads them in that order until
# it has what it wants: first comes what every question asks for.
_CURRENT = "recorded_from:long,recorded_to:long"
_POSSIBLE, _CERTAIN = "possible_from:date,possible_until:date", "certain_from:date,certain_until:date"
_VERSION = "id,provenance,origin"


class File(Struct, frozen=True):
    """One file: its name, the label or type of its rows, the header."""

    name: str
    kind: str
    header: str
    is_relationship: bool = False


def _ends(start: str, end: str) -> str:
    return f":START_ID({start}),:END_ID({end})"


ENTITIES: Final = File("entities.csv", "Entity", "id:ID(Entity)")
KEYS: Final = File("search-keys.csv", "SearchKey", "key:ID(SearchKey)")
HEAD: Final = File("head.csv", "Head", "application,schema:long,moment:long,number:long,version")
WRITES: Final = File(
    "writes.csv",
    "Write",
    "number:long,recorded_at:long,author,action,basis,key,digest,answer:byte[],origins,version,touched:string[],"
    "created:long,changed:long,unchanged:long,ended:long,kept:long",
)
TALLIES: Final = File("tallies.csv", "Tally", "type,kind,provenance,number:long,recorded_from:long,recorded_to:long")
TALLIED: Final = File("tallied.csv", "Tallied", "type,kind,provenance")
NODES: Final = File(
    "node-records.csv",
    "NodeRecord",
    f":ID(NodeRecord),{_CURRENT},data,{_VERSION},type,kind,code,rank:long,clause",
)
CLAIMS: Final = File(
    "claim-records.csv",
    "ClaimRecord",
    f":ID(ClaimRecord),{_CURRENT},data,document,{_VERSION},type,kind,code,{_POSSIBLE},{_CERTAIN},observed:date[]",
)
ITEMS: Final = File("item-records.csv", "ItemRecord", f"{_CURRENT},data,{_VERSION},type,kind,order_key")
OF: Final = File("of.csv", "OF", _ends("NodeRecord", "Entity"), is_relationship=True)
ABOUT: Final = File("about.csv", "ABOUT", _ends("ClaimRecord", "Entity"), is_relationship=True)
FINDS_NODES: Final = File(
    "finds-nodes.csv", "FINDS", f"{_ends('SearchKey', 'NodeRecord')},is_beginning:boolean", is_relationship=True
)
FINDS_CLAIMS: Final = File(
    "finds-claims.csv", "FINDS", f"{_ends('SearchKey', 'ClaimRecord')},is_beginning:boolean", is_relationship=True
)
RELATIONS: Final = {
    family.value: File(
        f"{family.value}.csv",
        type_,
        f"{_ends('Entity', 'Entity')},{_CURRENT},{_POSSIBLE},data,document,{_VERSION},kind,regime,role,{_CERTAIN}",
        is_relationship=True,
    )
    for family, type_ in RELATIONSHIPS.items()
}
RECORDS: Final = {NODE: NODES, CLAIM: CLAIMS, ITEM: ITEMS, **RELATIONS}
"""The file of a table's versions."""
FILES: Final = (
    ENTITIES, KEYS, HEAD, WRITES, TALLIES, TALLIED, NODES, CLAIMS, ITEMS, OF, ABOUT, FINDS_NODES, FINDS_CLAIMS,
    *RELATIONS.values(),
)  # fmt: skip


def line_of(*values: object) -> str:
    """A row of texts, numbers, truths and bytes as a line of CSV.

    None is an empty field, and so no property; a text always stands in quotes.
    """
    return ",".join(map(_field, values)) + "\n"


def _field(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    if isinstance(value, bool):
        return "true" if value else "false"
    return ";".join(str(byte) for byte in value) if isinstance(value, bytes) else str(value)


def list_text(values: Sequence[str] | None) -> str | None:
    """Some texts without semicolons as one field."""
    return ";".join(values) if values else None


@lru_cache(maxsize=65536)
def day_text(ordinal: int) -> str:
    """A day as Neo4j reads it; the infinities are the days beside all real ones."""
    if ordinal == BEFORE_ALL_DAYS:
        return "0000-12-31"
    return "+10000-01-01" if ordinal == AFTER_ALL_DAYS else date.fromordinal(ordinal).isoformat()
