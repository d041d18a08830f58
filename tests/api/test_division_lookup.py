"""Old codes of divisions that ended: what answers, and how often the store is asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.app import build_app
from graph_model.change_events import change_id, parts_of
from graph_model.dates import Certainty, Validity
from graph_model.exchange import Batch
from graph_model.records import (
    AnyRecord,
    ChangeEvent,
    ChangeKind,
    Code,
    Division,
    Family,
    Name,
    Provenance,
    Relation,
)
from graph_model.stores.opening import open_store
from tests.api.asking import Asker
from tests.api.conftest import MAX_BODY_BYTES
from tests.api.small_world import build_small_world
from tests.api.watched_store import WatchedStore

SOURCE = Provenance.SOURCE
OLD, LATER = Validity(until="2018-01-01"), Validity(since="2018-01-01")
TOWNS = 5
ASKED = "name code askedAs { meaning message(lang: EN) successors { name } possibleSuccessors { name } }"


def place(code: str, name: str, validity: Validity, level: str = "township", above: str = "530521") -> list[AnyRecord]:
    division = f"division:{code}"
    return [
        Division(id=division, provenance=SOURCE, level=level),
        Name(id=f"name:{division}~1", provenance=SOURCE, subject=division, text=name, pinyin="x", validity=validity),
        Code(id=f"code:{division}~1", provenance=SOURCE, subject=division, text=code, scheme="", validity=validity),
        Relation(
            id=f"containment:part-of:{division}~division:{above}",
            provenance=SOURCE,
            family=Family.CONTAINMENT,
            kind="part-of",
            source=division,
            target=f"division:{above}",
            validity=validity,
        ),
    ]


def happened(
    kind: ChangeKind, before: list[str], after: list[str], confidence: Certainty = Certainty.CERTAIN
) -> list[AnyRecord]:
    event = ChangeEvent(
        id=change_id(kind, f"division:{before[0]}", "2018-01-01"),
        provenance=SOURCE,
        kind=kind,
        on="2018-01-01",
        before=tuple(f"division:{one}" for one in before),
        after=tuple(f"division:{one}" for one in after),
        confidence=confidence,
    )
    return [event, *parts_of(event)]


def records() -> Iterator[AnyRecord]:
    for number in range(TOWNS):
        yield from place(f"53052120{number}", f"旧{number}镇", OLD)
        yield from place(f"53052100{number}", f"新{number}街道", LATER)
        yield from happened(ChangeKind.CONVERTED, [f"53052120{number}"], [f"53052100{number}"])
    yield from place("530521301", "分镇", OLD)
    yield from place("530521302", "大镇", LATER)
    yield from place("530521303", "小镇", LATER)
    yield from place("530521302201", "大村", LATER, "village", "530521302")
    yield from place("530521303201", "小村", LATER, "village", "530521303")
    yield from happened(ChangeKind.SPLIT, ["530521301"], ["530521303", "530521302"])
    yield from place("530521401", "疑镇", OLD)
    yield from place("530521402", "或镇", LATER)
    yield from happened(ChangeKind.CONVERTED, ["530521401"], ["530521402"], Certainty.POSSIBLE)
    yield from place("530599", "升县", LATER, "county", "5305")
    yield from place("530521501", "升镇", OLD)
    yield from happened(ChangeKind.CONVERTED, ["530521501"], ["530599"])


@pytest.fixture(scope="module")
def watched_store() -> WatchedStore:
    return WatchedStore(open_store("sqlite:///:memory:", "writer"))


@pytest.fixture(scope="module")
def changed(watched_store: WatchedStore) -> Iterator[Asker]:
    async def build() -> TestClient:
        graph = await build_small_world(watched_store.as_store())
        await graph.apply([Batch("changes", list(records()))], author="tests")
        return TestClient(build_app(graph, max_body_bytes=MAX_BODY_BYTES))

    with asyncio.run(build()) as client:
        yield Asker(client)


def ask(asker: Asker, code: str, on: str, field: str = "division") -> dict[str, object]:
    found: dict[str, object] = asker.data(f'{{ {field}(code: "{code}", asOf: "{on}") {{ {ASKED} }} }}')[field]
    return found


def test_before_the_change_the_old_one_answers(changed: Asker) -> None:
    assert ask(changed, "530521200", "2017-12-31")["name"] == "旧0镇"


def test_of_several_the_largest_part_answers_and_all_are_named(changed: Asker) -> None:
    found = ask(changed, "530521301", "2018-01-01", "township")
    assert found["name"] == "小镇"
    assert found["askedAs"] == {
        "meaning": "SUCCEEDED",
        "message": "530521301 was 分镇, which had ended by the day; in its place: 小镇 530521303 and 大镇 530521302",
        "successors": [{"name": "小镇"}, {"name": "大镇"}],
        "possibleSuccessors": [],
    }


def test_a_list_within_one_that_was_divided_is_that_of_all_parts(changed: Asker) -> None:
    query = """{ divisions(within: "530521301", level: "village", asOf: "2018-01-01") {
      totalCount edges { node { name certainty } }
    } }"""
    assert changed.data(query)["divisions"] == {
        "totalCount": 2,
        "edges": [{"node": {"name": name, "certainty": "CERTAIN"}} for name in ("大村", "小村")],
    }


def test_what_is_only_possible_does_not_answer(changed: Asker) -> None:
    found = ask(changed, "530521401", "2018-01-01")
    assert found["name"] == "疑镇"
    asked = found["askedAs"]
    assert isinstance(asked, dict)
    assert (asked["meaning"], asked["successors"], asked["possibleSuccessors"]) == ("ENDED", [], [{"name": "或镇"}])


def test_a_successor_of_another_level_answers_where_any_level_is_asked_for(changed: Asker) -> None:
    assert ask(changed, "530521501", "2018-01-01")["name"] == "升县"
    found = ask(changed, "530521501", "2018-01-01", "township")
    assert found["name"] == "升镇"
    assert found["askedAs"] == {
        "meaning": "ENDED",
        "message": "530521501 was 升镇, which had ended by the day; in its place, at another level: 升县 530599",
        "successors": [{"name": "升县"}],
        "possibleSuccessors": [],
    }


@pytest.mark.parametrize("number", [1, TOWNS])
def test_many_old_codes_ask_the_store_no_more_often_than_one(
    changed: Asker, watched_store: WatchedStore, number: int
) -> None:
    fields = " ".join(
        f't{n}: township(code: "53052120{n}", asOf: "2018-01-01") {{ name changeEvents {{ kind }} '
        "askedAs { message successors { name } } }"
        for n in range(number)
    )
    changed.data(f"{{ {fields} }}")
    watched_store.calls.clear()
    changed.data(f"{{ {fields} }}")
    assert watched_store.calls["neighbourhood"] == 2
    assert watched_store.calls["lookup"] <= 6
    assert set(watched_store.calls) == {"neighbourhood", "lookup"}


def test_a_present_code_asks_no_more_than_before(changed: Asker, watched_store: WatchedStore) -> None:
    query = '{ township(code: "530521000", asOf: "2018-01-01") { name askedAs { code meaning } } }'
    changed.data(query)
    watched_store.calls.clear()
    changed.data(query)
    assert watched_store.calls == {"neighbourhood": 1}
