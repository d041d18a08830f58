"""What a client sees of an error: a message that helps, a code, and whether trying again may."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.errors import StoreError, StoreInvalidError, StoreLockedError, StoreUnavailableError
from graph_model.stores.embedded import open_store
from tests.api.asking import Asker
from tests.api.conftest import MAX_BODY_BYTES
from tests.api.small_world import FIRST_VILLAGE, build_small_world
from tests.api.watched_store import WatchedStore

VILLAGE = f'{{ village(code: "{FIRST_VILLAGE}") {{ code }} }}'


@pytest.fixture
def failing() -> WatchedStore:
    """A store of its own, for a test to break."""
    return WatchedStore(open_store("sqlite:///:memory:", "writer"))


@pytest.fixture
def broken(failing: WatchedStore) -> Iterator[Asker]:
    """Asks the small world over the store that the test breaks."""
    graph = asyncio.run(build_small_world(failing.as_store()))
    with TestClient(build_app(graph, max_body_bytes=MAX_BODY_BYTES)) as client:
        yield Asker(client)


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("city", "9999"),
        ("county", "999999"),
        ("township", "999999999"),
        ("village", "999999999999"),
        ("division", "99"),
        ("division", "999999"),
        ("household", "999999999999-0001"),
        ("household", f"{FIRST_VILLAGE}-9999"),
    ],
)
def test_an_unknown_code_is_null(small: Asker, field: str, code: str) -> None:
    assert small.data(f'{{ {field}(code: "{code}") {{ id }} }}') == {field: None}


@pytest.mark.parametrize(
    ("field", "code", "example"),
    [
        ("city", "530521", "5305"),
        ("county", "施甸", "530521"),
        ("township", "53052110", "530521100"),
        ("village", "530521", "530521100001"),
        ("village", "", "530521100001"),
        ("village", f" {FIRST_VILLAGE}", "530521100001"),
        ("village", f"{FIRST_VILLAGE}\n", "530521100001"),
        ("village", "５３０５２１１０１２０１", "530521100001"),
        ("village", "٥٣٠٥٢١١٠١٢٠١", "530521100001"),
        ("village", "\u0000" * 12, "530521100001"),
        ("village", "x" * 10_000, "530521100001"),
        ("division", "5", "530521"),
        ("household", FIRST_VILLAGE, "530521100001-0001"),
    ],
)
def test_a_malformed_code_shows_what_one_looks_like(small: Asker, field: str, code: str, example: str) -> None:
    error = small.error(f"query($code: String!) {{ {field}(code: $code) {{ id }} }}", {"code": code})
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "retryable": False}
    assert example in error["message"]
    assert len(error["message"]) < 300


@pytest.mark.parametrize("node_id", ["division:999999", "post:nobody", "no-such-type:1"])
def test_an_unknown_id_is_null(small: Asker, node_id: str) -> None:
    assert small.data("query($id: ID!) { node(id: $id) { id } }", {"id": node_id}) == {"node": None}


@pytest.mark.parametrize(
    "node_id", ["", "x", "division:", ":1", "division:530521\n", "division:施甸", "a:b\u0000", "a:" + "b" * 401, 7, -1]
)
def test_a_malformed_id_shows_what_one_looks_like(small: Asker, node_id: str | int) -> None:
    error = small.error("query($id: ID!) { node(id: $id) { id } }", {"id": node_id})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "post:5305:party-secretary" in error["message"]


@pytest.mark.parametrize("first", [-1, 1001, 2_147_483_647])
def test_first_out_of_range_says_the_range(small: Asker, first: int) -> None:
    error = small.error("query($first: Int) { findings(first: $first) { totalCount } }", {"first": first})
    assert (error["extensions"]["code"], "0 to 1000" in error["message"]) == ("BAD_USER_INPUT", True)


@pytest.mark.parametrize("first", [2**31, 10**30, 1.5, "1", True, [1]])
def test_first_that_is_no_int_is_refused(small: Asker, first: object) -> None:
    query = "query($first: Int) { findings(first: $first) { totalCount } }"
    assert small.code(query, {"first": first}) == "BAD_USER_INPUT"


def test_first_may_be_nothing(small: Asker) -> None:
    page = small.data("{ findings(first: 0) { totalCount edges { cursor } pageInfo { hasNextPage endCursor } } }")
    assert page["findings"] == {"totalCount": 5, "edges": [], "pageInfo": {"hasNextPage": True, "endCursor": None}}


@pytest.mark.parametrize("lanes", [["no-such-lane"], ["linkage", ""], ["\u0000"], ["Linkage"]])
def test_an_unknown_lane_lists_the_lanes(small: Asker, lanes: list[str]) -> None:
    error = small.error(
        f"""query($lanes: [String!]) {{ village(code: "{FIRST_VILLAGE}") {{
          accountabilityChain(lanes: $lanes) {{ completeness }} }} }}""",
        {"lanes": lanes},
    )
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    for lane in ("territorial", "linkage", "pairing", "resident", "office", "sector", "supervision"):
        assert lane in error["message"]


@pytest.mark.parametrize("level", ["", "hamlet", "Village", "村"])
def test_an_unknown_level_lists_the_levels(small: Asker, level: str) -> None:
    query = 'query($level: String!) { divisions(within: "5305", level: $level) { totalCount } }'
    error = small.error(query, {"level": level})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    for known in ("city", "county", "township", "village"):
        assert known in error["message"]


@pytest.mark.parametrize(
    "query",
    [
        '{ regime(code: "other") { code } }',
        f'{{ village(code: "{FIRST_VILLAGE}") {{ accountabilityChain(regime: "other") {{ completeness }} }} }}',
    ],
)
def test_an_unknown_regime_lists_the_regimes(small: Asker, query: str) -> None:
    error = small.error(query)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "poverty-alleviation-2017" in error["message"]


@pytest.mark.parametrize(
    "literal", ['"2017-13-01"', '"2017-02-30"', '"2017-06"', '"20170630"', '""', "17", "20170630", "true", "{}", "[]"]
)
def test_a_date_that_is_none_shows_what_one_looks_like(small: Asker, literal: str) -> None:
    error = small.error(f'{{ village(code: "{FIRST_VILLAGE}", asOf: {literal}) {{ code }} }}')
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "2017-06-16" in error["message"]


@pytest.mark.parametrize(
    "value",
    ["2017-13-01", "20170630", "", "2017-06-30T00:00:00Z", "２０１７-06-30", "\u0000", 17, 17.5, True, {}, ["2017"]],
)
def test_a_date_variable_that_is_none_shows_what_one_looks_like(small: Asker, value: object) -> None:
    query = f'query($day: Date) {{ village(code: "{FIRST_VILLAGE}", asOf: $day) {{ code }} }}'
    error = small.error(query, {"day": value})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "2017-06-16" in error["message"]


@pytest.mark.parametrize("variables", [{}, {"day": None}])
def test_no_date_is_the_default_day(small: Asker, variables: dict[str, Any]) -> None:
    query = f"""query($day: Date) {{ village(code: "{FIRST_VILLAGE}", asOf: $day) {{
      accountabilityChain {{ asOf }} }} }}"""
    assert small.data(query, variables)["village"]["accountabilityChain"] == {"asOf": "2017-06-30"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("query { village(code: ) { id } }", "GRAPHQL_PARSE_FAILED"),
        ("\u0000", "GRAPHQL_PARSE_FAILED"),
        ("{ a }}", "GRAPHQL_PARSE_FAILED"),
        ("{a" * 900, "GRAPHQL_PARSE_FAILED"),
        ("{a" * 5000, "QUERY_TOO_LONG"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ village { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ village(code: $code) { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ('{ village(code: "530521101201") }', "GRAPHQL_VALIDATION_FAILED"),
        ("query($code: String) { village(code: $code) { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ village(code: 530521101201) { id } }", "BAD_USER_INPUT"),
        ("{ village(code: null) { id } }", "BAD_USER_INPUT"),
        ('{ findings(first: "1") { totalCount } }', "BAD_USER_INPUT"),
        ("{ findings(first: 99999999999) { totalCount } }", "BAD_USER_INPUT"),
        ("{ regime { label(lang: FR) } }", "BAD_USER_INPUT"),
        ("query($code: String!) { village(code: $code) { id } }", "BAD_USER_INPUT"),
        ("fragment F on Query { __typename }", "GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT"),
        ("type Query { a: Int }", "GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT"),
        ('{ search(text: "") { totalCount } }', "BAD_USER_INPUT"),
        ('{ search(text: " 　") { totalCount } }', "BAD_USER_INPUT"),
        ('{ search(text: "\'-·") { totalCount } }', "BAD_USER_INPUT"),
        ('{ divisions(within: "999999", level: "village") { totalCount } }', "BAD_USER_INPUT"),
    ],
)
def test_code_of_a_wrong_document_or_argument(small: Asker, query: str, code: str) -> None:
    assert small.code(query) in code.split("|")


@pytest.mark.parametrize("text", ["\u0000", "村\u0000", "\U0010ffff" * 100, "ﷺ" * 100, "'", "%", "_", '"', "a" * 100])
def test_odd_texts_can_be_looked_for(small: Asker, text: str) -> None:
    response = small.post("query($text: String!) { search(text: $text) { totalCount } }", {"text": text})
    assert response.status_code == 200
    assert {error["extensions"]["code"] for error in response.json().get("errors", [])} <= {"BAD_USER_INPUT"}


def test_a_text_of_many_characters_is_refused(small: Asker) -> None:
    assert (
        "100"
        in small.error("query($text: String!) { search(text: $text) { totalCount } }", {"text": "村" * 101})["message"]
    )


@pytest.mark.parametrize("kind", ["no-such-kind", "\u0000", ""])
def test_an_unknown_kind_finds_nothing(small: Asker, kind: str) -> None:
    assert small.data("query($kind: String) { posts(kind: $kind) { totalCount } }", {"kind": kind}) == {
        "posts": {"totalCount": 0}
    }


def test_one_field_in_error_leaves_the_others(small: Asker) -> None:
    answer = small.post(f'{{ a: village(code: "x") {{ id }} b: village(code: "{FIRST_VILLAGE}") {{ code }} }}').json()
    assert answer["data"] == {"a": None, "b": {"code": FIRST_VILLAGE}}
    assert [error["path"] for error in answer["errors"]] == [["a"]]


@pytest.mark.parametrize(
    ("fault", "code", "is_retryable"),
    [
        (StoreUnavailableError("gone"), "STORE_UNAVAILABLE", True),
        (StoreLockedError("busy"), "STORE_LOCKED", True),
        (StoreInvalidError("damaged"), "STORE_INVALID", False),
        (StoreError("disk"), "STORE_ERROR", False),
    ],
)
def test_a_store_that_fails_is_named(
    broken: Asker, failing: WatchedStore, fault: StoreError, code: str, is_retryable: bool
) -> None:
    failing.fault = fault
    error = broken.error(VILLAGE)
    assert error["message"] == str(fault)
    assert error["extensions"] == {"code": code, "retryable": is_retryable}


def test_a_store_that_fails_is_not_ready(broken: Asker, failing: WatchedStore) -> None:
    failing.fault = StoreUnavailableError("gone")
    response = broken.client.get("/ready")
    assert (response.status_code, response.json()["code"]) == (503, "STORE_UNAVAILABLE")


def test_a_store_that_fails_leaves_the_process_healthy(broken: Asker, failing: WatchedStore) -> None:
    failing.fault = StoreUnavailableError("gone")
    assert broken.client.get("/health").status_code == 200


def test_a_store_that_comes_back_answers_again(broken: Asker, failing: WatchedStore) -> None:
    failing.fault = StoreUnavailableError("gone")
    broken.error(VILLAGE)
    failing.fault = None
    assert broken.data(VILLAGE) == {"village": {"code": FIRST_VILLAGE}}


def test_an_unexpected_error_is_masked(broken: Asker, failing: WatchedStore) -> None:
    failing.fault = RuntimeError("the secret")
    response = broken.post(VILLAGE)
    (error,) = response.json()["errors"]
    assert (response.status_code, "secret" in response.text) == (200, False)
    assert error["extensions"] == {"code": "INTERNAL", "retryable": False}


def test_an_unexpected_error_is_logged_with_the_request_id(broken: Asker, failing: WatchedStore) -> None:
    failing.fault = RuntimeError("the secret")
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        broken.client.post("/graphql", json={"query": VILLAGE}, headers={"X-Request-Id": "mine"})
    (line,) = [line for line in lines if line["log_level"] == "error"]
    assert (line["request_id"], repr(line["exc_info"])) == ("mine", "RuntimeError('the secret')")


def test_an_unexpected_error_outside_of_graphql_is_masked(broken: Asker, failing: WatchedStore) -> None:
    failing.fault = RuntimeError("the secret")
    response = broken.client.get("/ready")
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (500, "INTERNAL")
