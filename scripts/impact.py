#!/usr/bin/env python3
"""What would come of it if somebody left (离任影响): who is left without, what forbids it, who could take over."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

if __package__ in {None, ""}:  # run as a file: the project's folder must be found
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console
from rich.text import Text

from scripts.asking import Exit, ScriptError, fail, open_asker
from scripts.assignees import find_id
from scripts.options import build_parser

_IMPACT = """
query Impact(
  $assignee: ID!, $leavingOn: Date!, $recordedAsOf: DateTime, $first: Int, $candidates: Int, $lang: Lang!
) {
  dataset(recordedAsOf: $recordedAsOf) { version referenceDate }
  impact(assignee: $assignee, leavingOn: $leavingOn, recordedAsOf: $recordedAsOf) {
    assignee { id name }
    leavingOn
    ended { record kind }
    brokenRules { rule { code clause } target { code name } message(lang: $lang) remedies { message(lang: $lang) } }
    exposed(first: $first) {
      totalCount
      edges { node {
        target { code name }
        gaps { cause certainty duty { code clause } message(lang: $lang) }
        lost { sentence(lang: $lang) assignment { id provenance } }
        others { sentence(lang: $lang) certainty }
      } }
    }
    candidates(first: $candidates) { edges { node { steps shared { code name } post { id name } } } }
    effects { touchedCounts { level count } }
  }
}
"""
_EXPOSED, _CANDIDATES = 1000, 10

_EXITS = """\
WHO is an id (post:5305:party-secretary, person:5305:P000123), or the name or pinyin of a post or organisation.

exit codes:
  0  nobody is left without: no gap opens, and no rule forbids it
  1  an error: the store or the server does not answer
  2  the command line cannot be understood, or a name is ambiguous
  3  there is nobody of that name
  4  a gap opens, or a rule forbids it
"""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; exits with 2 if they cannot be understood."""
    parser = build_parser("impact.py", "What would come of it if somebody left on a day.", _EXITS)
    parser.add_argument("assignee", metavar="WHO", help="an organisation, a post or a person")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Tell; ``--as-of`` is the first day without. See ``--help`` for the exit codes."""
    options = parse_arguments(arguments)
    try:
        asker = open_asker(options.url)
        try:
            day = options.as_of or asker.ask("{ dataset { referenceDate } }", {})["dataset"]["referenceDate"]
            variables = {
                "assignee": find_id(asker, options.assignee, options.as_of, options.recorded_as_of),
                "leavingOn": str(day),
                "recordedAsOf": options.recorded_as_of,
                "first": _EXPOSED,
                "candidates": _CANDIDATES,
                "lang": options.lang.upper(),
            }
            answer = asker.ask(_IMPACT, variables)
        finally:
            asker.close()
    except ScriptError as failure:
        return fail(failure)
    impact = answer["impact"]
    if impact is None:
        return fail(ScriptError(f"{options.assignee!r}: no post, person or organisation has this id", Exit.NOT_FOUND))
    if options.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _show(impact)
    gaps = [gap for edge in impact["exposed"]["edges"] for gap in edge["node"]["gaps"]]
    return int(Exit.BROKEN if gaps or impact["brokenRules"] else Exit.COMPLETE)


def _show(impact: Mapping[str, Any]) -> None:
    """The rules that forbid it, the targets that are left without, and who could take over."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text.assemble((impact["assignee"]["name"], "bold"), f"  {impact['assignee']['id']}"))
    console.print(f"{impact['leavingOn']}  {impact['exposed']['totalCount']} exposed, {len(impact['ended'])} records\n")
    for broken in impact["brokenRules"]:
        console.print(Text.assemble(("RULE  ", "red"), broken["message"]))
        for remedy in broken["remedies"]:
            console.print(f"      {remedy['message']}")
    for edge in impact["exposed"]["edges"]:
        node = edge["node"]
        console.print(Text.assemble((node["target"]["name"], "bold"), f"  {node['target']['code']}"))
        for gap in node["gaps"]:
            console.print(Text.assemble((f"  {gap['cause']:<15} {gap['certainty']:<9} ", "yellow"), gap["message"]))
        for link in node["lost"]:
            console.print(Text.assemble(("  lost  ", "red"), link["sentence"]))
        for link in node["others"]:
            console.print(Text.assemble(("  left  ", "green"), link["sentence"]))
    for edge in impact["candidates"]["edges"]:
        node = edge["node"]
        shared = node["shared"]["name"] if node["shared"] else "-"
        console.print(
            Text.assemble(("candidate  ", "dim"), f"{node['post']['name']}  {node['post']['id']}  ({shared})")
        )


if __name__ == "__main__":
    sys.exit(main())
