"""The short way through an operation: its answers are those of the long one, errors included."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import strawberry
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.execution import Executor
from api.schema import build_schema
from api.scope import Request
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.embedded import open_store
from tests.api.small_world import FIRST_VILLAGE, build_small_world
from tests.api.test_operations import NAMES, text

VARIABLES: dict[str, dict[str, Any]] = {
    "village-chain": {"code": FIRST_VILLAGE},
    "county-links": {"code": "530521"},
    "divisions": {"within": "5305", "level": "village", "first": 5},
    "search": {"text": "第", "first": 50},
    "household-chain": {"code": f"{FIRST_VILLAGE}-0001"},
    "answers-for": {"id": "post:secretary"},
    "facts-and-findings": {},
    "consequences": {"subject": "530521", "year": 2017, "asOf": "2017-06-30"},
}


@strawberry.interface
class Thing:
    name: str
    fault: strawberry.Private[str]

    @strawberry.field
    def loud(self, times: int = 1) -> str:
        return self.name.upper() * times

    @strawberry.field
    def failing(self) -> str | None:
        raise ValueError(self.fault)

    @strawberry.field
    def failing_always(self) -> str:
        raise ValueError(self.fault)


@strawberry.type
class Part(Thing):
    number: int

    @strawberry.field
    async def later(self) -> str:
        await asyncio.sleep(0)
        return self.name

    @strawberry.field
    async def later_failing(self) -> str:
        raise ValueError(self.fault)


@strawberry.type
class Whole(Thing):
    part: Part
    thing: Thing
    other: Part | None
    parts: list[Part]
    wrong: str


@strawberry.type
class Query:
    @strawberry.field
    def whole(self) -> Whole | None:
        part = Part(name="part", fault="broken", number=1)
        wrong: Any = None
        too_large = Part(name="large", fault="broken", number=2**40)
        return Whole(name="whole", fault="broken", part=part, thing=part, other=too_large, parts=[part], wrong=wrong)


def executed(query: str, executor: type[StrawberryGraphQLCoreExecutionContext]) -> tuple[object, list[object]]:
    schema = strawberry.Schema(Query, types=[Part], execution_context_class=executor)
    result = asyncio.run(schema.execute(query))
    return result.data, [error.formatted for error in result.errors or ()]


@pytest.mark.parametrize(
    "query",
    [
        "{ whole { name part { name number } thing { name } } }",
        "{ whole { __typename b: name a: name part { __typename } thing { __typename ... on Part { number } } } }",
        "{ whole { loud } }",
        "{ whole { loud(times: 2) } }",
        "query($times: Int! = 3) { whole { loud(times: $times) } }",
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
    ],
)
def test_short_and_long_way_agree(query: str) -> None:
    assert executed(query, Executor) == executed(query, StrawberryGraphQLCoreExecutionContext)


@pytest.fixture(scope="module")
def graph() -> Iterator[ResponsibilityGraph]:
    graph = asyncio.run(build_small_world(open_store("sqlite:///:memory:", "writer")))
    yield graph
    asyncio.run(graph.close())


@pytest.mark.parametrize("name", NAMES)
def test_short_and_long_way_agree_on_an_operation(graph: ResponsibilityGraph, name: str) -> None:
    def answered(executor: type[StrawberryGraphQLCoreExecutionContext]) -> object:
        schema = build_schema()
        schema.execution_context_class = executor
        result = asyncio.run(schema.execute(text(name), VARIABLES[name], Request(graph)))
        assert result.errors is None
        return result.data

    assert answered(Executor) == answered(StrawberryGraphQLCoreExecutionContext)
