#!/usr/bin/env python3
"""Who carries how much within a place on a day (履职负荷): the table by kind, and those who carry the most."""

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
from rich.table import Table

from scripts.asking import Exit, ScriptError, fail, open_asker
from scripts.options import build_parser, clocks
from scripts.places import find_code

_WIDTH = 140
"""Columns: tables are read whole, in a file or a pipe too."""
_ASKED = "$within: String!, $asOf: Date, $recordedAsOf: DateTime, $regime: String"
_HEADER = f"{_ASKED}, $lang: Lang!"
_ARGUMENTS = "within: $within, asOf: $asOf, recordedAsOf: $recordedAsOf, regime: $regime"
_SPREAD = f"""
query Spread({_HEADER}) {{
  loadDistributions({_ARGUMENTS}) {{
    county {{ code name }} kind {{ code label(lang: $lang) }}
    assignees assignments least median mean most fence outliers
  }}
}}
"""
_LOADS = f"""
query Loads({_HEADER}, $kind: String, $outliersOnly: Boolean!, $first: Int!) {{
  loads({_ARGUMENTS}, kind: $kind, outliersOnly: $outliersOnly, first: $first) {{
    totalCount
    edges {{ node {{
      assignee {{ id name }} assignments certainAssignments targets
      byLevel {{ level {{ code label(lang: $lang) }} number }}
      byKind {{ kind {{ code label(lang: $lang) }} number isOutlier }}
    }} }}
  }}
}}
"""
_ALONE = f"""
query Alone({_ASKED}, $level: String!, $first: Int!) {{
  singlePoints({_ARGUMENTS}, level: $level, first: $first) {{
    totalCount
    edges {{ node {{ target {{ code name }} person {{ id code }} posts {{ id name }} certainty }} }}
  }}
}}
"""
_EXITS = """\
exit codes:
  0  the table is there
  1  an error: the store or the server does not answer
  2  the command line cannot be understood, or the place is ambiguous
  3  there is no such place
"""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; exits with 2 if they cannot be understood."""
    parser = build_parser("loads.py", "Who carries how much within a place on a day.", _EXITS)
    parser.add_argument("--within", metavar="PLACE", required=True, help="code, Chinese name or pinyin")
    parser.add_argument("--kind", metavar="CODE", help="only those with assignments of this kind")
    parser.add_argument("--outliers", action="store_true", help="only those who carry unusually many of some kind")
    parser.add_argument("--alone", metavar="LEVEL", help="list the targets of this level that hang on one person")
    parser.add_argument("--limit", metavar="N", type=int, default=10, help="how many rows to list (default: 10)")
    parser.add_argument("--regime", metavar="CODE", help="the regime (default: the data set's first)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Show the table; see ``--help`` for the exit codes."""
    options = parse_arguments(arguments)
    try:
        asker = open_asker(options.url)
        try:
            asked = {
                "within": find_code(asker, options.within, options.as_of, options.recorded_as_of),
                **clocks(options),
                "regime": options.regime,
                "lang": options.lang.upper(),
            }
            found = asker.ask(_SPREAD, asked)
            few = {**asked, "first": options.limit}
            found |= asker.ask(_LOADS, {**few, "kind": options.kind, "outliersOnly": options.outliers})
            if options.alone is not None:
                del few["lang"]
                found |= asker.ask(_ALONE, {**few, "level": options.alone})
        finally:
            asker.close()
    except ScriptError as failure:
        return fail(failure)
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _show(found)
    return int(Exit.COMPLETE)


def _show(found: Mapping[str, Any]) -> None:
    console = Console(highlight=False, soft_wrap=True, width=_WIDTH)
    table = Table("kind", "", "county", box=None)
    columns = ("assignees", "assignments", "least", "median", "mean", "most", "fence", "outliers")
    for heading in columns:
        table.add_column(heading, justify="right")
    for each in found["loadDistributions"]:
        county = "" if each["county"] is None else each["county"]["name"]
        numbers = ("" if each[name] is None else f"{each[name]:,}" for name in columns)
        table.add_row(each["kind"]["code"], each["kind"]["label"], county, *numbers)
    console.print(table)
    for edge in found["loads"]["edges"]:
        load = edge["node"]
        who = load["assignee"] or {"id": "", "name": ""}
        kinds = ", ".join(
            f"{each['kind']['label']} {each['number']}{' !' if each['isOutlier'] else ''}" for each in load["byKind"]
        )
        levels = ", ".join(f"{each['level']['label']} {each['number']}" for each in load["byLevel"])
        console.print(f"  {load['assignments']:>6}  {who['name']}  {who['id']}  ({levels}; {kinds})")
    console.print(f"{found['loads']['totalCount']:,} who carry anything; ! unusually many")
    for edge in found.get("singlePoints", {}).get("edges", ()):
        point = edge["node"]
        seats = ", ".join(post["name"] for post in point["posts"])
        target = point["target"]
        console.print(f"  {target['code']}  {target['name']}  {point['person']['code']} {seats}  {point['certainty']}")
    if "singlePoints" in found:
        console.print(f"{found['singlePoints']['totalCount']:,} that hang on one person")


if __name__ == "__main__":
    sys.exit(main())
