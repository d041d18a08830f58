"""The limits as a step of every request (限额检查): after parsing, before validation, and before execution."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from api.limits.documents import Document, Documents
from api.limits.errors import LimitError
from graph_model.errors import BadUserInputError


class LimitExtension(SchemaExtension):
    """Parses and validates within the bounds, and publishes the cost as ``extensions.cost``; one for each request."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._found: Document | None = None
        self._cost: int | None = None

    def on_parse(self) -> Iterator[None]:
        """The document, from those that are kept or anew. Raises GraphQLError."""
        context = self.execution_context
        self._found = self._documents.get(context.query or "")
        context.graphql_document = self._found.document
        yield

    def on_validate(self) -> Iterator[None]:
        """What validation says, and whether the variables and the cost keep their bounds."""
        found = self._found
        if found is not None:
            context = self.execution_context
            context.pre_execution_errors = list(found.errors) or self._exceeded(found, context.variables)
        yield

    def get_results(self) -> dict[str, Any]:
        """The cost, where it is known."""
        if self._cost is None:
            return {}
        return self._documents.published(self._cost)

    def _exceeded(self, found: Document, variables: dict[str, Any] | None) -> list[GraphQLError]:
        try:
            self._cost = self._documents.price(found, self.execution_context.operation_name, variables)
            self._documents.check_cost(self._cost)
        except LimitError as error:
            return [error.located()]
        except BadUserInputError as error:
            return [GraphQLError(str(error), original_error=error)]
        return []
