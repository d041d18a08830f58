"""The regimes that ship (制度): one reading a folder of ``regimes/``."""

from __future__ import annotations

from pathlib import Path

from graph_model.errors import Place, SourceError
from graph_model.regime_file import encode_regime, read_regime
from loaders.reading import Reading


def read_regimes(root: Path) -> list[Reading]:
    """A reading for each ``regimes/*/regime.yaml`` below a folder, by name.

    Raises SourceError for a wrong file, and where a folder is not named as its regime's code.
    """
    readings = []
    for path in sorted((root / "regimes").glob("*/regime.yaml")):
        name = path.relative_to(root).as_posix()
        regime = read_regime(path, name=name)
        if regime.code != path.parent.name:
            place = Place(name, column="code", value=regime.code)
            raise SourceError(place, f"must be the name of its folder, {path.parent.name!r}")
        readings.append(Reading(f"regimes/{regime.code}", (name,), 1, (encode_regime(regime),)))
    return readings
