"""The cost of an operation: what it counts, what it is published as, and what fits into the budget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_introspection_query,
    get_named_type,
    is_composite_type,
)

from api.limits.bounds import QueryBounds
from api.limits.documents import Documents
from api.limits.pricing import ASSUMED_ROWS, EXTRA_COSTS, introspection_rows, is_list
from api.schema import build_schema
from graph_model.editing.changes import MAX_CHANGES
from tests.api.asking import Asker
from tests.api.small_world import FIRST_VILLAGE

OPERATIONS = sorted((Path(__file__).resolve().parents[2] / "examples" / "operations").glob("*.graphql"))
BUDGET = QueryBounds().cost
VILLAGE = f'village(code: "{FIRST_VILLAGE}")'
SCHEMA = build_schema()._schema
WITHOUT_LISTS = get_introspection_query(descriptions=False, type_depth=0)


@pytest.fixture(scope="module")
def documents() -> Documents:
    return Documents(SCHEMA, QueryBounds())


def cost(documents: Documents, query: str, variables: dict[str, Any] | None = None) -> int:
    document = documents.get(query)
    assert document.errors == []
    return document.plan(None).cost(variables or {})


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_every_operation_fits_with_the_largest_page(documents: Documents, path: Path) -> None:
    assert 0 < cost(documents, path.read_text(encoding="utf-8"), {"first": 1000}) <= BUDGET


@pytest.mark.parametrize("all_of_it", [True, False])
def test_the_introspection_of_graphiql_fits_three_times(documents: Documents, all_of_it: bool) -> None:
    assert cost(documents, get_introspection_query(*[all_of_it] * 7)) <= BUDGET / 3


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ __typename }", 1),
        ("{ __typename __typename }", 1),
        ("{ a: __typename b: __typename }", 2),
        ("{ regime { code } }", 2),
        ("{ regime { code } regime { code since { text } } }", 4),
        ("{ regime { lanes { code } } }", 1 + 1 + 8 * 1),
        ("{ regime { ...F ...F } } fragment F on Regime { code lanes { code } }", 1 + 1 + 1 + 8),
        ("{ regime { duties { kinds { code } } } }", 1 + 1 + 20 * (1 + 2 * 1)),
        ("{ findings(first: 7) { edges { cursor } } }", 51 + 1 + 7),
        ("{ findings { edges { cursor } } }", 51 + 1 + 100),
        ("{ findings(first: null) { edges { cursor } } }", 51 + 1 + 100),
        ("{ findings(first: 0) { edges { node { id } } } }", 51 + 1),
        ("{ findings(first: 7) { totalCount pageInfo { endCursor } } }", 51 + 1 + 2),
        ("{ findings(first: 7) { edges { node { id code } } } }", 51 + 1 + 7 * 3),
        ("{ findings(first: 7) { edges { cursor } edges { node { id } } } }", 51 + 1 + 7 * 3),
        ("{ findings(first: 7) { edges { cursor } b: edges { cursor } } }", 51 + 2 * (1 + 7)),
        ("{ regime { code @include(if: false) } }", 2),
        (f"{{ {VILLAGE} {{ ancestors {{ name }} }} }}", 1 + 101 + 4),
        (f"{{ {VILLAGE} {{ ... on Division {{ names {{ text }} }} }} }}", 1 + 1 + 2),
        (f"{{ {VILLAGE} {{ accountabilityChain {{ asOf }} }} }}", 1 + 501 + 1),
        (
            f"{{ {VILLAGE} {{ containers(first: 3) {{ edges {{ node {{ target {{ ... on Organization {{ "
            "parts(first: 5) { edges { cursor } } } } } } } } }",
            1 + 51 + 1 + 3 * (1 + 1 + 51 + 1 + 5),
        ),
    ],
)
def test_counts(documents: Documents, query: str, expected: int) -> None:
    assert cost(documents, query) == expected


@pytest.mark.parametrize(
    ("declared", "given", "rows"),
    [
        ("$n: Int", {"n": 5}, 5),
        ("$n: Int", {}, 100),
        ("$n: Int", {"n": None}, 100),
        ("$n: Int = 9", {}, 9),
        ("$n: Int = 9", {"n": 5}, 5),
        ("$n: Int = 9", {"n": None}, 100),
        ("$n: Int", {"n": 5.0}, 5),
        ("$n: Int", {"n": "5"}, 100),
        ("$n: Int", {"n": True}, 100),
        ("$n: Int", {"n": 1e400}, 100),
    ],
)
def test_counts_by_the_variables(documents: Documents, declared: str, given: dict[str, Any], rows: int) -> None:
    query = f"query({declared}) {{ findings(first: $n) {{ edges {{ cursor }} }} }}"
    assert cost(documents, query, given) == 52 + rows


def test_every_operation_of_a_document_has_its_own(documents: Documents) -> None:
    found = documents.get("query A { __typename } query B { regime { code } }")
    assert (found.plan("A").cost({}), found.plan("B").cost({})) == (1, 2)


def test_a_level_of_wrapped_types_counts_half_of_the_one_above(documents: Documents) -> None:
    flat = cost(documents, '{ __type(name: "Village") { name } }')
    assert cost(documents, '{ __type(name: "Village") { ofType { name kind ofType { name } } } }') == flat - 1 + 1 + 2


def test_an_answer_publishes_its_cost(small: Asker) -> None:
    answer = small.post("query($n: Int) { findings(first: $n) { edges { cursor } } }", {"n": 3}).json()
    assert answer["extensions"] == {"cost": {"requested": 55, "budget": BUDGET}}


def test_so_does_one_that_is_refused_for_it(small: Asker) -> None:
    query = """{ divisions(within: "5305", level: "village", first: 1000) { edges { node { ... on Village {
      households(first: 1000) { edges { node { name } } } } } } } }"""
    answer = small.post(query).json()
    (error,) = answer["errors"]
    requested = answer["extensions"]["cost"]["requested"]
    assert requested > 1_000_000
    assert error["extensions"]["code"] == "QUERY_TOO_COSTLY"
    assert error["extensions"]["limit"] == {"name": "cost", "max": BUDGET, "actual": requested}


def test_the_same_document_is_refused_or_served_by_its_variables(small: Asker) -> None:
    query = """query($n: Int!) { divisions(within: "5305", level: "village", first: $n) { edges { node {
      accountabilityChain { completeness } } } } }"""
    assert "errors" not in small.post(query, {"n": 300}).json()
    assert small.code(query, {"n": 1000}) == "QUERY_TOO_COSTLY"


def test_the_table_names_every_list() -> None:
    """A list whose size nobody thought of would count as 10 rows."""
    unnamed = []
    for of in SCHEMA.type_map.values():
        if not isinstance(of, GraphQLObjectType | GraphQLInterfaceType) or of.name.startswith("__"):
            continue
        for name, field in of.fields.items():
            names = {f"{parent.name}.{name}" for parent in (of, *of.interfaces)}
            if is_list(field) and is_composite_type(get_named_type(field.type)) and name != "edges":
                unnamed += [] if names & ASSUMED_ROWS.keys() else [f"{of.name}.{name}"]
    assert unnamed == []


@pytest.mark.parametrize("name", sorted({*ASSUMED_ROWS, *EXTRA_COSTS, *introspection_rows(SCHEMA)}))
def test_the_table_names_nothing_else(name: str) -> None:
    of, field = name.split(".")
    kind = SCHEMA.type_map[of]
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    assert field in kind.fields


def test_the_cost_is_no_part_of_what_scripts_read(small: Asker) -> None:
    assert json.loads(small.post("{ __typename }").text)["data"] == {"__typename": "Query"}


def test_each_change_of_a_list_costs(documents: Documents) -> None:
    one = '{recordDocument: {document: "document:a", title: "a", kind: "a", basis: {clause: "1"}}}'
    listed = [
        cost(documents, f"mutation {{ applyChanges(changes: [{', '.join([one] * n)}]) {{ isDryRun }} }}")
        for n in (0, 1, 3)
    ]
    assert [each - listed[0] for each in listed] == [0, 300, 900]
    query = "mutation ($changes: [ChangeInput!]!) { applyChanges(changes: $changes) { isDryRun } }"
    lists: list[object] = [[], {}, [{}] * 3]
    assert [cost(documents, query, {"changes": given}) - listed[0] for given in lists] == [0, 300, 900]


def test_the_longest_list_of_changes_fits_into_the_budget(documents: Documents) -> None:
    asked = "changed { record } effects { changes { day } }"
    query = f"mutation ($changes: [ChangeInput!]!) {{ applyChanges(changes: $changes) {{ {asked} }} }}"
    assert cost(documents, query, {"changes": [{}] * MAX_CHANGES}) < BUDGET
