"""What else somebody answers for in a place (责任对象查询): the waters of a village, the repositories of a ministry."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.arguments import Ask, AsOf, RecordedAsOf
from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.division_lookup import find_areas, list_assets_within
from api.scope import Scope
from api.types.assets import Asset, publish_asset
from graph_model import records
from graph_model.codes import check_code, check_id
from graph_model.errors import BadUserInputError


@strawberry.type(description="What else somebody answers for.")
class AssetQueries:
    """See the description."""

    @strawberry.field(
        description="The assets that lie, or may lie, in a place, also by way of others: the waters of a village, the "
        "reaches of a river; by code. Ask each for its `accountabilityChain`: which waters, which chiefs."
    )
    async def assets(
        self,
        info: Ask,
        within: Annotated[
            str,
            strawberry.argument(
                description="The code of a division, or the global id of a division or an asset, to look in."
            ),
        ],
        kind: Annotated[
            str | None, strawberry.argument(description="Only of this kind, for instance `reach`; all if left away.")
        ] = None,
        as_of: AsOf = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Asset]:
        size, key = check_first(first), decode_cursor(after, "assets", tuple[str, str])
        scope = await info.context.scope(as_of, recorded_as_of)
        listed = await list_assets_within(scope, await _places(scope, within), kind)
        rest = [(row, node) for row, node in listed if key is None or (row.code, row.id) > key]
        rows = [
            (encode_cursor("assets", [row.code, row.id]), publish_asset(node, scope, row.certainty))
            for row, node in rest[:size]
        ]
        return connection(rows, total=len(listed), has_next=len(rest) > size, after=after)


async def _places(scope: Scope, within: str) -> tuple[str, ...]:
    """The ids of what a code or an id means. Raises BadUserInputError where that is no place on record."""
    if ":" not in within:
        check_code(within, "division", "within")
        areas = await find_areas(scope, within)
        if not areas:
            raise BadUserInputError(f"within: there is no division {within!r}")
        return areas
    check_id(within, "within")
    view = await scope.nodes.load(within)
    if not isinstance(view.around.find_node(within), records.Division | records.Asset):
        raise BadUserInputError(f"within: there is no division or asset with the id {within!r}")
    return (within,)
