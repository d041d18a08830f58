"""Circles, against all simple circles that a day has."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from graph_model.dates import Validity, certainty_on, limits, parse_day
from graph_model.exchange import Edge
from graph_model.questions.cycles import find_cycles
from graph_model.records import Family

YEARS = (2015, 2016, 2017, 2018)
VALIDITIES = [
    Validity(since=None if first is None else f"{first}-01-01", until=None if last is None else f"{last}-01-01")
    for first in (None, *YEARS)
    for last in (None, *YEARS)
    if first is None or last is None or first < last
]
DAYS = [parse_day(f"{year}-01-01").toordinal() for year in (2010, *YEARS)]


@st.composite
def edges(draw: st.DrawFn) -> list[tuple[Edge, Validity]]:
    made = []
    for number in range(draw(st.integers(0, 9))):
        source, target = draw(st.sampled_from("abcd")), draw(st.sampled_from("abcd"))
        validity = draw(st.sampled_from(VALIDITIES))
        edge = Edge(
            f"e{number}", "o", Family.CONTAINMENT, "part-of", None, source, target, None, None, limits(validity)
        )
        made.append((edge, validity))
    return made


@given(edges())
def test_each_is_a_circle_of_some_day_and_each_edge_in_a_circle_is_in_one(dated: list[tuple[Edge, Validity]]) -> None:
    found = find_cycles([edge for edge, _ in dated])
    circles: set[tuple[str, ...]] = set()
    circular: set[str] = set()
    for day in DAYS:
        active = [edge for edge, validity in dated if certainty_on(validity, day).holds]
        graph: nx.DiGraph[str] = nx.DiGraph((edge.source, edge.target) for edge in active)
        for circle in nx.simple_cycles(graph):
            least = circle.index(min(circle))
            circles.add((*circle[least:], *circle[:least]))
        component = {
            node: number for number, nodes in enumerate(nx.strongly_connected_components(graph)) for node in nodes
        }
        circular |= {edge.id for edge in active if component[edge.source] == component[edge.target]}
    assert {cycle.nodes for cycle in found} <= circles
    assert {edge.id for cycle in found for edge in cycle.edges} == circular
    assert list(found) == sorted(found, key=lambda cycle: cycle.nodes)
    assert len({cycle.nodes for cycle in found}) == len(found)
