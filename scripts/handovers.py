#!/usr/bin/env python3
"""Whether a successor was there in time after somebody's assignment ended (接任时限), by the regime's deadlines."""

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

_HANDOVERS = """
query Handovers(
  $of: String!, $from: Date!, $to: Date!, $regime: String, $recordedAsOf: DateTime, $lang: Lang!
) {
  handovers(of: $of, from: $from, to: $to, regime: $regime, recordedAsOf: $recordedAsOf) {
    deadline { code label(lang: $lang) clause within unit }
    target { code name } assignee { id name }
    endedEarliest endedLatest dueEarliest dueLatest verdict certainty
    successor { id assignee { name } since { text } }
  }
}
"""

_EXITS = """\
OF is a place, an asset or a post: a code, a name, pinyin, or an id (asset:nu, post:530581:party-secretary).

exit codes:
  0  answered, and nobody was surely late
  1  an error: the store or the server does not answer
  2  the command line cannot be understood, or OF is ambiguous
  3  there is no such thing
  4  somebody was surely late
"""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; exits with 2 if they cannot be understood."""
    about = "What ended between two days, and whether a successor was there by the deadline."
    parser = build_parser("handovers.py", about, _EXITS, has_day=False)
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
            answer = asker.ask(_HANDOVERS, asked)
        finally:
            asker.close()
    except ScriptError as failure:
        return fail(failure)
    if options.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _show(answer["handovers"])
    late = any(each["verdict"] == "LATE" and each["certainty"] == "CERTAIN" for each in answer["handovers"])
    return int(Exit.BROKEN if late else Exit.COMPLETE)


_STYLES = {"IN_TIME": "green", "LATE": "bold red", "PENDING": "cyan", "UNKNOWN": "yellow"}


def _show(handovers: Sequence[Mapping[str, Any]]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for each in handovers:
        deadline, target, successor = each["deadline"], each["target"], each["successor"]
        doubt = "  POSSIBLE" if each["certainty"] == "POSSIBLE" else ""
        ended = _span(each["endedEarliest"], each["endedLatest"])
        due = _span(each["dueEarliest"], each["dueLatest"])
        followed = "" if successor is None else f"  {successor['assignee']['name']} ({successor['since']['text']})"
        console.print(
            Text.assemble(
                (target["name"], "bold"),
                f"  {target['code']}  {each['assignee']['name']}  {deadline['label']} ({deadline['clause']}): ",
                f"{ended} -> {due}  ",
                (each["verdict"], _STYLES[each["verdict"]]),
                f"{doubt}{followed}",
            )
        )


def _span(first: str, last: str) -> str:
    return first if first == last else f"[{first}..{last}]"


if __name__ == "__main__":
    sys.exit(main())
