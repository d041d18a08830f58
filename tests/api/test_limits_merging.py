"""The survey of fields of one name: where it finds a document plain, the rule of GraphQL finds nothing."""

from __future__ import annotations

import pytest
from graphql import NoUnusedFragmentsRule, OverlappingFieldsCanBeMergedRule, parse, validate
from hypothesis import given
from hypothesis import strategies as st

from api.limits.merging import survey_merging
from api.schema import build_schema
from tests.api.asking import Asker

SCHEMA = build_schema()._schema

leaves = st.sampled_from(
    [
        "name",
        "code",
        "x: name",
        "x: code",
        "x: id",
        "x: pinyin",
        "id",
        "nothing",
        "x: totalCount",
        "accountabilityChain(lanes: []) { asOf }",
        'accountabilityChain(regime: "a", lanes: []) { asOf }',
        'accountabilityChain(lanes: [], regime: "a") { x: asOf }',
        'accountabilityChain(lanes: ["a"]) { x: asOf }',
        "x: assignments(first: 1) { totalCount }",
        "x: containers(first: 1) { totalCount }",
        "x: containers(first: $n) { totalCount }",
        "...F",
        "...G",
        "...Missing",
    ]
)
conditions = st.sampled_from(["", "on Village", "on Post", "on Organization", "on Target", "on Missing"])
selections = st.recursive(
    st.lists(leaves, min_size=1, max_size=3).map(" ".join),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(" ".join),
        st.builds("... {} {{ {} }}".format, conditions, inner),
        st.builds("ancestors {{ {} }}".format, inner),
        st.builds("x: containers(first: 1) {{ edges {{ node {{ target {{ {} }} }} }} }}".format, inner),
    ),
    max_leaves=8,
)
documents = st.builds(
    'query($n: Int) {{ node(id: "a") {{ {} }} }} fragment F on Village {{ {} }} fragment G on Target {{ {} }}'.format,
    selections,
    selections.filter(lambda text: "...F" not in text and "...G" not in text),
    selections.filter(lambda text: "...F" not in text and "...G" not in text),
)


@given(documents)
def test_what_is_plain_breaks_no_rule(text: str) -> None:
    document = parse(text)
    if survey_merging(SCHEMA, document).is_plain:
        others = validate(SCHEMA, document, [NoUnusedFragmentsRule])
        assert others or not validate(SCHEMA, document, [OverlappingFieldsCanBeMergedRule])


@pytest.mark.parametrize(
    ("selection", "is_plain", "comparisons"),
    [
        ("id id id", True, 3),
        ("x: name ...F", False, 1),
        ("...F ...F ...F", True, 0),
        (
            "... on City { containers { totalCount } } ... on City { containers { edges { cursor } totalCount } }",
            True,
            2,
        ),
        ("... on Village { x: code } ... on Person { x: code }", True, 1),
        ("... on Village { x: code } ... on Post { x: rank }", False, 1),
        ("... on Village { x: containers(first: 1) { totalCount } x: containers(first: 2) { totalCount } }", False, 2),
    ],
)
def test_survey(selection: str, is_plain: bool, comparisons: int) -> None:
    survey = survey_merging(SCHEMA, parse(f'{{ node(id: "a") {{ {selection} }} }} fragment F on Village {{ x: code }}'))
    assert (survey.is_plain, survey.comparisons) == (is_plain, comparisons)


def test_what_differs_is_left_to_the_rule(small: Asker) -> None:
    error = small.error("{ regime { x: code x: since { text } } }")
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert "conflict" in error["message"]


def test_what_differs_in_types_that_exclude_each_other_is_allowed(small: Asker) -> None:
    query = '{ node(id: "division:5305") { ... on City { x: code } ... on Post { x: kind } } }'
    assert "errors" not in small.post(query).json()


def test_too_many_that_differ_are_refused(small: Asker) -> None:
    fields = "... on City { containers(first: 1) { totalCount } } ... on Post { containers(first: 2) { totalCount } } "
    query = f'{{ node(id: "division:5305") {{ {fields * 60} }} }}'
    assert small.error(query)["extensions"]["limit"] == {
        "name": "pairs of different fields of one name",
        "max": 5_000,
        "actual": 14_280,
    }
