#!/usr/bin/env python3
"""Who answers for a place, and where the chain is broken (责任链追溯): a ladder in the terminal, or JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

if __package__ in {None, ""}:  # run as a file: the project's folder must be found
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console
from rich.text import Text

from scripts.asking import Asker, Exit, ScriptError, fail, open_asker
from scripts.options import build_parser, clocks
from scripts.targets import find_target, is_assignee, list_answered_for, list_assets

_ABOVE = "ancestors { level { code } code name certainty }"
_PLACES = {
    "division": f"pinyin level {{ code }} {_ABOVE} askedAs {{ code meaning message(lang: $lang) }}",
    "household": f"village {{ code name certainty {_ABOVE} }}",
}
_CHAIN = """
accountabilityChain(lanes: $lanes, regime: $regime) {
  asOf
  recordedAsOf
  regime { code }
  completeness
  way { level { code label(lang: $lang) } certainty target { code name } }
  links {
    level { code } lane { code label(lang: $lang) } certainty
    target { id code name }
    assignee { __typename id name }
    holders { person { id code } since { text state } until { text state } certainty provenance }
    assignment {
      id kind { code label(lang: $lang) } since { text state } until { text state } joint provenance
      basis { clause document { title } }
    }
  }
  gaps {
    level { code } lane { code label(lang: $lang) } cause certainty duty { code clause } target { code name }
    message(lang: $lang)
  }
}
"""

_EXITS = """\
PLACE is a code (5305, 530521, 530521100, 12 digits of a village, a household's), a Chinese name, or pinyin. Where no
place is called so, an asset may be (a river's reach), or a post: then the chain of each that it answers for is traced.
An id (asset:nu, post:530581:party-secretary) says which one is meant.

exit codes:
  0  the chain is complete, or nothing in it is surely broken (completeness COMPLETE or UNKNOWN)
  1  an error: the store or the server does not answer
  2  the command line cannot be understood, or the place is ambiguous
  3  there is no such place
  4  the chain is broken (completeness BROKEN), or one of several
"""


def _document(field: str) -> str:
    return f"""
query Trace($code: String!, $asOf: Date, $recordedAsOf: DateTime, $lanes: [String!], $regime: String, $lang: Lang!) {{
  dataset(recordedAsOf: $recordedAsOf) {{ version referenceDate }}
  place: {field}(code: $code, asOf: $asOf, recordedAsOf: $recordedAsOf) {{ id code name {_PLACES[field]} {_CHAIN} }}
}}
"""


_DATASET = "query Dataset($recordedAsOf: DateTime) { dataset(recordedAsOf: $recordedAsOf) { version referenceDate } }"
_NODE = f"""
query TraceNode(
  $id: ID!, $asOf: Date, $recordedAsOf: DateTime, $lanes: [String!], $regime: String, $lang: Lang!
) {{
  dataset(recordedAsOf: $recordedAsOf) {{ version referenceDate }}
  place: node(id: $id, asOf: $asOf, recordedAsOf: $recordedAsOf) {{
    __typename id
    ... on Target {{ code name {_CHAIN} }}
    ... on Division {{ {_PLACES["division"]} }}
    ... on Asset {{ kind }}
  }}
}}
"""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; exits with 2 if they cannot be understood."""
    description = "Who answers for a place on a day, level by level, and where the chain is broken."
    parser = build_parser("trace_chain.py", description, _EXITS)
    parser.add_argument("place", metavar="PLACE", help="code, Chinese name, pinyin or id")
    parser.add_argument("--assets", action="store_true", help="also the chain of each asset that lies in the place")
    parser.add_argument("--lane", metavar="CODE", action="append", help="only this lane; may be given several times")
    parser.add_argument("--regime", metavar="CODE", help="the regime (default: the data set's first)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Trace; see ``--help`` for the exit codes."""
    options = parse_arguments(arguments)
    try:
        asker = open_asker(options.url)
        try:
            answer = _trace(asker, options)
        finally:
            asker.close()
    except ScriptError as failure:
        return fail(failure)
    places = [*([answer["place"]] if "place" in answer else []), *answer.get("places", ()), *answer.get("assets", ())]
    if options.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        if "assignee" in answer:
            print(f"{answer['assignee']['name']}  {answer['assignee']['id']}  {len(places)}")
        for number, place in enumerate(places):
            _show(place, is_first=number == 0 and "assignee" not in answer)
    broken = any(place["accountabilityChain"]["completeness"] == "BROKEN" for place in places)
    return int(Exit.BROKEN if broken else Exit.COMPLETE)


def _trace(asker: Asker, options: argparse.Namespace) -> dict[str, Any]:
    """The data set and the place with its chain; of an assignee, all places that it answers for. Raises ScriptError."""
    common = {
        **clocks(options),
        "lanes": options.lane,
        "regime": options.regime,
        "lang": options.lang.upper(),
    }
    target = find_target(asker, options.place, clocks(options))
    if is_assignee(target):
        assignee, ids = list_answered_for(asker, target, clocks(options), options.regime)
        answers = [_ask(asker, options, _NODE, {**common, "id": each}) for each in ids]
        dataset = answers[0]["dataset"] if answers else asker.ask(_DATASET, {"recordedAsOf": options.recorded_as_of})
        return {"dataset": dataset, "assignee": assignee, "places": [answer["place"] for answer in answers]}
    if ":" in target:
        answer = _ask(asker, options, _NODE, {**common, "id": target})
    else:
        answer = _ask(
            asker, options, _document("household" if "-" in target else "division"), {**common, "code": target}
        )
    if options.assets:
        found = list_assets(asker, target, clocks(options))
        answer["assets"] = [_ask(asker, options, _NODE, {**common, "id": each})["place"] for each in found]
    return answer


def _ask(asker: Asker, options: argparse.Namespace, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The answer for one place. Raises ScriptError where there is none."""
    answer = asker.ask(document, variables)
    if answer["place"] is None or "accountabilityChain" not in answer["place"]:
        raise ScriptError(f"{options.place!r}: there is no such place on that day", Exit.NOT_FOUND)
    return dict(answer)


_STYLES = {"CERTAIN": "green", "POSSIBLE": "yellow", "BROKEN": "bold red", "COMPLETE": "green", "UNKNOWN": "yellow"}


def _show(place: Mapping[str, Any], *, is_first: bool = True) -> None:
    """The ladder: level by level from the nearest, links first, then what is missing."""
    console = Console(highlight=False, soft_wrap=True)
    if not is_first:
        console.print()
    chain = place["accountabilityChain"]
    village = place.get("village")
    ancestors = [village, *village["ancestors"]] if village else place.get("ancestors", ())
    above = " < ".join(each["name"] for each in ancestors)
    console.print(Text.assemble((place["name"], "bold"), f"  {place['code']}  ", (above, "dim")))
    asked = place.get("askedAs")
    if asked and asked["meaning"] != "PRESENT":
        console.print(Text.assemble("! ", (asked["meaning"], "yellow"), f"  {asked['message']}"))
    completeness = chain["completeness"]
    known = f"  ({chain['recordedAsOf']})" if chain["recordedAsOf"] else ""
    when = f"{chain['asOf']}{known}  {chain['regime']['code']}  "
    console.print(Text.assemble(when, (completeness, _STYLES[completeness])))
    for rung in chain["way"]:
        target = rung["target"]
        links = [link for link in chain["links"] if link["target"]["code"] == target["code"]]
        gaps = [gap for gap in chain["gaps"] if gap["target"]["code"] == target["code"]]
        level = rung["level"]["label"] if rung["level"] else "-"
        console.print(
            Text.assemble(
                "\n", (f"{level}  {target['name']}", "bold"), f"  {target['code']}  ", _mark(rung["certainty"])
            )
        )
        for lane, members in groupby(links, key=lambda link: link["lane"]["label"]):
            for link in members:
                console.print(_line(lane, link))
        for gap in gaps:
            cause = (gap["cause"], "red" if gap["certainty"] == "CERTAIN" else "yellow")
            console.print(Text.assemble("  ! ", cause, " ", _mark(gap["certainty"]), f"  {gap['message']}"))


def _line(lane: str, link: Mapping[str, Any]) -> Text:
    assignment = link["assignment"]
    since, until = assignment["since"]["text"], assignment["until"]["text"]
    dates = f"  [{since or '?'}, {until or '?'})" if since or until else ""
    holders = ", ".join(f"{holder['person']['id']} {holder['certainty']}" for holder in link["holders"])
    seat = f" ({holders})" if holders else ""
    clause = assignment["basis"]["clause"]
    return Text.assemble(
        f"  {lane}  {assignment['kind']['label']}: ",
        (link["assignee"]["name"], "bold"),
        f"{seat}{dates}  ",
        _mark(link["certainty"]),
        f"  {assignment['provenance']}{'  ' + clause if clause else ''}",
    )


def _mark(certainty: str) -> tuple[str, str]:
    return certainty, _STYLES[certainty]


if __name__ == "__main__":
    sys.exit(main())
