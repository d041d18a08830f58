"""A set as one reading (读取): all or nothing, each fault with file, line, column, value and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from graph_model.errors import SourceError
from graph_model.records import NODE_TYPES, AnyNode, Provenance, RegimeContent
from graph_model.regime import Regime
from graph_model.regime_file import decode_regime
from graph_model.yaml_file import YamlFile, read_yaml
from loaders.joined.checks import head_faults, reference_faults, row_faults
from loaders.joined.records import Maker
from loaders.joined.rows import SECTIONS, Row, SetFile
from loaders.reading import Reading, Refused
from loaders.source_facts.checks import check_unique
from loaders.source_facts.entries import Entry, place_of, refuse


def read_sets(root: Path, others: Sequence[Reading], *, facts_only: bool = False) -> list[Reading]:
    """A reading for each ``data/*/set.yaml`` below a folder, by name; ``others``: what is loaded with them."""
    return [
        read_set(path, path.relative_to(root).as_posix(), others, facts_only=facts_only)
        for path in sorted((root / "data").glob("*/set.yaml"))
    ]


def read_set(path: Path, name: str, others: Sequence[Reading], *, facts_only: bool = False) -> Reading:
    """The set of a file; its origin is the folder's name. ``facts_only``: without what is SYNTHETIC."""
    origin = path.parent.name
    try:
        file = read_yaml(path, SetFile, name=name)
        regime = _regime(file, others)
    except SourceError as error:
        return Reading(origin, (name,), 0, (), (Refused(error.place, error.reason),))
    entries, refused = _entries(file, regime, others)
    count = len(file.content.documents) + sum(len(getattr(file.content, part)) for part in SECTIONS)
    if refused:
        return Reading(origin, (name,), count, (), tuple(refused))
    kept = (entry.record for entry in entries if not (facts_only and entry.record.provenance is Provenance.SYNTHETIC))
    return Reading(origin, (name,), count, tuple(sorted(kept, key=lambda record: record.id)))


def _regime(file: YamlFile[SetFile], others: Iterable[Reading]) -> Regime:
    """The regime that the set speaks of. Raises SourceError."""
    content = file.content
    loaded = {record.code: record for one in others for record in one.records if isinstance(record, RegimeContent)}
    if content.regime not in loaded:
        known = ", ".join(sorted(loaded)) or "none"
        raise file.error(f"is no regime that is loaded; there are: {known}", "regime", value=content.regime)
    origins = {one.origin for one in others}
    for index, joined in enumerate(content.joins):
        if joined not in origins:
            reason = f"is no data set that is loaded with it; there are: {', '.join(sorted(origins))}"
            raise file.error(reason, "joins", index, value=joined)
    return decode_regime(loaded[content.regime])


def _entries(file: YamlFile[SetFile], regime: Regime, others: Sequence[Reading]) -> tuple[list[Entry], list[Refused]]:
    content, maker = file.content, Maker(file.content)
    refused = [refuse(file, steps, value, reason) for steps, value, reason in head_faults(content)]
    located = list(_rows(content))
    for at, row in located:
        refused += (
            refuse(file, (*at, *steps), value, reason) for steps, value, reason in row_faults(row, content, regime)
        )
    if refused:
        return [], refused
    entries = [
        Entry(maker.document(row), place_of(file, ("documents", index))) for index, row in enumerate(content.documents)
    ]
    entries += (Entry(record, place_of(file, at)) for at, row in located for record in maker.records_of(row))
    known = _nodes(entries, content, others)
    for at, row in located:
        faults = reference_faults(row, known, regime)
        refused += (refuse(file, (*at, *steps), value, reason) for steps, value, reason in faults)
    refused += check_unique(entries)
    return entries, refused


def _rows(content: SetFile) -> Iterator[tuple[tuple[str, int], Row]]:
    for part in SECTIONS:
        for index, row in enumerate(getattr(content, part)):
            yield (part, index), row


def _nodes(entries: Iterable[Entry], content: SetFile, others: Iterable[Reading]) -> dict[str, AnyNode]:
    """The nodes that the set may name: its own, the divisions, and those of the sets that it joins."""
    joined = [one for one in others if one.origin in content.joins or one.origin.startswith("divisions/")]
    nodes: dict[str, AnyNode] = {
        record.id: record for one in joined for record in one.records if isinstance(record, NODE_TYPES)
    }
    nodes.update((entry.record.id, entry.record) for entry in entries if isinstance(entry.record, NODE_TYPES))
    return nodes
