"""docs/writing.md: each operation with an answer beside it is answered so, over the facts of the sources."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.api.asking import Asker

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "writing.md"
PAIRS = re.findall(r"```graphql\n(.*?)```\n\n```json\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
BODY = re.findall(r"<<'JSON'\n(.*?)\nJSON\n", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_guide_has_operations_with_answers() -> None:
    assert (len(PAIRS), len(BODY)) == (5, 1)


@pytest.mark.parametrize(("operation", "answer"), PAIRS)
def test_an_operation_is_answered_as_the_guide_says(facts_only: Asker, operation: str, answer: str) -> None:
    assert facts_only.data(operation) == json.loads(answer)


def test_the_request_of_the_guide_is_one_that_could_be_written(facts_only: Asker) -> None:
    (body,) = (json.loads(text) for text in BODY)
    (error,) = facts_only.post(body["query"], body["variables"]).json()["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"  # this server only reads
    tried = body["query"].replace("clientMutationId: $key", "clientMutationId: $key, dryRun: true")
    payload = facts_only.data(tried, body["variables"])["appointToPost"]
    assert payload["userErrors"] == []
