"""What is selected of an object (选择): worked out once for each place of an operation, then only gone through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from graphql import GraphQLObjectType, GraphQLSchema
from graphql.execution.collect_fields import CollectedFields, FieldDetails
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.types.arguments import convert_arguments

from api.execution.readings import Leaf, Reading

Grouped = Mapping[str, list[FieldDetails]]
"""Selected fields by their names in the answer, as graphql-core collects them."""

TYPE_NAME = "__typename"
_NAME = Leaf(str, str)


class Step(NamedTuple):
    """A selected field: how the short way reads it, if it does."""

    name: str
    """Its name in the answer."""
    details: list[FieldDetails]
    reading: Reading | None
    read: Callable[[Any], Any] | None
    """From the object, its arguments given; None leaves the field to the long way."""
    leaf: Leaf | None
    """How its value is published; None where that has fields of its own, or is a list."""
    is_nullable: bool
    selections: dict[type, Selection]
    """What is selected of a value with fields, by its class; filled as values are met."""


class Selection:
    """What is selected of the objects of one type at one place."""

    __slots__ = ("is_flat", "steps", "type")

    def __init__(self, of: GraphQLObjectType, steps: list[Step]) -> None:
        self.type = of
        self.steps = [(step.name, step.read, step.leaf, step) for step in steps]
        self.is_flat = all(step.leaf is not None and step.read is not None for step in steps)
        """Whether all fields are plain leaves."""


class Selections:
    """All that an operation selects, as far as it was met; for those values of its variables that change it.

    What is known by an id is kept beside what has it, so that nothing else can.
    """

    def __init__(self) -> None:
        self.collected: dict[tuple[GraphQLObjectType, int], tuple[list[FieldDetails], CollectedFields]] = {}
        """graphql-core's own memory."""
        self._roots: dict[str, Grouped] = {}
        self._made: dict[int, tuple[Grouped, Selection]] = {}
        self._steps: dict[int, Step] = {}

    def root(self, of: GraphQLObjectType, grouped: Grouped) -> Grouped:
        """The fields at the root as they were first collected; all that is kept is known by their ids."""
        return self._roots.setdefault(of.name, grouped)

    def find(self, grouped: Grouped) -> Selection | None:
        """What some fields select, if that was worked out before."""
        known = self._made.get(id(grouped))
        return None if known is None else known[1]

    def find_step(self, details: list[FieldDetails]) -> Step | None:
        """The step of a field."""
        return self._steps.get(id(details))

    def add(self, grouped: Grouped, selection: Selection) -> None:
        """Keep what some fields select."""
        self._made[id(grouped)] = grouped, selection
        self._steps.update((id(step.details), step) for *_, step in selection.steps)


def select(
    of: GraphQLObjectType,
    grouped: Grouped,
    readings: Mapping[str, Reading],
    schema: GraphQLSchema,
    variables: VariableValues,
) -> Selection:
    """What some fields select of an object of a type."""
    steps = []
    for name, details in grouped.items():
        field_name = details[0].node.name.value
        if field_name == TYPE_NAME:
            steps.append(Step(name, details, None, lambda _: of.name, _NAME, False, {}))
            continue
        reading = readings.get(field_name)
        read = None if reading is None else _reader(reading, details[0], schema, variables)
        leaf = reading.leaf if reading is not None and reading.item_type is None else None
        is_nullable = reading is not None and reading.is_nullable
        steps.append(Step(name, details, reading, read, leaf, is_nullable, {}))
    return Selection(of, steps)


def _reader(
    reading: Reading, details: FieldDetails, schema: GraphQLSchema, variables: VariableValues
) -> Callable[[Any], Any] | None:
    """What reads a field with its arguments; None where the long way has to see to them."""
    read = reading.read
    if read is None or not details.node.arguments:
        return None if reading.needs_arguments else read
    converter = cast("Any", schema)._strawberry_schema.schema_converter
    try:
        values = get_argument_values(reading.field, details.node, variables, details.fragment_variable_values)
        arguments = convert_arguments(values, reading.definition.arguments, converter.scalar_registry, converter.config)
    except Exception:  # the long way meets it again, and reports it
        return None
    return lambda source: read(source, **arguments)
