#!/usr/bin/env python3
"""What must be done again and again, and whether it was (履职频次): a chief's patrols, period by period."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

if __package__ in {None, ""}:  # run as a file: the project's folder must be found
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console
from rich.text import Text

from scripts.asking import Exit, ScriptError, fail, open_asker
from scripts.options import build_parser, day, moment
from scripts.targets import find_target

_RHYTHMS = """
query Rhythms(
  $of: String!, $from: Date!, $to: Date!, $regime: String, $recordedAsOf: DateTime, $lang: Lang!
) {
  rhythms(of: $of, from: $from, to: $to, regime: $regime, recordedAsOf: $recordedAsOf) {
    rhythm { code label(lang: $lang) clause every atLeast }
    target { code name } assignee { id name }
    met missed unknown
    periods { first last verdict certainty done { id period { text } } perhaps { id period { text } } }
  }
}
"""

_EXITS = """\
OF is a place, an asset or a post: a code, a name, pinyin, or an id (asset:nu, post:530581:party-secretary).

exit codes:
  0  answered, and nothing was surely missed
  1  an error: the store or the server does not answer
  2  the command line cannot be understood, or OF is ambiguous
  3  there is no such thing
  4  something was surely missed
"""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; exits with 2 if they cannot be understood."""
    parser = build_parser("rhythms.py", "What must be done again and again, and whether it was.", _EXITS, has_day=False)
    parser.add_argument("of", metavar="OF", help="code, name, pinyin or id")
    parser.add_argument("--from", dest="first", metavar="DAY", type=day, required=True, help="the first day")
    parser.add_argument("--to", dest="last", metavar="DAY", type=day, required=True, help="the last day")
    parser.add_argument("--regime", metavar="CODE", help="the regime (default: the data set's first)")
    parser.add_argument("--recorded-as-of", metavar="MOMENT", type=moment, help="as it was known then (default: now)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Answer; see ``--help`` for the exit codes."""
    options = parse_arguments(arguments)
    clocks = {"asOf": options.last, "recordedAsOf": options.recorded_as_of}
    try:
        asker = open_asker(options.url)
        try:
            asked = {
                "of": find_target(asker, options.of, clocks),
                "from": options.first,
                "to": options.last,
                "regime": options.regime,
                "recordedAsOf": options.recorded_as_of,
                "lang": options.lang.upper(),
            }
            answer = asker.ask(_RHYTHMS, asked)
        finally:
            asker.close()
    except ScriptError as failure:
        return fail(failure)
    if options.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _show(answer["rhythms"])
    missed = any(
        period["verdict"] == "MISSED" and period["certainty"] == "CERTAIN"
        for check in answer["rhythms"]
        for period in check["periods"]
    )
    return int(Exit.BROKEN if missed else Exit.COMPLETE)


_STYLES = {"MET": "green", "MISSED": "bold red", "UNKNOWN": "yellow"}


def _show(checks: Sequence[Mapping[str, Any]]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for check in checks:
        rhythm, target = check["rhythm"], check["target"]
        console.print(
            Text.assemble(
                (target["name"], "bold"),
                f"  {target['code']}  {check['assignee']['name']}  {rhythm['label']} ({rhythm['clause']}): ",
                f"{check['met']} MET, {check['missed']} MISSED, {check['unknown']} UNKNOWN",
            )
        )
        for period in check["periods"]:
            done = ", ".join(each["period"]["text"] for each in (*period["done"], *period["perhaps"]))
            doubt = "  POSSIBLE" if period["certainty"] == "POSSIBLE" else ""
            verdict = (period["verdict"], _STYLES[period["verdict"]])
            console.print(Text.assemble(f"  {period['first']} - {period['last']}  ", verdict, f"{doubt}  {done}"))


if __name__ == "__main__":
    sys.exit(main())
