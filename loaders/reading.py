"""What reading a source gives: records, how many rows were read, and every row that was refused (读取结果)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from graph_model.errors import Place
from graph_model.records import AnyRecord, Text


class Refused(Struct, frozen=True):
    """A row that was not taken: file, row, column and value in ``place``, why, and what would help, in ``reason``.

    ``reason_zh`` is the same in Chinese; None where those who read it are the ones who make the data.
    """

    place: Place
    reason: str
    reason_zh: str | None = None

    @classmethod
    def because(cls, place: Place, reason: Text) -> Refused:
        """A row that was not taken, with the reason in both languages."""
        return cls(place, reason.en, reason.zh)

    @property
    def text(self) -> Text:
        """The reason in both languages, in English where there is no Chinese one."""
        return Text(self.reason_zh or self.reason, self.reason)

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class Reading(Struct, frozen=True):
    """All that one origin gives. ``origin`` names it for good (``divisions/5305``, ``baoshan-2017``)."""

    origin: str
    files: tuple[str, ...]
    rows: int
    records: Sequence[AnyRecord]
    refused: tuple[Refused, ...] = ()
