"""What happens to divisions, as records (沿革记录): ids, the claims that find an event from each division, its shape.

Loaders and mutations make them alike, so that one question reads both.
"""

from __future__ import annotations

from typing import Final

from graph_model.dates import Certainty
from graph_model.records import ID_PATTERN, ChangedBy, ChangeEvent, ChangeKind

GOES_ON: Final = frozenset({ChangeKind.RENAMED, ChangeKind.RECODED, ChangeKind.MOVED})
"""The kinds of which the same division comes out, with another name, code or container."""


def change_id(kind: ChangeKind, division: str, word: str) -> str:
    """``change:converted:530502102~2017-10-31``: kind, the division that it is named after, a word (a day)."""
    return f"change:{kind.value}:{division.split(':', 1)[1]}~{word}"


def divisions_of(event: ChangeEvent) -> tuple[str, ...]:
    """The divisions that an event concerns, each once: those before, then those that came."""
    return tuple(dict.fromkeys((*event.before, *event.after)))


def parts_of(event: ChangeEvent) -> list[ChangedBy]:
    """The claims by which each division of an event leads to it; they must be written with it."""
    word = event.id.split(":", 1)[1]
    return [
        ChangedBy(
            id=f"changed-by:{division}~{word}",
            provenance=event.provenance,
            basis=event.basis,
            subject=division,
            event=event.id,
        )
        for division in divisions_of(event)
    ]


def event_fault(event: ChangeEvent) -> str | None:
    """What is wrong with an event beside its id and its dates; None if nothing is."""
    before, after, kind = event.before, event.after, event.kind
    if not all(ID_PATTERN.fullmatch(each) and each.startswith("division:") for each in (*before, *after)):
        return "what stands before and after it must be ids of divisions"
    if len(set(before)) != len(before) or len(set(after)) != len(after):
        return "each division stands at most once before it and once after it"
    if event.confidence is Certainty.NO:
        return "its confidence is CERTAIN or POSSIBLE: what surely did not happen is no event"
    if (kind in GOES_ON) != (event.old is not None) or (event.old is None) != (event.new is None):
        return f"old and new are given if, and only if, it is {', '.join(sorted(each.name for each in GOES_ON))}"
    return None if _has_shape(event) else f"{kind.name}: {_SHAPE_TEXTS[kind]}"


def _has_shape(event: ChangeEvent) -> bool:
    before, after = event.before, event.after
    match event.kind:
        case ChangeKind.RENAMED | ChangeKind.RECODED | ChangeKind.MOVED:
            return len(before) == len(after) == 1 and event.old != event.new
        case ChangeKind.CONVERTED:
            return len(before) == len(after) == 1 and before != after
        case ChangeKind.SPLIT:
            return len(before) == 1 and len(after) > 1
        case ChangeKind.MERGED:
            return len(before) > 1 and len(after) == 1
        case ChangeKind.CREATED:
            return bool(set(after) - set(before))
        case ChangeKind.ENDED:
            return len(before) == 1 and not after


_SHAPE_TEXTS: Final = {
    ChangeKind.RENAMED: "one division before, one after, and two names that differ",
    ChangeKind.RECODED: "one division before, one after, and two codes that differ",
    ChangeKind.MOVED: "one division before, one after, and two containers that differ",
    ChangeKind.CONVERTED: "one division before, and another one after",
    ChangeKind.SPLIT: "one division before, and two or more after",
    ChangeKind.MERGED: "two or more divisions before, and one after",
    ChangeKind.CREATED: "at least one division after that does not stand before",
    ChangeKind.ENDED: "one division before, and none after",
}
