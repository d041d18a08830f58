"""Finding the assignee that a person means (责任人): by id, Chinese name or pinyin; never guessing between two."""

from __future__ import annotations

from graph_model.search_keys import normalise
from scripts.asking import Asker, Exit, ScriptError

_SHOWN = 20
_BY_NAME = """
query Assignees($text: String!, $asOf: Date, $recordedAsOf: DateTime) {
  search(text: $text, asOf: $asOf, recordedAsOf: $recordedAsOf, first: 200) { edges { node {
    __typename id ... on Organization { name pinyin } ... on Post { name pinyin }
  } } }
}
"""


def find_id(asker: Asker, assignee: str, as_of: str | None, recorded_as_of: str | None = None) -> str:
    """The id of a post or organisation; an id as it is. Raises ScriptError: none, or several, which it lists."""
    if ":" in assignee:
        return assignee
    data = asker.ask(_BY_NAME, {"text": assignee, "asOf": as_of, "recordedAsOf": recorded_as_of})
    nodes = [edge["node"] for edge in data["search"]["edges"]]
    found = [node for node in nodes if node["__typename"] in {"Organization", "Post"}]
    wanted = normalise(assignee)
    exact = [node for node in found if wanted in {normalise(node["name"]), normalise(node["pinyin"] or "")}]
    candidates = exact or found
    if not candidates:
        raise ScriptError(f"{assignee!r}: no post or organisation has this name, pinyin or id", Exit.NOT_FOUND)
    if len(candidates) > 1:
        rows = [f"  {node['id']}  {node['name']}" for node in candidates[:_SHOWN]]
        more = [f"  ... and {len(candidates) - _SHOWN} more"] if len(candidates) > _SHOWN else []
        raise ScriptError("\n".join([f"{assignee!r} may be any of these; give its id:", *rows, *more]), Exit.USAGE)
    return str(candidates[0]["id"])
