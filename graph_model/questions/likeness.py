"""Which targets are alike (同类): those of which the duty checker says the same, whatever the day.

Ten thousands of households have one helper each, since one of a few hundred days. What the checker looks at
(``duties``) is, of a target: its level; its designations, exemptions and assignments of the kinds of its duties, by
their days; of a post among the assignees, holdings and vacancies; into which areas, of coverages and duties, the ways
up of both lead; which assignees are the same, where they are counted; what it lies in, where others may do its duty
there. Targets for which all of that is equal form one sort, and one of them, the sample, is judged by its records for
all. Nothing is decided here: what is overlooked would be a fault, what is told apart in vain costs time alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

from msgspec import Struct

from graph_model.dates import AFTER_ALL_DAYS, BEFORE_ALL_DAYS, limits
from graph_model.outline import ClaimRow, Days, EdgeRow, Outline
from graph_model.questions.places import NO_BOUNDS, Bounds, Containment, Lists, PlaceKey, Places
from graph_model.records import Coverage, Family, Roster
from graph_model.regime import Duty, Regime

Dated: TypeAlias = tuple[tuple[str, Days], ...]
"""Claims: what is claimed, and its days."""

Assigned: TypeAlias = tuple[str, Days, int, str]
"""An assignment: its kind, its days, its seat; and who it is to, where it matters whether two are to the same."""

NO_SEAT: Final = 0
"""The seat of those who need none to answer: organisations and persons."""
_ANYWHERE: Final = ""
"""Marks no node, but makes places matter."""
_TARGET_TYPES: Final = ("division", "household", "organization", "asset")


class Facts(Struct, frozen=True):
    """What a target is judged by. ``scheme``: by which places. ``above``: what it lies in, where that matters."""

    level: str
    scheme: int
    place: int
    designated: Dated
    exempt: Dated
    assigned: tuple[Assigned, ...]
    above: Dated


class Seat(Struct, frozen=True):
    """What a post among the assignees is judged by: the days of its holdings and vacancies, and its place."""

    held: frozenset[Days]
    empty: frozenset[Days]
    place: int


class Likeness(Struct, frozen=True):
    """The targets that have duties, by level from the nearest and id, and their sorts.

    ``levels``: the position of each one's level; ``sorts``: the number of its sort, in the same order. Of a sort,
    ``samples`` has the first of it (an id), ``posts`` the posts that answer for that one, ``bounds`` the days on which
    what is said of it may change, ``facts`` all that it is judged by: with ``seats`` and, by scheme, ``places``, the
    first of which is that of the seats.
    """

    targets: tuple[str, ...]
    levels: tuple[int, ...]
    sorts: tuple[int, ...]
    samples: tuple[str, ...]
    posts: tuple[tuple[str, ...], ...]
    bounds: tuple[Bounds, ...]
    facts: tuple[Facts, ...]
    seats: tuple[Seat, ...]
    places: tuple[tuple[PlaceKey, ...], ...]


def find_likeness(
    outline: Outline, containment: Containment, regime: Regime, coverages: Sequence[Coverage]
) -> Likeness:
    """The sorts of all targets of a regime's duties. ``containment``: as ``find_containment`` gives it."""
    seen = _Sorter(outline, containment, regime, coverages)
    targets: list[str] = []
    levels: list[int] = []
    sorts: list[int] = []
    for position, level in enumerate(regime.levels):
        duties = [duty for duty in regime.duties if duty.level == level.code]
        if duties:
            level_targets = _targets_of(outline, regime, level.code)
            targets += level_targets
            levels += [position] * len(level_targets)
            sorts += seen.sorts_of(level.code, duties, level_targets)
    return seen.likeness(targets, levels, sorts)


def _targets_of(outline: Outline, regime: Regime, level: str) -> list[str]:
    found: list[str] = []
    for tag in _TARGET_TYPES:
        of_kind = {kind: regime.find_level_of(tag, kind) for kind in set(outline.nodes[tag].values())}
        at_level = {kind for kind, its in of_kind.items() if its is not None and its.code == level}
        found += [node for node, kind in outline.nodes[tag].items() if kind in at_level]
    return sorted(found)


class _Sorter:
    """Numbers for what is equal, and what each number stands for."""

    def __init__(
        self, outline: Outline, containment: Containment, regime: Regime, coverages: Sequence[Coverage]
    ) -> None:
        self._regime = regime
        self._coverages = coverages
        self._containment = containment
        self._schemes: dict[frozenset[str], int] = {}
        self._places: list[Places] = []
        self._samples: list[str] = []
        self._bounds: list[Bounds] = []
        self._facts: dict[tuple[str, int, int, Dated, Dated, tuple[Assigned, ...], Dated], int] = {}
        wanted = {duty.designation for duty in regime.duties}
        self._designations = _by_subject(row for row in outline.claims["designation"] if row[1] in wanted)
        self._exemptions = _by_subject(row for row in outline.claims["exemption"] if row[2] == regime.code)
        self._seats: list[Seat] = [Seat(frozenset(), frozenset(), 0)]
        self._seat_bounds: list[Bounds] = [NO_BOUNDS]
        seats = self._find_seats(outline)
        others = {*outline.nodes["organization"], *outline.nodes["person"]}
        self._tells_apart = any(duty.at_least > 1 or duty.or_else for duty in regime.duties)
        self._above: dict[str, Bounds] = {}
        self._assignments, self._posts = _assignments(
            outline.edges[Family.RESPONSIBILITY], regime, others, seats, tells_apart=self._tells_apart
        )

    def likeness(self, targets: Iterable[str], levels: Iterable[int], sorts: Iterable[int]) -> Likeness:
        """What was found."""
        return Likeness(
            targets=tuple(targets),
            levels=tuple(levels),
            sorts=tuple(sorts),
            samples=tuple(self._samples),
            posts=tuple(self._posts.get(sample, ()) for sample in self._samples),
            bounds=tuple(self._bounds),
            facts=tuple(Facts(*key) for key in self._facts),
            seats=tuple(self._seats),
            places=tuple(tuple(places.keys) for places in self._places),
        )

    def _find_seats(self, outline: Outline) -> dict[str, int]:
        """The seat of each post."""
        persons = outline.nodes["person"]
        holdings: dict[str, set[Days]] = {}
        for row in outline.edges[Family.HOLDING]:
            if row[0] in persons:
                holdings.setdefault(row[1], set()).add(row[4:])
        vacancies = _by_subject(outline.claims["vacancy"])
        places = self._places[self._scheme(self._areas(Roster.HOLDING))]
        known: dict[tuple[frozenset[Days], frozenset[Days], int], int] = {}
        found: dict[str, int] = {}
        for post in outline.nodes["post"]:
            held = frozenset(holdings.get(post, ()))
            empty = frozenset(days for _, days in vacancies.get(post, ()))
            place = places.place_of(post)
            seat = known.setdefault((held, empty, place), len(self._seats))
            if seat == len(self._seats):
                self._seats.append(Seat(held, empty, place))
                own = frozenset(day for days in held | empty for day in days)
                self._seat_bounds.append(own | places.bounds[place])
            found[post] = seat
        return found

    def _areas(self, roster: Roster, kinds: AbstractSet[str] = frozenset()) -> frozenset[str]:
        """The areas of some coverages, and those of containment, by which ways up are sure."""
        return frozenset(
            coverage.area
            for coverage in self._coverages
            if coverage.area is not None
            and (coverage.roster is Roster.CONTAINMENT or self._is_of(coverage, roster, kinds))
        )

    def _scheme(self, areas: frozenset[str]) -> int:
        """The number of the places seen from some areas."""
        scheme = self._schemes.setdefault(areas, len(self._places))
        if scheme == len(self._places):
            self._places.append(Places(self._containment, areas))
        return scheme

    def _is_of(self, coverage: Coverage, roster: Roster, kinds: AbstractSet[str]) -> bool:
        if coverage.roster is not roster:
            return False
        return roster is Roster.HOLDING or (coverage.regime == self._regime.code and coverage.kind in kinds)

    def sorts_of(self, level: str, duties: Sequence[Duty], targets: Sequence[str]) -> list[int]:
        """The sorts of the targets of one level."""
        kinds = frozenset(kind for duty in duties for kind in duty.kinds)
        all_kinds = frozenset(kind for duty in duties for kind in self._regime.all_kinds(duty))
        areas = frozenset(duty.area for duty in duties if duty.area is not None)
        is_higher, is_counted = any(duty.or_else for duty in duties), any(duty.at_least > 1 for duty in duties)
        marked = self._areas(Roster.ASSIGNMENT, all_kinds) | areas
        scheme = self._scheme(marked | {_ANYWHERE} if is_higher else marked)
        places = self._places[scheme]
        at_level = self._level_bounds(duties, all_kinds).union(
            *(places.bounds[places.place_of(each)] for each in areas)
        )
        designations, exemptions, assignments = self._designations, self._exemptions, self._assignments
        above: Dated = ()
        found = []
        for target in targets:
            place = places.place_of(target)
            designated, exempt = designations.get(target, ()), exemptions.get(target, ())
            assigned = assignments.get(target, ())
            if len(assigned) > 1:
                assigned = tuple(each for each in assigned if each[0] in kinds)
            if is_higher:
                above = self._containment.above.get(target, ())
            elif self._tells_apart and assigned:
                assigned = _told_apart(assigned, is_counted)
            key = (level, scheme, place, designated, exempt, assigned, above)
            sort = self._facts.get(key)
            if sort is None:
                sort = self._facts[key] = len(self._samples)
                self._samples.append(target)
                own = {day for _, days in (*designated, *exempt) for day in days}
                own.update(self._bounds_of(assigned), *(self._bounds_above(each) for each, _ in above))
                self._bounds.append(_real(own | at_level | places.bounds[place]))
            found.append(sort)
        return found

    def _bounds_of(self, assigned: Iterable[Assigned]) -> Bounds:
        return frozenset(day for _, days, seat, _ in assigned for day in (*days, *self._seat_bounds[seat]))

    def _bounds_above(self, node: str) -> Bounds:
        """The bounds of all assignments to a node and to whatever it ever lies in."""
        known = self._above.get(node)
        if known is None:
            reached, waiting = {node}, [node]
            while waiting:
                new = {above for above, _ in self._containment.above.get(waiting.pop(), ())} - reached
                reached |= new
                waiting += new
            known = self._above[node] = frozenset().union(
                *(self._bounds_of(self._assignments.get(each, ())) for each in reached)
            )
        return known

    def _level_bounds(self, duties: Sequence[Duty], kinds: AbstractSet[str]) -> set[int]:
        """The bounds of what holds for all of a level: regime, duties and coverages."""
        validities = [self._regime.bounds, *(self._regime.whole_bounds(duty) for duty in duties)]
        validities += [
            coverage.validity
            for coverage in self._coverages
            if coverage.roster is not Roster.ASSIGNMENT or self._is_of(coverage, Roster.ASSIGNMENT, kinds)
        ]
        return {
            day
            for each in map(limits, validities)
            for day in (each.possible_from, each.certain_from, each.certain_until, each.possible_until)
        }


def _by_subject(rows: Iterable[ClaimRow]) -> dict[str, Dated]:
    found: Lists[tuple[str, Days]] = Lists()
    for row in rows:
        found.add(row[0], (row[1], row[3:]))
    return {node: its if len(its) == 1 else tuple(sorted(set(its))) for node, its in found.of.items()}


def _assignments(
    rows: Iterable[EdgeRow], regime: Regime, others: AbstractSet[str], seats: Mapping[str, int], *, tells_apart: bool
) -> tuple[dict[str, tuple[Assigned, ...]], dict[str, tuple[str, ...]]]:
    """By target, the regime's assignments that count for a duty and have an assignee on record.

    And by target the posts among the assignees.
    """
    kinds = {kind for duty in regime.duties for kind in regime.all_kinds(duty)}
    found: Lists[Assigned] = Lists()
    posts: Lists[str] = Lists()
    code = regime.code
    for row in rows:
        kind = row[2]
        if row[3] == code and kind in kinds:
            if row[0] in others:
                found.add(row[1], (kind, row[4:], NO_SEAT, row[0] if tells_apart else ""))
            elif row[0] in seats:
                found.add(row[1], (kind, row[4:], seats[row[0]], row[0] if tells_apart else ""))
                posts.add(row[1], row[0])
    ordered = {node: its if len(its) == 1 else tuple(sorted(set(its))) for node, its in found.of.items()}
    return ordered, posts.of


def _told_apart(assigned: tuple[Assigned, ...], is_counted: bool) -> tuple[Assigned, ...]:
    """The same with a number for each assignee where they are counted, and without them elsewhere."""
    numbers: dict[str, str] = {}
    for _, _, _, assignee in assigned:
        numbers.setdefault(assignee, str(len(numbers)) if is_counted else "")
    return tuple(sorted({(kind, days, seat, numbers[assignee]) for kind, days, seat, assignee in assigned}))


def _real(bounds: Iterable[int]) -> Bounds:
    return frozenset(day for day in bounds if BEFORE_ALL_DAYS < day < AFTER_ALL_DAYS)
