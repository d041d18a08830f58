"""A schema with all that a field can be and give, right and wrong; for executors to agree on."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Iterator
from enum import Enum
from typing import Any

import strawberry
from graphql import DocumentNode, parse
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.execution import ExecutionResult

from api.execution.later import Later

MOST = 5
"""What is generated may ask for anything."""


async def wait(turns: int) -> None:
    """Let others run so many times."""
    for _ in range(min(turns, MOST)):
        await asyncio.sleep(0)


@strawberry.enum
class Colour(Enum):
    RED = "r"
    BLUE = "b"


@strawberry.input
class Wish:
    colour: Colour = Colour.RED
    times: int = 1


@strawberry.interface
class Thing:
    name: str
    fault: strawberry.Private[str]

    @strawberry.field
    def loud(self, times: int = 1) -> str:
        return self.name.upper() * min(times, MOST)

    @strawberry.field
    def painted(self, colour: Colour, also: list[Colour] | None = None) -> str:
        return self.name + colour.value + "".join(one.value for one in also or ())

    @strawberry.field
    def wished(self, wish: Wish | None = None) -> str:
        return "nothing" if wish is None else wish.colour.value * min(wish.times, MOST)

    @strawberry.field
    def picky(self, text: str | None = None) -> str | None:
        if text == "bad":
            raise ValueError(self.fault)
        return text

    @strawberry.field
    def failing(self) -> str | None:
        raise ValueError(self.fault)

    @strawberry.field
    def failing_always(self) -> str:
        raise ValueError(self.fault)

    @strawberry.field
    async def later(self, turns: int = 1) -> str:
        await wait(turns)
        return self.name

    @strawberry.field
    async def later_failing(self, turns: int = 0) -> str:
        await wait(turns)
        raise ValueError(self.fault)


@strawberry.type
class Part(Thing):
    number: int
    colour: Colour
    day: datetime.date | None
    colours: list[Colour]
    words: list[str]
    holes: list[str | None]

    @strawberry.field
    async def next(self, turns: int = 1) -> Part | None:
        await wait(turns)
        return self

    @strawberry.field
    async def copies(self, turns: int = 0) -> list[Part]:
        await wait(turns)
        return [self, part()]

    @strawberry.field(graphql_type=str)  # type: ignore[untyped-decorator] # as Strawberry has it
    def maybe_later(self) -> str | Awaitable[str]:
        return Later(self._named) if self.number else self.name

    @strawberry.field(graphql_type=Thing | None)  # type: ignore[untyped-decorator] # as Strawberry has it
    def other_maybe_later(self) -> Thing | Awaitable[Thing] | None:
        return Later(self._other) if self.number else None

    async def _named(self) -> str:
        await asyncio.sleep(0)
        return self.name

    async def _other(self) -> Thing:
        await asyncio.sleep(0)
        return other()


@strawberry.type
class Other(Thing):
    number: int = 7


class Unpublished:
    name = "unpublished"


@strawberry.type
class Whole(Thing):
    part: Part
    thing: Thing
    other: Part | None
    parts: list[Part]
    things: list[Thing]
    maybe_parts: list[Part | None]
    maybe: list[Part] | None
    nested: list[list[Part]]
    wrong: str
    wrong_colour: Colour | None
    wrong_part: Part | None
    wrong_thing: Thing | None
    wrong_parts: list[Part] | None
    wrong_things: list[Thing | None]
    holed_parts: list[Part] | None
    wrong_words: list[str] | None
    no_list: list[str] | None
    fault_as_value: str | None
    fault_as_part: Part | None

    @strawberry.field
    def in_turn(self) -> list[Part]:
        def made() -> Iterator[Part]:
            yield part()
            yield part("second")

        return made()  # type: ignore[return-value] # any iterable is published as a list

    @strawberry.field
    def in_turn_failing(self) -> list[Part] | None:
        def made() -> Iterator[Part]:
            yield part()
            raise ValueError(self.fault)

        return made()  # type: ignore[return-value] # any iterable is published as a list

    @strawberry.field
    def in_tuple(self) -> list[Thing]:
        return (part(), other())  # type: ignore[return-value] # any iterable is published as a list

    @strawberry.field
    async def late_holes(self) -> list[Part] | None:
        wrong: Any = [part(), None]
        return wrong  # type: ignore[no-any-return]

    @strawberry.field
    def rows_later(self) -> list[str]:
        async def row(name: str) -> str:
            await asyncio.sleep(0)
            return name

        rows: Any = [row("one"), "two", row("three")]
        return rows  # type: ignore[no-any-return]


def part(name: str = "part", number: int = 1) -> Part:
    return Part(
        name=name,
        fault="broken",
        number=number,
        colour=Colour.BLUE,
        day=datetime.date(2017, 6, 30),
        colours=[Colour.BLUE, Colour.RED],
        words=["a", "b"],
        holes=["a", None],
    )


def other() -> Other:
    return Other(name="other", fault="broken")


def whole() -> Whole:
    same: Any = part()
    strange: Any = Unpublished()
    wrong: Any = None
    fault: Any = ValueError("a value")
    large = part("large", number=2**40)
    large.day = None
    return Whole(
        name="whole",
        fault="broken",
        part=same,
        thing=same,
        other=large,
        parts=[same, large, same],
        things=[same, other()],
        maybe_parts=[same, None, large],
        maybe=None,
        nested=[[same], []],
        wrong=wrong,
        wrong_colour=strange,
        wrong_part=strange,
        wrong_thing=strange,
        wrong_parts=[same, strange],
        wrong_things=[other(), strange, None],
        holed_parts=[same, wrong],
        wrong_words=["a", strange, wrong],
        no_list=strange,
        fault_as_value=fault,
        fault_as_part=fault,
    )


@strawberry.type
class Query:
    @strawberry.field
    def whole(self) -> Whole | None:
        return whole()

    @strawberry.field
    async def whole_later(self, turns: int = 1) -> Whole | None:
        await wait(turns)
        return whole()

    @strawberry.field
    def part(self) -> Part:
        return part()


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def change(self, name: str) -> Whole | None:
        changed = whole()
        changed.name = name
        return changed


class KeptDocuments(SchemaExtension):
    """Parses a document once, as the service does: what an executor keeps, it keeps by the document."""

    def __init__(self, documents: dict[str, DocumentNode]) -> None:
        self._documents = documents

    def on_parse(self) -> Iterator[None]:
        text = self.execution_context.query or ""
        if text not in self._documents:
            self._documents[text] = parse(text)
        self.execution_context.graphql_document = self._documents[text]
        yield


def schema_with(
    executor: type[StrawberryGraphQLCoreExecutionContext], *extensions: type[SchemaExtension]
) -> strawberry.Schema:
    documents: dict[str, DocumentNode] = {}
    return strawberry.Schema(
        Query,
        Mutation,
        types=[Part, Other],
        execution_context_class=executor,
        extensions=[lambda: KeptDocuments(documents), *extensions],
    )


def answer(result: ExecutionResult) -> tuple[object, list[object]]:
    """What a result says; errors in the order of their places, as some come in the order in which work ends."""
    errors = sorted(result.errors or (), key=lambda error: (str(error.path), error.message))
    return result.data, [error.formatted for error in errors]
