#!/usr/bin/env python3
"""Where the chain is broken within a place (缺口): every duty of its divisions that is not simply met on a day."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

if __package__ in {None, ""}:  # run as a file: the project's folder must be found
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console
from rich.table import Table

from scripts.asking import Asker, Exit, ScriptError, fail, open_asker
from scripts.options import build_parser, clocks
from scripts.places import find_code

LEVELS = ("city", "county", "township", "village", "household")
UNMET = frozenset({"VACANT_POST", "EXPIRED", "UNASSIGNED"})
CAUSES = ("EXEMPT", "UNKNOWN_HOLDER", "VACANT_POST", "EXPIRED", "UNASSIGNED")
_PAGE = 40

_GAPS = """
id code name
accountabilityChain(lanes: $lanes, regime: $regime) {
  asOf
  recordedAsOf
  gaps {
    level { code } lane { code label(lang: $lang) } cause certainty duty { code clause label(lang: $lang) }
    target { id code name } message(lang: $lang)
  }
}
"""
_HEADER = "$lanes: [String!], $regime: String, $lang: Lang!, $asOf: Date, $recordedAsOf: DateTime"
_ITSELF = f"""
query Itself($code: String!, {_HEADER}) {{
  dataset(recordedAsOf: $recordedAsOf) {{ version referenceDate }}
  place: division(code: $code, asOf: $asOf, recordedAsOf: $recordedAsOf) {{ level {{ code }} {_GAPS} }}
}}
"""
_HOUSEHOLD = f"""
query Household($code: String!, {_HEADER}) {{
  dataset(recordedAsOf: $recordedAsOf) {{ version referenceDate }}
  place: household(code: $code, asOf: $asOf, recordedAsOf: $recordedAsOf) {{ {_GAPS} }}
}}
"""
_BELOW = f"""
query Below($code: String!, $level: String!, $after: String, $first: Int!, {_HEADER}) {{
  divisions(within: $code, level: $level, asOf: $asOf, recordedAsOf: $recordedAsOf, first: $first, after: $after) {{
    pageInfo {{ hasNextPage endCursor }}
    edges {{ node {{ {_GAPS} }} }}
  }}
}}
"""
_HOUSEHOLDS = f"""
query Households($code: String!, $after: String, $first: Int!, {_HEADER}) {{
  village(code: $code, asOf: $asOf, recordedAsOf: $recordedAsOf) {{
    households(first: $first, after: $after) {{
      pageInfo {{ hasNextPage endCursor }}
      edges {{ node {{ {_GAPS} }} }}
    }}
  }}
}}
"""

_EXITS = """\
PLACE itself (a division or a household) and the divisions below it; a village's households too.

exit codes:
  0  nothing is surely unmet
  1  an error: the store or the server does not answer
  2  the command line cannot be understood, or the place is ambiguous
  3  there is no such place
  4  at least one duty is surely not met
"""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; exits with 2 if they cannot be understood."""
    parser = build_parser("find_gaps.py", "Duties that are not met within a place on a day.", _EXITS)
    parser.add_argument("--within", metavar="PLACE", required=True, help="code, Chinese name or pinyin")
    parser.add_argument("--lane", metavar="CODE", action="append", help="only this lane; may be given several times")
    parser.add_argument("--regime", metavar="CODE", help="the regime (default: the data set's first)")
    parser.add_argument("--cause", choices=CAUSES, action="append", help="only this cause; may be given several times")
    parser.add_argument("--certain", action="store_true", help="only what is CERTAIN")
    parser.add_argument("--remarks", action="store_true", help="also remarks: EXEMPT and UNKNOWN_HOLDER")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Find the gaps; see ``--help`` for the exit codes."""
    options = parse_arguments(arguments)
    try:
        asker = open_asker(options.url)
        try:
            code = find_code(asker, options.within, options.as_of, options.recorded_as_of)
            variables = {
                "code": code,
                **clocks(options),
                "lanes": options.lane,
                "regime": options.regime,
                "lang": options.lang.upper(),
            }
            head = asker.ask(_HOUSEHOLD if "-" in code else _ITSELF, variables)
            if head["place"] is None:
                raise ScriptError(f"{options.within!r}: there is no such place on that day", Exit.NOT_FOUND)
            found = {"level": {"code": LEVELS[-1]}, **head["place"]}
            gaps = [gap for gap in _gaps(asker, found, variables) if _is_wanted(gap, options)]
        finally:
            asker.close()
    except ScriptError as failure:
        return fail(failure)
    place = {name: found[name] for name in ("id", "code", "name", "level")}
    chain = found["accountabilityChain"]
    asked = {"asOf": chain["asOf"], "recordedAsOf": chain["recordedAsOf"]}
    if options.json:
        print(
            json.dumps(
                {"dataset": head["dataset"], **asked, "place": place, "gaps": gaps}, ensure_ascii=False, indent=2
            )
        )
    else:
        _show(place, " ".join(each for each in asked.values() if each), gaps)
    return int(Exit.BROKEN if any(_is_broken(gap) for gap in gaps) else Exit.COMPLETE)


def _gaps(asker: Asker, place: Mapping[str, Any], variables: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The gaps of a place and of all below it, each once: by level from the highest, in the order of the lists."""
    yield from _own(place)
    level = place["level"]["code"]
    for below in LEVELS[LEVELS.index(level) + 1 : -1]:
        yield from _pages(asker, _BELOW, {**variables, "level": below})
    if level == "village":
        yield from _pages(asker, _HOUSEHOLDS, variables)


def _pages(asker: Asker, document: str, variables: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    after = None
    while True:
        data = asker.ask(document, {**variables, "first": _PAGE, "after": after})
        page = data["divisions"] if "divisions" in data else data["village"]["households"]
        for edge in page["edges"]:
            yield from _own(edge["node"])
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return


def _own(target: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The gaps of the target itself, not of what it lies in."""
    for gap in target["accountabilityChain"]["gaps"]:
        if gap["target"]["id"] == target["id"]:
            yield gap


def _is_wanted(gap: Mapping[str, Any], options: argparse.Namespace) -> bool:
    if options.certain and gap["certainty"] != "CERTAIN":
        return False
    if options.cause:
        return gap["cause"] in options.cause
    return options.remarks or gap["cause"] in UNMET


def _is_broken(gap: Mapping[str, Any]) -> bool:
    return gap["certainty"] == "CERTAIN" and gap["cause"] in UNMET


def _show(place: Mapping[str, Any], when: str, gaps: list[dict[str, Any]]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{place['name']}  {place['code']}", style="bold")
    console.print(when)
    if not gaps:
        console.print("nothing found")
        return
    for gap in gaps:
        console.print(f"  {gap['target']['code']:<13} {gap['cause']} {gap['certainty']}  {gap['message']}")
    table = Table("level", "cause", "certainty", "gaps", box=None)
    counts = Counter((LEVELS.index(gap["level"]["code"]), gap["cause"], gap["certainty"]) for gap in gaps)
    for (level, cause, certainty), number in sorted(counts.items()):
        table.add_row(LEVELS[level], cause, certainty, str(number))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
