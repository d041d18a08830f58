"""A service that takes uploads, in the process of the test, and the tokens to send them with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
from starlette.testclient import TestClient

from api.access.token_file import TokenFile, write_tokens
from api.access.tokens import Role, Token, make_token
from api.access.viewer import Access
from api.app import build_app
from api.schema import build_schema
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.opening import open_store
from intake.service import Imports
from pages.rosters.desk import import_desk
from pages.routes import page_routes
from tests.intake.conftest import HERE, MAX_BYTES, TAKEN, csv_of

TOWN, OTHER_TOWN = "division:990101101", "division:990101102"


@dataclass(frozen=True)
class Serving:
    """A client, and the tokens by whose they are."""

    client: TestClient
    tokens: Mapping[str, str]
    service: Imports
    file: Path
    """That of the tokens."""

    def send(self, content: bytes = b"", by: str | None = "editor", **fields: str) -> httpx2.Response:
        """Send a roster."""
        headers = {} if by is None else {"Authorization": f"Bearer {self.tokens.get(by, by)}"}
        file = {"file": (fields.pop("file", "roster.csv"), content or csv_of(TAKEN), "text/csv")}
        return self.client.post("/imports", files=file, data={"mapping": "village-units", **fields}, headers=headers)

    def ask(self, query: str, by: str | None = "editor", **variables: object) -> dict[str, Any]:
        """The answer to an operation, errors and all."""
        headers = {} if by is None else {"Authorization": f"Bearer {self.tokens[by]}"}
        answer: dict[str, Any] = self.client.post(
            "/graphql", json={"query": query, "variables": variables}, headers=headers
        ).json()
        return answer


_schema = cache(build_schema)


@contextmanager
def serving_uploads(url: str, folder: Path, *, is_writable: bool = True) -> Iterator[Serving]:
    """A service over a store, as ``server.py`` puts it together."""
    made: dict[str, tuple[str, Token]] = {
        "editor": make_token("李四", Role.EDITOR),
        "other": make_token("王五", Role.EDITOR),
        "town": make_token("清水镇", Role.EDITOR, area=TOWN),
        "elsewhere": make_token("白云乡", Role.EDITOR, area=OTHER_TOWN),
        "reader": make_token("读者", Role.READER),
        "expired": make_token("过期", Role.EDITOR, expires=date(2020, 1, 1)),
    }
    path = folder / "tokens.json"
    write_tokens(path, [token for _, token in made.values()])
    graph = ResponsibilityGraph(open_store(url, "writer"))
    service = Imports(graph, url, max_bytes=MAX_BYTES, apart=HERE)
    access, own = Access(TokenFile(path), is_writable=is_writable), service if is_writable else None
    app = build_app(
        graph,
        max_body_bytes=131_072,
        access=access,
        schema=_schema(),
        imports=own,
        pages=page_routes(graph),
        forms=import_desk(graph, own, access.viewer),
    )
    with TestClient(app, follow_redirects=False) as client:
        yield Serving(client, {name: text for name, (text, _) in made.items()}, service, path)
