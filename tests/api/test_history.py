"""What was written, when, by whom and why: the journal, and the history of a thing, field by field."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import structs
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.exchange import Batch, Edit, EditRequest
from graph_model.graph import ResponsibilityGraph
from graph_model.records import Basis, Relation, Text
from graph_model.stores.base import StoreReader
from graph_model.stores.embedded import open_store
from tests.api.asking import Asker
from tests.api.conftest import MAX_BODY_BYTES
from tests.api.small_world import list_records
from tests.api.watched_store import WatchedStore

START = 1_577_836_800_000_000
"""2020-01-01T00:00:00Z."""
HOLDING = "holding:holds:person:p1~post:secretary"
LOADED, ENDED, RETRACTED = (f"2020-01-01T00:00:0{second}.000000Z" for second in range(3))


@pytest.fixture(scope="module")
def recorded() -> WatchedStore:
    return WatchedStore(open_store("sqlite:///:memory:", "writer"))


@pytest.fixture(scope="module")
def asker(recorded: WatchedStore) -> Iterator[Asker]:
    """Asks the small world, in which 李四 ended a holding and then took it off the record."""
    store = recorded.as_store()

    async def end(reader: StoreReader) -> Edit:
        holding = (await reader.records([HOLDING]))[HOLDING]
        assert isinstance(holding, Relation)
        ended = structs.replace(holding.validity, until="2017-09-01")
        basis = Basis(document="document:decision", clause="7")
        return Edit((structs.replace(holding, validity=ended, basis=basis),))

    async def retract(_: StoreReader) -> Edit:
        return Edit(removes=(HOLDING,))

    async def fill() -> None:
        await store.apply([Batch("world", list_records())], recorded_at=START, author="loaders")
        why = Basis(document="document:decision", clause="7", note=Text("调任", "moved on"))
        await store.edit(end, EditRequest("李四", "vacate-post", why, key="k1"), recorded_at=START + 1_000_000)
        await store.edit(retract, EditRequest("王五", "retract"), recorded_at=START + 2_000_000)

    asyncio.run(fill())
    with TestClient(build_app(ResponsibilityGraph(store), max_body_bytes=MAX_BODY_BYTES)) as client:
        yield Asker(client)


def history(asker: Asker, of: str, fields: str, **arguments: object) -> list[dict[str, Any]]:
    given = "".join(f", {name}: {json.dumps(value)}" for name, value in arguments.items())
    page = asker.data(f'{{ history(id: "{of}"{given}) {{ edges {{ node {{ {fields} }} }} }} }}')["history"]
    return [edge["node"] for edge in page["edges"]]


def test_history_says_who_did_what_when_and_why(asker: Asker) -> None:
    fields = "number recordedAt author action kind basis { clause document { title } note(lang: EN) }"
    nothing = {"clause": None, "document": None, "note": None}
    why = {"clause": "7", "document": {"title": "决定"}, "note": "moved on"}
    assert history(asker, HOLDING, fields) == [
        {"number": 1, "recordedAt": LOADED, "author": "loaders", "action": "load", "kind": "CREATED", "basis": nothing},
        {"number": 2, "recordedAt": ENDED, "author": "李四", "action": "vacate-post", "kind": "CHANGED", "basis": why},
        {
            "number": 3,
            "recordedAt": RETRACTED,
            "author": "王五",
            "action": "retract",
            "kind": "ENDED",
            "basis": nothing,
        },
    ]


def test_history_says_what_was_there_before_field_by_field(asker: Asker) -> None:
    change = history(
        asker, HOLDING, "recordId recordType recordKind fields { path before after zh: label en: label(lang: EN) }"
    )[1]
    assert change == {
        "recordId": HOLDING,
        "recordType": "relation",
        "recordKind": "holds",
        "fields": [
            {"path": "basis.clause", "before": None, "after": '"7"', "zh": "依据条款", "en": "clause it rests on"},
            {"path": "validity.until", "before": None, "after": '"2017-09-01"', "zh": "止", "en": "until"},
        ],
    }  # fmt: skip


def test_the_history_of_a_node_has_all_records_about_it(asker: Asker) -> None:
    rows = history(asker, "post:secretary", "number recordId kind about { id }", first=1000)
    assert {row["recordId"] for row in rows if row["number"] == 1} >= {
        "post:secretary",
        HOLDING,
        "containment:post-in:post:secretary~organization:group",
        "assignment:linked-to-county:post:secretary~division:530521",
    }
    assert [(row["number"], row["kind"]) for row in rows if row["number"] > 1] == [(2, "CHANGED"), (3, "ENDED")]
    assert [node["id"] for node in rows[-1]["about"]] == ["person:p1", "post:secretary"]


def test_the_history_of_a_division_has_its_claims(asker: Asker) -> None:
    rows = history(asker, "division:530521", "recordType recordId")
    assert {"division", "name", "code"} <= {row["recordType"] for row in rows}


def test_history_is_paged_without_gap_or_repetition(asker: Asker) -> None:
    of, cursor, seen = "post:secretary", None, []
    while True:
        variables = {"id": of, "after": cursor}
        page = asker.data(
            """query($id: ID!, $after: String) { history(id: $id, first: 3, after: $after) {
              totalCount pageInfo { hasNextPage endCursor } edges { node { number recordId } } } }""",
            variables,
        )["history"]
        seen += [edge["node"] for edge in page["edges"]]
        cursor = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == history(asker, of, "number recordId", first=1000)
    assert page["totalCount"] == len(seen)


def test_an_unknown_id_has_no_history(asker: Asker) -> None:
    assert asker.data('{ history(id: "post:nobody") { totalCount edges { cursor } } }')["history"] == {
        "totalCount": 0,
        "edges": [],
    }


@pytest.mark.parametrize("of", ["secretary", "", "post:", "post:x y", "post:书记"])
def test_a_malformed_id(asker: Asker, of: str) -> None:
    assert asker.code("query($id: ID!) { history(id: $id) { totalCount } }", {"id": of}) == "BAD_USER_INPUT"


@pytest.mark.parametrize("field", ['history(id: "post:secretary", ', "writes("])
@pytest.mark.parametrize("after", ["x", "WyJmaW5kaW5nIiwiYSJd", "WyJ3cml0ZXMiLC0xXQ", "WyJoaXN0b3J5IixbMV1d"])
def test_a_cursor_of_another_list(asker: Asker, field: str, after: str) -> None:
    assert asker.code(f'{{ {field}after: "{after}") {{ totalCount }} }}') == "BAD_USER_INPUT"


def test_the_journal_comes_newest_first(asker: Asker) -> None:
    fields = "number recordedAt author action origins created changed ended checkpoint version"
    page = asker.data(f"{{ dataset {{ version checkpoint }} writes {{ totalCount edges {{ node {{ {fields} }} }} }} }}")
    newest, second, oldest = (edge["node"] for edge in page["writes"]["edges"])
    assert page["writes"]["totalCount"] == 3
    assert newest == {
        "number": 3,
        "recordedAt": RETRACTED,
        "author": "王五",
        "action": "retract",
        "origins": ["edits"],
        "created": 0,
        "changed": 0,
        "ended": 1,
        **page["dataset"],
    }
    assert (second["changed"], second["created"], second["ended"]) == (1, 0, 0)
    assert (oldest["author"], oldest["origins"], oldest["created"]) == ("loaders", ["world"], len(list_records()))
    assert second["checkpoint"] == f"2@{ENDED}"


def test_the_journal_is_paged(asker: Asker) -> None:
    query = """query($after: String) { writes(first: 2, after: $after) {
      totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { node { number } } } }"""
    first = asker.data(query)["writes"]
    rest = asker.data(query, {"after": first["pageInfo"]["endCursor"]})["writes"]
    assert [[edge["node"]["number"] for edge in page["edges"]] for page in (first, rest)] == [[3, 2], [1]]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, rest)] == [True, False]
    assert [page["totalCount"] for page in (first, rest)] == [3, 3]


def test_a_recorded_moment_of_the_journal_is_one_to_ask_for(asker: Asker) -> None:
    query = '{ node(id: "post:secretary", recordedAsOf: "AT") { ... on Post { holdings { totalCount } } } }'
    held = [asker.data(query.replace("AT", at))["node"]["holdings"]["totalCount"] for at in (ENDED, RETRACTED)]
    assert held == [1, 0]


def test_the_checkpoint_of_an_earlier_moment(asker: Asker) -> None:
    assert (
        asker.data(f'{{ dataset(recordedAsOf: "{ENDED}") {{ checkpoint }} }}')["dataset"]["checkpoint"] == f"2@{ENDED}"
    )


def test_a_clients_key_is_nobody_elses_business(asker: Asker) -> None:
    fields = asker.data('{ __type(name: "Write") { fields { name } } }')["__type"]["fields"]
    assert "key" not in {field["name"] for field in fields}


def test_history_asks_the_store_once_for_changes_and_once_for_entries(asker: Asker, recorded: WatchedStore) -> None:
    history(asker, "post:secretary", "number author basis { document { title } } about { id }")
    recorded.calls.clear()
    history(asker, "post:secretary", "number author basis { document { title } } about { id }")
    assert dict(recorded.calls) == {"header": 1, "changes": 1, "entries": 1, "lookup": 1}
