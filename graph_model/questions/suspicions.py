"""Data that are possible and yet doubtful (可疑数据): over the whole graph, on any day, by the bounds of a regime.

Who answers for more, or with more, than a kind of assignment allows at one time; who holds too many posts; what begins
before its regime, or outlives its target; who answers where his own organisation has no business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from graph_model.dates import AFTER_ALL_DAYS, limits
from graph_model.outline import Days, EdgeRow, Outline
from graph_model.questions.found import Found, digest, found_id, place_of, reached
from graph_model.questions.places import Containment
from graph_model.records import Family, Severity
from graph_model.regime import Kind, Regime

TOO_MANY_ASSIGNEES: Final = "too-many-assignees"
TOO_MANY_TARGETS: Final = "too-many-targets"
TOO_MANY_POSTS: Final = "too-many-posts"
BEFORE_REGIME: Final = "before-regime"
OUTLIVES_TARGET: Final = "outlives-target"
OUTSIDE_OWN_AREA: Final = "outside-own-area"
SUSPICION_CODES: Final = (
    TOO_MANY_ASSIGNEES,
    TOO_MANY_TARGETS,
    TOO_MANY_POSTS,
    BEFORE_REGIME,
    OUTLIVES_TARGET,
    OUTSIDE_OWN_AREA,
)
"""The codes of what is found in doubtful data."""


class Crowd(Struct, frozen=True):
    """The most that ever surely held at one time: how many, which, and from when to when (ordinals, inclusive)."""

    number: int
    first: int
    last: int
    members: tuple[str, ...]


def find_suspicions(outline: Outline, containment: Containment, regime: Regime) -> Iterator[Found]:
    """All that is doubtful in a regime's assignments, and in the posts of those whom it binds."""
    of_kind: dict[str, list[EdgeRow]] = {}
    for row in outline.edges[Family.RESPONSIBILITY]:
        if row[3] == regime.code:
            of_kind.setdefault(row[2], []).append(row)
    doubtful = _Doubtful(outline, containment, regime)
    for kind in regime.kinds:
        rows = of_kind.get(kind.code, ())
        yield from doubtful.crowds(kind, rows)
        yield from doubtful.grouped(kind, rows)
    yield from doubtful.holders()


def largest_crowd(rows: Iterable[tuple[str, Days]], most: int) -> Crowd | None:
    """The first time at which more than ``most`` of some surely hold together, and all that do then; None if never."""
    moves: list[tuple[int, int, str]] = []
    for member, days in rows:
        if days[1] < days[2]:
            moves += [(days[1], 1, member), (days[2], 0, member)]
    moves.sort()  # on one day the ends come first
    present: dict[str, int] = {}
    best: Crowd | None = None
    for place, (day, begins, member) in enumerate(moves):
        present[member] = present.get(member, 0) + (1 if begins else -1)
        if not present[member]:
            del present[member]
        if len(present) > (most if best is None else best.number):
            ends = next((later for later, starts, _ in moves[place + 1 :] if not starts), day + 1)
            best = Crowd(len(present), day, ends - 1, tuple(sorted(present)))
    return best


class _Doubtful:
    def __init__(self, outline: Outline, containment: Containment, regime: Regime) -> None:
        self._outline = outline
        self._containment = containment
        self._regime = regime
        self._begins = limits(regime.bounds).possible_from
        self._own: dict[str, frozenset[str]] = {}
        self._above: dict[str, frozenset[str]] = {}
        self._organizations: dict[str, list[str]] | None = None

    def crowds(self, kind: Kind, rows: Iterable[EdgeRow]) -> Iterator[Found]:
        """Targets with too many assignees at one time, and assignees with too many targets."""
        sides = ((TOO_MANY_ASSIGNEES, kind.most_assignees, 1, 0), (TOO_MANY_TARGETS, kind.most_targets, 0, 1))
        for code, most, one, other in sides:
            if most is None:
                continue
            for node, many in _by_end(rows, one, other).items():
                if len(many) > most and (crowd := largest_crowd(many, most)) is not None:
                    is_target = code == TOO_MANY_ASSIGNEES
                    targets, others = ((node,), crowd.members) if is_target else (crowd.members, (node,))
                    yield self._crowd(code, kind.code, node, targets, others, crowd, many, kind.clause)

    def holders(self) -> Iterator[Found]:
        """Persons who hold too many posts at one time."""
        most = self._regime.most_posts
        if most is None:
            return
        persons = self._outline.nodes["person"]
        for person, many in _by_end(self._outline.edges[Family.HOLDING], 0, 1).items():
            if person in persons and len(many) > most and (crowd := largest_crowd(many, most)) is not None:
                yield self._crowd(TOO_MANY_POSTS, "post", person, (person,), crowd.members, crowd, many, None)

    def _crowd(
        self,
        code: str,
        word: str,
        node: str,
        targets: tuple[str, ...],
        others: tuple[str, ...],
        crowd: Crowd,
        rows: Iterable[tuple[str, Days]],
        clause: str | None,
    ) -> Found:
        identifier = found_id(code, self._regime.code, word, node)
        return Found(
            id=identifier,
            code=code,
            severity=Severity.WARNING,
            regime=self._regime.code,
            word=word,
            place=node,
            targets=targets,
            others=others,
            version=digest([identifier, sorted([member, *days] for member, days in rows)]),
            clause=clause,
            first=crowd.first,
            last=crowd.last if crowd.last < AFTER_ALL_DAYS - 1 else None,
            number=crowd.number,
        )

    def grouped(self, kind: Kind, rows: Iterable[EdgeRow]) -> Iterator[Found]:
        """What is true of many assignments in a place is one finding there."""
        found: dict[tuple[str, str], list[EdgeRow]] = {}
        for row in rows:
            for code in self._doubts(kind, row):
                place = place_of(self._containment, self._outline.nodes["division"], row[1], None)
                found.setdefault((code, place), []).append(row)
        for (code, place), its in found.items():
            identifier = found_id(code, self._regime.code, kind.code, place)
            yield Found(
                id=identifier,
                code=code,
                severity=Severity.WARNING,
                regime=self._regime.code,
                word=kind.code,
                place=place,
                targets=tuple(sorted({row[1] for row in its})),
                others=tuple(sorted({row[0] for row in its})),
                version=digest([identifier, sorted([row[0], row[1], *row[4:]] for row in its)]),
                clause=kind.clause,
            )

    def _doubts(self, kind: Kind, row: EdgeRow) -> Iterator[str]:
        if row[5] < self._begins:
            yield BEFORE_REGIME
        containers = self._containment.above.get(row[1], ())
        if containers and row[6] > max(row[5], *(days[3] for _, days in containers)):
            yield OUTLIVES_TARGET
        if kind.own_area:
            own = self._own_divisions(row[0])
            if own and own.isdisjoint(self._reached(row[1])):
                yield OUTSIDE_OWN_AREA

    def _reached(self, node: str) -> frozenset[str]:
        """A node and all that it ever lies in; kept for what its neighbours lie in, too."""
        if node in self._containment.inner:
            known = self._above.get(node)
            if known is None:
                known = self._above[node] = frozenset(reached(self._containment, [node]))
            return known
        above = [self._reached(container) for container, _ in self._containment.above.get(node, ())]
        return frozenset([node]).union(*above)

    def _own_divisions(self, assignee: str) -> frozenset[str]:
        """The divisions nearest to an assignee: what it lies in, or a person's posts and organisations do."""
        known = self._own.get(assignee)
        if known is None:
            starts = self._seats_of(assignee) if assignee in self._outline.nodes["person"] else [assignee]
            known = self._own[assignee] = self._nearest_divisions(starts)
        return known

    def _nearest_divisions(self, starts: Iterable[str]) -> frozenset[str]:
        divisions, found, seen = self._outline.nodes["division"], set(), set(starts)
        waiting = list(seen)
        while waiting:
            for above, _ in self._containment.above.get(waiting.pop(), ()):
                if above in divisions:
                    found.add(above)
                elif above not in seen:
                    seen.add(above)
                    waiting.append(above)
        return frozenset(found)

    def _seats_of(self, person: str) -> list[str]:
        if self._organizations is None:
            self._organizations = {}
            persons = self._outline.nodes["person"]
            for family in (Family.HOLDING, Family.MEMBERSHIP):
                for row in self._outline.edges[family]:
                    if row[0] in persons:
                        self._organizations.setdefault(row[0], []).append(row[1])
        return self._organizations.get(person, [])


def _by_end(rows: Iterable[EdgeRow], one: int, other: int) -> Mapping[str, list[tuple[str, Days]]]:
    """By the node at one end of some rows, the nodes at the other, with the days."""
    found: dict[str, list[tuple[str, Days]]] = {}
    for row in rows:
        ends = (row[0], row[1])
        found.setdefault(ends[one], []).append((ends[other], row[4:]))
    return found
