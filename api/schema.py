"""The schema, put together (模式); ``schema.graphql`` is its export."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

import strawberry
from graphql import GraphQLError, OperationDefinitionNode
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from api.limits.bounds import QueryBounds
from api.limits.documents import Documents
from api.limits.extension import LimitExtension
from api.limits.running import TimedExecutor
from api.queries import Query
from api.scalars import DATE, DATE_TIME
from api.subscriptions import Subscription
from api.types.assets import Asset
from api.types.assignees import Organization, Person, Post
from api.types.changes import ChangeEvent
from api.types.divisions import City, County, Household, Province, Township, Village
from api.types.documents import Document
from api.types.imports import Import
from api.types.measures import Measure
from api.writing.mutations import Mutation
from graph_model.errors import BadUserInputError

DEFAULT_BOUNDS = QueryBounds()


class OneOperation(SchemaExtension):
    """Refuses a document of several operations where none is named; Strawberry by itself would run the first."""

    def on_validate(self) -> Iterator[None]:
        """After the validation itself, whose errors come first."""
        context = self.execution_context
        document = context.graphql_document
        if document is not None and not context.pre_execution_errors and context._provided_operation_name is None:
            operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
            if len(operations) > 1:
                fault = BadUserInputError("operationName: the document has several operations; name the one to run")
                context.pre_execution_errors = [GraphQLError(str(fault), operations, original_error=fault)]
        yield


class Schema(strawberry.Schema):
    """A schema that refuses operations beyond its bounds, and keeps the latest ones parsed and validated.

    Strawberry's own logs every mistake in a query as an error; ours are logged where they are presented.
    """

    def __init__(
        self,
        bounds: QueryBounds,
        *,
        query: type,
        mutation: type | None = None,
        subscription: type | None = None,
        types: Sequence[type] = (),
    ) -> None:
        super().__init__(
            query=query,
            mutation=mutation,
            subscription=subscription,
            types=types,
            extensions=[self._limits, OneOperation],
            execution_context_class=TimedExecutor,
            config=StrawberryConfig(scalar_map={datetime.date: DATE, datetime.datetime: DATE_TIME}),
        )
        self.documents = Documents(self._schema, bounds)

    def _limits(self) -> LimitExtension:
        return LimitExtension(self.documents)

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing."""


def build_schema(bounds: QueryBounds = DEFAULT_BOUNDS) -> Schema:
    """The schema of the service."""
    types = [
        Asset,
        ChangeEvent,
        City,
        County,
        Document,
        Household,
        Import,
        Measure,
        Organization,
        Person,
        Post,
        Province,
        Township,
        Village,
    ]
    return Schema(bounds, query=Query, mutation=Mutation, subscription=Subscription, types=types)
