"""How plain fields are read (字段读法): straight from their objects, without what a resolver could ask for besides."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_specified_scalar_type,
)
from graphql.pyutils import is_awaitable
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField

FROM_STRAWBERRY = "strawberry-definition"
SCHEMAS_KEPT = 8
_SAME = {"Boolean": bool, "ID": str, "String": str}
"""Scalars whose values of this class are published as they are."""


class Leaf(NamedTuple):
    """How a scalar's or an enum's value is published."""

    same: type | None
    """Values of this very class are published as they are."""
    coerce: Callable[[Any], Any]


class Reading(NamedTuple):
    """How a field is read, and what its value is."""

    field: GraphQLField
    definition: StrawberryField
    read: Callable[..., Any] | None
    """From the object, and arguments by the names that Python knows them by; None where that takes more."""
    needs_arguments: bool
    of: GraphQLNamedType
    leaf: Leaf | None
    """None where the value has fields of its own."""
    is_nullable: bool
    item_type: Any
    """The type of a list's items; None where the field is no list."""


@lru_cache(maxsize=SCHEMAS_KEPT)
def readings_of(schema: GraphQLSchema) -> Mapping[str, Mapping[str, Reading]]:
    """The fields of each object type of a schema, by their names; without unions and lists of lists."""
    kinds = [kind for kind in schema.type_map.values() if isinstance(kind, GraphQLObjectType)]
    return {
        kind.name: {name: found for name, field in kind.fields.items() if (found := _find_reading(field)) is not None}
        for kind in kinds
    }


def _find_reading(field: GraphQLField) -> Reading | None:
    definition = field.extensions.get(FROM_STRAWBERRY)
    if not isinstance(definition, StrawberryField):
        return None
    of: Any = field.type.of_type if is_non_null_type(field.type) else field.type
    item_type = of.of_type if is_list_type(of) else None
    if item_type is not None:
        of = item_type.of_type if is_non_null_type(item_type) else item_type
    is_plain = is_leaf_type(of) or isinstance(of, GraphQLObjectType | GraphQLInterfaceType)
    if not is_plain:
        return None  # a union, or a list of lists
    read, needs_arguments = _find_reader(definition) or (None, False)
    return Reading(
        field=field,
        definition=definition,
        read=read,
        needs_arguments=needs_arguments,
        of=of,
        leaf=_leaf(of) if is_leaf_type(of) else None,
        is_nullable=not is_non_null_type(field.type),
        item_type=item_type,
    )


def _find_reader(field: StrawberryField) -> tuple[Callable[..., Any], bool] | None:
    """What reads a field, and whether it needs arguments; None where that takes more than its object and arguments."""
    if field.is_basic_field:
        return attrgetter(field.python_name), False
    resolver = field.base_resolver
    if resolver is None or field.is_async or field.extensions or field.permission_classes:
        return None
    read = resolver.wrapped_func
    if not inspect.isfunction(read):
        return None
    takes_self, *parameters = inspect.signature(read).parameters.values()
    if takes_self.name != "self" or any(parameter.name == "info" for parameter in parameters):
        return None
    return read, any(parameter.default is parameter.empty for parameter in parameters)


def _leaf(of: GraphQLLeafType) -> Leaf:
    if isinstance(of, GraphQLScalarType):
        return Leaf(_SAME.get(of.name) if is_specified_scalar_type(of) else None, _coercion(of))
    return Leaf(None, _naming(of))


def _coercion(of: GraphQLLeafType) -> Callable[[Any], Any]:
    """What publishes a value that is there; one that is still to come would give a text as well."""

    def coerce(value: object) -> Any:  # noqa: ANN401 - as graphql-core
        if is_awaitable(value):
            raise TypeError("it is still to come")
        return of.coerce_output_value(value)

    return coerce


def _naming(of: GraphQLEnumType) -> Callable[[Any], Any]:
    """What gives an enum's member its name; by identity, as a hash of a member takes longer than all the rest."""
    definition = of.extensions.get(FROM_STRAWBERRY)
    coerce = _coercion(of)
    if not isinstance(definition, StrawberryEnumDefinition):
        return coerce
    members: Iterable[Enum] = definition.wrapped_cls
    names = {id(member): coerce(member) for member in members}

    def coerce_member(value: object) -> Any:  # noqa: ANN401 - as graphql-core
        name = names.get(id(value))
        return coerce(value) if name is None else name

    return coerce_member
