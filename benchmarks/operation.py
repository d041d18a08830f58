"""The operation that is measured over HTTP (操作): VillageChain of ``examples/operations/``, with five lanes."""

from __future__ import annotations

from datetime import date
from typing import Final

import msgspec

from benchmarks.client import post
from benchmarks.machine import PROJECT
from benchmarks.serving import Serving

LANES: Final = ("territorial", "linkage", "pairing", "resident", "office")


def village_chain(serving: Serving, code: str, as_of: date) -> bytes:
    """The request for one village, as it goes over the wire."""
    document = (PROJECT / "examples" / "operations" / "village-chain.graphql").read_text("utf-8")
    variables = {"code": code, "asOf": as_of, "lanes": LANES}
    body = msgspec.json.encode({"query": document, "operationName": "VillageChain", "variables": variables})
    return post("/graphql", f"{serving.host}:{serving.port}", body)
