#!/usr/bin/env python3
"""Every figure of the source beside what the graph counts (对账): a table in the terminal, or JSON."""

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
from rich.text import Text

from scripts.asking import Asker, Exit, ScriptError, fail, open_asker
from scripts.options import build_parser

_FIGURES = """
query Figures($clause: String, $lang: Lang!) {
  dataset { version referenceDate isSynthetic }
  facts(clause: $clause) {
    id clause subject(lang: $lang) measure(lang: $lang) value unit qualifier period { text } provenance counted
  }
}
"""
_CLAUSES = "{ facts { clause } }"
_DIFFERENCES = """
query Differences($after: String) {
  findings(code: "figure-differs", first: 1000, after: $after) {
    edges { node { id } } pageInfo { hasNextPage endCursor }
  }
}
"""
_EXITS = """\
verdicts:
  equal        the graph counts as many; or, where the source says "over", as many or more
  listed       the graph counts another number, and a finding says so
  differs      the graph counts another number, and no finding says so: load again, which checks the graph
  not counted  the graph holds no records of the sort
  no number    a rule or a state, without a number

exit codes:
  0  every figure that is counted is equal or listed
  1  an error: the store or the server does not answer
  2  the command line cannot be understood
  3  no figure stands under that clause
  4  a figure differs, and no finding says so
"""
_STYLES = {"equal": "green", "listed": "yellow", "differs": "bold red", "not counted": "dim", "no number": "dim"}


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; exits with 2 if they cannot be understood."""
    description = "Every figure of the source beside what the graph itself counts on the reference date."
    parser = build_parser("reconcile.py", description, _EXITS, has_day=False)
    parser.add_argument("--clause", metavar="NUMBER", help="only the figures of this clause, as 3.1 (default: all)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Reconcile; see ``--help`` for the exit codes."""
    options = parse_arguments(arguments)
    try:
        asker = open_asker(options.url)
        try:
            answer = asker.ask(_FIGURES, {"clause": options.clause, "lang": options.lang.upper()})
            if options.clause and not answer["facts"]:
                raise ScriptError(_no_such_clause(asker, options.clause), Exit.NOT_FOUND)
            listed = _listed(asker)
        finally:
            asker.close()
    except ScriptError as failure:
        return fail(failure)
    for figure in answer["facts"]:
        figure["verdict"] = _verdict(figure, listed)
    if options.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _show(answer)
    differs = any(figure["verdict"] == "differs" for figure in answer["facts"])
    return int(Exit.BROKEN if differs else Exit.COMPLETE)


def _no_such_clause(asker: Asker, clause: str) -> str:
    known = dict.fromkeys(fact["clause"] for fact in asker.ask(_CLAUSES, {})["facts"])
    return f"--clause: no figure stands under {clause!r}; there are some under {', '.join(known) or 'no clause'}"


def _listed(asker: Asker) -> frozenset[str]:
    """The ids of the findings on figures that differ."""
    ids: set[str] = set()
    after = None
    while True:
        page = asker.ask(_DIFFERENCES, {"after": after})["findings"]
        ids.update(edge["node"]["id"] for edge in page["edges"])
        if not page["pageInfo"]["hasNextPage"]:
            return frozenset(ids)
        after = page["pageInfo"]["endCursor"]


def _verdict(figure: Mapping[str, Any], listed: frozenset[str]) -> str:
    stated, counted = figure["value"], figure["counted"]
    if stated is None:
        return "no number"
    if counted is None:
        return "not counted"
    if counted >= stated if figure["qualifier"] == "OVER" else counted == stated:
        return "equal"
    return "listed" if "finding:figure-differs:" + figure["id"].partition(":")[2] in listed else "differs"


def _show(answer: Mapping[str, Any]) -> None:
    """The table, in the order of the source, and how many figures have each verdict."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("clause", "stated", "counted", "verdict", "period", "figure"):
        table.add_column(heading, justify="right" if heading in {"stated", "counted"} else "left")
    for figure in answer["facts"]:
        table.add_row(
            figure["clause"],
            ("> " if figure["qualifier"] == "OVER" else "") + _number(figure["value"]),
            _number(figure["counted"]),
            Text(figure["verdict"], _STYLES[figure["verdict"]]),
            figure["period"]["text"],
            Text.assemble(figure["subject"], ("  " + figure["measure"], "dim")),
        )
    console.print(table)
    verdicts = [figure["verdict"] for figure in answer["facts"]]
    counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in _STYLES if verdict in verdicts)
    console.print(f"\n{answer['dataset']['referenceDate']}: {counts or 'there are no such figures'}")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.15g}"


if __name__ == "__main__":
    sys.exit(main())
