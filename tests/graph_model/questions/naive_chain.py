"""The chain of accountability as model.md words it, slow and literal: an oracle for tests, written from the words.

It shares the records with the code under test and nothing else: it reads plain lists, asks no neighbourhood, keeps
no answers, and has its own rule of time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from graph_model.dates import Certainty, Validity
from graph_model.records import (
    AnyAssignee,
    AnyClaim,
    AnyNode,
    AnyTarget,
    Asset,
    Coverage,
    Designation,
    Division,
    Exemption,
    Family,
    Organization,
    Person,
    Post,
    Relation,
    Roster,
    Vacancy,
    type_of,
)
from graph_model.regime import Duty, Kind, Regime
from tests.graph_model.naive_time import has_surely_ended, holds

CERTAIN, POSSIBLE, NO = Certainty.CERTAIN, Certainty.POSSIBLE, Certainty.NO
_UNMET = {"VACANT_POST", "EXPIRED", "UNASSIGNED"}


@dataclass(frozen=True)
class World:
    """All records of a small graph."""

    nodes: Sequence[AnyNode]
    claims: Sequence[AnyClaim]
    relations: Sequence[Relation]
    coverages: Sequence[Coverage]


@dataclass(frozen=True)
class NaiveLink:
    assignment: str
    kind: str
    target: str
    certainty: Certainty
    holders: frozenset[tuple[str, Certainty]]


@dataclass(frozen=True)
class NaiveGap:
    duty: str
    target: str
    lane: str
    cause: str
    certainty: Certainty


@dataclass(frozen=True)
class NaiveChain:
    way: dict[str, Certainty]
    links: list[NaiveLink]
    gaps: list[NaiveGap]
    completeness: str


def weaker(*certainties: Certainty) -> Certainty:
    for certainty in (NO, POSSIBLE):
        if certainty in certainties:
            return certainty
    return CERTAIN


@dataclass
class NaiveTracer:
    world: World
    regime: Regime
    day: int
    by_id: dict[str, AnyNode] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = {node.id: node for node in self.world.nodes}

    # --- 1. the way up ---

    def containers(self, node: str) -> list[tuple[str, Certainty]]:
        """What a node is, or may be, directly in on the day; a container twice if two relations say so."""
        found = []
        for relation in self.world.relations:
            if relation.family is Family.CONTAINMENT and relation.source == node:
                certainty = holds(relation.validity, self.day)
                if certainty is not NO:
                    found.append((relation.target, certainty))
        return found

    def may_lie_in(self, node: str, area: str, come_by: tuple[str, ...] = ()) -> bool:
        """Whether some way up leads from a node to an area, or it is that area."""
        if node == area:
            return True
        return any(
            self.may_lie_in(above, area, (*come_by, node))
            for above, _ in self.containers(node)
            if above not in (*come_by, node)
        )

    def containment_is_covered_for(self, node: str) -> bool:
        return any(
            coverage.roster is Roster.CONTAINMENT
            and holds(coverage.validity, self.day) is CERTAIN
            and (coverage.area is None or self.may_lie_in(node, coverage.area))
            for coverage in self.world.coverages
        )

    def leads_surely(self, node: str, container: str, come_by: tuple[str, ...] = ()) -> bool:
        """The words of the rule; a way that comes back to where it was has led nowhere."""
        if node == container:
            return True
        if node in come_by:
            return False
        come_by = (*come_by, node)
        containers = self.containers(node)
        if any(
            certainty is CERTAIN and self.leads_surely(above, container, come_by) for above, certainty in containers
        ):
            return True
        return (
            len(containers) > 0
            and self.containment_is_covered_for(node)
            and all(self.leads_surely(above, container, come_by) for above, _ in containers)
        )

    def lies_in(self, node: str, area: str) -> Certainty:
        if self.leads_surely(node, area):
            return CERTAIN
        return POSSIBLE if self.may_lie_in(node, area) else NO

    def surely_contains(self, area: str | None, node: str) -> bool:
        return area is None or self.leads_surely(node, area)

    def way(self, target: str) -> dict[str, Certainty]:
        ends = {target, *(relation.target for relation in self.world.relations)}
        rungs = {end: self.lies_in(end_of, end) for end_of in [target] for end in ends}
        return {
            node: certainty
            for node, certainty in rungs.items()
            if certainty is not NO and isinstance(self.by_id.get(node), AnyTarget)
        }

    # --- 2. links ---

    def regime_certainty(self) -> Certainty:
        return holds(Validity(since=self.regime.since, until=self.regime.until), self.day)

    def own_certainty(self, assignment: Relation) -> Certainty:
        """Its own, and never surer than its regime."""
        return weaker(holds(assignment.validity, self.day), self.regime_certainty())

    def assignments_to(self, node: str) -> list[Relation]:
        """Of the regime's kinds, by an assignee that is on record."""
        codes = {kind.code for kind in self.regime.kinds}
        return [
            relation
            for relation in self.world.relations
            if relation.family is Family.RESPONSIBILITY
            and relation.regime == self.regime.code
            and relation.kind in codes
            and relation.target == node
            and isinstance(self.by_id.get(relation.source), AnyAssignee)
        ]

    def holders(self, post: str) -> dict[str, Certainty]:
        """Each person by its best holding."""
        best: dict[str, Certainty] = {}
        if not isinstance(self.by_id[post], Post):
            return best
        for wanted in (POSSIBLE, CERTAIN):
            for relation in self.world.relations:
                if (
                    relation.family is Family.HOLDING
                    and relation.target == post
                    and isinstance(self.by_id.get(relation.source), Person)
                    and holds(relation.validity, self.day) is wanted
                ):
                    best[relation.source] = wanted
        return best

    def links(self, target: str) -> list[NaiveLink]:
        found = []
        for node, node_certainty in self.way(target).items():
            for assignment in self.assignments_to(node):
                certainty = weaker(node_certainty, self.own_certainty(assignment))
                if certainty is not NO:
                    holders = frozenset(self.holders(assignment.source).items())
                    found.append((assignment, NaiveLink(assignment.id, assignment.kind, node, certainty, holders)))
        found.sort(key=lambda pair: self.link_order(pair[0]))
        return [link for _, link in found]

    # --- 3. order ---

    def level_of(self, node: str) -> str | None:
        record = self.by_id[node]
        words = [type_of(record)]
        if isinstance(record, Division):
            words.insert(0, f"division:{record.level}")
        if isinstance(record, Organization | Asset):
            words.insert(0, f"{type_of(record)}:{record.kind}")
        for word in words:
            for level in self.regime.levels:
                if word in level.of:
                    return level.code
        return None

    def level_position(self, node: str) -> int:
        codes = [level.code for level in self.regime.levels]
        level = self.level_of(node)
        return -1 if level is None else codes.index(level)

    def kind(self, code: str) -> Kind:
        return next(kind for kind in self.regime.kinds if kind.code == code)

    def link_order(self, assignment: Relation) -> tuple[int, bytes, int, int, float, bytes, bytes]:
        kind = self.kind(assignment.kind)
        assignee = self.by_id[assignment.source]
        rank = assignee.rank if isinstance(assignee, Post) else None
        return (
            self.level_position(assignment.target),
            assignment.target.encode("utf-32-be"),
            [lane.code for lane in self.regime.lanes].index(kind.lane),
            self.regime.kinds.index(kind),
            float("inf") if rank is None else rank,
            assignment.source.encode("utf-32-be"),
            assignment.id.encode("utf-32-be"),
        )

    # --- 4. duties ---

    def duty_certainty(self, duty: Duty) -> Certainty:
        since = duty.since if duty.since is not None else self.regime.since
        until = duty.until if duty.until is not None else self.regime.until
        return weaker(holds(Validity(since=since, until=until), self.day), self.regime_certainty())

    def designation_certainty(self, duty: Duty, node: str) -> Certainty:
        if duty.designation is None:
            return CERTAIN
        found = {
            holds(claim.validity, self.day)
            for claim in self.world.claims
            if isinstance(claim, Designation) and claim.subject == node and claim.kind == duty.designation
        }
        return CERTAIN if CERTAIN in found else POSSIBLE if POSSIBLE in found else NO

    def exemption_certainty(self, duty: Duty, node: str) -> Certainty:
        found = {
            holds(claim.validity, self.day)
            for claim in self.world.claims
            if isinstance(claim, Exemption)
            and claim.subject == node
            and claim.duty == duty.code
            and claim.regime == self.regime.code
        }
        return CERTAIN if CERTAIN in found else POSSIBLE if POSSIBLE in found else NO

    def is_known_empty(self, assignee: str) -> bool:
        if not isinstance(self.by_id[assignee], Post):
            return False
        holders = self.holders(assignee)
        vacancy_is_certain = any(
            isinstance(claim, Vacancy) and claim.subject == assignee and holds(claim.validity, self.day) is CERTAIN
            for claim in self.world.claims
        )
        if vacancy_is_certain and CERTAIN not in holders.values():
            return True
        holdings_are_covered = any(
            coverage.roster is Roster.HOLDING
            and holds(coverage.validity, self.day) is CERTAIN
            and self.surely_contains(coverage.area, assignee)
            for coverage in self.world.coverages
        )
        return holdings_are_covered and not holders

    def is_there(self, duty: Duty, node: str) -> Certainty:
        """Whether a duty holds where a node lies: not where a rival of its rule, of a smaller area, does."""
        own = CERTAIN if duty.area is None else self.lies_in(node, duty.area)
        for rival in self.regime.duties:
            if duty.rule is None or rival.rule != duty.rule or rival.level != duty.level:
                continue
            if rival.area is None or rival.area == duty.area:
                continue
            if duty.area is not None and self.lies_in(duty.area, rival.area) is CERTAIN:
                continue
            is_smaller = CERTAIN if duty.area is None else self.lies_in(rival.area, duty.area)
            takes_its_place = weaker(
                self.duty_certainty(rival),
                self.designation_certainty(rival, node),
                self.lies_in(node, rival.area),
                is_smaller,
            )
            if takes_its_place is CERTAIN:
                return NO
            if takes_its_place is POSSIBLE:
                own = weaker(own, POSSIBLE)
        return own

    def containers_at(self, level: str, node: str) -> dict[str, Certainty]:
        """All that a node lies in, or may, of a level; not the node itself."""
        return {
            above: certainty
            for above, certainty in self.way(node).items()
            if above != node and self.level_of(above) == level
        }

    def counting(self, duty: Duty, node: str) -> list[tuple[Relation, Certainty]]:
        """The assignments that count for a duty: of its kinds to the node, of its alternatives' to what it lies in."""
        found = [(one, self.own_certainty(one)) for one in self.assignments_to(node) if one.kind in duty.kinds]
        for alternative in duty.or_else:
            for above, lying in self.containers_at(alternative.level, node).items():
                found += [
                    (one, weaker(self.own_certainty(one), lying))
                    for one in self.assignments_to(above)
                    if one.kind in alternative.kinds
                ]
        return found

    def is_enough(self, duty: Duty, assignments: Sequence[Relation]) -> bool:
        return len({one.source for one in assignments}) >= duty.at_least

    def meets(self, assignment: Relation) -> bool:
        if isinstance(self.by_id[assignment.source], Organization | Person):
            return True
        return bool(self.holders(assignment.source)) and not self.is_known_empty(assignment.source)

    def cause(self, duty: Duty, node: str, counting: Sequence[tuple[Relation, Certainty]]) -> str | None:
        assignments = [one for one, _ in counting]
        certain = [one for one, certainty in counting if certainty is CERTAIN]
        possible = [one for one, certainty in counting if certainty is POSSIBLE]
        if self.is_enough(duty, [one for one in certain if self.meets(one)]):
            return None
        if self.exemption_certainty(duty, node) is CERTAIN:
            return "EXEMPT"
        if self.is_enough(duty, [one for one in certain if not self.is_known_empty(one.source)]):
            return "UNKNOWN_HOLDER"
        if any(self.is_known_empty(one.source) for one in [*certain, *possible]):
            return "VACANT_POST"
        if any(has_surely_ended(one.validity, self.day) for one in assignments):
            return "EXPIRED"
        return "UNASSIGNED"

    def is_covered(self, kind: str, node: str) -> bool:
        return any(
            coverage.roster is Roster.ASSIGNMENT
            and coverage.kind == kind
            and coverage.regime == self.regime.code
            and holds(coverage.validity, self.day) is CERTAIN
            and self.surely_contains(coverage.area, node)
            for coverage in self.world.coverages
        )

    def checks(self, target: str) -> list[NaiveGap | None]:
        """Each duty that applies: None where it is met."""
        found: list[tuple[int, str, int, NaiveGap | None]] = []
        for node, node_certainty in self.way(target).items():
            for position, duty in enumerate(self.regime.duties):
                if self.level_of(node) != duty.level:
                    continue
                base = weaker(
                    self.duty_certainty(duty),
                    self.designation_certainty(duty, node),
                    self.is_there(duty, node),
                    node_certainty,
                )
                if base is NO:
                    continue
                assignments = self.counting(duty, node)
                cause = self.cause(duty, node, assignments)
                gap = None
                if cause is not None:
                    certainty = base
                    if cause in _UNMET and not self.is_settled(duty, node, assignments):
                        certainty = POSSIBLE
                    first = [*duty.kinds, *(kind for each in duty.or_else for kind in each.kinds)][0]
                    gap = NaiveGap(duty.code, node, self.kind(first).lane, cause, certainty)
                found.append((self.level_position(node), node, position, gap))
        found.sort(key=lambda row: row[:3])
        return [gap for _, _, _, gap in found]

    def is_settled(self, duty: Duty, node: str, assignments: Sequence[tuple[Relation, Certainty]]) -> bool:
        a_possible_one_is_left = any(
            certainty is POSSIBLE and not self.is_known_empty(one.source) for one, certainty in assignments
        )
        nothing_is_left_above = not duty.or_else or (
            self.containment_is_covered_for(node)
            and all(
                self.is_covered(kind, above)
                for alternative in duty.or_else
                for above in self.containers_at(alternative.level, node)
                for kind in alternative.kinds
            )
        )
        return (
            all(self.is_covered(kind, node) for kind in duty.kinds)
            and nothing_is_left_above
            and not a_possible_one_is_left
            and self.exemption_certainty(duty, node) is not POSSIBLE
        )

    # --- 5. completeness ---

    def completeness(self, checks: Sequence[NaiveGap | None]) -> str:
        if self.regime_certainty() is NO or len(checks) == 0:
            return "UNKNOWN"
        unmet = [gap for gap in checks if gap is not None and gap.cause in _UNMET]
        if any(gap.certainty is CERTAIN for gap in unmet):
            return "BROKEN"
        return "COMPLETE" if len(unmet) == 0 else "UNKNOWN"

    def trace(self, target: str, lanes: Sequence[str] | None = None) -> NaiveChain:
        checks = self.checks(target)
        gaps = [gap for gap in checks if gap is not None]
        links = self.links(target)
        return NaiveChain(
            way=self.way(target),
            links=[link for link in links if lanes is None or self.kind(link.kind).lane in lanes],
            gaps=[gap for gap in gaps if lanes is None or gap.lane in lanes],
            completeness=self.completeness(checks),
        )
