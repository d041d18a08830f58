"""The service of imports: previews that write nothing, writes that are made once, what is refused, and what is left."""

from __future__ import annotations

import asyncio
import gc
import time

import openpyxl
import pytest

from graph_model.editing.changes import EndAssignment
from graph_model.errors import BadUserInputError, ForbiddenError
from graph_model.exchange import Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.importing import Obstacle, UndoRefusedError
from graph_model.records import Basis, Tallied, Text
from graph_model.stores.opening import open_store
from graph_model.submitting import Submission
from intake import service as service_module
from intake import uploads
from intake.errors import BusyError, CannotWriteError, Reason
from intake.plans import Plan, State, Step
from intake.service import Imports
from intake.uploads import Editor, Upload
from loaders.rosters.mapping import SHIPPED
from pages.texts import read_texts
from tests.conformance.graphs import person
from tests.conformance.graphs import write as fill
from tests.intake.conftest import BAD, HERE, LI, OTHER, TAKEN, begun, csv_of, files, sent, work_out_here
from tests.loaders.rosters.both_languages import check_both_languages
from tests.loaders.rosters.conftest import city_records
from tests.neo4j_server import IN_ONE_WORKER, PATIENCE, RunningServer

EAST = "division:990101101"


def plan_of(upload: Upload) -> Plan:
    assert upload.plan is not None, upload.failed
    return upload.plan


async def write(service: Imports, upload: Upload, *, by: Editor = LI, partial: bool = False) -> object:
    return await service.commit(upload.key, by, plan_of(upload).digest, accept_partial=partial)


async def reason(service: Imports, key: str, plan: str, by: Editor = LI) -> Reason:
    with pytest.raises(CannotWriteError) as refused:
        await service.commit(key, by, plan, accept_partial=False)
    check_both_languages(refused.value.text)
    return refused.value.reason


async def generation(graph: ResponsibilityGraph) -> int:
    return (await graph.refresh()).header.generation


async def settled(service: Imports, graph: ResponsibilityGraph) -> None:
    """Wait until the graph was checked after a write."""
    if service._checking is not None:
        await service._checking


async def test_a_preview_tells_what_it_would_do_and_writes_nothing(
    service: Imports, graph: ResponsibilityGraph
) -> None:
    before = await generation(graph)
    plan = plan_of(await sent(service, csv_of(TAKEN, OTHER)))
    assert (plan.rows, plan.read, plan.file, plan.mapping) == (Tallied(created=2), 2, "roster.csv", "village-units")
    assert plan.records.created == len(plan.changes) == plan.writes > 2
    assert (plan.refused, plan.outside, plan.lists) == ((), (), ())
    assert await generation(graph) == before


async def test_what_was_seen_is_written_with_its_record(apart: Imports, graph: ResponsibilityGraph) -> None:
    upload = await sent(apart, csv_of(TAKEN))
    record, is_repeated = await apart.commit(upload.key, LI, plan_of(upload).digest, accept_partial=False)
    assert (record.author, record.file, record.id, is_repeated) == ("李四", "roster.csv", f"import:{upload.key}", False)
    assert await graph.find_import(record.id) == record
    assert upload.state is State.WRITTEN


async def test_it_is_written_once_however_often_it_is_asked_for(service: Imports, graph: ResponsibilityGraph) -> None:
    upload = await sent(service, csv_of(TAKEN))
    digest = plan_of(upload).digest
    outcomes = await asyncio.gather(*(service.commit(upload.key, LI, digest, accept_partial=False) for _ in range(5)))
    assert len({record.id for record, _ in outcomes}) == 1
    assert sorted(is_repeated for _, is_repeated in outcomes) == [False, True, True, True, True]
    assert (await graph.list_records("import", await graph.moment(), first=9)).total == 1


async def test_what_was_written_is_told_again_when_the_upload_is_gone(
    service: Imports, graph: ResponsibilityGraph
) -> None:
    upload = await sent(service, csv_of(TAKEN))
    record, _ = await service.commit(upload.key, LI, plan_of(upload).digest, accept_partial=False)
    service.uploads.forget(upload)
    assert await service.commit(upload.key, LI, "whatever", accept_partial=False) == (record, True)
    assert await reason(service, upload.key, "whatever", Editor("王五")) is Reason.NOT_FOUND


async def test_another_author_sees_and_writes_nothing_of_it(service: Imports) -> None:
    upload = await sent(service, csv_of(TAKEN))
    assert service.uploads.find(upload.key, Editor("王五")) is None
    assert await reason(service, upload.key, plan_of(upload).digest, Editor("王五")) is Reason.NOT_FOUND
    assert service.uploads.find(upload.key, LI) is upload


@pytest.mark.parametrize("key", ["", "0" * 32, "../../etc/passwd", "import:x", "甲"])
async def test_a_key_that_nobody_was_given_is_not_found(service: Imports, key: str) -> None:
    assert await reason(service, key, "x") is Reason.NOT_FOUND


async def test_a_plan_that_nobody_was_shown_is_refused(service: Imports, graph: ResponsibilityGraph) -> None:
    upload, before = await sent(service, csv_of(TAKEN)), await generation(graph)
    assert await reason(service, upload.key, "0" * 32) is Reason.STALE
    assert await generation(graph) == before


async def test_a_write_that_does_not_matter_does_not_hinder(service: Imports, graph: ResponsibilityGraph) -> None:
    upload = await sent(service, csv_of(TAKEN))
    await graph.apply([Batch("elsewhere", [person("x")])], author="t")
    await write(service, upload)
    assert upload.state is State.WRITTEN


async def test_a_preview_that_is_out_of_date_is_refused_and_shown_anew(
    service: Imports, graph: ResponsibilityGraph
) -> None:
    first = await sent(service, csv_of(TAKEN))
    second = await sent(service, csv_of(TAKEN, OTHER))
    seen = plan_of(second).digest
    await write(service, first)
    assert await reason(service, second.key, seen) is Reason.STALE
    assert plan_of(second).rows == Tallied(created=1, unchanged=1)
    await write(service, second)
    assert second.record is not None


async def test_two_previews_that_meet_are_never_mixed(service: Imports, graph: ResponsibilityGraph) -> None:
    both = [await sent(service, csv_of(row)) for row in (TAKEN, OTHER)]
    outcomes = await asyncio.gather(*(write(service, each) for each in both), return_exceptions=True)
    refused = [each for each in outcomes if isinstance(each, CannotWriteError)]
    assert [each.reason for each in refused] == [Reason.STALE]
    assert sorted(each.state.value for each in both) == ["READY", "WRITTEN"]


async def test_refused_rows_stop_it_unless_the_others_are_accepted(
    service: Imports, graph: ResponsibilityGraph
) -> None:
    upload = await sent(service, csv_of(TAKEN, BAD))
    plan = plan_of(upload)
    assert plan.rows == Tallied(created=1, refused=1)
    assert [(cell.row, cell.column, cell.value) for cell in plan.refused] == [
        (3, "村", "=1+1"),
        (3, "起始时间", "去年"),
    ]
    assert await reason(service, upload.key, plan.digest) is Reason.ROWS_REFUSED
    await write(service, upload, partial=True)
    assert upload.record is not None
    assert upload.record.rows.refused == 1


async def test_refused_rows_come_back_as_a_workbook_without_formulas(service: Imports) -> None:
    upload = await sent(service, csv_of(TAKEN, BAD))
    assert plan_of(upload).lists == ("refused.csv", "refused.xlsx")
    sheet = openpyxl.load_workbook(upload.folder / "refused.xlsx").active
    assert sheet is not None
    head, row = ([cell.value for cell in cells] for cells in sheet.iter_rows())
    assert head == ["县", "乡镇", "村", "包村单位", "起始时间", "结束时间", "原因", "reason"]
    assert row[:5] == ["东河县", "清水镇", "=1+1", "甲", "去年"]
    assert all(cell.data_type != "f" for cells in sheet.iter_rows() for cell in cells)
    assert sheet["E2"].comment is not None
    assert "'去年' is no date" in sheet["E2"].comment.text
    assert "=1+1" in (upload.folder / "refused.csv").read_text(encoding="utf-8-sig")
    assert ",'=1+1," in (upload.folder / "refused.csv").read_text(encoding="utf-8-sig")


async def test_every_step_is_told_on_the_page_in_its_language(service: Imports) -> None:
    upload, told = await sent(service, csv_of(TAKEN)), list[Step]()
    assert isinstance(await work_out_here(upload.ordered, told.append, password=None), Plan)
    assert len(told) > 3
    assert [step for step in told if f"desk.step.{step.text}" not in read_texts()] == []


async def test_what_changes_nothing_is_not_written(service: Imports, graph: ResponsibilityGraph) -> None:
    await write(service, await sent(service, csv_of(TAKEN)))
    again = await sent(service, csv_of(TAKEN))
    assert await reason(service, again.key, plan_of(again).digest) is Reason.NOTHING_TO_DO
    assert (await graph.list_records("import", await graph.moment(), first=9)).total == 1


async def test_a_file_that_cannot_be_read_says_why(apart: Imports) -> None:
    upload = await sent(apart, b"PK\x03\x04 no workbook", file="a.xlsx")
    assert upload.state is State.FAILED
    assert upload.failed is not None
    assert upload.failed.code == "INVALID_SOURCE"
    assert upload.failed.message.en.startswith("a.xlsx: ")
    assert await reason(apart, upload.key, "x") is Reason.NOT_READY


@pytest.mark.parametrize("mapping", ["../village-units", "/etc/passwd", "units.yaml", ""])
async def test_only_mappings_that_ship_are_read_by_name(service: Imports, mapping: str) -> None:
    with pytest.raises(BadUserInputError, match="mapping"):
        await begun(service, csv_of(TAKEN), mapping=mapping)
    assert service.uploads._uploads == {}


async def test_a_mapping_of_one_s_own(service: Imports) -> None:
    own = (SHIPPED / "village-units.yaml").read_bytes().replace(b"code: village-units", b"code: my-units")
    upload = await sent(service, csv_of(TAKEN), mapping=None, mapping_file=own)
    assert (plan_of(upload).name, plan_of(upload).mapping) == ("my-units", "my-units")
    broken = await sent(service, csv_of(TAKEN), mapping=None, mapping_file=b"a: &a [*a, *a]")
    assert broken.failed is not None
    assert broken.failed.code == "INVALID_SOURCE"


async def test_an_area_holds_for_what_a_file_touches(service: Imports, graph: ResponsibilityGraph) -> None:
    here, elsewhere = Editor("王五", EAST), Editor("赵六", "division:990101102")
    upload = await sent(service, csv_of(TAKEN), by=here)
    assert plan_of(upload).outside == ()
    refused = await sent(service, csv_of(TAKEN), by=elsewhere)
    assert plan_of(refused).outside == ("division:990101101201",)
    with pytest.raises(ForbiddenError, match="division:990101101201"):
        await write(service, refused, by=elsewhere)
    assert (await graph.list_records("import", await graph.moment(), first=9)).total == 0
    await write(service, upload, by=here)


async def test_an_area_that_became_narrower_holds_when_it_is_written(service: Imports) -> None:
    upload = await sent(service, csv_of(TAKEN))
    with pytest.raises(ForbiddenError):
        await service.commit(
            upload.key, Editor(LI.name, "division:990101102"), plan_of(upload).digest, accept_partial=False
        )
    assert upload.state is State.READY


async def test_an_import_is_taken_back_by_its_author_or_in_its_area(
    service: Imports, graph: ResponsibilityGraph
) -> None:
    upload = await sent(service, csv_of(TAKEN))
    await write(service, upload)
    with pytest.raises(ForbiddenError):
        await service.undo(f"import:{upload.key}", Editor("赵六", "division:990101102"))
    undo = await service.undo(f"import:{upload.key}", Editor("王五", EAST))
    assert (undo.author, undo.undoes) == ("王五", (f"import:{upload.key}",))
    with pytest.raises(UndoRefusedError) as again:
        await service.undo(f"import:{upload.key}", LI)
    assert again.value.obstacle is Obstacle.UNDONE_ALREADY


async def test_the_graph_is_checked_after_a_write(service: Imports, graph: ResponsibilityGraph) -> None:
    rows = ("单位,岗位,上级岗位", "示例局,局长,主任", "示例局,主任,局长")
    upload = await sent(service, "\n".join(rows).encode(), mapping="org-chart")
    assert plan_of(upload).refused == ()
    await write(service, upload)
    await settled(service, graph)
    found = await graph.findings(await graph.moment(), first=9)
    assert {finding.code for finding in found.records} == {"cycle"}


async def test_what_came_in_lies_nowhere_else_and_is_taken_away(service: Imports, graph: ResponsibilityGraph) -> None:
    upload = await sent(service, csv_of(TAKEN), file="../../../tmp/evil/名单.csv")
    assert files(upload.folder) == ["in/名单.csv", "wanted.json"]
    await write(service, upload)
    assert files(upload.folder) == []
    room = upload.folder.parent
    await service.close()
    assert not room.exists()


async def test_what_was_received_and_refused_is_taken_away(service: Imports) -> None:
    with pytest.raises(BadUserInputError):
        await begun(service, csv_of(TAKEN), mapping="none")
    assert service.uploads._room is not None
    assert list(service.uploads._room.iterdir()) == []


async def test_uploads_are_forgotten_in_time(service: Imports) -> None:
    upload = await sent(service, csv_of(TAKEN))
    upload.ends_at = time.monotonic() - 1
    assert service.uploads.find(upload.key, LI) is None
    assert not upload.folder.exists()


async def test_of_one_author_the_oldest_goes_for_a_new_one(service: Imports) -> None:
    kept = [await sent(service, csv_of(TAKEN)) for _ in range(uploads.MOST_OF_ONE)]
    await begun(service, csv_of(TAKEN))
    assert [service.uploads.find(each.key, LI) is None for each in kept] == [True, False, False, False]


async def test_so_many_files_are_received_and_no_more(service: Imports) -> None:
    receiving = service.uploads.receiving
    async with receiving(), receiving(), receiving(), receiving():
        with pytest.raises(BusyError):
            async with receiving():
                pytest.fail("received")
    async with receiving():
        pass


async def test_a_file_that_takes_too_long_is_given_up(graph: ResponsibilityGraph, url: str) -> None:
    slow = Imports(graph, url, max_bytes=1 << 20, seconds=0.05)
    upload = await sent(slow, csv_of(TAKEN))
    assert upload.failed is not None
    assert upload.failed.code == "TOO_SLOW"
    await slow.close()


async def test_others_are_answered_while_a_file_is_read_and_written(apart: Imports, graph: ResponsibilityGraph) -> None:
    """No turn of the loop takes long: 600 rows are read elsewhere, and written in a thread."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            begun_at = time.perf_counter()
            await asyncio.sleep(0.005)
            longest = max(longest, time.perf_counter() - begun_at)

    watching = asyncio.create_task(watch())
    places = (("清水镇", "和平"), ("清水镇", "龙塘"), ("白云乡", "和平"))
    rows = [("东河县", *places[number % 3], f"单位{number}", "2017", "") for number in range(600)]
    upload = await sent(apart, csv_of(*rows))
    await write(apart, upload)
    await settled(apart, graph)
    watching.cancel()
    assert upload.record is not None
    assert upload.record.rows.created == 600
    assert longest < 1.0


async def test_what_people_edited_since_is_left_and_not_called_new(
    service: Imports, graph: ResponsibilityGraph
) -> None:
    upload = await sent(service, csv_of(TAKEN))
    await write(service, upload)
    link = next(each.id for each in plan_of(upload).changes if each.id.startswith("assignment:"))
    basis = Basis(note=Text("更正", "corrected"))
    change = EndAssignment(basis=basis, assignment=link, until="2018-01-01")
    done = await graph.submit(Submission(changes=(change,), author="王五"))
    assert done.entry is not None
    again = await sent(service, csv_of(TAKEN))
    assert plan_of(again).rows == Tallied(unchanged=1)
    assert plan_of(again).notes[0].en == f"left as people edited or retracted them since: {link}"
    assert await reason(service, again.key, plan_of(again).digest) is Reason.NOTHING_TO_DO
    with pytest.raises(UndoRefusedError) as refused:
        await service.undo(f"import:{upload.key}", LI)
    assert refused.value.obstacle is Obstacle.EDITED


async def test_a_server_that_stops_writes_to_the_end(graph: ResponsibilityGraph, url: str) -> None:
    stopping = Imports(graph, url, max_bytes=1 << 20, apart=HERE)
    upload = await sent(stopping, csv_of(TAKEN))
    asked = asyncio.create_task(write(stopping, upload))
    await asyncio.sleep(0)
    asked.cancel()
    await stopping.close()
    assert await graph.find_import(f"import:{upload.key}") is not None


@IN_ONE_WORKER
async def test_it_is_the_same_from_neo4j(neo4j_server: RunningServer) -> None:
    """A preview by a process of its own, a write, a check and a taking back, over a server."""
    neo4j_server.empty()
    store = open_store(neo4j_server.url, "writer", password=neo4j_server.password, patience=PATIENCE)
    await fill(store, city_records(), "small")
    graph = ResponsibilityGraph(store)
    found = Imports(graph, neo4j_server.url, password=neo4j_server.password, max_bytes=1 << 20)
    upload = await sent(found, csv_of(TAKEN))
    assert plan_of(upload).rows == Tallied(created=1)
    await write(found, upload)
    await settled(found, graph)
    undo = await found.undo(f"import:{upload.key}", LI)
    assert undo.records == Tallied(ended=2)
    await found.close()
    await graph.close()


async def test_an_import_of_too_many_records_is_taken_back_by_the_command_alone(
    service: Imports, graph: ResponsibilityGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await sent(service, csv_of(TAKEN))
    await write(service, upload)
    monkeypatch.setattr(service_module, "MOST_UNDONE", 1)
    with pytest.raises(BadUserInputError, match="has 2 records, and a server takes back 1 at most: use the command"):
        await service.undo(f"import:{upload.key}", LI)


async def test_who_no_longer_waits_for_a_write_is_told_of_no_fault(
    graph: ResponsibilityGraph, caplog: pytest.LogCaptureFixture
) -> None:
    """A write that was given up and then refused leaves nothing behind, not even a complaint of Python's."""
    upon = await generation(graph)
    await graph.apply([Batch("elsewhere", [person("x")])], author="t")
    refused = asyncio.create_task(graph.apply([Batch("late", [person("y")])], author="t", upon=upon))
    await asyncio.sleep(0)
    refused.cancel()
    with pytest.raises(asyncio.CancelledError):
        await refused
    gc.collect()
    await asyncio.sleep(0)
    assert "never retrieved" not in caplog.text
    assert await generation(graph) == upon + 1
