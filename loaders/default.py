"""The data sets that ship with Zeren (默认数据集): regimes; for Baoshan divisions, facts, the fill; further sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from graph_model.errors import SourceError
from loaders.divisions import read_divisions
from loaders.joined import read_sets
from loaders.reading import Reading, Refused
from loaders.regimes import read_regimes
from loaders.source_facts import read_source
from loaders.synthetic import read_synthetic

PROJECT = Path(__file__).resolve().parent.parent
"""The project's folder, in which ``regimes/`` and ``data/`` lie."""

_CITY = "5305"
_SOURCE = "baoshan-2017"
_FILL = "synthetic-2017"


def shipped_editions(root: Path = PROJECT) -> list[Path]:
    """The files of the editions that ship, in the order of their days."""
    return sorted((root / "data" / "divisions" / _CITY).glob("*.csv"))


def read_default(
    root: Path | None = None, editions: Sequence[Path] | None = None, *, facts_only: bool = False
) -> list[Reading]:
    """The readings of all that ships (or of all that lies below ``root``), in the order of their origins.

    ``editions`` are files of divisions given by the user: of the shipped city they replace its files, of another city
    they come in addition. A file that cannot be read at all refuses its reading, and does not keep the others from
    being read; the source's facts are not read where the divisions that they speak of were refused, nor the synthetic
    fill where those facts were, nor further sets (``data/*/set.yaml``) where anything was. ``facts_only``: the fill is
    empty, so that a store that holds one gives it up, and of the sets only what is not SYNTHETIC is read.
    """
    root = _as_seen_from_here(PROJECT) if root is None else root
    given = None if editions is None else read_divisions(editions)
    if given is not None and given.origin in {f"divisions/{_CITY}", "divisions/unread"}:
        divisions, others = given, []
    else:
        divisions, others = read_divisions(shipped_editions(root)), [] if given is None else [given]
    readings = [*_attempt("regimes", lambda: read_regimes(root)), divisions, *others]
    if not divisions.refused:
        source = _attempt(_SOURCE, lambda: [read_source(root / "data" / _SOURCE, divisions)])
        readings += source
        if facts_only:
            readings.append(Reading(_FILL, (), 0, ()))
        elif not any(one.refused for one in source):
            readings.append(read_synthetic(root / "data" / _FILL, divisions, source[0]))
        if not any(one.refused for one in readings):
            readings += read_sets(root, readings, facts_only=facts_only)
    return sorted(readings, key=lambda reading: reading.origin)


def _attempt(origin: str, read: Callable[[], list[Reading]]) -> list[Reading]:
    """The readings, or one that was refused whole."""
    try:
        return read()
    except SourceError as error:
        return [Reading(origin, (error.place.file,), 0, (), (Refused(error.place, error.reason),))]


def _as_seen_from_here(folder: Path) -> Path:
    """A folder as people call it in reports: without what leads to the working folder."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder
