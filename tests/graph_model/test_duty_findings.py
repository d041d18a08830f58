"""What is found of duties against the chain of each target, on small random graphs."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_model.dates import Certainty, limits
from graph_model.exchange import Window
from graph_model.overview import judge_sorts, read_overview
from graph_model.questions.chain import trace_chain
from graph_model.questions.duties import GapCause
from graph_model.questions.duty_findings import find_unmet
from graph_model.questions.found import DUTY_EXEMPT, DUTY_UNMET, DUTY_UNSURE, HOLDER_UNKNOWN, Found
from graph_model.questions.ways import Ways
from graph_model.records import AnyTarget, Family, Severity
from tests.graph_model.outlines import ListReader
from tests.graph_model.questions.crowded_worlds import crowd_of
from tests.graph_model.questions.naive_chain import World
from tests.graph_model.questions.random_worlds import Question, question_of

QUESTIONS = st.one_of(st.integers(0, 2**32 - 1).map(crowd_of), st.integers(0, 2**32 - 1).map(question_of))
DAYS = st.sampled_from(
    [date(*day).toordinal() for day in ((2014, 6, 1), (2016, 12, 1), (2017, 6, 30), (2017, 7, 1), (2018, 1, 1))]
)
Gap = tuple[str, str, str, str]


async def found_on(question: Question, day: int) -> list[Found]:
    reader = ListReader(question.world).as_reader()
    overview = await read_overview(reader, question.world.coverages, 1)
    likeness = overview.likeness(question.regime)
    sorts = range(len(likeness.samples))
    spells = await judge_sorts(reader, overview, question.regime, sorts, Window(day, day))
    return list(find_unmet(overview.outline, overview.containment, question.regime, likeness, spells, day))


def there_on(world: World, day: int) -> set[object]:
    """The nodes from which what is possible leads to something that lies in nothing, or in a circle."""
    graph: nx.DiGraph[object] = nx.DiGraph()
    inside = [each for each in world.relations if each.family is Family.CONTAINMENT]
    graph.add_nodes_from(node.id for node in world.nodes)
    graph.add_nodes_from(each.target for each in inside)
    roots = set(graph) - {each.source for each in inside}
    for each in inside:
        bounds = limits(each.validity)
        if bounds.possible_from <= day < bounds.possible_until:
            graph.add_edge(each.source, each.target)
    held = roots | {node for node in graph if any(node in nx.descendants(graph, each) for each in graph[node])}
    held |= {node for node in graph if graph.has_edge(node, node)}
    return {node for node in graph if held & ({node} | nx.descendants(graph, node))}


def gaps_by_chain(question: Question, day: int) -> Counter[Gap]:
    """The gaps of each target that may be there, as its own chain says."""
    around, coverages = ListReader(question.world).around, question.world.coverages
    there = there_on(question.world, day)
    ways = Ways(around, day, coverages)
    return Counter(
        (gap.target.id, gap.duty.code, gap.cause.value, gap.certainty.value)
        for node in question.world.nodes
        if isinstance(node, AnyTarget) and node.id in there
        for gap in trace_chain(around, node.id, question.regime, day, coverages=coverages, ways=ways).gaps
        if gap.target.id == node.id
    )


@settings(max_examples=150, deadline=None)
@given(QUESTIONS, DAYS)
def test_findings_are_the_gaps_of_all_chains(question: Question, day: int) -> None:
    found = asyncio.run(found_on(question, day))
    listed = Counter(
        (target, each.word, "" if each.cause is None else each.cause.value, each.certainty.value)
        for each in found
        for target in each.targets
    )
    assert listed == gaps_by_chain(question, day)
    assert len({each.id for each in found}) == len(found)


@settings(max_examples=50, deadline=None)
@given(QUESTIONS, DAYS)
def test_a_code_says_cause_and_certainty(question: Question, day: int) -> None:
    for each in asyncio.run(found_on(question, day)):
        match each.code:
            case code if code == DUTY_UNMET:
                assert each.cause is not None
                assert each.cause.is_unmet
                assert (each.certainty, each.severity) == (Certainty.CERTAIN, Severity.ERROR)
            case code if code == DUTY_UNSURE:
                assert each.cause is not None
                assert each.cause.is_unmet
                assert (each.certainty, each.severity) == (Certainty.POSSIBLE, Severity.INFO)
            case code:
                wanted = {GapCause.UNKNOWN_HOLDER: HOLDER_UNKNOWN, GapCause.EXEMPT: DUTY_EXEMPT}
                assert each.cause is not None
                assert wanted[each.cause] == code
                assert each.severity is Severity.INFO
