"""An assignee through time (责任人的时间): its timeline, and what is coming for it as an iCalendar."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from graph_model.exchange import ALL_DAYS, End
from graph_model.questions.naming import called_on
from graph_model.questions.upcoming import Upcoming, choose_window
from graph_model.questions.upcoming_calendar import check_events, to_calendar
from graph_model.records import AnyAssignee, AnyTarget, Family, Organization, Post, Relation
from pages.answering import Visit
from pages.asking import read_number
from pages.places import name_place
from pages.texts import say
from pages.timeline import Labels, Timeline, build_timeline
from pages.twins.answering import answer_as

MOST = 1_000
CALENDAR_DAYS = 366
"""How many days a calendar has that is not told how many."""


async def read_timeline(visit: Visit, node: AnyAssignee, regimes: Sequence[str]) -> Timeline:
    """All that somebody ever answered for in some regimes, and its terms; of a person its memberships, too."""
    graph, moment, key = visit.graph, visit.moment, node.id
    links = await graph.assignments([key], moment, first=MOST, regimes=regimes, window=ALL_DAYS)
    found: list[tuple[Relation, str]] = [(relation, relation.target) for relation in links[key].relations]
    total = links[key].total
    of_a_post = isinstance(node, Post)
    families = [(Family.HOLDING, End.TARGET if of_a_post else End.SOURCE)]
    if not isinstance(node, Post | Organization):
        families.append((Family.MEMBERSHIP, End.SOURCE))
    for family, end in families:
        page = (await graph.relations([key], family, end, moment, first=MOST, window=ALL_DAYS))[key]
        total += page.total
        found += [(one, one.source if end is End.TARGET else one.target) for one in page.relations]
    labels = Labels(_kinds(visit, found), await _names(visit, sorted({end for _, end in found})))
    return build_timeline(found, labels, moment.day, visit.lang, total)


def _kinds(visit: Visit, found: Sequence[tuple[Relation, str]]) -> dict[tuple[str | None, str], str]:
    labels: dict[tuple[str | None, str], str] = {}
    for relation, _ in found:
        if relation.regime is None:
            label = say(f"timeline.{relation.family.value}", visit.lang)
        else:
            kind = visit.frame.regime(relation.regime).find_kind(relation.kind)
            label = relation.kind if kind is None else visit.lang.say(kind.labels)
        labels[relation.regime, relation.kind] = label
    return labels


async def _names(visit: Visit, ids: Sequence[str]) -> dict[str, str]:
    """What some nodes are called on the day, with what targets lie in."""
    known = await visit.graph.lookup(ids, visit.moment)
    view = await visit.graph.view(ids, visit.moment)
    names: dict[str, str] = {}
    for one in ids:
        placed, node = view.around.find_node(one), known.around.find_node(one)
        if isinstance(placed, AnyTarget):
            names[one] = name_place(view, placed).full
        elif node is not None:
            names[one] = called_on(known.around, node, visit.moment.day)
    return names


async def calendar_of(visit: Visit, node: AnyAssignee, name: str, regimes: Sequence[str]) -> Response:
    """What is coming for somebody in a window, as ``/upcoming.ics`` has it for a place.

    Of a person, also what is coming for the posts that it holds, or may, on the day. Raises BadUserInputError for a
    window that cannot be, and for too many events.
    """
    ask, graph = visit.ask, visit.graph
    days = read_number("days", ask.value("days"))
    last = ask.day("to")
    begin = ask.day("from") or visit.moment.as_of
    window = choose_window(begin, last, CALENDAR_DAYS if days is None and last is None else days)
    ids = [node.id]
    if not isinstance(node, Post | Organization):
        held = await graph.relations([node.id], Family.HOLDING, End.SOURCE, visit.moment, first=MOST)
        ids += sorted({relation.target for relation in held[node.id].relations})
    parts: list[tuple[str, list[Upcoming]]] = []
    seen: set[Upcoming] = set()
    for code in regimes:
        events = [event for one in ids for event in await graph.upcoming_of(one, window, visit.moment, code)]
        # A term is of no regime: it stands with the first that has it.
        parts.append((code, sorted(set(events) - seen)))
        seen.update(events)
    every = [event for _, events in parts for event in events]
    check_events(every)
    ends = sorted({end for event in every for end in (event.assignee, event.target)} | {node.id})
    view = await graph.lookup(ends, visit.moment)
    recorded = visit.moment.recorded_as_of
    if recorded is None:
        recorded = (await graph.checkpoint_of(visit.frame.header.generation)).recorded_at
    told = [(visit.frame.regime(code), events) for code, events in parts]
    return answer_as("ics", to_calendar(told, view.around, recorded, name, visit.lang.value), "")
