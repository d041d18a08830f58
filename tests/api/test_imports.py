"""Imports by GraphQL: listed the latest first, found by their ids, with what took them back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.exchange import Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.importing import ImportWrite
from graph_model.records import Import, Provenance, Refusal, Tallied
from graph_model.stores.embedded import open_store
from tests.api.asking import Asker
from tests.api.conftest import MAX_BODY_BYTES
from tests.api.small_world import list_records
from tests.conformance.graphs import organization


def record(key: str, name: str) -> Import:
    return Import(
        id=f"import:{key}",
        provenance=Provenance.SYNTHETIC,
        name=name,
        author="李四",
        at="",
        file=f"{key}.csv",
        file_digest="ab" * 32,
        mapping="village-units",
        mapping_digest="cd" * 32,
        rows=Tallied(created=1, refused=1),
        records=Tallied(created=1),
        refusals=(Refusal(3, "… is no date", "起", "…不是日期"),),
    )


@pytest.fixture(scope="module")
def asker() -> Iterator[Asker]:
    """Asks a small world into which three rosters were imported; the second was taken back."""
    store = open_store("sqlite:///:memory:", "writer")
    graph = ResponsibilityGraph(store)

    async def fill() -> None:
        await store.apply([Batch("world", list_records())], recorded_at=1, author="loaders")
        for key, name in (("one", "list"), ("two", "list"), ("three", "other")):
            made = [organization(f"{name}:{each}") for each in ("one", key)]
            before = {each.id: each for each in made[:1]} if key == "two" else {}
            unique = {each.id: each for each in made}
            upon = (await store.header()).generation
            await graph.write_import(ImportWrite(tuple(unique.values()), record(key, name), before), upon=upon)
        await graph.undo_import("import:two", author="王五", area=None)

    asyncio.run(fill())
    with TestClient(build_app(graph, max_body_bytes=MAX_BODY_BYTES)) as client:
        yield Asker(client)


def test_imports_are_listed_the_latest_first(asker: Asker) -> None:
    query = """query ($after: String) { imports(first: 2, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } edges { node { name file isUndo author } } } }"""
    first = asker.data(query)["imports"]
    assert [each["node"] for each in first["edges"]] == [
        {"name": "list", "file": None, "isUndo": True, "author": "王五"},
        {"name": "other", "file": "three.csv", "isUndo": False, "author": "李四"},
    ]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (4, True)
    rest = asker.data(query, {"after": first["pageInfo"]["endCursor"]})["imports"]
    assert [each["node"]["file"] for each in rest["edges"]] == ["two.csv", "one.csv"]


def test_imports_of_one_name(asker: Asker) -> None:
    query = '{ imports(name: "other") { totalCount edges { node { file } } } }'
    assert asker.data(query)["imports"] == {"totalCount": 1, "edges": [{"node": {"file": "three.csv"}}]}


def test_one_import_has_all_that_its_record_says(asker: Asker) -> None:
    query = """{ import(id: "import:two") {
      id name file fileDigest mapping mappingDigest provenance recordedAt undoes
      rows { created changed unchanged ended refused } records { created }
      refusals { row column reason chinese: reason(lang: ZH) }
      undoneBy { author undoes file records { ended } undoneBy { id } } } }"""
    found = asker.data(query)["import"]
    assert found.pop("recordedAt").endswith("Z")
    assert found == {
        "id": "import:two",
        "name": "list",
        "file": "two.csv",
        "fileDigest": "ab" * 32,
        "mapping": "village-units",
        "mappingDigest": "cd" * 32,
        "provenance": "SYNTHETIC",
        "undoes": [],
        "rows": {"created": 1, "changed": 0, "unchanged": 0, "ended": 0, "refused": 1},
        "records": {"created": 1},
        "refusals": [{"row": 3, "column": "起", "reason": "… is no date", "chinese": "…不是日期"}],
        "undoneBy": {
            "author": "王五",
            "undoes": ["import:two"],
            "file": None,
            "records": {"ended": 1},
            "undoneBy": None,
        },
    }


def test_an_import_is_a_node(asker: Asker) -> None:
    query = '{ node(id: "import:one") { id ... on Import { file undoneBy { id } } } }'
    assert asker.data(query)["node"] == {"id": "import:one", "file": "one.csv", "undoneBy": None}
    many = asker.data('{ nodes(ids: ["organization:list:one", "import:one", "import:none"]) { id __typename } }')
    assert [each and each["__typename"] for each in many["nodes"]] == ["Organization", "Import", None]


def test_what_is_unknown_is_null_and_what_is_malformed_is_refused(asker: Asker) -> None:
    assert asker.data('{ import(id: "import:none") { id } }') == {"import": None}
    assert asker.data('{ import(id: "organization:list:one") { id } }') == {"import": None}
    assert asker.code('{ import(id: "nonsense") { id } }') == "BAD_USER_INPUT"
    assert asker.code('{ imports(after: "nonsense") { totalCount } }') == "BAD_USER_INPUT"
    assert asker.code("{ imports(first: 1001) { totalCount } }") == "BAD_USER_INPUT"


def test_an_import_was_not_known_before_it(asker: Asker) -> None:
    at = asker.data('{ import(id: "import:three") { recordedAt } }')["import"]["recordedAt"]
    query = "query ($at: DateTime) { imports(recordedAsOf: $at) { totalCount edges { node { undoneBy { id } } } } }"
    known = asker.data(query, {"at": at})["imports"]
    assert known == {"totalCount": 3, "edges": [{"node": {"undoneBy": None}}] * 3}
