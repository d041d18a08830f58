"""What operations select, kept from one request to the next (选择缓存). Nothing of an answer is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping

from graphql import (
    ArgumentNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    ListValueNode,
    Node,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    VariableNode,
)

from api.execution.selections import Selections

KEPT_OPERATIONS = 32
KEPT_VARIANTS = 4
"""Of one operation, by the values of the variables that change what it selects."""


class KeptSelections:
    """The selections of the latest operations of one schema.

    They depend on the document, which is the same object as long as it is kept parsed (``api/limits/documents.py``),
    and on the variables in directives and in the arguments of fields that are read straight from their objects.
    """

    def __init__(self, argued: Collection[str]) -> None:
        self._argued = argued
        self._kept: OrderedDict[int, tuple[OperationDefinitionNode, list[str], dict[str, Selections]]] = OrderedDict()

    def get(
        self,
        operation: OperationDefinitionNode,
        fragments: Iterable[FragmentDefinitionNode],
        variables: Mapping[str, object],
    ) -> Selections:
        """The selections of an operation with these variables; empty ones where nothing is kept."""
        known = self._kept.get(id(operation))
        if known is None:
            names = sorted(_variables_that_matter([operation, *fragments], self._argued))
            known = self._kept[id(operation)] = operation, names, {}
            if len(self._kept) > KEPT_OPERATIONS:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(id(operation))
        _, names, variants = known
        key = repr([(name, variables[name]) for name in names if name in variables]) if names else ""
        found = variants.get(key)
        if found is None:
            found = Selections()
            if len(variants) < KEPT_VARIANTS:
                variants[key] = found
        return found


def _variables_that_matter(
    definitions: Iterable[OperationDefinitionNode | FragmentDefinitionNode], argued: Collection[str]
) -> set[str]:
    """The names of variables that change what is selected, or how a field is read."""
    pending: list[SelectionNode] = [each for node in definitions for each in node.selection_set.selections]
    found: set[str] = set()
    while pending:
        node = pending.pop()
        found.update(_variables_in(node.directives or ()))
        if isinstance(node, FieldNode) and node.name.value in argued:
            found.update(_variables_in(node.arguments or ()))
        inside = getattr(node, "selection_set", None)
        if inside is not None:
            pending.extend(inside.selections)
    return found


def _variables_in(nodes: Iterable[Node]) -> set[str]:
    found: set[str] = set()
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if isinstance(node, VariableNode):
            found.add(node.name.value)
        elif isinstance(node, DirectiveNode):
            pending.extend(node.arguments or ())
        elif isinstance(node, ArgumentNode | ObjectFieldNode):
            pending.append(node.value)
        elif isinstance(node, ListValueNode):
            pending.extend(node.values)
        elif isinstance(node, ObjectValueNode):
            pending.extend(node.fields)
    return found
