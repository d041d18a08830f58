"""``/assignees/ID``: all that a post, a unit or a person answers for on a day, by kind and area (责任人页)."""

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
from pages.answering import NotFoundError, Visit
from pages.places import name_place
from pages.saying import say_until, say_when
from pages.texts import say, words
from pages.twins.answering import rows_twin

MOST: Final = 1_000
ENDINGS: Final = ("json", "csv", "xlsx")
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
    key = check_id(visit.parameters["id"].removesuffix(f".{visit.ask.twin}"), "assignees")
    view = await visit.graph.view([key], visit.moment)
    node = view.around.find_node(key)
    if not isinstance(node, AnyAssignee):
        raise NotFoundError(words("error.no-assignee", key=key))
    page = (await visit.graph.assignments([key], visit.moment, first=MOST))[key]
    rows = await _answered(visit, page)
    name = name_place(view, node)
    if visit.ask.twin is not None:
        return rows_twin(visit, "assignee", rows, Answered, ENDINGS, id=key, name=name.name, total=page.total)
    asked = json.dumps({"assignee": key, "on": visit.moment.as_of.isoformat()})
    return visit.page(
        "assignee.html",
        node=name,
        type_label=say(f"type.{type_of(node)}", visit.lang),
        rows=rows,
        total=page.total,
        loads=_loads(rows),
        seats=await _seats(visit, view, node),
        is_post=isinstance(node, Post),
        is_empty_post=isinstance(node, Post) and view.is_known_empty(node.id),
        leaving=visit.ask.url("/graphql", lang=None, asOf=None, recordedAsOf=None, query=LEAVING, variables=asked),
        endings=ENDINGS,
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
