"""The short way through an operation: its answers are those of the long one, errors included."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis_graphql import strategies as generated
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as LongWay

from api.execution.executor import Executor
from api.schema import build_schema
from api.scope import Request
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.embedded import open_store
from tests.api.execution.odd_schema import answer, schema_with
from tests.api.small_world import FIRST_VILLAGE, build_small_world
from tests.api.test_operations import NAMES, VARIABLES, text

SHORT, LONG = schema_with(Executor), schema_with(LongWay)


def agree(query: str, variables: dict[str, Any] | None = None) -> None:
    short = asyncio.run(SHORT.execute(query, variables))
    with warnings.catch_warnings():
        # The long way leaves coroutines behind where a sibling fails (test_given_up.py): they go here, unheard.
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        gc.freeze()  # what was there before is not looked through for them
        expected = answer(asyncio.run(LONG.execute(query, variables)))
        if expected[1]:
            gc.collect()
        gc.unfreeze()
    assert answer(short) == expected


@pytest.mark.parametrize(
    "query",
    [
        "{ whole { name part { name number } thing { name } } }",
        "{ whole { __typename b: name a: name part { __typename } thing { __typename ... on Part { number } } } }",
        "{ whole { loud } }",
        "{ whole { loud(times: 2) } }",
        "query($times: Int! = 3) { whole { loud(times: $times) } }",
        "{ whole { painted(colour: RED) a: painted(colour: BLUE, also: [RED, BLUE]) b: painted(colour: RED) } }",
        "{ whole { wished a: wished(wish: {}) b: wished(wish: {colour: BLUE, times: 2}) c: wished(wish: null) } }",
        '{ whole { picky(text: "bad") a: picky(text: "good") b: picky(text: null) } }',
        "{ whole { failing part { failing number } } }",
        "{ whole { failingAlways } }",
        "{ whole { part { failingAlways } } }",
        "{ whole { other { failingAlways } name } }",
        "{ whole { parts { failingAlways } } }",
        "{ whole { other { number } name } }",
        "{ whole { wrong } }",
        "{ whole { name wrong part { later } } }",
        "{ whole { part { later name } thing { ... on Part { later } } parts { later } } }",
        "{ whole { part { name laterFailing later } } }",
        "{ whole { other { laterFailing } name } }",
        "{ whole { part { name @skip(if: true) number @include(if: true) } } }",
        "{ whole { ...all } } fragment all on Whole { part { ...one } part { number } } fragment one on Part { name }",
        "{ whole { part { colour colours day words holes } other { day } } }",
        "{ whole { parts { name colour } things { __typename name ... on Part { colour } ... on Other { number } } } }",
        "{ whole { maybe { name } maybeParts { name } nested { name } } }",
        "{ whole { maybeParts { number } } }",
        "{ whole { maybeParts { failingAlways name } } }",
        "{ whole { maybeParts { laterFailing later } name } }",
        "{ whole { wrongColour name } }",
        "{ whole { wrongPart { name } } }",
        "{ whole { wrongThing { name } name } }",
        "{ whole { wrongParts { name } name } }",
        "{ whole { wrongThings { name } name } }",
        "{ whole { holedParts { name } name } }",
        "{ whole { lateHoles { name later } name } }",
        "{ whole { wrongWords noList name } }",
        "{ whole { faultAsValue faultAsPart { name } name } }",
        "{ whole { inTurn { name later } inTurnFailing { name later } inTuple { name } } }",
        "{ whole { rowsLater } }",
        "{ whole { part { maybeLater otherMaybeLater { name later ... on Other { number } } } } }",
        "{ whole { part { next { next { copies { name later } } } copies { number } } } }",
        "{ whole { part { next { failingAlways } name } other { copies { number } } } }",
        "{ wholeLater { things { later laterFailing } name } part { name } }",
        "{ whole { part { failingAlways } } part { laterFailing } }",
        'mutation { change(name: "new") { name part { name failing } } a: change(name: "a") { name wrong } }',
        '{ __schema { queryType { name fields { name } } } __type(name: "Part") { kind } }',
    ],
)
def test_short_and_long_way_agree(query: str) -> None:
    agree(query)


@pytest.mark.parametrize(
    "query",
    [
        "query($v: Int) { whole { loud(times: $v) } }",
        "query($v: Int!) { whole { wished(wish: {times: $v}) part { later(turns: $v) } } }",
        "query($v: Int! = 4) { whole { parts { a: loud(times: $v) } } }",
    ],
)
def test_another_value_of_a_variable_is_another_answer(query: str) -> None:
    for variables in ({"v": 1}, {"v": 2}, {}, {"v": 3}, {"v": 0}, {"v": None}, {"v": 5}, {"v": 1}, {"v": "text"}):
        agree(query, variables)


@pytest.mark.parametrize("place", ["name", "... on Whole { name }", "...all"])
def test_a_directive_of_a_variable_is_obeyed_each_time(place: str) -> None:
    fields = place.replace("name", "name @skip(if: $no)").replace("...all", "...all @skip(if: $no)")
    query = f"query($no: Boolean!) {{ whole {{ __typename {fields} }} }}"
    for is_skipped in (True, False, True):
        agree(query + (" fragment all on Whole { name }" if "all" in place else ""), {"no": is_skipped})


def test_an_operation_of_several_in_a_document() -> None:
    document = "query A { whole { name } } query B { whole { loud } }"
    for name in ("A", "B", "A"):
        results = [asyncio.run(schema.execute(document, operation_name=name)) for schema in (SHORT, LONG)]
        assert answer(results[0]) == answer(results[1])


def test_the_next_run_reads_anew() -> None:
    query = "mutation($name: String!) { change(name: $name) { name } }"
    data = [asyncio.run(SHORT.execute(query, {"name": name})).data for name in ("first", "second")]
    assert data == [{"change": {"name": "first"}}, {"change": {"name": "second"}}]


common = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None)


@given(generated.queries(SHORT.as_str()))
@settings(common, max_examples=100, derandomize=True)
def test_short_and_long_way_agree_on_what_is_generated(query: str) -> None:
    agree(query)


@pytest.mark.long
@given(generated.queries(SHORT.as_str()))
@settings(common, max_examples=5_000)
def test_short_and_long_way_agree_on_5000_generated_queries(query: str) -> None:
    agree(query)


class Shouting(SchemaExtension):
    def resolve(self, _next: Any, root: Any, info: Any, *args: str, **kwargs: Any) -> Any:  # noqa: ANN401 - Strawberry's
        value = _next(root, info, *args, **kwargs)
        return value.upper() if isinstance(value, str) else value


def test_an_extension_that_resolves_sees_every_field() -> None:
    result = asyncio.run(schema_with(Executor, Shouting).execute("{ whole { name parts { words name } } }"))
    parts = [{"words": ["a", "b"], "name": name} for name in ("PART", "LARGE", "PART")]
    assert result.data == {"whole": {"name": "WHOLE", "parts": parts}}


@pytest.fixture(scope="module")
def graph() -> Iterator[ResponsibilityGraph]:
    graph = asyncio.run(build_small_world(open_store("sqlite:///:memory:", "writer")))
    yield graph
    asyncio.run(graph.close())


@pytest.mark.parametrize("name", NAMES)
def test_short_and_long_way_agree_on_an_operation(loaded_store: Path, name: str) -> None:
    async def answered(executor: type[LongWay]) -> object:
        graph = ResponsibilityGraph(open_store(f"sqlite:///{loaded_store}", "reader"))
        schema = build_schema()
        schema.execution_context_class = executor
        result = await schema.execute(text(name), VARIABLES[name], Request(graph))
        await graph.close()
        assert result.errors is None
        return result.data

    assert asyncio.run(answered(Executor)) == asyncio.run(answered(LongWay))


def test_plain_fields_never_go_the_long_way(graph: ResponsibilityGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes a chain fast: of its many hundred fields only those that look something up are resolved one by one."""
    resolved: list[str] = []
    execute_field = Executor.execute_field

    def counting(executor: Executor, parent_type: Any, source: Any, details: Any, path: Any, context: Any) -> object:  # noqa: ANN401
        resolved.append(f"{parent_type.name}.{details[0].node.name.value}")
        return execute_field(executor, parent_type, source, details, path, context)

    monkeypatch.setattr(Executor, "execute_field", counting)
    result = asyncio.run(build_schema().execute(text("village-chain"), {"code": FIRST_VILLAGE}, Request(graph)))
    assert result.errors is None
    assert sorted(resolved) == ["Query.village", "Village.accountabilityChain", "Village.ancestors"]
