"""The command line of ``python -m benchmarks`` (命令行)."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graph_model.errors import StoreAddressError
from graph_model.stores.opening import file_of, is_server

SUITES = ("load", "start", "chain", "whole", "http", "writes", "history", "neo4j")
LONG_SUITES = ("history",)
SERVER_SUITES = ("neo4j",)
"""What needs a server besides ours: left out of a quick run that does not ask for it."""
_ENTRIES = 1_000_000
_FEW_ENTRIES = 500

_EPILOG = """\
suites:
  load    the first load of everything into an empty store, and the second one, which changes nothing
  start   from an existing file to the first right answer over HTTP
  chain   chains of villages and of households in this process, without HTTP and GraphQL
  whole   what is asked of everything at once: the gap calendar of three years, findings, the impact of a post
  http    VillageChain over HTTP beside a raw response of the same bytes; memory of the server
  writes  on a copy: sixteen writers; chains beside a hundred writes a second; when another process sees them
  history on a copy: chains as of earlier moments and days, with a million entries in the journal; ten minutes, only
          where it is asked for
  neo4j   a Neo4j server, started for it (Java 17 and Maven): the load of everything through the driver, chains, and
          VillageChain over one connection; left out where there is none, and of a quick run that does not ask for it

exit codes:
  0    measured, and every measured answer was right; floors that were missed are marked, and change nothing here
  1    an answer was wrong, or a server or a load failed
  2    the command line cannot be understood
  130  interrupted
"""


@dataclass
class Options(argparse.Namespace):
    """What the command line asks for."""

    only: list[str] = field(default_factory=list)
    quick: bool = False
    store: str | None = None
    history: int | None = None
    json: Path | None = None
    compare: Path | None = None

    @property
    def suites(self) -> tuple[str, ...]:
        """The suites to run, in their order: those asked for, or all that are neither too long nor want too much."""
        left_out = SERVER_SUITES if self.quick else LONG_SUITES
        return tuple(suite for suite in SUITES if suite in self.only or not (self.only or suite in left_out))

    @property
    def entries(self) -> int:
        """How many entries the journal is to have for the suite history."""
        return self.history or (_FEW_ENTRIES if self.quick else _ENTRIES)


def parse_arguments(arguments: Sequence[str] | None = None) -> Options:
    """The options of a command line, the process's own by default; exits with 2 if it cannot be understood."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures Zeren on the data set that ships: a table on stdout, and JSON in benchmarks/results/.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--only", metavar="NAME", action="append", choices=SUITES, help="only this suite; may be given several times"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="few rounds, and only the source's facts: shows that all works, its figures say nothing",
    )
    parser.add_argument(
        "--store",
        metavar="URL",
        type=_store,
        help="measure this store, such as sqlite:///var/zeren.db, in place of a fresh one; it is not written",
    )
    parser.add_argument(
        "--history", metavar="N", type=int, help="entries in the journal for the suite history (default: a million)"
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="where to write the JSON (default: a new file there)")
    parser.add_argument(
        "--compare", metavar="FILE", type=Path, help="an earlier run's JSON: each figure as a multiple of the one there"
    )
    options = parser.parse_args(arguments, namespace=Options())
    options.only = options.only or []
    if options.store is not None and "load" in options.only:
        parser.error("argument --store: the load is measured into an empty store; leave one of the two away")
    return options


def _store(text: str) -> str:
    try:
        path = file_of(text)
    except StoreAddressError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if path is None and not is_server(text):
        raise argparse.ArgumentTypeError("a store in memory is empty, and no server can open it")
    return text
