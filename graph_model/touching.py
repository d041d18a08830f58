"""Everything that a change at some targets concerns (所及): they themselves, and all divisions within them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from graph_model.dates import Certainty
from graph_model.exchange import Window
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.listing import list_divisions
from graph_model.questions.naming import code_on
from graph_model.questions.ways import Ways
from graph_model.records import DIVISION_LEVELS, AnyTarget, Coverage, Division
from graph_model.stores.base import StoreReader


class Touched(Struct, frozen=True):
    """One target that is concerned: its level (None for what is no division), its code, whether it surely is."""

    level: str | None
    code: str
    node: AnyTarget
    certainty: Certainty
    around: Neighbourhood


async def gather_touched(
    reader: StoreReader,
    targets: Sequence[AnyTarget],
    own: Neighbourhood,
    day: int,
    coverages: Sequence[Coverage],
    recorded_as_of: int | None = None,
) -> tuple[Touched, ...]:
    """The targets and the divisions within them on a day, as known at a moment: by level from the highest, code and id.

    ``own``: where the targets' own claims are. Households are left away: they are their villages'.
    """
    found: dict[str, Touched] = {}
    for target in targets:
        if not isinstance(target, Division):
            found[target.id] = Touched(None, target.id, target, Certainty.CERTAIN, own)
            continue
        code = code_on(own, target.id, day).text
        found[target.id] = Touched(target.level, code, target, Certainty.CERTAIN, own)
        for level in DIVISION_LEVELS[DIVISION_LEVELS.index(target.level) + 1 :]:
            around = await reader.descendants(target.id, level, Window(day, day), recorded_as_of)
            ways = Ways(around, day, coverages)
            for row in list_divisions(around, target.id, level, day, ways):
                node, known = around.find_node(row.id), found.get(row.id)
                if isinstance(node, Division) and (known is None or known.certainty is not Certainty.CERTAIN):
                    found[row.id] = Touched(level, row.code, node, row.certainty, around)
    return tuple(sorted(found.values(), key=_order))


def _order(touched: Touched) -> tuple[int, str, str]:
    level = len(DIVISION_LEVELS) if touched.level is None else DIVISION_LEVELS.index(touched.level)
    return level, touched.code, touched.node.id
