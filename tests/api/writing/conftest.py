"""A service that takes writes, over a small campaign of its own for each test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from api.access.token_file import TokenFile, write_tokens
from api.access.tokens import Role, make_token
from api.access.viewer import Access
from api.app import build_app
from api.schema import Schema, build_schema
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.embedded import open_store
from tests.api.asking import GRAPHQL_JSON
from tests.api.conftest import MAX_BODY_BYTES
from tests.conformance.small_campaign import COUNTY, begin

PAYLOAD = """{
  clientMutationId isDryRun isRepeated
  userErrors { code path message(lang: EN) allowed(lang: EN) record presentVersion rule }
  written { number author action basis { clause document { id } } }
  changed { record recordType kind version fields { path before after } }
  brokenRules {
    rule { code clause } target { id } record endsOn { text } certainty isOverridden
    remedies { kind on { text } message(lang: EN) } message(lang: EN)
  }
  effects {
    changes {
      day target { id } regime isMoved
      difference {
      completenessBefore completenessAfter
      linksGained { assignment { id } } linksLost { assignment { id } }
      linksChanged {
        isOfHolders isOfCertainty before { holders { person { code } } } after { holders { person { code } } }
      }
      gapsOpened { duty { code } cause } gapsClosed { duty { code } cause }
      gapsChanged { before { cause } after { cause } }
      }
    }
    touchedCounts { level count }
  }
}"""


@dataclass(frozen=True)
class Writing:
    """A client of a service that takes writes, and the tokens to write with."""

    client: TestClient
    graph: ResponsibilityGraph
    editor: str
    of_county: str
    reader: str

    def post(self, query: str, variables: dict[str, Any] | None = None, token: str | None = "") -> httpx2.Response:
        """The response; ``token``: the editor's if left away, None for nobody."""
        headers = {"Accept": GRAPHQL_JSON, "Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token or self.editor}"
        body = json.dumps({"query": query, "variables": variables})  # plain ASCII, whatever the texts hold
        return self.client.post("/graphql", content=body, headers=headers)

    def change(self, field: str, given: object, *, token: str | None = "", **options: object) -> dict[str, Any]:
        """The payload of one mutation; ``given`` is its input, or the list of changes."""
        types = {
            "given": "[ChangeInput!]!" if field == "applyChanges" else f"{field[0].upper()}{field[1:]}Input!",
            "dryRun": "Boolean!",
            "clientMutationId": "String",
            "override": "OverrideInput",
        }
        variables = {"given": given, **options}
        signature = ", ".join(f"${name}: {types[name]}" for name in variables)
        argument = "changes" if field == "applyChanges" else "input"
        arguments = ", ".join(f"{argument if name == 'given' else name}: ${name}" for name in variables)
        answer = self.post(f"mutation ({signature}) {{ {field}({arguments}) {PAYLOAD} }}", variables, token).json()
        assert "errors" not in answer, answer["errors"]
        found = answer["data"][field]
        assert isinstance(found, dict)
        return found

    def ask(self, query: str) -> Any:  # noqa: ANN401 - JSON
        """The data of a query."""
        answer = self.post(query, token=None).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]


@pytest.fixture(scope="session")
def schema() -> Schema:
    """One for all tests: it takes longer to build than a test."""
    return build_schema()


@pytest.fixture
def writing(tmp_path: Path, schema: Schema, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writing]:
    """The service."""
    monkeypatch.setattr("api.app.build_schema", lambda _: schema)
    made = [
        make_token("anna", Role.EDITOR),
        make_token("bert", Role.EDITOR, area=COUNTY),
        make_token("carl", Role.READER),
    ]
    path = tmp_path / "tokens.json"
    write_tokens(path, [token for _, token in made])
    graph = asyncio.run(begin(open_store("sqlite:///:memory:", "writer")))
    app = build_app(graph, max_body_bytes=MAX_BODY_BYTES, access=Access(TokenFile(path), is_writable=True))
    with TestClient(app) as client:
        yield Writing(client, graph, *(text for text, _ in made))
