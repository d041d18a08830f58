"""What came of a mutation (改动结果), as it is published: one payload for all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import strawberry

from api.enums import Lang
from api.scope import Scope
from api.types.afterwards import Afterwards
from api.types.dates import PartialDate, publish_bound, publish_since
from api.types.effects import Effects, publish_effects
from api.types.history import FieldChange, Write, publish_field
from api.types.labels import LangArgument, StabilityRule, say
from api.types.nodes import Node, Target
from api.types.publishing import publish_ids, publish_target
from api.types.regimes import publish_rule
from api.types.relations import Assignment, Relation, publish_assignment, publish_relation
from graph_model import records
from graph_model.dates import Certainty, day_or_none
from graph_model.editing.faults import Fault, FaultCode
from graph_model.editing.planning import Changed
from graph_model.editing.stability import Breach
from graph_model.editing.telling import Remedy as RemedyAnswer
from graph_model.editing.telling import RemedyKind, message_of, remedies_of
from graph_model.exchange import Change
from graph_model.impact import work_out
from graph_model.questions.history import RecordChangeKind, tell_change
from graph_model.records import Family, Text
from graph_model.submitting import Judgement
from graph_model.views import View


@strawberry.type(description="Something wrong with a mutation's arguments; nothing was written.")
class UserError:
    """See the description."""

    code: FaultCode = strawberry.field(description="What sort of fault it is.")
    path: str = strawberry.field(
        description="The argument: `input.until`, `changes[3].endAssignment.until`, `override.basis.document`."
    )
    record: strawberry.ID | None = strawberry.field(
        description="The id of the record that stands in the way; null where there is none."
    )
    present_version: str | None = strawberry.field(
        description="That record's version now: of a conflict, what to look at and to give as `expectedVersion`."
    )
    rule: str | None = strawberry.field(description="The code of the stability rule that forbids it; else null.")
    fault: strawberry.Private[Fault]

    @strawberry.field(description="What is wrong, in a sentence.")
    def message(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.fault.message, lang)

    @strawberry.field(description="What could stand there, or be done instead; empty where that cannot be listed.")
    def allowed(self, lang: LangArgument = Lang.ZH) -> list[str]:
        return [say(text, lang) for text in self.fault.allowed]


@strawberry.type(description="What would be allowed in place of what a rule forbids (可行之法).")
class Remedy:
    """See the description."""

    kind: RemedyKind = strawberry.field(description="What sort of thing.")
    on: PartialDate | None = strawberry.field(description="The day that it speaks of; null where it speaks of none.")
    wording: strawberry.Private[Text]

    @strawberry.field(description="What would be allowed, in words.")
    def message(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.wording, lang)


@strawberry.type(description="A stability rule that a change breaks (违规), or would break.")
class BrokenRule:
    """See the description."""

    rule: StabilityRule = strawberry.field(description="The rule, with its clause.")
    target: Target = strawberry.field(description="The target that it protects.")
    record: strawberry.ID = strawberry.field(
        description="The id of what ends: an assignment, the holding of a post, or a vacancy that begins."
    )
    ends_on: PartialDate = strawberry.field(description="The first day without.")
    certainty: Certainty = strawberry.field(
        description="POSSIBLE where a date is not known well enough to say; it is forbidden all the same."
    )
    is_overridden: bool = strawberry.field(description="Whether the mutation overrides it.")
    remedies: list[Remedy] = strawberry.field(description="What would be allowed.")
    wording: strawberry.Private[Text]

    @strawberry.field(description="What is forbidden and why, in a sentence.")
    def message(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.wording, lang)


@strawberry.type(description="What a mutation does, or would do, to one record.")
class ChangedRecord:
    """See the description."""

    record: strawberry.ID = strawberry.field(description="The record's id: what `history` takes, too.")
    record_type: str = strawberry.field(description="Its type: `relation`, `designation`, `vacancy`, `person`...")
    kind: RecordChangeKind = strawberry.field(description="What is done to it.")
    version: str | None = strawberry.field(
        description="Its version afterwards, for `expectedVersion`; null where it is taken off the record."
    )
    fields: list[FieldChange] = strawberry.field(description="What differs, by path.")
    assignment: Assignment | None = strawberry.field(
        description="The assignment as it is afterwards; null for other records, and where it is taken off the record."
    )
    relation: Relation | None = strawberry.field(
        description="The holding, membership or other edge as it is afterwards; null for other records, and where it "
        "is taken off the record."
    )
    nodes: strawberry.Private[tuple[str, ...]]
    scope: strawberry.Private[Scope]

    @strawberry.field(
        description="The nodes that it speaks of: itself, whom a claim is about, the two ends of a relation."
    )
    async def about(self) -> list[Node]:
        return await publish_ids(self.nodes, self.scope)


@strawberry.type(
    description="What came of a mutation. With `userErrors` nothing was written, and the rest tells what would have "
    "come of the changes that have none. Chains and nodes below it are as they are, or would be, afterwards; lists of "
    "records (connections) are those of the store."
)
class ChangePayload:
    """See the description."""

    client_mutation_id: str | None = strawberry.field(description="As it was given.")
    user_errors: list[UserError] = strawberry.field(description="All that is wrong with the arguments, of all changes.")
    written: Write | None = strawberry.field(
        description="The write in the journal: null of a dry run, with errors, and where nothing differed."
    )
    is_dry_run: bool = strawberry.field(description="Whether nothing was to be written.")
    is_repeated: bool = strawberry.field(
        description="Whether it had been written before, under the same `clientMutationId`; told is what it did then."
    )
    changed: list[ChangedRecord] = strawberry.field(
        description="What is done to which record: by id, then the findings of overridden rules."
    )
    broken_rules: list[BrokenRule] = strawberry.field(description="Stability rules that are broken, or overridden.")
    judge: strawberry.Private[Callable[[], Awaitable[Judgement]]]
    afterwards: strawberry.Private[Afterwards]

    @strawberry.field(
        description="What it does to those who are answered for; null where the changes could not be made out."
    )
    async def effects(self) -> Effects | None:
        judgement = await self.judge()
        plan = judgement.verdict.plan
        if plan.faults:
            return None
        found = await work_out(plan, judgement.rules)
        return publish_effects(found, plan, judgement.rules, self.afterwards)


def publish_fault(fault: Fault, path: str) -> UserError:
    """A fault at an argument."""
    return UserError(
        code=fault.code,
        path=path,
        record=None if fault.record is None else strawberry.ID(fault.record),
        present_version=fault.present_version,
        rule=fault.rule,
        fault=fault,
    )


def publish_breach(breach: Breach, is_overridden: bool, view: View, scope: Scope) -> BrokenRule:
    """A breach, in the state that would come of it."""
    return BrokenRule(
        rule=publish_rule(breach.regime, breach.rule),
        target=publish_target(breach.target, view, scope),
        record=strawberry.ID(breach.record.id),
        ends_on=publish_bound(breach.end),
        certainty=breach.certainty,
        is_overridden=is_overridden,
        remedies=[_publish_remedy(remedy) for remedy in remedies_of(breach)],
        wording=message_of(breach, view.around),
    )


def _publish_remedy(remedy: RemedyAnswer) -> Remedy:
    day = None if remedy.day is None else day_or_none(remedy.day)
    return Remedy(
        kind=remedy.kind,
        on=None if day is None else publish_since(day.isoformat()),
        wording=remedy.message,
    )


def publish_changed(changed: Changed, view: View, scope: Scope) -> ChangedRecord:
    """What is done to one record, in the state that comes of it."""
    told, after = tell_change(Change(0, 0, changed.id, changed.before, changed.after)), changed.after
    edge = after if isinstance(after, records.Relation) else None
    is_assignment = edge is not None and edge.family is Family.RESPONSIBILITY
    return ChangedRecord(
        record=strawberry.ID(changed.id),
        record_type=told.record_type,
        kind=told.kind,
        version=None if after is None else records.version_of(after),
        fields=[publish_field(field) for field in told.fields],
        assignment=publish_assignment(edge, scope, view.frame, view.around) if edge and is_assignment else None,
        relation=publish_relation(edge, scope, view.frame) if edge and not is_assignment else None,
        nodes=told.about,
        scope=scope,
    )
