"""From a node's record to its published form (发布), whatever kind of node it is."""

from __future__ import annotations

from api.scope import Scope
from api.types.assets import publish_asset
from api.types.assignees import publish_assignee, publish_organization
from api.types.changes import publish_event
from api.types.divisions import publish_division, publish_household
from api.types.documents import publish_document
from api.types.imports import publish_import
from api.types.measures import publish_measure
from api.types.nodes import Node, Target
from graph_model import records
from graph_model.dates import Certainty
from graph_model.views import View


def publish_target(
    node: records.AnyTarget, view: View, scope: Scope, certainty: Certainty = Certainty.CERTAIN
) -> Target:
    """Anything that can be answered for; ``certainty`` is a division's."""
    match node:
        case records.Division():
            return publish_division(node, view, scope, certainty)
        case records.Household():
            return publish_household(node, scope)
        case records.Organization():
            return publish_organization(node, view, scope)
        case records.Asset():
            return publish_asset(node, scope)


def publish_node(node: records.AnyNode, view: View, scope: Scope) -> Node:
    """Any node as seen at the view's moment."""
    match node:
        case records.Post() | records.Person():
            return publish_assignee(node, view, scope)
        case records.Document():
            return publish_document(node, scope)
        case records.Measure():
            return publish_measure(node, view, scope)
        case records.ChangeEvent():
            return publish_event(node, scope)
        case _:
            return publish_target(node, view, scope)


async def publish_ids(ids: tuple[str, ...], scope: Scope) -> list[Node]:
    """The nodes with these ids, in their order; those that do not exist are left away."""
    views = await scope.nodes.load_many(list(ids))
    found = [(view.around.find_node(node_id), view) for node_id, view in zip(ids, views, strict=True)]
    return [publish_node(node, view, scope) for node, view in found if node is not None]


async def publish_things(ids: tuple[str, ...], scope: Scope) -> list[Node]:
    """As ``publish_ids``, and imports too, which have global ids and are no nodes of the graph; they stand last."""
    imports = [each for each in ids if each.startswith("import:")]
    found = [await scope.graph.find_import(each, scope.moment.recorded_as_of) for each in imports]
    nodes = await publish_ids(tuple(each for each in ids if each not in imports), scope)
    return [*nodes, *(publish_import(record, scope) for record in found if record is not None)]
