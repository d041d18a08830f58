"""The root fields of imports (导入查询)."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.arguments import Ask, RecordedAsOf
from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.import_mutations import service_of
from api.types.imports import Import, publish_import
from api.types.previews import ImportPreview, publish_preview
from graph_model import records
from graph_model.codes import check_id
from graph_model.search_keys import order_key


@strawberry.type(description="What was imported.")
class ImportQueries:
    """See the description."""

    @strawberry.field(
        description="All imports of rosters, and what took them back, the latest first. What they brought is in the "
        "graph; `history` tells what became of a record."
    )
    async def imports(
        self,
        info: Ask,
        first: First = None,
        after: After = None,
        name: Annotated[
            str | None, strawberry.argument(description="Of this name alone; of all names if left away.")
        ] = None,
        recorded_as_of: RecordedAsOf = None,
    ) -> Connection[Import]:
        size, key = check_first(first), decode_cursor(after, "import", str)
        scope = await info.context.scope(None, recorded_as_of)
        page = await scope.graph.list_records("import", scope.moment, first=size, after=key, kind=name)
        rows = [
            (encode_cursor("import", order_key(record)), publish_import(record, scope))
            for record in page.records
            if isinstance(record, records.Import)
        ]
        return connection(rows, total=page.total, has_next=page.has_next, after=after)

    @strawberry.field(
        description="An upload of the viewer's own: what it would do. Null for one that is another's, or is gone."
    )
    async def import_preview(
        self,
        info: Ask,
        id: Annotated[  # noqa: A002 - as for an import
            strawberry.ID, strawberry.argument(description="The upload's id, as `POST /imports` answered.")
        ],
    ) -> ImportPreview | None:
        imports, editor = service_of(info)
        upload = imports.uploads.find(str(id), editor)
        return None if upload is None else publish_preview(upload, await info.context.scope())

    @strawberry.field(name="import", description="One import by its id; null for an unknown one.")
    async def find_import(
        self,
        info: Ask,
        id: Annotated[  # noqa: A002 - Relay's name for it
            strawberry.ID, strawberry.argument(description="The import's global id.")
        ],
        recorded_as_of: RecordedAsOf = None,
    ) -> Import | None:
        check_id(id)
        scope = await info.context.scope(None, recorded_as_of)
        found = await scope.graph.find_import(str(id), scope.moment.recorded_as_of)
        return None if found is None else publish_import(found, scope)
