"""The application around the endpoint: state, start page, published schema, request ids, access log."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import structlog
from starlette.testclient import TestClient

from api.app import build_app
from api.export import PATH
from graph_model.errors import CommitUnknownError
from graph_model.exchange import Batch
from graph_model.graph import DefaultDate, ResponsibilityGraph
from graph_model.stores.base import Store
from graph_model.stores.embedded import open_store
from graph_model.stores.embedded.opening import Mode, open_file
from tests.api.asking import Asker
from tests.api.conftest import MAX_BODY_BYTES
from tests.api.small_world import DAY, FIRST_VILLAGE, build_small_world
from tests.conformance.graphs import person
from tests.durability.disk import Event, Flush, disk, failed_flush

AS_OF = f'{{ village(code: "{FIRST_VILLAGE}") {{ accountabilityChain {{ asOf }} }} }}'


@pytest.fixture
def empty_store() -> Store:
    return open_store("sqlite:///:memory:", "writer")


@pytest.fixture
def empty(empty_store: Store) -> Iterator[Asker]:
    """Asks a store that holds no data set yet."""
    with TestClient(build_app(ResponsibilityGraph(empty_store), max_body_bytes=MAX_BODY_BYTES)) as client:
        yield Asker(client)


def logged(small: Asker, path: str, **headers: str) -> Sequence[structlog.types.EventDict]:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        small.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return lines


def test_ready_says_the_version(small: Asker) -> None:
    response = small.client.get("/ready")
    version = small.data("{ dataset { version } }")["dataset"]["version"]
    assert (response.status_code, response.json()) == (200, {"status": "ready", "version": version})


def test_not_ready_without_a_data_set(empty: Asker) -> None:
    response = empty.client.get("/ready")
    assert (response.status_code, response.json()["code"]) == (503, "STORE_UNAVAILABLE")


def test_not_ready_says_when_to_try_again(empty: Asker) -> None:
    assert empty.client.get("/ready").headers["Retry-After"] == "1"


def test_healthy_without_a_data_set(empty: Asker) -> None:
    assert empty.client.get("/health").json() == {"status": "alive"}


@pytest.mark.parametrize(
    "query",
    [
        "{ dataset { version } }",
        AS_OF,
        '{ village(code: "530521101201", asOf: "2017-06-30") { id } }',
        "{ regime { code } }",
    ],
)
def test_a_question_without_a_data_set_says_how_to_load_one(empty: Asker, query: str) -> None:
    error = empty.error(query)
    assert error["extensions"] == {"code": "STORE_UNAVAILABLE", "retryable": True}
    assert "python -m loaders load" in error["message"]


def test_ready_as_soon_as_a_data_set_is_loaded(empty: Asker, empty_store: Store) -> None:
    empty.client.get("/ready")
    asyncio.run(build_small_world(empty_store))
    assert empty.client.get("/ready").status_code == 200


def test_not_ready_once_writing_has_stopped_but_alive_and_answering(tmp_path: Path) -> None:
    is_broken = False

    def listen(event: Event) -> None:
        if is_broken and isinstance(event, Flush):
            raise failed_flush()

    with disk(listen) as name:
        graph = asyncio.run(build_small_world(open_file(tmp_path / "zeren.db", Mode.WRITER, name)))
        with TestClient(build_app(graph, max_body_bytes=MAX_BODY_BYTES)) as client:
            is_broken = True
            with pytest.raises(CommitUnknownError):
                asyncio.run(graph.apply([Batch("more", [person("a")])], author="tests"))
            ready, asked = client.get("/ready"), Asker(client)
            assert (ready.status_code, ready.json()["code"]) == (503, "STORE_FENCED")
            assert client.get("/health").status_code == 200
            assert asked.data(AS_OF)["village"]["accountabilityChain"]["asOf"] == DAY


def test_the_schema_is_published_as_exported(small: Asker) -> None:
    response = small.client.get("/schema.graphql")
    assert (response.status_code, response.content) == (200, PATH.read_bytes())


@pytest.mark.parametrize("path", ["/nothing", "/graphql/", "/static/graphiql/nothing", "/..%2f..%2fserver.py"])
def test_an_unknown_path_is_not_found(small: Asker, path: str) -> None:
    assert small.client.get(path, follow_redirects=False).status_code == 404


def test_a_request_keeps_its_id(small: Asker) -> None:
    assert small.client.get("/health", headers={"X-Request-Id": "a-1.b_2"}).headers["X-Request-Id"] == "a-1.b_2"


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", 'a"b', "é", "a;b"])
def test_an_odd_request_id_is_replaced(small: Asker, given: str) -> None:
    answered = small.client.get("/health", headers=[(b"X-Request-Id", given.encode("latin-1"))])
    request_id = answered.headers["X-Request-Id"]
    assert (len(request_id), request_id.isalnum()) == (32, True)


def test_requests_without_an_id_get_different_ones(small: Asker) -> None:
    assert small.client.get("/health").headers["X-Request-Id"] != small.client.get("/health").headers["X-Request-Id"]


def test_a_request_is_logged_once(small: Asker) -> None:
    (line,) = logged(small, "/health", X_Request_Id="mine")
    del line["ms"]
    assert line == {
        "event": "answered",
        "method": "GET",
        "path": "/health",
        "status": 200,
        "request_id": "mine",
        "log_level": "info",
    }


def test_what_was_asked_is_not_logged(small: Asker) -> None:
    (line,) = logged(small, "/graphql?query={__typename}")
    assert "__typename" not in repr(line)


@pytest.mark.parametrize(("default", "day"), [(DefaultDate.REFERENCE, DAY), (DefaultDate.TODAY, "2020-02-29")])
def test_a_question_without_a_day_is_asked_as_of_the_default_one(default: DefaultDate, day: str) -> None:
    store = open_store("sqlite:///:memory:", "writer")
    asyncio.run(build_small_world(store))
    graph = ResponsibilityGraph(store, default_date=default, today=lambda: datetime.date(2020, 2, 29))
    with TestClient(build_app(graph, max_body_bytes=MAX_BODY_BYTES)) as client:
        assert Asker(client).data(AS_OF)["village"]["accountabilityChain"] == {"asOf": day}


def test_stopping_closes_the_store() -> None:
    store = open_store("sqlite:///:memory:", "writer")
    graph = asyncio.run(build_small_world(store))
    with TestClient(build_app(graph, max_body_bytes=MAX_BODY_BYTES)) as client:
        Asker(client).data(AS_OF)
    with pytest.raises(Exception, match="closed"):
        asyncio.run(store.header())
