"""Options that the scripts share (选项)."""

from __future__ import annotations

import argparse
import io
import sys

from graph_model.dates import parse_day
from graph_model.errors import BadDateError
from graph_model.instants import instant_text, parse_instant


def day(text: str) -> str:
    """A day as an option's value."""
    try:
        return parse_day(text).isoformat()
    except BadDateError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def moment(text: str) -> str:
    """A recorded moment as an option's value."""
    try:
        return instant_text(parse_instant(text))
    except BadDateError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def clocks(options: argparse.Namespace) -> dict[str, str | None]:
    """The variables that say as of when: the day, and the recorded moment."""
    return {"asOf": options.as_of, "recordedAsOf": options.recorded_as_of}


def build_parser(name: str, description: str, epilog: str, *, has_day: bool = True) -> argparse.ArgumentParser:
    """A parser with what the scripts understand: both clocks (where they matter), JSON, the language, the server.

    A terminal that lacks Chinese shows escapes instead of ending the script with an error.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(
        prog=name, description=description, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    if has_day:
        parser.add_argument("--as-of", metavar="DAY", type=day, help="the day, as 2017-06-30 (default: the server's)")
        parser.add_argument(
            "--recorded-as-of",
            metavar="MOMENT",
            type=moment,
            help="as it was known then, as 2026-11-25T13:51:36Z (default: now)",
        )
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--lang", choices=["zh", "en"], default="zh", help="language of labels (default: zh)")
    parser.add_argument("--url", metavar="URL", help="ask this server instead of the store in ZEREN_STORE")
    return parser
