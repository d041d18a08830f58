"""No question reads a whole table: every statement finds its rows by an index."""

from __future__ import annotations

import re
from collections.abc import Iterator

import apsw
import pytest

from graph_model.exchange import End, Hit
from graph_model.records import AnyRecord, Asset, ClaimTally, Family, NodeTally, RelationTally, Tally
from graph_model.stores.base import Store
from graph_model.stores.embedded import open_store
from tests.conformance.graphs import DAY, SOURCE, assignment, code_of, division, holding, name_of, part_of, post, write

# A table made by the statement itself, or an array of parameters, is read whole; so is what a write found amiss.
_SMALL = re.compile(
    r"SCAN ((temp\.foreigner|wanted|down|closed|matched|hit|about|moment|CONSTANT ROW|\d+-ROW|\w+ VIRTUAL TABLE)\b"
    r"|\(subquery-\d+\))"
)

TALLIES: list[Tally] = [
    NodeTally(type="division", kind="village", clause="1"),
    NodeTally(type="measure"),
    ClaimTally(type="designation", kind="poor", subjects="division:village"),
    RelationTally(family=Family.RESPONSIBILITY, kind="leads", sources="post", targets="division", distinct="source"),
    RelationTally(family=Family.RESPONSIBILITY, kind="leads", source="post:a", target="division:1", distinct="target"),
    RelationTally(family=Family.MEMBERSHIP, kind="leads", role="head"),
]


@pytest.fixture
def statements() -> Iterator[dict[str, apsw.Bindings | None]]:
    """All SQL that connections run while the test runs, and what was bound to it the last time."""
    seen: dict[str, apsw.Bindings | None] = {}

    def listen(connection: apsw.Connection) -> None:
        def note(_: apsw.Cursor, statement: str, bindings: apsw.Bindings | None) -> bool:
            seen[statement] = bindings
            return True

        connection.exec_trace = note

    apsw.connection_hooks.append(listen)
    yield seen
    apsw.connection_hooks.remove(listen)


async def ask_everything(store: Store) -> None:
    for moment in (None, 1_500):
        await store.header(moment)
        await store.counts(moment)
        await store.neighbourhood(["division:1", "1"], DAY, moment)
        await store.lookup(["division:1"], moment)
        await store.records(["division:1", "post:a"], moment)
        await store.descendants("division:2", "village", DAY, moment)
        await store.assets("division:2", DAY, moment)
        for end in End:
            await store.relations(
                ["division:1", "post:a"],
                Family.RESPONSIBILITY,
                end,
                DAY,
                first=1,
                regimes=["first"],
                recorded_as_of=moment,
            )
        for record_type in ("division", "name", "relation", "fact"):
            await store.list_records(record_type, first=1, after="a", kind="village", recorded_as_of=moment)
        await store.list_records("finding", first=1, prefix="1 ", recorded_as_of=moment)
        await store.tally(TALLIES, DAY.first, moment)
        assert [edge async for edge in store.edges(moment)]
        await store.search("j", DAY, first=1, after=Hit(0, 0, "", ""), recorded_as_of=moment)
        assert [row async for row in store.dump(moment)]


async def ask_what_was_written(store: Store) -> None:
    await store.journal(first=1, before=3)
    await store.entries([1, 3])
    for touching in (None, "division:1"):
        await store.changes(since=1, until=2, touching=touching, first=1, after=(1, "a"))


async def test_no_statement_scans_a_table(url: str, statements: dict[str, apsw.Bindings | None]) -> None:
    store = open_store(url, "writer")
    graph: list[AnyRecord] = [
        division("1"),
        division("2", "county"),
        part_of("division:1", "division:2"),
        assignment("post:a", "division:1"),
        holding("person:a", "post:a"),
        post("a"),
        name_of("1", "甲", "jia"),
        code_of("1", "1"),
        Asset(id="asset:a", provenance=SOURCE, code="a", kind="river", name="江"),
    ]
    for number in range(3):
        await write(store, graph[number:], at=1_000 * (number + 1))
    await ask_everything(store)
    await ask_what_was_written(store)
    await store.close()

    explained = apsw.Connection(url.removeprefix("sqlite:///"))
    for statement in statements:
        if re.match(r"\s*CREATE (TEMP TABLE|INDEX temp\.)", statement):
            explained.execute(statement)
    plans = {
        statement: [detail for *_, detail in explained.execute(statement, bindings, explain=2)]
        for statement, bindings in dict(statements).items()
        if re.match(r"\s*(SELECT|WITH|UPDATE|INSERT)\b", statement) and "sqlite_schema" not in statement
    }
    explained.close()
    assert len(plans) > 30
    scans = [
        (step, statement)
        for statement, steps in plans.items()
        for step in steps
        if step.startswith("SCAN") and not _SMALL.match(step)
    ]
    assert scans == []
