"""Checkpoints (检查点): the name of the state after one write, for those who want to go on from there.

``57@2026-11-25T13:51:36.123456Z``: the write's number in the journal and its recorded time, which together no other
store has; ``0`` is the state before the first write. A store that was restored from a backup counts on with other
writes: the time tells them apart.
"""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct

from graph_model.errors import BadDateError, BadUserInputError
from graph_model.instants import instant_of, instant_text, microseconds_of, parse_instant

_FORM = re.compile(r"(?P<number>[1-9]\d{0,17})@(?P<moment>.+)", re.ASCII)
_EXAMPLE = "57@2026-11-25T13:51:36.123456Z, or 0 for the beginning"


class Checkpoint(Struct, frozen=True):
    """A write's number and its recorded time in microseconds; (0, 0) before the first."""

    number: int
    recorded_at: int

    @property
    def moment(self) -> datetime:
        """The recorded moment of the state, in UTC."""
        return instant_of(self.recorded_at)

    def __str__(self) -> str:
        return f"{self.number}@{instant_text(self.moment)}" if self.number else "0"


BEGINNING = Checkpoint(0, 0)


def parse_checkpoint(text: str, argument: str) -> Checkpoint:
    """The checkpoint of a text. Raises BadUserInputError."""
    if text == "0":
        return BEGINNING
    match = _FORM.fullmatch(text)
    try:
        if match is not None:
            return Checkpoint(int(match["number"]), microseconds_of(parse_instant(match["moment"])))
    except BadDateError:
        pass
    shown = text if len(text) <= 60 else text[:57] + "..."
    raise BadUserInputError(f"{argument}: {shown!r} is no checkpoint; one looks like {_EXAMPLE}")
