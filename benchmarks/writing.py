"""Suite writes (写入): single writes by many at a time, and what reading suffers while somebody writes.

In one process, as a server does both: questions on the event loop, writes decided and written in a thread beside it.
What is written is an edit (a record that is looked at and put anew) or a submission, as a person makes it: a correction
that is held against all rules of the regime, with what it would come to.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import count, cycle
from typing import Final, TypeAlias

import msgspec
from msgspec import Struct, field

from benchmarks.answers import WrongAnswerError, check_chain
from benchmarks.client import ask, post
from benchmarks.figures import Better, Figure, figure, median, percentile, spread
from benchmarks.serving import Serving, serve_zeren
from benchmarks.subjects import Subject, Subjects, spread_over
from graph_model.checkpoint import parse_checkpoint
from graph_model.dates import limits
from graph_model.editing.changes import CorrectRecord
from graph_model.exchange import Edit, EditRequest, Entry
from graph_model.graph import ResponsibilityGraph
from graph_model.records import Basis, Relation, Text
from graph_model.stores.base import StoreReader
from graph_model.submitting import Submission
from graph_model.views import Moment

WRITERS: Final = 16
WRITES_A_SECOND: Final = 100
_PAGE: Final = 1_000
_ASSIGNMENTS: Final = 5_000
_DAYS: Final = 28
_BASIS: Final = Basis(note=Text(zh="测试", en="benchmark"))
_CHECKPOINT: Final = b'{"query": "{ dataset { checkpoint } }"}'

Write: TypeAlias = Callable[[], Awaitable[Entry]]


class Work(Struct, frozen=True):
    """How much is measured: the villages to ask about, rounds of so many seconds, and writes to look out for."""

    villages: int
    rounds: int
    seconds: float
    seen: int


class Steady(Struct):
    """Writes at a steady rate: how long each took, and all seconds until the last one was acknowledged."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0


class Edits:
    """Writes, each other than all before it: an assignment was observed on one more day before the reference date.

    In turn over all assignments, on another day in each turn, so that there is always something to write.
    """

    def __init__(self, graph: ResponsibilityGraph, moment: Moment, relations: Sequence[Relation]) -> None:
        self._graph = graph
        self._relations = relations
        self._days = [Moment(moment.day - days).as_of.isoformat() for days in range(1, _DAYS + 1)]
        self._reference = moment.as_of.isoformat()
        self._numbers: Iterator[int] = count()

    async def put(self) -> Entry:
        """Write the next one as an edit; its entry in the journal. Raises WrongAnswerError where nothing came of it."""
        key, record, observed = self._next()

        async def decide(reader: StoreReader) -> Edit:
            present = (await reader.records([record]))[record]
            if not isinstance(present, Relation):
                raise WrongAnswerError(f"{record} is no assignment")
            validity = msgspec.structs.replace(present.validity, observed=observed)
            return Edit((msgspec.structs.replace(present, validity=validity, basis=_BASIS),))

        edited = await self._graph.edit(decide, EditRequest("benchmarks", "put", key=key, digest=key))
        if edited.entry is None or edited.is_repeated:
            raise WrongAnswerError(f"edit {key} of {record} was not written")
        return edited.entry

    async def submit(self) -> Entry:
        """Write the next one as a submission; likewise."""
        key, record, observed = self._next()
        change = CorrectRecord(basis=_BASIS, record=record, observed=observed)
        submitted = await self._graph.submit(Submission(changes=(change,), author="benchmarks", key=key))
        if submitted.entry is None or submitted.is_repeated:
            faults = [fault.message.en for fault in submitted.judgement.verdict.faults]
            raise WrongAnswerError(f"correction {key} of {record} was not written: {faults}")
        return submitted.entry

    def _next(self) -> tuple[str, str, tuple[str, ...]]:
        number = next(self._numbers)
        turn, place = divmod(number, len(self._relations))
        return str(number), self._relations[place].id, (self._days[turn % _DAYS], self._reference)


async def measure_writes(
    url: str, graph: ResponsibilityGraph, moment: Moment, subjects: Subjects, work: Work
) -> list[Figure]:
    """Sixteen writers; rounds of reading at rest and beside a hundred writes a second; a server that only reads.

    The graph's store, which lies at the URL, is written to. Raises as ``serving``, ``client`` and ``answers`` do.
    """
    edits = Edits(graph, moment, await list_assignments(graph, moment, _ASSIGNMENTS))
    seconds = work.seconds * work.rounds / 2
    figures = await _write_at_once("edits", edits.put, seconds)
    figures += await _write_at_once("submissions", edits.submit, seconds)
    figures += await _read_beside(graph, moment, spread_over(subjects.asked, work.villages), edits, work)
    with serve_zeren(url) as serving:
        figures += await _look_out(serving, edits, work.seen)
    return figures


async def list_assignments(graph: ResponsibilityGraph, moment: Moment, most: int) -> list[Relation]:
    """Assignments that an observation in the month before the day does not contradict; at most so many, in order."""
    found: list[Relation] = []
    after: tuple[str, str] | None = None
    while len(found) < most:
        page = await graph.list_assignments(moment, first=_PAGE, after=after)
        found += [
            relation
            for relation in page.relations
            if limits(relation.validity).possible_from <= moment.day - _DAYS
            and limits(relation.validity).possible_until > moment.day
        ]
        if not page.has_next:
            break
        after = (page.relations[-1].kind, page.relations[-1].id)
    if not found:
        raise WrongAnswerError("there are no assignments to write about")
    return found[:most]


async def _write_at_once(what: str, write: Write, seconds: float) -> list[Figure]:
    """All writers, each its next write as soon as the last one is acknowledged."""
    latencies: list[float] = []
    started = time.perf_counter()

    async def write_on() -> None:
        while (begun := time.perf_counter()) < started + seconds:
            await write()
            latencies.append(time.perf_counter() - begun)

    await asyncio.gather(*(write_on() for _ in range(WRITERS)))
    rate = len(latencies) / (time.perf_counter() - started)
    name = f"{what}.{WRITERS}"
    return [
        figure(
            f"{name}.rate",
            f"acknowledged {what}, {WRITERS} writers",
            rate,
            "1/s",
            samples=len(latencies),
            better=Better.HIGHER,
        ),
        *spread(name, "... how long one takes", latencies),
    ]


async def _read_beside(
    graph: ResponsibilityGraph, moment: Moment, asked: Sequence[Subject], edits: Edits, work: Work
) -> list[Figure]:
    """Chains at rest and beside writes, in turn, so that what disturbs the machine disturbs all of them."""
    await _read(graph, moment, asked, work.seconds)  # fills the caches
    kinds: dict[str, Write] = {"edits": edits.put, "submissions": edits.submit}
    resting: list[float] = []
    beside: dict[str, list[float]] = {what: [] for what in kinds}
    written = {what: Steady() for what in kinds}
    for _ in range(work.rounds):
        resting += await _read(graph, moment, asked, work.seconds)
        for what, write in kinds.items():
            async with _writing_steadily(write, written[what]):
                beside[what] += await _read(graph, moment, asked, work.seconds)
    figures = spread("reads.resting", "chain of a village, nobody writing", resting)
    for what in kinds:
        ratio = percentile(beside[what], 99) / percentile(resting, 99)
        latencies = written[what].latencies
        name, rate = f"reads.{what}", len(latencies) / written[what].seconds
        figures += [
            *spread(name, f"... beside {WRITES_A_SECOND} {what} a second", beside[what]),
            figure(f"{name}.ratio", "... p99, as a multiple of nobody writing", ratio, "x", samples=len(beside[what])),
            figure(
                f"{name}.rate", "... acknowledged meanwhile", rate, "1/s", samples=len(latencies), better=Better.HIGHER
            ),
            figure(f"{name}.acknowledged", "... how long one takes, median", median(latencies) * 1e3, "ms"),
        ]
    return figures


async def _look_out(serving: Serving, edits: Edits, number: int) -> list[Figure]:
    """From the acknowledgement of a write to the first answer that has it, of a server in another process."""
    request = post("/graphql", f"{serving.host}:{serving.port}", _CHECKPOINT)
    latencies: list[float] = []
    async with _writing_steadily(edits.put, Steady()):
        for _ in range(number):
            entry = await edits.put()
            acknowledged = time.perf_counter()
            while await _seen_by(serving, request) < entry.number:
                pass
            latencies.append(time.perf_counter() - acknowledged)
    label = f"until a server that only reads answers with a write, beside {WRITES_A_SECOND} a second"
    return [
        *spread("seen", label, latencies),
        figure("seen.slowest", "... the slowest", max(latencies) * 1e3, "ms", samples=len(latencies)),
    ]


async def _seen_by(serving: Serving, request: bytes) -> int:
    """The number of the last write that a server knows of."""
    _, body = await ask(serving.host, serving.port, request)
    return parse_checkpoint(msgspec.json.decode(body)["data"]["dataset"]["checkpoint"], "checkpoint").number


@asynccontextmanager
async def _writing_steadily(write: Write, steady: Steady) -> AsyncIterator[None]:
    """Writes at fixed times, whether or not the one before is acknowledged; ends when all are.

    Where the machine cannot keep up, and a second's worth of them waits, one is left out: the rate tells.
    """
    started = time.perf_counter()
    tasks: list[asyncio.Task[None]] = []
    under_way = 0

    async def write_one() -> None:
        nonlocal under_way
        under_way, begun = under_way + 1, time.perf_counter()
        await write()
        under_way -= 1
        steady.latencies.append(time.perf_counter() - begun)

    async def keep_on() -> None:
        for number in count():
            await asyncio.sleep(max(0.0, started + number / WRITES_A_SECOND - time.perf_counter()))
            if under_way < WRITES_A_SECOND:
                tasks.append(asyncio.create_task(write_one()))

    keeping_on = asyncio.create_task(keep_on())
    try:
        yield
    finally:
        keeping_on.cancel()
        await asyncio.wait([keeping_on])
    await asyncio.gather(*tasks)
    steady.seconds += time.perf_counter() - started


async def _read(graph: ResponsibilityGraph, moment: Moment, subjects: Sequence[Subject], seconds: float) -> list[float]:
    """One chain after the other, with the loop's other work in between: how long each took."""
    latencies: list[float] = []
    turns = cycle(subjects)
    ending = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < ending:
        subject = next(turns)
        view = await graph.view([subject.code], moment)
        if subject.id not in view.resolve(subject.code):
            raise WrongAnswerError(f"{subject.code} does not mean {subject.id} any longer")
        chain = view.chain(subject.id)
        latencies.append(time.perf_counter() - begun)
        check_chain(chain, subject.id)
        await asyncio.sleep(0)
    return latencies
