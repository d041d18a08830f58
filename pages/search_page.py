"""``/`` and ``/search.json``: find a place, a post or a unit, or walk down county by county (查询页)."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct
from starlette.responses import Response

from graph_model.dates import FIRST_DAY, LAST_DAY, certainty_on
from graph_model.errors import BadUserInputError
from graph_model.exchange import Window
from graph_model.questions.naming import code_on, name_on
from graph_model.records import AnyAssignee, AnyNode, Asset, Division, Family, Household, type_of
from graph_model.views import View
from pages.answering import Visit
from pages.places import PlaceName, name_place
from pages.texts import say
from pages.twins.answering import rows_twin

MOST_CHARACTERS = 100
SHOWN = 50
ENDINGS = ("json", "csv", "xlsx")


class Row(Struct, frozen=True):
    """One result, and where it is. ``is_of_other_day``: it was called so before the day, or is later."""

    name: str
    where: str
    type: str
    type_label: str
    pinyin: str
    code: str
    id: str
    url: str
    is_of_other_day: bool


class Results(Struct, frozen=True):
    """What was found, and how much there is in all."""

    total: int
    rows: tuple[Row, ...]


class County(Struct, frozen=True):
    """A county and its townships."""

    place: PlaceName
    townships: tuple[PlaceName, ...]


class City(Struct, frozen=True):
    """A city and its counties."""

    place: PlaceName
    counties: tuple[County, ...]


async def search_page(visit: Visit) -> Response:
    """The page with the results of ``q``, if it is given; or its twins."""
    text = visit.ask.value("q") or ""
    if len(text) > MOST_CHARACTERS:
        raise BadUserInputError(f"q: {len(text)} characters; at most {MOST_CHARACTERS} are searched for")
    results = await find(visit, text) if text else None
    if visit.ask.twin is not None:
        return rows_twin(visit, "search", results.rows if results else (), Row, ENDINGS, q=text, total=_total(results))
    cities = () if text else await list_cities(visit)
    return visit.page("search.html", text=text, results=results, cities=cities, endings=ENDINGS if text else ())


def _total(results: Results | None) -> int:
    return 0 if results is None else results.total


async def find(visit: Visit, text: str) -> Results:
    """What is called so on the day, then what ever was or will be."""
    page = await visit.graph.search(text, visit.moment, first=SHOWN)
    ids = [hit.node for hit in page.hits]
    if page.has_next:
        return Results(page.total, await _rows(visit, ids, set()))
    ever = await visit.graph.search(text, visit.moment, first=SHOWN, window=Window(FIRST_DAY, LAST_DAY))
    others = [hit.node for hit in ever.hits if hit.node not in ids]
    return Results(ever.total, await _rows(visit, [*ids, *others], set(others)))


async def _rows(visit: Visit, ids: Sequence[str], others: AbstractSet[str]) -> tuple[Row, ...]:
    view = await visit.graph.view(ids, visit.moment) if ids else None
    found = [] if view is None else [(one, view.around.find_node(one)) for one in ids]
    return tuple(
        _row(visit, view, node, is_of_other_day=node.id in others)
        for _, node in found
        if view is not None and node is not None
    )


def _row(visit: Visit, view: View, node: AnyNode, *, is_of_other_day: bool) -> Row:
    place, word = name_place(view, node), type_of(node)
    is_place = isinstance(node, Division | Household | Asset)
    path = f"/places/{place.code}" if is_place else f"/assignees/{node.id}"
    lang = visit.lang
    return Row(
        name=place.name,
        where=place.where,
        type=word,
        type_label=say(f"level.{node.level}", lang) if isinstance(node, Division) else say(f"type.{word}", lang),
        pinyin=place.pinyin,
        code=place.code if is_place or not isinstance(node, AnyAssignee) else node.id,
        id=node.id,
        url=visit.ask.url(path),
        is_of_other_day=is_of_other_day,
    )


async def list_cities(visit: Visit) -> Sequence[City]:
    """The cities with their counties and townships on the day, by code."""
    page = await visit.graph.list_records("division", visit.moment, first=100, kind="city")
    return [await _city(visit, record.id) for record in page.records]


async def _city(visit: Visit, city: str) -> City:
    day = visit.moment.day
    own = await visit.graph.view([city], visit.moment)
    view, counties = await visit.graph.divisions(city, "county", visit.moment)
    lower, townships = await visit.graph.divisions(city, "township", visit.moment)
    of: dict[str, list[PlaceName]] = {}
    for row in townships:
        for relation in lower.around.iter_from(row.id, Family.CONTAINMENT):
            if certainty_on(relation.validity, day).holds:
                of.setdefault(relation.target, []).append(_name(lower, row.id, day))
    return City(
        _name(own, city, day),
        tuple(County(_name(view, row.id, day), tuple(of.get(row.id, ()))) for row in counties),
    )


def _name(view: View, division: str, day: int) -> PlaceName:
    name = name_on(view.around, division, day)
    return PlaceName(division, code_on(view.around, division, day).text, name.text, name.pinyin, "")
