"""Any sequence of changes, corrections and retractions: what is answered then, and what a dry run foretells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import UNSET, structs

from graph_model.dates import OPEN, limits, parse_day
from graph_model.editing.changes import (
    AddMember,
    AppointToPost,
    Change,
    CorrectRecord,
    CreateAssignment,
    EndAssignment,
    EndDesignation,
    EndDivision,
    EndExemption,
    EstablishDivision,
    MoveDivision,
    Override,
    RecodeDivision,
    RecordDesignation,
    RecordDocument,
    RecordExemption,
    RemoveMember,
    RenameDivision,
    RetractRecord,
    TransferAssignment,
    VacatePost,
)
from graph_model.editing.effects import find_effects
from graph_model.editing.exits import clip
from graph_model.editing.planning import Changed
from graph_model.keys import node_id
from graph_model.questions.chain import Chain
from graph_model.questions.compare import ChainDifference, compare_chains
from graph_model.records import AnyClaim, AnyNode, AnyRecord, Claim, Node, Relation
from graph_model.stores.base import Store
from graph_model.submitting import Submission
from graph_model.views import Moment, View
from tests.conformance.small_campaign import (
    ANNA,
    BERT,
    COUNTY,
    DEPUTY,
    EAST,
    HEAD,
    MAYOR,
    ON_ORDER,
    OTHER,
    REGIME,
    TOWNSHIP,
    UNIT,
    WEST,
    begin,
    the_records,
    the_regime,
)
from tests.graph_model.questions.naive_chain import NaiveTracer, World
from tests.graph_model.questions.plain_chain import plain

PLACES = [COUNTY, TOWNSHIP, WEST, EAST]
NEW = "division:530521102"
POSTS = [MAYOR, DEPUTY, HEAD]
DAYS = ["2016-06-01", "2017-06-30", "2017-07-01", "2018-01-01"]
RULES = Override(rules=tuple(rule.code for rule in the_regime().stability_rules), basis=ON_ORDER)

dates = st.sampled_from([*DAYS, "2017", "2017-07", "2016-06", "[2017-06-15..2017-12-31]", "[..2017-06-30]"])
ends = st.sampled_from([OPEN, OPEN, None, "2018-01-01", "2018", "2017-12"])
KINDS = [
    ("leads", POSTS, [COUNTY, TOWNSHIP]),
    ("linked-to-county", POSTS, [COUNTY]),
    ("linked-to-village", POSTS, [WEST, EAST]),
    ("takes-village", [UNIT], [WEST, EAST]),
]
DUTIES = ["village-link", "village-team", "county-linked-leader", "county-heads"]


class Asked(NamedTuple):
    """What is asked afterwards: where, on which day, at the moment after which write (None: now)."""

    target: str
    day: int
    write: int | None
    is_late: bool


State = Mapping[str, AnyRecord]
Wish = Callable[[State], Change]
"""A change to a state that is not known yet: which of its records is meant, is said by a number."""

_DATED = ("assignment:", "holding:", "designation:", "exemption:", "vacancy:", "membership:", "containment:")
_TIMED = (*_DATED, "name:", "code:")


def pick(state: State, number: int, *prefixes: str) -> str:
    """One of the ids with these beginnings, whatever the number; one that nobody recorded if there is none."""
    ids = sorted(each for each in state if each.startswith(prefixes)) or [f"{prefixes[0]}none"]
    return ids[number % len(ids)]


def named(make: type[Any], field: str, *prefixes: str, **others: st.SearchStrategy[Any]) -> st.SearchStrategy[Wish]:
    """A change of one of the records that are there then."""

    def wish(number: int, given: dict[str, Any]) -> Wish:
        return lambda state: make(basis=ON_ORDER, **{field: pick(state, number, *prefixes)}, **given)

    return st.builds(wish, st.integers(0, 40), st.fixed_dictionaries(others))


def free(make: type[Any], **others: st.SearchStrategy[Any]) -> st.SearchStrategy[Wish]:
    """A change that names no record."""

    def wish(given: dict[str, Any]) -> Wish:
        return lambda _: make(basis=ON_ORDER, **given)

    return st.builds(wish, st.fixed_dictionaries(others))


persons, posts, places = st.sampled_from([ANNA, BERT]), st.sampled_from(POSTS), st.sampled_from(PLACES)
kinds = st.sampled_from(["poor", "exited", "has-task"])
villages = st.sampled_from([WEST, EAST])
wishes = st.one_of(
    free(AppointToPost, person=persons, post=posts, since=dates, until=ends, replaces_holders=st.booleans()),
    free(VacatePost, post=posts, until=dates, is_left_empty=st.booleans()),
    *(
        free(
            CreateAssignment,
            kind=st.just(kind),
            assignee=st.sampled_from(assignees),
            target=st.sampled_from(targets),
            since=dates,
            until=ends,
        )
        for kind, assignees, targets in KINDS
    ),
    named(EndAssignment, "assignment", "assignment:", until=dates),
    named(TransferAssignment, "assignment", "assignment:", to=st.sampled_from([*POSTS, UNIT]), on=dates),
    free(RecordDesignation, subject=places, kind=kinds, since=dates, until=ends),
    named(EndDesignation, "designation", "designation:", until=dates),
    free(RecordExemption, subject=places, duty=st.sampled_from(DUTIES), since=dates, until=ends),
    named(EndExemption, "exemption", "exemption:", until=dates),
    free(
        AddMember,
        member=st.sampled_from([ANNA, MAYOR]),
        organization=st.just(UNIT),
        role=st.sampled_from(["head", "member"]),
        since=dates,
        until=ends,
    ),
    named(RemoveMember, "membership", "membership:", until=dates),
    free(
        RenameDivision,
        division=places,
        name=st.sampled_from(["东村", "西村"]),
        pinyin=st.sampled_from(["dong cun", "xi cun"]),
        on=dates,
    ),
    free(RecodeDivision, division=villages, code=st.sampled_from(["530521101202", "530521101299"]), on=dates),
    free(MoveDivision, division=villages, within=st.sampled_from([TOWNSHIP, COUNTY, OTHER, NEW]), on=dates),
    free(
        EstablishDivision,
        division=st.just(NEW),
        level=st.just("township"),
        code=st.just("530521102"),
        name=st.just("新镇"),
        pinyin=st.just("xin zhen"),
        within=st.sampled_from([COUNTY, OTHER]),
        since=dates,
        formed_of=st.sampled_from([(), (), (TOWNSHIP,)]),
    ),
    free(
        EndDivision,
        division=st.sampled_from([WEST, EAST, TOWNSHIP, NEW]),
        until=dates,
        successors=st.sampled_from([(), (), (WEST,), (EAST,), (TOWNSHIP, NEW)]),
    ),
    free(
        RecordDocument,
        document=st.sampled_from(["document:a", "document:b"]),
        title=st.just("文"),
        kind=st.just("order"),
    ),
    named(
        CorrectRecord,
        "record",
        *_TIMED,
        since=st.one_of(st.just(UNSET), dates, st.none()),
        until=st.one_of(st.just(UNSET), ends),
        observed=st.one_of(st.just(UNSET), st.sampled_from([(), ("2017-06-30",)])),
    ),
    named(RetractRecord, "record", *_TIMED),
    named(RetractRecord, "record", "change:"),
)
lists = st.lists(wishes, min_size=1, max_size=3)


def submission_of(wished: Sequence[Wish], state: State) -> Submission:
    """Some changes to a state; rules may be broken."""
    return Submission(changes=tuple(wish(state) for wish in wished), author="anna", override=RULES)


def state_after(state: State, changed: Iterable[Changed]) -> dict[str, AnyRecord]:
    """A naive write: one more version of everything."""
    found = dict(state)
    for each in changed:
        if each.after is None:
            found.pop(each.id, None)
        else:
            found[each.id] = each.after
            found.pop(node_id("retraction", each.id), None)  # what is recorded anew is no longer retracted
    return found


def world_of(state: State) -> World:
    nodes: list[AnyNode] = [record for record in state.values() if isinstance(record, Node)]
    claims: list[AnyClaim] = [record for record in state.values() if isinstance(record, Claim)]
    return World(nodes, claims, [record for record in state.values() if isinstance(record, Relation)], [])


histories = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
asked_of = st.builds(
    Asked,
    target=st.sampled_from(PLACES),
    day=st.sampled_from([*DAYS, "2016-01-01", "2017-12-31"]).map(lambda day: parse_day(day).toordinal()),
    write=st.one_of(st.none(), st.integers(0, 5)),
    is_late=st.booleans(),
)


@histories
@given(wished=st.lists(lists, min_size=1, max_size=5), questions=st.lists(asked_of, min_size=1, max_size=6))
async def test_every_answer_is_that_of_a_model_that_keeps_every_version(
    store: Store, wished: list[list[Wish]], questions: list[Asked]
) -> None:
    graph = await begin(store)
    states = [((await store.journal(first=1)).entries[0].recorded_at, {each.id: each for each in the_records()})]
    for wish in wished:
        now = states[-1][1]
        outcome = await graph.submit(submission_of(wish, now))
        if outcome.entry is not None:
            assert (await store.header()).generation == outcome.entry.number
            verdict = outcome.judgement.verdict
            after = state_after(now, verdict.plan.changed)
            after.update((finding.id, finding) for finding in verdict.findings)
            states.append((outcome.entry.recorded_at, after))
        else:
            assert not outcome.judgement.is_allowed or not outcome.judgement.verdict.changed
    for asked in questions:
        number = len(states) - 1 if asked.write is None else min(asked.write, len(states) - 1)
        recorded_at, state = states[number]
        if asked.is_late and number + 1 < len(states):
            recorded_at = states[number + 1][0] - 1  # the last moment before the next write
        moment = Moment(asked.day, None if asked.write is None else recorded_at)
        chain = (await graph.view([asked.target], moment)).chain(asked.target)
        assert plain(chain) == NaiveTracer(world_of(state), the_regime(), asked.day).trace(asked.target, None)
        known = await store.records(sorted({each for _, every in states for each in every}), moment.recorded_as_of)
        assert known == state


@histories
@given(earlier=st.lists(lists, max_size=2), wished=lists)
async def test_a_dry_run_foretells_what_the_write_changes(
    store: Store, earlier: list[list[Wish]], wished: list[Wish]
) -> None:
    graph = await begin(store)
    state: dict[str, AnyRecord] = {each.id: each for each in the_records()}
    for wish in earlier:
        outcome = await graph.submit(submission_of(wish, state))
        if outcome.entry is not None:
            state = state_after(state, outcome.judgement.verdict.plan.changed)
    submission = submission_of(wished, state)
    tried = await graph.try_out(submission)
    before = [row async for row in store.dump()]
    foretold = find_effects(tried.judgement.verdict.plan, tried.judgement.rules)
    written = await graph.submit(submission)
    assert written.judgement.verdict.plan.changed == tried.judgement.verdict.plan.changed
    assert written.judgement.verdict.faults == tried.judgement.verdict.faults
    if written.entry is None:
        assert [row async for row in store.dump()] == before
        return
    days = {day for each in written.judgement.verdict.plan.changed for day in _limits_of(each)}
    days.update(effect.day for effect in foretold)
    shown = set()
    for day in sorted(days):
        around = [await graph.view(PLACES, Moment(day, moment)) for moment in (written.entry.recorded_at - 1, None)]
        for target in PLACES:
            came = compare_chains(*(_own(view, target) for view in around))
            if any(_parts(came)):
                shown.add(target)
            for effect in foretold:
                if (effect.day, effect.target.id) == (day, target):
                    whole = compare_chains(*(view.chain(target, REGIME) for view in around))
                    assert _parts(effect.difference) == _parts(whole if effect.is_moved else came)
    assert shown <= {effect.target.id for effect in foretold}


def _own(view: View, target: str) -> Chain:
    """What is at the target itself."""
    chain = view.chain(target, REGIME)
    links = tuple(link for link in chain.links if link.target.id == target)
    return structs.replace(chain, links=links, gaps=tuple(gap for gap in chain.gaps if gap.target.id == target))


def _parts(difference: ChainDifference) -> tuple[object, ...]:
    return (
        difference.gained,
        difference.lost,
        difference.changed,
        difference.opened,
        difference.closed,
        difference.gaps_changed,
    )


def _limits_of(changed: Changed) -> set[int]:
    records = (changed.before, changed.after)
    dated = [record for record in records if isinstance(record, Claim | Relation)]
    return {clip(day) for record in dated for day in structs.astuple(limits(record.validity))}
