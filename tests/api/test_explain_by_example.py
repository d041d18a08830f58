"""docs/explain.md: its query, asked for each row, gives what the row says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec import Struct

from graph_model.questions.reasons.steps import StepKind
from tests.api.asking import Asker

TEXT = (Path(__file__).parents[2] / "docs" / "explain.md").read_text(encoding="utf-8")
(QUERY,) = re.findall(r"```graphql\n(.*?)```", TEXT, re.DOTALL)


class Row(Struct, frozen=True):
    step: str
    target: str
    about: str
    day: str
    answer: str
    why: str


ROWS = [
    Row(*(cell.strip() for cell in line.strip("|").split("|")))
    for line in TEXT.splitlines()
    if re.match(r"\| [A-Z]", line)
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.step)
def test_row(row: Row, loaded: Asker) -> None:
    subject, key = row.about.split(": ")
    answer = loaded.data(QUERY, {"target": row.target, "about": {subject: key}, "asOf": row.day})["explain"]
    assert answer["certainty"] == row.answer
    assert row.step in {step["kind"] for trail in answer["trails"] for step in trail["steps"]}


def test_every_step_is_there_but_the_one_that_needs_another_clock() -> None:
    assert {row.step for row in ROWS} == {kind.value for kind in StepKind} - {"RECORDED_LATER"}
