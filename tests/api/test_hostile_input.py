"""Whatever a client sends: an answer of the right form, never a fault of the server."""

from __future__ import annotations

import base64
import json

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.asking import GRAPHQL_JSON, Asker
from tests.api.small_world import FIRST_VILLAGE

CODES = {
    "BAD_REQUEST",
    "BAD_USER_INPUT",
    "BODY_TOO_LARGE",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "NOT_RECORDED_YET",
    "QUERY_TOO_DEEP",
    "QUERY_TOO_LONG",
    "QUERY_TOO_COSTLY",
    "QUERY_TOO_MANY_FIELDS",
    "VARIABLES_TOO_DEEP",
}
STATUSES = {200, 400, 405, 406, 413, 415}

EVERYTHING = """query($code: String!, $id: ID!, $text: String!, $day: Date, $at: DateTime, $first: Int, $after: String,
  $kind: String, $lanes: [String!], $regime: String, $clause: String) {
  city(code: $code, asOf: $day, recordedAsOf: $at) { id }
  division(code: $code, asOf: $day) { id accountabilityChain(lanes: $lanes, regime: $regime) { completeness } }
  household(code: $code, asOf: $day) { id accountabilityChain { completeness } }
  known: village(code: "CODE", asOf: $day) { accountabilityChain(lanes: $lanes, regime: $regime) { completeness } }
  node(id: $id, asOf: $day) { id ... on Assignee { assignments(first: $first, after: $after) { totalCount } } }
  divisions(within: $code, level: $kind, asOf: $day, first: $first, after: $after) { totalCount }
  search(text: $text, asOf: $day, first: $first, after: $after) { totalCount }
  facts(clause: $clause, recordedAsOf: $at) { id }
  findings(asOf: $day, first: $first, after: $after) { totalCount }
  posts(kind: $kind, asOf: $day, first: $first, after: $after) { totalCount }
  regime(code: $regime) { code }
}""".replace("CODE", FIRST_VILLAGE).replace("level: $kind", 'level: "village"')

TOKENS = [*"{}()[]:$!@&|=7#é", "...", '""', '"""', "query", "fragment", "on", "village", "code"]

# Hypothesis calls a test many times over one application, which keeps nothing of a request.
hostile = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
cursors = st.one_of(
    st.text(),
    st.binary(max_size=60).map(lambda data: base64.urlsafe_b64encode(data).decode().rstrip("=")),
    st.tuples(
        st.sampled_from(["assignments", "divisions", "search", "finding", "post", "households"]),
        st.lists(st.text(max_size=8) | st.integers(), max_size=5) | st.text(max_size=8),
    ).map(lambda parts: base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")),
)
days = st.one_of(st.none(), st.dates().map(str), st.text(max_size=12), st.integers())

moments = st.one_of(
    st.none(), st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"), st.text(max_size=32), st.integers()
)


def check(response: httpx2.Response) -> None:
    """An answer of the right form; what it says of an error is something that a client can use."""
    assert response.status_code in STATUSES
    answer = response.json()
    assert answer.keys() <= {"data", "errors", "extensions"}
    for error in answer.get("errors", ()):
        assert error["extensions"]["code"] in CODES
        assert error["extensions"]["retryable"] is False
        assert "Traceback" not in error["message"]


ARGUMENTS = st.fixed_dictionaries(
    {
        "code": st.text(max_size=20) | st.from_regex(r"\A\d{4,12}(-\d{4})?\Z"),
        "id": st.text(max_size=20) | st.from_regex(r"\A[a-z]{1,12}:[A-Za-z0-9@:._~+-]{1,20}\Z") | st.integers(),
        "text": st.text(max_size=120),
        "day": days,
        "at": moments,
        "first": st.none() | st.integers(-5, 1005) | st.integers(),
        "after": st.none() | cursors,
        "kind": st.none() | st.text(max_size=8),
        "lanes": st.none() | st.lists(st.sampled_from(["linkage", "office"]) | st.text(max_size=8), max_size=3),
        "regime": st.none() | st.text(max_size=8),
        "clause": st.none() | st.text(max_size=8),
    }
)
PARAMETERS = st.fixed_dictionaries(
    {"query": st.text() | any_json},
    optional={"variables": any_json, "operationName": any_json, "extensions": any_json, "more": any_json},
)
NAMES = st.sampled_from(["code", "id", "text", "day", "at", "first", "after", "lanes"])
SURROGATES = st.integers(0xD800, 0xDFFF).map(lambda code: f"\\u{code:04x}")


def _with_variables(variables: object) -> bytes:
    return json.dumps({"query": EVERYTHING, "variables": variables}).encode()


def _with_half_a_character(place: str, surrogate: str) -> bytes:
    variables = f'{{"code": "5305", "id": "a:b", "text": "a", "{place}": "x{surrogate}y"}}'
    return f'{{"query": {json.dumps(EVERYTHING)}, "variables": {variables}}}'.encode()


BODIES = {
    "bytes": st.binary(max_size=200),
    "JSON": any_json.map(lambda body: json.dumps(body).encode()),
    "parameters": PARAMETERS.map(lambda body: json.dumps(body).encode()),
    "tokens": st.lists(st.sampled_from(TOKENS)).map(lambda words: json.dumps({"query": " ".join(words)}).encode()),
    "arguments": ARGUMENTS.map(_with_variables),
    "types of arguments": st.dictionaries(NAMES, any_json).map(_with_variables),
    "half a character": st.builds(
        _with_half_a_character, st.sampled_from(["code", "text", "id", "after", "kind"]), SURROGATES
    ),
    "half a character in the document": SURROGATES.map(
        lambda half: json.dumps({"query": f'{{ search(text: "{half}") {{ totalCount }} }}'}).encode()
    ),
}
"""Bodies of requests, each broken in a way of its own, or in none."""


def post(small: Asker, content: bytes) -> httpx2.Response:
    return small.client.post(
        "/graphql", content=content, headers={"Content-Type": "application/json", "Accept": GRAPHQL_JSON}
    )


@pytest.mark.parametrize("kind", BODIES)
@hostile
@given(data=st.data())
def test_any_body(small: Asker, kind: str, data: st.DataObject) -> None:
    check(post(small, data.draw(BODIES[kind])))


@pytest.mark.long
@settings(hostile, max_examples=5_000, derandomize=False, database=None)
@given(body=st.one_of(*BODIES.values()))
def test_5000_bodies(small: Asker, body: bytes) -> None:
    check(post(small, body))


@hostile
@given(
    query=st.text(max_size=60),
    variables=st.text(max_size=40),
    accept=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"])),
)
def test_any_parameters_by_get(small: Asker, query: str, variables: str, accept: str) -> None:
    response = small.client.get(
        "/graphql",
        params={"query": query, "variables": variables},
        headers=[(b"Accept", f"application/json, {accept}".encode("latin-1"))],
    )
    check(response)


@hostile
@given(name=st.sampled_from(["Accept", "Content-Type", "X-Request-Id"]), value=st.binary(max_size=40))
def test_any_header(small: Asker, name: str, value: bytes) -> None:
    kept = bytes(byte for byte in value if byte not in b"\r\n\0")
    response = small.client.post("/graphql", content=b'{"query":"{ __typename }"}', headers=[(name.encode(), kept)])
    check(response)
