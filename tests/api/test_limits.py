"""Every limit at its bound: what is allowed, what is one too much, and what the refusal says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from graphql import get_introspection_query
from starlette.testclient import TestClient

from api.app import build_app
from api.limits.bounds import QueryBounds
from api.limits.tokens import count_tokens
from graph_model.graph import ResponsibilityGraph
from tests.api.asking import Asker
from tests.api.small_world import FIRST_VILLAGE

SMALL_BODY_BYTES = 2_048
VILLAGE = f'village(code: "{FIRST_VILLAGE}")'
UP = "containers(first: 1) { edges { node { target { ... on Division {"
LEAVES = ("name", "level { code }", "names { since { text } }", "containers(first: 1) { edges { node { kind } } }")


def of_tokens(count: int) -> str:
    """20 tokens around a list of lanes."""
    lanes = '"linkage" ' * (count - 20)
    return f"{{ {VILLAGE} {{ accountabilityChain(lanes: [{lanes}]) {{ asOf }} }} }}"


def of_comments(count: int) -> str:
    """Three tokens, the rest are comments."""
    return "{ __typename }" + "\n#" * (count - 3)


def of_depth(count: int) -> str:
    """A village, rounds of four fields up to its container and down again, and a leaf."""
    rounds, leaf = divmod(count - 2, 4)
    return f"{{ {VILLAGE} {{ {UP * rounds} {LEAVES[leaf]} {'} } } } }' * rounds} }} }}"


def of_aliases(count: int) -> str:
    return f"{{ {VILLAGE} {{ {' '.join(f'a{n}: name' for n in range(count))} }} }}"


def of_spread_aliases(count: int) -> str:
    """Three aliases a fragment: it is spread in so many places that they add up."""
    aliases, rest = divmod(count, 3)
    places = "... F containers(first: 1) { edges { node { target { ...F } source { ...F } } } }"
    names = " ".join(f"a{n}: id" for n in range(aliases))
    more = " ".join(f"b{n}: code" for n in range(rest))
    return f"{{ {VILLAGE} {{ {places} {more} }} }} fragment F on Node {{ {names} }}"


def of_root_fields(count: int) -> str:
    return f"{{ {'__typename ' * count}}}"


def of_fields(count: int) -> str:
    return f"{{ {VILLAGE} {{ {'name ' * (count - 1)}}} }}"


def of_spread_fields(count: int) -> str:
    """Fields in a fragment that is spread ten times, and the rest beside it."""
    each, rest = divmod(count - 1, 10)
    return f"{{ {VILLAGE} {{ {'...F ' * 10} {'id ' * rest} }} }} fragment F on Village {{ {'code ' * each}}}"


def of_operations(count: int) -> str:
    """Two operations in one document."""
    half = f"{{ {VILLAGE} {{ {'name ' * (count // 2 - 1)}}} }}"
    return f"query A {half} query B {half} " + ("" if count % 2 == 0 else "query C { __typename }")


def of_fragments(count: int) -> str:
    chain = "".join(f"fragment F{n} on Query {{ ...F{n + 1} }} " for n in range(1, count))
    return f"{{ ...F1 }} {chain} fragment F{count} on Query {{ __typename }}"


def of_introspection(count: int) -> str:
    return get_introspection_query(type_depth=count - 6)


def of_introspection_lists(count: int) -> str:
    return f'{{ __type(name: "Village") {{ {"fields { type { " * count} name {"} } " * count} }} }}'


Document = Callable[[int], str]
LIMITS: list[tuple[Document, int, str, str]] = [
    (of_tokens, 2_000, "QUERY_TOO_LONG", "tokens"),
    (of_comments, 2_000, "QUERY_TOO_LONG", "tokens"),
    (of_depth, 20, "QUERY_TOO_DEEP", "depth"),
    (of_aliases, 30, "QUERY_TOO_MANY_ALIASES", "aliases"),
    (of_spread_aliases, 30, "QUERY_TOO_MANY_ALIASES", "aliases"),
    (of_root_fields, 20, "QUERY_TOO_MANY_ROOT_FIELDS", "root fields"),
    (of_fields, 500, "QUERY_TOO_MANY_FIELDS", "fields"),
    (of_spread_fields, 500, "QUERY_TOO_MANY_FIELDS", "fields"),
    (of_operations, 500, "QUERY_TOO_MANY_FIELDS", "fields"),
    (of_fragments, 50, "QUERY_TOO_DEEP", "fragments within fragments"),
    (of_introspection, 15, "QUERY_TOO_DEEP", "depth of introspection"),
    (of_introspection_lists, 1, "QUERY_TOO_DEEP", "lists within lists of introspection"),
]
NAMES = [limit[0].__name__ for limit in LIMITS]


def ask(asker: Asker, query: str) -> httpx2.Response:
    """A document of several operations runs its first."""
    return asker.post(query, operationName="A" if query.startswith("query A") else None)


@pytest.mark.parametrize(("document", "most", "code", "limit"), LIMITS, ids=NAMES)
def test_allows_the_most(small: Asker, document: Document, most: int, code: str, limit: str) -> None:
    answer = ask(small, document(most)).json()
    assert "errors" not in answer, answer["errors"]


@pytest.mark.parametrize(("document", "most", "code", "limit"), LIMITS, ids=NAMES)
def test_refuses_one_more(small: Asker, document: Document, most: int, code: str, limit: str) -> None:
    response = ask(small, document(most + 1))
    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]) == (
        400,
        {"code": code, "retryable": False, "limit": {"name": limit, "max": most, "actual": most + 1}},
    )
    assert error["message"].startswith(f"{limit}: ")
    assert f"{most:,}" in error["message"]
    assert f"{most + 1:,}" in error["message"]


def test_a_refusal_has_no_data(small: Asker) -> None:
    assert small.post(of_aliases(31)).json().keys() == {"errors"}


def test_a_refusal_is_200_for_the_older_media_type(small: Asker) -> None:
    response = small.client.post("/graphql", json={"query": of_aliases(31)})
    assert (response.status_code, "data" in response.json()) == (200, False)


def test_a_fragment_that_nobody_spreads_is_held_to_the_limits(small: Asker) -> None:
    assert small.code(f"{{ __typename }} fragment F on Village {{ {'name ' * 501}}}") == "QUERY_TOO_MANY_FIELDS"


def test_an_introspection_by_fragments_is_no_less_deep(small: Asker) -> None:
    query = "{ __schema { types { ...T } } } fragment T on __Type { fields { type { ...U } } } "
    assert small.code(query + "fragment U on __Type { fields { name } }") == "QUERY_TOO_DEEP"


@pytest.fixture(scope="module")
def strict(small_graph: ResponsibilityGraph) -> Asker:
    """Asks an API with bounds of its own."""
    bounds = QueryBounds(tokens=40, depth=3, aliases=1, root_fields=2, fields=6, variables_depth=1, cost=8)
    # Without its life span, at whose end it would close the store that others ask as well.
    return Asker(TestClient(build_app(small_graph, max_body_bytes=SMALL_BODY_BYTES, query_bounds=bounds)))


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ __typename }", None),
        ("{ " + "__typename " * 39 + "}", "QUERY_TOO_LONG"),
        ("{ dataset { regimes { lanes { code } } } }", "QUERY_TOO_DEEP"),
        ("{ a: __typename b: __typename }", "QUERY_TOO_MANY_ALIASES"),
        ("{ __typename __typename __typename }", "QUERY_TOO_MANY_ROOT_FIELDS"),
        ("{ regime { code code code code code code } }", "QUERY_TOO_MANY_FIELDS"),
        ("{ regime { code lanes { code } } }", "QUERY_TOO_COSTLY"),
    ],
)
def test_every_bound_can_be_set(strict: Asker, query: str, code: str | None) -> None:
    answer = strict.post(query).json()
    assert [error["extensions"]["code"] for error in answer.get("errors", ())] == ([code] if code else [])


def nested(depth: int) -> Any:  # noqa: ANN401 - JSON
    value: Any = "linkage"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(("depth", "code"), [(1, None), (16, "BAD_USER_INPUT"), (17, "VARIABLES_TOO_DEEP")])
def test_depth_of_variables(small: Asker, depth: int, code: str | None) -> None:
    query = f"query($lanes: [String!]) {{ {VILLAGE} {{ accountabilityChain(lanes: $lanes) {{ asOf }} }} }}"
    answer = small.post(query, {"lanes": nested(depth)}).json()
    assert {error["extensions"]["code"] for error in answer.get("errors", ())} == ({code} if code else set())


def test_depth_of_variables_that_no_operation_asks_for(small: Asker) -> None:
    assert small.code("{ __typename }", {"other": {"a": nested(16)}}) == "VARIABLES_TOO_DEEP"


@pytest.mark.parametrize("depth", [1_000, 10_000, 60_000])
@pytest.mark.parametrize("ends", ['{"a":|}', "[|]"])
def test_variables_deeper_than_any_recursion(small: Asker, ends: str, depth: int) -> None:
    begin, end = ends.split("|")
    content = f'{{"query":"{{__typename}}","variables":{{"v":{begin * depth}1{end * depth}}}}}'
    response = small.client.post("/graphql", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code in {200, 400, 413}
    assert response.json()["errors"][0]["extensions"]["code"] in {
        "VARIABLES_TOO_DEEP",
        "BAD_REQUEST",
        "BODY_TOO_LARGE",
    }


@pytest.mark.parametrize("first", [0, 1, 1000])
def test_page_sizes_that_are_allowed(small: Asker, first: int) -> None:
    small.data("query($n: Int) { findings(first: $n) { totalCount } }", {"n": first})


@pytest.mark.parametrize("first", [-1, 1001, 2**31 - 1, 2**31, 10**18, 10**300])
def test_page_sizes_that_are_not(small: Asker, first: int) -> None:
    assert small.code("query($n: Int) { findings(first: $n) { edges { cursor } } }", {"n": first}) == "BAD_USER_INPUT"


@pytest.mark.parametrize("first", ["1001", "-1", "2147483648", "9" * 400])
@pytest.mark.parametrize("asked", ["totalCount", "edges { cursor }"])
def test_page_sizes_in_the_document(small: Asker, first: str, asked: str) -> None:
    answer = small.post(f"{{ findings(first: {first}) {{ {asked} }} }}").json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    assert "data" not in answer


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("{a}", 3),
        ("query Q($a: [Int!] = [1, -2.5e+3]) @d { a...F }", 23),
        ('"a \\" b" """a " b \\""" c""" """""" ""', 4),
        ('"""never closed \\""" "', 1),
        ('"never closed\n name', 2),
        ("# comment\n\ufeff, \t name # another", 3),
        ("\\ é \u0000", 3),
    ],
)
def test_counts_tokens(text: str, count: int) -> None:
    assert count_tokens(text, 1_000) == count


def test_stops_counting() -> None:
    assert count_tokens("a " * 1_000, 10) == 101


def test_a_query_string_of_many_parameters(small: Asker) -> None:
    response = small.client.get("/graphql?query={__typename}" + "&a" * 32)
    assert (response.status_code, json.loads(response.text)["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


def test_a_query_string_longer_than_a_body_may_be(strict: Asker) -> None:
    response = strict.client.get("/graphql?query=" + "a" * SMALL_BODY_BYTES)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (414, "QUERY_STRING_TOO_LARGE")
