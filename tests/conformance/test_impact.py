"""Who leaves (离任): what is foretold is what the chains show once it is written, and nothing is written by asking."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from graph_model.editing.changes import AddMember, AppointToPost, Override, VacatePost
from graph_model.editing.effects import find_effects
from graph_model.errors import BadUserInputError
from graph_model.exchange import Batch, Edit, EditRequest
from graph_model.graph import ResponsibilityGraph
from graph_model.impact import Impact, find_exposed
from graph_model.questions.chain import Chain
from graph_model.records import Basis, Division, Relation, Text
from graph_model.stores.base import Store
from graph_model.views import Moment
from tests.conformance.graphs import code_of, division, holding, part_of, post, since
from tests.conformance.small_campaign import (
    ANNA,
    BERT,
    COUNTY,
    DEPUTY,
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
    answers,
    asked,
    begin,
)

TARGETS = (COUNTY, OTHER, TOWNSHIP, WEST, EAST)
LEAVING = date(2017, 7, 1)
SEEN = structs.replace(
    answers(BERT, "helps-village", EAST), validity=structs.replace(since(None), observed=("2017-06-30", "2017-12-31"))
)


async def put(store: Store, *records: Relation) -> None:
    async def decide(_: object) -> Edit:
        return Edit(records)

    await store.edit(decide, EditRequest("anna", "test", Basis(note=Text("试", "a test"))), recorded_at=2_000)


async def foretold(graph: ResponsibilityGraph, assignee: str, on: date = LEAVING) -> Impact:
    impact = await graph.impact(assignee, on)
    assert impact is not None
    return impact


def ended(impact: Impact) -> list[str]:
    """The ids of the records that would end, or begin."""
    return [] if impact.judgement is None else [changed.id for changed in impact.judgement.verdict.changed]


async def own_gaps(graph: ResponsibilityGraph, target: str, on: date) -> set[tuple[str, str, str]]:
    view = await graph.view([target], await graph.moment(on))
    chain: Chain = view.chain(target)
    return {(gap.duty.code, gap.cause.value, gap.certainty.value) for gap in chain.gaps if gap.target.id == target}


@pytest.mark.parametrize("assignee", [MAYOR, DEPUTY, HEAD, ANNA, BERT, UNIT])
async def test_what_is_foretold_is_what_the_chains_show_once_it_is_written(store: Store, assignee: str) -> None:
    graph = await begin(store)
    await put(store, SEEN)
    before = {target: await own_gaps(graph, target, LEAVING) for target in TARGETS}
    generation = (await store.header()).generation
    impact = await foretold(graph, assignee)
    assert (await store.header()).generation == generation
    told = {target: set(gaps) for target, gaps in before.items()}
    effects = () if impact.judgement is None else find_effects(impact.judgement.verdict.plan, impact.judgement.rules)
    for effect in effects:
        difference = effect.difference
        gone = [*difference.closed, *(change.before for change in difference.gaps_changed)]
        come = [*difference.opened, *(change.after for change in difference.gaps_changed)]
        told[effect.target.id] -= {(gap.duty.code, gap.cause.value, gap.certainty.value) for gap in gone}
        told[effect.target.id] |= {(gap.duty.code, gap.cause.value, gap.certainty.value) for gap in come}
    if impact.changes:
        submission = structs.replace(asked(*impact.changes), override=_override(impact))
        written = await graph.submit(submission)
        assert written.judgement.verdict.faults == ()
    assert {target: await own_gaps(graph, target, LEAVING) for target in TARGETS} == told


def _override(impact: Impact) -> Override | None:
    assert impact.judgement is not None
    rules = sorted({breach.rule.code for breach in impact.judgement.verdict.breaches})
    return Override(rules=tuple(rules), basis=ON_ORDER) if rules else None


async def test_a_post_is_left_empty_and_its_assignments_go_on(store: Store) -> None:
    impact = await foretold(await begin(store), HEAD)
    assert ended(impact) == [f"holding:holds:{ANNA}~{HEAD}", f"vacancy:{HEAD}~2017-07-01"]


async def test_a_persons_post_is_left_empty(store: Store) -> None:
    impact = await foretold(await begin(store), ANNA)
    assert ended(impact) == [f"holding:holds:{ANNA}~{HEAD}", f"vacancy:{HEAD}~2017-07-01"]
    assert [each.id for each in impact.posts] == [HEAD]


async def test_a_post_that_somebody_else_holds_too_is_not_left_empty(store: Store) -> None:
    graph = await begin(store)
    await put(store, holding(BERT, HEAD, since("2016-01-01", "..")))
    assert ended(await foretold(graph, ANNA)) == [f"holding:holds:{ANNA}~{HEAD}"]


async def test_an_organisations_assignments_end(store: Store) -> None:
    assert ended(await foretold(await begin(store), UNIT)) == [TAKES.id]


async def test_the_rules_that_forbid_it_are_named(store: Store) -> None:
    impact = await foretold(await begin(store), ANNA)
    assert impact.judgement is not None
    assert [(each.rule.code, each.target.id) for each in impact.judgement.verdict.breaches] == [
        ("township-heads-until-exit", TOWNSHIP),
        ("township-leaders-until-exit", TOWNSHIP),
    ]


async def test_a_persons_memberships_end(store: Store) -> None:
    graph = await begin(store)
    added = await graph.submit(
        asked(AddMember(basis=ON_ORDER, member=BERT, organization=UNIT, role="member", since="2017-01-01"))
    )
    (membership,) = [changed.id for changed in added.judgement.verdict.changed]
    assert ended(await foretold(graph, BERT)) == [membership]


async def test_that_something_was_seen_later_is_set_aside(store: Store) -> None:
    graph = await begin(store)
    await put(store, SEEN)
    impact = await foretold(graph, BERT)
    assert impact.judgement is not None
    (changed,) = impact.judgement.verdict.changed
    assert isinstance(changed.after, Relation)
    assert (changed.after.validity.until, changed.after.validity.observed) == ("2017-07-01", ("2017-06-30",))


async def test_that_the_end_is_known_exposes_nobody_before_it(store: Store) -> None:
    """Of a link last seen in May that ends in July is then known that it went on till June: surer, and no loss."""
    graph = await begin(store)
    validity = structs.replace(since("2016-01-01"), observed=("2017-05-01",))
    await put(store, structs.replace(answers(UNIT, "takes-village", EAST), validity=validity))
    impact = await foretold(graph, UNIT)
    assert impact.judgement is not None
    surer, leaving = date(2017, 5, 2).toordinal(), LEAVING.toordinal()
    effects = find_effects(impact.judgement.verdict.plan, impact.judgement.rules)
    assert [(each.day, each.target.id) for each in effects] == [(surer, EAST), (leaving, WEST), (leaving, EAST)]
    exposed = await find_exposed(impact)
    assert [(each.day, each.target.id, len(each.lost)) for each in exposed] == [(leaving, WEST, 1), (leaving, EAST, 1)]


async def test_what_has_ended_or_begins_later_stays(store: Store) -> None:
    graph = await begin(store)
    await put(
        store,
        structs.replace(answers(BERT, "helps-village", EAST), validity=since("2016-01-01", "2017-07-01")),
        structs.replace(answers(BERT, "helps-village", WEST), validity=since("2017-07-01", "..")),
    )
    impact = await foretold(graph, BERT)
    assert (impact.changes, impact.judgement) == ((), None)


async def test_a_post_that_is_vacant_already_changes_nothing(store: Store) -> None:
    graph = await begin(store)
    written = await graph.submit(asked(VacatePost(basis=ON_ORDER, post=DEPUTY, until="2017-06-01")))
    assert written.entry is not None
    assert ended(await foretold(graph, DEPUTY)) == []


async def test_it_can_be_asked_of_what_was_known_then(store: Store) -> None:
    graph = await begin(store)
    written = await graph.submit(asked(AppointToPost(basis=ON_ORDER, person=BERT, post=MAYOR, since="2017-01-01")))
    assert written.entry is not None
    known_then = await graph.impact(BERT, LEAVING, written.entry.recorded_at - 1)
    assert known_then is not None
    assert ended(known_then) == []
    assert ended(await foretold(graph, BERT)) == [f"holding:holds:{BERT}~{MAYOR}", f"vacancy:{MAYOR}~2017-07-01"]


async def test_who_is_touched_is_who_was_known_to_be_there(store: Store) -> None:
    graph = await begin(store)
    late = "530521101203"
    await store.apply(
        [Batch("late", [division(late), code_of(late, late), part_of(f"division:{late}", TOWNSHIP)])],
        recorded_at=2_000,
        author="loader",
    )
    view = await graph.view([TOWNSHIP], await graph.moment(LEAVING))
    township = view.around.get_node(TOWNSHIP)
    assert isinstance(township, Division)

    async def touched(moment: Moment) -> set[str]:
        return {each.node.id for _, each in await graph.touched([township], view.around, moment)}

    assert await touched(Moment(LEAVING.toordinal(), 1_500)) == {TOWNSHIP, WEST, EAST}
    assert await touched(Moment(LEAVING.toordinal())) == {TOWNSHIP, WEST, EAST, f"division:{late}"}


async def test_an_unknown_assignee_has_no_impact(store: Store) -> None:
    graph = await begin(store)
    assert await graph.impact("person:nobody", LEAVING) is None
    assert await graph.impact(WEST, LEAVING) is None


async def test_too_many_records_are_refused(store: Store) -> None:
    graph = await begin(store)
    many = [answers(UNIT, "helps-household", f"household:{number:012d}-0001") for number in range(501)]
    await store.apply([Batch("many", many)], recorded_at=2_000, author="loader")
    with pytest.raises(BadUserInputError, match="502 records would end; at most 500"):
        await graph.impact(UNIT, LEAVING)


async def test_candidates_are_posts_of_the_same_kind(store: Store) -> None:
    graph = await begin(store)
    other = structs.replace(post("another"), kind="head-of-something-else")
    await store.apply([Batch("other", [other])], recorded_at=2_000, author="loader")
    found = await graph.candidates(await foretold(graph, ANNA))
    assert [each.post.id for each in found] == sorted([MAYOR, DEPUTY])
    assert LINK.source == MAYOR
