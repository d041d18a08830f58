"""Assignments by their kinds, ends and provenances, page by page."""

from __future__ import annotations

import pytest

from graph_model.exchange import Wanted
from graph_model.records import Family, Provenance
from graph_model.stores.base import Store
from tests.conformance.graphs import DAY, assignment, holding, relation, since, write

LINKS = [
    assignment("post:b", "division:1"),
    assignment("post:a", "division:1"),
    assignment("post:a", "division:2"),
    assignment("post:a", "division:1", kind="helps"),
    assignment("post:c", "division:1", regime="second"),
    assignment("post:d", "division:1", since("2015", "2016")),
    relation(Family.RESPONSIBILITY, "leads", "post:e", "division:3", regime="first", provenance=Provenance.SYNTHETIC),
    holding("person:1", "post:a"),
]


def wanted(**more: object) -> Wanted:
    return Wanted(**{"kinds": ("helps", "leads"), "regimes": ("first",), **more})  # type: ignore[arg-type]


async def found(store: Store, asked: Wanted, first: int = 9, after: tuple[str, str] | None = None) -> list[str]:
    page = await store.assignments(asked, DAY, first=first, after=after)
    return [f"{row.kind} {row.source}~{row.target}" for row in page.relations]


async def test_all_are_by_kind_and_id(store: Store) -> None:
    await write(store, LINKS)
    assert await found(store, wanted()) == [
        "helps post:a~division:1",
        "leads post:a~division:1",
        "leads post:a~division:2",
        "leads post:b~division:1",
        "leads post:e~division:3",
    ]


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        ({"kinds": ("helps",)}, ["helps post:a~division:1"]),
        ({"kinds": ()}, []),
        ({"regimes": ("second",)}, ["leads post:c~division:1"]),
        ({"assignee": "post:b"}, ["leads post:b~division:1"]),
        ({"target": "division:2"}, ["leads post:a~division:2"]),
        ({"assignee": "post:a", "target": "division:1", "kinds": ("leads",)}, ["leads post:a~division:1"]),
        ({"provenances": ("SYNTHETIC",)}, ["leads post:e~division:3"]),
        ({"provenances": ()}, []),
        ({"assignee": "post:none"}, []),
        ({"target": "division:\x00"}, []),
    ],
)
async def test_only_what_is_wanted(store: Store, filters: dict[str, object], rows: list[str]) -> None:
    await write(store, LINKS)
    assert await found(store, wanted(**filters)) == rows


@pytest.mark.parametrize("end", [{}, {"assignee": "post:a"}])
async def test_pages_follow_each_other(store: Store, end: dict[str, object]) -> None:
    await write(store, LINKS)
    whole, walked, after = await found(store, wanted(**end)), [], None
    while True:
        page = await store.assignments(wanted(**end), DAY, first=1, after=after)
        assert page.total == len(whole)
        walked += [f"{row.kind} {row.source}~{row.target}" for row in page.relations]
        after = (page.relations[-1].kind, page.relations[-1].id)
        if not page.has_next:
            break
    assert walked == whole


async def test_a_page_stays_right_when_what_was_seen_goes_and_others_come(store: Store) -> None:
    await write(store, LINKS)
    page = await store.assignments(wanted(), DAY, first=2)
    last = page.relations[-1]
    rest = [link for link in LINKS if link.id != last.id]
    await write(store, [*rest, assignment("post:0", "division:1"), assignment("post:z", "division:1")], at=2_000)
    assert await found(store, wanted(), after=(last.kind, last.id)) == [
        "leads post:a~division:2",
        "leads post:b~division:1",
        "leads post:e~division:3",
        "leads post:z~division:1",
    ]


async def test_an_earlier_moment(store: Store) -> None:
    await write(store, LINKS, at=1_000)
    await write(store, [], at=2_000)
    now = await store.assignments(wanted(), DAY, first=9)
    then = await store.assignments(wanted(), DAY, first=9, recorded_as_of=1_500)
    assert (now.total, then.total) == (0, 5)
