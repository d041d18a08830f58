"""docs/gaps-by-example.md: its query, asked for each row, gives what the row says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec import Struct

from graph_model.questions.duties import GapCause
from tests.api.asking import Asker

TEXT = (Path(__file__).parents[2] / "docs" / "gaps-by-example.md").read_text(encoding="utf-8")
(QUERY,) = re.findall(r"```graphql\n(.*?)```", TEXT, re.DOTALL)
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if re.match(r"\| [A-Z]", line)
]


class Row(Struct, frozen=True):
    cause: str
    certainty: str
    code: str
    day: str
    duty: str
    completeness: str
    why: str


GAPS = [Row(*cells) for cells in ROWS if len(cells) == 7]
WHOLE = [cells for cells in ROWS if len(cells) == 4]


def _chain(asker: Asker, code: str, day: str) -> dict[str, object]:
    place = "household" if "-" in code else "division"
    answer = asker.data(QUERY.replace("division(", f"{place}(").replace("    name\n", ""), {"code": code, "asOf": day})
    chain: dict[str, object] = answer[place]["accountabilityChain"]
    return chain


@pytest.mark.parametrize("row", GAPS, ids=lambda row: f"{row.cause}-{row.certainty}-{row.code}")
def test_gap(row: Row, loaded: Asker) -> None:
    chain = _chain(loaded, row.code, row.day)
    gaps = chain["gaps"]
    assert isinstance(gaps, list)
    found = [(gap["cause"], gap["certainty"]) for gap in gaps if gap["duty"]["code"] == row.duty]
    assert (row.cause, row.certainty) in found
    assert chain["completeness"] == row.completeness


@pytest.mark.parametrize("cells", WHOLE, ids=lambda cells: f"{cells[0]}-{cells[1]}")
def test_chain(cells: list[str], loaded: Asker) -> None:
    completeness, code, day, _ = cells
    assert _chain(loaded, code, day)["completeness"] == completeness


def test_every_cause_and_certainty_is_there() -> None:
    pairs = {(cause.value, certainty) for cause in GapCause for certainty in ("CERTAIN", "POSSIBLE")}
    assert {(row.cause, row.certainty) for row in GAPS} == pairs
