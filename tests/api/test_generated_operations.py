"""Operations generated from the schema: whatever is valid is answered, or refused with a code; never INTERNAL."""

from __future__ import annotations

from collections.abc import Callable

import graphql
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes
from hypothesis_graphql import strategies as generated

from api.schema import build_schema
from tests.api.asking import Asker

SCHEMA = build_schema().as_str()
DAYS = st.dates().map(lambda day: nodes.String(day.isoformat()))
MOMENTS = st.datetimes().map(lambda moment: nodes.String(f"{moment.isoformat()}Z"))

# What stands for every text argument: values that mean something, so that answers are more than null.
WORDS = [
    "5305",
    "530521",
    "530521101",
    "530521101203",
    "530521101203-0001",
    "village",
    "linkage",
    "市委书记",
    "3.1",
    "?",
]
IDS = ["post:5305:party-secretary", "division:530521101203", "organization:5305:party-committee", "person:none"]


def _meaning(document: graphql.DocumentNode, choose: Callable[[list[str]], str]) -> str:
    """The operation with the texts of its arguments replaced by ones that mean something."""

    class Replace(graphql.Visitor):
        def enter_argument(self, node: graphql.ArgumentNode, *_: object) -> graphql.ArgumentNode | None:
            if isinstance(node.value, graphql.StringValueNode) and node.name.value not in {"asOf", "recordedAsOf"}:
                known = IDS if node.name.value == "id" else WORDS
                return graphql.ArgumentNode(
                    name=node.name, value=graphql.StringValueNode(value=choose(known), block=False)
                )
            return None

    changed = graphql.visit(document, Replace())
    return graphql.print_ast(changed)


@st.composite
def operations(draw: st.DrawFn) -> str:
    of = draw(st.sampled_from([generated.queries, generated.queries, generated.queries, generated.mutations]))
    text = str(draw(of(SCHEMA, custom_scalars={"Date": DAYS, "DateTime": MOMENTS})))
    if draw(st.booleans()):
        return text
    return _meaning(graphql.parse(text), lambda known: draw(st.sampled_from(known)))


def _check(asker: Asker, operation: str) -> None:
    response = asker.post(operation)
    assert response.status_code in {200, 400}, response.text
    answer = response.json()
    for error in answer.get("errors", ()):
        assert error["extensions"]["code"] != "INTERNAL", error
        assert isinstance(error["extensions"]["retryable"], bool)


COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None, "derandomize": True}


@given(operations())
@settings(max_examples=150, **COMMON)  # type: ignore[arg-type]
def test_valid_operations_are_answered_or_refused_with_a_code(loaded: Asker, operation: str) -> None:
    _check(loaded, operation)


@pytest.mark.long
@pytest.mark.parametrize(
    "part", range(10)
)  # 20,000 in all; in parts, so that a run that is cut off shows how far it came
@given(operation=operations())
@settings(max_examples=2_000, **{**COMMON, "derandomize": False})  # type: ignore[arg-type]
def test_20000_valid_operations(loaded: Asker, part: int, operation: str) -> None:
    _check(loaded, operation)
