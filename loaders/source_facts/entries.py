"""A record with the place it was written at (条目), and what every record of the source rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from graph_model.dates import Validity
from graph_model.errors import Place
from graph_model.records import AnyRecord, Basis
from graph_model.yaml_file import YamlFile
from loaders.reading import Refused
from loaders.source_facts.rows import DatasetFile, Pair, Period, text

Steps = tuple[str | int, ...]


class Entry(Struct, frozen=True):
    """A record, and where its row stands."""

    record: AnyRecord
    place: Place


class Context(Struct, frozen=True):
    """What every record needs of ``dataset.yaml``."""

    source: str
    area: str
    reference_date: str
    regime: str
    periods: Mapping[str, Period]

    def basis(self, clause: str | None, note: Pair | None) -> Basis:
        """A clause of the source and a note; without a clause it does not rest on the source."""
        return Basis(document=self.source if clause else None, clause=clause, note=text(note) if note else None)

    def seen(self, since: str | None = None, until: str | None = None) -> Validity:
        """What the source states holds on its day; nothing else is known of it but the bounds given."""
        return Validity(since=since, until=until, observed=(self.reference_date,))


def context_of(dataset: DatasetFile) -> Context:
    """The context that ``dataset.yaml`` gives; assignments are of the first regime's kinds."""
    return Context(dataset.source, dataset.area, dataset.reference_date, dataset.regimes[0], dataset.periods)


def place_of(file: YamlFile[Any], steps: Steps, column: str | None = None, value: str | None = None) -> Place:
    """The place of a part of a file."""
    return Place(file.name, file.line_of(*steps), column, value)


def refuse(file: YamlFile[Any], steps: Steps, value: str, reason: str) -> Refused:
    """The refusal of a part of a file; the last word among the steps names the column."""
    words = [step for step in steps if isinstance(step, str)]
    return Refused(place_of(file, steps, words[-1] if words else None, value), reason)


def joint_id(kind: str, target: str) -> str:
    """What those share who answer together: ``joint:group-head:division:5305``."""
    return f"joint:{kind}:{target}"
