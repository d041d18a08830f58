"""The chain of accountability as it is published (责任链)."""

from __future__ import annotations

import datetime

import strawberry

from api.enums import Lang
from api.scope import Scope
from api.types.assignees import Person, publish_assignee, publish_person
from api.types.dates import PartialDate, publish_since, publish_until
from api.types.labels import Duty, Lane, LangArgument, Level, say
from api.types.nodes import Assignee, Target
from api.types.publishing import publish_target
from api.types.regimes import Regime, publish_duty, publish_lane, publish_level, publish_regime
from api.types.relations import Assignment, publish_assignment
from graph_model.dates import Certainty
from graph_model.questions import chain as model
from graph_model.questions.chain import Completeness
from graph_model.questions.duties import Gap as GapAnswer
from graph_model.questions.duties import GapCause
from graph_model.questions.naming import called_on
from graph_model.questions.seats import Holder as HolderAnswer
from graph_model.records import Provenance, Text
from graph_model.regime import Regime as RegimeModel
from graph_model.views import View


@strawberry.type(description="Who holds a post on the day, or may (任职人); one row a person.")
class Holder:
    """See the description."""

    person: Person = strawberry.field(description="The person.")
    since: PartialDate = strawberry.field(description="Since when the person holds the post.")
    until: PartialDate = strawberry.field(description="The first day on which the person no longer holds it.")
    certainty: Certainty = strawberry.field(description="Whether the person holds it on the day.")
    provenance: Provenance = strawberry.field(description="Where that comes from.")
    holding: strawberry.ID = strawberry.field(description="The id of the record that says so.")


@strawberry.type(description="One rung of the way up (层级): the target, or something that it lies in.")
class Rung:
    """See the description."""

    level: Level | None = strawberry.field(description="Its level in the regime; null if it has none.")
    target: Target = strawberry.field(description="The division or other container.")
    certainty: Certainty = strawberry.field(description="Whether the target of the chain lies in it on the day.")


@strawberry.type(description="One link (责任环节): an assignment to the target or to something that it lies in.")
class Link:
    """See the description."""

    level: Level | None = strawberry.field(description="The level of what is answered for; null if it has none.")
    lane: Lane = strawberry.field(description="The lane of the assignment's kind.")
    certainty: Certainty = strawberry.field(
        description="The weaker of two: whether the target lies there, and whether the assignment holds on the day."
    )
    target: Target = strawberry.field(description="What is answered for: the chain's target or a container of it.")
    assignee: Assignee = strawberry.field(description="Who answers.")
    holders: list[Holder] = strawberry.field(
        description="Where a post answers: who holds it. Empty: the holder is not recorded, or nobody (see the gaps)."
    )
    assignment: Assignment = strawberry.field(description="The assignment itself.")
    record: strawberry.Private[model.Link]
    view: strawberry.Private[View]

    @strawberry.field(description="The link as one sentence.")
    def sentence(self, lang: LangArgument = Lang.ZH) -> str:
        around, day = self.view.around, self.view.moment.day
        return say(self.record.kind.sentence, lang).format(
            assignee=called_on(around, self.record.assignee, day), target=called_on(around, self.record.target, day)
        )


@strawberry.type(description="A gap (缺口): a duty that is not simply met on the day.")
class Gap:
    """See the description."""

    level: Level = strawberry.field(description="The level that has the duty.")
    lane: Lane = strawberry.field(description="The lane of the duty's first kind.")
    cause: GapCause = strawberry.field(description="Why it is a gap.")
    certainty: Certainty = strawberry.field(
        description="CERTAIN only if nothing that is not recorded could still meet the duty."
    )
    duty: Duty = strawberry.field(description="The duty.")
    target: Target = strawberry.field(description="Whose duty it is: the chain's target or a container of it.")
    wording: strawberry.Private[Text]

    @strawberry.field(description="What is missing, as one sentence.")
    def message(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.wording, lang)


@strawberry.type(description="The chain of accountability of a target on a day (责任链).")
class AccountabilityChain:
    """See the description."""

    as_of: datetime.date = strawberry.field(description="The day that the chain speaks of.")
    recorded_as_of: datetime.datetime | None = strawberry.field(
        description="The recorded moment as of which it was answered; null: now."
    )
    completeness: Completeness = strawberry.field(
        description="What can be said of the whole chain, whatever lanes were asked for."
    )
    links: list[Link] = strawberry.field(
        description="Who answers: by level from the nearest, target, lane, kind, rank and id."
    )
    gaps: list[Gap] = strawberry.field(description="What is missing: by level from the nearest, target and duty.")
    way: list[Rung] = strawberry.field(description="The target and all that it lies in on the day, from the nearest.")
    model: strawberry.Private[RegimeModel]

    @strawberry.field(description="The regime whose chain it is.")
    def regime(self) -> Regime:
        return publish_regime(self.model)


def publish_chain(chain: model.Chain, view: View, scope: Scope) -> AccountabilityChain:
    """A chain as seen at the view's moment."""
    targets = {rung.node.id: publish_target(rung.node, view, scope, rung.certainty) for rung in chain.way}
    return AccountabilityChain(
        as_of=view.moment.as_of,
        recorded_as_of=view.moment.recorded,
        completeness=chain.completeness,
        links=[publish_link(link, targets[link.target.id], view, scope) for link in chain.links],
        gaps=[publish_gap(gap, targets[gap.target.id], chain.regime) for gap in chain.gaps],
        way=[
            Rung(
                level=None if rung.level is None else publish_level(rung.level),
                target=targets[rung.node.id],
                certainty=rung.certainty,
            )
            for rung in chain.way
        ],
        model=chain.regime,
    )


def publish_link(link: model.Link, target: Target, view: View, scope: Scope) -> Link:
    """One link of a chain."""
    return Link(
        level=None if link.level is None else publish_level(link.level),
        lane=publish_lane(link.lane),
        certainty=link.certainty,
        target=target,
        assignee=publish_assignee(link.assignee, view, scope),
        holders=[publish_holder(holder, scope) for holder in link.holders],
        assignment=publish_assignment(link.assignment, scope, view.frame, view.around),
        record=link,
        view=view,
    )


def publish_holder(holder: HolderAnswer, scope: Scope) -> Holder:
    """One holder of a post."""
    return Holder(
        person=publish_person(holder.person, scope),
        since=publish_since(holder.holding.validity.since),
        until=publish_until(holder.holding.validity.until),
        certainty=holder.certainty,
        provenance=holder.holding.provenance,
        holding=strawberry.ID(holder.holding.id),
    )


def publish_gap(gap: GapAnswer, target: Target, regime: RegimeModel) -> Gap:
    """A gap of a target, by the words of its regime."""
    return Gap(
        level=publish_level(gap.level),
        lane=publish_lane(gap.lane),
        cause=gap.cause,
        certainty=gap.certainty,
        duty=publish_duty(regime, gap.duty),
        target=target,
        wording=gap.message,
    )
