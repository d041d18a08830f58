#!/usr/bin/env python3
"""The other way round (责任清单): everything that a post, organisation or person answers for on a day."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

if __package__ in {None, ""}:  # run as a file: the project's folder must be found
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console
from rich.text import Text

from scripts.asking import Asker, Exit, ScriptError, fail, open_asker
from scripts.assignees import find_id
from scripts.options import build_parser, clocks

_PAGE = 500

_ANSWERS = """
query AnswersFor($id: ID!, $asOf: Date, $recordedAsOf: DateTime, $first: Int!, $after: String, $lang: Lang!) {
  dataset(recordedAsOf: $recordedAsOf) { version referenceDate }
  node(id: $id, asOf: $asOf, recordedAsOf: $recordedAsOf) {
    __typename
    id
    ... on Assignee {
      name
      ... on Person { holdings { edges { node { certainty target { id } } } } }
      assignments(first: $first, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        edges { node {
          id kind { code label(lang: $lang) } certainty since { text state } until { text state } provenance
          basis { clause } target { __typename id code name }
        } }
      }
    }
  }
}
"""

_EXITS = """\
ASSIGNEE is an id (post:5305:party-secretary, person:5305:P000123), or the name or pinyin of a post or organisation.
A person answers for what its own assignments say, and for what the posts that it holds on the day answer for.

exit codes:
  0  answered, also where it answers for nothing
  1  an error: the store or the server does not answer
  2  the command line cannot be understood, or the name is ambiguous
  3  there is no such assignee
"""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; exits with 2 if they cannot be understood."""
    parser = build_parser("answers_for.py", "Everything that an assignee answers for on a day.", _EXITS)
    parser.add_argument("assignee", metavar="ASSIGNEE", help="id, Chinese name or pinyin")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Answer; see ``--help`` for the exit codes."""
    options = parse_arguments(arguments)
    try:
        asker = open_asker(options.url)
        try:
            found = find_id(asker, options.assignee, options.as_of, options.recorded_as_of)
            variables = {"id": found, **clocks(options), "lang": options.lang.upper()}
            dataset, assignee, assignments, posts = _answers(asker, variables, options.assignee)
            for post, holding in posts.items():
                _, held, rows, _ = _answers(asker, {**variables, "id": post}, post)
                assignments += [through(row, {"id": post, "name": held["name"]}, holding) for row in rows]
        finally:
            asker.close()
    except ScriptError as failure:
        return fail(failure)
    if options.json:
        document = {"dataset": dataset, "assignee": assignee, "assignments": assignments}
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        _show(assignee, assignments)
    return int(Exit.COMPLETE)


def through(row: Mapping[str, Any], post: Mapping[str, Any], holding: str) -> dict[str, Any]:
    """An assignment of a post as one of its holder: never surer than that the post is held."""
    is_certain = row["certainty"] == holding == "CERTAIN"
    return {**row, "certainty": "CERTAIN" if is_certain else "POSSIBLE", "through": dict(post)}


def _answers(
    asker: Asker, variables: Mapping[str, Any], asked: str
) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]], dict[str, str]]:
    """The data set, the assignee, its own assignments, and the posts that it holds with the certainty of that."""
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        data = asker.ask(_ANSWERS, {**variables, "first": _PAGE, "after": after})
        node = data["node"]
        if node is None or "assignments" not in node:
            raise ScriptError(f"{asked!r}: there is no such assignee", Exit.NOT_FOUND)
        page = node["assignments"]
        rows += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            assignee = {name: node[name] for name in ("__typename", "id", "name")}
            held = node.get("holdings", {"edges": []})["edges"]
            posts: dict[str, str] = {}
            for edge in held:  # several holdings of one post: the best of them counts
                if edge["node"]["target"]:
                    post = edge["node"]["target"]["id"]
                    if posts.get(post) != "CERTAIN":
                        posts[post] = edge["node"]["certainty"]
            return data["dataset"], {**assignee, "totalCount": page["totalCount"]}, rows, posts


def _show(assignee: Mapping[str, Any], assignments: Sequence[Mapping[str, Any]]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text.assemble((assignee["name"], "bold"), f"  {assignee['id']}  {len(assignments)}"))
    for label, members in groupby(assignments, key=lambda row: row["kind"]["label"]):
        console.print(f"\n{label}", style="bold")
        for row in members:
            target = row["target"] or {"code": "-", "name": "-"}
            since, until = row["since"]["text"], row["until"]["text"]
            dates = f"  [{since or '?'}, {until or '?'})" if since or until else ""
            clause = row["basis"]["clause"] or ""
            seat = f"  ({row['through']['name']})" if "through" in row else ""
            what = f"{target['code']:<13} {target['name']}{dates}"
            console.print(f"  {what}  {row['certainty']}  {row['provenance']}  {clause}{seat}")


if __name__ == "__main__":
    sys.exit(main())
