#!/usr/bin/env python3
"""Why somebody answers for a place on a day, or why not (责任解释): a sentence and its steps, or JSON."""

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
from scripts.options import build_parser, clocks
from scripts.places import find_code

_EXPLAIN = """
query Explain(
  $target: String!, $about: ExplainAbout!, $regime: String, $asOf: Date, $recordedAsOf: DateTime, $lang: Lang!
) {
  dataset(recordedAsOf: $recordedAsOf) { version referenceDate }
  explain(target: $target, about: $about, regime: $regime, asOf: $asOf, recordedAsOf: $recordedAsOf) {
    asOf
    regime { code }
    target { id code name }
    certainty
    message(lang: $lang)
    trails {
      certainty
      target { id code name }
      assignment { id kind { code } }
      gap { cause certainty duty { code clause } message(lang: $lang) }
      steps {
        kind certainty sentence(lang: $lang) clause provenance record
        subject { id } object { id } bound { text state earliest latest } end
        basis { clause document { title } note(lang: $lang) }
      }
    }
  }
}
"""
_ABOUT = ("assignee", "post", "lane", "duty")

_EXITS = """\
PLACE is a code, a Chinese name or pinyin, as in trace_chain.py. WHO is an id (post:5305:party-secretary,
person:5305:P000123), or the name or pinyin of a post or organisation.

exit codes:
  0  it answers (the duty is met), surely or perhaps
  1  an error: the store or the server does not answer
  2  the command line cannot be understood, or a name is ambiguous
  3  there is no such place, or nobody of that name
  4  it does not answer (the duty is not met)
"""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; exits with 2 if they cannot be understood."""
    parser = build_parser("explain.py", "Why somebody answers for a place on a day, or why not.", _EXITS)
    parser.add_argument("place", metavar="PLACE", help="code, Chinese name or pinyin")
    about = parser.add_mutually_exclusive_group(required=True)
    about.add_argument("--assignee", metavar="WHO", help="an organisation, a post or a person")
    about.add_argument("--post", metavar="WHO", help="a post")
    about.add_argument("--lane", metavar="CODE", help="whether anybody answers in this lane")
    about.add_argument("--duty", metavar="CODE", help="whether this duty is met")
    parser.add_argument("--regime", metavar="CODE", help="the regime (default: the data set's first)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Explain; see ``--help`` for the exit codes."""
    options = parse_arguments(arguments)
    try:
        asker = open_asker(options.url)
        try:
            given = {each: getattr(options, each) for each in _ABOUT}
            ((subject, key),) = ((each, key) for each, key in given.items() if key is not None)
            if subject in {"assignee", "post"}:
                key = find_id(asker, key, options.as_of, options.recorded_as_of)
            variables = {
                "target": find_code(asker, options.place, options.as_of, options.recorded_as_of),
                "about": {subject: key},
                "regime": options.regime,
                **clocks(options),
                "lang": options.lang.upper(),
            }
            answer = asker.ask(_EXPLAIN, variables)
        finally:
            asker.close()
    except ScriptError as failure:
        return fail(failure)
    if answer["explain"] is None:
        return fail(ScriptError(f"{options.place!r}: there is no such place on that day", Exit.NOT_FOUND))
    if options.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _show(answer["explain"])
    return int(Exit.BROKEN if answer["explain"]["certainty"] == "NO" else Exit.COMPLETE)


_STYLES = {"CERTAIN": "green", "POSSIBLE": "yellow", "NO": "red"}


def _show(explanation: Mapping[str, Any]) -> None:
    """The sentence, then each trail with its steps."""
    console = Console(highlight=False, soft_wrap=True)
    certainty, target = explanation["certainty"], explanation["target"]
    console.print(Text.assemble((target["name"], "bold"), f"  {target['code']}  ", (certainty, _STYLES[certainty])))
    console.print(f"{explanation['asOf']}  {explanation['regime']['code']}\n")
    console.print(explanation["message"])
    for trail in explanation["trails"]:
        place = f"  {trail['target']['name']}" if trail["target"] else ""
        gap = f"  {trail['gap']['cause']}" if trail["gap"] else ""
        console.print(Text.assemble("\n", (trail["certainty"], _STYLES[trail["certainty"]]), f"{place}{gap}"))
        for step in trail["steps"]:
            origin = "  ".join(word for word in (step["provenance"], step["clause"]) if word)
            console.print(Text.assemble(f"  {step['kind']:<16} ", step["sentence"], "  ", (origin, "dim")))


if __name__ == "__main__":
    sys.exit(main())
