"""The whole graph as light rows (略图): page by page, all of one moment."""

from __future__ import annotations

from typing import Final

from graph_model.outline import OUTLINED_FAMILIES, OUTLINED_NODES, ClaimRow, EdgeRow, Outline, row_of_exemption
from graph_model.records import Exemption, Family
from graph_model.stores.neo4j.counting import DAYS, iter_rows, read_kinds
from graph_model.stores.neo4j.decoding import decode_claim
from graph_model.stores.neo4j.schema import RELATIONSHIPS
from graph_model.stores.neo4j.snapshot import Asker, Question, current

_HEAD: Final = Question("RETURN moment, generation")
_NODES: Final = Question(f"""
CALL (moment) {{
    MATCH (n:NodeRecord) USING INDEX n:NodeRecord(type, id)
    WHERE n.type = $type AND n.id > $after AND {current("n")}
    WITH n ORDER BY n.type, n.id LIMIT toInteger($rows)
    RETURN collect([n.id, n.kind]) AS page
}}
RETURN page
""")
_EDGES: Final = {
    family: Question(f"""
CALL (moment) {{
    MATCH (s:Entity)-[r:{RELATIONSHIPS[family]}]->(t:Entity) USING INDEX r:{RELATIONSHIPS[family]}(kind, id)
    WHERE r.kind = $kind AND r.id > $after AND {current("r")}
    WITH r, s, t ORDER BY r.kind, r.id LIMIT toInteger($rows)
    RETURN collect([r.id, s.id, t.id, r.kind, r.regime, {DAYS.format("r")}]) AS page
}}
RETURN page
""")
    for family in OUTLINED_FAMILIES
}
_CLAIMS: Final = Question(f"""
CALL (moment) {{
    MATCH (c:ClaimRecord) USING INDEX c:ClaimRecord(type, id)
    WHERE c.type = $type AND c.id > $after AND {current("c")}
    WITH c ORDER BY c.type, c.id LIMIT toInteger($rows)
    MATCH (c)-[:ABOUT]->(e:Entity)
    RETURN collect([c.id, e.id, coalesce(c.kind, ''), null, {DAYS.format("c")}]) AS page
}}
RETURN page
""")
_EXEMPTIONS: Final = Question(f"""
CALL (moment) {{
    MATCH (c:ClaimRecord) USING INDEX c:ClaimRecord(type, id)
    WHERE c.type = 'exemption' AND c.id > $after AND {current("c")}
    WITH c ORDER BY c.type, c.id LIMIT toInteger($rows)
    RETURN collect([c.id, c.data]) AS page
}}
RETURN page
""")


async def read_outline(asker: Asker, recorded_as_of: int | None) -> Outline:
    """As ``StoreReader.outline`` has it."""
    head = await asker.ask(_HEAD, recorded_as_of)
    moment = int(head["moment"])
    nodes: dict[str, dict[str, str | None]] = {}
    for tag in OUTLINED_NODES:
        nodes[tag] = {node: kind async for node, kind in iter_rows(asker, _NODES, moment, type=tag)}
    kinds = await read_kinds(asker, moment)
    edges: dict[Family, list[EdgeRow]] = {}
    for family in OUTLINED_FAMILIES:
        edges[family] = [
            (row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8])
            for kind in kinds
            async for row in iter_rows(asker, _EDGES[family], moment, kind=kind)
        ]
    claims: dict[str, list[ClaimRow]] = {
        tag: [
            (row[1], row[2], row[3], row[4], row[5], row[6], row[7])
            async for row in iter_rows(asker, _CLAIMS, moment, type=tag)
        ]
        for tag in ("designation", "vacancy")
    }
    claims["exemption"] = [_exempted(data) async for _, data in iter_rows(asker, _EXEMPTIONS, moment)]
    return Outline(int(head["generation"]), nodes, edges, claims)


def _exempted(data: str) -> ClaimRow:
    claim = decode_claim(data)
    if not isinstance(claim, Exemption):
        raise TypeError(f"{claim.id} is no exemption")
    return row_of_exemption(claim)
