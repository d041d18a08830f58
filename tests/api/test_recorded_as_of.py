"""The second clock: every question is answered as it would have been answered at a recorded moment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLObjectType
from msgspec import structs
from starlette.testclient import TestClient

from api.app import build_app
from api.schema import build_schema
from graph_model.exchange import Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.records import AnyRecord, Dataset, Fact, Text
from graph_model.stores.embedded import open_store
from tests.api.asking import Asker
from tests.api.conftest import MAX_BODY_BYTES
from tests.api.small_world import FIRST_VILLAGE, list_records
from tests.api.watched_store import WatchedStore

FIRST_OF_2020 = 1_577_836_800_000_000
"""2020-01-01T00:00:00Z: nothing but a bit of the regime is there."""
EMPTY, BEFORE, AFTER = "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", "2020-01-03T00:00:00Z"
_A_DAY = 86_400_000_000

LINK = "assignment:linked-to-county:post:secretary~division:530521"


def corrected(record: AnyRecord) -> AnyRecord | None:
    """The small world as it was corrected on the second day; None for what was taken back."""
    if record.id in {LINK, "organization:member-00", "document:decision", "finding:1", "asset:reach"}:
        return None
    if isinstance(record, Dataset):
        return structs.replace(record, name=Text("改了", "Corrected"), reference_date="2017-07-31")
    if isinstance(record, Fact):
        return structs.replace(record, value=99.0)
    return record


@pytest.fixture(scope="module")
def recorded() -> WatchedStore:
    return WatchedStore(open_store("sqlite:///:memory:", "writer"))


@pytest.fixture(scope="module")
def asker(recorded: WatchedStore) -> Iterator[Asker]:
    """Asks a store with three writes, a day apart: something without a data set, the small world, and it corrected."""
    first = list_records()
    later = [record for each in first if (record := corrected(each)) is not None]
    store = recorded.as_store()

    async def fill() -> None:
        for number, records in enumerate(([first[2]], first, later)):
            await store.apply(
                [Batch("world", records)], recorded_at=FIRST_OF_2020 + number * _A_DAY, author=f"clerk {number}"
            )

    asyncio.run(fill())
    with TestClient(build_app(ResponsibilityGraph(store), max_body_bytes=MAX_BODY_BYTES)) as client:
        yield Asker(client)


def seen(asker: Asker, query: str) -> list[Any]:
    """What a query with the place ``AT`` answers as of the second moment, the third, and now."""
    answers = [
        asker.data(query.replace("AT", moment))
        for moment in (f'recordedAsOf: "{BEFORE}"', f'recordedAsOf: "{AFTER}"', "recordedAsOf: null")
    ]
    return [next(iter(answer.values())) for answer in answers]


def test_every_question_about_a_day_and_every_one_about_what_is_known_takes_the_moment() -> None:
    schema = build_schema()._schema
    assert isinstance(schema.query_type, GraphQLObjectType)
    without = {name for name, field in schema.query_type.fields.items() if "recordedAsOf" not in field.args}
    assert without == {"viewer", "history", "writes", "compareChains", "changes", "simulate", "importPreview"}


def test_a_chain_says_both_its_clocks(asker: Asker) -> None:
    chain = 'accountabilityChain(lanes: ["linkage"]) { asOf recordedAsOf links { assignment { id } } }'
    before, after, now = (
        answer["accountabilityChain"] for answer in seen(asker, f'{{ county(code: "530521", AT) {{ {chain} }} }}')
    )
    assert before == {
        "asOf": "2017-06-30",
        "recordedAsOf": "2020-01-02T00:00:00.000000Z",
        "links": [{"assignment": {"id": LINK}}],
    }
    assert after == {"asOf": "2017-07-31", "recordedAsOf": "2020-01-03T00:00:00.000000Z", "links": []}
    assert now == {"asOf": "2017-07-31", "recordedAsOf": None, "links": []}


def test_a_moment_counts_up_to_the_microsecond_before_the_next_write(asker: Asker) -> None:
    query = '{ node(id: "asset:reach", recordedAsOf: "MOMENT") { id } }'
    found = [
        asker.data(query.replace("MOMENT", moment))["node"]
        for moment in ("2020-01-02T23:59:59.999999Z", "2020-01-03T08:00:00+08:00", "2999-01-01T00:00:00Z")
    ]
    assert found == [{"id": "asset:reach"}, None, None]


ONE_HOUSEHOLD = f'household(code: "{FIRST_VILLAGE}-0001", AT) {{ code }}'


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ('node(id: "organization:member-00", AT) { __typename }', {"__typename": "Organization"}, None),
        ('nodes(ids: ["asset:reach"], AT) { id }', [{"id": "asset:reach"}], [None]),
        ('search(text: "河段", AT) { totalCount }', {"totalCount": 1}, {"totalCount": 0}),
        ('assignments(filter: { target: "division:530521" }, AT) { totalCount }', {"totalCount": 1}, {"totalCount": 0}),
        ("findings(AT) { totalCount }", {"totalCount": 5}, {"totalCount": 4}),
        ("documents(AT) { totalCount }", {"totalCount": 13}, {"totalCount": 12}),
        ("measures(AT) { totalCount }", {"totalCount": 1}, {"totalCount": 1}),
        ("posts(AT) { totalCount }", {"totalCount": 1}, {"totalCount": 1}),
        ("organizations(AT) { totalCount }", {"totalCount": 15}, {"totalCount": 14}),
        ('facts(clause: "1.2", AT) { value counted }', [{"value": 1, "counted": 12}], [{"value": 99, "counted": 12}]),
        ("dataset(AT) { name(lang: EN) }", {"name": "Small world"}, {"name": "Corrected"}),
        ("dataset(AT) { referenceDate }", {"referenceDate": "2017-06-30"}, {"referenceDate": "2017-07-31"}),
        ("regime(AT) { code }", {"code": "poverty-alleviation-2017"}, {"code": "poverty-alleviation-2017"}),
        ('divisions(within: "5305", level: "county", AT) { totalCount }', {"totalCount": 1}, {"totalCount": 1}),
        (ONE_HOUSEHOLD, {"code": f"{FIRST_VILLAGE}-0001"}, {"code": f"{FIRST_VILLAGE}-0001"}),
    ],
)
def test_a_question_as_of_a_moment(asker: Asker, field: str, before: object, after: object) -> None:
    assert seen(asker, f"{{ {field} }}") == [before, after, after]


def test_what_hangs_below_a_node_is_of_its_moment(asker: Asker) -> None:
    below = """{ node(id: "organization:office", AT) { ... on Organization {
      parts { totalCount } basis { document { title } } reports { edges { node { basis { document { id } } } } }
    } } }"""
    before, after, _ = seen(asker, below)
    assert (before["parts"]["totalCount"], after["parts"]["totalCount"]) == (12, 12)
    assert (before["basis"]["document"], after["basis"]["document"]) == ({"title": "决定"}, None)
    assert {str(edge["node"]["basis"]["document"]) for edge in after["reports"]["edges"]} == {"None"}


def test_counts_of_the_data_set_are_of_the_moment(asker: Asker) -> None:
    before, after, now = seen(asker, "{ dataset(AT) { version counts { nodes relations } } }")
    assert before["counts"][0]["nodes"] == after["counts"][0]["nodes"] + 3
    assert before["counts"][0]["relations"] == after["counts"][0]["relations"] + 1
    assert before["version"] != after["version"] == now["version"]


def test_several_moments_in_one_operation(asker: Asker) -> None:
    fields = " ".join(
        f'{name}: findings(recordedAsOf: "{moment}") {{ totalCount }}' for name, moment in (("a", BEFORE), ("b", AFTER))
    )
    assert asker.data(f"{{ {fields} }}") == {"a": {"totalCount": 5}, "b": {"totalCount": 4}}


@pytest.mark.parametrize(
    "field",
    [
        f'village(code: "{FIRST_VILLAGE}", asOf: "2017-06-30", recordedAsOf: "AT") {{ id }}',
        'search(text: "河段", recordedAsOf: "AT") { totalCount }',
        'facts(recordedAsOf: "AT") { id }',
        'findings(recordedAsOf: "AT") { totalCount }',
        'dataset(recordedAsOf: "AT") { version }',
        'regime(recordedAsOf: "AT") { code }',
    ],
)
@pytest.mark.parametrize("moment", ["2019-12-31T23:59:59.999999Z", EMPTY])
def test_before_there_was_a_data_set_the_answer_says_so(asker: Asker, field: str, moment: str) -> None:
    error = asker.error(f"{{ {field.replace('AT', moment)} }}")
    assert error["extensions"] == {"code": "NOT_RECORDED_YET", "retryable": False}
    assert "the first write was at 2020-01-01T00:00:00.000000Z" in error["message"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ('"2020-01-02T00:00:00"', "names no zone"),
        ('"2020-01-02"', "is no moment"),
        ("20200102", "is no moment"),
        ("true", "is no moment"),
    ],
)
def test_a_moment_that_cannot_be_understood(asker: Asker, value: str, reason: str) -> None:
    error = asker.error(f"{{ regime(recordedAsOf: {value}) {{ code }} }}")
    assert reason in error["message"]


def test_a_moment_without_a_zone_in_a_variable(asker: Asker) -> None:
    query = "query($at: DateTime) { regime(recordedAsOf: $at) { code } }"
    error = asker.error(query, {"at": "2020-01-02T00:00:00"})
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "retryable": False}
    assert "add Z for UTC" in error["message"]


def test_an_earlier_moment_is_read_as_often_as_the_present(asker: Asker, recorded: WatchedStore) -> None:
    query = (
        f'{{ village(code: "{FIRST_VILLAGE}", asOf: "2017-06-30", AT) {{ accountabilityChain {{ completeness }} }} }}'
    )
    asker.data(query.replace("AT", f'recordedAsOf: "{BEFORE}"'))
    recorded.calls.clear()
    asker.data(query.replace("AT", f'recordedAsOf: "{BEFORE}"'))
    assert dict(recorded.calls) == {"header": 1, "neighbourhood": 1}
