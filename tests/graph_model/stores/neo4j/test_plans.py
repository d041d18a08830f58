"""The plans of all statements that the store sends: no scan of everything, no product, no more work in a larger graph.

Each question is asked of a graph, and of one of twice the size, with the answer lying in the same part of both: PROFILE
tells how often the server touched a record for it. The plans are made for the smaller one, where a scan tempts most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import neo4j
import pytest

from graph_model.exchange import Batch, Edit, EditRequest, End, Wanted
from graph_model.records import AnyRecord, Family, RelationTally
from graph_model.search_keys import normalise
from graph_model.stores.base import Store, StoreReader
from graph_model.stores.neo4j import connection, head
from graph_model.stores.neo4j.address import parse_url
from graph_model.stores.neo4j.sending import Parameters, as_sent
from graph_model.stores.opening import open_store
from tests.conformance.graphs import (
    DAY,
    assignment,
    code_of,
    division,
    document,
    holding,
    household,
    name_of,
    organization,
    part_of,
    person,
    post,
    write,
)
from tests.neo4j_server import IN_ONE_WORKER, PATIENCE, RunningServer

pytestmark = IN_ONE_WORKER

VILLAGES: Final = 40
"""In a county of the smaller graph; the larger one has two such counties."""
FORBIDDEN: Final = ("AllNodesScan", "CartesianProduct", "AllRelationshipsScan", "RelationshipTypeScan", "LabelScan")
OF_THE_HEAD: Final = ("Head", "Tally")
"""Labels of few nodes however large the graph is."""
TAKES: Final = RelationTally(family=Family.RESPONSIBILITY, kind="takes-a", regime="first")
MORE: Final = 1.25
"""How many times as often the server may touch records in the graph of twice the size: chance, not growth."""
A_FEW: Final = 60

Sent = tuple[str, Parameters]


@dataclass(frozen=True)
class Profile:
    """A statement as it is sent, and its plan with what was touched."""

    statement: str
    plan: dict[str, Any]


def county(key: str) -> list[AnyRecord]:
    """A county with a township, its villages, households, posts, holders and assignments."""
    found: list[AnyRecord] = [
        division(key, "county"),
        division(f"{key}t", "township"),
        part_of(f"division:{key}t", f"division:{key}"),
        name_of(key, f"县{key}", f"xian {key}"),
        organization(f"{key}o", name=f"单位{key}", pinyin=f"dan wei {key}"),
        document(f"{key}d"),
    ]
    for number in range(VILLAGES):
        village = f"{key}v{number:02}"
        found += [
            division(village, "village"),
            name_of(village, f"平地{village}", f"ping di {village}"),
            code_of(village, f"{village}"),
            part_of(f"division:{village}", f"division:{key}t"),
            post(village),
            person(village),
            holding(f"person:{village}", f"post:{village}"),
            assignment(f"post:{village}", f"division:{village}", document=f"document:{key}d"),
            assignment(f"organization:{key}o", f"division:{village}", kind=f"takes-{key}"),
        ]
        for house in range(3):
            found += [household(f"{village}-{house:04}")]
            found += [part_of(f"household:{village}-{house:04}", f"division:{village}")]
    return found


async def ask_everything(store: Store) -> None:
    """Every question that the store has statements for, about the county ``a``."""
    village, owner = "division:av07", "organization:ao"
    for moment in (None, 1_500):
        await store.header(moment)
        await store.counts(moment)
        await store.neighbourhood([village], DAY, moment)
        await store.neighbourhood(["av07", "household:av07-0001"], DAY, moment)
        await store.lookup([village, owner], moment)
        await store.records([village, f"name:{village}~1"], moment)
        for family in Family:
            for end in End:
                await store.relations([village, owner], family, end, DAY, first=5, recorded_as_of=moment)
        for wanted in (
            Wanted(("takes-a",), ("first",), assignee=owner),
            Wanted(("leads", "takes-a"), ("first",), target=village),
            Wanted(("takes-a",), ("first",)),
        ):
            await store.assignments(wanted, DAY, first=5, recorded_as_of=moment)
        await store.descendants("division:a", "village", DAY, moment)
        for record_type, key in (("household", "household:av"), ("name", "name:division:av"), ("coverage", "c")):
            await store.list_records(record_type, first=5, recorded_as_of=moment)
            await store.list_records(record_type, first=5, prefix=key, recorded_as_of=moment)
        await store.list_records("relation", first=5, recorded_as_of=moment)
        await store.list_records("relation", first=5, prefix="containment:part-of:division:av", recorded_as_of=moment)
        await store.search(normalise("县a"), DAY, first=5, recorded_as_of=moment)
        await store.tally(
            [RelationTally(family=Family.RESPONSIBILITY, kind="takes-a", regime="first")], DAY.first, moment
        )
    await store.journal(first=5)
    await store.entries([1])
    await store.changes(first=5)
    await store.changes(touching=village, first=5)


async def write_everything(store: Store) -> None:
    """A write of every sort: a batch that changes and ends records, and an edit."""
    await store.apply(
        [Batch("more", [person("x"), division("y"), name_of("y", "平", "ping")])], recorded_at=1, author="t"
    )
    await store.apply([Batch("more", [division("y", "township")])], recorded_at=1, author="t")

    async def decide(_: StoreReader) -> Edit:
        return Edit((person("edited"),), ("person:x",))

    await store.edit(decide, EditRequest("anna", "correct", key="one", digest="one"), recorded_at=1)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    """All that is sent to the server, as it is sent."""
    kept: list[Sent] = []

    def noted(statement: str, parameters: Parameters) -> Sent:
        kept.append(as_sent(statement, parameters))
        return kept[-1]

    monkeypatch.setattr(connection, "as_sent", noted)
    monkeypatch.setattr(head, "as_sent", noted)
    return kept


class Server:
    """Asks the server for the plans of statements."""

    def __init__(self, server: RunningServer) -> None:
        address = parse_url(server.url)
        self._driver = neo4j.GraphDatabase.driver(address.server, auth=("neo4j", server.password))
        self._database = address.database

    def forget(self) -> None:
        """Forget all plans."""
        self._driver.execute_query("CALL db.clearQueryCaches()", database_=self._database)

    def profile(self, statement: str, parameters: Parameters) -> tuple[list[neo4j.Record], dict[str, Any]]:
        """The rows of a statement, and its plan with what was touched."""
        result = self._driver.execute_query(f"PROFILE {statement}", parameters, database_=self._database)
        assert result.summary.profile is not None
        return result.records, result.summary.profile

    def explain(self, statement: str, parameters: Parameters) -> dict[str, Any]:
        """The plan of a statement, which is not run."""
        summary = self._driver.execute_query(f"EXPLAIN {statement}", parameters, database_=self._database).summary
        assert summary.plan is not None
        return summary.plan

    def close(self) -> None:
        """Close the connections."""
        self._driver.close()


@pytest.fixture
def server(neo4j_server: RunningServer) -> Iterator[Server]:
    neo4j_server.empty()
    server = Server(neo4j_server)
    server.forget()
    yield server
    server.close()


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("children", ()):
        yield from steps(child)


def touched(plan: dict[str, Any]) -> int:
    return sum(int(step.get("dbHits") or step["args"].get("DbHits", 0)) for step in steps(plan))


def faults_of(statement: str, plan: dict[str, Any]) -> list[str]:
    """What the plan of a statement must not do."""
    found = []
    for step in steps(plan):
        name, details = step["operatorType"].partition("@")[0], str(step["args"].get("Details", ""))
        sides = [side["operatorType"] for side in step.get("children", ())]
        is_one_by_one = bool(sides) and all(side.startswith("NodeUniqueIndexSeek") for side in sides)
        is_small = any(f":{label}" in details for label in OF_THE_HEAD)
        if any(each in name for each in FORBIDDEN) and not is_small and not is_one_by_one:
            found.append(f"{name} ({details}) in the plan of\n{statement}")
    return found


async def filled(server: RunningServer, keys: Sequence[str]) -> Store:
    store = open_store(server.url, "writer", password=server.password, patience=PATIENCE)
    await write(store, [record for key in keys for record in county(key)], at=1_000)
    return store


async def profiles_of(running: RunningServer, keys: Sequence[str], server: Server) -> list[Profile]:
    """Every statement that answers, profiled in the place of being asked."""
    store, profiles = await filled(running, keys), []

    async def profiled(_: object, statement: str, parameters: Parameters, **__: object) -> list[neo4j.Record]:
        sent, given = as_sent(statement, parameters)
        rows, plan = server.profile(sent, given)
        profiles.append(Profile(sent, plan))
        return rows

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(connection.Connection, "rows", profiled)
        await ask_everything(store)
    await store.close()
    return profiles


async def test_a_question_costs_the_same_in_a_graph_of_twice_the_size(
    neo4j_server: RunningServer, server: Server
) -> None:
    small = await profiles_of(neo4j_server, "a", server)
    neo4j_server.empty()
    large = await profiles_of(neo4j_server, "ab", server)
    assert [profile.statement for profile in small] == [profile.statement for profile in large]
    assert len(small) > 50
    faults = {fault for profile in small for fault in faults_of(profile.statement, profile.plan)}
    assert not faults, "\n\n".join(sorted(faults))
    touches = [
        (touched(before.plan), touched(after.plan), after.statement) for before, after in zip(small, large, strict=True)
    ]
    more = [
        f"{before} -> {after} for\n{statement}" for before, after, statement in touches if after > before * MORE + A_FEW
    ]
    assert not more, "\n".join(more)
    assert all(before for before, _, _ in touches), "nothing was touched: this shows nothing"


async def test_nothing_that_is_written_looks_through_everything(
    neo4j_server: RunningServer, sent: list[Sent], server: Server
) -> None:
    store = await filled(neo4j_server, "a")
    await write_everything(store)
    await store.close()
    planned = {statement: given for statement, given in sent if not statement.startswith(("SHOW", "CALL db."))}
    faults = [
        fault
        for statement, given in planned.items()
        for fault in faults_of(statement, server.explain(statement, given))
    ]
    assert not faults, "\n\n".join(faults)
