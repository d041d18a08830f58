"""The plan of an operation (计价方案): what it costs, as far as that is known before its variables are.

Fields of one name and one parent type are one field, as in execution. ``@skip`` and ``@include`` change nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from api.connections import DEFAULT_FIRST, check_first
from api.limits.pricing import Pricing, Tariff

Parts = list[tuple[str, SelectionSetNode]]
"""Selection sets that are one in execution, each with the name of its type."""


@dataclass(frozen=True)
class Size:
    """The size of a page: a number, or a variable with its default."""

    rows: int | None
    variable: str | None = None

    def value(self, variables: Mapping[str, Any]) -> int:
        """The number of rows. Raises BadUserInputError for one that no list gives.

        What is no number at all counts as left away: the coercion of variables, or validation, answers that.
        """
        given = self.rows if self.variable is None else variables.get(self.variable, self.rows)
        if isinstance(given, float) and given.is_integer():
            given = int(given)
        return check_first(given if isinstance(given, int) and not isinstance(given, bool) else None)


@dataclass(frozen=True)
class Length(Size):
    """The length of a list that is an argument: of the list itself, or of a variable."""

    def value(self, variables: Mapping[str, Any]) -> int:
        """How many items it has; one that is no list counts as a list of it."""
        if self.variable is None or self.variable not in variables:
            return self.rows or 0
        given = variables[self.variable]
        return len(given) if isinstance(given, list) else 1


@dataclass(frozen=True)
class Plan:
    """A cost: a fixed part, and parts that multiply with the size of a page."""

    fixed: int
    pages: tuple[tuple[float, Size, Plan], ...] = ()

    def cost(self, variables: Mapping[str, Any]) -> int:
        """The cost with these variables. Raises BadUserInputError for a page that is too large."""
        pages = (times * size.value(variables) * inner.cost(variables) for times, size, inner in self.pages)
        return self.fixed + math.ceil(sum(pages))

    def times(self, rows: float) -> Plan:
        """So many of it, on average."""
        if rows == 1:
            return self
        return Plan(math.ceil(self.fixed * rows), tuple((n * rows, size, plan) for n, size, plan in self.pages))


def total(plans: Iterable[Plan], base: int = 0) -> Plan:
    """Some plans together."""
    fixed = base
    pages: list[tuple[float, Size, Plan]] = []
    for plan in plans:
        fixed += plan.fixed
        pages.extend(plan.pages)
    return Plan(fixed, tuple(pages))


class Planner:
    """Makes plans of the operations of one document, which is valid and has few fields once it is expanded."""

    def __init__(self, schema: GraphQLSchema, pricing: Pricing, document: DocumentNode) -> None:
        self._schema = schema
        self._pricing = pricing
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._defaults: dict[str, int | None] = {}

    def plan(self, operation: OperationDefinitionNode) -> Plan:
        """The plan of an operation."""
        root = self._schema.get_root_type(operation.operation)
        self._defaults = {
            node.variable.name.value: _whole(node.default_value) for node in operation.variable_definitions or ()
        }
        return Plan(0) if root is None else self._of_parts([(root.name, operation.selection_set)], None)

    def _of_parts(self, parts: Parts, page: Size | None) -> Plan:
        """The plan of all that some selection sets ask for; ``page`` is the size of the ``edges`` among it."""
        groups: dict[tuple[str, str], list[FieldNode]] = {}
        for type_name, node in self._fields(parts):
            name: NameNode = node.alias or node.name
            groups.setdefault((name.value, type_name), []).append(node)
        return total(self._of_field(type_name, nodes, page) for (_, type_name), nodes in groups.items())

    def _of_field(self, type_name: str, nodes: list[FieldNode], page: Size | None) -> Plan:
        tariff = self._pricing.tariff(type_name, nodes[0].name.value)
        if tariff is None:
            return Plan(1)
        of = get_named_type(tariff.field.type).name
        below = [(of, node.selection_set) for node in nodes if node.selection_set is not None]
        size = self._size(nodes[0]) if tariff.is_page else None
        inner = self._of_parts(below, size)
        priced = _priced(tariff, inner, page)
        if tariff.of_each is not None:
            argument, cost = tariff.of_each
            priced = total([priced, Plan(0, ((1, _length(nodes[0], argument), Plan(cost)),))])
        # A page whose rows nobody asks for costs nothing more, but its size is checked like any other.
        return total([priced, Plan(0, ((0, size, Plan(0)),))]) if size is not None and not inner.pages else priced

    def _size(self, node: FieldNode) -> Size:
        for argument in node.arguments or ():
            if argument.name.value == "first":
                if isinstance(argument.value, VariableNode):
                    name = argument.value.name.value
                    return Size(self._defaults.get(name), name)
                return Size(_whole(argument.value))
        return Size(None)

    def _fields(self, parts: Parts) -> Iterator[tuple[str, FieldNode]]:
        """The fields of some selection sets with their types; a fragment once, however often it is spread there."""
        pending, seen = list(reversed(parts)), set[str]()
        while pending:
            type_name, selection_set = pending.pop()
            for selection in selection_set.selections:
                if isinstance(selection, FieldNode):
                    yield type_name, selection
                elif isinstance(selection, InlineFragmentNode):
                    condition = selection.type_condition
                    pending.append((condition.name.value if condition else type_name, selection.selection_set))
                elif isinstance(selection, FragmentSpreadNode):
                    fragment = self._fragments.get(selection.name.value)
                    if fragment is not None and selection.name.value not in seen:
                        seen.add(selection.name.value)
                        pending.append((fragment.type_condition.name.value, fragment.selection_set))


def _priced(tariff: Tariff, inner: Plan, page: Size | None) -> Plan:
    """A field around what is asked for below it: itself once, the rest for each row."""
    if tariff.is_edges and page is not None:
        return Plan(1 + tariff.extra, ((1, page, inner),))
    rows = DEFAULT_FIRST if tariff.is_edges else tariff.rows
    return total([inner.times(rows)], 1 + tariff.extra)


def _length(node: FieldNode, argument: str) -> Length:
    for given in node.arguments or ():
        if given.name.value == argument:
            if isinstance(given.value, VariableNode):
                return Length(0, given.value.name.value)
            return Length(len(given.value.values) if isinstance(given.value, ListValueNode) else 1)
    return Length(0)


def _whole(node: object) -> int | None:
    """A whole number in a document; None for anything else."""
    return int(node.value) if isinstance(node, IntValueNode) and len(node.value) <= 12 else None
