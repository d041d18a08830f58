"""What was done, as it is published (措施)."""

from __future__ import annotations

import strawberry

from api.scope import Scope
from api.types.basis import Basis, publish_basis
from api.types.dates import Period, publish_period
from api.types.labels import MeasureKind
from api.types.nodes import Node
from api.types.regimes import measure_kind
from graph_model import records
from graph_model.records import Provenance
from graph_model.views import View


@strawberry.type(description="How much of something there was (数量).")
class Quantity:
    """See the description."""

    code: str = strawberry.field(description="What was counted, a code of the regime's: `metres`, `minutes`.")
    value: float = strawberry.field(description="The number.")


@strawberry.type(description="What was done (措施): a talk, a criticism, a reward; by whom, to whom, when.")
class Measure(Node):
    """See the description."""

    kind: MeasureKind = strawberry.field(description="What kind of measure it is.")
    period: Period = strawberry.field(description="When it was done.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    basis: Basis = strawberry.field(description="What it rests on.")
    quantities: list[Quantity] = strawberry.field(
        description="How much there was of it, as far as that is recorded: how far a patrol went, how long it took."
    )
    record: strawberry.Private[records.Measure]

    @strawberry.field(description="Who did it.")
    async def by(self) -> list[Node]:
        from api.types.publishing import publish_ids

        return await publish_ids(self.record.by, self.scope)

    @strawberry.field(description="To whom it was done.")
    async def to(self) -> list[Node]:
        from api.types.publishing import publish_ids

        return await publish_ids(self.record.to, self.scope)


def publish_measure(node: records.Measure, view: View, scope: Scope) -> Measure:
    """A measure."""
    return Measure(
        id=strawberry.ID(node.id),
        scope=scope,
        kind=measure_kind(view.frame, node.kind),
        period=publish_period(node.period),
        provenance=node.provenance,
        basis=publish_basis(node.basis, scope, view.around),
        quantities=[Quantity(code=each.code, value=each.value) for each in node.quantities],
        record=node,
    )
