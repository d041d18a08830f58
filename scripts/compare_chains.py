#!/usr/bin/env python3
"""What differs between a place's chains on two days, or as known at two moments (责任链比较)."""

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
from scripts.options import build_parser, day, moment
from scripts.places import find_code

_COMPARE = """
query Compare(
  $code: String!, $from: Date!, $to: Date!, $recordedFrom: DateTime, $recordedTo: DateTime,
  $lanes: [String!], $regime: String, $lang: Lang!
) {
  dataset { version referenceDate }
  compareChains(
    code: $code, from: $from, to: $to, recordedFrom: $recordedFrom, recordedTo: $recordedTo,
    lanes: $lanes, regime: $regime
  ) {
    target { id code name }
    before { ...Side }
    after { ...Side }
    difference {
      linksGained { ...Told }
      linksLost { ...Told }
      linksChanged { isOfHolders isOfCertainty before { ...Told } after { ...Told } }
      linksSame
      gapsOpened { ...Missing }
      gapsClosed { ...Missing }
      gapsChanged { before { ...Missing } after { ...Missing } }
      completenessBefore completenessAfter
    }
  }
}
fragment Side on AccountabilityChain {
  asOf recordedAsOf regime { code } completeness way { target { code name } certainty }
}
fragment Told on Link {
  level { code } lane { code label(lang: $lang) } certainty sentence(lang: $lang)
  assignee { id name } target { code name } holders { person { id } certainty }
  assignment { id since { text } until { text } provenance basis { clause } }
}
fragment Missing on Gap {
  level { code } lane { code } cause certainty duty { code clause } target { code name } message(lang: $lang)
}
"""

_EXITS = """\
PLACE is a code, a Chinese name or pinyin, as in trace_chain.py; a code that meant two places means that of the later
day. With the same day twice and --recorded-from or --recorded-to: what a correction changed.

exit codes:
  0  nothing differs
  1  an error: the store or the server does not answer
  2  the command line cannot be understood, or the place is ambiguous
  3  there is no such place
  4  something differs
"""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; exits with 2 if they cannot be understood."""
    parser = build_parser(
        "compare_chains.py", "What differs between the chains of a place on two days.", _EXITS, has_day=False
    )
    parser.add_argument("place", metavar="PLACE", help="code, Chinese name or pinyin")
    for side, name in (("from", "before"), ("to", "after")):
        parser.add_argument(
            f"--{side}", dest=name, metavar="DAY", type=day, required=True, help=f"the day of the chain {name}"
        )
        parser.add_argument(
            f"--recorded-{side}",
            metavar="MOMENT",
            type=moment,
            help=f"the chain {name} as it was known then, as 2026-11-25T13:51:36Z (default: now)",
        )
    parser.add_argument("--lane", metavar="CODE", action="append", help="only this lane; may be given several times")
    parser.add_argument("--regime", metavar="CODE", help="the regime (default: the data set's first)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Compare; see ``--help`` for the exit codes."""
    options = parse_arguments(arguments)
    try:
        asker = open_asker(options.url)
        try:
            variables = {
                "code": find_code(asker, options.place, max(options.before, options.after), _later_moment(options)),
                "from": options.before,
                "to": options.after,
                "recordedFrom": options.recorded_from,
                "recordedTo": options.recorded_to,
                "lanes": options.lane,
                "regime": options.regime,
                "lang": options.lang.upper(),
            }
            answer = asker.ask(_COMPARE, variables)
        finally:
            asker.close()
    except ScriptError as failure:
        return fail(failure)
    comparison = answer["compareChains"]
    if comparison is None:
        return fail(ScriptError(f"{options.place!r}: there is no such place on these days", Exit.NOT_FOUND))
    if options.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _show(comparison)
    return int(Exit.BROKEN if _differs(comparison["difference"]) else Exit.COMPLETE)


def _later_moment(options: argparse.Namespace) -> str | None:
    """The recorded moment of the later day; of the same day, the later moment, now being the latest."""
    if options.before != options.after:
        later: str | None = options.recorded_from if options.before > options.after else options.recorded_to
        return later
    moments = (options.recorded_from, options.recorded_to)
    return None if None in moments else max(moments)


def _differs(difference: Mapping[str, Any]) -> bool:
    is_less_or_more = difference["completenessBefore"] != difference["completenessAfter"]
    return is_less_or_more or any(each for each in difference.values() if isinstance(each, list))


_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


def _show(comparison: Mapping[str, Any]) -> None:
    """Both sides, then what was gained (+), lost (-) and changed (~): links first."""
    console = Console(highlight=False, soft_wrap=True)
    target, difference = comparison["target"], comparison["difference"]
    console.print(Text.assemble((target["name"], "bold"), f"  {target['code']}"))
    for name in ("before", "after"):
        console.print(f"{name:<7} {_side(comparison[name])}")
    console.print()
    for sign, links in (("+", "linksGained"), ("-", "linksLost")):
        for link in difference[links]:
            console.print(_line(sign, f"{_link(link)}  {link['certainty']}"))
    for change in difference["linksChanged"]:
        before, after = change["before"], change["after"]
        if change["isOfCertainty"] and before["certainty"] != after["certainty"]:
            console.print(_line("~", f"{_link(after)}  {before['certainty']} > {after['certainty']}"))
        if change["isOfHolders"] or before["certainty"] == after["certainty"]:
            console.print(_line("~", f"{_link(after)}  ({_holders(before)}) > ({_holders(after)})"))
    for sign, gaps in (("+", "gapsClosed"), ("-", "gapsOpened")):
        for gap in difference[gaps]:
            word = "closed" if sign == "+" else "opened"
            console.print(_line(sign, f"{word}: {gap['cause']} {gap['certainty']}  {gap['message']}"))
    for change in difference["gapsChanged"]:
        before, after = (f"{change[side]['cause']} {change[side]['certainty']}" for side in ("before", "after"))
        console.print(_line("~", f"{before} > {after}  {change['after']['message']}"))
    console.print(f"{difference['linksSame']} links are the same", style="dim")


def _side(chain: Mapping[str, Any] | None) -> str:
    if chain is None:
        return "no such place"
    known = f" ({chain['recordedAsOf']})" if chain["recordedAsOf"] else ""
    above = " < ".join(rung["target"]["name"] for rung in chain["way"])
    return f"{chain['asOf']}{known}  {chain['completeness']}  {above}"


def _link(link: Mapping[str, Any]) -> str:
    return f"{link['lane']['label']}  {link['sentence']}"


def _holders(link: Mapping[str, Any]) -> str:
    return ", ".join(f"{holder['person']['id']} {holder['certainty']}" for holder in link["holders"]) or "-"


def _line(sign: str, text: str) -> Text:
    return Text.assemble((f"{sign} ", _COLOURS[sign]), text)


if __name__ == "__main__":
    sys.exit(main())
