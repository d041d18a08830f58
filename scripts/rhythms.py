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

from scripts.asking import Exit, ScriptError, fail
from scripts.between import OF, ask_between, parse_between

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

_EXITS = f"""\
{OF}

exit codes:
  0  answered, and nothing was surely missed
  1  an error: the store or the server does not answer
  2  the command line cannot be understood, or OF is ambiguous
  3  there is no such thing
  4  something was surely missed
"""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; exits with 2 if they cannot be understood."""
    return parse_between("rhythms.py", "What must be done again and again, and whether it was.", _EXITS, arguments)


def main(arguments: list[str] | None = None) -> int:
    """Answer; see ``--help`` for the exit codes."""
    options = parse_arguments(arguments)
    try:
        answer = ask_between(options, _RHYTHMS)
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
