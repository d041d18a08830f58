"""The timeline of an assignee (责任人时间线): all that it ever answered for, held and belonged to."""

from __future__ import annotations

from collections.abc import Sequence

from graph_model.exchange import ALL_DAYS, End
from graph_model.questions.naming import called_on
from graph_model.records import AnyAssignee, AnyTarget, Family, Organization, Post, Relation
from pages.answering import Visit
from pages.places import name_place
from pages.texts import say
from pages.timeline import Labels, Timeline, build_timeline

MOST = 1_000


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
