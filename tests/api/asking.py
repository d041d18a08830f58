"""Asking an application GraphQL questions, in the process of the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2
from starlette.testclient import TestClient

GRAPHQL_JSON = "application/graphql-response+json"


@dataclass(frozen=True)
class Asker:
    """A client of one application, for GraphQL."""

    client: TestClient

    def post(self, query: str, variables: dict[str, Any] | None = None, **more: object) -> httpx2.Response:
        """The response to an operation."""
        body = {"query": query, "variables": variables, **more}
        return self.client.post("/graphql", json=body, headers={"Accept": GRAPHQL_JSON})

    def data(self, query: str, variables: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """The data of an operation that must give no error."""
        answer = self.post(query, variables).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def error(self, query: str, variables: dict[str, Any] | None = None, **more: object) -> dict[str, Any]:
        """The only error of an operation."""
        response = self.post(query, variables, **more)
        assert response.status_code in {200, 400}
        (error,) = response.json()["errors"]
        assert isinstance(error, dict)
        return error

    def code(self, query: str, variables: dict[str, Any] | None = None, **more: object) -> str:
        """The code of the only error of an operation; it must say whether to try again."""
        extensions = self.error(query, variables, **more)["extensions"]
        assert isinstance(extensions["retryable"], bool)
        return str(extensions["code"])
