"""Loads, single points and spans as they are published (履职负荷)."""

from __future__ import annotations

from collections.abc import Mapping

import strawberry

from api.scope import Scope
from api.types.assignees import Person, Post
from api.types.divisions import Division, publish_division
from api.types.labels import Kind, Level
from api.types.nodes import Assignee, Target
from api.types.publishing import publish_node, publish_target
from api.types.regimes import publish_kind, publish_level
from graph_model import records
from graph_model.dates import Certainty
from graph_model.questions import loads as model
from graph_model.regime import Regime
from graph_model.views import View


@strawberry.type(description="How many of one level.")
class LevelCount:
    """See the description."""

    level: Level = strawberry.field(description="The level.")
    number: int = strawberry.field(description="How many targets of it.")


@strawberry.type(description="How many of one kind.")
class KindCount:
    """See the description."""

    kind: Kind = strawberry.field(description="The kind of assignment.")
    number: int = strawberry.field(description="How many assignments of it.")
    is_outlier: bool = strawberry.field(
        description="Whether that is more than Tukey's upper fence of all who have any of the kind there: the third "
        "quartile and one and a half times the distance between the quartiles. Of fewer than "
        f"{model.LEAST_FOR_FENCE} nobody is."
    )


@strawberry.type(
    description="What one assignee carries on the day (履职负荷): the assignments made to it. What a person carries "
    "through a post is the post's."
)
class Load:
    """See the description."""

    assignee: Assignee | None = strawberry.field(
        description="Who carries it; null only where the data name somebody whom nobody loaded."
    )
    assignments: int = strawberry.field(description="How many assignments hold, or may hold.")
    certain_assignments: int = strawberry.field(description="How many of them are CERTAIN.")
    targets: int = strawberry.field(description="How many targets they are to, each counted once.")
    by_level: list[LevelCount] = strawberry.field(
        description="The targets by level, from the nearest: households, villages and so on."
    )
    by_kind: list[KindCount] = strawberry.field(description="The assignments by kind, in the regime's order.")


@strawberry.type(description="How the assignments of one kind are spread over those who have any (负荷分布).")
class LoadDistribution:
    """See the description."""

    county: Division | None = strawberry.field(description="Only to targets in this county; null: all of them.")
    kind: Kind = strawberry.field(description="The kind.")
    assignees: int = strawberry.field(description="How many have any.")
    assignments: int = strawberry.field(description="How many there are.")
    least: int = strawberry.field(description="The fewest that one has.")
    median: float = strawberry.field(description="The median.")
    mean: float = strawberry.field(description="The mean, to two decimals.")
    most: int = strawberry.field(description="The most that one has.")
    fence: float | None = strawberry.field(
        description=f"Tukey's upper fence; null of fewer than {model.LEAST_FOR_FENCE} assignees."
    )
    outliers: int = strawberry.field(description="How many have more than the fence.")


@strawberry.type(
    description="A target that hangs on one person (单点风险): nobody else answers for it, no organisation, and no "
    "post that somebody else holds, or whose holder is not recorded."
)
class SinglePoint:
    """See the description."""

    target: Target = strawberry.field(description="The target.")
    level: Level = strawberry.field(description="Its level.")
    person: Person = strawberry.field(description="The one person.")
    posts: list[Post] = strawberry.field(description="Through which posts; empty if the person itself is assigned.")
    certainty: Certainty = strawberry.field(description="Whether that person surely answers.")


@strawberry.type(
    description="What lies below a target for which somebody answers (管理幅度), the two heads of a group for instance."
)
class Span:
    """See the description."""

    target: Target = strawberry.field(description="What is answered for.")
    assignees: list[Assignee] = strawberry.field(description="Who answers for it by that kind, by id.")
    below: list[LevelCount] = strawberry.field(
        description="What lies, or may lie, below it, by level from the nearest."
    )


def _levels(counted: Mapping[str, int], regime: Regime) -> list[LevelCount]:
    return [
        LevelCount(level=publish_level(level), number=counted[level.code])
        for level in regime.levels
        if level.code in counted
    ]


def _assignee(node_id: str, view: View, scope: Scope) -> Assignee | None:
    node = view.around.find_node(node_id)
    published = None if node is None else publish_node(node, view, scope)
    return published if isinstance(published, Assignee) else None


def publish_load(load: model.Load, view: View, regime: Regime, scope: Scope) -> Load:
    """One assignee's; ``view`` must know it."""
    return Load(
        assignee=_assignee(load.assignee, view, scope),
        assignments=load.assignments,
        certain_assignments=load.certain,
        targets=load.targets,
        by_level=_levels(load.by_level, regime),
        by_kind=[
            KindCount(
                kind=publish_kind(kind, regime.get_lane(kind.lane)),
                number=load.kinds[kind.code],
                is_outlier=kind.code in load.outlier_of,
            )
            for kind in regime.kinds
            if kind.code in load.kinds
        ],
    )


def publish_distribution(each: model.Distribution, view: View, regime: Regime, scope: Scope) -> LoadDistribution:
    """One spread; ``view`` must know the county."""
    county = None if each.area is None else view.around.get_node(each.area)
    kind = regime.kinds[regime.kind_positions[each.kind]]
    return LoadDistribution(
        county=publish_division(county, view, scope) if isinstance(county, records.Division) else None,
        kind=publish_kind(kind, regime.get_lane(kind.lane)),
        assignees=each.assignees,
        assignments=each.assignments,
        least=each.least,
        median=each.median,
        mean=each.mean,
        most=each.most,
        fence=each.fence,
        outliers=each.outliers,
    )


def publish_point(point: model.SinglePoint, view: View, regime: Regime, scope: Scope) -> SinglePoint:
    """One target; ``view`` must know it, the person and the posts."""
    target, person = view.around.get_node(point.target), _assignee(point.person, view, scope)
    posts = [_assignee(post, view, scope) for post in point.posts]
    if not isinstance(target, records.AnyTarget) or not isinstance(person, Person):
        raise TypeError(f"{point.target} is no target, or {point.person} no person")
    return SinglePoint(
        target=publish_target(target, view, scope),
        level=publish_level(regime.levels[point.level]),
        person=person,
        posts=[post for post in posts if isinstance(post, Post)],
        certainty=point.certainty,
    )


def publish_span(span: model.Span, view: View, regime: Regime, scope: Scope) -> Span:
    """One target's; ``view`` must know it and the assignees."""
    target = view.around.get_node(span.target)
    if not isinstance(target, records.AnyTarget):
        raise TypeError(f"{span.target} is no target")
    assignees = (_assignee(assignee, view, scope) for assignee in span.assignees)
    return Span(
        target=publish_target(target, view, scope),
        assignees=[assignee for assignee in assignees if assignee is not None],
        below=_levels(span.by_level, regime),
    )
