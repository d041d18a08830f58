"""The chain of accountability of a target on a day (责任链): links, gaps, completeness.

Source: model.md, "Chain of accountability of a target on a day".
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from msgspec import Struct

from graph_model.dates import Certainty, weakest
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.duties import DutyChecker, Gap
from graph_model.questions.seats import Holder
from graph_model.questions.ways import Ways
from graph_model.records import AnyAssignee, AnyTarget, Coverage, Post, Relation
from graph_model.regime import Kind, Lane, Level, Regime


class Completeness(Enum):
    """What can be said of the whole chain (完整性)."""

    COMPLETE = "COMPLETE"
    BROKEN = "BROKEN"
    UNKNOWN = "UNKNOWN"


class Rung(Struct, frozen=True):
    """One node on the way up, the target first, and whether the target lies in it on the day."""

    node: AnyTarget
    certainty: Certainty
    level: Level | None


class Link(Struct, frozen=True):
    """One assignment to a node on the way up; ``holders`` where the assignee is a post."""

    assignment: Relation
    kind: Kind
    lane: Lane
    level: Level | None
    target: AnyTarget
    assignee: AnyAssignee
    certainty: Certainty
    holders: tuple[Holder, ...]


class Chain(Struct, frozen=True):
    """The answer. ``completeness`` speaks of the whole chain, whatever lanes were asked for."""

    regime: Regime
    day: int
    way: tuple[Rung, ...]
    links: tuple[Link, ...]
    gaps: tuple[Gap, ...]
    completeness: Completeness


def way_up(around: Neighbourhood, target: str, ways: Ways, regime: Regime) -> tuple[Rung, ...]:
    """The target and its containers, each once: by level from the nearest (the target first), then by id."""
    rungs = [
        Rung(node, ways.certainty_of(target, node_id), regime.find_level(node))
        for node_id in ways.reached_from(target)
        if isinstance(node := around.find_node(node_id), AnyTarget)
    ]
    return tuple(sorted(rungs, key=lambda rung: (rung.node.id != target, _position(rung.level, regime), rung.node.id)))


def _own_rung(around: Neighbourhood, target: str, regime: Regime) -> tuple[Rung, ...]:
    node = around.get_node(target)
    return (Rung(node, Certainty.CERTAIN, regime.find_level(node)),) if isinstance(node, AnyTarget) else ()


def trace_chain(
    around: Neighbourhood,
    target: str,
    regime: Regime,
    day: int,
    *,
    coverages: Sequence[Coverage] = (),
    lanes: frozenset[str] | None = None,
    ways: Ways | None = None,
    own_only: bool = False,
    has_above: bool = False,
) -> Chain:
    """The chain of a target (a node's id) on a day (ordinal). ``lanes``: None is all, an empty set none.

    ``ways`` are those of the same neighbourhood, day and coverages, where they are at hand. ``own_only``: what is at
    the target itself and no more, its completeness included; duties that may be met above it are left away, unless
    it ``has_above``: what is assigned to all that it lies in was read.

    Costs one pass over the assignments of the way up. Raises KeyError for a target that is not in the neighbourhood.
    """
    around.get_node(target)
    if ways is None:
        ways = Ways(around, day, coverages)
    checker = DutyChecker(around, regime, day, ways, coverages, own_only=own_only and not has_above)
    way = _own_rung(around, target, regime) if own_only else way_up(around, target, ways, regime)
    checks = [check for rung in way for check in checker.check(rung.node, rung.certainty)]
    gaps = [check.gap for check in checks if check.gap is not None]
    in_force = regime.certainty_on(day)
    links = [link for rung in way for link in _links_of(rung, around, regime, checker)]
    if lanes is not None:
        links = [link for link in links if link.lane.code in lanes]
    links.sort(key=lambda link: _link_order(link, regime))
    gaps.sort(key=lambda gap: _gap_order(gap, regime))
    return Chain(
        regime=regime,
        day=day,
        way=way,
        links=tuple(links),
        gaps=tuple(gap for gap in gaps if lanes is None or gap.lane.code in lanes),
        completeness=_completeness(in_force, len(checks), gaps),
    )


def _links_of(rung: Rung, around: Neighbourhood, regime: Regime, checker: DutyChecker) -> list[Link]:
    links = []
    for code, assignments in checker.assignments_to(rung.node.id).items():
        kind = regime.find_kind(code)
        if kind is None:
            continue
        lane = regime.get_lane(kind.lane)
        for relation, holding in assignments:
            certainty, assignee = weakest(rung.certainty, holding), around.find_node(relation.source)
            if certainty.holds and isinstance(assignee, AnyAssignee):
                holders = checker.holders_of(assignee.id) if isinstance(assignee, Post) else ()
                links.append(Link(relation, kind, lane, rung.level, rung.node, assignee, certainty, holders))
    return links


def _completeness(in_force: Certainty, applying: int, gaps: Sequence[Gap]) -> Completeness:
    if not in_force.holds or not applying:
        return Completeness.UNKNOWN
    unmet = [gap for gap in gaps if gap.cause.is_unmet]
    if any(gap.certainty is Certainty.CERTAIN for gap in unmet):
        return Completeness.BROKEN
    return Completeness.UNKNOWN if unmet else Completeness.COMPLETE


def _position(level: Level | None, regime: Regime) -> int:
    return -1 if level is None else regime.level_positions[level.code]


_NO_RANK = 1 << 30


def _link_order(link: Link, regime: Regime) -> tuple[int, str, int, int, int, str, str]:
    rank = link.assignee.rank if isinstance(link.assignee, Post) else None
    return (
        _position(link.level, regime),
        link.target.id,
        regime.lane_positions[link.lane.code],
        regime.kind_positions[link.kind.code],
        _NO_RANK if rank is None else rank,
        link.assignee.id,
        link.assignment.id,
    )


def _gap_order(gap: Gap, regime: Regime) -> tuple[int, str, int]:
    return _position(gap.level, regime), gap.target.id, regime.duty_positions[gap.duty.code]
