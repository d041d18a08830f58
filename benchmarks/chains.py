"""Suite chain (责任链): the facade in this process, without HTTP and GraphQL."""

from __future__ import annotations

import time
from collections.abc import Sequence

from benchmarks.answers import WrongAnswerError, check_chain
from benchmarks.figures import Figure, figure, median, spread
from benchmarks.subjects import Subject, Subjects, spread_over
from graph_model.graph import ResponsibilityGraph
from graph_model.views import Moment


async def measure_chains(
    graph: ResponsibilityGraph, moment: Moment, subjects: Subjects, *, villages: int, households: int, rounds: int
) -> list[Figure]:
    """Chains of at most so many villages and households, evenly spread over them. Raises WrongAnswerError."""
    poor = "a poor village" if subjects.are_poor else "a village"
    asked = spread_over(subjects.asked, villages)
    figures = await _measure(graph, moment, asked, "chain.village", f"chain of {poor}", rounds)
    if subjects.households:
        asked = spread_over(subjects.households, households)
        figures += await _measure(graph, moment, asked, "chain.household", "chain of a household", rounds)
    return figures


async def _measure(
    graph: ResponsibilityGraph, moment: Moment, subjects: Sequence[Subject], name: str, label: str, rounds: int
) -> list[Figure]:
    """Each subject by its code, all its lanes; a round before those that count fills the caches."""
    fetching: list[float] = []
    questions: list[float] = []
    processor: list[float] = []
    for counts in [False] + [True] * rounds:
        for subject in subjects:
            used, started = time.thread_time(), time.perf_counter()
            view = await graph.view([subject.code], moment)
            fetched = time.perf_counter()
            meant = view.resolve(subject.code)
            if subject.id not in meant:
                raise WrongAnswerError(f"{subject.code}: it means {meant}, not {subject.id}")
            chain = view.chain(subject.id)
            answered, used = time.perf_counter(), time.thread_time() - used
            check_chain(chain, subject.id)
            if counts:
                fetching.append(fetched - started)
                questions.append(answered - fetched)
                processor.append(used)
    totals = [fetch + question for fetch, question in zip(fetching, questions, strict=True)]
    return [
        *spread(name, label, totals),
        figure(f"{name}.fetch", "... of it fetching, median", median(fetching) * 1e3, "ms", samples=len(totals)),
        figure(
            f"{name}.question", "... of it the question, median", median(questions) * 1e3, "ms", samples=len(totals)
        ),
        figure(f"{name}.processor", "... processor time, median", median(processor) * 1e3, "ms", samples=len(totals)),
    ]
