"""The source's facts as one reading (源文读取)."""

from __future__ import annotations

from pathlib import Path

from graph_model.records import NODE_TYPES
from loaders.reading import Reading, Refused
from loaders.source_facts.checks import check_references, check_rows, check_unique
from loaders.source_facts.divisions import iter_divisions
from loaders.source_facts.each_division import expand
from loaders.source_facts.entries import Entry, context_of
from loaders.source_facts.files import SourceFiles, read_files
from loaders.source_facts.records import iter_entries
from loaders.source_facts.template_checks import check_templates

ORIGIN = "baoshan-2017"


def read_source(folder: Path, divisions: Reading) -> Reading:
    """The facts of the source in a folder, for the divisions of its area.

    All or nothing: where anything is refused there are no records, and ``refused`` names everything that is wrong,
    with file, line, column, value and remedy; a file that cannot be understood at all hides what rests on it.
    """
    files, refused = read_files(folder)
    names = tuple(path.as_posix() for path in sorted(folder.glob("*.yaml")))
    if files is None:
        return Reading(ORIGIN, names, 0, (), tuple(refused))
    entries, refused = _entries(files, divisions)
    records = () if refused else tuple(sorted((entry.record for entry in entries), key=lambda record: record.id))
    return Reading(ORIGIN, names, files.count_rows(), records, tuple(refused))


def _entries(files: SourceFiles, divisions: Reading) -> tuple[list[Entry], list[Refused]]:
    refused = list(check_rows(files))
    if refused:
        return [], refused
    context = context_of(files.dataset.content)
    entries = list(iter_entries(files, context))
    outside = {record.id for record in divisions.records if isinstance(record, NODE_TYPES)}
    refused = list(check_templates(files, outside | _node_ids(entries)))
    if refused:
        return [], refused
    expanded, refused = expand(
        files.each_division, iter_divisions(divisions.records, context.area, context.reference_date), context
    )
    entries += expanded
    refused += check_unique(entries)
    refused += check_references(files, outside | _node_ids(entries))
    return entries, refused


def _node_ids(entries: list[Entry]) -> set[str]:
    return {entry.record.id for entry in entries if isinstance(entry.record, NODE_TYPES)}
