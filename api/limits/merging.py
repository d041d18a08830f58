"""Whether fields of one name can be merged (字段合并), told in linear time where that is plain.

The rule that GraphQL's validation has for it compares every pair of such fields, which takes half a second for a
document of 500 fields. Nearly always all fields of one name at one place are the same field with the same arguments:
then nothing needs to be compared. Where they differ the rule is asked, and only as far as a bound allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    get_named_type,
    is_composite_type,
)

Part = tuple[GraphQLNamedType | None, SelectionSetNode]


@dataclass
class Survey:
    """What a document asks of the rule."""

    is_plain: bool = True
    """All fields of one name at one place are the same: the rule would find nothing."""
    comparisons: int = 0
    """How many pairs of fields it would compare."""


def survey_merging(schema: GraphQLSchema, document: DocumentNode) -> Survey:
    """Survey the operations of a document that is small enough once it is expanded, without circles of fragments."""
    found = Survey()
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    pending: list[list[Part]] = [
        [(schema.get_root_type(node.operation), node.selection_set)]
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    ]
    while pending:
        groups: dict[str, list[tuple[GraphQLNamedType | None, FieldNode]]] = {}
        for parent, node in _iter_fields(schema, pending.pop(), fragments):
            groups.setdefault((node.alias or node.name).value, []).append((parent, node))
        for group in groups.values():
            found.comparisons += len(group) * (len(group) - 1) // 2
            types = [_type_of(schema, parent, node) for parent, node in group]
            if len(group) > 1 and found.is_plain:
                fields = {(_key(node), name) for (_, node), (_, name) in zip(group, types, strict=True)}
                found.is_plain = len(fields) == 1
            below = [
                (of, node.selection_set)
                for (_, node), (of, _) in zip(group, types, strict=True)
                if node.selection_set is not None
            ]
            if below:
                pending.append(below)
    return found


def _iter_fields(
    schema: GraphQLSchema, parts: list[Part], fragments: dict[str, FragmentDefinitionNode]
) -> Iterator[tuple[GraphQLNamedType | None, FieldNode]]:
    """The fields of some selection sets with their parents; a fragment once, however often it is spread there."""
    pending, seen = list(parts), set[str]()
    while pending:
        parent, selection_set = pending.pop()
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                yield parent, selection
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                inside = schema.get_type(condition.name.value) if condition else parent
                pending.append((inside, selection.selection_set))
            elif isinstance(selection, FragmentSpreadNode):
                fragment = fragments.get(selection.name.value)
                if fragment is not None and selection.name.value not in seen:
                    seen.add(selection.name.value)
                    inside = schema.get_type(fragment.type_condition.name.value)
                    pending.append((inside, fragment.selection_set))


def _type_of(
    schema: GraphQLSchema, parent: GraphQLNamedType | None, node: FieldNode
) -> tuple[GraphQLNamedType | None, str]:
    """The named type of a field, and its whole type as a text; a field that does not exist has none."""
    field = schema.get_field(parent, node.name.value) if is_composite_type(parent) else None
    return (None, "") if field is None else (get_named_type(field.type), str(field.type))


def _key(node: FieldNode) -> tuple[object, ...]:
    """What must be equal in fields that are the same: name and arguments, in any order."""
    arguments = sorted((argument.name.value, repr(_value(argument.value))) for argument in node.arguments or ())
    return node.name.value, *arguments


def _value(node: ValueNode) -> object:
    """A value as something to compare; lists and objects nest no deeper than the parser lets them."""
    if isinstance(node, ListValueNode):
        return "list", [_value(value) for value in node.values]
    if isinstance(node, ObjectValueNode):
        return "object", sorted((field.name.value, repr(_value(field.value))) for field in node.fields)
    name = getattr(node, "name", None)
    return node.kind, getattr(node, "value", None) if name is None else name.value
