"""Measures of a document (量度): its outlines added up, each fragment once, however often it is spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
)

from api.limits.bounds import QueryBounds
from api.limits.errors import LimitError
from api.limits.outline import Outline, outline

MOST = 1_000_000_000
"""Counts stop here: nested fragments can mean more fields than any number that a person reads."""


@dataclass(frozen=True)
class Measures:
    """A definition with its fragments expanded."""

    fields: int
    aliases: int
    root_fields: int
    depth: int
    introspection_depth: int
    introspection_lists: int
    fragment_depth: int
    """Fragments within each other below it."""


def check_document(document: DocumentNode, bounds: QueryBounds) -> int:
    """Hold a document to its bounds; gives how many selections were visited, each of them once.

    Fragments that no operation uses are held to them as well: validation walks them before it refuses them.

    Raises:
        LimitError: it is larger than a bound.
        GraphQLError: a fragment spreads itself.
    """
    if len(document.definitions) > bounds.definitions:
        raise LimitError("QUERY_TOO_LONG", "definitions", bounds.definitions, len(document.definitions))
    definitions = [node for node in document.definitions if isinstance(node, ExecutableDefinitionNode)]
    outlines = [outline(node) for node in definitions]
    pairs = list(zip(definitions, outlines, strict=True))
    fragments = {node.name.value: found for node, found in pairs if isinstance(node, FragmentDefinitionNode)}
    known = _measure_fragments(fragments)
    measured = [(node, _expanded(found, known)) for node, found in pairs]
    operations = [measures for node, measures in measured if isinstance(node, OperationDefinitionNode)]
    _check([measures for _, measures in measured], operations, bounds)
    return sum(found.visited for found in outlines)


def _check(definitions: Sequence[Measures], operations: Sequence[Measures], bounds: QueryBounds) -> None:
    """Raises LimitError for the first bound that is exceeded."""
    total = sum(each.fields for each in operations)
    largest = max((each.fields for each in definitions), default=0)
    aliases = sum(each.aliases for each in operations)
    found = (
        (
            "QUERY_TOO_DEEP",
            "fragments within fragments",
            bounds.fragment_depth,
            [each.fragment_depth for each in definitions],
        ),
        ("QUERY_TOO_DEEP", "depth", bounds.depth, [each.depth for each in definitions]),
        (
            "QUERY_TOO_DEEP",
            "depth of introspection",
            bounds.introspection_depth,
            [each.introspection_depth for each in definitions],
        ),
        (
            "QUERY_TOO_DEEP",
            "lists within lists of introspection",
            bounds.introspection_lists,
            [each.introspection_lists for each in definitions],
        ),
        ("QUERY_TOO_MANY_ALIASES", "aliases", bounds.aliases, [aliases, *(each.aliases for each in definitions)]),
        ("QUERY_TOO_MANY_ROOT_FIELDS", "root fields", bounds.root_fields, [each.root_fields for each in operations]),
        ("QUERY_TOO_MANY_FIELDS", "fields", bounds.fields, [total, largest]),
    )
    for code, limit, bound, values in found:
        actual = max(values, default=0)
        if actual > bound:
            raise LimitError(code, limit, bound, min(actual, MOST + 1), is_least=actual > MOST)


def _measure_fragments(fragments: Mapping[str, Outline]) -> dict[str, Measures]:
    """The measures of all fragments, those that are spread before those that spread them; without recursion."""
    known: dict[str, Measures] = {}
    open_names: set[str] = set()  # the way down to where we are
    for start in fragments:
        pending = [start]
        while pending:
            name = pending[-1]
            if name in known:
                pending.pop()
                continue
            missing = {spread.name for spread in fragments[name].spreads if spread.name in fragments} - known.keys()
            open_names.add(name)
            if circle := missing & open_names:
                raise GraphQLError(
                    f"Cannot spread fragment '{min(circle)}' within itself: its fragments lead back to it."
                )
            if missing:
                pending.extend(sorted(missing))
            else:
                known[name] = _expanded(fragments[name], known)
                open_names.discard(name)
                pending.pop()
    return known


def _expanded(own: Outline, known: Mapping[str, Measures]) -> Measures:
    """An outline with its fragments; a fragment that does not exist adds nothing (validation names it)."""
    fields, aliases, root_fields = own.fields, own.aliases, own.root_fields
    depth, introspection_depth, lists = own.depth, own.introspection_depth, own.introspection_lists
    fragment_depth = 0
    for (name, place), times in own.spreads.items():
        inner = known.get(name)
        if inner is None:
            continue
        fields += times * inner.fields
        aliases += times * inner.aliases
        root_fields += 0 if place.depth else times * inner.root_fields
        depth = max(depth, place.depth + inner.depth)
        introspection_depth = max(introspection_depth, place.introspection + inner.introspection_depth)
        lists = max(lists, place.lists + inner.introspection_lists)
        fragment_depth = max(fragment_depth, 1 + inner.fragment_depth)
    return Measures(
        fields=min(fields, MOST + 1),
        aliases=min(aliases, MOST + 1),
        root_fields=min(root_fields, MOST + 1),
        depth=depth,
        introspection_depth=introspection_depth,
        introspection_lists=lists,
        fragment_depth=fragment_depth,
    )
