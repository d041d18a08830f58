"""Effects on those whose duties may be met by what answers for what they lie in (``Duty.or_else``)."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from graph_model.editing.changes import Change, CreateAssignment, EndAssignment
from graph_model.editing.effects import find_effects
from graph_model.exchange import EDITS, Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.records import RegimeContent
from graph_model.regime import Alternative, Duty
from graph_model.regime_file import encode_regime
from graph_model.stores.base import Store
from tests.conformance.small_campaign import (
    ANNA,
    EAST,
    HEAD,
    ON_ORDER,
    TOWNSHIP,
    UNIT,
    WEST,
    answers,
    asked,
    the_records,
    the_regime,
)

REPORT = Duty(
    code="village-report",
    labels=the_regime().duties[0].labels,
    clause="9",
    level="village",
    kinds=("takes-village",),
    or_else=(Alternative(level="township", kinds=("leads",)),),
)
LEADS = answers(HEAD, "leads", TOWNSHIP)
END = EndAssignment(basis=ON_ORDER, assignment=LEADS.id, until="2017-07-01")
TAKE = CreateAssignment(basis=ON_ORDER, kind="takes-village", assignee=UNIT, target=EAST, since="2017-06-01")


@pytest.fixture
async def graph(store: Store) -> ResponsibilityGraph:
    regime = structs.replace(the_regime(), duties=(*the_regime().duties, REPORT), stability_rules=())
    records = [each for each in the_records() if not isinstance(each, RegimeContent)]
    await store.apply(
        [Batch("campaign", [encode_regime(regime), *records]), Batch(EDITS, [])], recorded_at=1_000, author="loader"
    )
    return ResponsibilityGraph(store)


async def opened(graph: ResponsibilityGraph, *changes: Change) -> list[tuple[str, str, str]]:
    """The gaps of the duty that changes open, or close (``-``): target, day and cause."""
    judgement = (await graph.try_out(asked(*changes))).judgement
    assert judgement.verdict.faults == ()
    found = []
    for effect in find_effects(judgement.verdict.plan, judgement.rules):
        day = date.fromordinal(effect.day).isoformat()
        for sign, gaps in (("", effect.difference.opened), ("-", effect.difference.closed)):
            found += [(effect.target.id, day, sign + gap.cause.value) for gap in gaps if gap.duty.code == REPORT.code]
    return found


async def test_the_end_of_what_served_from_above_opens_the_gap_below(graph: ResponsibilityGraph) -> None:
    assert await opened(graph, END) == [(EAST, "2017-07-01", "EXPIRED")]


async def test_where_something_else_serves_nothing_opens(graph: ResponsibilityGraph) -> None:
    assert await opened(graph, TAKE, END) == []


async def test_what_serves_itself_closes_it(graph: ResponsibilityGraph) -> None:
    await graph.submit(asked(END))
    later = structs.replace(TAKE, since="2017-08-01")
    assert await opened(graph, later) == [(EAST, "2017-08-01", "-EXPIRED")]


async def test_what_begins_above_closes_it_below(graph: ResponsibilityGraph) -> None:
    await graph.submit(asked(END))
    again = CreateAssignment(basis=ON_ORDER, kind="leads", assignee=HEAD, target=TOWNSHIP, since="2017-09-01")
    assert await opened(graph, again) == [(EAST, "2017-09-01", "-EXPIRED")]


async def test_who_leaves_a_post_that_serves_from_above(graph: ResponsibilityGraph) -> None:
    impact = await graph.impact(ANNA, date(2017, 7, 1))
    assert impact is not None
    assert impact.judgement is not None
    effects = find_effects(impact.judgement.verdict.plan, impact.judgement.rules)
    assert [
        (effect.target.id, gap.cause.value)
        for effect in effects
        for gap in effect.difference.opened
        if gap.duty.code == REPORT.code
    ] == [(EAST, "VACANT_POST")]
    assert WEST not in {effect.target.id for effect in effects}
