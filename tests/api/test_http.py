"""GraphQL over HTTP, beyond what the audits of tests/api/test_http_audits.py look at."""

from __future__ import annotations

import json
from urllib.parse import quote

import httpx2
import pytest

from tests.api.asking import GRAPHQL_JSON, Asker
from tests.api.conftest import MAX_BODY_BYTES

JSON = "application/json"
TYPENAME = {"query": "{ __typename }"}
ANSWER = {"data": {"__typename": "Query"}, "extensions": {"cost": {"requested": 1, "budget": 200_000}}}


def post(small: Asker, content: bytes | str, **headers: str) -> httpx2.Response:
    sent = {"Content-Type": JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return small.client.post("/graphql", content=content, headers=sent)


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        ("APPLICATION/JSON", JSON),
        (f"{JSON}; charset=utf-8", JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, {JSON};q=0.9", GRAPHQL_JSON),
        (f"{JSON}, {GRAPHQL_JSON};q=0.9", JSON),
        (f"{GRAPHQL_JSON};q=0, {JSON}", JSON),
        (f"{JSON};q=0, */*", GRAPHQL_JSON),
        (f"text/html;q=0.5, {GRAPHQL_JSON}", GRAPHQL_JSON),
        ("text/plain, */*;q=0.1", JSON),
        (f"{JSON};q=nan, {GRAPHQL_JSON};q=0.1", GRAPHQL_JSON),
        (f",,;;, {JSON}", JSON),
    ],
)
def test_answers_in_a_media_type_that_is_accepted(small: Asker, accept: str, answered: str) -> None:
    response = small.client.post("/graphql", json=TYPENAME, headers={"Accept": accept})
    assert (response.status_code, response.headers["Content-Type"]) == (200, f"{answered}; charset=utf-8")


@pytest.mark.parametrize("accept", ["text/plain", f"{JSON};q=0", "image/*", f"{JSON};q=wide", "*/*;q=0"])
def test_refuses_who_accepts_neither(small: Asker, accept: str) -> None:
    response = small.client.post("/graphql", json=TYPENAME, headers={"Accept": accept})
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (406, "BAD_REQUEST")


@pytest.mark.parametrize("accept", [GRAPHQL_JSON, JSON])
def test_says_that_the_answer_hangs_on_accept_and_on_who_asks(small: Asker, accept: str) -> None:
    assert (
        small.client.post("/graphql", json=TYPENAME, headers={"Accept": accept}).headers["Vary"]
        == "Accept, Authorization"
    )


@pytest.mark.parametrize(
    ("accept", "status"),
    [(GRAPHQL_JSON, 400), (JSON, 200)],
)
@pytest.mark.parametrize("query", ["{", "{ nothing }", "query($day: Date!) { regime { code } }"])
def test_status_of_what_was_not_executed(small: Asker, accept: str, status: int, query: str) -> None:
    response = small.client.post("/graphql", json={"query": query}, headers={"Accept": accept})
    assert (response.status_code, "data" in response.json()) == (status, False)


def test_status_of_what_failed_while_executed(small: Asker) -> None:
    response = small.post('{ village(code: "x") { id } }')
    assert (response.status_code, response.json()["data"]) == (200, {"village": None})


@pytest.mark.parametrize(
    "content_type",
    [JSON, "application/json; charset=UTF-8", 'application/json;charset="utf-8"', "Application/JSON;a=b;charset=utf8"],
)
def test_takes_json(small: Asker, content_type: str) -> None:
    assert post(small, json.dumps(TYPENAME), Content_Type=content_type).json() == ANSWER


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/jsonp",
    ],
)
def test_refuses_other_bodies(small: Asker, content_type: str) -> None:
    assert post(small, json.dumps(TYPENAME), Content_Type=content_type).status_code == 415


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b'\xef\xbb\xbf{"query":"{a}"}', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 20_000 + b"1" + b"}" * 20_000 + b"}", "no JSON"),
        (b'{"query": "\\ud800"}', "no JSON"),
        (b'{"query": "{a}", "variables": {"a": 1e999}}', "no JSON"),
        (b"null", "JSON object"),
        (b'[{"query": "{ __typename }"}]', "batches"),
        (b"{}", "query is missing"),
        (b'{"query": null}', "query is missing"),
        (b'{"query": " \\n"}', "query is missing"),
        (b'{"query": "{ __typename }", "variables": []}', "variables must be"),
        (b'{"query": "{ __typename }", "variables": "{}"}', "variables must be"),
        (b'{"query": "{ __typename }", "operationName": 7}', "operationName must be"),
        (b'{"query": "{ __typename }", "extensions": true}', "extensions must be"),
    ],
)
def test_refuses_what_is_no_request(small: Asker, body: bytes, said: str) -> None:
    response = post(small, body)
    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]) == (400, {"code": "BAD_REQUEST", "retryable": False})
    assert said in error["message"]


def test_refuses_a_body_above_the_limit(small: Asker) -> None:
    response = post(small, b" " * (MAX_BODY_BYTES + 1))
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (413, "BODY_TOO_LARGE")


def test_takes_a_body_at_the_limit(small: Asker) -> None:
    assert post(small, json.dumps(TYPENAME).encode().ljust(MAX_BODY_BYTES)).json() == ANSWER


def test_takes_a_query_by_get(small: Asker) -> None:
    address = f"/graphql?query={quote('query Q($code: String!) { village(code: $code) { code } }')}"
    response = small.client.get(f"{address}&variables={quote(json.dumps({'code': '530521101201'}))}&operationName=Q")
    assert response.json()["data"] == {"village": {"code": "530521101201"}}


@pytest.mark.parametrize(
    "parameters",
    ["", "query=", "query={a}&variables=[", "query={a}&variables=7", "query={a}&extensions=" + "[" * 5000, "query=%FF"],
)
def test_refuses_a_get_that_is_no_request(small: Asker, parameters: str) -> None:
    response = small.client.get(f"/graphql?{parameters}", headers={"Accept": GRAPHQL_JSON})
    assert response.status_code == 400
    assert response.json()["errors"]


def test_head_answers_as_get(small: Asker) -> None:
    response = small.client.head("/graphql?query={__typename}")
    assert (response.status_code, response.headers["Content-Type"]) == (200, f"{JSON}; charset=utf-8")


def test_options_names_the_methods(small: Asker) -> None:
    response = small.client.options("/graphql")
    assert (response.status_code, response.headers["Allow"]) == (204, "GET, HEAD, POST, OPTIONS")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_refuses_other_methods(small: Asker, method: str) -> None:
    response = small.client.request(method, "/graphql")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")


def test_json_is_utf8_unescaped(small: Asker) -> None:
    response = small.post('{ county(code: "530521") { name } }')
    assert response.content.startswith('{"data":{"county":{"name":"施甸县"}}'.encode())


def test_a_document_of_several_operations_needs_a_name(small: Asker) -> None:
    query = "query A { __typename } query B { __typename }"
    assert "operationName" in small.error(query)["message"]
    assert small.code(query) == "BAD_USER_INPUT"


def test_runs_the_operation_that_is_named(small: Asker) -> None:
    query = "query A { a: __typename } query B { b: __typename }"
    assert small.post(query, operationName="B").json()["data"] == {"b": "Query"}


@pytest.mark.parametrize("name", ["C", "x" * 1000, "\u0000", "施甸"])
def test_refuses_the_name_of_no_operation(small: Asker, name: str) -> None:
    error = small.error("query A { __typename }", operationName=name)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert len(error["message"]) < 200


@pytest.mark.parametrize("query", ["mutation { a }", "subscription { a }"])
def test_refuses_kinds_of_operation_that_it_does_not_have(small: Asker, query: str) -> None:
    response = small.post(query)
    assert response.status_code in {400, 405}
    assert response.json()["errors"][0]["extensions"]["code"] in {"BAD_REQUEST", "GRAPHQL_VALIDATION_FAILED"}


@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "text/html"])
def test_a_browser_gets_a_page(small: Asker, accept: str) -> None:
    assert small.client.get("/graphql", headers={"Accept": accept}).headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("accept", ["*/*", JSON, f"{JSON}, text/html"])
def test_a_program_gets_no_page(small: Asker, accept: str) -> None:
    response = small.client.get("/graphql?query={__typename}", headers={"Accept": accept})
    assert response.json() == ANSWER
