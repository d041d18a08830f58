"""Documents made to take long: refused before anything that could take long sees them."""

from __future__ import annotations

import pytest
from graphql import DocumentNode, GraphQLError, SelectionSetNode, Visitor, parse, visit

from api.limits.bounds import QueryBounds
from api.limits.documents import KEPT_TOKENS, Documents
from api.limits.errors import LimitError
from api.limits.measures import check_document
from api.schema import build_schema
from tests.api.asking import Asker
from tests.api.small_world import FIRST_VILLAGE

VILLAGE = f'village(code: "{FIRST_VILLAGE}")'
NO_BOUNDS = QueryBounds(
    characters=10**10,
    definitions=10**10,
    tokens=10**10,
    depth=10**10,
    aliases=10**10,
    root_fields=10**10,
    fields=10**10,
    fragment_depth=10**10,
    cost=10**10,
)


def nested_fragments(count: int, leaf: str = "name") -> str:
    """Each fragment spreads the next one twice."""
    chain = "".join(f" fragment F{n} on Village {{ ...F{n + 1} ...F{n + 1} }}" for n in range(count))
    return f"{{ {VILLAGE} {{ ...F0 }} }}{chain} fragment F{count} on Village {{ {leaf} }}"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (f"{{ {VILLAGE} {{ {' '.join(f'a{n}: name' for n in range(10_000))} }} }}", "QUERY_TOO_LONG"),
        (f"{{ {VILLAGE} {{ {' '.join(f'a{n}: name' for n in range(600))} }} }}", "QUERY_TOO_MANY_ALIASES"),
        (nested_fragments(20), "QUERY_TOO_MANY_FIELDS"),
        (nested_fragments(20, "a: name"), "QUERY_TOO_MANY_ALIASES"),
        (nested_fragments(60), "QUERY_TOO_DEEP"),
        (nested_fragments(200), "QUERY_TOO_LONG"),
        ("{ __typename }" + " fragment F on Village { name }" * 280, "QUERY_TOO_LONG"),
        ("{ " + "a" * 40_000 + " }", "QUERY_TOO_LONG"),
        ("{ __typename } #" + "a" * 40_000, "QUERY_TOO_LONG"),
        (f"{{ {VILLAGE} {{ {'name ' * 3_000} }} }}", "QUERY_TOO_LONG"),
        (f"{{ {VILLAGE} {{ {'name ' * 1_900} }} }}", "QUERY_TOO_MANY_FIELDS"),
        ("{" + "{" * 100_000, "QUERY_TOO_LONG"),
        ('{ search(text: "' + '\\"' * 10_000 + '") { totalCount } }', "BAD_USER_INPUT"),
        ("{a" * 150 + "}" * 150, "QUERY_TOO_DEEP"),
        ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ ...A } fragment A on Query { ...A }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ __typename } fragment A on Query { a { ...A } }", "GRAPHQL_VALIDATION_FAILED"),
    ],
    ids=lambda value: f"{value[:12]}...{value[-12:]} ({len(value)})" if len(value) > 30 else value,
)
def test_refuses(small: Asker, query: str, code: str) -> None:
    assert small.code(query) == code


@pytest.mark.parametrize("query", ["{" + "a " * 1_000_000 + "}", "#" * 2_000_000])
def test_refuses_two_megabytes(small: Asker, query: str) -> None:
    response = small.post(query)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (413, "BODY_TOO_LARGE")


def test_counts_what_nested_fragments_mean(small: Asker) -> None:
    limit = small.error(nested_fragments(20))["extensions"]["limit"]
    assert limit == {"name": "fields", "max": 500, "actual": 2**20 + 1}


def test_serves_nested_fragments_that_mean_nothing(small: Asker) -> None:
    assert small.post(nested_fragments(20, "")).status_code in {200, 400}


def test_serves_ten_fragments_in_two_hundred_places(small: Asker) -> None:
    fragments = " ".join(f"fragment F{n} on Village {{ name code pinyin }}" for n in range(10))
    spreads = " ".join(f"...F{n % 10}" for n in range(150))
    assert small.data(f"{{ {VILLAGE} {{ {spreads} }} }} {fragments}")["village"]["name"]


def selections(document: DocumentNode) -> int:
    """How many selections a document has as it is written."""
    found = 0

    class Counting(Visitor):
        def enter_selection_set(self, node: SelectionSetNode, *_: object) -> None:
            nonlocal found
            found += len(node.selections)

    visit(document, Counting())
    return found


@pytest.mark.parametrize(
    "query", [nested_fragments(20), nested_fragments(200), f"{{ {VILLAGE} {{ {'id ' * 5_000} }} }}"]
)
def test_visits_every_selection_once(query: str) -> None:
    document = parse(query)
    assert check_document(document, NO_BOUNDS) == selections(document)


def test_counts_no_further_than_a_person_reads() -> None:
    with pytest.raises(LimitError, match="fields: more than 1,000,000,000, and 500 is the most") as caught:
        check_document(parse(nested_fragments(200)), QueryBounds(definitions=1_000, fragment_depth=1_000, depth=1_000))
    assert caught.value.actual == 10**9 + 1


def test_needs_no_recursion() -> None:
    chain = "".join(f" fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(5_000))
    with pytest.raises(LimitError, match="fragments within fragments: 5,001"):
        check_document(
            parse(f"{{ ...F0 }}{chain} fragment F5000 on Query {{ __typename }}"), QueryBounds(definitions=10_000)
        )


def test_a_circle_is_found_behind_shared_fragments() -> None:
    query = "{ ...A ...B } fragment A on Query { ...C ...B } fragment B on Query { ...C } fragment C on Query { ...A }"
    with pytest.raises(GraphQLError, match="within itself"):
        check_document(parse(query), NO_BOUNDS)


def test_a_fragment_in_two_places_is_no_circle() -> None:
    query = "{ ...A ...B } fragment A on Query { ...C ...B } fragment B on Query { ...C } fragment C on Query { a }"
    assert check_document(parse(query), NO_BOUNDS) == 6


def documents(bounds: QueryBounds | None = None) -> Documents:
    return Documents(build_schema()._schema, bounds or QueryBounds())


def test_keeps_a_valid_document() -> None:
    kept = documents()
    assert kept.get("{ __typename }") is kept.get("{ __typename }")


def test_keeps_no_document_that_is_not_valid() -> None:
    kept = documents()
    assert kept.get("{ nothing }") is not kept.get("{ nothing }")


def test_keeps_so_many_tokens() -> None:
    kept = documents()
    first = kept.get("{ __typename }")
    lanes = '"a" ' * 1_900
    for number in range(KEPT_TOKENS // 1_900 + 1):
        kept.get(f"query Q{number} {{ {VILLAGE} {{ accountabilityChain(lanes: [{lanes}]) {{ asOf }} }} }}")
    assert kept.get("{ __typename }") is not first
