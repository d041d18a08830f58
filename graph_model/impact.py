"""What comes of it if an assignee leaves (离任影响): read, turned into changes, and decided as any change is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from graph_model.dates import AFTER_ALL_DAYS
from graph_model.editing.changes import MAX_CHANGES, Change, VacatePost
from graph_model.editing.draft import Rules
from graph_model.editing.effects import Effect, find_effects
from graph_model.editing.faults import FaultCode
from graph_model.editing.leaving import changes_of_leaving
from graph_model.editing.planning import Plan
from graph_model.errors import BadUserInputError
from graph_model.exchange import End, Window
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.candidates import Candidate, find_candidates
from graph_model.questions.chain import Link, trace_chain
from graph_model.questions.duties import Gap
from graph_model.records import AnyAssignee, AnyNode, AnyTarget, Coverage, Family, Post, Relation
from graph_model.regime import Regime
from graph_model.stores.base import StoreReader
from graph_model.submitting import Judgement, Submission, judge

MAX_CANDIDATES: Final = 60
"""How many posts of a kind are looked at, those whose ids are most like that of the one that is left."""
_ALL: Final = 1 << 30
_ENDING: Final = (Family.RESPONSIBILITY, Family.HOLDING, Family.MEMBERSHIP)
_AUTHOR: Final = "impact"
_FEW: Final = 20
"""Records that change: the effects of more than these are worked out in a thread."""


class Impact(Struct, frozen=True):
    """What comes of it. ``changes``: what would end; ``judgement``: what is decided on them, None where there are none.

    ``posts``: those that are left. ``recorded_as_of``: the state that was asked.
    """

    assignee: AnyAssignee
    on: date
    recorded_as_of: int
    changes: tuple[Change, ...]
    judgement: Judgement | None
    posts: tuple[Post, ...]


class Exposure(Struct, frozen=True):
    """A target that loses a link or its holder, or gains a gap of its own, from a day (ordinal) on.

    ``gaps``: those that open, or have another cause than before; ``lost``: links of before; ``others``: links of
    afterwards in the lanes of what is lost or loses its holder, and of what opens.
    """

    day: int
    regime: Regime
    target: AnyTarget
    gaps: tuple[Gap, ...]
    lost: tuple[Link, ...]
    others: tuple[Link, ...]


async def work_out(plan: Plan, rules: Rules) -> tuple[Effect, ...]:
    """The effects of a plan. Many are worked out in a thread, so that the server goes on answering meanwhile."""
    if len(plan.puts) + len(plan.removes) > _FEW:
        return await asyncio.to_thread(find_effects, plan, rules)
    return find_effects(plan, rules)


def position_of(effect: Effect) -> tuple[int, int, str, str]:
    """Where an effect stands among others: by day, level from the nearest, target's id, and regime."""
    level = effect.regime.find_level(effect.target)
    place = -1 if level is None else effect.regime.level_positions[level.code]
    return effect.day, place, effect.target.id, effect.regime.code


def losses(effects: Iterable[Effect], on: date) -> list[Effect]:
    """The effects by which somebody is exposed if an assignee leaves on a day, by their position.

    What shows before that day is no loss: an end that was not known is known by then, so that what ends was surely
    there until the day before.
    """
    return sorted((effect for effect in effects if effect.day >= on.toordinal()), key=position_of)


def expose(effect: Effect, plan: Plan, rules: Rules) -> Exposure:
    """The target of an effect, and who else answers for it afterwards."""
    difference = effect.difference
    gaps = (*difference.opened, *(change.after for change in difference.gaps_changed))
    lanes = {link.lane.code for link in (*difference.lost, *(change.before for change in difference.changed))}
    lanes.update(gap.lane.code for gap in gaps)
    left = trace_chain(
        plan.after,
        effect.target.id,
        effect.regime,
        effect.day,
        coverages=rules.coverages,
        lanes=frozenset(lanes),
        own_only=True,
    )
    return Exposure(effect.day, effect.regime, effect.target, gaps, difference.lost, left.links)


async def find_exposed(impact: Impact) -> tuple[Exposure, ...]:
    """All who are exposed if an assignee leaves, by their position."""
    if impact.judgement is None:
        return ()
    plan, rules = impact.judgement.verdict.plan, impact.judgement.rules
    return tuple(expose(effect, plan, rules) for effect in losses(await work_out(plan, rules), impact.on))


async def find_impact(reader: StoreReader, assignee: str, on: date, recorded_as_of: int) -> Impact | None:
    """What comes of it if an assignee leaves on a day, by what was known at a moment; None for an unknown one.

    Raises BadUserInputError where that cannot be: of too many records at once, or on a day that their dates forbid.
    """
    node = (await reader.records([assignee], recorded_as_of)).get(assignee)
    if not isinstance(node, AnyAssignee):
        return None
    window = Window(on.toordinal(), AFTER_ALL_DAYS - 1)

    async def related(nodes: Sequence[str], family: Family, end: End) -> list[Relation]:
        pages = await reader.relations(nodes, family, end, window, first=_ALL, recorded_as_of=recorded_as_of)
        return [relation for page in pages.values() for relation in page.relations]

    relations: list[Relation] = []
    for family in () if isinstance(node, Post) else _ENDING:
        relations += await related([assignee], family, End.SOURCE)
    posts = {assignee} if isinstance(node, Post) else set()
    posts.update(relation.target for relation in relations if relation.family is Family.HOLDING)
    holdings = await related(sorted(posts), Family.HOLDING, End.TARGET) if posts else []
    changes = changes_of_leaving(node, relations, holdings, on)
    if len(changes) > MAX_CHANGES:
        raise BadUserInputError(
            f"assignee: if {assignee} left, {len(changes)} records would end; at most {MAX_CHANGES} can be looked at:"
            " ask for its posts or members one by one"
        )
    changes, judgement = await _judged(reader, changes, recorded_as_of)
    left = {change.post for change in changes if isinstance(change, VacatePost)}
    found = await reader.records(sorted(left), recorded_as_of)
    return Impact(
        node, on, recorded_as_of, changes, judgement, tuple(post for post in found.values() if isinstance(post, Post))
    )


async def _judged(
    reader: StoreReader, changes: tuple[Change, ...], recorded_as_of: int
) -> tuple[tuple[Change, ...], Judgement | None]:
    """The changes that change anything, and the decision on them: a post may be vacant already."""
    if not changes:
        return (), None
    judgement = await judge(Submission(changes=changes, author=_AUTHOR), reader, recorded_as_of)
    faults = judgement.verdict.plan.faults
    if not faults:
        return changes, judgement
    for fault in faults:
        if fault.index is None or fault.code not in {FaultCode.DUPLICATE, FaultCode.NOTHING_TO_DO}:
            raise BadUserInputError(f"leavingOn: {fault.message.en}")
    idle = {fault.index for fault in faults}
    rest = tuple(change for index, change in enumerate(changes) if index not in idle)
    return await _judged(reader, rest, recorded_as_of)


async def find_successors(
    reader: StoreReader, leaving: Sequence[Post], day: int, coverages: Sequence[Coverage], recorded_as_of: int
) -> tuple[Candidate, ...]:
    """Posts of the kinds of those that are left, the nearest first; of each at most ``MAX_CANDIDATES``."""
    posts: dict[str, Post] = {}
    for post in leaving:
        posts.update((each.id, each) for each in await _like(reader, post, recorded_as_of))
    ids = {*posts, *(post.id for post in leaving)}
    relations = await _ways_up(reader, ids, day, recorded_as_of)
    above = await reader.lookup(sorted({relation.target for relation in relations}), recorded_as_of)
    nodes: list[AnyNode] = [*above.iter_nodes(), *posts.values()]
    around = Neighbourhood(nodes, above.iter_all_claims(), relations)
    return find_candidates(around, [post.id for post in leaving], list(posts.values()), day, coverages)


async def _like(reader: StoreReader, post: Post, recorded_as_of: int) -> list[Post]:
    """Posts of the same kind: ids are made of codes, so that those which begin alike lie near each other."""
    found: dict[str, Post] = {}
    prefix = post.id.rpartition(":")[0]
    while len(found) < MAX_CANDIDATES and prefix:
        page = await reader.list_records(
            "post", first=MAX_CANDIDATES + 1, kind=post.kind, prefix=prefix, recorded_as_of=recorded_as_of
        )
        for record in page.records:
            if isinstance(record, Post) and record.id != post.id and len(found) < MAX_CANDIDATES:
                found[record.id] = record
        prefix = prefix[:-1]
    return list(found.values())


async def _ways_up(reader: StoreReader, ids: set[str], day: int, recorded_as_of: int) -> list[Relation]:
    """All containment upwards from some nodes on a day: a look-up a step, each for new nodes only."""
    found: list[Relation] = []
    seen: set[str] = set()
    layer, window = ids, Window(day, day)
    while layer:
        seen |= layer
        pages = await reader.relations(
            sorted(layer), Family.CONTAINMENT, End.SOURCE, window, first=_ALL, recorded_as_of=recorded_as_of
        )
        relations = [relation for page in pages.values() for relation in page.relations]
        found += relations
        layer = {relation.target for relation in relations} - seen
    return found
