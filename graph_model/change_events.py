"""What happens to divisions, as records (沿革记录): ids, the claims that find an event from each division, its shape.

Loaders and mutations make them alike, so that one question reads both. What took the place of divisions that ended, and
what new ones were formed of, is read off what passed from one to another (``passings``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from msgspec import Struct

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


class Passing(Struct, frozen=True):
    """What passed from divisions to others (承继): ids before and after, the largest part first; how many parts."""

    kind: ChangeKind
    before: tuple[str, ...]
    after: tuple[str, ...]
    parts: int


def passings(ended: Collection[str], begun: Collection[str], flows: Mapping[str, Mapping[str, int]]) -> list[Passing]:
    """What happened on one day to divisions that ended or began then; ``flows``: the parts that went from each to each.

    - One that ended, all of whose parts went to a single new one: CONVERTED, unless others of several ended there too.
    - One that ended, whose parts went to several: SPLIT. Several that ended in one, or one in another that goes on:
      MERGED.
    - A new one formed of one that goes on: SPLIT. Of several: CREATED, out of these.

    Of what ended or began without any parts nothing is said.
    """
    endings = list(_endings(ended, begun, flows))
    in_place = {one.after[0] for one in endings if one.kind is not ChangeKind.SPLIT}
    return [*endings, *_partings(ended, [one for one in sorted(begun) if one not in in_place], flows)]


def _endings(
    ended: Collection[str], begun: Collection[str], flows: Mapping[str, Mapping[str, int]]
) -> Iterator[Passing]:
    joined: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in sorted(ended):
        targets = _largest_first(flows.get(one, {}))
        total = sum(flows.get(one, {}).values())
        if len(targets) > 1:
            yield Passing(ChangeKind.SPLIT, (one,), targets, total)
        elif targets:
            joined[targets[0]][one] = total
    for target, gone in sorted(joined.items()):
        before = _largest_first(gone)
        if len(before) == 1 and target in begun:
            yield Passing(ChangeKind.CONVERTED, before, (target,), gone.total())
        else:
            goes_on = () if target in begun else (target,)
            yield Passing(ChangeKind.MERGED, (*goes_on, *before), (target,), gone.total())


def _partings(ended: Collection[str], begun: Collection[str], flows: Mapping[str, Mapping[str, int]]) -> list[Passing]:
    """New ones formed of others that go on."""
    found: list[Passing] = []
    parts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in begun:
        came = {origin: targets[one] for origin, targets in flows.items() if one in targets}
        origins = _largest_first(came)
        going_on = tuple(origin for origin in origins if origin not in ended)
        if len(origins) == 1 and going_on:
            parts[origins[0]][one] = came[origins[0]]
        elif going_on:
            found.append(Passing(ChangeKind.CREATED, origins, (one, *going_on), sum(came.values())))
    found += (
        Passing(ChangeKind.SPLIT, (origin,), (origin, *_largest_first(new)), new.total())
        for origin, new in sorted(parts.items())
    )
    return found


def _largest_first(numbers: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(numbers, key=lambda one: (-numbers[one], one)))
