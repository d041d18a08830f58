"""What scripts share that ask for what lies between two days, of a place, an asset or a post (期间)."""

from __future__ import annotations

import argparse
from typing import Any

from scripts.asking import open_asker
from scripts.options import build_parser, day, moment
from scripts.targets import find_target

OF = "OF is a place, an asset or a post: a code, a name, pinyin, or an id (asset:nu, post:530581:party-secretary)."
"""What ``OF`` is, for the end of a script's help."""


def parse_between(name: str, about: str, ending: str, arguments: list[str] | None) -> argparse.Namespace:
    """The options ``of``, ``first``, ``last``, ``regime``, ``recorded_as_of``; exits with 2 if they are not clear."""
    parser = build_parser(name, about, ending, has_day=False)
    parser.add_argument("of", metavar="OF", help="code, name, pinyin or id")
    parser.add_argument("--from", dest="first", metavar="DAY", type=day, required=True, help="the first day")
    parser.add_argument("--to", dest="last", metavar="DAY", type=day, required=True, help="the last day")
    parser.add_argument("--regime", metavar="CODE", help="the regime (default: the data set's first)")
    parser.add_argument("--recorded-as-of", metavar="MOMENT", type=moment, help="as it was known then (default: now)")
    return parser.parse_args(arguments)


def ask_between(options: argparse.Namespace, document: str) -> dict[str, Any]:
    """The answer to a document that takes ``of``, ``from``, ``to``, ``regime``, ``recordedAsOf`` and ``lang``.

    Raises ScriptError.
    """
    asker = open_asker(options.url)
    try:
        of = find_target(asker, options.of, {"asOf": options.last, "recordedAsOf": options.recorded_as_of})
        days = {"from": options.first, "to": options.last, "recordedAsOf": options.recorded_as_of}
        return asker.ask(document, {"of": of, **days, "regime": options.regime, "lang": options.lang.upper()})
    finally:
        asker.close()
