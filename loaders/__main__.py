"""``python -m loaders``: load data into a store, dump it, look after it, cut a city out of the package of divisions."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from graph_model.errors import BatchError, ZerenError
from graph_model.validation import check_records
from loaders.arguments import Options, parse_arguments
from loaders.bulk.country import export_country
from loaders.bulk.export import Counts, export_store
from loaders.copying import CopyReport, copy
from loaders.default import PROJECT, read_default, shipped_editions
from loaders.divisions import read_divisions
from loaders.divisions.extract import extract, write_edition
from loaders.divisions.telling import tell_history
from loaders.dump import read_dump
from loaders.freshness import inputs_digest, is_loaded, is_of_facts_only, remember
from loaders.graph_files import export_graph
from loaders.keeping import back_up, restore, verify
from loaders.progress import Progress, show_progress
from loaders.report import Report, report_on
from loaders.rosters.commands import (
    export_roster,
    foresee,
    look,
    request_of,
    save_refused,
    undo,
    write,
    write_schema,
    write_template_of,
)
from loaders.rosters.effects import tell_effects
from loaders.rosters.refused_lists import check_list
from loaders.rosters.telling import tell
from loaders.stores import made_ready, open_store, read_settings
from loaders.writing import dump, load

OK, FAILED, INTERRUPTED = 0, 1, 130
_UNSEEN = dict.fromkeys((*range(32), *range(127, 160)), "\ufffd") | {ord("\t"): " "}
"""What a file may bring to a terminal but must not: whatever moves its cursor or changes its colours."""
CITY = "5305"
"""The city of the data set that ships."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. A command line that cannot be understood exits with 2."""
    options = parse_arguments(arguments)
    try:
        return _COMMANDS[options.command](options)
    except BatchError as error:
        for one in error.errors:
            print(f"error: {one}", file=sys.stderr)
        print("error: nothing was written", file=sys.stderr)
    except ZerenError as error:
        print(f"error: {str(error).translate(_UNSEEN)}", file=sys.stderr)
    except BrokenPipeError:
        # Who read our output has gone; what is still buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return INTERRUPTED
    return FAILED


def _load(options: Options) -> int:
    store, digest = _store(options), inputs_digest(PROJECT)
    # Another manner of load than the last one is a change too.
    is_as_before = options.divisions is None and (not options.facts_only or is_of_facts_only(store))
    if options.if_changed and is_as_before and asyncio.run(is_loaded(store, digest)):
        print(f"{store} holds what ships already: nothing was read")
        return OK
    facts_only = options.facts_only or (options.if_changed and is_of_facts_only(store))
    with show_progress() as progress:
        progress.step("reading the data sets")
        with made_ready(store):
            readings = read_default(editions=options.divisions, facts_only=facts_only)
        report = asyncio.run(load(store, readings, progress))
    if report.version and options.divisions is None:
        remember(store, digest, report.version, facts_only=facts_only)
    return _show(report)


def _import(options: Options) -> int:
    url = _store(options)
    request = request_of(options.file, options.mapping, options.name, options.sheet, options.on, options.more)
    if options.refused is not None:
        check_list(options.refused)
    with show_progress() as progress:
        looked = asyncio.run(look(url, request, progress))
        effects = asyncio.run(foresee(url, looked, options.effects, progress))
    _say(tell(looked))
    _say(text.en for text in tell_effects(effects))
    saved = save_refused(looked, request, options.refused)
    if saved:
        print(saved)
    if not options.write:
        print("nothing was written: this was a preview; add --write")
        return FAILED if looked.refused else OK
    if looked.refused and not options.accept_partial:
        print(f"nothing was written: {len(looked.refused_rows)} rows were refused; mend them, or add --accept-partial")
        return FAILED
    with show_progress() as progress:
        report = asyncio.run(write(url, request, looked, progress))
    if looked.refused:
        print(f"PARTIAL: {len(looked.refused_rows)} of {looked.rows} rows were refused and are not in the store")
    return _show(report)


def _template(options: Options) -> int:
    asyncio.run(write_template_of(_store(options), options.mapping, options.out_file))
    print(f"the template is in {options.out_file}; filled in: import {options.out_file} --mapping {options.mapping}")
    return OK


def _export_roster(options: Options) -> int:
    with show_progress() as progress:
        rows = asyncio.run(export_roster(_store(options), options.mapping, options.name, options.out_file, progress))
    print(f"{rows} rows are in {options.out_file}")
    return OK


def _mapping_schema(options: Options) -> int:
    write_schema(options.out)
    return OK


def _undo_import(options: Options) -> int:
    with show_progress() as progress:
        report = asyncio.run(undo(_store(options), options.name or "", progress))
    return _show(report)


def _load_dump(options: Options) -> int:
    with show_progress() as progress:
        progress.step(f"reading {options.file}")
        readings = read_dump(options.file)
        report = asyncio.run(load(_store(options), readings, progress))
    return _show(report)


def _check(options: Options) -> int:
    readings = read_default(editions=options.divisions, facts_only=options.facts_only)
    errors = [error for reading in readings for error in check_records(reading.records)]
    if errors:
        raise BatchError(errors)
    return _show(report_on(readings))


def _dump(options: Options) -> int:
    records = asyncio.run(dump(_store(options), options.out))
    print(f"{records} records", file=sys.stderr)
    return OK


def _export_graph(options: Options) -> int:
    out = options.out_file
    form = out.suffix.removeprefix(".")
    nodes, relations = asyncio.run(export_graph(_store(options), out, form, households=options.households))
    print(f"{nodes} nodes and {relations} relations were written to {out}")
    return OK


def _backup(options: Options) -> int:
    return _say(back_up(_store(options), options.out_file))


def _verify(options: Options) -> int:
    return _say(verify(_store(options)))


def _restore(options: Options) -> int:
    return _say(restore(_store(options), options.file))


def _say(lines: Iterable[str]) -> int:
    for line in lines:
        print(line.translate(_UNSEEN))
    return OK


def _copy(options: Options) -> int:
    with show_progress() as progress:
        report = asyncio.run(_copy_store(options, progress))
    for line in report.lines():
        print(line)
    return OK


async def _copy_store(options: Options, progress: Progress) -> CopyReport:
    source = open_store(options.source, "reader")
    try:
        target = open_store(options.target, "writer")
        try:
            return await copy(source, target, progress)
        finally:
            await target.close()
    finally:
        await source.close()


def _export_bulk(options: Options) -> int:
    with show_progress() as progress:
        progress.step(f"writing {options.out}")
        counts = asyncio.run(_export(options, progress))
    print(
        f"{counts.versions} versions, {counts.entities} entities, {counts.search_keys} search keys are in {options.out}"
    )
    print(f"import them:  .venv/bin/python -m scripts.dev.neo4j_import {options.out} HOME  (docs/stores.md)")
    return OK


async def _export(options: Options, progress: Progress) -> Counts:
    folder = options.out or Path()
    store = open_store(_store(options), "reader")
    try:
        if options.cities == 1:
            return await export_store(store, folder, progress.advance, compress=options.compress)
        made = await export_country(store, CITY, options.cities, folder, progress.advance, compress=options.compress)
        return made.counts
    finally:
        await store.close()


def _extract(options: Options) -> int:
    entries = extract(options.package, options.city)
    write_edition(entries, options.out_file)
    print(f"{len(entries)} divisions of {options.city} on {options.edition} are in {options.out_file.as_posix()}")
    return OK


def _tell(options: Options) -> int:
    reading = read_divisions(shipped_editions() if options.divisions is None else options.divisions)
    if reading.refused:
        return _show(report_on([reading]))
    for line in tell_history(reading.records):
        print(line)
    return OK


_COMMANDS: dict[str, Callable[[Options], int]] = {
    "load": _load,
    "load-dump": _load_dump,
    "import": _import,
    "undo-import": _undo_import,
    "mapping-schema": _mapping_schema,
    "template": _template,
    "export-roster": _export_roster,
    "check": _check,
    "dump": _dump,
    "copy": _copy,
    "export": _export_graph,
    "export-bulk": _export_bulk,
    "backup": _backup,
    "verify": _verify,
    "restore": _restore,
    "extract": _extract,
    "tell": _tell,
}


def _show(report: Report) -> int:
    _say(report.lines())
    return FAILED if report.refused else OK


def _store(options: Options) -> str:
    """The store's URL. Raises BadUserInputError for a setting that cannot be understood."""
    return read_settings().store if options.store is None else options.store


if __name__ == "__main__":
    sys.exit(main())
