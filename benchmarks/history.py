"""Suite history (沿革): a chain as of an earlier moment or another day, with a million entries in the journal."""

from __future__ import annotations

from datetime import date
from time import perf_counter
from typing import NamedTuple

from benchmarks.answers import WrongAnswerError
from benchmarks.figures import Figure, figure, median
from benchmarks.journal import write_journal
from benchmarks.starting import measure_start
from benchmarks.subjects import Subject, Subjects, spread_over
from benchmarks.writing import list_assignments
from graph_model.graph import ResponsibilityGraph
from graph_model.stores.opening import file_of, open_store
from graph_model.views import Moment

_ASSIGNMENTS = 250_000


class Asked(NamedTuple):
    """A moment to ask about: the name of its figure, and what it is called."""

    name: str
    label: str
    moment: Moment


async def write_history(url: str, entries: int) -> None:
    """Write assignments anew in turn until the journal has so many entries: the rows that edits leave (``journal``)."""
    path = file_of(url)
    if path is None:
        raise ValueError(f"{url} is no file")
    graph = ResponsibilityGraph(open_store(url, "writer"))
    try:
        relations = await list_assignments(graph, await graph.moment(), _ASSIGNMENTS)
    finally:
        await graph.close()
    write_journal(path, [relation.id for relation in relations], entries)


async def measure_history(
    url: str,
    graph: ResponsibilityGraph,
    moment: Moment,
    subjects: Subjects,
    *,
    villages: int,
    rounds: int,
    starts: int,
) -> list[Figure]:
    """Chains as of each moment in turn, village by village, so that each ratio is of neighbours. WrongAnswerError."""
    day = moment.day
    entries = (await graph.journal(first=1)).total
    early, tenth, half = [(await graph.checkpoint_of(entries // part)).recorded_at for part in (50, 10, 2)]
    asked = [
        Asked("present", "now", Moment(day)),
        Asked("fiftieth", "as known after a fiftieth of the entries", Moment(day, early)),
        Asked("tenth", "as known after a tenth of them", Moment(day, tenth)),
        Asked("half", "as known after half of them", Moment(day, half)),
        Asked("later-day", "as of 2019-01-01", Moment(date(2019, 1, 1).toordinal())),
        Asked("earlier-day", "as of 2016-12-31", Moment(date(2016, 12, 31).toordinal())),
    ]
    took: dict[str, list[float]] = {each.name: [] for each in asked}
    for is_counted in [False] + [True] * rounds:
        for subject in spread_over(subjects.asked, villages):
            lengths = set()
            for each in asked:
                begun = perf_counter()
                length = await _length(graph, subject, each.moment)
                if is_counted:
                    took[each.name].append(perf_counter() - begun)
                if each.moment.day == day:
                    lengths.add(length)
            if len(lengths) > 1:
                raise WrongAnswerError(f"{subject.id}: chains have {lengths} links, though the edits changed none")
    present = median(took["present"])
    label, times = "chain of a village now, median", took["present"]
    figures = [
        figure("history.entries", "entries in the journal", entries, ""),
        figure("history.present", label, present * 1e3, "ms", samples=len(times)),
    ]
    for each in asked[1:]:
        times = took[each.name]
        ratio = median(times) / present
        figures.append(
            figure(f"history.{each.name}", f"... {each.label}, as a multiple", ratio, "x", samples=len(times))
        )
    (first, *_) = await measure_start(url, moment.as_of, starts=starts)
    label = "from that file to the first right answer, median"
    figures.append(figure("history.first-answer", label, first.value, "s", samples=starts))
    return figures


async def _length(graph: ResponsibilityGraph, subject: Subject, moment: Moment) -> int:
    view = await graph.view([subject.id], moment)
    return len(view.chain(subject.id).links)
