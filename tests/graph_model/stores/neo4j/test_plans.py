"""How the server carries out what the store sends: no scan, no product, and no more touched where the graph is larger.

Every statement is profiled, of every question of the contract and of an edit, in a graph of four counties and again in
one of sixteen. The answers are about one county and stay the same, so what is touched may not grow with the graph.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import neo4j
import pytest
from msgspec import Struct

from graph_model.dates import ALWAYS_POSSIBLE
from graph_model.exchange import Edit, EditRequest, End, Wanted
from graph_model.records import AnyRecord, Asset, ClaimTally, Designation, Family, NodeTally, RelationTally
from graph_model.stores.base import Store, StoreReader
from graph_model.stores.neo4j.reader import Neo4jReader
from graph_model.stores.opening import open_store
from tests.conformance.graphs import (
    DAY,
    SOURCE,
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
    relation,
    write,
)
from tests.neo4j_server import IN_ONE_WORKER, PATIENCE, RunningServer

pytestmark = IN_ONE_WORKER

FEW, MANY = 4, 16
VILLAGES, HOUSEHOLDS = 20, 3
FORBIDDEN: Final = ("AllNodesScan", "LabelScan", "AllRelationshipsScan", "TypeScan", "IndexScan")
LATER: Final = (1 << 62) - 1
VILLAGE, TOWN, COUNTY, HEAD = "division:1001001", "division:1001", "division:1", "post:1:head"
WANTED: Final = Wanted(kinds=("leads",), regimes=("first",))


def _county(number: int) -> Iterator[AnyRecord]:
    """A county with a town, villages and households, each with posts and persons that answer for it."""
    county, town = f"{number}", f"{number}001"
    for code, level in ((county, "county"), (town, "township")):
        yield division(code, level)
        yield name_of(code, f"地{code}", f"di {code}")
        yield code_of(code, code)
    yield part_of(f"division:{town}", f"division:{county}")
    yield from (post(f"{county}:head"), person(f"{county}:head"), organization(county, f"办{county}", f"ban {county}"))
    yield holding(f"person:{county}:head", f"post:{county}:head")
    yield assignment(f"post:{county}:head", f"division:{county}", document=f"document:{county}")
    yield document(county)
    yield relation(Family.MEMBERSHIP, "member", f"person:{county}:head", f"organization:{county}")
    yield relation(Family.REPORTING, "reports", f"post:{county}:head", f"organization:{county}")
    yield Asset(id=f"asset:{county}", provenance=SOURCE, code=county, kind="reach", name=f"河{county}")
    yield part_of(f"asset:{county}", f"division:{town}")
    for village in range(VILLAGES):
        code = f"{town}{village:03}"
        yield from (division(code), name_of(code, f"村{code}", f"cun {code}"), code_of(code, code))
        yield part_of(f"division:{code}", f"division:{town}")
        yield from (post(f"{code}:head"), person(f"{code}:head"))
        yield holding(f"person:{code}:head", f"post:{code}:head")
        yield assignment(f"post:{code}:head", f"division:{code}")
        yield Designation(
            id=f"designation:{code}",
            provenance=SOURCE,
            subject=f"division:{code}",
            kind="poor-village",
            validity=ALWAYS_POSSIBLE,
        )
        for number_of_house in range(HOUSEHOLDS):
            house = f"{code}-{number_of_house}"
            yield household(house)
            yield part_of(f"household:{house}", f"division:{code}")
            yield assignment(f"person:{code}:head", f"household:{house}", kind="helps")


class Operator(Struct, frozen=True):
    """What the server did in one step, with how many rows of how many at most, and how much it touched."""

    name: str
    rows: int
    rows_below: int
    hits: int

    @property
    def is_forbidden(self) -> bool:
        """A scan, or a product that multiplies: one row with one row does not."""
        is_product = self.name == "CartesianProduct" and self.rows > self.rows_below
        return is_product or any(word in self.name for word in FORBIDDEN)


class Profile(Struct, frozen=True):
    """One statement, and what the server did for it."""

    statement: str
    operators: tuple[Operator, ...]

    @property
    def hits(self) -> int:
        """How often it touched the database."""
        return sum(each.hits for each in self.operators)


def _operators(plan: dict[str, Any]) -> Iterator[Operator]:
    children = plan.get("children", ())
    yield Operator(
        plan["operatorType"].partition("@")[0],
        int(plan["args"].get("Rows", 0)),
        max((int(child["args"].get("Rows", 0)) for child in children), default=0),
        int(plan["args"].get("DbHits", 0)),
    )
    for child in children:
        yield from _operators(child)


@contextmanager
def profiled() -> Iterator[list[Callable[[], Profile]]]:
    """Meanwhile every statement is profiled; what is there at the end gives its profile."""
    sent: list[Callable[[], Profile]] = []
    run = neo4j.AsyncTransaction.run

    async def profiling(
        transaction: Any,  # noqa: ANN401 - of a private class of the driver
        query: Any,  # noqa: ANN401 - text or Query
        parameters: dict[str, Any] | None = None,
        **more: Any,  # noqa: ANN401
    ) -> neo4j.AsyncResult:
        statement = str(getattr(query, "text", query))
        result = await run(transaction, f"PROFILE {statement}", parameters, **more)

        def profile() -> Profile:
            plan = result._obtain_summary().profile  # the public `consume` refuses after the transaction
            assert plan is not None
            return Profile(statement, tuple(_operators(plan)))

        sent.append(profile)
        return result

    with pytest.MonkeyPatch.context() as patched:
        for owner in inspect.getmro(neo4j.AsyncTransaction):
            if "run" in vars(owner):
                patched.setattr(owner, "run", profiling)
        yield sent


Question = Callable[[Store], Awaitable[object]]


async def _all_of(stream: AsyncIterator[object]) -> None:
    async for _ in stream:
        pass


def questions() -> Iterator[tuple[str, Question]]:
    """Every method of a reader, by each way that it has; what they answer is the same in both graphs."""
    yield "neighbourhood", lambda store: store.neighbourhood([VILLAGE, TOWN, "1001002"], DAY)
    yield "neighbourhood", lambda store: store.neighbourhood([VILLAGE], DAY, LATER)
    yield "lookup", lambda store: store.lookup([VILLAGE, HEAD])
    yield "records", lambda store: store.records([VILLAGE, HEAD, f"name:{VILLAGE}~1"])
    yield "descendants", lambda store: store.descendants(COUNTY, "village", DAY)
    yield "assets", lambda store: store.assets(COUNTY, DAY)
    for family in Family:
        for end in End:
            yield "relations", _relations(family, end)
    yield "assignments", lambda store: store.assignments(_wanted(assignee=HEAD), DAY, first=5)
    yield "assignments", lambda store: store.assignments(_wanted(target=COUNTY), DAY, first=5)
    yield "assignments", lambda store: store.assignments(_wanted(assignee=HEAD, target=COUNTY), DAY, first=5)
    for record_type, prefix in (
        ("division", "division:1001"),
        ("name", "name:division:1001"),
        ("relation", "responsibility:leads:post:1001"),
    ):
        yield "list_records", _listing(record_type)
        yield "list_records", _listing(record_type, prefix=prefix)
    yield "list_records", _listing("division", kind="county")
    yield "list_records", _listing("division", kind="village", prefix=VILLAGE)
    yield "list_records", _listing("relation", kind="helps")
    yield "search", lambda store: store.search("村1001001", DAY, first=5)
    yield "header", lambda store: store.header()
    yield "header", lambda store: store.header(LATER)
    yield "counts", lambda store: store.counts()
    yield "journal", lambda store: store.journal(first=1)
    yield "entries", lambda store: store.entries([1])
    yield "changes", lambda store: store.changes(since=1, first=5)
    yield "changes", lambda store: store.changes(touching=HEAD, first=5)
    yield "read_write", lambda store: store.read_write(2)
    yield "of_origin", lambda store: _all_of(store.of_origin("later"))


def whole_graph() -> Iterator[tuple[str, Question]]:
    """The methods that count or hand over all there is: what they touch grows with it, and so does their answer."""
    yield "assignments", lambda store: store.assignments(WANTED, DAY, first=5)
    yield "changes", lambda store: store.changes(first=5)
    yield "read_write", lambda store: store.read_write(1)
    yield "tally", lambda store: store.tally(TALLIES, DAY.first)
    yield "edges", lambda store: _all_of(store.edges())
    yield "outline", lambda store: store.outline()
    yield "versions", lambda store: _all_of(store.versions())
    yield "dump", lambda store: _all_of(store.dump())


TALLIES: Final = (
    NodeTally(type="division", kind="village"),
    ClaimTally(type="designation", kind="poor-village", subjects="division:village"),
    RelationTally(family=Family.RESPONSIBILITY, kind="helps", targets="household", distinct="target"),
)


def _wanted(assignee: str | None = None, target: str | None = None) -> Wanted:
    return Wanted(kinds=WANTED.kinds, regimes=WANTED.regimes, assignee=assignee, target=target)


def _relations(family: Family, end: End) -> Question:
    return lambda store: store.relations([VILLAGE, HEAD, "person:1:head", "organization:1"], family, end, DAY, first=5)


def _listing(record_type: str, kind: str | None = None, prefix: str = "") -> Question:
    return lambda store: store.list_records(record_type, first=5, kind=kind, prefix=prefix)


async def _edit(store: Store) -> object:
    """One record is put anew, and one ends."""

    async def decide(_: StoreReader) -> Edit:
        return Edit((person("new"), holding("person:new", HEAD)), (f"name:{VILLAGE}~1",), b"")

    return await store.edit(decide, EditRequest("anna", "test"), recorded_at=5_000)


async def _profiles(store: Store, asked: Question) -> list[Profile]:
    with profiled() as sent:
        await asked(store)
        return [profile() for profile in sent]


class Seen(Struct, frozen=True):
    """What the server did for each question, by its place in the list, with few counties and with many."""

    few: dict[int, list[Profile]]
    many: dict[int, list[Profile]]


STEADY: Final = [*questions(), ("edit", _edit)]
ALL: Final = [*STEADY, *whole_graph()]


def _named(asked: list[tuple[str, Question]]) -> list[Any]:
    return [pytest.param(place, id=f"{name}-{place}") for place, (name, _) in enumerate(asked)]


@pytest.fixture(scope="module")
def seen(neo4j_server: RunningServer) -> Seen:
    return asyncio.run(_see(neo4j_server))


async def _see(server: RunningServer) -> Seen:
    found: list[dict[int, list[Profile]]] = []
    for counties in (FEW, MANY):
        server.empty()
        store = open_store(server.url, "writer", password=server.password, patience=PATIENCE)
        try:
            await write(store, [record for number in range(1, counties + 1) for record in _county(number)])
            await write(store, [person("later")], "later", at=2_000)
            if counties == FEW:
                server.replan()  # what was planned for few counties must serve many: a graph grows under its plans
            found.append({place: await _profiles(store, question) for place, (_, question) in enumerate(ALL)})
        finally:
            await store.close()
    return Seen(*found)


def _told(profiles: list[Profile]) -> str:
    return "\n".join(
        f"{profile.hits} hits: {[f'{each.name} {each.rows}' for each in profile.operators]}\n{profile.statement}"
        for profile in profiles
    )


@pytest.mark.parametrize("place", _named(ALL))
def test_nothing_is_scanned_and_nothing_multiplied(seen: Seen, place: int) -> None:
    assert seen.many[place], "no statement was sent"
    for profile in seen.many[place]:
        assert not any(each.is_forbidden for each in profile.operators), _told([profile])


@pytest.mark.parametrize("place", _named(STEADY))
def test_no_more_is_touched_in_a_larger_graph(seen: Seen, place: int) -> None:
    few, many = (sum(profile.hits for profile in profiles[place]) for profiles in (seen.few, seen.many))
    assert many <= few * 1.1 + 10, f"{few} hits with {FEW} counties, {many} with {MANY}\n{_told(seen.many[place])}"


def test_every_question_of_the_contract_is_profiled() -> None:
    asked = {name for name, _ in ALL}
    assert {name for name in vars(Neo4jReader) if not name.startswith("_")} <= asked | {"check_writing"}
