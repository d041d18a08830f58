"""Which gaps are asked for (缺口筛选), on a day or in a window."""

from __future__ import annotations

from msgspec import structs

from graph_model.dates import Certainty
from graph_model.errors import BadUserInputError
from graph_model.questions.duties import GapCause
from graph_model.questions.gap_listing import UNMET
from pages.asking import Ask


def lane_as_lanes(ask: Ask) -> Ask:
    """An address in which ``lane`` stands for ``lanes``, which all other pages say."""
    lane = ask.value("lane")
    if lane is None:
        return ask
    lanes = (*(ask.lanes or ()), *filter(None, map(str.strip, lane.split(","))))
    values = {name: value for name, value in ask.values.items() if name != "lane"}
    return structs.replace(ask, lanes=lanes, values={**values, "lanes": ",".join(lanes)})


def read_causes(text: str | None) -> frozenset[GapCause]:
    """The causes that are asked for; what is not met where none is given. Raises BadUserInputError."""
    if text is None:
        return UNMET
    if text not in GapCause.__members__:
        raise BadUserInputError(f"cause: {text!r} is none; there are: {', '.join(GapCause.__members__)}")
    return frozenset({GapCause(text)})


def read_certainty(text: str | None) -> Certainty | None:
    """How sure a gap must be; None for any. Raises BadUserInputError."""
    if text is None:
        return None
    if text not in {"CERTAIN", "POSSIBLE"}:
        raise BadUserInputError(f"certainty: {text!r} is none; there are: CERTAIN, POSSIBLE")
    return Certainty(text)
