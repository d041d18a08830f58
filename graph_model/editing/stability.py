"""Stability rules (稳定规则): what a change would end before the exit, though a rule of the regime forbids it.

A rule is kept where the exit is CERTAIN on every day that the end may mean, or a successor surely starts that very day.
Whatever is not sure is a breach all the same, and says so. What is retracted, or corrected to a time that has no day in
common with its own, counts as ended on the day on which it began. Source: domain.md 3; decision 16.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, structs

from graph_model.dates import (
    Bound,
    BoundState,
    Certainty,
    Validity,
    certainty_on,
    limits,
    parse_since,
    parse_until,
    weakest,
)
from graph_model.editing.draft import Rules
from graph_model.editing.exits import Exits, clip, over
from graph_model.editing.planning import Plan
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import (
    AnyRecord,
    AnyTarget,
    Coverage,
    Family,
    Post,
    Relation,
    Vacancy,
)
from graph_model.regime import Regime, StabilityRule

_RECORDED = {BoundState.KNOWN, BoundState.PARTIAL}


class Breach(Struct, frozen=True, kw_only=True):
    """An end that a rule forbids: of an assignment, of the holding of a post, or by a vacancy of it (违规).

    ``end`` is the first day without; CERTAIN if the rule surely applies and nothing could still excuse the end.
    ``free_from``: the first day (ordinal) from which the exit is CERTAIN, None where none is recorded.
    ``has_unsure_successor``: one may, but need not, start the same day.
    """

    rule: StabilityRule
    regime: Regime
    target: AnyTarget
    record: Relation | Vacancy
    end: Bound
    certainty: Certainty
    exit: Certainty
    free_from: int | None
    has_unsure_successor: bool = False


def find_breaches(plan: Plan, rules: Rules) -> tuple[Breach, ...]:
    """The breaches that a plan brings about, and that were not there before, or not as early."""
    touched = {each.id: (each.before, each.after) for each in plan.changed}
    records = [record for pair in touched.values() for record in pair]
    assignments = [each for each in records if isinstance(each, Relation) and each.family is Family.RESPONSIBILITY]
    seats = {each.target for each in records if isinstance(each, Relation) and each.family is Family.HOLDING}
    seats.update(each.subject for each in records if isinstance(each, Vacancy))
    ends = {each.target for each in assignments}
    targets = ends.union(
        each.target
        for around in (plan.before, plan.after)
        for seat in seats
        for each in around.iter_from(seat, Family.RESPONSIBILITY)
    )
    lost = [before for before, after in touched.values() if isinstance(before, Relation) and _is_lost(before, after)]
    found: list[Breach] = []
    for regime in rules.regimes.values():
        for rule in regime.stability_rules:
            for target in sorted(targets):
                known = RuleCheck(plan.before, regime, rule, rules.coverages).breaches(target)
                found += [
                    breach
                    for breach in RuleCheck(plan.after, regime, rule, rules.coverages).breaches(target, lost)
                    if _is_touched(breach.record, touched, seats, ends)
                    and not any(_is_as_grave(other, breach) for other in known)
                ]
    return tuple(found)


def _is_lost(before: Relation, after: AnyRecord | None) -> bool:
    """Whether nothing is left of a relation: it is retracted, or its time has no day in common with what it was."""
    if not isinstance(after, Relation):
        return True
    was, is_now = limits(before.validity), limits(after.validity)
    return was.possible_from >= is_now.possible_until or is_now.possible_from >= was.possible_until


def _is_touched(record: Relation | Vacancy, touched: Iterable[str], seats: set[str], targets: set[str]) -> bool:
    """Whether a change may have brought about a breach by this record: its own end, or the successor's.

    Who held a post long ago is no matter of an assignment that is recorded only now.
    """
    if record.id in touched:
        return True
    if isinstance(record, Vacancy) or record.family is Family.HOLDING:
        return (record.subject if isinstance(record, Vacancy) else record.target) in seats
    return record.target in targets


def _is_as_grave(known: Breach, breach: Breach) -> bool:
    return known.record.id == breach.record.id and (known.end.earliest, known.end.latest) <= (
        breach.end.earliest,
        breach.end.latest,
    )


class RuleCheck:
    """One rule over one state of the graph."""

    def __init__(
        self, around: Neighbourhood, regime: Regime, rule: StabilityRule, coverages: Sequence[Coverage] = ()
    ) -> None:
        self._around = around
        self._regime = regime
        self._rule = rule
        self._exits = Exits(around, regime, rule, coverages)

    def breaches(self, target_id: str, lost: Sequence[Relation] = ()) -> list[Breach]:
        """What ended at a target though the rule forbade it, whenever that was; by record's id.

        ``lost``: relations of which nothing is left, which count as ended when they began.
        """
        target = self._around.find_node(target_id)
        level = self._regime.find_level(target) if isinstance(target, AnyTarget) else None
        if not isinstance(target, AnyTarget) or level is None or level.code not in self._rule.levels:
            return []
        bound = [each for each in self._around.iter_to(target_id, Family.RESPONSIBILITY) if self._binds(each)]
        gone = [each for each in lost if each.target == target_id and self._binds(each)]
        found = [*self._ended_assignments(target, bound, gone)]
        if self._rule.holders_stay:
            for post in sorted({each.source for each in (*bound, *gone)}):
                left = [each for each in lost if each.target == post and each.family is Family.HOLDING]
                found += self._moved_holders(target, post, [*bound, *gone], left)
        return sorted(found, key=lambda breach: breach.record.id)

    def _binds(self, relation: Relation) -> bool:
        is_of_regime = relation.family is Family.RESPONSIBILITY and relation.regime == self._regime.code
        return is_of_regime and relation.kind in self._rule.kinds

    # --- assignments ------------------------------------------------------------------------------------------------

    def _ended_assignments(
        self, target: AnyTarget, bound: Sequence[Relation], gone: Sequence[Relation]
    ) -> Iterator[Breach]:
        """Each assignment that ends needs the exit, or a successor of its own that starts the same day."""
        free = {each.id: each for each in bound}
        for each, end in _ends_of(bound, gone):
            breach = None if _goes_on(each, end, bound) else self._judge(target, each, end)
            if breach is None:
                continue
            starting = {other.id: _starts(other, end) for other in free.values() if other.id != each.id}
            sure = [other for other, certainty in starting.items() if certainty is Certainty.CERTAIN]
            if self._rule.successor_allowed and sure:
                del free[min(sure)]
            elif self._rule.successor_allowed and any(certainty.holds for certainty in starting.values()):
                yield structs.replace(breach, certainty=Certainty.POSSIBLE, has_unsure_successor=True)
            else:
                yield breach

    # --- holders ----------------------------------------------------------------------------------------------------

    def _moved_holders(
        self, target: AnyTarget, post: str, bound: Sequence[Relation], left: Sequence[Relation]
    ) -> Iterator[Breach]:
        """Each holding of a bound post that ends, and each vacancy that begins where no holding is recorded to end."""
        if not isinstance(self._around.find_node(post), Post):
            return
        holdings = list(self._around.iter_to(post, Family.HOLDING))
        ends = _ends_of(holdings, left)
        for holding, end in ends:
            days = (end.earliest, end.latest) if holding in left else (end.earliest - 1, end.latest - 1)
            if not _goes_on(holding, end, holdings) and _answered(post, bound, days):
                yield from self._judged(target, holding, end)
        for vacancy in self._around.iter_claims(post, Vacancy):
            begin = parse_since(vacancy.validity.since)
            is_told = any((end.earliest, end.latest) == (begin.earliest, begin.latest) for _, end in ends)
            days = (begin.earliest - 1, begin.latest - 1)
            if (
                begin.state in _RECORDED
                and not is_told
                and not self._was_empty(post, begin, vacancy)
                and _answered(post, bound, days)
            ):
                yield from self._judged(target, vacancy, begin)

    def _judged(self, target: AnyTarget, record: Relation | Vacancy, end: Bound) -> Iterator[Breach]:
        breach = self._judge(target, record, end)
        if breach is not None:
            yield breach

    def _was_empty(self, post: str, begin: Bound, vacancy: Vacancy) -> bool:
        """Whether nobody can have left by a vacancy: another one was there before, or a holder surely stays."""
        vacancies = [each for each in self._around.iter_claims(post, Vacancy) if each.id != vacancy.id]
        if any(_certainty(each.validity, begin.earliest - 1) is Certainty.CERTAIN for each in vacancies):
            return True
        holdings = self._around.iter_to(post, Family.HOLDING)
        return any(over(each.validity, begin) is Certainty.CERTAIN for each in holdings)

    # --- the rule itself --------------------------------------------------------------------------------------------

    def _judge(self, target: AnyTarget, record: Relation | Vacancy, end: Bound) -> Breach | None:
        """The breach of an end, as far as no successor excuses it; None where the rule lets it be."""
        applies = weakest(over(self._regime.whole_bounds(self._rule), end), over(self._regime.bounds, end))
        binds, has_exited = self._exits.of(target, end)
        applies = weakest(applies, binds)
        if not applies.holds or has_exited is Certainty.CERTAIN:
            return None
        is_sure = applies is Certainty.CERTAIN and has_exited is Certainty.NO
        return Breach(
            rule=self._rule,
            regime=self._regime,
            target=target,
            record=record,
            end=end,
            certainty=Certainty.CERTAIN if is_sure else Certainty.POSSIBLE,
            exit=has_exited,
            free_from=self._exits.free_from(target, end),
        )


def _ends_of(relations: Sequence[Relation], lost: Sequence[Relation]) -> list[tuple[Relation, Bound]]:
    """The relations that end, and when, by id; what is lost ended when it began."""
    ends = [(each, parse_until(each.validity.until)) for each in relations]
    found = [(each, end) for each, end in ends if end.state in _RECORDED]
    for each in lost:
        days = limits(each.validity)
        last = min(days.certain_from, days.possible_until - 1)
        state = BoundState.KNOWN if days.possible_from == last else BoundState.PARTIAL
        found.append((each, Bound(None, state, days.possible_from, last)))
    return sorted(found, key=lambda pair: pair[0].id)


def _answered(post: str, bound: Sequence[Relation], days: Iterable[int]) -> bool:
    """Whether a post may have answered for the target on one of some days."""
    return any(each.source == post and any(_certainty(each.validity, day).holds for day in days) for each in bound)


def _certainty(validity: Validity, day: int) -> Certainty:
    return certainty_on(validity, clip(day))


def _starts(relation: Relation, end: Bound) -> Certainty:
    """Whether a relation begins on the very day of an end: sure only where both are known to the day."""
    begin, first_seen = parse_since(relation.validity.since), limits(relation.validity).certain_from
    if begin.earliest > end.latest or min(begin.latest, first_seen) < end.earliest:
        return Certainty.NO
    is_sure = begin.state is BoundState.KNOWN and end.state is BoundState.KNOWN
    return Certainty.CERTAIN if is_sure else Certainty.POSSIBLE


def _goes_on(relation: Relation, end: Bound, others: Iterable[Relation]) -> bool:
    """Whether the very same relation surely goes on under another record."""
    return any(
        other.id != relation.id
        and (other.kind, other.source, other.target) == (relation.kind, relation.source, relation.target)
        and over(other.validity, end) is Certainty.CERTAIN
        for other in others
    )
