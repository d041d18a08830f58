"""Imports in every store: written with their record, taken back with their history left, and what stands in the way."""

from __future__ import annotations

import asyncio

import pytest
from msgspec import structs

from graph_model.editing.changes import CreateAssignment, EndAssignment, RetractRecord
from graph_model.errors import ForbiddenError, StaleWriteError
from graph_model.graph import ResponsibilityGraph
from graph_model.importing import ORIGIN, ImportWrite, Obstacle, UndoRefusedError, find_outside_of, read_origin
from graph_model.instants import microseconds_of, parse_instant
from graph_model.records import AnyRecord, Import, Tallied
from graph_model.stores.base import Store
from tests.conformance.graphs import SOURCE, holding, organization, part_of, person, post, since
from tests.conformance.small_campaign import (
    COUNTY,
    EAST,
    ON_ORDER,
    OTHER,
    UNIT,
    WEST,
    answers,
    asked,
    begin,
)
from tests.loaders.rosters.both_languages import check_both_languages

NEW = organization("roster:new-unit", "新单位")
TAKES_EAST = structs.replace(answers(NEW.id, "takes-village", EAST), id="assignment:roster:east")
TAKES_WEST = structs.replace(answers(UNIT, "takes-village", WEST), id="assignment:roster:west")
TAKES_EAST_LATER = structs.replace(TAKES_EAST, validity=since("2017-06", ".."))


@pytest.fixture
async def graph(store: Store) -> ResponsibilityGraph:
    await begin(store)
    return ResponsibilityGraph(store)


async def planned(store: Store, key: str, *records: AnyRecord, name: str = "roster") -> ImportWrite:
    record = Import(id=f"import:{key}", provenance=SOURCE, name=name, author="li", at="", file="r.csv")
    return ImportWrite(records, record, await read_origin(store, ORIGIN.format(name)))


async def imported(
    graph: ResponsibilityGraph, store: Store, key: str, *records: AnyRecord, name: str = "roster"
) -> Import:
    upon = (await store.header()).generation
    record, _ = await graph.write_import(await planned(store, key, *records, name=name), upon=upon)
    return record


async def current(store: Store, name: str = "roster") -> set[str]:
    return set(await read_origin(store, ORIGIN.format(name)))


async def refusal(graph: ResponsibilityGraph, import_id: str) -> Obstacle:
    with pytest.raises(UndoRefusedError) as refused:
        await graph.undo_import(import_id, author="li", area=None)
    check_both_languages(refused.value.text)
    return refused.value.obstacle


async def test_the_record_has_the_moment_of_its_write(graph: ResponsibilityGraph, store: Store) -> None:
    record = await imported(graph, store, "a", NEW, TAKES_EAST)
    (entry,) = (await store.journal(first=1)).entries
    assert (entry.recorded_at, entry.author) == (microseconds_of(parse_instant(record.at)), "li")
    assert entry.origins == ("import/roster", "imports/a")
    assert await graph.find_import("import:a") == record


async def test_imports_are_listed_the_latest_first(graph: ResponsibilityGraph, store: Store) -> None:
    for key in ("b", "a", "c"):
        await imported(graph, store, key, organization(f"roster:{key}"))
    await imported(graph, store, "other", organization("other:x"), name="other")
    page = await store.list_records("import", first=2)
    assert ([record.id for record in page.records], page.total, page.has_next) == (
        ["import:other", "import:c"],
        4,
        True,
    )
    of_name = await store.list_records("import", first=9, kind="roster")
    assert [record.id for record in of_name.records] == ["import:c", "import:a", "import:b"]


async def test_of_two_imports_planned_by_one_state_one_is_written(graph: ResponsibilityGraph, store: Store) -> None:
    upon = (await store.header()).generation
    both = [await planned(store, key, organization(f"{key}:x"), name=key) for key in ("one", "two")]
    outcomes = await asyncio.gather(*(graph.write_import(each, upon=upon) for each in both), return_exceptions=True)
    assert [isinstance(each, StaleWriteError) for each in outcomes].count(True) == 1
    assert (await store.list_records("import", first=9)).total == 1


async def test_what_is_taken_back_is_closed_and_was_known(graph: ResponsibilityGraph, store: Store) -> None:
    record = await imported(graph, store, "a", NEW, TAKES_EAST)
    undo = await graph.undo_import(record.id, author="wang", area=None)
    assert await current(store) == set()
    then = microseconds_of(parse_instant(record.at))
    assert set(await read_origin(store, "import/roster", then)) == {NEW.id, TAKES_EAST.id}
    assert (undo.undoes, undo.author, undo.records) == ((record.id,), "wang", Tallied(ended=2))


async def test_taking_back_a_correction_brings_back_what_was_before(graph: ResponsibilityGraph, store: Store) -> None:
    await imported(graph, store, "a", NEW, TAKES_EAST)
    second = await imported(graph, store, "b", NEW, TAKES_EAST_LATER, TAKES_WEST)
    undo = await graph.undo_import(second.id, author="li", area=None)
    assert await read_origin(store, "import/roster") == {NEW.id: NEW, TAKES_EAST.id: TAKES_EAST}
    assert undo.records == Tallied(changed=1, unchanged=1, ended=1)
    await graph.undo_import("import:a", author="li", area=None)
    assert await current(store) == set()


async def test_what_is_unknown_or_was_taken_back_is_refused(graph: ResponsibilityGraph, store: Store) -> None:
    record = await imported(graph, store, "a", NEW)
    undo = await graph.undo_import(record.id, author="li", area=None)
    assert await refusal(graph, "import:none") is Obstacle.NOT_FOUND
    assert await refusal(graph, NEW.id) is Obstacle.NOT_FOUND
    assert await refusal(graph, record.id) is Obstacle.UNDONE_ALREADY
    assert await refusal(graph, undo.id) is Obstacle.UNDO_OF_UNDO


async def test_what_a_later_import_lies_on_is_refused(graph: ResponsibilityGraph, store: Store) -> None:
    first = await imported(graph, store, "a", NEW)
    await imported(graph, store, "b", NEW, TAKES_EAST)
    assert await refusal(graph, first.id) is Obstacle.LATER_IMPORT
    assert await current(store) == {NEW.id, TAKES_EAST.id}


async def test_what_people_edited_since_is_refused(graph: ResponsibilityGraph, store: Store) -> None:
    record = await imported(graph, store, "a", NEW, TAKES_EAST)
    await graph.submit(asked(EndAssignment(basis=ON_ORDER, assignment=TAKES_EAST.id, until="2017-07-01")))
    assert await refusal(graph, record.id) is Obstacle.EDITED


async def test_what_people_retracted_since_is_refused(graph: ResponsibilityGraph, store: Store) -> None:
    record = await imported(graph, store, "a", NEW, TAKES_EAST)
    done = await graph.submit(asked(RetractRecord(basis=ON_ORDER, record=TAKES_EAST.id)))
    assert done.entry is not None
    assert await refusal(graph, record.id) is Obstacle.EDITED


async def test_what_other_records_speak_of_is_refused(graph: ResponsibilityGraph, store: Store) -> None:
    record = await imported(graph, store, "a", NEW, TAKES_EAST)
    more = CreateAssignment(basis=ON_ORDER, kind="takes-village", assignee=NEW.id, target=WEST, since="2017-07-01")
    done = await graph.submit(asked(more))
    assert done.entry is not None
    assert await refusal(graph, record.id) is Obstacle.IN_USE


async def test_what_another_import_speaks_of_is_refused(graph: ResponsibilityGraph, store: Store) -> None:
    record = await imported(graph, store, "a", NEW)
    await imported(graph, store, "b", TAKES_EAST, name="other")
    assert await refusal(graph, record.id) is Obstacle.IN_USE


async def test_what_came_by_a_dump_has_no_history_to_go_back_to(graph: ResponsibilityGraph, store: Store) -> None:
    at = "2017-01-01T00:00:00.000000Z"
    record = Import(id="import:dumped", provenance=SOURCE, name="roster", author="li", at=at, file="r.csv")
    await store.apply([*ImportWrite([NEW], record, {}).batches(0, 1)[0]], recorded_at=5_000_000, author="loaders")
    assert await refusal(graph, record.id) is Obstacle.NO_HISTORY


async def outside(store: Store, write: ImportWrite, area: str | None) -> tuple[str, ...]:
    return await find_outside_of(store, await store.header(), write, area)


async def test_what_an_import_touches_lies_within_an_area_or_not(graph: ResponsibilityGraph, store: Store) -> None:
    write = await planned(store, "a", NEW, TAKES_EAST)
    assert await outside(store, write, COUNTY) == ()
    assert await outside(store, write, None) == ()
    assert await outside(store, write, OTHER) == (EAST,)
    assert await outside(store, write, WEST) == (EAST,)


async def test_what_ends_is_touched_too(graph: ResponsibilityGraph, store: Store) -> None:
    await imported(graph, store, "a", NEW, TAKES_EAST, TAKES_WEST)
    assert await outside(store, await planned(store, "b", NEW, TAKES_EAST), EAST) == (WEST,)
    assert await outside(store, await planned(store, "b", NEW, TAKES_EAST, TAKES_WEST), EAST) == ()


async def test_a_unit_that_was_imported_lies_where_it_answers(graph: ResponsibilityGraph, store: Store) -> None:
    await imported(graph, store, "a", NEW, TAKES_EAST)
    renamed = structs.replace(NEW, name="别名")
    write = await planned(store, "b", renamed, TAKES_EAST)
    assert await outside(store, write, COUNTY) == ()
    assert await outside(store, write, WEST) == (EAST,)
    assert await outside(store, await planned(store, "c"), COUNTY) == ()
    more = answers(NEW.id, "takes-village", OTHER)
    await imported(graph, store, "d", more, name="other")
    assert await outside(store, write, COUNTY) == (OTHER,)


async def test_an_editor_of_another_area_cannot_take_back(graph: ResponsibilityGraph, store: Store) -> None:
    record = await imported(graph, store, "a", NEW, TAKES_EAST)
    with pytest.raises(ForbiddenError, match=EAST):
        await graph.undo_import(record.id, author="li", area=OTHER)
    assert await current(store) == {NEW.id, TAKES_EAST.id}
    await graph.undo_import(record.id, author="li", area=COUNTY)
    assert await current(store) == set()


async def test_a_post_of_a_unit_that_was_imported_is_its_own_import_s(graph: ResponsibilityGraph, store: Store) -> None:
    seat, inside = post("roster:seat"), part_of("post:roster:seat", NEW.id, since("2016-01-01", ".."))
    first = (NEW, TAKES_EAST, seat, inside)
    await imported(graph, store, "a", *first)
    held = (person("roster:p"), holding("person:roster:p", seat.id, since("2017-01-01", "..")))
    write = await planned(store, "b", *first, *held)
    assert await outside(store, write, COUNTY) == ()
    answering = answers(seat.id, "leads", OTHER)
    await imported(graph, store, "c", answering, name="other")
    assert await outside(store, write, COUNTY) == (OTHER,)
