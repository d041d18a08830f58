"""The report at the end of a load (装载报告): for each origin what was read, written and refused, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph_model.exchange import Written
from loaders.reading import Reading, Refused

_COLUMNS = ("origin", "files", "read", "refused", "created", "changed", "ended", "unchanged", "kept")


class Read(Struct, frozen=True):
    """How much one origin gave: files, rows, records, and each row that was refused."""

    origin: str
    files: int
    rows: int
    records: int
    refused: Sequence[Refused]


class Report(Struct, frozen=True):
    """What became of some readings; ``written`` is in their order, None where nothing was to be written.

    It holds no record: asyncio prints the result of its main task, to throw the text away (12 s for all records).
    """

    read: Sequence[Read]
    written: Sequence[Written] | None = None
    store: str | None = None
    version: str | None = None

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return sum(len(one.refused) for one in self.read)

    def lines(self) -> Iterator[str]:
        """The report, a line at a time: a table by origin, the outcome, then each refused row."""
        yield from _table(list(self._rows()))
        yield ""
        yield self._outcome()
        for one in self.read:
            for refused in one.refused:
                yield f"refused: {refused}"

    def _rows(self) -> Iterator[tuple[str, ...]]:
        yield _COLUMNS
        for number, read in enumerate(self.read):
            counts = (read.files, read.rows, len(read.refused))
            if self.written is None:
                yield read.origin, *map(str, counts), *(["-"] * 5)
            else:
                one = self.written[number]
                yield read.origin, *map(str, (*counts, one.created, one.changed, one.ended, one.unchanged, one.kept))

    def _outcome(self) -> str:
        if self.refused:
            return f"nothing was written: {self.refused} refused"
        if self.written is None:
            records = sum(one.records for one in self.read)
            return f"all can be loaded: {records} records; nothing was written"
        touched = sum(one.created + one.changed + one.ended for one in self.written)
        outcome = f"{touched} records were written to" if touched else "nothing changed in"
        return f"{outcome} {self.store}; the data set's version is {self.version}"


def report_on(
    readings: Sequence[Reading],
    written: Sequence[Written] | None = None,
    *,
    store: str | None = None,
    version: str | None = None,
) -> Report:
    """The report on some readings."""
    read = [
        Read(reading.origin, len(reading.files), reading.rows, len(reading.records), reading.refused)
        for reading in readings
    ]
    return Report(read, written, store, version)


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The first column to the left, figures to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        first, *others = (
            text.rjust(width) if column else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join((first, *others)).rstrip()
