"""What records rest on, as it is published (文件)."""

from __future__ import annotations

import strawberry

from api.scope import Scope
from api.types.nodes import Node
from graph_model import records
from graph_model.records import Provenance


@strawberry.type(description="What relations and facts rest on (文件).")
class Document(Node):
    """See the description."""

    title: str = strawberry.field(description="The title as the source gives it, or ours where it gives none.")
    title_en: str | None = strawberry.field(description="The title in English, where we give one.")
    kind: str = strawberry.field(description="What kind of document it is, for instance `special-plan`.")
    date: str | None = strawberry.field(description="Its date, as far as it is known (a partial date).")
    clauses: list[str] = strawberry.field(description="The clauses of the source that name it.")
    provenance: Provenance = strawberry.field(description="Where the record comes from.")
    record: strawberry.Private[records.Document]

    @strawberry.field(description="Who issued it; null where that is not recorded.")
    async def issuer(self) -> Node | None:
        from api.types.publishing import publish_ids

        found = await publish_ids((self.record.issuer,) if self.record.issuer else (), self.scope)
        return found[0] if found else None


def publish_document(node: records.Document, scope: Scope) -> Document:
    """A document; one object within a scope, as many relations rest on the same one."""
    known = scope.documents.get(node.id)
    if known is None:
        known = scope.documents[node.id] = _publish(node, scope)
    return known


def _publish(node: records.Document, scope: Scope) -> Document:
    return Document(
        id=strawberry.ID(node.id),
        scope=scope,
        title=node.title,
        title_en=node.title_en,
        kind=node.kind,
        date=node.date,
        clauses=list(node.clauses),
        provenance=node.provenance,
        record=node,
    )
