"""The facade: what it counts beside the figures, and what its check of the whole finds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from graph_model.dates import Validity
from graph_model.exchange import Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.records import (
    AnyRecord,
    Basis,
    Dataset,
    Division,
    Fact,
    Family,
    Organization,
    Provenance,
    Qualifier,
    Relation,
    RelationTally,
    Text,
)
from graph_model.regime_file import encode_regime, read_regime
from graph_model.stores.embedded import open_store
from tests.api.watched_store import WatchedStore

WORDS = Text(zh="文", en="text")
SOURCE = Provenance.SOURCE
REGIME = read_regime(Path(__file__).parents[2] / "regimes" / "poverty-alleviation-2017" / "regime.yaml")
DATASET = Dataset(
    id="dataset:d",
    provenance=SOURCE,
    name=WORDS,
    reference_date="2017-06-30",
    editions=(),
    regimes=("poverty-alleviation-2017",),
)
TEAMS = RelationTally(
    family=Family.RESPONSIBILITY, kind="resident-team", regime="poverty-alleviation-2017", distinct="source"
)
FIGURE = Fact(
    id="fact:3.1:teams",
    provenance=SOURCE,
    basis=Basis(clause="3.1"),
    subject=WORDS,
    measure=WORDS,
    period="2017-06-30",
    value=2,
    counts=TEAMS,
)


def team(number: int, validity: Validity, target: str = "organization:place") -> Relation:
    return Relation(
        id=f"assignment:resident-team:organization:team-{number}~{target}",
        provenance=SOURCE,
        family=Family.RESPONSIBILITY,
        kind="resident-team",
        source=f"organization:team-{number}",
        target=target,
        validity=validity,
        regime="poverty-alleviation-2017",
    )


def organization(key: str) -> Organization:
    return Organization(id=f"organization:{key}", provenance=SOURCE, code=key, kind="team", name="队")


VILLAGE = Division(id="division:1", provenance=SOURCE, level="village")
SEEN = Validity(observed=("2017-06-30",))
NODES = [organization(key) for key in ("place", "team-1", "team-2")]


@pytest.fixture
async def graph() -> AsyncIterator[ResponsibilityGraph]:
    opened = ResponsibilityGraph(open_store("sqlite:///:memory:", "writer"))
    yield opened
    await opened.close()


async def write(graph: ResponsibilityGraph, *records: AnyRecord) -> None:
    await graph.apply([Batch("test", [DATASET, encode_regime(REGIME), *records])], author="test")


async def test_what_is_certain_on_the_reference_date_is_counted(graph: ResponsibilityGraph) -> None:
    await write(graph, team(1, SEEN), team(2, SEEN), team(3, Validity(since="2018-01-01")))
    assert await graph.counted([FIGURE]) == (2,)


async def test_what_was_counted_is_not_counted_again_until_somebody_writes() -> None:
    watched = WatchedStore(open_store("sqlite:///:memory:", "writer"))
    graph = ResponsibilityGraph(watched.as_store())
    await write(graph, team(1, SEEN))
    counted: list[int | None] = []
    for _ in range(2):
        counted += await graph.counted([FIGURE])
    assert (counted, watched.calls["tally"]) == ([1, 1], 1)
    await write(graph, team(1, SEEN), team(2, SEEN))
    for _ in range(2):
        counted += await graph.counted([FIGURE])
    assert (counted, watched.calls["tally"]) == ([1, 1, 2, 2], 2)
    await graph.close()


async def test_an_earlier_moment_counts_what_was_known_then(graph: ResponsibilityGraph) -> None:
    await write(graph, team(1, SEEN))
    (entry,) = (await graph.journal(first=1)).entries
    await write(graph, team(1, SEEN), team(2, SEEN))
    assert await graph.counted([FIGURE]) == (2,)
    assert await graph.counted([FIGURE], entry.recorded_at) == (1,)


async def test_a_figure_of_another_period_is_counted_on_its_last_day(graph: ResponsibilityGraph) -> None:
    await write(graph, team(1, Validity(since="2016-01-01", until="2017-01-01")))
    last_year = structs.replace(FIGURE, period="2016")
    assert await graph.counted([FIGURE, last_year]) == (0, 1)


async def test_nothing_recorded_is_not_zero(graph: ResponsibilityGraph) -> None:
    await write(graph)
    assert await graph.counted([FIGURE, structs.replace(FIGURE, counts=None)]) == (None, None)


async def test_no_assignment_is_surer_than_its_regime(graph: ResponsibilityGraph) -> None:
    await write(graph, team(1, Validity(since="2010-01-01", until="..")))
    before = structs.replace(FIGURE, period="2014")
    assert await graph.counted([FIGURE, before]) == (1, 0)


async def test_no_figure_asks_for_nothing(graph: ResponsibilityGraph) -> None:
    await write(graph)
    assert await graph.counted([]) == ()


@pytest.mark.parametrize(
    ("value", "qualifier", "codes"),
    [
        (2, Qualifier.EXACT, []),
        (3, Qualifier.EXACT, ["figure-differs"]),
        (1, Qualifier.EXACT, ["figure-differs"]),
        (1, Qualifier.OVER, []),
        (3, Qualifier.OVER, ["figure-differs"]),
    ],
)
async def test_a_check_compares_figures_and_counts(
    graph: ResponsibilityGraph, value: float, qualifier: Qualifier, codes: list[str]
) -> None:
    figure = structs.replace(FIGURE, value=value, qualifier=qualifier)
    await write(graph, figure, *NODES, VILLAGE, *(team(number, SEEN, target="division:1") for number in (1, 2)))
    assert [finding.code for finding in await graph.check()] == codes


async def test_a_check_goes_through_the_whole_graph(graph: ResponsibilityGraph) -> None:
    await write(graph, *NODES, team(1, SEEN), team(9, SEEN))
    assert [finding.id for finding in await graph.check()] == [
        "finding:dangling-end:source~assignment:resident-team:organization:team-9~organization:place",
        "finding:wrong-end:target~assignment:resident-team:organization:team-1~organization:place",
        "finding:wrong-end:target~assignment:resident-team:organization:team-9~organization:place",
    ]


async def test_a_check_needs_no_data_set(graph: ResponsibilityGraph) -> None:
    await graph.apply([Batch("test", [FIGURE, team(1, SEEN)])], author="test")
    assert {finding.code for finding in await graph.check()} == {"dangling-end", "unknown-kind"}
