"""What people decide about findings: it stays across loads, for as long as the finding is what they saw."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from graph_model.editing.changes import CreateAssignment, JudgeFinding
from graph_model.editing.faults import FaultCode
from graph_model.errors import KeyReusedError
from graph_model.exchange import EDITS, Batch
from graph_model.facade.findings import Listed, Standing
from graph_model.graph import ResponsibilityGraph
from graph_model.questions.found import ruling_id
from graph_model.records import AnyRecord, Basis, Finding, FindingState, Provenance, Ruling, Severity, Text
from graph_model.search_keys import order_key
from graph_model.stores.base import Store
from graph_model.submitting import Submitted
from graph_model.views import Moment
from tests.conformance.small_campaign import (
    COUNTY,
    EAST,
    ON_ORDER,
    OTHER,
    TOWNSHIP,
    UNIT,
    WEST,
    answers,
    asked,
    begin,
    the_records,
)

DAY = date(2017, 6, 30)
NO_TEAM = f"finding:duty-unsure:poverty-alleviation-2017~village-team~UNASSIGNED~POSSIBLE~{TOWNSHIP}"
DOUBT = Finding(
    id="finding:doubt:1",
    provenance=Provenance.SOURCE,
    code="doubt",
    severity=Severity.WARNING,
    message=Text("存疑", "A doubt"),
    subjects=(COUNTY,),
)
KNOWN = JudgeFinding(basis=ON_ORDER, finding=NO_TEAM, state="ACKNOWLEDGED")
SETTLED = JudgeFinding(basis=ON_ORDER, finding=DOUBT.id, state="SETTLED")


async def moment(graph: ResponsibilityGraph) -> Moment:
    return await graph.moment(DAY)


async def get(graph: ResponsibilityGraph, finding: str) -> Listed:
    found = await graph.find_finding(finding, await moment(graph))
    assert found is not None
    return found


async def standing(graph: ResponsibilityGraph, listed: Listed, at: Moment | None = None) -> Standing:
    (found,) = await graph.standings([listed], at or await moment(graph))
    return found


async def state(graph: ResponsibilityGraph, finding: str, at: Moment | None = None) -> FindingState:
    return (await standing(graph, await get(graph, finding), at)).state


async def load(graph: ResponsibilityGraph, *more: AnyRecord) -> None:
    """A load of the files anew, with more in them."""
    await graph.apply([Batch("campaign", [*the_records(), *more])], author="loader")


async def begin_in_doubt(store: Store) -> ResponsibilityGraph:
    graph = await begin(store)
    await load(graph, DOUBT)
    return graph


def codes(outcome: Submitted) -> list[FaultCode]:
    return [fault.code for fault in outcome.judgement.verdict.faults]


async def test_nothing_is_decided_at_first(store: Store) -> None:
    assert await state(await begin(store), NO_TEAM) is FindingState.OPEN


@pytest.mark.parametrize("word", ["ACKNOWLEDGED", "SETTLED", "DISPUTED"])
async def test_what_is_found_anew_is_decided_about(store: Store, word: str) -> None:
    graph = await begin(store)
    outcome = await graph.submit(asked(structs.replace(KNOWN, state=word)))
    assert outcome.entry is not None
    assert (outcome.entry.author, outcome.entry.action, outcome.entry.basis) == ("anna", "judge-finding", ON_ORDER)
    found = await standing(graph, await get(graph, NO_TEAM))
    assert found.state is FindingState(word)
    ruling = found.ruling
    assert ruling is not None
    assert (ruling.by, ruling.as_of, ruling.subjects, ruling.basis) == ("anna", "2017-06-30", (TOWNSHIP,), ON_ORDER)


async def test_a_load_of_the_same_files_leaves_it(store: Store) -> None:
    graph = await begin_in_doubt(store)
    await graph.submit(asked(KNOWN, SETTLED))
    await load(graph, DOUBT)
    assert await state(graph, NO_TEAM) is FindingState.ACKNOWLEDGED
    assert await state(graph, DOUBT.id) is FindingState.SETTLED


async def test_another_target_opens_it_again(store: Store) -> None:
    graph = await begin(store)
    await graph.submit(asked(KNOWN))
    before = await get(graph, NO_TEAM)
    poor = next(each for each in the_records() if each.id == f"designation:{WEST}~poor")
    await load(graph, structs.replace(poor, id=f"designation:{EAST}~poor", subject=EAST))
    now = await get(graph, NO_TEAM)
    assert (before.targets, now.targets) == ((WEST,), (WEST, EAST))
    found = await standing(graph, now)
    assert (found.state, found.is_as_seen) == (FindingState.REOPENED, False)
    assert found.ruling is not None
    assert found.ruling.state is FindingState.ACKNOWLEDGED


async def test_what_was_mended_is_found_no_more_and_opens_when_it_comes_back(store: Store) -> None:
    graph = await begin(store)
    await graph.submit(asked(structs.replace(KNOWN, state="SETTLED")))
    team = CreateAssignment(
        basis=ON_ORDER, kind="resident-team", assignee=UNIT, target=WEST, since="2017-01-01", until="2017-07-01"
    )
    await graph.submit(asked(team))
    assert await graph.find_finding(NO_TEAM, await moment(graph)) is None
    later = await graph.moment(date(2017, 8, 1))
    again = await graph.find_finding(NO_TEAM.replace("UNASSIGNED", "EXPIRED"), later)
    assert again is not None
    assert (await standing(graph, again, later)).state is FindingState.OPEN


async def test_a_finding_on_record_that_went_and_came_back_as_it_was_is_open_again(store: Store) -> None:
    graph = await begin_in_doubt(store)
    await graph.submit(asked(SETTLED))
    await load(graph)
    assert await graph.find_finding(DOUBT.id, await moment(graph)) is None
    await load(graph, DOUBT)
    assert await state(graph, DOUBT.id) is FindingState.REOPENED
    await graph.submit(asked(SETTLED))
    assert await state(graph, DOUBT.id) is FindingState.SETTLED


async def test_in_a_copy_of_the_store_what_was_decided_stays(store: Store) -> None:
    """A copy is written like this: all that was recorded, and then what the check of it finds."""
    graph = await begin_in_doubt(store)
    await graph.submit(asked(SETTLED, KNOWN))
    rulings = list((await store.records(["ruling:doubt:1", ruling_id(NO_TEAM)])).values())
    assert len(rulings) == 2
    await graph.apply([Batch("campaign", []), Batch(EDITS, [])], author="tests")
    await graph.apply([Batch("campaign", the_records()), Batch(EDITS, rulings)], author="loader")
    await graph.apply([Batch("checks", [DOUBT])], author="loader")
    assert await state(graph, NO_TEAM) is FindingState.ACKNOWLEDGED
    assert await state(graph, DOUBT.id) is FindingState.SETTLED
    await graph.apply([Batch("checks", [])], author="loader")
    await graph.apply([Batch("checks", [DOUBT])], author="loader")
    assert await state(graph, DOUBT.id) is FindingState.REOPENED


async def test_a_finding_on_record_that_says_something_else_is_open_again(store: Store) -> None:
    graph = await begin_in_doubt(store)
    await graph.submit(asked(SETTLED))
    await load(graph, structs.replace(DOUBT, message=Text("另有疑", "Another doubt")))
    assert await state(graph, DOUBT.id) is FindingState.REOPENED


async def test_it_is_opened_again_by_hand(store: Store) -> None:
    graph = await begin_in_doubt(store)
    await graph.submit(asked(SETTLED))
    await graph.submit(asked(structs.replace(SETTLED, state="OPEN"), author="bert"))
    found = await standing(graph, await get(graph, DOUBT.id))
    assert found.state is FindingState.OPEN
    assert found.ruling is not None
    assert found.ruling.by == "bert"


async def test_what_was_known_before_stays_known(store: Store) -> None:
    graph = await begin_in_doubt(store)
    settled = (await graph.submit(asked(SETTLED))).entry
    disputed = (await graph.submit(asked(structs.replace(SETTLED, state="DISPUTED")))).entry
    assert settled is not None
    assert disputed is not None
    then = Moment(DAY.toordinal(), settled.recorded_at)
    assert await state(graph, DOUBT.id, then) is FindingState.SETTLED
    assert await state(graph, DOUBT.id, Moment(DAY.toordinal(), settled.recorded_at - 1)) is FindingState.OPEN
    assert await state(graph, DOUBT.id) is FindingState.DISPUTED
    ruling = next(each for each in (await store.records(["ruling:doubt:1"])).values() if isinstance(each, Ruling))
    assert await graph.ruled_at(ruling.id, then) == settled.recorded_at
    assert await graph.ruled_at(ruling.id, await moment(graph)) == disputed.recorded_at
    history = await graph.history(ruling.id, first=10)
    assert [entry.number for entry, _ in history.rows] == [settled.number, disputed.number]


async def test_a_trial_writes_nothing(store: Store) -> None:
    graph = await begin_in_doubt(store)
    outcome = await graph.try_out(asked(SETTLED))
    assert [each.id for each in outcome.judgement.verdict.plan.changed] == ["ruling:doubt:1"]
    assert await state(graph, DOUBT.id) is FindingState.OPEN


async def test_the_same_key_is_written_once_even_if_the_finding_is_gone(store: Store) -> None:
    graph = await begin_in_doubt(store)
    first = await graph.submit(asked(SETTLED, key="k"))
    await load(graph)
    again = await graph.submit(asked(SETTLED, key="k"))
    assert (first.is_repeated, again.is_repeated, again.entry) == (False, True, first.entry)
    assert codes(again) == []
    with pytest.raises(KeyReusedError):
        await graph.submit(asked(structs.replace(SETTLED, state="DISPUTED"), key="k"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (structs.replace(SETTLED, finding="finding:none"), FaultCode.NOT_FOUND),
        (structs.replace(SETTLED, finding="finding:duty-unmet:none"), FaultCode.NOT_FOUND),
        (structs.replace(SETTLED, finding=COUNTY), FaultCode.NOT_FOUND),
        (structs.replace(SETTLED, finding=""), FaultCode.NOT_FOUND),
        (structs.replace(KNOWN, as_of="1990-01-01"), FaultCode.NOT_FOUND),
        (structs.replace(KNOWN, as_of="2017"), FaultCode.BAD_DATE),
        (structs.replace(SETTLED, state="REOPENED"), FaultCode.UNKNOWN_CODE),
        (structs.replace(SETTLED, state="forgotten"), FaultCode.UNKNOWN_CODE),
        (structs.replace(SETTLED, expected_version="0" * 16), FaultCode.CONFLICT),
        (structs.replace(SETTLED, basis=Basis()), FaultCode.NO_BASIS),
    ],
)
async def test_what_cannot_be_decided(store: Store, change: JudgeFinding, code: FaultCode) -> None:
    graph = await begin_in_doubt(store)
    outcome = await graph.submit(asked(change))
    assert (codes(outcome), outcome.entry) == ([code], None)


async def test_the_version_that_was_seen(store: Store) -> None:
    graph = await begin_in_doubt(store)
    for change in (SETTLED, KNOWN):
        version = (await get(graph, change.finding)).version
        assert codes(await graph.submit(asked(structs.replace(change, expected_version=version)))) == []


async def test_only_within_the_area(store: Store) -> None:
    graph = await begin_in_doubt(store)
    for area, outside in ((OTHER, (TOWNSHIP,)), (COUNTY, ())):
        outcome = await graph.submit(structs.replace(asked(KNOWN), area=area))
        assert (outcome.judgement.outside, outcome.entry is None) == (outside, bool(outside))


async def test_lists_by_state_and_place(store: Store) -> None:
    graph = await begin_in_doubt(store)
    await graph.submit(asked(KNOWN, SETTLED))
    at = await moment(graph)
    settled = await graph.findings(at, first=100, state=FindingState.SETTLED)
    assert [each.id for each in settled.records] == [DOUBT.id]
    known = await graph.findings(at, first=100, state=FindingState.ACKNOWLEDGED)
    assert [each.id for each in known.records] == [NO_TEAM]
    here = await graph.findings(at, first=100, within=[TOWNSHIP])
    assert NO_TEAM in [each.id for each in here.records]
    assert all(TOWNSHIP in each.targets or WEST in each.targets for each in here.rows)
    assert (await graph.findings(at, first=100, within=[OTHER], code="duty-unmet")).total == 0


async def test_pages_after_each_other_are_the_whole_list(store: Store) -> None:

    graph = await begin_in_doubt(store)
    at = await moment(graph)
    whole = await graph.findings(at, first=100, within=[COUNTY])
    seen: list[str] = []
    after = None
    while True:
        page = await graph.findings(at, first=2, after=after, within=[COUNTY])
        seen += [each.id for each in page.records]
        assert page.total == whole.total
        if not page.has_next:
            break
        after = order_key(page.records[-1])
    assert seen == [each.id for each in whole.records]
    assert len(seen) == len(set(seen)) == whole.total > 4


async def test_what_is_doubtful_is_found_without_a_load(store: Store) -> None:
    graph = await begin(store)
    at = await moment(graph)
    assert (await graph.findings(at, first=5, code="too-many-targets")).total == 0
    await load(graph, *(answers("post:head", "first-secretary", each) for each in (WEST, EAST)))
    (one,) = (await graph.findings(await moment(graph), first=5, code="too-many-targets")).rows
    assert one.targets == (WEST, EAST)
    assert one.record.message.en.startswith(
        "书记 answers by “First Secretary” (clause 3.1) for 2 at once, from 2016-01-01 on"
    )
