"""From a code to the division that answers (代码查询): its bearer, or where that has ended what took its place."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from api.scope import Scope
from api.types.changes import Asked
from api.types.divisions import Division, publish_division
from graph_model import records
from graph_model.codes import check_code
from graph_model.questions.listing import ListedAsset, ListedDivision
from graph_model.questions.succession import CodeMeaning
from graph_model.views import View


async def find_division(scope: Scope, code: str, level: str | None) -> Division | None:
    """The division of a level, or of any, that a code means on the day; None if none ever bore it."""
    check_code(code, level or "division")
    view = await scope.views.load(code)
    reading = view.read_code(code, level)
    if reading is None:
        return None
    asked = Asked(reading)
    if reading.meaning is CodeMeaning.ENDED:
        asked = Asked(reading, await scope.successions.load(reading.bearer))
        sure = list(asked.became.sure)
        for one, its_view in zip(sure, await scope.views.load_many(sure), strict=True):
            node = its_view.around.find_node(one)
            if isinstance(node, records.Division) and level in {None, node.level}:
                asked = structs.replace(asked, reading=structs.replace(reading, meaning=CodeMeaning.SUCCEEDED))
                return publish_division(node, its_view, scope, asked=asked)
    node = view.around.find_node(reading.bearer)
    if not isinstance(node, records.Division):
        return None
    scope.views.prime(node.id, view)
    return publish_division(node, view, scope, asked=asked)


async def find_areas(scope: Scope, code: str) -> tuple[str, ...]:
    """The ids of the divisions that a code means on the day: one, or all that surely took its place; empty if none."""
    reading = (await scope.views.load(code)).read_code(code)
    if reading is None:
        return ()
    if reading.meaning is CodeMeaning.ENDED:
        became = await scope.successions.load(reading.bearer)
        return became.sure or (reading.bearer,)
    return (reading.bearer,)


async def list_within(scope: Scope, areas: Sequence[str], level: str) -> list[tuple[ListedDivision, View]]:
    """The divisions of a level in any of some divisions (ids), each once with its view: by code, then id."""
    found: dict[str, tuple[ListedDivision, View]] = {}
    for area in areas:
        view, listed = await scope.graph.divisions(area, level, scope.moment)
        for row in listed:
            known = found.get(row.id)
            if known is None or row.is_certain > known[0].is_certain:
                found[row.id] = row, view
    return sorted(found.values(), key=lambda one: (one[0].code, one[0].id))


async def list_assets_within(
    scope: Scope, places: Sequence[str], kind: str | None
) -> list[tuple[ListedAsset, records.Asset]]:
    """The assets, of a kind or of any, in any of some places (ids), each once: by code, then id."""
    found: dict[str, tuple[ListedAsset, records.Asset]] = {}
    for place in places:
        view, listed = await scope.graph.assets(place, scope.moment, kind)
        for row in listed:
            node, known = view.around.find_node(row.id), found.get(row.id)
            if isinstance(node, records.Asset) and (known is None or row.is_certain > known[0].is_certain):
                found[row.id] = row, node
    return sorted(found.values(), key=lambda one: (one[0].code, one[0].id))
