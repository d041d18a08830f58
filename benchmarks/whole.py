"""Suite whole (全图): what is asked of everything at once, of a facade that knows nothing yet, as after a write."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Final

from benchmarks.answers import WrongAnswerError
from benchmarks.figures import Figure, figure, median
from graph_model.exchange import Window
from graph_model.graph import ResponsibilityGraph
from graph_model.impact import find_exposed
from graph_model.questions.found import DUTY_UNMET
from graph_model.questions.gap_listing import Wish
from graph_model.views import Moment

THREE_YEARS: Final = Window(date(2016, 1, 1).toordinal(), date(2018, 12, 31).toordinal())
_PAGE: Final = 100
Opened = Callable[[], ResponsibilityGraph]


async def measure_whole(opened: Opened, moment: Moment, *, rounds: int) -> list[Figure]:
    """``opened``: gives a facade over the store that has not been asked anything. Raises WrongAnswerError."""
    figures: list[Figure] = []
    first: dict[str, list[float]] = {"calendar": [], "findings": []}
    again: list[float] = []
    for _ in range(rounds):
        graph = opened()
        try:
            cities = [
                node.id for node in (await graph.list_records("division", moment, first=_PAGE, kind="city")).records
            ]
            await graph.frame()
            started = time.perf_counter()
            _, calendar = await graph.gap_calendar(cities, THREE_YEARS)
            page = calendar.page(Wish(), first=_PAGE)
            first["calendar"].append(time.perf_counter() - started)
            started = time.perf_counter()
            _, calendar = await graph.gap_calendar(cities, Window(THREE_YEARS.first + 1, THREE_YEARS.last))
            other = calendar.page(Wish(), first=_PAGE)
            again.append(time.perf_counter() - started)
            if not 0 < other.total <= page.total:
                raise WrongAnswerError(f"gap calendar: {page.total} periods, and {other.total} without the first day")
        finally:
            await graph.close()
        graph = opened()
        try:
            await graph.frame()
            started = time.perf_counter()
            found = await graph.findings(moment, first=_PAGE, within=cities)
            first["findings"].append(time.perf_counter() - started)
            if not found.total:
                raise WrongAnswerError("findings: there are none in the whole city")
            await _check_findings(graph, moment, cities)
        finally:
            await graph.close()
    figures += [
        figure(
            "calendar.first",
            "gap calendar of the city, 2016 to 2018, first",
            median(first["calendar"]),
            "s",
            samples=rounds,
        ),
        figure("calendar.again", "... of other days, then", median(again), "s", samples=rounds),
        figure("findings.first", "findings of the whole graph, first", median(first["findings"]), "s", samples=rounds),
    ]
    return figures + await _measure_impact(opened, moment, rounds)


async def _check_findings(graph: ResponsibilityGraph, moment: Moment, cities: list[str]) -> None:
    """The duties that are surely not met are as many targets in the findings as periods in the day's calendar."""
    listed = 0
    for regime in (await graph.frame()).regimes:
        _, calendar = await graph.gap_calendar(cities, moment.window, regime=regime)
        listed += sum(total.certain for total in calendar.totals(Wish(), ()))
    page = await graph.findings(moment, first=1_000, code=DUTY_UNMET, within=cities)
    found = sum(len(row.targets) for row in page.rows)
    if page.has_next or found != listed:
        raise WrongAnswerError(f"findings: {found} targets lack a duty for sure; by the gap calendar {listed}")


async def _measure_impact(opened: Opened, moment: Moment, rounds: int) -> list[Figure]:
    """What comes of it if the post leaves that answers for the most: what ends, and all who are exposed."""
    graph = opened()
    try:
        cities = [node.id for node in (await graph.list_records("division", moment, first=_PAGE, kind="city")).records]
        _, loads = await graph.loads(cities, moment.day)
        posts = [load for load in loads.loads if load.assignee.startswith("post:")]
        post = max(posts, key=lambda load: (sum(load.by_level.values()), load.assignments, load.assignee))
        times: list[float] = []
        for counts in [False] + [True] * rounds * 4:
            started = time.perf_counter()
            impact = await graph.impact(post.assignee, moment.as_of)
            exposed = () if impact is None else await find_exposed(impact)
            if counts:
                times.append(time.perf_counter() - started)
            if impact is None or impact.assignee.id != post.assignee or not exposed:
                raise WrongAnswerError(
                    f"impact: nobody is exposed if {post.assignee} leaves, who has {post.assignments}"
                )
    finally:
        await graph.close()
    label = f"impact of the most loaded post ({post.assignments} assignments), median"
    return [figure("impact.median", label, median(times) * 1e3, "ms", samples=len(times))]
