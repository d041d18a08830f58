"""``/places/CODE``: the ladder of a place on a day, with what changed between two days (责任阶梯页)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Final

from starlette.responses import Response

from graph_model.dates import day_or_none
from graph_model.errors import BadUserInputError
from graph_model.graph_files import FORMATS
from graph_model.questions.naming import code_on, name_on
from graph_model.records import DIVISION_LEVELS, Asset, Division, Household
from graph_model.views import Moment
from pages.answering import Visit
from pages.comparing import Comparison, build_comparison
from pages.ladder import Ladder, build_ladder
from pages.places import Place, PlaceName, get_place, name_place, regime_for
from pages.texts import say
from pages.twins.answering import twin_of
from pages.twins.calendars import calendar_of
from pages.twins.networks import network_of

ENDINGS: Final = ("json", "csv", "xlsx", "svg", "ics", "mmd", "dot", "ttl", "jsonld", "graphml", "gexf")
CHAIN: Final = """\
    code
    name
    accountabilityChain(lanes: $lanes, regime: $regime) {
      asOf
      completeness
      links {
        sentence
        certainty
        level { code label }
        lane { code label }
        target { code name }
        assignee { id name }
        holders { person { id code } certainty }
        assignment { id kind { code } since { text } until { text } provenance basis { clause } }
      }
      gaps { cause certainty duty { code clause } target { code name } message }
    }
"""
BY_CODE: Final = f"""\
query Chain($code: String!, $asOf: Date, $recordedAsOf: DateTime, $lanes: [String!], $regime: String) {{
  %s(code: $code, asOf: $asOf, recordedAsOf: $recordedAsOf) {{
{CHAIN}  }}
}}
"""
"""What the page shows, as GraphiQL asks for it; the name of the root field stands in for ``%s``."""
BY_ID: Final = f"""\
query Chain($id: ID!, $asOf: Date, $recordedAsOf: DateTime, $lanes: [String!], $regime: String) {{
  nodes(ids: [$id], asOf: $asOf, recordedAsOf: $recordedAsOf) {{ ... on %s {{
{CHAIN}  }} }}
}}
"""
"""The same of what has no code of its own, a water for instance; the name of its type stands in for ``%s``."""


async def ladder_page(visit: Visit) -> Response:
    """The page, or one of its twins."""
    ask, lang = visit.ask, visit.lang
    place = await get_place(visit, visit.parameters["code"].removesuffix(f".{ask.twin}"))
    regime = regime_for(visit, place.node)
    ladder = build_ladder(place.view, place.node, lang, ask.lanes, regime)
    if ask.twin == "ics":
        return await calendar_of(visit, [place.node.id], place.name.full, [regime])
    if ask.twin in FORMATS:
        return network_of(place.view, ladder, ask.twin)
    comparison = await _compare(visit, place, regime)
    if ask.twin is not None:
        return twin_of(visit, ladder, ENDINGS, comparison)
    days = await visit.graph.change_days(place.node.id, visit.moment, regime=regime, lanes=ask.lanes)
    within = await list_within(visit, place)
    assets = await list_assets(visit, place, regime)
    names = [one.name for one in within]
    return visit.page(
        "ladder.html",
        ladder=ladder,
        notice=None if place.notice is None else lang.say(place.notice),
        earlier=_iso(days.before),
        later=_iso(days.after),
        as_list=_as_list(ask.value("view")),
        comparison=comparison,
        graphiql=graphiql_url(visit, place, regime),
        citation=cite(visit, ladder),
        within=within,
        assets=assets,
        together={one.id for one in within if names.count(one.name) > 1},
        lane_choices=[
            (lane.code, lang.say(lane.labels), ask.lanes is None or lane.code in ask.lanes)
            for lane in visit.frame.regime(regime).lanes
        ],
        regimes=[(code, lang.say(one.labels)) for code, one in visit.frame.regimes.items()],
        endings=ENDINGS,
        book=isinstance(place.node, Division) and place.node.level == "county",
    )


async def _compare(visit: Visit, place: Place, regime: str) -> Comparison | None:
    """What differs from another day, where one is given."""
    ask, key = visit.ask, place.node.id
    against = ask.day("against")
    if against is None:
        return None
    other = await visit.graph.view([key], Moment(against.toordinal(), ask.recorded_as_of))
    return build_comparison(other, place.view, key, visit.lang, ask.lanes, regime)


def _as_list(view: str | None) -> bool:
    if view not in {None, "list", "ladder"}:
        raise BadUserInputError(f"view: {view!r} is none; there are: ladder, list")
    return view == "list"


def _iso(day: int | None) -> str | None:
    found: date | None = None if day is None else day_or_none(day)
    return None if found is None else found.isoformat()


async def list_within(visit: Visit, place: Place) -> Sequence[PlaceName]:
    """The divisions of the next level within a division, by code; none within a village."""
    node = place.node
    if not isinstance(node, Division) or node.level == DIVISION_LEVELS[-1]:
        return ()
    level = DIVISION_LEVELS[DIVISION_LEVELS.index(node.level) + 1]
    view, listed = await visit.graph.divisions(node.id, level, visit.moment)
    around, day = view.around, visit.moment.day
    where = f"{place.name.where} {place.name.name}".strip()
    names = ((row.id, code_on(around, row.id, day).text, name_on(around, row.id, day)) for row in listed)
    return tuple(PlaceName(one, code, name.text, name.pinyin, where) for one, code, name in names)


async def list_assets(visit: Visit, place: Place, regime: str) -> Sequence[PlaceName]:
    """What else is answered for in a place, where the regime has levels for it: its waters, for instance."""
    kinds = {kind.partition(":")[0] for level in visit.frame.regime(regime).levels for kind in level.of}
    if "asset" not in kinds or not isinstance(place.node, Division | Asset):
        return ()
    _, listed = await visit.graph.assets(place.node.id, visit.moment)
    view = await visit.graph.view([row.id for row in listed], visit.moment)
    nodes = [node for row in listed if (node := view.around.find_node(row.id)) is not None]
    return [name_place(view, node) for node in nodes if node.id != place.node.id]


def graphiql_url(visit: Visit, place: Place, regime: str) -> str:
    """GraphiQL with the page's question filled in."""
    ask, node = visit.ask, place.node
    if isinstance(node, Division | Household):
        query = BY_CODE % ("household" if isinstance(node, Household) else "division")
        given: dict[str, object] = {"code": place.name.code}
    else:
        query, given = BY_ID % type(node).__name__, {"id": node.id}
    given |= {"asOf": visit.moment.as_of.isoformat(), "regime": regime}
    more = {"recordedAsOf": ask.value("recordedAsOf"), "lanes": ask.lanes}
    given |= {name: value for name, value in more.items() if value}
    text = json.dumps(given, ensure_ascii=False)
    return ask.url("/graphql", lang=None, asOf=None, recordedAsOf=None, regime=None, query=query, variables=text)


def cite(visit: Visit, ladder: Ladder) -> str:
    """The answer as a citation: place, day, what was found, clauses, version and address."""
    lang = visit.lang
    clauses = sorted({link.clause for link in ladder.links if link.clause} | {gap.clause for gap in ladder.gaps})
    broken = "; ".join(f"{gap.target_name}: {gap.duty_label} ({gap.clause})" for gap in ladder.breaks)
    asked = {"asOf": ladder.as_of, "lanes": visit.ask.value("lanes"), "recordedAsOf": visit.ask.value("recordedAsOf")}
    return say(
        "ladder.citation",
        lang,
        place=ladder.place.full,
        code=ladder.place.code,
        day=ladder.as_of,
        completeness=say(f"ladder.{ladder.completeness}", lang) + (f" ({broken})" if broken else ""),
        clauses=say("ladder.clauses", lang, clauses=", ".join(clauses)) if clauses else say("clause.none", lang),
        version=ladder.version[:16],
        url=visit.ask.absolute(f"/places/{ladder.place.code}", **asked),
    )
