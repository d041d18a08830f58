"""What is done at the start, so that no reader waits for it; and how long pages then take."""

from __future__ import annotations

import asyncio
import statistics
from pathlib import Path

import httpx2
import pytest
from jinja2 import FileSystemLoader
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.embedded import open_store
from pages.routes import page_routes
from pages.warming import warm_up
from tests.pages.conftest import MAX_BODY_BYTES
from tests.serving import serving

FIRST = {
    "start": "/",
    "search": "/?q=wuyi",
    "suggestions": "/search.json?q=wysq",
    "village": "/places/530521101201",
    "county": "/places/530502",
    "assignee": "/assignees/post:5305:party-secretary",
    "person": "/assignees/person:5305:P002681",
    "source": "/sources/2017",
}
MOST_MS = 60.0
STARTS = 3


def test_the_first_source_page_counts_nothing(loaded_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(f"sqlite:///{loaded_store}", "reader")
    graph = ResponsibilityGraph(store)
    asyncio.run(warm_up(graph))

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("it was counted again")

    monkeypatch.setattr(store, "tally", fail)
    with TestClient(build_app(graph, max_body_bytes=MAX_BODY_BYTES, pages=page_routes(graph))) as client:
        assert client.get("/sources/2017").status_code == 200


def test_the_application_is_warm_before_it_answers() -> None:
    done = []

    async def warm() -> None:
        await asyncio.sleep(0)
        done.append("warm")

    graph = ResponsibilityGraph(open_store("sqlite:///:memory:", "writer"))
    app = build_app(graph, max_body_bytes=MAX_BODY_BYTES, pages=page_routes(graph), warm_up_pages=warm)
    with TestClient(app) as client:
        assert done == ["warm"]
        assert client.get("/health").status_code == 200


def test_no_page_waits_for_its_template(small: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("a template was read again")

    monkeypatch.setattr(FileSystemLoader, "get_source", fail)
    for path in ("/", "/places/530521101201", "/assignees/post:secretary", "/about", "/nothing"):
        assert small.get(path).status_code in {200, 404}


@pytest.mark.long
def test_a_page_takes_sixty_milliseconds_the_first_one_too(loaded_store: Path) -> None:
    """Server time as the log has it, the first request of each sort after a start; the middle of three starts."""
    times: dict[str, list[float]] = {name: [] for name in FIRST}
    for _ in range(STARTS):
        with serving(loaded_store) as running, httpx2.Client(base_url=running.url, trust_env=False) as client:
            for name, path in FIRST.items():
                assert client.get(path, headers={"X-Request-Id": name}).status_code == 200
        for line in running.log:
            if line["event"] == "answered" and line["request_id"] in times:
                times[line["request_id"]].append(line["ms"])
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    print("; ".join(f"{name} {ms:.1f} ms" for name, ms in middle.items()))
    assert {name: ms for name, ms in middle.items() if ms > MOST_MS} == {}
