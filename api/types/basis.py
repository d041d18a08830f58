"""What a record rests on, as it is published (依据)."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial

import strawberry

from api.enums import Lang
from api.execution.later import Later
from api.scope import Scope
from api.types.documents import Document, publish_document
from api.types.labels import LangArgument, say
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import AnyNode
from graph_model.records import Basis as BasisRecord
from graph_model.records import Document as DocumentRecord


@strawberry.type(description="What something rests on: a document, a clause of the source, a note.")
class Basis:
    """See the description."""

    clause: str | None = strawberry.field(
        description="The clause of the source, for instance `1.2`; null outside of it."
    )
    record: strawberry.Private[BasisRecord]
    scope: strawberry.Private[Scope]
    around: strawberry.Private[Neighbourhood]

    @strawberry.field(
        description="The document; null where none is named.",
        graphql_type=Document | None,
    )
    def document(self) -> Document | Awaitable[Document | None] | None:
        named = self.record.document
        known = None if named is None else self.around.find_node(named)
        if named is None or known is not None:
            return self._publish(known)  # most often: without anything to await, an answer costs much less
        return Later(partial(self._look_up, named))

    async def _look_up(self, document: str) -> Document | None:
        view = await self.scope.nodes.load(document)
        return self._publish(view.around.find_node(document))

    def _publish(self, node: AnyNode | None) -> Document | None:
        return publish_document(node, self.scope) if isinstance(node, DocumentRecord) else None

    @strawberry.field(description="A note in our own words; null where there is none.")
    def note(self, lang: LangArgument = Lang.ZH) -> str | None:
        return None if self.record.note is None else say(self.record.note, lang)


def publish_basis(record: BasisRecord, scope: Scope, around: Neighbourhood) -> Basis:
    """A basis; documents that the neighbourhood lacks are looked up when asked for."""
    return Basis(clause=record.clause, record=record, scope=scope, around=around)
