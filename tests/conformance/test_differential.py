"""Random graphs in both stores: the same answers, in the same order, and the same errors.

A store is filled with many graphs at once, twice; whatever may be asked about several nodes is asked about all of them
in one call, and the rest about some graphs of each store.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from graph_model.errors import ZerenError
from graph_model.exchange import ALL_DAYS, End, Wanted, Window
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import Chain, trace_chain
from graph_model.records import ClaimTally, Family, NodeTally, RelationTally, Tally
from graph_model.search_keys import normalise, order_key
from graph_model.stores.base import Store, StoreReader
from graph_model.stores.opening import open_store
from tests.conformance.graphs import claims_of, nodes_of, on, relations_of
from tests.conformance.random_graphs import Graph, batch_of, graph_of
from tests.graph_model.questions.random_worlds import KINDS, REGIME
from tests.neo4j_server import IN_ONE_WORKER, PATIENCE, RunningServer

pytestmark = IN_ONE_WORKER

AT_ONCE: Final = 300
"""How many graphs lie side by side."""
TOGETHER: Final = 100
"""About how many of them one question is: the answer must fit into the memory of a transaction."""
CLOSELY: Final = 4
"""How many of them are asked about one by one."""
MOST_PAGES: Final = 5
WINDOWS = [on("2017-06-30"), on("2017-07-01"), on("1990-01-01"), ALL_DAYS]
AFTER = ("leads", "", "")
LISTED = ("division", "designation", "relation", "coverage", "finding", "never")
NONSENSE = ["", ":", "g", "division:", "division:\udfff", "\udfff", "党", "x" * 300]
TALLIES: list[Tally] = [
    NodeTally(type="division"),
    NodeTally(type="post", kind="mayor"),
    NodeTally(type="document"),
    ClaimTally(type="designation", kind="poor"),
    *(RelationTally(family=Family.RESPONSIBILITY, kind=kind, regime=REGIME) for kind in (*KINDS, "never")),
]

Ask = Callable[[StoreReader], Awaitable[Any]]


@pytest.fixture
async def stores(neo4j_server: RunningServer, tmp_path: Path) -> AsyncIterator[tuple[Store, Store]]:
    """Both stores, empty."""
    neo4j_server.empty()
    embedded = open_store(f"sqlite:///{tmp_path}/zeren.sqlite", "writer")
    remote = open_store(neo4j_server.url, "writer", password=neo4j_server.password, patience=PATIENCE)
    yield embedded, remote
    await embedded.close()
    await remote.close()


async def same(stores: Sequence[Store], ask: Ask) -> Any:  # noqa: ANN401 - whatever is asked for
    """What both stores answer, or the error that both raise."""
    ours, theirs = [await outcome(ask, store) for store in stores]
    assert ours == theirs
    return ours


async def outcome(ask: Ask, store: StoreReader) -> Any:  # noqa: ANN401 - whatever is asked for
    try:
        return await ask(store)
    except ZerenError as error:
        return (error.code, error.retryable, str(error))


def laid_out(around: Neighbourhood) -> tuple[object, ...]:
    """All that a neighbourhood holds, so that two can be compared."""
    records = [around.find_record(key) for key in (*nodes_of(around), *claims_of(around), *relations_of(around))]
    return around.seeds, around.generation, records


def chains_of(graph: Graph, around: Neighbourhood, day: int) -> list[Chain]:
    """The chains of a graph's places, by its own regime and coverages."""
    question, targets = graph.question, [node.id for node in graph.before.nodes if around.find_node(node.id)]
    return [
        trace_chain(around, target, question.regime, day, coverages=graph.before.coverages, lanes=question.lanes)
        for target in targets
    ]


async def check_around(
    stores: Sequence[Store], graphs: Sequence[Graph], window: Window, moment: int | None
) -> list[Neighbourhood]:
    """Neighbourhoods, which are those of both stores."""
    keys = [key for graph in graphs for key in (*graph.nodes, *graph.codes)] + NONSENSE
    ours, theirs = [await store.neighbourhood(keys, window, moment) for store in stores]
    assert laid_out(ours) == laid_out(theirs)
    return [ours, theirs]


def check_chains(arounds: Sequence[Neighbourhood], graphs: Sequence[Graph], day: int) -> int:
    """All chains in what both stores have around some graphs; how many links and gaps they have."""
    seen = 0
    for graph in graphs:
        ours, theirs = [chains_of(graph, around, day) for around in arounds]
        assert ours == theirs
        seen += sum(len(chain.links) + len(chain.gaps) for chain in ours)
    return seen


async def check_nodes(stores: Sequence[Store], graphs: Sequence[Graph], window: Window, moment: int | None) -> None:
    """What can be asked about many nodes or records at once."""
    nodes = [*(node for graph in graphs for node in graph.nodes), *NONSENSE]
    ids = [record.id for graph in graphs for record in graph.records(graph.before)] + NONSENSE

    async def looked_up(store: StoreReader) -> object:
        return laid_out(await store.lookup(nodes, moment))

    async def recorded(store: StoreReader) -> object:
        return await store.records(ids, moment)

    async def related(family: Family, end: End, after: tuple[str, str, str] | None, store: StoreReader) -> object:
        return await store.relations(nodes, family, end, window, first=2, after=after, recorded_as_of=moment)

    await same(stores, looked_up)
    await same(stores, recorded)
    after = None if moment is None else AFTER
    for family, end in itertools.product((Family.CONTAINMENT, Family.HOLDING, Family.RESPONSIBILITY), End):
        await same(stores, partial(related, family, end, after))


async def check_one(stores: Sequence[Store], graph: Graph, window: Window, moment: int | None) -> None:
    """What is asked about the nodes of one graph, and lists of it, page by page."""
    village, township, county = (f"division:{graph.word}.{key}" for key in ("v1", "t1", "c1"))
    post = f"post:{graph.word}.a"
    await check_below(stores, [township, county], window, moment)
    await check_assigned(stores, [(post, None), (None, village), (post, village)], window, moment)
    await check_listed(stores, [(of_type, f"{of_type}:{graph.word}.") for of_type in LISTED], moment)
    await check_searched(stores, [graph.codes[0] if graph.codes else graph.word], window, moment)


async def check_any(stores: Sequence[Store], window: Window, moment: int | None) -> None:
    """What is asked in the same words of whatever graphs there are: once, page by page."""
    await check_below(stores, [NONSENSE[4]], window, moment)
    await check_assigned(stores, [(None, None), ("\udfff", None)], window, moment)
    await check_listed(stores, [(of_type, "containment:g") for of_type in LISTED], moment)
    await check_searched(stores, ["平地", "ping", "di", "pd", "单位"], window, moment)


async def check_below(stores: Sequence[Store], nodes: Sequence[str], window: Window, moment: int | None) -> None:
    """What lies below some nodes."""

    async def below(node: str, level: str, store: StoreReader) -> object:
        return laid_out(await store.descendants(node, level, window, moment))

    for node, level in itertools.product(nodes, ("village", "never")):
        await same(stores, partial(below, node, level))


async def check_assigned(
    stores: Sequence[Store], ends: Sequence[tuple[str | None, str | None]], window: Window, moment: int | None
) -> None:
    """The assignments of some assignees at some targets, page by page."""

    async def assigned(wanted: Wanted, store: StoreReader) -> object:
        pages, after = [], None
        while True:
            page = await store.assignments(wanted, window, first=2, after=after, recorded_as_of=moment)
            pages.append(page)
            if not page.has_next or len(pages) > MOST_PAGES:
                return pages
            after = (page.relations[-1].kind, page.relations[-1].id)

    for assignee, target in ends:
        wanted = Wanted((*KINDS, "of-no-regime"), (REGIME, "another"), assignee, target)
        await same(stores, partial(assigned, wanted))


async def check_listed(stores: Sequence[Store], lists: Sequence[tuple[str, str]], moment: int | None) -> None:
    """Lists of records by type and prefix, page by page."""

    async def listed(record_type: str, prefix: str, store: StoreReader) -> object:
        pages, after = [], None
        while True:
            page = await store.list_records(record_type, first=3, after=after, prefix=prefix, recorded_as_of=moment)
            pages.append(page)
            if not page.has_next or len(pages) > MOST_PAGES:
                return pages
            after = order_key(page.records[-1])

    for record_type, prefix in lists:
        await same(stores, partial(listed, record_type, prefix))


async def check_searched(stores: Sequence[Store], texts: Sequence[str], window: Window, moment: int | None) -> None:
    """What some texts find, page by page."""

    async def searched(text: str, store: StoreReader) -> object:
        pages, after = [], None
        while True:
            page = await store.search(normalise(text), window, first=3, after=after, recorded_as_of=moment)
            pages.append(page)
            if not page.has_next or len(pages) > MOST_PAGES:
                return pages
            after = page.hits[-1]

    for text in texts:
        await same(stores, partial(searched, text))


async def check_whole(stores: Sequence[Store], moment: int | None) -> None:
    """What is asked about all of it."""
    day = WINDOWS[0].first
    await same(stores, lambda store: store.header(moment))
    await same(stores, lambda store: store.counts(moment))
    await same(stores, lambda store: store.tally(TALLIES, day, moment))
    ours, theirs = [sorted([edge async for edge in store.edges(moment)], key=str) for store in stores]
    assert ours == theirs
    ours_dumped, theirs_dumped = [[row async for row in store.dump(moment)] for store in stores]
    assert ours_dumped == theirs_dumped


async def check_past(stores: Sequence[Store], graph: Graph) -> None:
    """The journal, and what it says of one graph."""
    await same(stores, lambda store: store.journal(first=5))
    for node in graph.nodes:
        await same(stores, lambda store, node=node: store.changes(touching=node, first=3))  # type: ignore[misc]


async def check_graphs(stores: Sequence[Store], seeds: Sequence[int], at: int) -> int:
    """Write some graphs and ask everything of both stores; how many links and gaps their chains have."""
    graphs = [graph_of(seed) for seed in seeds]
    for is_after in (False, True):
        for store in stores:
            written = await store.apply([batch_of(graphs, is_after=is_after)], recorded_at=at + is_after, author="test")
            assert written[0].created or is_after
    seen = 0
    of_chains = ((WINDOWS[0], None), (WINDOWS[1], at))
    around = (*((window, None) for window in WINDOWS), (WINDOWS[0], at), (WINDOWS[1], at), (WINDOWS[-1], at - 1))
    closely = ((WINDOWS[0], None), (WINDOWS[-1], at))
    for some in (graphs[first : first + TOGETHER] for first in range(0, len(graphs), TOGETHER)):
        for window, moment in around:
            found = await check_around(stores, some, window, moment)
            seen += check_chains(found, some, window.first) if (window, moment) in of_chains else 0
        for window, moment in closely:
            await check_nodes(stores, some, window, moment)
    for window, moment in closely:
        await check_any(stores, window, moment)
        for graph in graphs[:: AT_ONCE // CLOSELY]:
            await check_one(stores, graph, window, moment)
    await check_past(stores, graphs[0])
    return seen


async def test_both_stores_say_the_same_of_hundreds(stores: tuple[Store, Store]) -> None:
    assert await check_graphs(stores, range(AT_ONCE), 1_000) > AT_ONCE
    for moment in (None, 1_000, 999):
        await check_whole(stores, moment)


@pytest.mark.long
async def test_both_stores_say_the_same_of_thousands(stores: tuple[Store, Store]) -> None:
    parts = range(10_000, 13_000, AT_ONCE)
    for number, first in enumerate(parts):
        await check_graphs(stores, range(first, first + AT_ONCE), 1_000 + 10 * number)
    await check_whole(stores, None)
