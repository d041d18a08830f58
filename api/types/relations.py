"""Relations as they are published (关系): assignments, and the edges of the other families."""

from __future__ import annotations

import datetime

import strawberry

from api.scope import Scope
from api.types.basis import Basis, publish_basis
from api.types.dates import PartialDate, publish_since, publish_until
from api.types.labels import Kind
from api.types.nodes import Assignee, Node, Target
from api.types.publishing import publish_ids
from api.types.regimes import kind_of
from graph_model import records
from graph_model.dates import Certainty, certainty_on, parse_day, weakest
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import Provenance
from graph_model.views import Frame

_NOTHING = Neighbourhood(())


@strawberry.interface(description="A dated edge of the graph (关系).")
class DatedEdge:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="The edge's id, made from a natural key.")
    since: PartialDate = strawberry.field(description="Since when it holds.")
    until: PartialDate = strawberry.field(description="The first day on which it no longer holds.")
    certainty: Certainty = strawberry.field(description="Whether it holds on the day that was asked about.")
    basis: Basis = strawberry.field(description="What it rests on.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    record: strawberry.Private[records.Relation]
    scope: strawberry.Private[Scope]

    @strawberry.field(description="The days on which it was seen.")
    def observed(self) -> list[datetime.date]:
        return [parse_day(day) for day in self.record.validity.observed]

    @strawberry.field(
        description="Tells its versions apart: give it as `expectedVersion` to change what you saw, and nothing else."
    )
    def version(self) -> str:
        return records.version_of(self.record)


@strawberry.type(
    description="An assignment (责任): one assignee answers for one target, of one kind, since when and on what basis."
)
class Assignment(DatedEdge):
    """See the description."""

    kind: Kind = strawberry.field(description="What kind of assignment it is.")
    joint: str | None = strawberry.field(
        description="Shared by the assignments of those who answer together; null for who answers alone."
    )
    regime: str = strawberry.field(description="The code of the regime that the kind belongs to.")

    @strawberry.field(description="The one who answers; null only where the data name somebody whom nobody loaded.")
    async def assignee(self) -> Assignee | None:
        found = await publish_ids((self.record.source,), self.scope)
        return found[0] if found and isinstance(found[0], Assignee) else None

    @strawberry.field(description="What is answered for; null only where the data name something that nobody loaded.")
    async def target(self) -> Target | None:
        found = await publish_ids((self.record.target,), self.scope)
        return found[0] if found and isinstance(found[0], Target) else None


@strawberry.type(
    description="An edge of another family: containment (part-of, post-in, unit-of), holding, membership or reporting."
)
class Relation(DatedEdge):
    """See the description."""

    family: str = strawberry.field(description="`containment`, `holding`, `membership` or `reporting`.")
    kind: str = strawberry.field(description="The kind within its family, for instance `post-in`.")
    role: str | None = strawberry.field(description="Of a membership: `head`, `deputy-head`, `member`.")
    rhythm: str | None = strawberry.field(description="Of a reporting line: how often, for instance `half-year`.")

    @strawberry.field(description="Where it comes from: the part, the person, the member, the one who reports.")
    async def source(self) -> Node | None:
        found = await publish_ids((self.record.source,), self.scope)
        return found[0] if found else None

    @strawberry.field(description="Where it leads: the whole, the post, the group, the one reported to.")
    async def target(self) -> Node | None:
        found = await publish_ids((self.record.target,), self.scope)
        return found[0] if found else None


def publish_assignment(
    relation: records.Relation, scope: Scope, frame: Frame, around: Neighbourhood = _NOTHING
) -> Assignment:
    """An assignment as seen at the scope's moment: never surer than its regime."""
    day = scope.moment.day
    regime = frame.regimes.get(relation.regime or "")
    certainty = certainty_on(relation.validity, day)
    return Assignment(
        id=strawberry.ID(relation.id),
        since=publish_since(relation.validity.since),
        until=publish_until(relation.validity.until),
        certainty=certainty if regime is None else weakest(certainty, regime.certainty_on(day)),
        basis=publish_basis(relation.basis, scope, around),
        provenance=relation.provenance,
        record=relation,
        scope=scope,
        kind=kind_of(frame, relation.regime, relation.kind),
        joint=relation.joint,
        regime=relation.regime or "",
    )


def publish_relation(relation: records.Relation, scope: Scope, frame: Frame) -> Relation:
    """An edge of another family as seen at the scope's moment."""
    del frame  # only assignments are bounded by a regime
    return Relation(
        id=strawberry.ID(relation.id),
        since=publish_since(relation.validity.since),
        until=publish_until(relation.validity.until),
        certainty=certainty_on(relation.validity, scope.moment.day),
        basis=publish_basis(relation.basis, scope, _NOTHING),
        provenance=relation.provenance,
        record=relation,
        scope=scope,
        family=relation.family.value,
        kind=relation.kind,
        role=relation.role,
        rhythm=relation.rhythm,
    )
