"""The outline of a definition (轮廓): what it holds itself, and which fragments it spreads where.

Every node of the document is visited once, whatever its fragments spread; ``measures`` adds the outlines up.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from graphql import (
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
)

INTROSPECTION_ROOTS = frozenset({"__schema", "__type"})
INTROSPECTION_LISTS = frozenset({"fields", "inputFields", "interfaces", "possibleTypes"})


class Place(NamedTuple):
    """Where a selection stands: fields above it, and of these the introspection's, and its lists."""

    is_introspection: bool = False
    depth: int = 0
    introspection: int = 0
    lists: int = 0

    def below(self, name: str) -> Place:
        """The place inside a field."""
        is_inside = self.is_introspection or name in INTROSPECTION_ROOTS
        is_list = is_inside and name in INTROSPECTION_LISTS
        return Place(is_inside, self.depth + 1, self.introspection + is_inside, self.lists + is_list)


class Spread(NamedTuple):
    """A fragment spread at a place."""

    name: str
    place: Place


@dataclass
class Outline:
    """What a definition holds itself, without the fragments that it spreads."""

    fields: int = 0
    aliases: int = 0
    root_fields: int = 0
    depth: int = 0
    introspection_depth: int = 0
    introspection_lists: int = 0
    spreads: Counter[Spread] = field(default_factory=Counter)
    visited: int = 0

    def add_field(self, node: FieldNode, above: Place) -> Place:
        """Count a field; gives the place inside it."""
        place = above.below(node.name.value)
        self.fields += 1
        self.aliases += node.alias is not None
        self.root_fields += above.depth == 0
        self.depth = max(self.depth, place.depth)
        self.introspection_depth = max(self.introspection_depth, place.introspection)
        self.introspection_lists = max(self.introspection_lists, place.lists)
        return place


def outline(definition: ExecutableDefinitionNode) -> Outline:
    """The outline of an operation or a fragment; linear, without recursion."""
    found = Outline()
    pending: list[tuple[SelectionSetNode, Place]] = [
        (definition.selection_set, Place(_is_of_introspection(definition)))
    ]
    while pending:
        selection_set, place = pending.pop()
        for selection in selection_set.selections:
            found.visited += 1
            if isinstance(selection, FieldNode):
                inside = found.add_field(selection, place)
                if selection.selection_set is not None:
                    pending.append((selection.selection_set, inside))
            elif isinstance(selection, InlineFragmentNode):
                pending.append((selection.selection_set, place))
            elif isinstance(selection, FragmentSpreadNode):
                found.spreads[Spread(selection.name.value, place)] += 1
    return found


def _is_of_introspection(definition: ExecutableDefinitionNode) -> bool:
    """Whether it is a fragment of a type of the introspection."""
    return isinstance(definition, FragmentDefinitionNode) and definition.type_condition.name.value.startswith("__")
