"""Executing an operation (执行): graphql-core's executor, with a short way for what makes up most of an answer.

Nearly all fields of an answer are plain: attributes of published objects, or texts in the language that nobody chose;
they take no arguments, and nothing is awaited. graphql-core prepares for each of them all that a resolver could ask
for, and Strawberry adds its own; here the value is read and completed at once: a chain takes little more than half the
time. Whatever is not that plain, or is wrong, goes the long way, errors included.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, cast

from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import Path, Undefined, gather_with_cancel
from graphql.type import get_nullable_type, is_leaf_type, is_non_null_type, is_object_type
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.base import get_object_definition
from strawberry.types.field import StrawberryField

_FROM_STRAWBERRY = "strawberry-definition"
_SCHEMAS_KEPT = 8


class Plain(NamedTuple):
    """How to read a plain field: of a scalar or enum (it has ``coerce``), of one object type, or of an interface."""

    read: Callable[[Any], Any]
    coerce: Callable[[Any], Any] | None = None
    object_type: GraphQLObjectType | None = None
    is_nullable: bool = False


class Executor(StrawberryGraphQLCoreExecutionContext):
    """The executor of the schema. Its answers are graphql-core's, field for field and error for error."""

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(*arguments, **named)
        self._plain = _plain_fields(self.schema)

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,  # noqa: ANN401 - whatever a resolver gave
        path: Path | None,
        grouped_field_set: Mapping[str, list[FieldDetails]],
        position_context: Any,  # noqa: ANN401 - graphql-core's own
    ) -> Any:  # noqa: ANN401 - JSON, or something to await
        """As graphql-core."""
        type_name = parent_type.name
        plain_fields = self._plain[type_name]
        results: dict[str, Any] = {}
        awaited: list[str] = []
        try:
            for name, details in grouped_field_set.items():
                node = details[0].node
                plain = None if node.arguments else plain_fields.get(node.name.value)
                result: Any = Undefined
                if plain is not None:
                    result = self._read(plain, source_value, details, path, name, type_name)
                if result is Undefined:
                    field_path = Path(path, name, type_name)
                    result = self.execute_field(parent_type, source_value, details, field_path, position_context)
                if result is not Undefined:
                    results[name] = result
                    if self.is_awaitable(result):
                        awaited.append(name)
        except Exception:
            # What others began is brought to its end, as it may fail too.
            self.settle_in_background([results[name] for name in awaited])
            raise
        return self._await(results, awaited) if awaited else results

    def _read(
        self, plain: Plain, source: object, details: list[FieldDetails], path: Path | None, name: str, type_name: str
    ) -> Any:  # noqa: ANN401 - JSON, or something to await
        """A plain field's value; Undefined where the long way has to see to it."""
        try:
            value = plain.read(source)
            if value is None:
                return None if plain.is_nullable else Undefined
            if plain.coerce is not None:
                return plain.coerce(value)
        except Exception:  # the long way meets it again, and reports it
            return Undefined
        object_type = plain.object_type or self._type_of(value)
        return self.collect_and_execute_subfields(object_type, details, Path(path, name, type_name), value, None)

    def _type_of(self, value: object) -> GraphQLObjectType:
        return cast("GraphQLObjectType", self.schema.type_map[get_object_definition(value, strict=True).name])

    async def _await(self, results: dict[str, Any], awaited: list[str]) -> dict[str, Any]:
        found = await gather_with_cancel(*(results[name] for name in awaited))
        results.update(zip(awaited, found, strict=True))
        return results


@lru_cache(maxsize=_SCHEMAS_KEPT)
def _plain_fields(schema: GraphQLSchema) -> Mapping[str, Mapping[str, Plain]]:
    """The plain fields of each object type of a schema, by their names."""
    kinds = [kind for kind in schema.type_map.values() if isinstance(kind, GraphQLObjectType)]
    return {
        kind.name: {name: plain for name, field in kind.fields.items() if (plain := _find_plain(field)) is not None}
        for kind in kinds
    }


def _find_plain(field: GraphQLField) -> Plain | None:
    definition = field.extensions.get(_FROM_STRAWBERRY)
    read = _find_reader(definition) if isinstance(definition, StrawberryField) else None
    if read is None:
        return None
    is_nullable = not is_non_null_type(field.type)
    inner = get_nullable_type(field.type)
    if is_leaf_type(inner):
        return Plain(read, coerce=inner.coerce_output_value, is_nullable=is_nullable)
    if is_nullable:
        return None  # an error below such a field stops at it: the long way does that
    if is_object_type(inner):
        return Plain(read, object_type=inner)
    return Plain(read) if isinstance(inner, GraphQLInterfaceType) else None


def _find_reader(field: StrawberryField) -> Callable[[Any], Any] | None:
    """How to read a field whose arguments are left away; None where that takes more than its object."""
    if field.is_basic_field:
        return attrgetter(field.python_name)
    resolver = field.base_resolver
    if resolver is None or field.is_async or field.extensions or field.permission_classes:
        return None
    read = resolver.wrapped_func
    if not inspect.isfunction(read):
        return None
    takes_self, *parameters = inspect.signature(read).parameters.values()
    is_simple = takes_self.name == "self" and all(
        parameter.name != "info" and parameter.default is not parameter.empty for parameter in parameters
    )
    return read if is_simple else None
