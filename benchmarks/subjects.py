"""What the benchmarks ask about (测试对象): found in the data set, never listed here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from msgspec import Struct

from graph_model.dates import certainty_on
from graph_model.graph import ResponsibilityGraph
from graph_model.records import Designation, Division, Household
from graph_model.search_keys import order_key
from graph_model.views import Frame, Moment, View

T = TypeVar("T")
N = TypeVar("N", Division, Household)

_PAGE = 1000


class Subject(Struct, frozen=True):
    """A village or household: its id, and its code on the day."""

    id: str
    code: str


class Subjects(Struct, frozen=True):
    """All villages, those that are asked about (the poor ones; where none is designated so, all), the households.

    Each in the order of their codes.
    """

    villages: tuple[Subject, ...]
    asked: tuple[Subject, ...]
    are_poor: bool
    households: tuple[Subject, ...]


class Contents(Struct, frozen=True):
    """The data set that was measured: its version, its day, and how much of it there is."""

    version: str
    reference_date: date
    counts: dict[str, dict[str, int]]
    villages: int
    poor_villages: int
    households: int


async def find_subjects(graph: ResponsibilityGraph, moment: Moment) -> Subjects:
    """The subjects of all cities of the data set."""
    villages: list[Subject] = []
    poor: list[Subject] = []
    for city in await _list_nodes(graph, moment, Division, "city"):
        view, listed = await graph.divisions(city.id, "village", moment)
        for row in listed:
            village = Subject(row.id, row.code)
            villages.append(village)
            if _is_poor(view, row.id):
                poor.append(village)
    households = [Subject(row.id, row.code) for row in await _list_nodes(graph, moment, Household)]
    return Subjects(tuple(villages), tuple(poor or villages), bool(poor), tuple(households))


async def describe_contents(graph: ResponsibilityGraph, moment: Moment, subjects: Subjects) -> Contents:
    """What the data set holds."""
    frame: Frame = await graph.frame()
    counts = {
        count.provenance.value: {"nodes": count.nodes, "relations": count.relations} for count in await graph.counts()
    }
    return Contents(
        version=frame.header.version,
        reference_date=moment.as_of,
        counts=counts,
        villages=len(subjects.villages),
        poor_villages=len(subjects.asked) if subjects.are_poor else 0,
        households=len(subjects.households),
    )


def spread_over(rows: Sequence[T], number: int) -> tuple[T, ...]:
    """At most ``number`` of some rows, evenly spread over them."""
    if len(rows) <= number:
        return tuple(rows)
    return tuple(rows[place * len(rows) // number] for place in range(number))


async def _list_nodes(graph: ResponsibilityGraph, moment: Moment, of: type[N], kind: str | None = None) -> list[N]:
    """All nodes of one type, by id."""
    nodes: list[N] = []
    after: str | None = None
    while True:
        tag = str(of.__struct_config__.tag)
        page = await graph.list_records(tag, moment, first=_PAGE, after=after, kind=kind)
        nodes += [record for record in page.records if isinstance(record, of)]
        if not page.has_next:
            return nodes
        after = order_key(page.records[-1])


def _is_poor(view: View, village: str) -> bool:
    return any(
        claim.kind == "poor" and certainty_on(claim.validity, view.moment.day).holds
        for claim in view.around.iter_claims(village, Designation)
    )
