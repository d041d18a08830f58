"""What is found anew in the state of a day (现查发现): one finding for all targets of a place that it is true of.

Ten thousands of households may lack a helper: that is a finding for each village, with its households to page through,
and no ten thousands of findings. A finding's id says what it is about (rule, cause, certainty, place) and not which
targets it has on a day; its version says that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from graph_model.dates import Certainty
from graph_model.keys import key_of, node_id
from graph_model.outline import Days
from graph_model.questions.duties import GapCause
from graph_model.questions.places import Containment
from graph_model.records import Severity

DUTY_UNMET: Final = "duty-unmet"
DUTY_UNSURE: Final = "duty-unsure"
HOLDER_UNKNOWN: Final = "holder-unknown"
DUTY_EXEMPT: Final = "duty-exempt"
DUTY_CODES: Final = (DUTY_UNMET, DUTY_UNSURE, HOLDER_UNKNOWN, DUTY_EXEMPT)
"""The codes of what is found of duties."""

_MAX_KEY: Final = 380


class Found(Struct, frozen=True):
    """A finding that is worked out anew (发现).

    ``word``: the code of the duty or kind, or another that tells what it is about. ``place``: the id of what the
    targets lie in next, or of the one target; ``targets`` and ``others`` (those who answer) are ids, in order.
    ``first`` and ``last``: the days (ordinals) of what does not hold every day, ``last`` None where it goes on.
    ``version``: of what it rests on.
    """

    id: str
    code: str
    severity: Severity
    regime: str | None
    word: str
    place: str
    targets: tuple[str, ...]
    version: str
    others: tuple[str, ...] = ()
    cause: GapCause | None = None
    certainty: Certainty = Certainty.CERTAIN
    clause: str | None = None
    first: int | None = None
    last: int | None = None
    number: int | None = None

    @property
    def order(self) -> str:
        """The part of its place in lists that stands behind the severity."""
        return f"{self.code} {self.id}"


def found_id(code: str, *parts: str) -> str:
    """The id of a finding; of a long one, its beginning and a digest."""
    word = "~".join(parts)
    if len(word) > _MAX_KEY:
        word = f"{word[: _MAX_KEY - 33]}~{hashlib.blake2b(word.encode(), digest_size=16).hexdigest()}"
    return node_id("finding", code, word)


def ruling_id(finding: str) -> str:
    """The id of the ruling on a finding (an id)."""
    key = key_of(finding)
    if len(key) > _MAX_KEY:
        key = f"{key[: _MAX_KEY - 33]}~{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}"
    return node_id("ruling", key)


def digest(content: object) -> str:
    """What tells versions apart: equal content has an equal one, wherever and whenever it is read."""
    return hashlib.blake2b(json.dumps(content, sort_keys=True).encode("ascii"), digest_size=8).hexdigest()


def lies_on(containment: Containment, node: str, day: int) -> bool:
    """Whether a node may be there on a day: it lies in nothing ever, or may lie in what may be there itself.

    So what ended, and all that lay in it alone, is there no more; a circle holds itself.
    """
    return _lies_on(containment, node, day, ())


def _lies_on(containment: Containment, node: str, day: int, way: tuple[str, ...]) -> bool:
    rows = containment.above.get(node, ())
    return not rows or any(
        days[0] <= day < days[3] and (above in way or _lies_on(containment, above, day, (*way, node)))
        for above, days in rows
    )


def place_of(containment: Containment, divisions: Mapping[str, object], node: str, day: int | None) -> str:
    """What a node lies in next (an id): on a day, or (None) last; itself if in nothing.

    Where it lies in several, or may, the surest; divisions before others, then by id.
    """

    def rank(row: tuple[str, Days]) -> tuple[bool, bool, int, str]:
        above, days = row
        is_sure = day is not None and days[1] <= day < days[2]
        return (not is_sure, above not in divisions, 0 if day is not None else -days[3], above)

    rows = [row for row in containment.above.get(node, ()) if day is None or row[1][0] <= day < row[1][3]]
    return min(rows, key=rank)[0] if rows else node


def reached(containment: Containment, nodes: Iterable[str]) -> set[str]:
    """Some nodes with all that they ever lie in."""
    found = set(nodes)
    waiting = list(found)
    while waiting:
        new = {above for above, _ in containment.above.get(waiting.pop(), ())} - found
        found |= new
        waiting += new
    return found


def in_order(found: Iterable[Found], severities: Sequence[Severity]) -> list[Found]:
    """By severity, code and id."""
    positions = {severity: place for place, severity in enumerate(severities)}
    return sorted(found, key=lambda each: (positions[each.severity], each.order))
