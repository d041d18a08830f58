"""What a plan would change for those who are answered for (影响): differences of chains, at the targets themselves.

A link, a holder or a gap at a county is the same one for every village in it; so each difference is told once, at the
target that it is at, on the day on which it begins. Only where something lies elsewhere than before is its whole chain
compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, structs

from graph_model.dates import Certainty, Validity, certainty_on, limits
from graph_model.editing.draft import Rules
from graph_model.editing.exits import clip
from graph_model.editing.planning import Plan
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import Chain, Completeness, trace_chain
from graph_model.questions.compare import ChainDifference, compare_chains
from graph_model.records import (
    AnyClaim,
    AnyRecord,
    AnyTarget,
    Claim,
    Designation,
    Exemption,
    Family,
    Relation,
    Vacancy,
)
from graph_model.regime import Regime

_RANK = {Certainty.NO: 0, Certainty.POSSIBLE: 1, Certainty.CERTAIN: 2}


class Effect(Struct, frozen=True):
    """What is different at one target from one day (ordinal) on, in one regime.

    Links and gaps are the target's own, and its containers' only where ``is_moved``: it then lies elsewhere.
    """

    day: int
    regime: Regime
    target: AnyTarget
    difference: ChainDifference
    is_moved: bool


def find_effects(plan: Plan, rules: Rules) -> tuple[Effect, ...]:
    """The effects of a plan, which must be whole (``submitting.judge``): by day, regime, level, target's id.

    Beside the targets of what changes are those whose duties may be met by it from above (``Duty.or_else``).

    Each gain and each loss of a record is told of on the first day on which it is complete and shows in a chain: where
    it does not show at once, an assignment that begins before its regime for instance, on a later day, or else an
    earlier one.
    """
    found: dict[tuple[int, str, str], Effect] = {}
    seen = _Seen(plan, rules)
    for changed in plan.changed:
        before, after = _dated(changed.before), _dated(changed.after)
        targets, assignments = _targets_of(before, after, plan), _assignments_of(before, after, plan)
        for regime in rules.regimes.values():
            if not any(_is_asked_for(record, regime) for record in (before, after)):
                continue
            below = dict.fromkeys(_served_from_above(assignments, regime, plan), False)
            for target, is_moved in {**below, **targets}.items():
                for sign in (1, -1):
                    days = _days(before, after, sign, target, regime, seen)
                    shown = (seen.effect(regime, day, target, is_moved=is_moved) for day in days)
                    effect = next((each for each in shown if each is not None), None)
                    if effect is not None:
                        key = (effect.day, regime.code, target)
                        found[key] = effect if is_moved or key not in found else found[key]
    positions = {code: position for position, code in enumerate(rules.regimes)}
    return tuple(sorted(found.values(), key=lambda each: (each.day, positions[each.regime.code], *_order(each))))


class _Seen:
    """What was worked out for one change of a plan, and holds for the others: a thousand may be at one target."""

    def __init__(self, plan: Plan, rules: Rules) -> None:
        self._plan = plan
        self._rules = rules
        self._effects: dict[tuple[str, int, str, bool], Effect | None] = {}
        self._days: dict[tuple[str, str], set[int]] = {}

    def effect(self, regime: Regime, day: int, target: str, *, is_moved: bool) -> Effect | None:
        """What is different at a target on a day."""
        key = (regime.code, day, target, is_moved)
        if key not in self._effects:
            self._effects[key] = _effect(self._plan, self._rules, regime, day, target, is_moved)
        return self._effects[key]

    def days(self, regime: Regime, target: str) -> set[int]:
        """The days on which something may begin or end to show at a target, by the regime and all that is there."""
        key = (regime.code, target)
        if key not in self._days:
            found = {clip(day) for day in structs.astuple(limits(regime.bounds))}
            found.update(day for duty in regime.duties for day in _days_of_validity(regime.whole_bounds(duty)))
            for around in (self._plan.before, self._plan.after):
                found.update(day for node in _judged_by(target, regime, around) for day in _limits_at(around, node))
            self._days[key] = found
        return self._days[key]


def days_of(before: AnyRecord | None, after: AnyRecord | None) -> tuple[int, ...]:
    """The days (ordinals) on which a change is complete: the first one of the greatest gain, and of the greatest loss.

    A record that now ends with some day of June is lost from 30 June on, when it surely has ended.
    """
    days = (_complete(_dated(before), _dated(after), sign) for sign in (1, -1))
    return tuple(sorted({day for day in days if day is not None}))


def _complete(before: AnyClaim | Relation | None, after: AnyClaim | Relation | None, sign: int) -> int | None:
    """The first day of the greatest gain (``sign`` 1) or loss (-1); None where there is none."""
    gains = {day: sign * _gain(before, after, day) for day in sorted(_limits_of(before, after))}
    most = max(gains.values(), default=0)
    return next((day for day, gain in gains.items() if gain == most), None) if most > 0 else None


def _days(
    before: AnyClaim | Relation | None,
    after: AnyClaim | Relation | None,
    sign: int,
    target: str,
    regime: Regime,
    seen: _Seen,
) -> Iterator[int]:
    """The days on which a gain or loss may show at a target: that of its completeness, the later and earlier ones."""
    complete = _complete(before, after, sign)
    if complete is None:
        return
    yield complete
    others = _limits_of(before, after) | seen.days(regime, target)
    for day in sorted(others - {complete}, key=lambda each: (each < complete, each)):
        if sign * _gain(before, after, day) > 0:
            yield day


def _records_at(around: Neighbourhood, target: str) -> Iterator[AnyClaim | Relation]:
    """The dated records that a target's own links and gaps hang on, and what it lies in."""
    yield from around.iter_from(target, Family.CONTAINMENT)
    yield from around.iter_claims(target, Designation)
    yield from around.iter_claims(target, Exemption)
    for assignment in around.iter_to(target, Family.RESPONSIBILITY):
        yield assignment
        yield from around.iter_to(assignment.source, Family.HOLDING)
        yield from around.iter_claims(assignment.source, Vacancy)


def _limits_at(around: Neighbourhood, node: str) -> set[int]:
    return {day for record in _records_at(around, node) for day in _limits_of(record)}


def _judged_by(target: str, regime: Regime, around: Neighbourhood) -> list[str]:
    """The nodes whose records a target's own duties hang on: itself, and what it ever lies in where that may do."""
    found = [target]
    if any(duty.or_else for duty in regime.duties):
        for node in found:
            found += {each.target for each in around.iter_from(node, Family.CONTAINMENT)} - set(found)
    return found


def _limits_of(*records: AnyClaim | Relation | None) -> set[int]:
    return {day for record in records if record is not None for day in _days_of_validity(record.validity)}


def _days_of_validity(validity: Validity) -> set[int]:
    return set(map(clip, structs.astuple(limits(validity))))


def _gain(before: AnyClaim | Relation | None, after: AnyClaim | Relation | None, day: int) -> int:
    ranks = [0 if record is None else _RANK[certainty_on(record.validity, day)] for record in (before, after)]
    return ranks[1] - ranks[0]


def _dated(record: AnyRecord | None) -> AnyClaim | Relation | None:
    return record if isinstance(record, Claim | Relation) else None


def _targets_of(before: AnyClaim | Relation | None, after: AnyClaim | Relation | None, plan: Plan) -> dict[str, bool]:
    """The targets at which a record may show in a chain, and whether they lie elsewhere by it."""
    found: dict[str, bool] = {}
    for record in (before, after):
        match record:
            case Relation(family=Family.RESPONSIBILITY):
                found[record.target] = False
            case Relation(family=Family.CONTAINMENT):
                found[record.source] = True
            case Relation(family=Family.HOLDING):
                found.update(dict.fromkeys(_answered_by(record.target, plan), False))
            case Vacancy():
                found.update(dict.fromkeys(_answered_by(record.subject, plan), False))
            case Designation() | Exemption():
                found[record.subject] = False
    return found


def _assignments_of(
    before: AnyClaim | Relation | None, after: AnyClaim | Relation | None, plan: Plan
) -> list[Relation]:
    """The assignments that a record is, or that the post which it is about has."""
    found: list[Relation] = []
    for record in (before, after):
        match record:
            case Relation(family=Family.RESPONSIBILITY):
                found.append(record)
            case Relation(family=Family.HOLDING):
                found += _answering(record.target, plan)
            case Vacancy():
                found += _answering(record.subject, plan)
    return found


def _served_from_above(assignments: Iterable[Relation], regime: Regime, plan: Plan) -> set[str]:
    """The targets below those of some assignments whose duties these may meet from above."""
    found: set[str] = set()
    for duty in regime.duties:
        for each in duty.or_else:
            at = {one.target for one in assignments if one.regime == regime.code and one.kind in each.kinds}
            for around in (plan.before, plan.after):
                above = {node for node in at if _is_of_level(around, node, each.level, regime)}
                found.update(node for node in _below(above, around) if _is_of_level(around, node, duty.level, regime))
    return found


def _is_of_level(around: Neighbourhood, node_id: str, level: str, regime: Regime) -> bool:
    node = around.find_node(node_id)
    found = regime.find_level(node) if isinstance(node, AnyTarget) else None
    return found is not None and found.code == level


def _below(nodes: set[str], around: Neighbourhood) -> set[str]:
    """All that ever lies in some nodes."""
    found, waiting = set(nodes), list(nodes)
    while waiting:
        new = {each.source for each in around.iter_to(waiting.pop(), Family.CONTAINMENT)} - found
        found |= new
        waiting += new
    return found - nodes


def _is_asked_for(record: AnyClaim | Relation | None, regime: Regime) -> bool:
    """Whether a regime asks for such records at all: most designations change no chain."""
    match record:
        case None:
            return False
        case Designation():
            return any(duty.designation == record.kind for duty in regime.duties)
        case Exemption() | Relation(family=Family.RESPONSIBILITY):
            return record.regime == regime.code
        case _:
            return True


def _answered_by(post: str, plan: Plan) -> list[str]:
    return [each.target for each in _answering(post, plan)]


def _answering(post: str, plan: Plan) -> list[Relation]:
    states = (plan.before, plan.after)
    return [each for around in states for each in around.iter_from(post, Family.RESPONSIBILITY)]


def _effect(plan: Plan, rules: Rules, regime: Regime, day: int, target: str, is_moved: bool) -> Effect | None:
    node = plan.after.find_node(target) or plan.before.find_node(target)
    if not isinstance(node, AnyTarget) or not regime.certainty_on(day).holds:
        return None
    before, after = (_chain(around, target, regime, day, rules, is_moved) for around in (plan.before, plan.after))
    difference = compare_chains(before, after)
    parts = (
        difference.gained,
        difference.lost,
        difference.changed,
        difference.opened,
        difference.closed,
        difference.gaps_changed,
    )
    return Effect(day, regime, node, difference, is_moved) if any(parts) else None


def _chain(around: Neighbourhood, target: str, regime: Regime, day: int, rules: Rules, is_whole: bool) -> Chain | None:
    if around.find_node(target) is None:
        return None
    coverages = rules.coverages
    return trace_chain(around, target, regime, day, coverages=coverages, own_only=not is_whole, has_above=True)


def completeness_of(effect: Effect, around: Neighbourhood, rules: Rules) -> Completeness | None:
    """What can be said of the whole chain of an effect's target in one state; None where it is not there."""
    chain = _chain(around, effect.target.id, effect.regime, effect.day, rules, is_whole=True)
    return None if chain is None else chain.completeness


def _order(effect: Effect) -> tuple[int, str]:
    level = effect.regime.find_level(effect.target)
    return -1 if level is None else effect.regime.level_positions[level.code], effect.target.id
