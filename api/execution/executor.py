"""The executor (执行器): graphql-core's, with a short way for what makes up most of an answer.

Nearly all fields of an answer are plain: attributes of published objects, texts in one language, lists of such objects;
nothing is awaited. graphql-core prepares for each of them all that a resolver could ask for, and Strawberry adds its
own; here what is selected is worked out once for each place of the operation, and then only read. Whatever is not that
plain, or is wrong, goes the long way, errors included. (The schema has neither ``@defer`` nor ``@stream``.)
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, cast

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema, OperationType
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.executor import collect_iterator_awaitables, to_nodes
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path, Undefined, gather_with_cancel
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.base import get_object_definition

from api.execution.keeping import KeptSelections
from api.execution.later import Later
from api.execution.readings import SCHEMAS_KEPT, Reading, readings_of
from api.execution.selections import Grouped, Selection, Selections, Step, select

_LISTS = (list, tuple)

Place = tuple[Any, str | int, str | None]
"""Where a value stands: a Path, or what a Path is made of. Only errors and the long way need Paths."""


class Executor(StrawberryGraphQLCoreExecutionContext):
    """The executor of the schema. Its answers are graphql-core's, field for field and error for error."""

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(*arguments, **named)
        has_middleware = self.middleware_manager is not None and bool(self.middleware_manager.middlewares)
        self._readings: Mapping[str, Mapping[str, Reading]] = {} if has_middleware else readings_of(self.schema)
        self._selections = self._find_selections()
        self._relevant_sub_fields = self._selections.collected
        self._known: dict[Selection, dict[int, tuple[object, dict[str, Any]]]] = {}

    def build_per_event_executor(self, payload: Any) -> Executor:  # noqa: ANN401 - whatever a subscription yields
        """As graphql-core, for one event of a subscription; nothing of it is kept for the next one."""
        executor = cast("Executor", super().build_per_event_executor(payload))
        executor._known = {}
        return executor

    def keep_time(self) -> None:
        """Called before each row of a list. May raise what ends the request."""

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,  # noqa: ANN401 - whatever a resolver gave
        path: Path | None,
        grouped_field_set: Grouped,
        position_context: Any,  # noqa: ANN401, ARG002 - graphql-core's own
    ) -> Any:  # noqa: ANN401 - JSON, or something to await
        """As graphql-core."""
        grouped = self._selections.root(parent_type, grouped_field_set) if path is None else grouped_field_set
        return self._object(self._select(parent_type, grouped), source_value, path)

    # --- the short way --------------------------------------------------------------------------------------------

    def _find_selections(self) -> Selections:
        """What an earlier run of the operation worked out; queries only, as others run their root fields one by one."""
        if self.operation.operation is not OperationType.QUERY or not self._readings:
            return Selections()
        fragments = self.fragment_definitions.values()
        return kept_selections(self.schema).get(self.operation, fragments, self.variable_values.coerced)

    def _select(self, of: GraphQLObjectType, grouped: Grouped) -> Selection:
        """What some fields select of an object."""
        known = self._selections.find(grouped)
        if known is None:
            readings = self._readings.get(of.name, {})
            known = select(of, grouped, readings, self.schema, self.variable_values)
            self._selections.add(grouped, known)
        return known

    def _object(self, selection: Selection, source: object, place: Place | None) -> Any:  # noqa: ANN401
        """What is selected of an object: a dict, or something to await."""
        known = None
        if selection.is_flat:
            known = self._known.get(selection)
            if known is None:
                known = self._known[selection] = {}
            elif id(source) in known:
                return known[id(source)][1]
        results: dict[str, Any] = {}
        awaited: list[str] = []
        is_plain = True
        try:
            for name, read, leaf, step in selection.steps:
                if leaf is not None and read is not None:
                    value = None
                    try:
                        value = read(source)
                        if value.__class__ is leaf.same:
                            results[name] = value
                            continue
                        result = None if value is None else leaf.coerce(value)
                    except Exception:  # the long way meets it again, and reports it
                        result = Undefined
                    if result is None and (value is not None or not step.is_nullable):
                        result = Undefined
                    if result is not Undefined:
                        results[name] = result
                        continue
                    is_plain = False
                    result = self._odd(step, selection.type, source, value, (place, name, selection.type.name))
                else:
                    result = self._field(step, selection.type, source, (place, name, selection.type.name))
                if result is not Undefined:
                    results[name] = result
                    if result.__class__ is Later:
                        awaited.append(name)
        except Exception:
            self._give_up([results[name] for name in awaited])
            raise
        if awaited:
            return Later(partial(self._await, results, awaited))
        if known is not None and is_plain:
            known[id(source)] = source, results
        return results

    def _field(self, step: Step, parent: GraphQLObjectType, source: object, place: Place) -> Any:  # noqa: ANN401
        """The value of a field that is no plain leaf: JSON, something to await, or Undefined."""
        reading = step.reading
        if reading is None or step.read is None:
            return self.execute_field(parent, source, step.details, _path(place), None)
        try:
            value = step.read(source)
        except Exception:  # the long way meets it again, and reports it
            return self.execute_field(parent, source, step.details, _path(place), None)
        if value is None and reading.is_nullable:
            return None
        of, selection = reading.field.type, None
        if reading.item_type is None:
            selection = step.selections.get(value.__class__) or self._find_selection(step, reading, value)
        if selection is None and (reading.item_type is None or value.__class__ not in _LISTS):
            return self._odd(step, parent, source, value, place)
        try:
            if selection is None:
                result = self._list(step, reading, parent, value, place)
            else:
                result = self._object(selection, value, place)
        except Exception as error:
            self.handle_field_error(error, of, step.details, _path(place))
            return None
        return self._caught(result, of, step.details, place) if result.__class__ is Later else result

    def _odd(self, step: Step, parent: GraphQLObjectType, source: object, value: object, place: Place) -> Any:  # noqa: ANN401
        """A field whose value was read and is not plain: it is still to come, or the long way reads it again."""
        if step.reading is None or not self.is_awaitable(value):
            return self.execute_field(parent, source, step.details, _path(place), None)
        info = self._info(step, step.reading, parent, place)
        return self.complete_awaitable_value(step.reading.field.type, step.details, info, info.path, value, None)

    def _list(
        self, step: Step, reading: Reading, parent: GraphQLObjectType, values: Iterable[Any], place: Place
    ) -> Any:  # noqa: ANN401
        """The rows of a list: a list, or something to await."""
        results: list[Any] = []
        awaited: list[int] = []
        of, same = reading.item_type, None if reading.leaf is None else reading.leaf.same
        rest = iter(values)
        try:
            for value in rest:
                if value.__class__ is same:
                    results.append(value)
                    continue
                self.keep_time()
                row = place, len(results), None
                try:
                    selection = step.selections.get(value.__class__) or self._find_selection(step, reading, value)
                    if selection is None:
                        result = self._complete_odd(value, of, step, self._info(step, reading, parent, place), row)
                    else:
                        result = self._object(selection, value, row)
                except Exception as error:
                    self.handle_field_error(error, of, step.details, _path(row))
                    result = None
                if result.__class__ is Later:
                    result = self._caught(result, of, step.details, row)
                    awaited.append(len(results))
                results.append(result)
        except Exception:
            self.settle_in_background(
                [results[index] for index in awaited] + collect_iterator_awaitables(rest, self.is_awaitable)
            )
            raise
        return Later(partial(self._await, results, awaited)) if awaited else results

    def _complete_odd(
        self,
        value: object,
        of: Any,  # noqa: ANN401 - a type
        step: Step,
        info: GraphQLResolveInfo[Any],
        row: Place,
    ) -> Any:  # noqa: ANN401 - JSON, or something to await
        """A row whose value is not plain, as graphql-core completes it."""
        path = _path(row)
        if self.is_awaitable(value):
            return self.complete_awaitable_value(of, step.details, info, path, value, None)
        return self.complete_value(of, step.details, info, path, value, None)

    def _find_selection(self, step: Step, reading: Reading, value: object) -> Selection | None:
        """What is selected of a value with fields, kept by its class; None where its type is not plain to see."""
        if value is None or reading.leaf is not None or isinstance(value, Exception) or self.is_awaitable(value):
            return None
        of: object = reading.of
        if isinstance(of, GraphQLInterfaceType):
            definition = get_object_definition(value)
            found = None if definition is None else self.schema.get_type(definition.name)
            of = found if isinstance(found, GraphQLObjectType) and self.schema.is_sub_type(of, found) else None
        info: Any = None  # Strawberry's predicates do not ask for it
        if not isinstance(of, GraphQLObjectType) or (of.is_type_of is not None and not of.is_type_of(value, info)):
            return None
        selection = self._select(of, self.collect_subfields(of, step.details).grouped_field_set)
        step.selections[value.__class__] = selection
        return selection

    def _info(self, step: Step, reading: Reading, parent: GraphQLObjectType, place: Place) -> GraphQLResolveInfo[Any]:
        return self.build_resolve_info(reading.field, to_nodes(step.details), parent, _path(place))

    # --- the long way: graphql-core's, except that nothing is begun before it is awaited ----------------------------

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,  # noqa: ANN401
        field_details_list: list[FieldDetails],
        path: Path,
        position_context: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401 - JSON, something to await, or Undefined
        """As graphql-core."""
        first = field_details_list[0]
        field = self.schema.get_field(parent_type, first.node.name.value)
        if field is None:
            return Undefined
        resolve: Any = field.resolve or self.field_resolver
        if self.middleware_manager:
            resolve = self.middleware_manager.get_field_resolver(resolve)
        info = self.build_resolve_info(field, to_nodes(field_details_list), parent_type, path)
        completing = field.type, field_details_list, info, path
        try:
            arguments = get_argument_values(
                field, first.node, self.variable_values, first.fragment_variable_values, self.hide_suggestions
            )
            if inspect.iscoroutinefunction(resolve):
                value = Later(partial(resolve, source, info, **arguments))
            else:
                value = resolve(source, info, **arguments)
            if self.is_awaitable(value):
                return self.complete_awaitable_value(*completing, value, position_context)
            result = self.complete_value(*completing, value, position_context)
        except Exception as error:
            self.handle_field_error(error, field.type, field_details_list, path)
            return None
        return self._caught(result, field.type, field_details_list, path) if self.is_awaitable(result) else result

    def complete_awaitable_value(self, *arguments: Any) -> Any:  # noqa: ANN401 - as graphql-core
        """As graphql-core."""
        return Later(partial(super().complete_awaitable_value, *arguments))

    def complete_iterable_value(
        self,
        item_type: Any,  # noqa: ANN401
        field_details_list: list[FieldDetails],
        info: GraphQLResolveInfo[Any],
        path: Path,
        items: Iterable[Any],
        position_context: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401 - a list, or something to await
        """As graphql-core; the rows go the short way."""
        step = self._selections.find_step(field_details_list)
        reading = None if step is None else step.reading
        if step is None or reading is None or reading.item_type is not item_type:
            return super().complete_iterable_value(item_type, field_details_list, info, path, items, position_context)
        return self._list(step, reading, info.parent_type, items, path)

    def _caught(self, result: Any, of: Any, details: list[FieldDetails], place: Place) -> Later:  # noqa: ANN401
        """Something to await; an error stops there where the value may be null."""

        async def caught() -> Any:  # noqa: ANN401 - JSON
            try:
                return await result
            except Exception as error:
                self.handle_field_error(error, of, details, _path(place))
                return None

        return Later(caught)

    def _give_up(self, awaited: list[Awaitable[Any]]) -> None:
        """What others began is brought to its end, as it may fail too."""
        if awaited:
            self.settle_in_background(awaited)

    async def _await(self, results: Any, awaited: Sequence[Any]) -> Any:  # noqa: ANN401 - a dict or a list
        """Put what was awaited into its places."""
        if len(awaited) == 1:
            results[awaited[0]] = await results[awaited[0]]
        else:
            found = await gather_with_cancel(*(results[key] for key in awaited))
            for key, result in zip(awaited, found, strict=True):
                results[key] = result
        return results


@lru_cache(maxsize=SCHEMAS_KEPT)
def kept_selections(schema: GraphQLSchema) -> KeptSelections:
    """What the latest operations of a schema select."""
    return KeptSelections(
        {
            name
            for fields in readings_of(schema).values()
            for name, reading in fields.items()
            if reading.read is not None and reading.field.args
        }
    )


def _path(place: Place | None) -> Path:
    """The Path of a place."""
    if isinstance(place, Path):
        return place
    before, key, type_name = cast("Place", place)
    return Path(None if before is None else _path(before), key, type_name)
