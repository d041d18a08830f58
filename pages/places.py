"""Places as people know them (地名): found by code, and never named without what they lie in."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from graph_model.codes import check_code, check_key
from graph_model.errors import BadUserInputError
from graph_model.exchange import HitPage
from graph_model.graph import ResponsibilityGraph
from graph_model.questions.change_words import tell_reading
from graph_model.questions.naming import called_on, code_on, name_on
from graph_model.questions.succession import CodeMeaning, CodeReading, Succession
from graph_model.records import AnyNode, AnyTarget, Asset, Division, Household, Organization, Post, Text
from graph_model.views import Moment, View
from pages.answering import NotFoundError, Suggestion, Visit
from pages.texts import words

MOST_LETTERS: Final = 40
"""How long a name may be that is looked for in place of a code."""


class PlaceName(Struct, frozen=True):
    """How a place is named: ``where`` is what it lies in, from the widest, without the city unless it is all."""

    id: str
    code: str
    name: str
    pinyin: str
    where: str

    @property
    def full(self) -> str:
        """The name with what it lies in before it."""
        return f"{self.where} {self.name}".strip()


class Place(Struct, frozen=True):
    """A place that answers for a code on a day; ``notice`` tells how the code was read, where that is not plain."""

    view: View
    node: AnyTarget
    name: PlaceName
    notice: Text | None = None


def code_of(view: View, node: AnyNode) -> str:
    """A division's code on the day, another target's own, else the id."""
    if isinstance(node, Division):
        return code_on(view.around, node.id, view.moment.day).text
    return node.code if isinstance(node, Household | Organization) else node.id


def name_place(view: View, node: AnyNode) -> PlaceName:
    """A node as it is called on the day, with what it lies in as far as the view shows it."""
    around, day = view.around, view.moment.day
    levels: dict[str, list[str]] = {}
    for rung in view.way_up(node.id)[1:]:
        if isinstance(rung.node, Division):
            levels.setdefault(rung.node.level, []).append(name_on(around, rung.node.id, day).text)
    # Where it may lie in either of two, both are said. The city lies above everything: said where nothing nearer is.
    above = ["/".join(names) for names in levels.values()]
    where = " ".join(reversed(above[:-1] or above))
    pinyin = name_on(around, node.id, day).pinyin if isinstance(node, Division) else _pinyin(node)
    return PlaceName(node.id, code_of(view, node), called_on(around, node, day), pinyin, where)


def _pinyin(node: AnyNode) -> str:
    return (node.pinyin or "") if isinstance(node, Organization | Post) else ""


def regime_for(visit: Visit, node: AnyNode) -> str:
    """The regime of a place's page: the one asked for, else the first that has a level for it, else the first of all.

    Raises BadUserInputError for an unknown one.
    """
    asked = visit.ask.value("regime")
    if asked is not None:
        return visit.frame.regime(asked).code
    fitting = (code for code, regime in visit.frame.regimes.items() if regime.find_level(node) is not None)
    return next(fitting, visit.frame.regime(None).code)


async def get_place(visit: Visit, key: str) -> Place:
    """The target that a code or an id means on the day, or what took its place.

    Raises NotFoundError with what may have been meant, by its name too; BadUserInputError for a malformed key.
    """
    graph, moment = visit.graph, visit.moment
    try:
        check_key(key, "places")
    except BadUserInputError:
        near = await near_names(visit, key)
        if near:
            raise NotFoundError(words("error.no-place", key=key), near) from None
        raise
    view = await graph.view([key], moment)
    reading = None if ":" in key or "-" in key else view.read_code(key)
    found = view.find(key) if reading is None else reading.bearer
    notice = None
    if reading is not None and reading.meaning is not CodeMeaning.PRESENT:
        became = await _became(graph, reading, moment)
        if became.sure:
            found, reading = became.sure[0], _succeeded(reading)
            view = await graph.view([found], moment)
        notice = await _tell(graph, reading, became, moment)
    node = None if found is None else view.around.find_node(found)
    if not isinstance(node, AnyTarget):
        raise NotFoundError(words("error.no-place", key=key), await near_codes(visit, key))
    return Place(view, node, name_place(view, node), notice)


async def find_areas(visit: Visit, code: str | None) -> tuple[str, ...]:
    """The ids of the divisions that a code means on the day: one, or all that surely took its place; of None the city.

    Raises NotFoundError with what may have been meant; BadUserInputError for what is no division's code.
    """
    graph, moment = visit.graph, visit.moment
    if code is None:
        page = await graph.list_records("division", moment, first=1, kind="city")
        if not page.records:
            raise BadUserInputError("within: the data set has no city; name a division by its code")
        return (page.records[0].id,)
    check_code(code, "division", "within")
    reading = (await graph.view([code], moment)).read_code(code)
    if reading is None:
        raise NotFoundError(words("error.no-place", key=code), await near_codes(visit, code))
    return (await _became(graph, reading, moment)).sure or (reading.bearer,)


async def _became(graph: ResponsibilityGraph, reading: CodeReading, moment: Moment) -> Succession:
    if reading.meaning is not CodeMeaning.ENDED:
        return Succession()
    return (await graph.successions([reading.bearer], moment))[reading.bearer]


def _succeeded(reading: CodeReading) -> CodeReading:
    return CodeReading(reading.code, reading.bearer, CodeMeaning.SUCCEEDED, reading.others)


async def _tell(graph: ResponsibilityGraph, reading: CodeReading, became: Succession, moment: Moment) -> Text:
    ids = [reading.bearer, *became.sure, *became.possible, *reading.others]
    view = await graph.view(ids, moment)

    def named(one: str) -> str:
        node = view.around.find_node(one)
        return one if node is None else name_place(view, node).full

    return tell_reading(
        reading,
        named(reading.bearer),
        code_on(view.around, reading.bearer, moment.day).text,
        successors=[named(one) for one in became.sure],
        possible=[named(one) for one in became.possible],
        others=[named(one) for one in reading.others],
    )


async def near_codes(visit: Visit, key: str, most: int = 8) -> tuple[Suggestion, ...]:
    """Places whose codes begin like a code that nothing bears: the longest beginning that any has."""
    digits = key.partition("-")[0]
    if not digits.isdigit():
        return ()
    for length in range(len(digits), 3, -1):
        page = await visit.graph.search(digits[:length], visit.moment, first=most)
        if page.hits:
            return await _suggest(visit, page)
    return ()


async def near_names(visit: Visit, text: str, most: int = 8) -> tuple[Suggestion, ...]:
    """Places that are called so: who writes a name where a code belongs is told the codes."""
    if len(text) > MOST_LETTERS:
        return ()
    return await _suggest(visit, await visit.graph.search(text, visit.moment, first=most))


async def _suggest(visit: Visit, page: HitPage) -> tuple[Suggestion, ...]:
    view = await visit.graph.view([hit.node for hit in page.hits], visit.moment)
    nodes = [view.around.find_node(hit.node) for hit in page.hits]
    names = [name_place(view, node) for node in nodes if isinstance(node, Division | Asset)]
    return tuple(Suggestion(f"{name.full} {name.code}", visit.ask.url(f"/places/{name.code}")) for name in names)
