"""Explanations as they are published (解释): trails, and the steps that they are made of."""

from __future__ import annotations

import datetime

import strawberry

from api.enums import Lang
from api.scope import Scope
from api.types.basis import Basis, publish_basis
from api.types.chain import Gap, publish_gap
from api.types.dates import PartialDate, publish_bound
from api.types.labels import LangArgument, say
from api.types.nodes import Node, Target
from api.types.publishing import publish_node, publish_target
from api.types.regimes import Regime, publish_regime
from api.types.relations import Assignment, publish_assignment
from graph_model.dates import Certainty
from graph_model.questions import explain as model
from graph_model.questions.reasons import steps, trails
from graph_model.questions.reasons.steps import StepKind, ValidityEnd
from graph_model.records import AnyNode, Provenance, Text
from graph_model.regime import Regime as RegimeModel
from graph_model.views import View


@strawberry.type(description="One step of an explanation (理由): something that holds, or stands in the way.")
class TrailStep:
    """See the description."""

    kind: StepKind = strawberry.field(description="What the step says.")
    certainty: Certainty = strawberry.field(description="Whether what it speaks of holds on the day.")
    clause: str | None = strawberry.field(description="The clause of the source; null where none is recorded.")
    basis: Basis = strawberry.field(description="What the record behind it rests on.")
    record: strawberry.ID | None = strawberry.field(
        description="The id of the relation, claim or coverage that says so; null where something is not on record."
    )
    provenance: Provenance | None = strawberry.field(description="Where that record comes from; null without one.")
    subject: Node | None = strawberry.field(description="What the step is about.")
    object: Node | None = strawberry.field(description="What it leads to; null where it leads nowhere.")
    bound: PartialDate | None = strawberry.field(description="The date that decides; null where none does.")
    end: ValidityEnd | None = strawberry.field(description="Whether that date is a beginning or an end.")
    wording: strawberry.Private[Text]

    @strawberry.field(description="The step as a sentence.")
    def sentence(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.wording, lang)


@strawberry.type(
    description="One line of reasoning (责任路径): from the target up to what is answered for, and along an assignment."
)
class Trail:
    """See the description."""

    certainty: Certainty = strawberry.field(
        description="As sure as its weakest step: NO where something stands in the way. Of a duty: whether it is met."
    )
    target: Target | None = strawberry.field(
        description="What is answered for: the target, or something that it lies in; null where nothing is on record."
    )
    assignment: Assignment | None = strawberry.field(description="The assignment that it goes along, if it does.")
    gap: Gap | None = strawberry.field(description="Of a duty: its gap, as the chain has it; null where it is met.")
    steps: list[TrailStep] = strawberry.field(description="Its steps, from the target on.")


@strawberry.type(description="Why somebody answers for a target on a day, or why not (解释).")
class Explanation:
    """See the description."""

    as_of: datetime.date = strawberry.field(description="The day that it speaks of.")
    recorded_as_of: datetime.datetime | None = strawberry.field(
        description="The recorded moment as of which it was answered; null: now."
    )
    target: Target = strawberry.field(description="The target that was asked about.")
    certainty: Certainty = strawberry.field(
        description="The answer. CERTAIN: yes. POSSIBLE: perhaps. NO: no, as far as anything is on record."
    )
    trails: list[Trail] = strawberry.field(
        description="Where the answer is not NO: all ways that lead there, the surest first. Where it is: the nearest "
        f"misses, at most {model.MOST_MISSES}. Of a duty: one for each node of its level on the way up. As of an "
        "earlier recorded moment a last one may tell what was recorded only later."
    )
    wording: strawberry.Private[Text]
    model: strawberry.Private[RegimeModel]

    @strawberry.field(description="The answer and the first trail as one sentence, with clauses.")
    def message(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.wording, lang)

    @strawberry.field(description="The regime by which it was answered.")
    def regime(self) -> Regime:
        return publish_regime(self.model)


def publish_explanation(answer: model.Explanation, view: View, scope: Scope) -> Explanation:
    """An explanation as seen at the view's moment."""
    return Explanation(
        as_of=view.moment.as_of,
        recorded_as_of=view.moment.recorded,
        target=publish_target(answer.target, view, scope),
        certainty=answer.certainty,
        trails=[_publish_trail(trail, answer, view, scope) for trail in answer.trails],
        wording=answer.message,
        model=answer.regime,
    )


def _publish_trail(trail: trails.Trail, answer: model.Explanation, view: View, scope: Scope) -> Trail:
    target = None if trail.target is None else publish_target(trail.target, view, scope)
    assignment = trail.assignment
    return Trail(
        certainty=trail.certainty,
        target=target,
        assignment=None if assignment is None else publish_assignment(assignment, scope, view.frame, view.around),
        gap=None if trail.gap is None or target is None else publish_gap(trail.gap, target, answer.regime),
        steps=[_publish_step(step, view, scope) for step in trail.steps],
    )


def _publish_step(step: steps.Step, view: View, scope: Scope) -> TrailStep:
    def published(node: AnyNode | None) -> Node | None:
        return None if node is None else publish_node(node, view, scope)

    return TrailStep(
        kind=step.kind,
        certainty=step.certainty,
        clause=step.clause,
        basis=publish_basis(step.basis, scope, view.around),
        record=None if step.record is None else strawberry.ID(step.record.id),
        provenance=None if step.record is None else step.record.provenance,
        subject=published(step.subject),
        object=published(step.object),
        bound=None if step.bound is None else publish_bound(step.bound),
        end=step.end,
        wording=step.sentence,
    )
