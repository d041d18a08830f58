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

from scripts.asking import Exit, ScriptError, fail
from scripts.between import OF, ask_between, parse_between

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

_EXITS = f"""\
{OF}

exit codes:
  0  answered, and nobody was surely late
  1  an error: the store or the server does not answer
  2  the command line cannot be understood, or OF is ambiguous
  3  there is no such thing
  4  somebody was surely late
"""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; exits with 2 if they cannot be understood."""
    return parse_between(
        "handovers.py",
        "What ended between two days, and whether a successor was there by the deadline.",
        _EXITS,
        arguments,
    )


def main(arguments: list[str] | None = None) -> int:
    """Answer; see ``--help`` for the exit codes."""
    options = parse_arguments(arguments)
    try:
        answer = ask_between(options, _HANDOVERS)
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
