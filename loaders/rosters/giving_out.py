"""An import as a file again (交还名册): written beside, read by the door it came by, given out only if all is there."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from graph_model.errors import BadUserInputError, Place, SourceError
from graph_model.importing import ORIGIN, read_origin
from graph_model.records import AnyRecord, Claim, Relation
from graph_model.regime_file import decode_regime
from graph_model.stores.base import StoreReader
from loaders.progress import Progress
from loaders.rosters.exporting import Exporter, UnsayableError, titles_of
from loaders.rosters.finding import Finder
from loaders.rosters.importing import Preview, preview
from loaders.rosters.mapping import ReadMapping
from loaders.rosters.reading import Request
from loaders.rosters.reading_register import read_live, read_register
from loaders.rosters.refused_lists import harmless
from loaders.rosters.template import write_template

_FORMS = frozenset({".csv", ".xlsx"})


async def write_roster(store: StoreReader, mapping: ReadMapping, name: str, out: Path, progress: Progress) -> int:
    """Write the rows of an import to a new file; how many there are.

    Raises BadUserInputError where there is no such import, SourceError for what its rows cannot say, StoreError.
    """
    if out.suffix.lower() not in _FORMS:
        raise SourceError(Place(out.as_posix()), f"is none of: {', '.join(sorted(_FORMS))}")
    records = await read_origin(store, ORIGIN.format(name))
    if not records:
        raise BadUserInputError(f"nothing that is current was imported as {name!r}")
    content = (await store.header()).regimes.get(mapping.content.regime or "")
    regime = None if content is None else decode_regime(content)
    register = await read_register(store)
    observed = _observed(records.values())
    finder = Finder(mapping.content, name, register, regime, records.__contains__, observed)
    try:
        header, *rows = titles_of(finder, Exporter(finder, records.values()).rows())
    except UnsayableError as error:
        raise SourceError(Place(name), f"{error} cannot be said by a row of {mapping.content.code}") from error
    with tempfile.TemporaryDirectory(prefix="zeren-") as folder:
        beside = Path(folder) / out.name
        if out.suffix.lower() == ".csv":
            _write_csv(beside, [header, *rows])
        else:
            write_template(mapping.content, register, await read_live(store), regime, beside, rows)
        again = await preview(store, Request(beside, mapping, name, None, observed), progress)
        _check_same(again)
        _give(beside, out)
    return len(rows)


def _observed(records: Iterable[AnyRecord]) -> str | None:
    """The day that an import speaks of. Raises SourceError where its records speak of several."""
    days = {each.validity.observed for each in records if isinstance(each, Relation | Claim)}
    if len(days) > 1 or any(len(each) > 1 for each in days):
        raise SourceError(Place("the import"), "speaks of several days: its rows cannot tell which")
    return next((day for each in days for day in each), None)


def _check_same(again: Preview) -> None:
    """Raises SourceError where the rows would not come back unchanged."""
    differing = [change.id for change in (*again.created, *again.changed, *again.ended)]
    if again.refused or differing:
        first = str(again.refused[0]) if again.refused else differing[0]
        raise SourceError(Place(again.name), f"its rows would not come back unchanged: {first}")


def _write_csv(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([harmless(cell) for cell in row] for row in rows)


def _give(beside: Path, out: Path) -> None:
    try:
        with beside.open("rb") as source, out.open("xb") as target:
            shutil.copyfileobj(source, target)
    except FileExistsError as error:
        raise SourceError(Place(out.as_posix()), "is there already, and is not written over") from error
    except OSError as error:
        raise SourceError(Place(out.as_posix()), f"cannot be written: {error.strerror or error}") from error
