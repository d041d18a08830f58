#!/usr/bin/env python3
"""When the chain is broken within a place (缺口日历): periods in which a duty is not met, and what they come to."""

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

from scripts.asking import Asker, Exit, ScriptError, fail, open_asker
from scripts.find_gaps import CAUSES
from scripts.options import build_parser, day, moment
from scripts.places import find_code

_WIDTH = 140
"""Columns: tables are read whole, in a file or a pipe too."""
_PAGE = 1000
_HEADER = (
    "$within: String!, $from: Date!, $to: Date!, $lanes: [String!], $duties: [String!], $causes: [GapCause!], "
    "$certainty: Certainty, $regime: String, $recordedAsOf: DateTime, $lang: Lang!"
)
_ARGUMENTS = (
    "within: $within, from: $from, to: $to, lanes: $lanes, duties: $duties, causes: $causes, certainty: $certainty, "
    "regime: $regime, recordedAsOf: $recordedAsOf"
)
_TOTALS = f"""
query Totals({_HEADER}) {{
  dataset(recordedAsOf: $recordedAsOf) {{ version }}
  gapTotals({_ARGUMENTS}) {{
    county {{ code name }} lane {{ code label(lang: $lang) }} periods certainPeriods targets targetDays
  }}
}}
"""
_PERIODS = f"""
query Periods({_HEADER}, $first: Int!, $after: String) {{
  gapPeriods({_ARGUMENTS}, first: $first, after: $after) {{
    totalCount
    pageInfo {{ hasNextPage endCursor }}
    edges {{ node {{
      firstDay lastDay days cause certainty target {{ id code name }} level {{ code }} lane {{ code }}
      duty {{ code clause label(lang: $lang) }}
    }} }}
  }}
}}
"""
_EXITS = """\
PLACE itself and all within it, households too, throughout the window. Totals by county and lane come first.

exit codes:
  0  nothing is surely unmet
  1  an error: the store or the server does not answer
  2  the command line cannot be understood, or the place is ambiguous
  3  there is no such place
  4  at least one duty is surely not met on some day
"""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; exits with 2 if they cannot be understood."""
    parser = build_parser(
        "gap_calendar.py", "Periods in which duties are not met within a place.", _EXITS, has_day=False
    )
    parser.add_argument("--within", metavar="PLACE", required=True, help="code, Chinese name or pinyin")
    parser.add_argument("--from", dest="first", metavar="DAY", type=day, required=True, help="the first day")
    parser.add_argument("--to", dest="last", metavar="DAY", type=day, required=True, help="the last day, inclusive")
    parser.add_argument("--lane", metavar="CODE", action="append", help="only this lane; may be given several times")
    parser.add_argument("--duty", metavar="CODE", action="append", help="only this duty; may be given several times")
    parser.add_argument("--cause", choices=CAUSES, action="append", help="only this cause; may be given several times")
    parser.add_argument("--certain", action="store_true", help="only what is CERTAIN")
    parser.add_argument("--regime", metavar="CODE", help="the regime (default: the data set's first)")
    parser.add_argument("--limit", metavar="N", type=int, default=100, help="how many periods to list (default: 100)")
    parser.add_argument("--recorded-as-of", metavar="MOMENT", type=moment, help="as it was known then (default: now)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Show the calendar; see ``--help`` for the exit codes."""
    options = parse_arguments(arguments)
    try:
        asker = open_asker(options.url)
        try:
            variables = {
                "within": find_code(asker, options.within, options.first, options.recorded_as_of),
                "from": options.first,
                "to": options.last,
                "lanes": options.lane,
                "duties": options.duty,
                "causes": options.cause,
                "certainty": "CERTAIN" if options.certain else None,
                "regime": options.regime,
                "recordedAsOf": options.recorded_as_of,
                "lang": options.lang.upper(),
            }
            head = asker.ask(_TOTALS, variables)
            total, periods = _periods(asker, variables, options.limit)
        finally:
            asker.close()
    except ScriptError as failure:
        return fail(failure)
    if options.json:
        answer = {**head, "within": variables["within"], "from": options.first, "to": options.last}
        print(json.dumps({**answer, "totalCount": total, "gapPeriods": periods}, ensure_ascii=False, indent=2))
    else:
        _show(head["gapTotals"], total, periods)
    return int(Exit.BROKEN if any(each["certainPeriods"] for each in head["gapTotals"]) else Exit.COMPLETE)


def _periods(asker: Asker, variables: Mapping[str, Any], limit: int) -> tuple[int, list[dict[str, Any]]]:
    """How many periods there are, and the first ones."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        size = max(0, min(_PAGE, limit - len(found)))
        page = asker.ask(_PERIODS, {**variables, "first": size, "after": after})["gapPeriods"]
        found += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"] or len(found) >= limit:
            return page["totalCount"], found


def _show(totals: list[dict[str, Any]], total: int, periods: list[dict[str, Any]]) -> None:
    console = Console(highlight=False, soft_wrap=True, width=_WIDTH)
    if not total:
        console.print("nothing found")
        return
    table = Table("county", "", "lane", "", box=None)
    for heading in ("periods", "certain", "targets", "target-days"):
        table.add_column(heading, justify="right")
    for each in totals:
        county = each["county"] or {"code": "", "name": ""}
        numbers = (each[name] for name in ("periods", "certainPeriods", "targets", "targetDays"))
        lane = each["lane"]
        table.add_row(county["code"], county["name"], lane["code"], lane["label"], *(f"{n:,}" for n in numbers))
    console.print(table)
    for each in periods:
        target, duty = each["target"], each["duty"]
        console.print(
            f"  {each['firstDay']} .. {each['lastDay']}  {target['code']:<17} {each['cause']} {each['certainty']}  "
            f"{target['name']}: {duty['label']} ({duty['clause']})"
        )
    if len(periods) < total:
        console.print(f"... and {total - len(periods):,} more: give --limit, or ask for less")


if __name__ == "__main__":
    sys.exit(main())
