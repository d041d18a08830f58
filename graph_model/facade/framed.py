"""What every question begins with (框架): the header of the data set, the moment, what is around some targets.

The header (reference date, regimes, coverages) is kept and read again as soon as an answer shows that the store has
been written since; those of earlier recorded moments are kept by their generation, of which nothing can change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import Enum
from functools import cached_property

from graph_model.dates import parse_day
from graph_model.errors import (
    NotRecordedYetError,
    StoreUnavailableError,
)
from graph_model.exchange import (
    Header,
    Page,
)
from graph_model.instants import instant_of, instant_text
from graph_model.records import (
    Measure,
)
from graph_model.regime_file import decode_regime
from graph_model.stores.base import Store
from graph_model.views import Frame, Moment, View
from graph_model.watching import WATCH_SECONDS

_FRAMES_KEPT = 16
_EVIDENCE_KEPT = 4


class DefaultDate(Enum):
    """The day of a question that names none: the data set's reference date, or today."""

    REFERENCE = "reference"
    TODAY = "today"


class Framed:
    """The part of the facade that knows what holds for the whole data set."""

    def __init__(
        self,
        store: Store,
        *,
        default_date: DefaultDate = DefaultDate.REFERENCE,
        today: Callable[[], date] = date.today,
        watch_seconds: float = WATCH_SECONDS,
    ) -> None:
        """``watch_seconds``: how often the store is asked for new writes while somebody waits for one."""
        self._store = store
        self._default_date = default_date
        self._today = today
        self._watch_seconds = watch_seconds
        self._frame: Frame | None = None
        self._frames: dict[int, Frame] = {}

    async def frame(self, generation: int | None = None, recorded_as_of: int | None = None) -> Frame:
        """The frame of a recorded moment, read again if ``generation``, that of an answer at the moment, is another.

        Raises StoreUnavailableError for a store without a data set, NotRecordedYetError where it had none then.
        """
        if generation is None and recorded_as_of is None and self._frame is not None:
            return self._frame
        known = self._frames.get(-1 if generation is None else generation)
        if known is None:
            header = await self._store.header(recorded_as_of)
            known = self._frames.get(header.generation) or await self._make_frame(header, recorded_as_of)
        if recorded_as_of is None and (self._frame is None or known.header.generation > self._frame.header.generation):
            self._frame = known
        return known

    async def _make_frame(self, header: Header, recorded_as_of: int | None) -> Frame:
        if header.dataset is None:
            if recorded_as_of is not None:
                await self._refuse_moment(recorded_as_of)
            raise StoreUnavailableError("the store holds no data set yet: run `python -m loaders load`")
        # The data set's own in its order, the first of them the default; then whatever else was loaded.
        loaded = header.regimes
        codes = [*header.dataset.regimes, *sorted(loaded.keys() - set(header.dataset.regimes))]
        regimes = {code: decode_regime(loaded[code]) for code in codes if code in loaded}
        if header.dataset.regimes[0] not in regimes:
            raise StoreUnavailableError(f"the store lacks the regime {header.dataset.regimes[0]!r} of its data set")
        frame = Frame(header, header.dataset, regimes)
        while len(self._frames) >= _FRAMES_KEPT:
            del self._frames[next(iter(self._frames))]
        self._frames[header.generation] = frame
        return frame

    async def _refuse_moment(self, recorded_as_of: int) -> None:
        """Raises NotRecordedYetError if something was written after the moment."""
        first = (await self._store.journal(first=1, before=2)).entries
        if first and (await self._store.header()).dataset is not None:
            asked, begun = instant_text(instant_of(recorded_as_of)), instant_text(instant_of(first[0].recorded_at))
            raise NotRecordedYetError(f"no data set was recorded yet at {asked}: the first write was at {begun}")

    @property
    def today(self) -> date:
        """The day that it is."""
        return self._today()

    async def refresh(self) -> Frame:
        """The frame, read anew from the store."""
        return await self.frame(generation=-1)

    async def moment(self, as_of: date | None = None, recorded_as_of: int | None = None) -> Moment:
        """The moment of a question: the given day, or the default one as it was known then.

        Raises NotRecordedYetError for a recorded moment before there was a data set.
        """
        if recorded_as_of is not None:
            await self.frame(None, recorded_as_of)
        if as_of is not None:
            return Moment(as_of.toordinal(), recorded_as_of)
        if self._default_date is DefaultDate.TODAY:
            return Moment(self._today().toordinal(), recorded_as_of)
        frame = await self.frame(-1, recorded_as_of)
        return Moment(parse_day(frame.dataset.reference_date).toordinal(), recorded_as_of)

    async def view(self, keys: Sequence[str], moment: Moment) -> View:
        """What is around some targets (ids or codes) at a moment; one round trip."""
        around = await self._store.neighbourhood(keys, moment.window, moment.recorded_as_of)
        return View(around, moment, await self.frame(around.generation, moment.recorded_as_of))

    async def find_id(self, key: str, moment: Moment) -> str | None:
        """The id of what a code means on the day (or the id itself), if there is such a thing."""
        return (await self.view([key], moment)).find(key)

    async def lookup(self, ids: Sequence[str], moment: Moment) -> View:
        """Some nodes with their claims, without relations."""
        around = await self._store.lookup(ids, moment.recorded_as_of)
        return View(around, moment, await self.frame(around.generation, moment.recorded_as_of))

    async def list_records(
        self,
        record_type: str,
        moment: Moment,
        *,
        first: int,
        after: str | None = None,
        kind: str | None = None,
        prefix: str = "",
    ) -> Page:
        """A page of the records of one type, by id, those whose ids begin like ``prefix``; findings: ``findings``."""
        return await self._store.list_records(
            record_type, first=first, after=after, kind=kind, prefix=prefix, recorded_as_of=moment.recorded_as_of
        )

    @cached_property
    def _evidence(self) -> dict[tuple[int, str], Mapping[str, Sequence[Measure]]]:
        return {}

    async def evidence(self, kind: str, moment: Moment) -> Mapping[str, Sequence[Measure]]:
        """All that was done of a kind, by who did it and to whom (ids), as known at a moment; read once a write."""
        key = ((await self.frame(-1, moment.recorded_as_of)).header.generation, kind)
        known = self._evidence.get(key)
        if known is None:
            done: dict[str, list[Measure]] = {}
            for measure in await self.list_measures(moment, kind=kind):
                for end in {*measure.by, *measure.to}:
                    done.setdefault(end, []).append(measure)
            while len(self._evidence) >= _EVIDENCE_KEPT:
                del self._evidence[next(iter(self._evidence))]
            known = self._evidence[key] = done
        return known

    async def list_measures(
        self,
        moment: Moment,
        *,
        of: str | None = None,
        by: str | None = None,
        clause: str | None = None,
        kind: str | None = None,
    ) -> tuple[Measure, ...]:
        """What was done to one node (``of``), by one (``by``), on one clause, of one kind, or all of it; by id."""
        found: list[Measure] = []
        after: str | None = None
        while True:
            page = await self.list_records("measure", moment, first=1_000, after=after, kind=kind)
            found += [
                record
                for record in page.records
                if isinstance(record, Measure)
                and (of is None or of in record.to)
                and (by is None or by in record.by)
                and (clause is None or record.basis.clause == clause)
            ]
            if not page.has_next:
                return tuple(found)
            after = page.records[-1].id
