"""Chain, explanation, gap calendar, findings and impact agree with each other, through the facade, on random graphs.

A link in the chain is explained yes, a gap no with the same cause; the calendar and the findings have the gaps of all
chains; what impact tells is what the chains show after the write, and whose gaps differ after it was told of.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from random import Random

import pytest
from msgspec import structs

from graph_model.dates import Certainty, strongest, weakest
from graph_model.editing.effects import Effect, find_effects
from graph_model.errors import BadUserInputError
from graph_model.exchange import Batch, Window
from graph_model.graph import ResponsibilityGraph
from graph_model.keys import RELATION_PREFIX
from graph_model.questions.chain import Chain
from graph_model.questions.duties import Gap, GapCause
from graph_model.questions.explain import Subject
from graph_model.questions.found import DUTY_CODES
from graph_model.questions.gap_listing import Wish
from graph_model.questions.ways import Ways
from graph_model.records import AnyAssignee, AnyRecord, AnyTarget, Dataset, Person, Provenance, Text
from graph_model.regime_file import encode_regime
from graph_model.stores.embedded import open_store
from graph_model.views import Moment
from tests.conformance.small_campaign import asked
from tests.graph_model.questions.crowded_worlds import crowd_of
from tests.graph_model.questions.random_worlds import DAYS, PLACES, REGIME, Question, question_of
from tests.graph_model.test_duty_findings import there_on

FIRST, LATER = DAYS[0], (*DAYS, date(2018, 6, 30).toordinal())
ALL = Wish(causes=frozenset(GapCause))
Told = tuple[str, str, str, str]


def told(gaps: Iterable[Gap]) -> Counter[Told]:
    return Counter((gap.target.id, gap.duty.code, gap.cause.value, gap.certainty.value) for gap in gaps)


def records_of(question: Question) -> list[AnyRecord]:
    """A question's world as it can be written: relations with the ids that their family has."""
    world = question.world
    return [
        Dataset(
            id="dataset:random",
            provenance=Provenance.SOURCE,
            name=Text("随机", "Random"),
            reference_date="2017-06-30",
            editions=("2017-06-30",),
            regimes=(REGIME,),
        ),
        encode_regime(question.regime),
        *world.nodes,
        *world.claims,
        *(
            structs.replace(each, id=f"{RELATION_PREFIX[each.family]}:{each.id.partition(':')[2]}")
            for each in world.relations
        ),
        *world.coverages,
    ]


class Asked:
    """A graph with one question's world in it."""

    def __init__(self, graph: ResponsibilityGraph, question: Question) -> None:
        self.graph = graph
        self.question = question
        self.targets = [node.id for node in question.world.nodes if isinstance(node, AnyTarget)]
        self.assignees = [node for node in question.world.nodes if isinstance(node, AnyAssignee)]

    async def chain(self, target: str, day: int) -> Chain:
        return (await self.graph.view([target], Moment(day))).chain(target)

    async def own_gaps(self, target: str, day: int) -> Counter[Told]:
        return told(gap for gap in (await self.chain(target, day)).gaps if gap.target.id == target)

    async def explained(self, target: str, subject: Subject, key: str, day: int) -> tuple[Certainty, list[Gap]]:
        answer = await self.graph.explain(target, subject, key, Moment(day))
        assert answer is not None
        gaps = [trail.gap for trail in answer[1].trails if trail.gap is not None]
        return answer[1].certainty, gaps


async def check_explanations(asked_of: Asked) -> None:
    """Who has a link is explained as sure as the link, who has none is not; each gap with its cause."""
    question = asked_of.question
    chain = await asked_of.chain(question.target, question.day)
    for assignee in asked_of.assignees:
        sure = [link.certainty for link in chain.links if link.assignee == assignee]
        if isinstance(assignee, Person):
            sure += [
                weakest(link.certainty, holder.certainty)
                for link in chain.links
                for holder in link.holders
                if holder.person == assignee
            ]
        found, _ = await asked_of.explained(question.target, Subject.ASSIGNEE, assignee.id, question.day)
        assert found is strongest(*sure), assignee.id
    for duty in question.regime.duties:
        found, gaps = await asked_of.explained(question.target, Subject.DUTY, duty.code, question.day)
        assert told(gaps) == told(gap for gap in chain.gaps if gap.duty == duty)
        if gaps and all(gap.cause.is_unmet and gap.certainty is Certainty.CERTAIN for gap in gaps):
            assert (found is Certainty.NO) or len(gaps) < len({each.target.id for each in chain.gaps})


async def check_lists(asked_of: Asked) -> None:
    """The calendar of each area, and the findings, have the gaps of the chains of what lies there."""
    graph, day = asked_of.graph, asked_of.question.day
    own = {target: await asked_of.own_gaps(target, day) for target in asked_of.targets}
    for area in sorted(set(PLACES)):
        inside = [each for each in asked_of.targets if area in await _reached(graph, each, day)]
        there = there_on(asked_of.question.world, day)
        _, calendar = await graph.gap_calendar([area], Window(day, day))
        page = calendar.page(ALL, first=1_000)
        listed = Counter(
            (each.target, each.spell.duty.code, str(each.spell.cause).rpartition(".")[2], each.spell.certainty.value)
            for each in page.periods
        )
        assert listed == sum((own[each] for each in inside), Counter()), area
        found = await graph.findings(Moment(day), first=1_000, within=[area])
        listed_there = Counter({each: number for each, number in listed.items() if each[0] in there})
        assert (
            Counter(
                (target, row.found.word, str(row.found.cause).rpartition(".")[2], row.found.certainty.value)
                for row in found.rows
                if row.found is not None and row.found.code in DUTY_CODES
                for target in row.targets
                if target in inside
            )
            == listed_there
        ), area


async def _reached(graph: ResponsibilityGraph, node: str, day: int) -> Sequence[str]:
    view = await graph.view([node], Moment(day))
    return Ways(view.around, day, view.frame.header.coverages).reached_from(node)


async def check_leaving(asked_of: Asked, assignee: str, on: int) -> bool:
    """What impact tells is what the chains show after the write, on its days; nobody else's gaps differ on any day."""
    graph, targets = asked_of.graph, asked_of.targets
    before = {(target, day): await asked_of.own_gaps(target, day) for target in targets for day in LATER}
    try:
        impact = await graph.impact(assignee, date.fromordinal(on))
    except BadUserInputError:
        return False
    if impact is None or impact.judgement is None:
        return False
    plan, rules = impact.judgement.verdict.plan, impact.judgement.rules
    effects = find_effects(plan, rules)
    foretold = {(effect.target.id, effect.day): await _foretold(asked_of, effect) for effect in effects}
    written = await graph.submit(asked(*impact.changes))
    assert written.judgement.verdict.faults == ()
    for (target, day), gaps in foretold.items():
        assert await asked_of.own_gaps(target, day) == gaps, (target, date.fromordinal(day))
    touched = {effect.target.id for effect in effects}
    for (target, day), gaps in before.items():
        if target not in touched:
            assert await asked_of.own_gaps(target, day) == gaps, (target, date.fromordinal(day))
    await check_explanations(asked_of)
    return True


async def _foretold(asked_of: Asked, effect: Effect) -> Counter[Told]:
    """The gaps of a target on the day of an effect, as they will be."""
    difference = effect.difference
    gone = told([*difference.closed, *(change.before for change in difference.gaps_changed)])
    come = told([*difference.opened, *(change.after for change in difference.gaps_changed)])
    return await asked_of.own_gaps(effect.target.id, effect.day) - gone + come


async def _agree(seed: int) -> bool:
    """Whether somebody could leave; all else is asserted."""
    random = Random(seed)  # noqa: S311 - a graph, no secret
    question = random.choice([question_of, question_of, crowd_of])(seed)
    store = open_store("sqlite:///:memory:", "writer")
    try:
        await store.apply([Batch("random", records_of(question))], recorded_at=1_000, author="tests")
        asked_of = Asked(ResponsibilityGraph(store), question)
        await check_explanations(asked_of)
        await check_lists(asked_of)
        return await check_leaving(asked_of, random.choice(asked_of.assignees).id, random.choice(DAYS))
    finally:
        await store.close()


def check_all(seeds: Iterable[int]) -> int:
    """How many of the graphs somebody left."""
    return sum(asyncio.run(_agree(seed)) for seed in seeds)


def test_all_agree() -> None:
    assert check_all(range(60)) >= 20


@pytest.mark.long
def test_all_agree_on_many_graphs() -> None:
    assert check_all(range(1_000, 3_000)) >= 700
