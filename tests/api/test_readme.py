"""The README's first query stands there with its answer: it must be the real one."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.api.asking import Asker

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def _first_block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found is not None, f"the README has no {language} block"
    return found[1]


def test_the_first_query_gives_the_answer_that_stands_behind_it(loaded: Asker) -> None:
    assert loaded.data(_first_block("graphql")) == json.loads(_first_block("json"))
