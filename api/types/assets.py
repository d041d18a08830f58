"""Whatever else someone answers for, as it is published (责任对象)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from api.connections import After, Connection, First
from api.scope import Scope
from api.types.nodes import Target, relation_page
from graph_model import records
from graph_model.dates import Certainty
from graph_model.exchange import End
from graph_model.records import Family, Provenance

if TYPE_CHECKING:
    from api.types.relations import Relation


@strawberry.type(description="Anything else that someone answers for (责任对象): a reach, a plot, a repository.")
class Asset(Target):
    """See the description."""

    kind: str = strawberry.field(description="What kind of asset it is.")
    pinyin: str | None = strawberry.field(description="Its name in pinyin, where recorded.")
    name_en: str | None = strawberry.field(description="Its English name, where one is recorded.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    certainty: Certainty = strawberry.field(
        description="In a list: whether it lies in the list's place on the day. Otherwise CERTAIN."
    )

    @strawberry.field(description="All that it lies in on the day.")
    async def containers(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await relation_page(self, Family.CONTAINMENT, End.SOURCE, first, after)


def publish_asset(node: records.Asset, scope: Scope, certainty: Certainty = Certainty.CERTAIN) -> Asset:
    """An asset; ``certainty``: whether it lies where it is listed."""
    return Asset(
        id=strawberry.ID(node.id),
        scope=scope,
        code=node.code,
        name=node.name,
        kind=node.kind,
        pinyin=node.pinyin,
        name_en=node.name_en,
        provenance=node.provenance,
        certainty=certainty,
    )
