"""What a code means on a day, and what became of a division that has ended by then (承继).

A code that was replaced finds the division that bore it (``naming.resolve_code``); where that one has ended, change
events lead on to what took its place. Only what surely happened is followed to an answer; what may have is told beside
it. Source: issue 6, "Divisions through time"; domain.md 6, "Divisions merge, split and are renamed".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import Enum

from msgspec import Struct

from graph_model.dates import Certainty, certainty_on, ended_surely, last_observed_by, parse_since
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.naming import resolve_code
from graph_model.records import ChangedBy, ChangeEvent, ChangeKind, Code, Division


class CodeMeaning(Enum):
    """How a code leads to the division that answers (代码所指)."""

    PRESENT = "PRESENT"
    FORMER = "FORMER"
    FUTURE = "FUTURE"
    SUCCEEDED = "SUCCEEDED"
    ENDED = "ENDED"


class CodeReading(Struct, frozen=True):
    """What a code means on a day: the division that bears it, bore it or will; ids of others that ever bore it.

    ``meaning`` is ENDED where that division has ended by the day, whether or not others took its place.
    """

    code: str
    bearer: str
    meaning: CodeMeaning
    others: tuple[str, ...] = ()


class Succession(Struct, frozen=True):
    """What became of a division that had ended by a day: ids of those that are there then, the largest part first.

    ``sure`` took its place for sure, ``possible`` may have. ``events``: the change events that lead to them, in order.
    """

    sure: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    events: tuple[ChangeEvent, ...] = ()


def read_code(around: Neighbourhood, code: str, day: int, level: str | None = None) -> CodeReading | None:
    """What a code means on a day among the divisions of a level, or of any; None if none ever bore it."""
    bearers = [
        one
        for one in resolve_code(around, code, day)
        if isinstance(node := around.find_node(one), Division) and level in {None, node.level}
    ]
    if not bearers:
        return None
    bearer = bearers[0]
    others = [one for one in around.seeds.get(code, ()) if isinstance(around.find_node(one), Division)]
    meaning = _meaning(around, bearer, code, day)
    return CodeReading(code, bearer, meaning, tuple(one for one in others if one != bearer))


def _meaning(around: Neighbourhood, bearer: str, code: str, day: int) -> CodeMeaning:
    claims = [claim for claim in around.iter_claims(bearer, Code) if claim.text == code]
    if any(certainty_on(claim.validity, day).holds for claim in claims):
        return CodeMeaning.PRESENT
    if has_ended(around, bearer, day):
        return CodeMeaning.ENDED
    was = any(last_observed_by(claim.validity, day) or ended_surely(claim.validity, day) for claim in claims)
    return CodeMeaning.FORMER if was else CodeMeaning.FUTURE


def has_ended(around: Neighbourhood, division: str, day: int) -> bool:
    """Whether a division surely ended by a day: all codes that it ever had surely did."""
    codes = list(around.iter_claims(division, Code))
    return bool(codes) and all(ended_surely(claim.validity, day) for claim in codes)


def events_of(around: Neighbourhood, division: str) -> tuple[str, ...]:
    """The ids of the change events that concern a division, each once, by id."""
    return tuple(sorted({claim.event for claim in around.iter_claims(division, ChangedBy)}))


def departures(events: Iterable[ChangeEvent], division: str, day: int) -> list[ChangeEvent]:
    """The events that a division did not outlast and that may have happened by a day, in their order."""
    gone = [
        event
        for event in events
        if division in event.before and division not in event.after and parse_since(event.on).earliest <= day
    ]
    return sorted(gone, key=when)


def takers(event: ChangeEvent) -> tuple[str, ...]:
    """What took the place of those that an event ended; one that gave a part to something new, and goes on, did not."""
    if event.kind is ChangeKind.CREATED:
        return tuple(one for one in event.after if one not in event.before)
    return event.after


def when(event: ChangeEvent) -> tuple[int, int, str, str]:
    """The order of events: by their days, then by kind and id."""
    bound = parse_since(event.on)
    return bound.earliest, bound.latest, event.kind.value, event.id


def follow(start: str, left: Mapping[str, Sequence[ChangeEvent]], ended: Collection[str]) -> Succession:
    """What became of a division: ``left`` has the ``departures`` of each that had ended, ``ended`` is all of these."""
    sure: dict[str, None] = {}
    possible: dict[str, None] = {}
    events: dict[str, ChangeEvent] = {}
    stack, seen = [(start, True)], {(start, True)}
    while stack:
        division, is_sure = stack.pop(0)
        for event in left.get(division, ()):
            events[event.id] = event
            goes_on = is_sure and event.confidence is Certainty.CERTAIN
            for one in takers(event):
                if one not in ended:
                    (sure if goes_on else possible)[one] = None
                elif (one, goes_on) not in seen:
                    seen.add((one, goes_on))
                    stack.append((one, goes_on))
    return Succession(
        tuple(sure), tuple(one for one in possible if one not in sure), tuple(sorted(events.values(), key=when))
    )
