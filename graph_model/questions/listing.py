"""The divisions of a level, and the assets, within a place on a day (区划列表、责任对象列表)."""

from __future__ import annotations

from msgspec import Struct

from graph_model.dates import Certainty
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.naming import code_on
from graph_model.questions.ways import Ways
from graph_model.records import Asset, Division


class ListedAsset(Struct, frozen=True, order=True):
    """One row: its code, its id, and whether it surely lies there."""

    code: str
    id: str
    is_certain: bool

    @property
    def certainty(self) -> Certainty:
        """CERTAIN or POSSIBLE."""
        return Certainty.CERTAIN if self.is_certain else Certainty.POSSIBLE


class ListedDivision(Struct, frozen=True, order=True):
    """One row: its code on the day, its id, and whether it surely lies there."""

    code: str
    id: str
    is_certain: bool

    @property
    def certainty(self) -> Certainty:
        """CERTAIN or POSSIBLE."""
        return Certainty.CERTAIN if self.is_certain else Certainty.POSSIBLE


def list_divisions(around: Neighbourhood, within: str, level: str, day: int, ways: Ways) -> tuple[ListedDivision, ...]:
    """The divisions of a level that lie, CERTAIN or POSSIBLE, within a division on the day: by code, then id."""
    rows = []
    for node in around.iter_nodes():
        if isinstance(node, Division) and node.level == level:
            certainty = ways.certainty_of(node.id, within)
            if certainty.holds:
                code = code_on(around, node.id, day).text
                rows.append(ListedDivision(code, node.id, certainty is Certainty.CERTAIN))
    return tuple(sorted(rows))


def list_assets(around: Neighbourhood, within: str, kind: str | None, ways: Ways) -> tuple[ListedAsset, ...]:
    """The assets, of a kind or of any, that lie, CERTAIN or POSSIBLE, within a node on the day: by code, then id."""
    rows = []
    for node in around.iter_nodes():
        if isinstance(node, Asset) and kind in {None, node.kind}:
            certainty = ways.certainty_of(node.id, within)
            if certainty.holds:
                rows.append(ListedAsset(node.code, node.id, certainty is Certainty.CERTAIN))
    return tuple(sorted(rows))
