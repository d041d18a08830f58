"""Suite start (启动): from an existing file to the first right answer over HTTP."""

from __future__ import annotations

import time
from datetime import date

from benchmarks.answers import KNOWN_VILLAGE, check_known_answer
from benchmarks.client import ask
from benchmarks.figures import Figure, figure, median
from benchmarks.machine import processor_seconds
from benchmarks.operation import village_chain
from benchmarks.serving import serve_zeren


async def measure_start(url: str, as_of: date, *, starts: int) -> list[Figure]:
    """Start the server, ask for the known village, stop it: several times. Raises as ``serving`` and ``answers`` do."""
    seconds, processor = [], []
    for _ in range(starts):
        started = time.perf_counter()
        with serve_zeren(url) as serving:
            _, body = await ask(serving.host, serving.port, village_chain(serving, KNOWN_VILLAGE, as_of))
            seconds.append(time.perf_counter() - started)
            check_known_answer(body)
            used = processor_seconds(serving.process)
            if used is not None:
                processor.append(used)
    label = "from the file to the first right answer"
    figures = [
        figure("start.first-answer", f"{label}, median", median(seconds), "s", samples=starts),
        figure("start.slowest", "... the slowest", max(seconds), "s", samples=starts),
    ]
    if processor:
        figures.append(figure("start.processor", "... processor time, median", median(processor), "s", samples=starts))
    return figures
