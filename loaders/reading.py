"""What reading a source gives: records, how many rows were read, and every row that was refused (读取结果)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from graph_model.errors import Place
from graph_model.records import AnyRecord


class Refused(Struct, frozen=True):
    """A row that was not taken: file, row, column and value in ``place``, why, and what would help, in ``reason``."""

    place: Place
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class Reading(Struct, frozen=True):
    """All that one origin gives. ``origin`` names it for good (``divisions/5305``, ``baoshan-2017``)."""

    origin: str
    files: tuple[str, ...]
    rows: int
    records: Sequence[AnyRecord]
    refused: tuple[Refused, ...] = ()
