"""``/gaps``: every duty that is not met within a place on a day, and how many by county and lane (缺口页).

With ``from`` and ``to`` it is the gap calendar of those days.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from msgspec import Struct, structs
from starlette.responses import Response

from graph_model.dates import Certainty
from graph_model.graph import ResponsibilityGraph
from graph_model.questions.duties import Gap, GapCause
from graph_model.records import DIVISION_LEVELS, Division
from graph_model.views import Moment, View
from pages.answering import Visit
from pages.gap_calendar_page import gap_calendar_page
from pages.gap_filters import lane_as_lanes, read_causes, read_certainty
from pages.ladder import GapRow, gap_row
from pages.places import find_areas, get_place, name_place
from pages.twins.answering import rows_twin

ENDINGS: Final = ("json", "csv", "xlsx")
SHOWN: Final = 300
_KEPT: Final = 8


class Found(Struct, frozen=True):
    """The gaps at one division, and the id of the county that it lies in, or is; None of the city's own."""

    view: View
    division: Division
    county: str | None
    gaps: tuple[Gap, ...]


class Total(Struct, frozen=True):
    """One row of the totals: an area, and the certain and possible gaps of each lane."""

    area: str
    code: str
    counts: tuple[tuple[int, int], ...]


_Key = tuple[str, int, int | None, str, str]


class GapBook:
    """What is found for a whole area on a day, kept: nothing of it changes while the data set's version is the same."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, tuple[Found, ...]] = OrderedDict()

    async def of(self, graph: ResponsibilityGraph, key: _Key, moment: Moment) -> tuple[Found, ...]:
        """The gaps at a division (id) and at all divisions within it, by level from the widest, then by code."""
        known = self._kept.get(key)
        if known is None:
            known = await _find(graph, key[3], key[4], moment)
            self._kept[key] = known
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return known


async def _find(graph: ResponsibilityGraph, within: str, regime: str, moment: Moment) -> tuple[Found, ...]:
    own = await graph.view([within], moment)
    root = own.around.find_node(within)
    ids = [within]
    if isinstance(root, Division):
        for level in DIVISION_LEVELS[DIVISION_LEVELS.index(root.level) + 1 :]:
            _, listed = await graph.divisions(within, level, moment)
            ids += [row.id for row in listed]
    view = await graph.view(ids, moment)
    found = []
    for one in ids:
        node = view.around.find_node(one)
        if isinstance(node, Division):
            gaps, _ = view.own_gaps(one, regime)
            found.append(Found(view, node, _county(view, node), gaps))
    return tuple(found)


def _county(view: View, node: Division) -> str | None:
    counties = (rung.node for rung in view.way_up(node.id) if isinstance(rung.node, Division))
    return next((one.id for one in counties if one.level == "county"), None)


class GapsPage:
    """The page; keeps what it found for whole areas."""

    def __init__(self) -> None:
        self._book = GapBook()

    async def __call__(self, visit: Visit) -> Response:
        """The page, or its twins."""
        ask, lang = lane_as_lanes(visit.ask), visit.lang
        visit = structs.replace(visit, ask=ask)
        if ask.value("from") or ask.value("to"):
            return await gap_calendar_page(visit)
        regime = visit.frame.regime(ask.value("regime"))
        wanted = None if ask.lanes is None else regime.check_lanes(ask.lanes)
        causes = read_causes(ask.value("cause"))
        certainty = read_certainty(ask.value("certainty"))
        root = await _root(visit)
        moment = visit.moment
        key = (visit.frame.header.version, moment.day, moment.recorded_as_of, root, regime.code)
        found = await self._book.of(visit.graph, key, moment)
        kept = [
            (one, gap)
            for one in found
            for gap in one.gaps
            if gap.cause in causes
            and (wanted is None or gap.lane.code in wanted)
            and (certainty is None or gap.certainty is certainty)
        ]
        names = {one.division.id: name_place(one.view, one.division) for one, _ in kept}
        rows = [gap_row(gap, lang, names[one.division.id]) for one, gap in kept]
        if ask.twin is not None:
            return rows_twin(visit, "gaps", rows, GapRow, ENDINGS, total=len(rows))
        lanes = [lane for lane in regime.lanes if any(gap.lane.code == lane.code for _, gap in kept)]
        return visit.page(
            "gaps.html",
            rows=rows[:SHOWN],
            total=len(rows),
            certain=sum(row.certainty == "CERTAIN" for row in rows),
            lanes=[(lane.code, lang.say(lane.labels)) for lane in lanes],
            totals=_totals(found, kept, [lane.code for lane in lanes]),
            all_lanes=[(lane.code, lang.say(lane.labels)) for lane in regime.lanes],
            causes=[cause.value for cause in GapCause],
            counties=[(row.code, row.area) for row in _totals(found, kept, []) if row.code],
            endings=ENDINGS,
        )


async def _root(visit: Visit) -> str:
    within = visit.ask.value("within")
    if within is not None:
        return (await get_place(visit, within)).node.id
    return (await find_areas(visit, None))[0]


def _totals(found: Sequence[Found], kept: Sequence[tuple[Found, Gap]], lanes: Sequence[str]) -> list[Total]:
    """By county (and what is of no county): how many gaps are certain, and possible, lane by lane."""
    counts: dict[str | None, dict[str, list[int]]] = {}
    for one in found:
        counts.setdefault(one.county, {lane: [0, 0] for lane in lanes})
    for one, gap in kept:
        if gap.lane.code in counts[one.county]:
            counts[one.county][gap.lane.code][gap.certainty is not Certainty.CERTAIN] += 1
    names = {one.division.id: name_place(one.view, one.division) for one in found if one.division.id == one.county}
    return [
        Total(
            area=names[county].name if county in names else "",
            code=names[county].code if county in names else "",
            counts=tuple((certain, possible) for certain, possible in by_lane.values()),
        )
        for county, by_lane in counts.items()
    ]
