"""How much each assignee carries on a day (履职负荷), and what hangs on one person alone (单点风险).

Counted are the regime's assignments that hold, or may, to targets that lie, or may lie, in an area; to whom they are
made: what a person carries through a post is the post's. Over the outline, so that a city is counted at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from statistics import mean, median, quantiles
from typing import Final

from msgspec import Struct

from graph_model.dates import Certainty, weakest
from graph_model.exchange import Window
from graph_model.outline import EdgeRow, Outline
from graph_model.questions.places import Containment
from graph_model.questions.placing import find_placing
from graph_model.records import Family
from graph_model.regime import Regime

LEAST_FOR_FENCE: Final = 8
"""Of fewer assignees than this nobody is called an outlier."""


class Load(Struct, frozen=True):
    """What one assignee (an id) carries: assignments, how many of them are CERTAIN, and targets, each once.

    ``kinds``: how many assignments of each kind, in the regime's order. ``outlier_of``: the kinds of which it carries
    more than Tukey's upper fence, the third quartile and one and a half times the distance between the quartiles.
    """

    assignee: str
    assignments: int
    certain: int
    targets: int
    by_level: Mapping[str, int]
    kinds: Mapping[str, int]
    outlier_of: tuple[str, ...]


class Distribution(Struct, frozen=True):
    """How the assignments of one kind in one area (an id; None: all of it) are spread over those who have any."""

    area: str | None
    kind: str
    assignees: int
    assignments: int
    least: int
    median: float
    mean: float
    most: int
    fence: float | None
    outliers: int


class SinglePoint(Struct, frozen=True):
    """A target (an id) for which one person alone answers; ``posts``: through which posts, empty if by itself."""

    level: int
    target: str
    person: str
    posts: tuple[str, ...]
    certainty: Certainty


class Span(Struct, frozen=True):
    """What lies below a target (an id) for which somebody answers by a kind: targets by level, and by how many."""

    target: str
    assignees: tuple[str, ...]
    by_level: Mapping[str, int]


class Loads:
    """The assignments of one regime on one day (ordinal) within some areas (ids)."""

    def __init__(
        self, outline: Outline, containment: Containment, regime: Regime, day: int, within: Sequence[str]
    ) -> None:
        self._outline = outline
        self._containment = containment
        self._regime = regime
        self._day = day
        self._within = tuple(within)
        held = list(_held(outline.edges[Family.RESPONSIBILITY], regime, day))
        targets = sorted({row[1] for row, _ in held})
        self._areas = find_placing(containment, targets, self._within, Window(day, day))
        place = dict(zip(targets, self._areas.of, strict=True))
        self._held = [(row, certainty) for row, certainty in held if self._areas.places[place[row[1]]]]
        self._levels = _levels_of(outline, regime)

    @cached_property
    def loads(self) -> tuple[Load, ...]:
        """What each assignee carries: the most first, then by id."""
        kinds: dict[str, dict[str, int]] = {}
        certain: dict[str, int] = {}
        targets: dict[str, set[str]] = {}
        for row, certainty in self._held:
            who, kind = row[0], row[2]
            counted = kinds.get(who)
            if counted is None:
                kinds[who], certain[who], targets[who] = {kind: 1}, 0, {row[1]}
            else:
                counted[kind] = counted.get(kind, 0) + 1
                targets[who].add(row[1])
            if certainty is Certainty.CERTAIN:
                certain[who] += 1
        positions = self._regime.kind_positions
        fences = {each.kind: each.fence for each in self._spread(None, self._held)}
        found = []
        for assignee, counted in kinds.items():
            by_kind = (
                dict(sorted(counted.items(), key=lambda each: positions[each[0]])) if len(counted) > 1 else counted
            )
            beyond = tuple(
                kind for kind, number in by_kind.items() if (fence := fences[kind]) is not None and number > fence
            )
            found.append(
                Load(
                    assignee,
                    sum(counted.values()),
                    certain[assignee],
                    len(targets[assignee]),
                    self._by_level(targets[assignee]),
                    by_kind,
                    beyond,
                )
            )
        return tuple(sorted(found, key=lambda load: (-load.assignments, load.assignee)))

    def distributions(self, groups: Sequence[str]) -> tuple[Distribution, ...]:
        """The spread by kind: of the whole, then of each group (an id) that has any; by kind and group."""
        targets = sorted({row[1] for row, _ in self._held})
        placing = find_placing(self._containment, targets, groups, Window(self._day, self._day))
        place = dict(zip(targets, placing.of, strict=True))
        found = list(self._spread(None, self._held))
        for group in groups:
            inside = [each for each in self._held if group in placing.places[place[each[0][1]]]]
            found += self._spread(group, inside)
        positions = self._regime.kind_positions
        return tuple(sorted(found, key=lambda each: (positions[each.kind], each.area is not None, each.area or "")))

    @cached_property
    def single_points(self) -> tuple[SinglePoint, ...]:
        """The targets for which one person alone answers, itself or as the only holder of posts: by level and id.

        Not those for which an organisation answers, or a post of which no holder is on record.
        """
        persons, posts = self._outline.nodes["person"], self._outline.nodes["post"]
        holders: dict[str, dict[str, Certainty]] = defaultdict(dict)
        for row in self._outline.edges[Family.HOLDING]:
            certainty = holds_on(row, self._day)
            if certainty.holds and row[0] in persons:
                known = holders[row[1]].get(row[0])
                holders[row[1]][row[0]] = certainty if known is not Certainty.CERTAIN else known
        answering: dict[str, list[tuple[str, str | None, Certainty]] | None] = {}
        for row, certainty in self._held:
            so_far = answering.setdefault(row[1], [])
            if so_far is None:
                continue
            if row[0] in persons:
                so_far.append((row[0], None, certainty))
            elif row[0] in posts and holders.get(row[0]):
                so_far += [(who, row[0], weakest(certainty, its)) for who, its in holders[row[0]].items()]
            else:
                answering[row[1]] = None
        found = []
        for target, who in answering.items():
            its = self._levels.get(target)
            if who is None or its is None or len({person for person, _, _ in who}) != 1:
                continue
            through = tuple(sorted({post for _, post, _ in who if post is not None}))
            is_sure = any(certainty is Certainty.CERTAIN for _, _, certainty in who)
            certainty = Certainty.CERTAIN if is_sure else Certainty.POSSIBLE
            found.append(SinglePoint(its, target, who[0][0], through, certainty))
        return tuple(sorted(found, key=lambda each: (each.level, each.target)))

    def spans(self, kind: str) -> tuple[Span, ...]:
        """Of each target for which somebody answers by a kind: by whom, and what lies below it; by id."""
        assignees: dict[str, set[str]] = defaultdict(set)
        for row, _ in self._held:
            if row[2] == kind:
                assignees[row[1]].add(row[0])
        below = self._below(assignees.keys())
        return tuple(Span(target, tuple(sorted(assignees[target])), below[target]) for target in sorted(assignees))

    def _below(self, tops: Iterable[str]) -> dict[str, Mapping[str, int]]:
        """How many targets of each level lie, or may lie, below some nodes on the day."""
        wanted = sorted(tops)
        targets = list(self._levels)
        placing = find_placing(self._containment, targets, wanted, Window(self._day, self._day))
        alike = Counter(zip((self._levels[target] for target in targets), placing.of, strict=True))
        sums: dict[str, Counter[int]] = {top: Counter() for top in wanted}
        for (level, place), number in alike.items():
            for top in placing.places[place]:
                sums[top][level] += number
        for top in wanted:  # itself is not below itself
            if top in self._levels:
                sums[top][self._levels[top]] -= 1
        codes = [level.code for level in self._regime.levels]
        return {top: {code: sums[top][place] for place, code in enumerate(codes) if sums[top][place]} for top in wanted}

    def _spread(self, area: str | None, held: Sequence[tuple[EdgeRow, Certainty]]) -> Iterator[Distribution]:
        of_kind: dict[str, Counter[str]] = defaultdict(Counter)
        for row, _ in held:
            of_kind[row[2]][row[0]] += 1
        for kind, counted in of_kind.items():
            numbers = sorted(counted.values())
            fence = _fence(numbers)
            yield Distribution(
                area=area,
                kind=kind,
                assignees=len(numbers),
                assignments=sum(numbers),
                least=numbers[0],
                median=float(median(numbers)),
                mean=round(mean(numbers), 2),
                most=numbers[-1],
                fence=fence,
                outliers=0 if fence is None else sum(number > fence for number in numbers),
            )

    def _by_level(self, targets: Iterable[str]) -> dict[str, int]:
        counted = [0] * len(self._regime.levels)
        for target in targets:
            place = self._levels.get(target)
            if place is not None:
                counted[place] += 1
        return {level.code: number for level, number in zip(self._regime.levels, counted, strict=True) if number}


def _held(rows: Iterable[EdgeRow], regime: Regime, day: int) -> Iterator[tuple[EdgeRow, Certainty]]:
    """The assignments of a regime that hold, or may, on a day; none is surer than its regime."""
    in_force, code, kinds = regime.certainty_on(day), regime.code, regime.kind_positions
    if not in_force.holds:
        return
    for row in rows:
        if row[4] <= day < row[7] and row[3] == code and row[2] in kinds:
            yield row, in_force if row[5] <= day < row[6] else Certainty.POSSIBLE


def holds_on(row: EdgeRow, day: int) -> Certainty:
    """Whether a row's relation holds on a day, as ``dates.certainty_on`` says of its validity."""
    if not row[4] <= day < row[7]:
        return Certainty.NO
    return Certainty.CERTAIN if row[5] <= day < row[6] else Certainty.POSSIBLE


def _fence(numbers: Sequence[int]) -> float | None:
    if len(numbers) < LEAST_FOR_FENCE:
        return None
    first, _, third = quantiles(numbers, n=4, method="inclusive")
    return third + 1.5 * (third - first)


def _levels_of(outline: Outline, regime: Regime) -> dict[str, int]:
    """The position of the level of each node that has one."""
    found: dict[str, int] = {}
    for tag in ("household", "division", "organization", "asset"):
        of_kind = {kind: regime.find_level_of(tag, kind) for kind in set(outline.nodes[tag].values())}
        places = {kind: regime.level_positions[its.code] for kind, its in of_kind.items() if its is not None}
        found.update((node, places[kind]) for node, kind in outline.nodes[tag].items() if kind in places)
    return found
