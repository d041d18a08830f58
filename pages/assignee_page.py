"""``/assignees/ID``: all that a post, a unit or a person answers for on a day, by kind and area (责任人页).

With what becomes uncovered if it leaves on that day, its timeline, and, as ``.ics``, what is coming for it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from starlette.responses import Response

from graph_model.codes import check_id
from graph_model.dates import certainty_on
from graph_model.exchange import End, RelationPage
from graph_model.questions.naming import called_on
from graph_model.questions.seats import holders_of
from graph_model.records import AnyAssignee, AnyTarget, Division, Family, Person, Post, Relation, type_of
from graph_model.views import View
from pages.answering import NotFoundError, Suggestion, Visit
from pages.assignee_timeline import read_timeline
from pages.leaving import ExposedRow, Leaving, find_leaving
from pages.places import PlaceName, name_place
from pages.saying import say_until, say_when
from pages.texts import say, words
from pages.timeline import Spell, Timeline
from pages.twins.answering import answer_as, notes_of, rows_twin
from pages.twins.calendars import calendar_of
from pages.twins.tables import table_of, xlsx_bytes

MOST: Final = 1_000
SHOWN: Final = 100
"""How many of those who are left without are shown; all are in the tables."""
NEAR: Final = 8
ENDINGS: Final = ("json", "csv", "xlsx", "ics")
LEAVING: Final = """\
query Leaving($assignee: ID!, $on: Date!) {
  impact(assignee: $assignee, leavingOn: $on) {
    assignee { id name }
    brokenRules { rule { code clause } target { code name } message }
    exposed(first: 100) {
      totalCount
      edges { node { target { code name } gaps { cause certainty message } others { sentence certainty } } }
    }
  }
}
"""
"""What becomes uncovered if the assignee leaves, as GraphiQL asks for it."""


class Answered(Struct, frozen=True):
    """One assignment: what is answered for, as what, since when, how sure."""

    regime: str
    kind: str
    kind_label: str
    target: str
    target_code: str
    target_name: str
    area: str
    when: str
    ends: str
    certainty: str
    provenance: str
    clause: str | None
    assignment: str


class Seat(Struct, frozen=True):
    """Who holds the post, or which post the person holds."""

    id: str
    name: str
    where: str
    when: str
    certainty: str
    provenance: str


class Load(Struct, frozen=True):
    """How many things of one kind there are in one area."""

    label: str
    area: str
    count: int


async def assignee_page(visit: Visit) -> Response:
    """The page, or its twins. Raises NotFoundError for nobody."""
    ask = visit.ask
    key = check_id(visit.parameters["id"].removesuffix(f".{ask.twin}"), "assignees")
    view = await visit.graph.view([key], visit.moment)
    node = view.around.find_node(key)
    if not isinstance(node, AnyAssignee):
        raise NotFoundError(words("error.no-assignee", key=key), await near_ids(visit, key))
    name, regimes = name_place(view, node), _regimes(visit)
    if ask.twin == "ics":
        return await calendar_of(visit, await _all_of(visit, node), name.full, regimes)
    page = (await visit.graph.assignments([key], visit.moment, first=MOST, regimes=regimes))[key]
    rows = await _answered(visit, page)
    seats = await _seats(visit, view, node)
    leaving = await find_leaving(visit, key)
    timeline = await read_timeline(visit, node, regimes)
    if ask.twin is not None:
        return _twin(visit, name, Whole(rows, seats, leaving, timeline, page.total))
    asked = json.dumps({"assignee": key, "on": visit.moment.as_of.isoformat()})
    return visit.page(
        "assignee.html",
        node=name,
        type_label=say(f"type.{type_of(node)}", visit.lang),
        rows=rows,
        total=page.total,
        loads=_loads(rows),
        seats=seats,
        leaving=leaving,
        shown=SHOWN,
        timeline=timeline,
        is_post=isinstance(node, Post),
        is_empty_post=isinstance(node, Post) and view.is_known_empty(node.id),
        graphiql=ask.url("/graphql", lang=None, asOf=None, recordedAsOf=None, query=LEAVING, variables=asked),
        endings=ENDINGS,
    )


async def _all_of(visit: Visit, node: AnyAssignee) -> Sequence[str]:
    """Somebody, and of a person also the posts that it holds, or may, on the day (ids)."""
    if not isinstance(node, Person):
        return [node.id]
    held = await visit.graph.relations([node.id], Family.HOLDING, End.SOURCE, visit.moment, first=MOST)
    return [node.id, *sorted({relation.target for relation in held[node.id].relations})]


def _regimes(visit: Visit) -> tuple[str, ...]:
    """The regime that is asked for, else all. Raises BadUserInputError for an unknown one."""
    asked = visit.ask.value("regime")
    return tuple(visit.frame.regimes) if asked is None else (visit.frame.regime(asked).code,)


async def near_ids(visit: Visit, key: str) -> tuple[Suggestion, ...]:
    """Those whose ids begin like one that nobody has: the longest beginning that any has, but not a type alone."""
    word = key.partition(":")[0]
    for length in range(len(key) - 1, len(word) + 1, -1):
        page = await visit.graph.list_records(word, visit.moment, first=NEAR, prefix=key[:length])
        if page.records:
            found = [record.id for record in page.records]
            view = await visit.graph.view(found, visit.moment)
            nodes = [node for one in found if (node := view.around.find_node(one)) is not None]
            names = [name_place(view, node) for node in nodes]
            return tuple(Suggestion(f"{name.full} {name.id}", visit.ask.url(f"/assignees/{name.id}")) for name in names)
    return ()


class Whole(Struct, frozen=True):
    """All that the page says."""

    rows: tuple[Answered, ...]
    seats: tuple[Seat, ...]
    leaving: Leaving | None
    timeline: Timeline
    total: int


def _twin(visit: Visit, name: PlaceName, whole: Whole) -> Response:
    leaving = whole.leaving
    if visit.ask.twin == "xlsx":
        tables = (
            table_of("assignee", Answered, whole.rows),
            table_of("posts", Seat, whole.seats),
            table_of("timeline", Spell, whole.timeline.spells),
            table_of("leaving", ExposedRow, () if leaving is None else leaving.exposed),
        )
        notes = {"id": name.id, "name": name.full, **notes_of(visit)}
        return answer_as("xlsx", xlsx_bytes(tables, notes), f"zeren-assignee-{notes['asOf']}")
    return rows_twin(
        visit,
        "assignee",
        whole.rows,
        Answered,
        ENDINGS,
        id=name.id,
        name=name.name,
        where=name.where,
        total=whole.total,
        seats=whole.seats,
        leaving=leaving,
        timeline=whole.timeline.spells,
    )


async def _answered(visit: Visit, page: RelationPage) -> tuple[Answered, ...]:
    targets = list(dict.fromkeys(relation.target for relation in page.relations))
    view = await visit.graph.view(targets, visit.moment)
    return tuple(row for relation in page.relations if (row := _row(visit, view, relation)) is not None)


def _row(visit: Visit, view: View, relation: Relation) -> Answered | None:
    lang, target = visit.lang, view.around.find_node(relation.target)
    certainty = certainty_on(relation.validity, visit.moment.day)
    if not isinstance(target, AnyTarget) or not certainty.holds:
        return None
    kind = None if relation.regime is None else visit.frame.regime(relation.regime).find_kind(relation.kind)
    name = name_place(view, target)
    county = next(
        (
            called_on(view.around, rung.node, visit.moment.day)
            for rung in view.way_up(target.id)
            if isinstance(rung.node, Division) and rung.node.level == "county"
        ),
        "",
    )
    return Answered(
        regime=relation.regime or "",
        kind=relation.kind,
        kind_label=relation.kind if kind is None else lang.say(kind.labels),
        target=target.id,
        target_code=name.code,
        target_name=name.full,
        area=county or name.full,
        when=say_when(relation.validity, lang),
        ends=say_until(relation.validity, lang),
        certainty=certainty.value,
        provenance=relation.provenance.value,
        clause=relation.basis.clause,
        assignment=relation.id,
    )


def _loads(rows: Sequence[Answered]) -> tuple[Load, ...]:
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        counts[row.kind_label, row.area] = counts.get((row.kind_label, row.area), 0) + 1
    return tuple(Load(label, area, count) for (label, area), count in counts.items())


async def _seats(visit: Visit, view: View, node: AnyAssignee) -> tuple[Seat, ...]:
    """Who holds the post; or the posts that the person holds."""
    lang, day = visit.lang, visit.moment.day
    if isinstance(node, Post):
        return tuple(
            Seat(
                holder.person.id,
                holder.person.code,
                "",
                say_when(holder.holding.validity, lang),
                holder.certainty.value,
                holder.holding.provenance.value,
            )
            for holder in holders_of(view.around, node.id, day)
        )
    if not isinstance(node, Person):
        return ()
    held = await visit.graph.relations([node.id], Family.HOLDING, End.SOURCE, visit.moment, first=MOST)
    holdings = [
        (relation, certainty)
        for relation in held[node.id].relations
        if (certainty := certainty_on(relation.validity, day)).holds
    ]
    posts = await visit.graph.view(sorted(relation.target for relation, _ in holdings), visit.moment)
    names = {one.target: posts.around.find_node(one.target) for one, _ in holdings}
    return tuple(
        Seat(
            relation.target,
            called_on(posts.around, post, day),
            name_place(posts, post).where,
            say_when(relation.validity, lang),
            certainty.value,
            relation.provenance.value,
        )
        for relation, certainty in sorted(holdings, key=lambda row: row[0].target)
        if (post := names[relation.target]) is not None
    )
