"""Submissions: decided and written in one transaction, all or nothing, and tried out without a write."""

from __future__ import annotations

import asyncio

import pytest
from msgspec import structs

from graph_model.editing.changes import (
    AppointToPost,
    Change,
    CorrectRecord,
    CreateAssignment,
    EndAssignment,
    Override,
    RecordDesignation,
    RetractRecord,
    VacatePost,
)
from graph_model.editing.effects import find_effects
from graph_model.editing.faults import FaultCode
from graph_model.editing.telling import OVERRIDDEN
from graph_model.errors import KeyReusedError
from graph_model.exchange import Batch, Written
from graph_model.graph import ResponsibilityGraph
from graph_model.records import Basis, version_of
from graph_model.stores.base import Store
from graph_model.submitting import Submitted
from tests.conformance.graphs import since
from tests.conformance.small_campaign import (
    ANNA,
    BERT,
    COUNTY,
    EAST,
    HEAD,
    LINK,
    MAYOR,
    ON_ORDER,
    OTHER,
    TAKES,
    TOWNSHIP,
    UNIT,
    WEST,
    asked,
    begin,
    the_records,
)

END = EndAssignment(basis=ON_ORDER, assignment=TAKES.id, until="2017-07-01")
APPOINT = AppointToPost(basis=ON_ORDER, person=BERT, post=MAYOR, since="2017-07-01")
TAKE_EAST = CreateAssignment(basis=ON_ORDER, kind="takes-village", assignee=UNIT, target=EAST, since="2017-07-01")
BAD = EndAssignment(basis=ON_ORDER, assignment="assignment:none", until="2017-07-01")
UNLINK = EndAssignment(basis=ON_ORDER, assignment=LINK.id, until="2017-07-01")


async def generation(store: Store) -> int:
    return (await store.header()).generation


def codes(outcome: Submitted) -> list[FaultCode]:
    return [fault.code for fault in outcome.judgement.verdict.faults]


async def test_what_is_submitted_is_written(store: Store) -> None:
    graph = await begin(store)
    outcome = await graph.submit(asked(END))
    assert outcome.entry is not None
    assert (outcome.entry.author, outcome.entry.action, outcome.entry.basis) == ("anna", "end-assignment", ON_ORDER)
    ended = structs.replace(TAKES, validity=since("2016-01-01", "2017-07-01"))
    assert await store.records([TAKES.id]) == {TAKES.id: ended}
    assert [(each.before, each.after) for each in outcome.judgement.verdict.plan.changed] == [(TAKES, ended)]


async def test_several_changes_are_one_entry(store: Store) -> None:
    graph = await begin(store)
    outcome = await graph.submit(asked(END, structs.replace(APPOINT, basis=Basis(clause="1.2"))))
    assert outcome.entry is not None
    assert (outcome.entry.action, outcome.entry.written) == ("apply-changes", Written(created=1, changed=1))
    assert outcome.entry.basis.note is not None


async def test_of_a_list_with_a_fault_nothing_is_written(store: Store) -> None:
    graph = await begin(store)
    before = await generation(store)
    outcome = await graph.submit(asked(END, BAD, APPOINT))
    assert (codes(outcome), outcome.entry) == ([FaultCode.NOT_FOUND], None)
    assert await generation(store) == before
    assert await store.records([TAKES.id]) == {TAKES.id: TAKES}


async def test_no_changes_are_a_fault(store: Store) -> None:
    graph = await begin(store)
    assert codes(await graph.submit(asked())) == [FaultCode.NO_CHANGES]


async def test_a_dry_run_writes_nothing(store: Store) -> None:
    graph = await begin(store)
    before = [row async for row in store.dump()]
    await graph.try_out(asked(END, APPOINT))
    assert [row async for row in store.dump()] == before


@pytest.mark.parametrize("changes", [(END,), (APPOINT, END), (UNLINK,), (BAD,), (END, TAKE_EAST)])
async def test_a_dry_run_comes_to_what_the_write_comes_to(store: Store, changes: tuple[Change, ...]) -> None:
    graph = await begin(store)
    tried = (await graph.try_out(asked(*changes))).judgement
    outcome = await graph.submit(asked(*changes))
    written = await graph.judge_whole(asked(*changes), outcome)
    assert outcome.judgement.verdict.plan.changed == written.verdict.plan.changed
    assert outcome.judgement.verdict.faults == written.verdict.faults
    assert tried.verdict.plan.changed == written.verdict.plan.changed
    assert tried.verdict.faults == written.verdict.faults
    assert find_effects(tried.verdict.plan, tried.rules) == find_effects(written.verdict.plan, written.rules)


async def test_a_dry_run_beside_a_writer_sees_one_state(store: Store) -> None:
    graph = await begin(store)
    writes = [
        graph.submit(asked(structs.replace(APPOINT, since=f"2017-07-{day:02}", until=f"2017-07-{day + 1:02}")))
        for day in range(1, 9)
    ]
    tries = [graph.try_out(asked(END)) for _ in range(8)]
    outcomes = await asyncio.gather(*writes, *tries)
    assert all(outcome.judgement.is_allowed for outcome in outcomes)


# Editing at the same time.


async def test_of_two_who_edit_the_same_assignment_one_wins(store: Store) -> None:
    graph = await begin(store)
    seen = version_of(TAKES)
    mine = structs.replace(END, until="2017-08-01", expected_version=seen)
    yours = structs.replace(END, until="2017-09-01", expected_version=seen)
    outcomes = await asyncio.gather(graph.submit(asked(mine)), graph.submit(asked(yours, author="bert")))
    assert sorted(outcome.entry is None for outcome in outcomes) == [False, True]
    (lost,) = (outcome for outcome in outcomes if outcome.entry is None)
    (fault,) = lost.judgement.verdict.faults
    (now,) = (await store.records([TAKES.id])).values()
    assert (fault.code, fault.path, fault.record) == (FaultCode.CONFLICT, ("expected_version",), TAKES.id)
    assert fault.present_version == version_of(now) != seen


async def test_the_present_version_lets_the_loser_try_again(store: Store) -> None:
    graph = await begin(store)
    await graph.submit(asked(structs.replace(END, until="2017-09-01")))
    lost = await graph.submit(asked(structs.replace(END, until="2017-08-01", expected_version=version_of(TAKES))))
    (fault,) = lost.judgement.verdict.faults
    again = structs.replace(END, until="2017-08-01", expected_version=fault.present_version)
    assert (await graph.submit(asked(again))).entry is not None


async def test_a_version_is_that_before_the_whole_list(store: Store) -> None:
    graph = await begin(store)
    seen = version_of(TAKES)
    first = structs.replace(END, until="2017-09-01", expected_version=seen)
    second = structs.replace(END, until="2017-08-01", expected_version=seen)
    assert (await graph.submit(asked(first, second))).entry is not None


# Keys.


async def test_the_same_key_again_is_the_same_write(store: Store) -> None:
    graph = await begin(store)
    first = await graph.submit(asked(END, APPOINT, key="k"))
    await graph.submit(asked(TAKE_EAST))
    again = await graph.submit(asked(END, APPOINT, key="k"))
    assert (again.entry, again.is_repeated, first.is_repeated) == (first.entry, True, False)
    for outcome in (first, again):
        assert len(outcome.judgement.verdict.plan.changed) == 2
    now, then = [await graph.judge_whole(asked(END, APPOINT), outcome) for outcome in (again, first)]
    assert find_effects(now.verdict.plan, now.rules) == find_effects(then.verdict.plan, then.rules)


async def test_a_key_for_other_changes_is_refused(store: Store) -> None:
    graph = await begin(store)
    await graph.submit(asked(END, key="k"))
    with pytest.raises(KeyReusedError):
        await graph.submit(asked(APPOINT, key="k"))


async def test_a_key_of_what_was_refused_is_still_free(store: Store) -> None:
    graph = await begin(store)
    await graph.submit(asked(BAD, key="k"))
    assert (await graph.submit(asked(END, key="k"))).entry is not None


# Rules.


async def test_a_rule_refuses_the_write(store: Store) -> None:
    graph = await begin(store)
    outcome = await graph.submit(asked(UNLINK))
    assert (codes(outcome), outcome.entry) == ([FaultCode.RULE_BROKEN], None)
    assert await store.records([LINK.id]) == {LINK.id: LINK}


async def test_an_override_is_written_and_found(store: Store) -> None:
    graph = await begin(store)
    override = Override(rules=("link-until-exit",), basis=ON_ORDER)
    outcome = await graph.submit(structs.replace(asked(UNLINK), override=override))
    assert outcome.entry is not None
    page = await graph.findings(await graph.moment(), first=5, code=OVERRIDDEN)
    assert [finding.id for finding in page.records] == [
        "finding:stability-overridden:link-until-exit:assignment:linked-to-county:post:mayor~division:530521~2017-07-01"
    ]


async def test_a_later_load_and_check_leaves_the_finding(store: Store) -> None:
    graph = await begin(store)
    override = Override(rules=("link-until-exit",), basis=ON_ORDER)
    await graph.submit(structs.replace(asked(UNLINK), override=override))
    await graph.apply([Batch("campaign", the_records())], author="loader")
    assert (await graph.findings(await graph.moment(), first=5, code=OVERRIDDEN)).total == 1


async def test_the_villages_of_a_township_count(store: Store) -> None:
    graph = await begin(store)
    vacate = VacatePost(basis=ON_ORDER, post=HEAD, until="2017-07-01")
    assert codes(await graph.submit(asked(vacate))) == [FaultCode.RULE_BROKEN, FaultCode.RULE_BROKEN]
    exits = RecordDesignation(basis=ON_ORDER, subject=WEST, kind="exited", since="2017-07-01")
    assert (await graph.submit(asked(exits, vacate))).entry is not None


async def test_a_retraction_is_not_undone_by_a_load(store: Store) -> None:
    graph = await begin(store)
    await graph.submit(asked(RetractRecord(basis=ON_ORDER, record=TAKES.id)))
    await graph.apply([Batch("campaign", the_records())], author="loader")
    assert await store.records([TAKES.id]) == {}


async def test_what_was_retracted_can_be_recorded_anew(store: Store) -> None:
    graph = await begin(store)
    await graph.submit(asked(RetractRecord(basis=ON_ORDER, record=TAKES.id)))
    await graph.submit(asked(structs.replace(TAKE_EAST, target=WEST)))
    assert set(await store.records([TAKES.id, f"retraction:{TAKES.id}"])) == {TAKES.id}


async def test_a_correction_keeps_what_was_known(store: Store) -> None:
    graph = await begin(store)
    known = (await store.journal(first=1)).entries[0].recorded_at
    await graph.submit(asked(CorrectRecord(basis=ON_ORDER, record=TAKES.id, since="2016-02-01")))
    assert await store.records([TAKES.id], known) == {TAKES.id: TAKES}


# Areas.


@pytest.mark.parametrize("area", [COUNTY, TOWNSHIP, WEST])
async def test_who_may_write_there_writes(store: Store, area: str) -> None:
    graph = await begin(store)
    outcome = await graph.submit(structs.replace(asked(END), area=area))
    assert (outcome.judgement.outside, outcome.entry is None) == ((), False)


@pytest.mark.parametrize("area", [OTHER, EAST, "division:none"])
async def test_outside_of_the_area_nothing_is_written(store: Store, area: str) -> None:
    graph = await begin(store)
    outcome = await graph.submit(structs.replace(asked(END, TAKE_EAST), area=area))
    assert outcome.entry is None
    assert WEST in outcome.judgement.outside


async def test_a_post_outside_of_the_area_is_not_filled(store: Store) -> None:
    graph = await begin(store)
    appoint = AppointToPost(basis=ON_ORDER, person="person:new", post=MAYOR, since="2017-07-01", is_new_person=True)
    outcome = await graph.submit(structs.replace(asked(appoint), area=COUNTY))
    assert (outcome.judgement.outside, outcome.entry) == ((MAYOR,), None)


async def test_the_reader_of_the_facade_sees_the_write(store: Store) -> None:
    graph = await begin(store)
    moment = await graph.moment()
    assert not (await graph.view([COUNTY], moment)).around.find_node("person:new")
    appoint = AppointToPost(basis=ON_ORDER, person="person:new", post=MAYOR, since="2017-01-01", is_new_person=True)
    await graph.submit(asked(appoint))
    (link,) = (await ResponsibilityGraph(store).view([COUNTY], moment)).chain(COUNTY).links
    assert [holder.person.id for holder in link.holders] == ["person:new"]
    assert ANNA not in {holder.person.id for holder in link.holders}
