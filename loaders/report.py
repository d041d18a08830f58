"""The report at the end of a load (装载报告): for each origin what was read, written and refused, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph_model.exchange import Written
from loaders.reading import Reading

_COLUMNS = ("origin", "files", "read", "refused", "created", "changed", "ended", "unchanged", "kept")


class Report(Struct, frozen=True):
    """What became of some readings; ``written`` is in their order, None where nothing was to be written."""

    readings: Sequence[Reading]
    written: Sequence[Written] | None = None
    store: str | None = None
    version: str | None = None

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return sum(len(reading.refused) for reading in self.readings)

    def lines(self) -> Iterator[str]:
        """The report, a line at a time: a table by origin, the outcome, then each refused row."""
        yield from _table(list(self._rows()))
        yield ""
        yield self._outcome()
        for reading in self.readings:
            for refused in reading.refused:
                yield f"refused: {refused}"

    def _rows(self) -> Iterator[tuple[str, ...]]:
        yield _COLUMNS
        for number, reading in enumerate(self.readings):
            counts = (len(reading.files), reading.rows, len(reading.refused))
            if self.written is None:
                yield reading.origin, *map(str, counts), *(["-"] * 5)
            else:
                one = self.written[number]
                yield (
                    reading.origin,
                    *map(str, (*counts, one.created, one.changed, one.ended, one.unchanged, one.kept)),
                )

    def _outcome(self) -> str:
        if self.refused:
            return f"nothing was written: {self.refused} refused"
        if self.written is None:
            records = sum(len(reading.records) for reading in self.readings)
            return f"all can be loaded: {records} records; nothing was written"
        touched = sum(one.created + one.changed + one.ended for one in self.written)
        outcome = f"{touched} records were written to" if touched else "nothing changed in"
        return f"{outcome} {self.store}; the data set's version is {self.version}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The first column to the left, figures to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        first, *others = (
            text.rjust(width) if column else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join((first, *others)).rstrip()
