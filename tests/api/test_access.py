"""Bearer tokens over HTTP: who asks, what a wrong token is told, and that nobody needs one to read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from api.access.token_file import TokenFile, write_tokens
from api.access.tokens import Role, make_token
from api.access.viewer import Access
from api.app import build_app
from graph_model.graph import ResponsibilityGraph
from tests.api.asking import GRAPHQL_JSON
from tests.api.conftest import MAX_BODY_BYTES
from tests.api.small_world import FIRST_VILLAGE

VIEWER = "{ viewer { name role mayWrite areaId area { code name } expires } }"
UNKNOWN = "Bearer zrn_" + "a" * 43


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tokens.json"


@pytest.fixture
def editor(path: Path) -> str:
    text, token = make_token("甲", Role.EDITOR, area="division:530521", expires=date(2999, 1, 1))
    write_tokens(path, [token])
    return text


@pytest.fixture
def client(small_graph: ResponsibilityGraph, path: Path) -> TestClient:
    """A client of an application that takes writes. It closes no store: others ask it too."""
    app = build_app(small_graph, max_body_bytes=MAX_BODY_BYTES, access=Access(TokenFile(path), is_writable=True))
    return TestClient(app)


def ask(client: TestClient, *authorizations: str, query: str = VIEWER) -> httpx2.Response:
    headers = [("Accept", GRAPHQL_JSON), *(("Authorization", value) for value in authorizations)]
    return client.post("/graphql", json={"query": query}, headers=headers)


def refusal(response: httpx2.Response) -> tuple[int, str, bool]:
    (error,) = response.json()["errors"]
    assert "data" not in response.json()
    return response.status_code, error["extensions"]["code"], error["extensions"]["retryable"]


def test_without_a_token_one_is_anonymous(client: TestClient) -> None:
    assert ask(client).json()["data"] == {"viewer": None}


def test_a_token_says_who_one_is(client: TestClient, editor: str) -> None:
    assert ask(client, f"Bearer {editor}").json()["data"]["viewer"] == {
        "name": "甲",
        "role": "EDITOR",
        "mayWrite": True,
        "areaId": "division:530521",
        "area": {"code": "530521", "name": "施甸县"},
        "expires": "2999-01-01",
    }


def test_an_area_that_nobody_loaded_has_its_id_alone(client: TestClient, path: Path) -> None:
    text, token = make_token("乙", Role.EDITOR, area="division:990000")
    write_tokens(path, [token])
    found = ask(client, f"Bearer {text}").json()["data"]["viewer"]
    assert (found["areaId"], found["area"]) == ("division:990000", None)


def test_an_editor_may_not_write_where_the_server_only_reads(
    small_graph: ResponsibilityGraph, path: Path, editor: str
) -> None:
    client = TestClient(build_app(small_graph, max_body_bytes=MAX_BODY_BYTES, access=Access(TokenFile(path))))
    assert ask(client, f"Bearer {editor}").json()["data"]["viewer"]["mayWrite"] is False


@pytest.mark.parametrize("header", [UNKNOWN, "Basic enJuOng=", "Bearer", "Bearer zrn_"])
@pytest.mark.parametrize("query", [VIEWER, f'{{ village(code: "{FIRST_VILLAGE}") {{ name }} }}', "{ nonsense"])
def test_a_wrong_token_is_refused_whatever_was_asked(client: TestClient, header: str, query: str) -> None:
    response = ask(client, header, query=query)
    assert refusal(response) == (401, "UNAUTHENTICATED", False)
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="zeren", error="invalid_token"'


def test_a_wrong_token_is_refused_by_get_too(client: TestClient) -> None:
    response = client.get("/graphql", params={"query": VIEWER}, headers={"Authorization": UNKNOWN})
    assert refusal(response)[:2] == (401, "UNAUTHENTICATED")


def test_two_tokens_are_refused(client: TestClient, editor: str) -> None:
    assert refusal(ask(client, f"Bearer {editor}", f"Bearer {editor}"))[:2] == (401, "UNAUTHENTICATED")


def test_a_revoked_token_ends_with_the_next_request(client: TestClient, path: Path, editor: str) -> None:
    assert ask(client, f"Bearer {editor}").status_code == 200
    write_tokens(path, [])
    assert refusal(ask(client, f"Bearer {editor}"))[:2] == (401, "UNAUTHENTICATED")


def test_a_broken_file_is_not_shown_and_keeps_no_reader_out(client: TestClient, path: Path, editor: str) -> None:
    path.write_text("{", encoding="utf-8")
    response = ask(client, f"Bearer {editor}")
    assert refusal(response) == (503, "TOKENS_UNAVAILABLE", True)
    assert str(path) not in response.text
    assert ask(client).json()["data"] == {"viewer": None}


def test_a_cookie_is_nobody(client: TestClient, editor: str) -> None:
    headers = {"Cookie": f"Authorization=Bearer {editor}; token={editor}"}
    response = client.post("/graphql", json={"query": VIEWER}, headers=headers)
    assert response.json()["data"] == {"viewer": None}
    assert "set-cookie" not in response.headers


def test_the_page_needs_no_token(client: TestClient) -> None:
    response = client.get("/graphql", headers={"Accept": "text/html", "Authorization": UNKNOWN})
    assert response.headers["Content-Type"].startswith("text/html")


async def test_the_facade_names_what_lies_outside_of_an_area(small_graph: ResponsibilityGraph) -> None:
    ids = [f"division:{FIRST_VILLAGE}", "division:5305", "division:530521", "post:secretary"]
    day = date(2017, 6, 30).toordinal()
    assert await small_graph.outside(ids, "division:530521", day) == ("division:5305", "post:secretary")
    assert await small_graph.outside(ids, None, day) == ()
