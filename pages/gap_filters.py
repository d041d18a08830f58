"""Which gaps are asked for (缺口筛选), on a day or in a window."""

from __future__ import annotations

from graph_model.dates import Certainty
from graph_model.errors import BadUserInputError
from graph_model.questions.duties import GapCause
from graph_model.questions.gap_listing import UNMET


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
