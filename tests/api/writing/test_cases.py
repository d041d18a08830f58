"""The cases of changes (``tests/graph_model/editing/cases``) over GraphQL: each is refused or written as they say.

All faults, all stability rules, to the day and with partial dates: what a client sees of them, and that nothing is
written of what is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import UNSET, structs
from strawberry.types.graphql import OperationType

from api.access.tokens import Role
from api.access.viewer import Viewer
from api.answers import Answers, Asked
from api.limits.bounds import LoadBounds
from api.schema import Schema
from graph_model.editing.changes import Change
from graph_model.exchange import EDITS, Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import AnyRecord, Basis, Dataset
from graph_model.regime_file import encode_regime
from graph_model.stores.embedded import open_store
from tests.conformance.small_campaign import the_records
from tests.graph_model.editing.case import Case, the_regime
from tests.graph_model.editing.test_cases import CASES

ANNA = Viewer("anna", Role.EDITOR, is_writable=True)
ALLOWED = {OperationType.QUERY, OperationType.MUTATION}
CHANGE = """
mutation ($changes: [ChangeInput!]!, $dryRun: Boolean!, $override: OverrideInput) {
  applyChanges(changes: $changes, dryRun: $dryRun, override: $override) {
    userErrors { code path rule record message(lang: EN) allowed(lang: EN) }
    brokenRules {
      rule { code clause } record endsOn { text earliest } certainty isOverridden message(lang: EN)
      remedies { kind on { text } message(lang: EN) }
    }
    written { number author }
    changed { record kind fields { path before after } }
    effects { changes { day target { id } } }
  }
}"""
FOUND = """
{
  writes { totalCount }
  findings(code: "stability-overridden") { edges { node { clauses basis { document { id } } } } }
}"""


class Service:
    """The service over the world of one case."""

    def __init__(self, graph: ResponsibilityGraph, schema: Schema) -> None:
        self._answers = Answers(schema, graph, LoadBounds())

    async def ask(self, query: str, variables: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """The data of an operation."""
        answer = await self._answers.answer(ANNA, Asked(query, variables), ALLOWED, float("inf"))
        assert "errors" not in answer.body, answer.body["errors"]
        return answer.body["data"]

    async def change(self, case: Case, *, dry_run: bool) -> dict[str, Any]:
        """The payload of the changes of the case."""
        variables: dict[str, Any] = {"changes": list(map(input_of, case.the_changes())), "dryRun": dry_run}
        override = case.the_override()
        if override is not None:
            variables["override"] = {"rules": list(override.rules), "basis": basis_of(override.basis)}
        found = (await self.ask(CHANGE, variables))["applyChanges"]
        assert isinstance(found, dict)
        return found


@pytest.fixture(params=CASES, ids=lambda case: case.case)
def case(request: pytest.FixtureRequest) -> Case:
    found = request.param
    assert isinstance(found, Case)
    return found


def camel(words: str) -> str:
    return re.sub(r"[_-]([a-z])", lambda match: match[1].upper(), words)


def basis_of(basis: Basis) -> dict[str, Any]:
    return {"document": basis.document, "clause": basis.clause}


def field_of(change: Change) -> str:
    return camel(str(change.__struct_config__.tag))


def input_of(change: Change) -> dict[str, Any]:
    """A change as the input that asks for it."""
    given = {camel(name): value for name, value in structs.asdict(change).items() if value is not UNSET}
    return {field_of(change): {**given, "basis": basis_of(change.basis)}}


def records_of(around: Neighbourhood) -> Iterator[AnyRecord]:
    yield from around.iter_nodes()
    yield from around.iter_all_claims()
    yield from around.iter_relations()


async def service_of(case: Case, schema: Schema) -> Service:
    """The service, once the world of a case is loaded."""
    store = open_store("sqlite:///:memory:", "writer")
    dataset = next(record for record in the_records() if isinstance(record, Dataset))
    records = [dataset, encode_regime(the_regime()), *records_of(case.around())]
    await store.apply([Batch("case", records), Batch(EDITS, [])], recorded_at=1_000, author="loader")
    return Service(ResponsibilityGraph(store), schema)


def path_of(words: str, case: Case) -> tuple[str, str]:
    """A fault of the notation as GraphQL tells it: its path and its code."""
    number, path, code = words.split(" ")
    steps = [camel(path)]
    if number != "0":
        steps.insert(0, f"changes[{int(number) - 1}].{field_of(case.the_changes()[int(number) - 1])}")
    return ".".join(steps), code


def breach_of(words: str, case: Case) -> tuple[str, str, str, str]:
    """A breach of the notation as GraphQL tells it: rule, record, end and certainty; of a vacancy not which one."""
    rule, *fact, end, certainty = words.split(" ")
    told = " ".join(fact)
    return rule, "vacancy" if told.endswith(" is vacant") else case.record_id(told), end, certainty


def told_breach(broken: dict[str, Any]) -> tuple[str, str, str, str]:
    end, record = broken["endsOn"], str(broken["record"])
    record = "vacancy" if record.startswith("vacancy:") else record
    return broken["rule"]["code"], record, end["text"] or end["earliest"], broken["certainty"]


async def test_a_case_is_answered_as_it_says(case: Case, schema: Schema) -> None:
    service = await service_of(case, schema)
    tried = await service.change(case, dry_run=True)
    came = await service.change(case, dry_run=False)
    assert {**tried, "written": None} == {**came, "written": None}  # a dry run says what the write says
    assert tried["written"] is None

    faults = [(error["path"], error["code"]) for error in came["userErrors"] if error["rule"] is None]
    assert sorted(faults) == sorted(path_of(words, case) for words in case.expect.faults)
    assert sorted(map(told_breach, came["brokenRules"])) == sorted(
        breach_of(words, case) for words in case.expect.breaches
    )
    clauses = {rule.code: rule.clause for rule in the_regime().stability_rules}
    for broken in came["brokenRules"]:
        assert broken["rule"]["clause"] == clauses[broken["rule"]["code"]]
        assert broken["isOverridden"] == (broken["rule"]["code"] in (case.override or []))
    refused = [broken for broken in came["brokenRules"] if not broken["isOverridden"]]
    told = [error for error in came["userErrors"] if error["code"] == "RULE_BROKEN"]
    assert sorted((error["rule"], error["record"], error["message"]) for error in told) == sorted(
        (broken["rule"]["code"], broken["record"], broken["message"]) for broken in refused
    )
    for error in told:
        assert re.fullmatch(r"changes\[\d+\]\.\w+\.\w+|changes", error["path"])
        assert error["allowed"]
    if case.expect.allowed is not None:
        words = min(case.expect.breaches)
        first = next(broken for broken in came["brokenRules"] if told_breach(broken) == breach_of(words, case))
        remedies = [(remedy["kind"], (remedy["on"] or {}).get("text")) for remedy in first["remedies"]]
        assert [" ".join(filter(None, remedy)) for remedy in remedies] == case.expect.allowed

    found = await service.ask(FOUND)
    is_refused = bool(came["userErrors"])
    assert (came["written"] is None) == is_refused
    assert found["writes"]["totalCount"] == (1 if is_refused else 2)
    listed = [edge["node"] for edge in found["findings"]["edges"]]
    overridden = [] if is_refused else [broken["rule"]["clause"] for broken in came["brokenRules"]]
    assert sorted(clause for finding in listed for clause in finding["clauses"]) == sorted(overridden)
    assert {finding["basis"]["document"]["id"] for finding in listed} <= {case.resting_on}
