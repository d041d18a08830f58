"""What took the place of divisions that ended, and what new ones were formed of (承继), by a whole list of changes.

Where their parts moved in the same list, or what the changes name: recorded as change events, an official's word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from graph_model.change_events import parts_of, passings
from graph_model.dates import Bound, limits, parse_partial
from graph_model.editing.changes import MAX_CHANGES, Change
from graph_model.editing.draft import Draft, Step, Turn, provenance_of
from graph_model.editing.events import events_at, free_id, redated, retractions_of
from graph_model.editing.faults import FaultCode
from graph_model.keys import node_id
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import AnyRecord, ChangeEvent, ChangeKind, Code, Division


def weighed(named: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Named divisions, each once, with what they weigh: more than any number of parts that move, the first most."""
    once = list(dict.fromkeys(named))
    return ((each, MAX_CHANGES * (len(once) - place)) for place, each in enumerate(once))


def check_others(field: str, named: Sequence[str], division: str, level: str, day: Bound | None, step: Step) -> None:
    """Note which of the divisions that one is formed of, or makes place for, cannot be that."""
    for each in dict.fromkeys(named):
        other = step.node(field, each, Division)
        if other is None:
            continue
        if other.id == division or other.level != level:
            step.fault(
                FaultCode.BAD_VALUE,
                field,
                f"{other.id} 不是另一个 {level}",
                f"{other.id} is no other {level} than this one",
            )
        elif day is not None:
            check_there(field, other.id, day, step, is_until=field == "formed_of")


def check_there(field: str, division: str, day: Bound, step: Step, *, is_until: bool = False) -> None:
    """Note that a division surely is not there on a day, or was not until then."""
    spans = [limits(code.validity) for code in step.around.iter_claims(division, Code)]
    if is_until:
        is_there = any(span.possible_from < day.latest and span.possible_until >= day.earliest for span in spans)
    else:
        is_there = any(span.possible_from <= day.latest and span.possible_until > day.earliest for span in spans)
    if spans and not is_there:
        step.fault(FaultCode.OUT_OF_TIME, field, f"其时没有 {division}", f"there was no {division} then")


def departures(division: str, around: Neighbourhood) -> list[ChangeEvent]:
    """The events by which a division ended, as far as they are on record."""
    return [event for event in events_at(division, around) if division in event.before and division not in event.after]


def check_departures(division: str, step: Step) -> None:
    """Note the events in which it ended together with others: they cannot be put in its new end's place."""
    for event in departures(division, step.around):
        if set(event.before) - set(event.after) != {division}:
            step.fault(
                FaultCode.ALREADY_ENDED,
                "division",
                f"{division} 已与其他区划一并终止（{event.id}）：请先撤回",
                f"{division} ended already, together with others ({event.id}): retract that first",
                stands_in_the_way=event,
            )


def tell_passings(draft: Draft, changes: Sequence[Change]) -> None:
    """Record what took the place of what ended, and what it was formed of that began, day by day."""
    days: dict[tuple[int, int], _Day] = {}
    for index, turn in draft.turns:
        bound = parse_partial(turn.on)
        days.setdefault((bound.earliest, bound.latest), _Day(turn.on)).add(index, turn)
    for day in days.values():
        day.tell(draft, changes)


class _Day(Struct):
    """What the changes of a list say of one day; ``by``: the last change that says that a division ended or began."""

    on: str
    ended: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    by: dict[str, int] = field(default_factory=dict)
    flows: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, index: int, turn: Turn) -> None:
        for origin, target, weight in turn.flows:
            self.flows[origin][target] = self.flows[origin].get(target, 0) + weight
            self.named.add(target)
        if turn.ended is not None:
            self.ended.add(turn.ended)
            self.by[turn.ended] = index
        if turn.begun is not None:
            self.named.add(turn.begun)
            self.by[turn.begun] = index

    def tell(self, draft: Draft, changes: Sequence[Change]) -> None:
        on = parse_partial(self.on)
        begun = {one for one in self.named - self.ended if _began(one, on, draft.state)}
        told: set[str] = set()
        for passing in passings(self.ended, begun, self.flows):
            concerned = dict.fromkeys((*passing.before, *passing.after))
            told.update(concerned)
            index = max((self.by[one] for one in concerned if one in self.by), default=draft.turns[-1][0])
            for one in concerned:
                if one in self.ended:
                    _take_back(one, draft, index, changes[index])
            self._tell(draft, index, changes[index], passing.kind, passing.before, passing.after)
        for one, index in self.by.items():
            if one in told:
                continue
            if one not in self.ended:
                self._tell(draft, index, changes[index], ChangeKind.CREATED, (), (one,))
            elif known := departures(one, draft.state):
                later = [redated(event, self.on, changes[index].basis) for event in known]
                draft.lay(index, {event.id: event for event in later}, {})
            else:
                self._tell(draft, index, changes[index], ChangeKind.ENDED, (one,), ())

    def _tell(
        self,
        draft: Draft,
        index: int,
        change: Change,
        kind: ChangeKind,
        before: tuple[str, ...],
        after: tuple[str, ...],
    ) -> None:
        named_after = after[0] if kind is ChangeKind.CREATED else before[0]
        known = ((each.kind, each.on, each.before, each.after) for each in events_at(named_after, draft.state))
        if (kind, self.on, before, after) in known:
            return
        event = ChangeEvent(
            id=free_id(draft.state, kind, named_after, self.on),
            provenance=provenance_of(change.basis),
            basis=change.basis,
            kind=kind,
            on=self.on,
            before=before,
            after=after,
        )
        records: tuple[AnyRecord, ...] = (event, *parts_of(event))
        puts = {record.id: record for record in records}
        draft.lay(index, puts, dict.fromkeys(node_id("retraction", each) for each in puts))


def _take_back(division: str, draft: Draft, index: int, change: Change) -> None:
    """Retract the events by which a division ended: what is told now stands in their place."""
    for event in departures(division, draft.state):
        retractions = retractions_of(event, change.basis)
        draft.lay(index, {each.id: each for each in retractions}, dict.fromkeys(each.record for each in retractions))


def _began(division: str, on: Bound, around: Neighbourhood) -> bool:
    """Whether there was no such division before a day."""
    codes = list(around.iter_claims(division, Code))
    return bool(codes) and all(limits(code.validity).possible_from >= on.earliest for code in codes)
