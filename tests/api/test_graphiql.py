"""The GraphiQL page as the server gives it; what it does in a browser is in tests/browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from api import graphiql
from api.app import build_app
from api.graphiql import EXAMPLES, read_examples
from graph_model.graph import ResponsibilityGraph
from tests.api.conftest import MAX_BODY_BYTES

HTML = {"Accept": "text/html"}
UNSERVED = "not for the web"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A folder as ``web/build.py`` leaves it, with a file beside it that nobody may read."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "graphiql.js").write_text("export {};", encoding="utf-8")
    (folder / "graphiql.css").write_text("body {}", encoding="utf-8")
    (folder / "assets" / "worker-1a2b3c.js").write_text("export {};", encoding="utf-8")
    (tmp_path / "secret.txt").write_text(UNSERVED, encoding="utf-8")
    return folder


@pytest.fixture
def client(small_graph: ResponsibilityGraph, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(graphiql, "BUNDLE", bundle)
    # Not as a context: the graph is closed by whoever opened it.
    return TestClient(build_app(small_graph, max_body_bytes=MAX_BODY_BYTES))


def page(client: TestClient, path: str = "/graphql") -> httpx2.Response:
    return client.get(path, headers=HTML)


def examples_of(response: httpx2.Response) -> list[dict[str, str]]:
    found = re.search(r'<script type="application/json" id="examples">(.*?)</script>', response.text, re.DOTALL)
    assert found is not None
    examples: list[dict[str, str]] = json.loads(found[1])
    return examples


def policy(client: TestClient) -> dict[str, list[str]]:
    """The page's Content-Security-Policy by directive."""
    parts = (part.split() for part in page(client).headers["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


def test_nothing_is_allowed_that_is_not_named(client: TestClient) -> None:
    assert policy(client)["default-src"] == ["'none'"]


@pytest.mark.parametrize("directive", ["script-src", "connect-src", "worker-src", "font-src"])
def test_only_this_server_gives(client: TestClient, directive: str) -> None:
    assert policy(client)[directive] == ["'self'"]


@pytest.mark.parametrize("directive", ["base-uri", "form-action", "frame-ancestors"])
def test_the_page_cannot_be_turned(client: TestClient, directive: str) -> None:
    assert policy(client)[directive] == ["'none'"]


def test_no_policy_names_another_host(client: TestClient) -> None:
    allowed = {value for values in policy(client).values() for value in values}
    assert allowed == {"'none'", "'self'", "'unsafe-inline'", "data:"}


def test_only_styles_may_stand_in_the_page(client: TestClient) -> None:
    assert [name for name, values in policy(client).items() if "'unsafe-inline'" in values] == ["style-src"]


def test_no_script_stands_in_the_page(client: TestClient) -> None:
    scripts = re.findall(r"<script([^>]*)>([^<]*)", page(client).text)
    assert [text for attributes, text in scripts if "application/json" not in attributes and text.strip()] == []


def test_nothing_comes_from_elsewhere(client: TestClient) -> None:
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page(client).text)
    assert addresses
    assert [address for address in addresses if not re.match(r"/[^/]", address)] == []


@pytest.mark.parametrize(
    ("header", "value"),
    [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-cache")],
)
def test_the_page_has_the_header(client: TestClient, header: str, value: str) -> None:
    assert page(client).headers[header] == value


def test_the_page_opens_on_the_examples(client: TestClient) -> None:
    assert examples_of(page(client)) == read_examples()


def test_the_examples_are_the_operations_in_their_order() -> None:
    order = list(json.loads((EXAMPLES / "variables.json").read_text(encoding="utf-8")))
    texts = [(EXAMPLES / f"{name}.graphql").read_text(encoding="utf-8") for name in order]
    assert [example["query"] for example in read_examples()] == texts


def test_an_example_without_variables_comes_last(tmp_path: Path) -> None:
    (tmp_path / "a.graphql").write_text("{ a }", encoding="utf-8")
    (tmp_path / "b.graphql").write_text("{ b }", encoding="utf-8")
    (tmp_path / "variables.json").write_text('{"b": {"name": "施甸"}}', encoding="utf-8")
    assert read_examples(tmp_path) == [
        {"query": "{ b }", "variables": '{\n  "name": "施甸"\n}'},
        {"query": "{ a }", "variables": ""},
    ]


def test_an_example_cannot_end_its_script(client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "# </script><script>alert(1)</script><!-- \u2028 -->\n{ __typename }"
    (tmp_path / "a.graphql").write_text(hostile, encoding="utf-8")
    monkeypatch.setattr(graphiql, "read_examples", lambda: read_examples(tmp_path))
    response = page(client)
    assert "alert(1)</script>" not in response.text
    assert [example["query"] for example in examples_of(response)] == [hostile]


def test_a_link_to_a_query_gives_the_same_page(client: TestClient) -> None:
    assert page(client, "/graphql?query=<script>&variables={}").content == page(client).content


def test_a_page_that_is_not_built_says_how(client: TestClient, bundle: Path) -> None:
    (bundle / "graphiql.js").unlink()
    response = page(client)
    assert (response.status_code, "python web/build.py" in response.text) == (503, True)


def test_a_page_that_is_not_built_is_not_kept(client: TestClient, bundle: Path) -> None:
    (bundle / "graphiql.js").unlink()
    assert page(client).headers["Cache-Control"] == "no-store"


def test_queries_work_without_the_page(client: TestClient, bundle: Path) -> None:
    (bundle / "graphiql.js").unlink()
    assert client.post("/graphql", json={"query": "{ __typename }"}).json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("path", ["graphiql.js", "graphiql.css", "assets/worker-1a2b3c.js"])
def test_a_file_is_of_its_type_and_no_other(client: TestClient, path: str) -> None:
    response = client.get(f"/static/graphiql/{path}")
    assert (response.status_code, response.headers["X-Content-Type-Options"]) == (200, "nosniff")
    assert re.match(r"text/(javascript|css)", response.headers["Content-Type"])


@pytest.mark.parametrize(
    ("path", "kept"),
    [("graphiql.js", "no-cache"), ("assets/worker-1a2b3c.js", "public, max-age=31536000, immutable")],
)
def test_a_file_is_kept_if_its_name_has_its_hash(client: TestClient, path: str, kept: str) -> None:
    assert client.get(f"/static/graphiql/{path}").headers["Cache-Control"] == kept


def test_a_file_that_did_not_change_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/static/graphiql/graphiql.js").headers["ETag"]
    assert client.get("/static/graphiql/graphiql.js", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("path", ["nothing.js", "assets/nothing.js", "assets", "assets/", ""])
def test_a_file_that_was_not_built_is_not_found(client: TestClient, path: str) -> None:
    response = client.get(f"/static/graphiql/{path}")
    assert (response.status_code, response.headers.get("Cache-Control")) != (200, "public, max-age=31536000, immutable")
    assert response.status_code == 404


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "assets/..%2f..%2fsecret.txt", "%00", "/etc/passwd"],
)
def test_files_beside_the_folder_are_out_of_reach(client: TestClient, path: str) -> None:
    response = client.get(f"/static/graphiql/{path}")
    assert (response.status_code, UNSERVED in response.text) == (404, False)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_files_can_only_be_read(client: TestClient, method: str) -> None:
    assert client.request(method, "/static/graphiql/graphiql.js").status_code == 405
