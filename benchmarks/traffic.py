"""Suite http (并发): VillageChain over HTTP, beside a raw response of the same bytes; the server's memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from benchmarks.answers import KNOWN_VILLAGE, WrongAnswerError, check_body, check_known_answer
from benchmarks.client import Exchange, Round, ask, drive
from benchmarks.figures import Better, Figure, figure, median, percentile
from benchmarks.machine import processor_seconds, resident_mebibytes
from benchmarks.operation import LANES, village_chain
from benchmarks.serving import Serving, serve_raw, serve_zeren
from benchmarks.subjects import Subject, Subjects, spread_over
from graph_model.graph import ResponsibilityGraph
from graph_model.views import Moment

CONNECTIONS: Final = (16, 1)
"""How many connections ask, one number after the other."""


class Side(Struct):
    """One of the two servers, what it is asked, and what its rounds took."""

    serving: Serving
    exchanges: Sequence[Exchange]
    rounds: list[Round]
    processor: list[float]
    """Processor time of the server, in seconds an answer."""

    async def run(self, connections: int, seconds: float) -> None:
        """One round."""
        before = processor_seconds(self.serving.process)
        done = await drive(
            self.serving.host, self.serving.port, self.exchanges, connections=connections, seconds=seconds
        )
        after = processor_seconds(self.serving.process)
        self.rounds.append(done)
        if before is not None and after is not None:
            self.processor.append((after - before) / len(done.latencies))

    @property
    def latencies(self) -> list[float]:
        """Those of all rounds."""
        return [latency for done in self.rounds for latency in done.latencies]


async def measure_traffic(
    url: str,
    graph: ResponsibilityGraph,
    moment: Moment,
    subjects: Subjects,
    *,
    villages: int,
    rounds: int,
    seconds: float,
    numbers: Sequence[int] = CONNECTIONS,
) -> list[Figure]:
    """The figures for each number of connections. Raises as ``serving``, ``client`` and ``answers`` do."""
    asked = spread_over(subjects.asked, villages)
    figures: list[Figure] = []
    with serve_zeren(url) as zeren:
        _, body = await ask(zeren.host, zeren.port, village_chain(zeren, KNOWN_VILLAGE, moment.as_of))
        check_known_answer(body)
        at_start = resident_mebibytes(zeren.process)
        content_type, exchanges = await _collect(zeren, graph, moment, asked)
        bodies = [exchange.body or b"" for exchange in exchanges]
        with serve_raw(bodies, content_type) as raw:
            beside = [
                Exchange(exchange.request.replace(b"/graphql", b"/%d" % place, 1), exchange.body)
                for place, exchange in enumerate(exchanges)
            ]
            for connections in numbers:
                ours, theirs = Side(zeren, exchanges, [], []), Side(raw, beside, [], [])
                for side in (ours, theirs):
                    await drive(
                        side.serving.host,
                        side.serving.port,
                        side.exchanges,
                        connections=connections,
                        seconds=seconds / 2,
                    )
                for _ in range(rounds):
                    await ours.run(connections, seconds)
                    await theirs.run(connections, seconds)
                figures += _figures(connections, ours, theirs)
        after = resident_mebibytes(zeren.process)
    size = sum(map(len, bodies)) / len(bodies) / 1024
    return [
        *figures,
        figure("http.body", "an answer's body, mean", size, "KiB", samples=len(bodies)),
        figure("memory.after-start", "memory of the server after its first answer", at_start, "MiB"),
        figure("memory.after-http", "memory of the server after the rounds", after, "MiB"),
    ]


async def _collect(
    zeren: Serving, graph: ResponsibilityGraph, moment: Moment, asked: Sequence[Subject]
) -> tuple[str, list[Exchange]]:
    """The content type of the answers, and each village's request with its answer, which was found right."""
    exchanges, content_type = [], ""
    for subject in asked:
        request = village_chain(zeren, subject.code, moment.as_of)
        head, body = await ask(zeren.host, zeren.port, request)
        view = await graph.view([subject.code], moment)
        check_body(body, subject.code, view.chain(subject.id, lanes=LANES), view)
        exchanges.append(Exchange(request, body))
        content_type = _header(head, "content-type")
    return content_type, exchanges


def _header(head: bytes, name: str) -> str:
    for line in head.decode("latin-1").split("\r\n"):
        given, _, value = line.partition(":")
        if given.lower() == name:
            return value.strip()
    raise WrongAnswerError(f"an answer without {name}: {head[:300]!r}")


def _figures(connections: int, ours: Side, theirs: Side) -> list[Figure]:
    """The ratio is the median over pairs of neighbouring rounds: what disturbs the machine disturbs both of a pair."""
    name, several = f"http.{connections}", f"{connections} connection{'s' if connections > 1 else ''}"
    times, answers = ours.latencies, len(ours.latencies)
    ratios = [mine.rate / raw.rate * 100 for mine, raw in zip(ours.rounds, theirs.rounds, strict=True)]
    pairs, raw_answers = len(ratios), len(theirs.latencies)
    figures = [
        figure(
            f"{name}.rate",
            f"VillageChain over {several}",
            median([done.rate for done in ours.rounds]),
            "1/s",
            samples=answers,
            better=Better.HIGHER,
        ),
        figure(f"{name}.p50", "... p50", median(times) * 1e3, "ms", samples=answers),
        figure(f"{name}.p99", "... p99", percentile(times, 99) * 1e3, "ms", samples=answers),
        figure(
            f"{name}.raw",
            "... the raw response of the same bytes",
            median([done.rate for done in theirs.rounds]),
            "1/s",
            samples=raw_answers,
            better=Better.HIGHER,
        ),
        figure(f"{name}.ratio", "... in per cent of it", median(ratios), "%", samples=pairs, better=Better.HIGHER),
    ]
    if ours.processor and theirs.processor:
        mine, raw = median(ours.processor) * 1e3, median(theirs.processor) * 1e3
        figures += [
            figure(f"{name}.processor", "... processor time an answer", mine, "ms", samples=pairs),
            figure(f"{name}.raw-processor", "... of the raw response", raw, "ms", samples=pairs),
            figure(
                f"{name}.processor-ratio",
                "... in per cent, the other way round",
                raw / mine * 100,
                "%",
                samples=pairs,
                better=Better.HIGHER,
            ),
        ]
    return figures
