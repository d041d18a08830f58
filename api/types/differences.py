"""What is different between two chains of one target, as it is published (责任链比较)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import strawberry
from msgspec import Struct

from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.scope import Scope
from api.types.chain import AccountabilityChain, Gap, Link, publish_chain, publish_gap, publish_link
from api.types.nodes import Target
from api.types.publishing import publish_target
from graph_model import chain_changes as writes
from graph_model.chain_changes import Reach
from graph_model.checkpoint import Checkpoint
from graph_model.dates import Certainty
from graph_model.questions import compare as model
from graph_model.questions.chain import Chain, Completeness
from graph_model.questions.chain import Link as LinkAnswer
from graph_model.questions.duties import Gap as GapAnswer
from graph_model.records import AnyTarget
from graph_model.views import Comparison, View


@strawberry.type(description="A link that is there before and after, and not the same: other holders, or not as sure.")
class LinkChange:
    """See the description."""

    before: Link = strawberry.field(description="The link before.")
    after: Link = strawberry.field(description="The link after.")
    is_of_holders: bool = strawberry.field(description="Whether other people hold the post that answers.")
    is_of_certainty: bool = strawberry.field(
        description="Whether it is more or less sure: the link itself, or that somebody holds the post."
    )


@strawberry.type(description="A gap that is there before and after, with another cause or not as sure.")
class GapChange:
    """See the description."""

    before: Gap = strawberry.field(description="The gap before.")
    after: Gap = strawberry.field(description="The gap after.")


@strawberry.type(
    description="What is different between a chain before and a chain after. A link is the same one in both where the "
    "assignment, who answers, for what and in what kind are; other dates or another basis alone are no difference."
)
class ChainDifference:
    """See the description."""

    links_gained: list[Link] = strawberry.field(description="Links that are there after, and not before.")
    links_lost: list[Link] = strawberry.field(description="Links that are there before, and not after.")
    links_changed: list[LinkChange] = strawberry.field(description="Links with other holders, or not as sure.")
    links_same: int = strawberry.field(description="How many links are the same before and after.")
    gaps_opened: list[Gap] = strawberry.field(description="Gaps that are there after, and not before; remarks too.")
    gaps_closed: list[Gap] = strawberry.field(description="Gaps that are there before, and not after; remarks too.")
    gaps_changed: list[GapChange] = strawberry.field(description="Gaps with another cause, or not as sure.")
    completeness_before: Completeness | None = strawberry.field(
        description="What can be said of the whole chain before; null where there is no such target then."
    )
    completeness_after: Completeness | None = strawberry.field(
        description="What can be said of the whole chain after; null where there is no such target then."
    )


@strawberry.type(description="The chains of one target as of two days, or as known at two moments, and what differs.")
class ChainComparison:
    """See the description."""

    target: Target = strawberry.field(
        description="Whose chains they are, as of the later day: what the code means then."
    )
    difference: ChainDifference = strawberry.field(description="What is different.")
    comparison: strawberry.Private[Comparison]
    sides: strawberry.Private[Sides]

    @strawberry.field(description="The chain as of `from`; null where there is no such target then.")
    def before(self) -> AccountabilityChain | None:
        return self._publish(self.comparison.before, self.sides[0])

    @strawberry.field(description="The chain as of `to`; null where there is no such target then.")
    def after(self) -> AccountabilityChain | None:
        return self._publish(self.comparison.after, self.sides[1])

    def _publish(self, chain: Chain | None, side: Side) -> AccountabilityChain | None:
        return None if chain is None else publish_chain(chain, side.view, side.scope)


class Side(Struct, frozen=True):
    """One of the two states that are compared: what a target's links and gaps are published from."""

    view: View
    scope: Scope


Sides = tuple[Side, Side]


@strawberry.type(description="One target whose chain differs.")
class TargetChange:
    """See the description."""

    target: Target = strawberry.field(description="The target, after; as it was before where it is no longer there.")
    difference: ChainDifference = strawberry.field(description="What is different.")


@strawberry.type(description="What was written between two checkpoints, as the chains of a division's targets show it.")
class ChainChanges:
    """See the description."""

    since: str = strawberry.field(description="The checkpoint before.")
    until: str = strawberry.field(description="The checkpoint after: give it as `since` the next time.")
    as_of: datetime.date = strawberry.field(description="The day that the chains speak of, before and after.")
    reach: Reach = strawberry.field(description="Which targets were compared.")
    found: strawberry.Private[writes.ChainChanges]
    regime: strawberry.Private[str]
    scopes: strawberry.Private[tuple[Scope, Scope]]

    @strawberry.field(description="The targets whose chains differ, by code and id.")
    async def targets(self, first: First = None, after: After = None) -> Connection[TargetChange]:
        size, key = check_first(first), decode_cursor(after, "changes", tuple[str, str])
        rest = [each for each in self.found.changes if key is None or (each.code, each.target) > key]
        page = rest[:size]
        before, now = [await scope.views.load_many([each.target for each in page]) for scope in self.scopes]
        rows = [
            (encode_cursor("changes", [each.code, each.target]), published)
            for each, earlier, later in zip(page, before, now, strict=True)
            if (published := self._publish(each, earlier, later)) is not None
        ]
        return connection(rows, total=len(self.found.changes), has_next=len(rest) > size, after=after)

    def _publish(self, change: writes.TargetChange, earlier: View, later: View) -> TargetChange | None:
        before, after = (Side(view, scope) for view, scope in zip((earlier, later), self.scopes, strict=True))
        target = _publish_either(change.target, (after, before))
        if target is None:
            return None  # it was there: no state after a write ever changes
        return TargetChange(
            target=target,
            difference=publish_difference(change.difference, change.target, self.regime, before, after),
        )


@strawberry.type(description="What writes came to in the chain of one target.")
class ChainChange:
    """See the description."""

    since: str = strawberry.field(description="The checkpoint before.")
    until: str = strawberry.field(
        description="The checkpoint after: give it as `since` to go on from here after an interruption."
    )
    as_of: datetime.date = strawberry.field(description="The day that the chain speaks of, before and after.")
    target: Target = strawberry.field(description="The target, after; as it was before where it is no longer there.")
    difference: ChainDifference = strawberry.field(description="What is different.")


def publish_comparison(comparison: Comparison, before: Side, after: Side) -> ChainComparison | None:
    """A comparison; None where neither side has such a target."""
    latest_first = sorted((before, after), key=lambda side: side.view.lateness, reverse=True)
    target = _publish_either(comparison.target, latest_first)
    if target is None:
        return None
    return ChainComparison(
        target=target,
        difference=publish_difference(comparison.difference, comparison.target, comparison.regime, before, after),
        comparison=comparison,
        sides=(before, after),
    )


def _publish_either(target: str, sides: Iterable[Side]) -> Target | None:
    """A target (id) as the first side has it that has it at all."""
    for side in sides:
        node = side.view.around.find_node(target)
        if isinstance(node, AnyTarget):
            return publish_target(node, side.view, side.scope)
    return None


def publish_difference(
    difference: model.ChainDifference, target: str, regime: str, before: Side, after: Side
) -> ChainDifference:
    """A difference between two chains of a target (id) in a regime (code): links and gaps as their own side has them.

    A side that has no chain is not asked for anything.
    """
    earlier, later = _Publisher(target, regime, before), _Publisher(target, regime, after)
    return ChainDifference(
        links_gained=[later.link(link) for link in difference.gained],
        links_lost=[earlier.link(link) for link in difference.lost],
        links_changed=[
            LinkChange(
                before=earlier.link(change.before),
                after=later.link(change.after),
                is_of_holders=change.holders,
                is_of_certainty=change.certainty,
            )
            for change in difference.changed
        ],
        links_same=difference.same_links,
        gaps_opened=[later.gap(gap) for gap in difference.opened],
        gaps_closed=[earlier.gap(gap) for gap in difference.closed],
        gaps_changed=[
            GapChange(before=earlier.gap(change.before), after=later.gap(change.after))
            for change in difference.gaps_changed
        ],
        completeness_before=difference.before,
        completeness_after=difference.after,
    )


class _Publisher:
    """Publishes links and gaps of one side; what they are to is published once."""

    def __init__(self, target: str, regime: str, side: Side) -> None:
        self._target = target
        self._regime = regime
        self._side = side
        self._targets: dict[str, Target] = {}
        self._ways: dict[str, Certainty] | None = None

    def link(self, link: LinkAnswer) -> Link:
        """A link."""
        return publish_link(link, self._publish(link.target), self._side.view, self._side.scope)

    def gap(self, gap: GapAnswer) -> Gap:
        """A gap."""
        return publish_gap(gap, self._publish(gap.target), self._side.view.frame.regimes[self._regime])

    def _publish(self, node: AnyTarget) -> Target:
        if self._ways is None:
            self._ways = {rung.node.id: rung.certainty for rung in self._side.view.way_up(self._target)}
        if node.id not in self._targets:
            certainty = self._ways.get(node.id, Certainty.CERTAIN)
            self._targets[node.id] = publish_target(node, self._side.view, self._side.scope, certainty)
        return self._targets[node.id]


def publish_changes(
    found: writes.ChainChanges, since: Checkpoint, until: Checkpoint, regime: str, before: Scope, after: Scope
) -> ChainChanges:
    """What was written between two checkpoints, in a regime (code)."""
    return ChainChanges(
        since=str(since),
        until=str(until),
        as_of=after.moment.as_of,
        reach=found.reach,
        found=found,
        regime=regime,
        scopes=(before, after),
    )


def publish_change(
    difference: model.ChainDifference, target: str, span: tuple[Checkpoint, Checkpoint], regime: str, sides: Sides
) -> ChainChange | None:
    """What lies between two checkpoints in the chain of a target (id), in a regime (code); None for no such target."""
    before, after = sides
    published = _publish_either(target, (after, before))
    if published is None:
        return None
    since, until = span
    return ChainChange(
        since=str(since),
        until=str(until),
        as_of=after.scope.moment.as_of,
        target=published,
        difference=publish_difference(difference, target, regime, before, after),
    )
