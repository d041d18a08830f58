"""The steps of an explanation (理由): each one thing that holds, or stands in the way, with the record that says so."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from graph_model.dates import Bound, BoundState, Certainty, Validity, day_or_none, limits, parse_since, parse_until
from graph_model.records import AnyClaim, AnyNode, Basis, Coverage, Relation, Text

AnyDated = Relation | AnyClaim | Coverage


class StepKind(Enum):
    """What a step says (理由类别). The first five lead on; those after them stand in the way, or leave a doubt."""

    LIES_IN = "LIES_IN"
    LIES_IN_ANY_CASE = "LIES_IN_ANY_CASE"
    ANSWERS = "ANSWERS"
    HOLDS = "HOLDS"
    SUCCEEDED = "SUCCEEDED"

    NEVER_ASSIGNED = "NEVER_ASSIGNED"
    ENDED = "ENDED"
    NO_SUCCESSOR = "NO_SUCCESSOR"
    BEGINS_LATER = "BEGINS_LATER"
    NOT_THERE_THEN = "NOT_THERE_THEN"
    VACANT_POST = "VACANT_POST"
    UNKNOWN_HOLDER = "UNKNOWN_HOLDER"
    ONLY_POSSIBLE = "ONLY_POSSIBLE"
    NOT_COVERED = "NOT_COVERED"
    RECORDED_LATER = "RECORDED_LATER"
    EXEMPT = "EXEMPT"
    NOT_DESIGNATED = "NOT_DESIGNATED"
    NOT_IN_FORCE = "NOT_IN_FORCE"
    NO_SUCH_LEVEL = "NO_SUCH_LEVEL"

    @property
    def leads_on(self) -> bool:
        """True for what holds on the day; False for what stands in the way, or leaves a doubt."""
        return self in _LEADING


_LEADING = frozenset(
    {StepKind.LIES_IN, StepKind.LIES_IN_ANY_CASE, StepKind.ANSWERS, StepKind.HOLDS, StepKind.SUCCEEDED}
)


class ValidityEnd(Enum):
    """Which bound of a validity a step is about (界限)."""

    SINCE = "SINCE"
    UNTIL = "UNTIL"


class Step(Struct, frozen=True, kw_only=True):
    """One step, and what it rests on.

    ``certainty`` says whether what it speaks of holds on the day. ``record`` is the relation, claim or coverage that
    says so, where one does; ``bound`` the date that decides, and ``end`` whether it is a beginning or an end.
    """

    kind: StepKind
    sentence: Text
    certainty: Certainty
    subject: AnyNode | None = None
    object: AnyNode | None = None
    record: AnyDated | None = None
    clause: str | None = None
    bound: Bound | None = None
    end: ValidityEnd | None = None

    @property
    def basis(self) -> Basis:
        """What the record rests on; an empty basis where there is no record."""
        return Basis() if self.record is None else self.record.basis


def doubtful_ends(validity: Validity, day: int) -> tuple[tuple[ValidityEnd, Bound], ...]:
    """The bounds because of which a validity is only POSSIBLE on a day (ordinal)."""
    bounds = limits(validity)
    found: list[tuple[ValidityEnd, Bound]] = []
    if day < bounds.certain_from:
        found.append((ValidityEnd.SINCE, parse_since(validity.since)))
    if day >= bounds.certain_until:
        found.append((ValidityEnd.UNTIL, parse_until(validity.until)))
    return tuple(found)


def say_bound(bound: Bound) -> Text:
    """A date as it stands in a sentence: a day, or the days between which it lies, as it was written."""
    first, last = day_or_none(bound.earliest), day_or_none(bound.latest)
    if bound.state is BoundState.KNOWN:
        return Text(zh=f"{first}", en=f"{first}")
    if first is None or last is None:
        return Text(zh=f"某日（{bound.text or '不详'}）", en=f"some day ({bound.text or 'unknown'})")
    return Text(zh=f"{first}至{last}间某日", en=f"some day from {first} to {last}")


def say_doubt(end: ValidityEnd, bound: Bound, validity: Validity) -> Text:
    """Why a bound leaves a doubt: which days it can mean, or that nothing is known of it."""
    if bound.state is BoundState.UNKNOWN:
        seen = " ".join(validity.observed) if not validity.observed else _seen(end, validity)
        if end is ValidityEnd.SINCE:
            zh, en = "始于何时未记录", "when it began is not recorded"
            seen_zh, seen_en = f"，{seen}起方有记载", f", it is first on record on {seen}"
        else:
            zh, en = "止于何时未记录", "when it ended, if it did, is not recorded"
            seen_zh, seen_en = f"，末次见于{seen}", f", it was last seen on {seen}"
        return Text(zh=zh + (seen_zh if seen else ""), en=en + (seen_en if seen else ""))
    when = say_bound(bound)
    if end is ValidityEnd.SINCE:
        return Text(zh=f"始于{when.zh}", en=f"it began on {when.en}")
    return Text(zh=f"止于{when.zh}", en=f"it ends on {when.en}")


def _seen(end: ValidityEnd, validity: Validity) -> str:
    return min(validity.observed) if end is ValidityEnd.SINCE else max(validity.observed)
