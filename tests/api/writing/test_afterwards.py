"""What stands below a payload: as it is, or would be, once the changes are made, whether they are written or not."""

from __future__ import annotations

from typing import Any

from tests.api.writing.conftest import Writing
from tests.api.writing.test_divisions import ESTABLISH, NEW, move
from tests.conformance.small_campaign import COUNTY, EAST, MAYOR, TAKES, UNIT

BASIS = {"document": "document:new"}
QUERY = """
mutation ($changes: [ChangeInput!]!, $dryRun: Boolean!, $key: String) {
  applyChanges(changes: $changes, dryRun: $dryRun, clientMutationId: $key) {
    userErrors { code path }
    changed {
      about {
        id
        ... on Target { code name accountabilityChain { asOf completeness links { assignment { id } } } }
        ... on Division { names { text } codes { text } ancestors { id } }
      }
      assignment {
        assignee { id } basis { document { id } }
        target { id accountabilityChain { links { assignment { id } holders { person { id } } } } }
      }
      relation { source { id } target { id } }
    }
    effects {
      changes {
        target { id code name accountabilityChain { completeness links { assignment { id } } gaps { cause } } }
      }
      touched(level: "village") {
        edges { node { id code accountabilityChain { way { target { id } } links { holders { person { id } } } } } }
      }
    }
  }
}"""
CHANGES: list[dict[str, Any]] = [
    {"establishDivision": ESTABLISH},
    move(EAST),
    {
        "recordDocument": {
            "document": "document:new",
            "title": "通知",
            "kind": "notice",
            "basis": {"document": "document:order"},
        }
    },
    {
        "appointToPost": {
            "person": "person:new",
            "isNewPerson": True,
            "post": MAYOR,
            "since": "2017-07-01",
            "basis": BASIS,
        }
    },
    {
        "createAssignment": {
            "kind": "takes-village",
            "assignee": UNIT,
            "target": EAST,
            "since": "2017-07-01",
            "basis": BASIS,
        }
    },
]


def asked(writing: Writing, *, dry_run: bool, key: str | None = None) -> dict[str, Any]:
    answer = writing.post(QUERY, {"changes": CHANGES, "dryRun": dry_run, "key": key}).json()
    assert "errors" not in answer, answer["errors"]
    found = answer["data"]["applyChanges"]
    assert isinstance(found, dict)
    return found


def test_chains_below_a_dry_run_are_those_that_the_write_comes_to(writing: Writing) -> None:
    tried = asked(writing, dry_run=True)
    assert tried == asked(writing, dry_run=False)
    assert tried["userErrors"] == []
    (east,) = [edge["node"] for edge in tried["effects"]["touched"]["edges"] if edge["node"]["id"] == EAST]
    assert [rung["target"]["id"] for rung in east["accountabilityChain"]["way"]] == [EAST, NEW, COUNTY]
    assert {"holders": [{"person": {"id": "person:new"}}]} in east["accountabilityChain"]["links"]


def test_a_repeated_request_is_answered_as_of_its_write(writing: Writing) -> None:
    first = asked(writing, dry_run=False, key="k")
    end = {"assignment": TAKES.id, "until": "2016-06-01", "basis": BASIS}
    assert writing.change("endAssignment", end)["userErrors"] == []
    vacate = {"post": MAYOR, "until": "2017-09-01", "basis": BASIS}
    assert writing.change("vacatePost", vacate)["userErrors"] == []
    assert (
        writing.change("retractRecord", {"record": f"assignment:takes-village:{UNIT}~{EAST}", "basis": BASIS})[
            "userErrors"
        ]
        == []
    )
    assert asked(writing, dry_run=False, key="k") == first
