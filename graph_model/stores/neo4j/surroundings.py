"""What lies around some nodes (邻域): each of these questions is one statement, one row, one round trip.

A walk asks for the nodes that it reaches, each once, and not for its ways: Neo4j then goes through every node once
(it prunes), where all ways through many containers of containers would be too many to count. The relations on the ways
are fetched afterwards, from the nodes.

Only where a pattern begins does it name a label: what lies at the other end of a relationship has just one, and the
server must not be tempted to begin there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from graph_model.exchange import Window
from graph_model.neighbourhood import Neighbourhood
from graph_model.stores.neo4j.decoding import decode_claim, decode_node, decode_relation
from graph_model.stores.neo4j.snapshot import Asker, Question, current, is_storable, possible

_IS_LOADED = f"EXISTS {{ (e)<-[:OF]-(n) WHERE {current('n')} }}"
_ON_THE_WAY = f"all(step IN way WHERE {current('step')} AND {possible('step')})"

_SEEDS = f"""
CALL (moment) {{
    CALL (moment) {{
        UNWIND $ids AS key
        MATCH (e:Entity {{id: key}}) WHERE {_IS_LOADED}
        RETURN key, e
        UNION
        UNWIND $codes AS key
        MATCH (n:NodeRecord {{code: key}})-[:OF]->(e) WHERE {current("n")}
        RETURN key, e
        UNION
        UNWIND $codes AS key
        MATCH (c:ClaimRecord {{code: key}})-[:ABOUT]->(e) WHERE {current("c")} AND {_IS_LOADED}
        RETURN key, e
    }}
    RETURN collect([key, e.id]) AS seeds, collect(DISTINCT e) AS found
}}
"""

_UP = f"""
CALL (moment, found) {{
    UNWIND found AS start
    MATCH (start)-[way:CONTAINMENT*0..]->(e) WHERE {_ON_THE_WAY}
    WITH DISTINCT e
    RETURN collect(e) AS up
}}
"""

_ASSIGNMENTS = f"""
CALL (moment, up) {{
    UNWIND up AS e
    MATCH (e)<-[r:RESPONSIBILITY]-(seat) WHERE {current("r")} AND r.possible_from <= $last
    RETURN collect(r.data) AS assignments, collect(DISTINCT r.document) AS documents_1, collect(DISTINCT seat) AS seats
}}
"""

_HOLDINGS = f"""
CALL (moment, seats) {{
    UNWIND seats AS seat
    MATCH (seat)<-[r:HOLDING]-(person) WHERE {current("r")} AND {possible("r")}
    RETURN collect(r.data) AS holdings, collect(DISTINCT r.document) AS documents_2, collect(person) AS persons
}}
"""

# Many seats share few places, and these fewer: two layers of containers are read each node once, with the ways that
# leave it; a walk begins above them. What comes twice, because it is a container of several sorts, is told apart by
# ``read_neighbourhood``.
_LAYER = f"""
CALL (moment, {{layer}}) {{{{
    UNWIND {{layer}} AS e
    MATCH (e)-[r:CONTAINMENT]->(above) WHERE {current("r")} AND {possible("r")}
    RETURN collect(r.data) AS ways_of_{{layer}}, collect(DISTINCT r.document) AS documents_of_{{layer}},
        collect(DISTINCT above) AS {{above}}
}}}}
"""

_ABOVE_SEATS = f"""
{_LAYER.format(layer="seats", above="places")}
{_LAYER.format(layer="places", above="areas")}
CALL (moment, areas) {{
    UNWIND areas AS start
    MATCH (start)-[way:CONTAINMENT*0..]->(e) WHERE {_ON_THE_WAY}
    WITH DISTINCT e
    RETURN collect(e) AS above
}}
"""

_WAYS = f"""
CALL (moment, walked) {{
    UNWIND walked AS e
    MATCH (e)-[r:CONTAINMENT]->() WHERE {current("r")} AND {possible("r")}
    RETURN collect(r.data) AS ways, collect(DISTINCT r.document) AS documents_3
}}
"""

# Both sorts of versions that hang on an entity, in one way over what it is tied to.
_RECORDS = f"""
CALL (moment, near) {{
    UNWIND near AS e
    MATCH (e)<-[tie:OF|ABOUT]-(v) WHERE {current("v")}
    WITH type(tie) AS tie, v.data AS data, v.document AS document
    RETURN collect(CASE tie WHEN 'OF' THEN data END) AS nodes, collect(CASE tie WHEN 'ABOUT' THEN data END) AS claims,
        collect(DISTINCT document) AS documents_4
}}
"""

_DOCUMENTS = f"""
CALL (moment, documents) {{
    UNWIND documents AS document
    MATCH (:Entity {{id: document}})<-[:OF]-(n) WHERE {current("n")}
    RETURN collect(DISTINCT n.data) AS texts
}}
"""

_NEIGHBOURHOOD = Question(f"""
{_SEEDS}
{_UP}
{_ASSIGNMENTS}
{_HOLDINGS}
{_ABOVE_SEATS}
CALL (up, above) {{ UNWIND up + above AS e WITH DISTINCT e RETURN collect(e) AS walked }}
CALL (seats, places, walked, persons) {{
    UNWIND seats + places + walked + persons AS e
    WITH DISTINCT e
    RETURN collect(e) AS near
}}
{_WAYS}
{_RECORDS}
WITH moment, generation, seeds, nodes, claims, assignments, holdings, ways + ways_of_seats + ways_of_places AS ways,
    documents_1 + documents_2 + documents_of_seats + documents_of_places + documents_3 + documents_4 AS documents
{_DOCUMENTS}
RETURN generation, seeds, nodes, texts, claims, assignments, holdings, ways
""")

_LOOKUP = Question(f"""
CALL (moment) {{
    UNWIND $ids AS id
    MATCH (e:Entity {{id: id}}) WHERE {_IS_LOADED}
    RETURN collect(e) AS near
}}
{_RECORDS}
RETURN generation, nodes, claims
""")

LAYERS = 6
"""How far down a statement walks: a country has five levels. Whatever lies deeper takes another round trip."""

_STEP = """
CALL (moment, layer) {{
    UNWIND layer AS top
    MATCH (top)<-[r:CONTAINMENT]-(e)<-[:OF]-(n) WHERE {passes}
    WITH DISTINCT e, {is_found} AS is_found
    RETURN collect(CASE WHEN is_found THEN e END) AS found_{number}, collect({below}) AS below
}}
WITH moment, generation, below AS layer, {found}
"""


def _downwards(passes: str, is_found: str, below: str) -> Question:
    """A walk down through ``passes``; a circle is walked again and again, for as many layers as there are."""
    found = [f"found_{number}" for number in range(LAYERS)]
    passing = f"{passes} AND {current('r', 'n')} AND {possible('r')}"
    steps = "".join(
        _STEP.format(
            passes=passing, is_found=is_found, below=below, number=number, found=", ".join(found[: number + 1])
        )
        for number in range(LAYERS)
    )
    return Question(f"""
CALL (moment) {{
    MATCH (e:Entity) WHERE e.id IN $nodes
    RETURN collect(e) AS layer
}}
{steps}
CALL ({", ".join(found)}) {{
    UNWIND {" + ".join(found)} AS e
    WITH DISTINCT e WHERE e.id <> $node
    RETURN collect(e) AS found
}}
WITH moment, generation, layer, found
{_UP}
WITH moment, generation, layer, found AS near, up AS walked
{_WAYS}
{_RECORDS}
RETURN generation, nodes, claims, ways, [e IN layer | e.id] AS below
""")


# Through divisions only, and not below one of the level: a village's households stay unread.
_DESCENDANTS = _downwards("n.type = 'division'", "n.kind = $level", "CASE WHEN NOT is_found THEN e END")
_ASSETS = _downwards("n.type IN ['division', 'asset']", "n.type = 'asset'", "e")


async def read_neighbourhood(
    asker: Asker, keys: Sequence[str], window: Window, recorded_as_of: int | None
) -> Neighbourhood:
    """As ``StoreReader.neighbourhood`` has it."""
    storable = [key for key in dict.fromkeys(keys) if is_storable(key)]
    row = await asker.ask(
        _NEIGHBOURHOOD,
        recorded_as_of,
        ids=[key for key in storable if ":" in key],
        codes=[key for key in storable if ":" not in key],
        **days(window),
    )
    meant: dict[str, list[str]] = {key: [] for key in keys}
    for key, node in row["seeds"]:
        meant[key].append(node)
    texts = dict.fromkeys((*row["nodes"], *row["texts"]))
    ways = dict.fromkeys(row["ways"])
    return Neighbourhood(
        map(decode_node, texts),
        map(decode_claim, row["claims"]),
        map(decode_relation, (*ways, *row["assignments"], *row["holdings"])),
        seeds={key: tuple(sorted(nodes)) for key, nodes in meant.items()},
        generation=row["generation"],
    )


async def read_nodes(asker: Asker, ids: Sequence[str], recorded_as_of: int | None) -> Neighbourhood:
    """As ``StoreReader.lookup`` has it."""
    row = await asker.ask(_LOOKUP, recorded_as_of, ids=[node for node in dict.fromkeys(ids) if is_storable(node)])
    return Neighbourhood(map(decode_node, row["nodes"]), map(decode_claim, row["claims"]), generation=row["generation"])


async def read_descendants(
    asker: Asker, node: str, level: str, window: Window, recorded_as_of: int | None
) -> Neighbourhood:
    """As ``StoreReader.descendants`` has it."""
    return await _read_below(asker, _DESCENDANTS, node, {"level": level, **days(window)}, recorded_as_of)


async def read_assets(asker: Asker, node: str, window: Window, recorded_as_of: int | None) -> Neighbourhood:
    """As ``StoreReader.assets`` has it."""
    return await _read_below(asker, _ASSETS, node, days(window), recorded_as_of)


async def _read_below(
    asker: Asker, question: Question, node: str, asked: dict[str, Any], recorded_as_of: int | None
) -> Neighbourhood:
    """What is found below a node, layer by layer: as many at once as a statement walks."""
    layer, walked = [node] if is_storable(node) else [], {node}
    nodes: dict[str, None] = {}
    claims: dict[str, None] = {}
    ways: dict[str, None] = {}
    while True:
        row = await asker.ask(question, recorded_as_of, node=node, nodes=layer, **asked)
        nodes.update(dict.fromkeys(row["nodes"]))
        claims.update(dict.fromkeys(row["claims"]))
        ways.update(dict.fromkeys(row["ways"]))
        layer = [below for below in row["below"] if below not in walked]
        if not layer:
            break
        walked.update(layer)
    return Neighbourhood(
        map(decode_node, nodes),
        map(decode_claim, claims),
        map(decode_relation, ways),
        generation=row["generation"],
    )


def days(window: Window) -> dict[str, Any]:
    """The parameters of a window."""
    return {"first": date.fromordinal(window.first), "last": date.fromordinal(window.last)}
