"""Finding what a person wants traced (追溯对象): a place, an asset, or all that somebody answers for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.search_keys import normalise
from scripts.asking import Asker, Exit, ScriptError
from scripts.places import find_code

_SHOWN = 20
_PAGE = 500
_ASSIGNEES = ("post:", "organization:", "person:")

_BY_NAME = """
query Targets($text: String!, $asOf: Date, $recordedAsOf: DateTime) {
  search(text: $text, asOf: $asOf, recordedAsOf: $recordedAsOf, first: 200) {
    edges { node { __typename id ... on Asset { name pinyin } ... on Post { name pinyin } } }
  }
}
"""
_ANSWERS = """
query Answers($id: ID!, $regimes: [String!], $asOf: Date, $recordedAsOf: DateTime, $first: Int!, $after: String) {
  node(id: $id, asOf: $asOf, recordedAsOf: $recordedAsOf) {
    id
    ... on Assignee {
      name
      assignments(regimes: $regimes, first: $first, after: $after) {
        pageInfo { hasNextPage endCursor }
        edges { node { target { id } } }
      }
    }
  }
}
"""
_ASSETS = """
query Assets($within: String!, $asOf: Date, $recordedAsOf: DateTime, $first: Int!, $after: String) {
  assets(within: $within, asOf: $asOf, recordedAsOf: $recordedAsOf, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node { id } }
  }
}
"""


def is_assignee(target: str) -> bool:
    """Whether what was found answers, and is not answered for; of an organisation its assignments are meant."""
    return target.startswith(_ASSIGNEES)


def find_target(asker: Asker, target: str, clocks: Mapping[str, str | None]) -> str:
    """The code of a place, else the id of an asset or a post; an id as it is.

    Raises ScriptError: none, or several, which it lists.
    """
    if ":" in target:
        return target
    try:
        return find_code(asker, target, clocks["asOf"], clocks["recordedAsOf"])
    except ScriptError as failure:
        if failure.exit_code is not Exit.NOT_FOUND:
            raise
        found = _named(asker, target, clocks)
        if not found:
            raise
    if len(found) > 1:
        rows = [f"  {node['id']}  {node['name']}" for node in found[:_SHOWN]]
        more = [f"  ... and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        raise ScriptError("\n".join([f"{target!r} may be any of these; give its id:", *rows, *more]), Exit.USAGE)
    return str(found[0]["id"])


def _named(asker: Asker, target: str, clocks: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """The assets with a name, else the posts with it; exactly so if any are."""
    nodes = [edge["node"] for edge in asker.ask(_BY_NAME, {"text": target, **clocks})["search"]["edges"]]
    wanted = normalise(target)
    for sort in ("Asset", "Post"):
        found = [node for node in nodes if node["__typename"] == sort]
        exact = [node for node in found if wanted in {normalise(node["name"]), normalise(node["pinyin"] or "")}]
        if found:
            return exact or found
    return []


def list_answered_for(
    asker: Asker, assignee: str, clocks: Mapping[str, str | None], regime: str | None
) -> tuple[dict[str, Any], list[str]]:
    """Who answers, and the ids of all that it answers for in a regime, each once. Raises ScriptError for nobody."""
    after, ids = None, dict[str, None]()
    while True:
        asked = {"id": assignee, "regimes": None if regime is None else [regime], "first": _PAGE, "after": after}
        node = asker.ask(_ANSWERS, {**asked, **clocks})["node"]
        if node is None or "assignments" not in node:
            raise ScriptError(f"{assignee!r}: there is no such assignee", Exit.NOT_FOUND)
        page = node["assignments"]
        targets = (edge["node"]["target"] for edge in page["edges"])
        ids.update((target["id"], None) for target in targets if target is not None)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return {"id": node["id"], "name": node["name"]}, list(ids)


def list_assets(asker: Asker, within: str, clocks: Mapping[str, str | None]) -> list[str]:
    """The ids of all assets in a place (a division's code, or an id), by code."""
    after, ids = None, list[str]()
    while True:
        page = asker.ask(_ASSETS, {"within": within, "first": _PAGE, "after": after, **clocks})["assets"]
        ids += (edge["node"]["id"] for edge in page["edges"])
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return ids
