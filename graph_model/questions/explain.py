"""Why somebody answers for a target on a day, or why not (责任解释): the ways that lead there, else the nearest misses.

Whether one answers is what the chain and the duty checker say; here stands only why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

import msgspec
from msgspec import Struct

from graph_model.dates import Certainty, strongest
from graph_model.errors import BadUserInputError
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.reasons.duty_trails import trail_duty
from graph_model.questions.reasons.sentences import name_of, tell
from graph_model.questions.reasons.steps import Step, StepKind
from graph_model.questions.reasons.telling import Piece
from graph_model.questions.reasons.trails import Trail, Trailblazer, make_trail
from graph_model.records import (
    AnyAssignee,
    AnyClaim,
    AnyTarget,
    Coverage,
    Family,
    Person,
    Post,
    Relation,
    Text,
    type_of,
)
from graph_model.regime import Duty, Kind, Lane, Regime, allows

MOST_MISSES = 5
"""How many of the nearest misses are told."""


class Subject(Enum):
    """What an explanation is asked about (解释对象)."""

    ASSIGNEE = "assignee"
    POST = "post"
    LANE = "lane"
    DUTY = "duty"


def find_about(around: Neighbourhood, regime: Regime, subject: Subject, key: str) -> AnyAssignee | Lane | Duty:
    """Whom or what a key (an id of somebody, a code of a lane or duty) means. Raises BadUserInputError."""
    if subject is Subject.LANE:
        (code,) = regime.check_lanes([key])
        return regime.get_lane(code)
    if subject is Subject.DUTY:
        return regime.get_duty(key)
    node = around.find_node(key)
    if node is None:
        raise BadUserInputError(f"{subject.value}: there is nobody with the id {key!r}")
    if not isinstance(node, Post if subject is Subject.POST else AnyAssignee):
        wanted = "a post" if subject is Subject.POST else "an organisation, a post or a person"
        raise BadUserInputError(f"{subject.value}: {key!r} is a {type_of(node)}; give the id of {wanted}")
    return node


class Explanation(Struct, frozen=True, kw_only=True):
    """The answer: CERTAIN is yes, POSSIBLE perhaps, NO no.

    ``trails``: where somebody answers, or may, all ways that lead there, the surest first; otherwise the nearest
    misses. A duty has a trail for each node that has it, with its gap.
    """

    target: AnyTarget
    about: AnyAssignee | Lane | Duty
    regime: Regime
    day: int
    certainty: Certainty
    trails: tuple[Trail, ...]
    message: Text


def explain(
    around: Neighbourhood,
    target: AnyTarget,
    about: AnyAssignee | Lane | Duty,
    regime: Regime,
    day: int,
    *,
    coverages: Sequence[Coverage] = (),
) -> Explanation:
    """Why ``about`` answers for a target on a day (ordinal), or why not.

    ``around`` must be of all days: what held before and what holds later is looked at too. Costs as much as a chain for
    each day on which a container of the target changes.
    """
    blazer = Trailblazer(around, target.id, regime, day, coverages)
    if isinstance(about, Duty):
        trails = list(trail_duty(about, blazer))
    else:
        trails = list(_trails(about, blazer)) or [_never(about, blazer)]
        trails.sort(key=lambda trail: _order(trail, blazer))
        holding = [trail for trail in trails if trail.certainty.holds]
        trails = holding or trails[:MOST_MISSES]
    certainty = strongest(*(trail.certainty for trail in trails))
    return Explanation(
        target=target,
        about=about,
        regime=regime,
        day=day,
        certainty=certainty,
        trails=tuple(trails),
        message=tell(trails[0], about, certainty, blazer),
    )


def learnt_later(then: Explanation, now: Explanation, known: Neighbourhood) -> Mapping[str, Text]:
    """What makes the answer surer now than then: the records that were not ``known`` then, or said something else.

    Their ids, each with the sentence of its step; empty where the answer is not surer.
    """
    if _RANKS[now.certainty] >= _RANKS[then.certainty]:
        return {}
    steps = [(step.record, step.sentence) for step in now.trails[0].steps]
    return {
        record.id: sentence
        for record, sentence in steps
        if isinstance(record, Relation | AnyClaim) and known.find_record(record.id) != record
    }


def with_later_knowledge(then: Explanation, learnt: Mapping[str, Text], recorded: Mapping[str, str]) -> Explanation:
    """An explanation of what was known at a moment, and what was recorded only later (a text of the moment, by id)."""
    steps = tuple(
        Step(
            kind=StepKind.RECORDED_LATER,
            sentence=Text(
                zh=f"“{sentence.zh}”至{recorded[record]}方有记录",
                en=f"“{sentence.en}” was recorded only at {recorded[record]}",
            ),
            certainty=Certainty.NO,
            clause=None,
        )
        for record, sentence in learnt.items()
    )
    if not steps:
        return then
    trail = Trail(certainty=Certainty.NO, target=None, steps=steps)
    zh, en = "；".join(step.sentence.zh for step in steps), "; ".join(step.sentence.en for step in steps)
    message = Text(zh=f"{then.message.zh.rstrip('。')}；{zh}。", en=f"{then.message.en.rstrip('.')}; {en}.")
    return msgspec.structs.replace(then, trails=(*then.trails, trail), message=message)


def _trails(about: AnyAssignee | Lane, blazer: Trailblazer) -> Iterator[Trail]:
    """A trail along each assignment, of any time, to the target or to what it lies in on some day."""
    for node in blazer.lying.ever_above:
        for assignment in blazer.assignments_to(node.id):
            if isinstance(about, Lane):
                if blazer.teller.kind_of(assignment).lane == about.code:
                    yield blazer.along(node, assignment)
            elif assignment.source == about.id:
                yield blazer.along(node, assignment)
            elif isinstance(about, Person) and _ever_held(assignment.source, about, blazer.around):
                yield blazer.along(node, assignment, about)


def _ever_held(post: str, person: Person, around: Neighbourhood) -> bool:
    return any(holding.source == person.id for holding in around.iter_to(post, Family.HOLDING))


def _never(about: AnyAssignee | Lane, blazer: Trailblazer) -> Trail:
    """That there is no such assignment, of no time; CERTAIN where the rosters that could hold it are complete."""
    name, target = name_of(about, blazer), blazer.teller.name(blazer.target)
    if isinstance(about, Lane):
        sentence = Text(
            zh=f"{target}及其所属从未有“{name.zh}”条线的责任记录",
            en=f"no assignment of the lane “{name.en}” to {target}, or to what it lies in, was ever recorded",
        )
    else:
        sentence = Text(
            zh=f"从未有{name.zh}对{target}或其所属负责的记录",
            en=f"no assignment of {name.en} to {target}, or to what it lies in, was ever recorded",
        )
    step = Step(
        kind=StepKind.NEVER_ASSIGNED,
        sentence=sentence,
        certainty=Certainty.NO,
        subject=blazer.around.find_node(blazer.target),
    )
    return make_trail(None, [Piece((step, *_open_rosters(about, blazer)), Certainty.NO)])


def _open_rosters(about: AnyAssignee | Lane, blazer: Trailblazer) -> Iterator[Step]:
    """That some of the rosters that could hold such an assignment are not known to be complete on the day."""
    reached = blazer.ways.reached_from(blazer.target)
    nodes = [node for each in reached if isinstance(node := blazer.around.find_node(each), AnyTarget)]
    uncovered = [
        kind
        for kind in blazer.regime.kinds
        if (kind.lane == about.code if isinstance(about, Lane) else _may_answer(about, kind))
        and any(allows(kind.targets, node) and not blazer.checker.is_covered(kind.code, node) for node in nodes)
    ]
    if uncovered:
        zh, en = (
            "、".join(f"“{kind.labels.zh}”" for kind in uncovered),
            ", ".join(f"“{kind.labels.en}”" for kind in uncovered),
        )
        yield Step(
            kind=StepKind.NOT_COVERED,
            sentence=Text(
                zh=f"当日下列名册是否齐全未知，可能有未记录者：{zh}",
                en=f"somebody may not be recorded, for these rosters are not known to be complete on that day: {en}",
            ),
            certainty=Certainty.POSSIBLE,
            subject=blazer.around.find_node(blazer.target),
        )


def _may_answer(assignee: AnyAssignee, kind: Kind) -> bool:
    """Whether a kind allows an assignee; a person may also answer through a post."""
    return allows(kind.assignees, assignee) or (isinstance(assignee, Person) and "post" in kind.assignees)


def _order(trail: Trail, blazer: Trailblazer) -> tuple[int, int, int, int, str, int, str, str]:
    """The surest first; of misses those with the fewest obstacles, then the nearest in time; then as in a chain."""
    level = None if trail.target is None else blazer.regime.find_level(trail.target)
    assignment = trail.assignment
    return (
        _RANKS[trail.certainty],
        trail.obstacles,
        trail.distance,
        -1 if level is None else blazer.regime.level_positions[level.code],
        "" if trail.target is None else trail.target.id,
        -1 if assignment is None else blazer.regime.kind_positions[assignment.kind],
        "" if assignment is None else assignment.source,
        "" if assignment is None else assignment.id,
    )


_RANKS: Mapping[Certainty, int] = {Certainty.CERTAIN: 0, Certainty.POSSIBLE: 1, Certainty.NO: 2}
