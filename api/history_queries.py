"""The root fields that tell what was written, when, by whom and why (沿革查询)."""

from __future__ import annotations

from typing import Annotated

import msgspec
import strawberry

from api.arguments import Ask
from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.types.history import RecordChange, Write, publish_change, publish_write
from graph_model.codes import check_id

Number = Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]


@strawberry.type(description="What was written.")
class HistoryQueries:
    """See the description."""

    @strawberry.field(
        description="What was ever recorded of something, oldest first: of a node and of all records about it, or of "
        "one record. A correction is here too, with what was known before. Empty for an unknown id."
    )
    async def history(
        self,
        info: Ask,
        id: Annotated[  # noqa: A002 - Relay's name for it
            strawberry.ID,
            strawberry.argument(description="The global id of a node, or the id of an assignment or other record."),
        ],
        first: First = None,
        after: After = None,
    ) -> Connection[RecordChange]:
        size, key = check_first(first), decode_cursor(after, "history", tuple[Number, str])
        check_id(id)
        scope = await info.context.scope()
        page = await scope.graph.history(str(id), first=size, after=key)
        rows = [
            (encode_cursor("history", (change.number, change.record)), publish_change(entry, change, scope))
            for entry, change in page.rows
        ]
        return connection(rows, total=page.total, has_next=page.has_next, after=after)

    @strawberry.field(description="The journal: all writes that changed anything, the newest first.")
    async def writes(self, info: Ask, first: First = None, after: After = None) -> Connection[Write]:
        size, key = check_first(first), decode_cursor(after, "writes", Number)
        scope = await info.context.scope()
        page = await scope.graph.journal(first=size, before=key)
        rows = [(encode_cursor("writes", entry.number), publish_write(entry, scope)) for entry in page.entries]
        return connection(rows, total=page.total, has_next=page.has_next, after=after)
