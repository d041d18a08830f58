"""The same bytes for every village and for 2,000 households, whatever the order of loading and of Python's hashes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.embedded import open_store
from loaders.default import read_default
from loaders.writing import load
from tests.api.asking import Asker
from tests.silence import Silence

PROJECT = Path(__file__).resolve().parents[2]
HOUSEHOLDS_OF_A_VILLAGE = 10
CHAIN = """
asOf completeness
links { level { code } lane { code } target { id name } assignee { id name } holders { certainty }
  certainty sentence assignment { id provenance basis { clause } } }
gaps { cause certainty duty { code } target { code } message }
"""
PAGE = f"""
query Page($after: String, $households: Int!) {{
  divisions(within: "5305", level: "village", asOf: "2017-09-01", first: 10, after: $after) {{
    pageInfo {{ hasNextPage endCursor }}
    edges {{ node {{ code accountabilityChain {{ {CHAIN} }} ... on Village {{
      households(first: $households) {{ edges {{ node {{ code accountabilityChain {{ {CHAIN} }} }} }} }}
    }} }} }}
  }}
}}
"""


def digests(store: Path) -> dict[str, str]:
    """A digest of the answer for each village and for the first households of each, by code."""
    graph = ResponsibilityGraph(open_store(f"sqlite:///{store}", "reader"))
    found: dict[str, str] = {}
    with TestClient(build_app(graph, max_body_bytes=131_072)) as client:
        asker, after, goes_on = Asker(client), None, True
        while goes_on:
            page = asker.data(PAGE, {"after": after, "households": HOUSEHOLDS_OF_A_VILLAGE})["divisions"]
            for village in (edge["node"] for edge in page["edges"]):
                for place in (village, *(edge["node"] for edge in village.pop("households")["edges"])):
                    text = json.dumps(place, ensure_ascii=False)
                    found[place["code"]] = hashlib.sha256(text.encode()).hexdigest()
            after, goes_on = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found


def _digests_elsewhere(store: Path, seed: str) -> dict[str, str]:
    """The same in a process of its own, with a seed of Python's hashes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.api.test_same_bytes", str(store)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=dict[str, str])


@pytest.mark.long
def test_the_same_bytes_after_loading_in_another_order_and_with_other_hashes(
    loaded_store: Path, tmp_path: Path
) -> None:
    other = tmp_path / "reversed.db"
    readings = [msgspec.structs.replace(one, records=one.records[::-1]) for one in reversed(read_default())]
    asyncio.run(load(f"sqlite:///{other}", readings, Silence()))
    first, second = _digests_elsewhere(loaded_store, "0"), _digests_elsewhere(other, "1")
    assert sum("-" not in code for code in first) == 921
    assert sum("-" in code for code in first) >= 2_000
    assert second == first


if __name__ == "__main__":
    print(json.dumps(digests(Path(sys.argv[1]))))  # after what the application logs
