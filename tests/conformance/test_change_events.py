"""Change events: a store lists them by kind, and each division comes with the claims that lead to its own."""

from __future__ import annotations

from graph_model.change_events import change_id, parts_of
from graph_model.records import AnyRecord, ChangedBy, ChangeEvent, ChangeKind
from graph_model.stores.base import Store
from tests.conformance.graphs import DAY, SOURCE, code_of, division, part_of, since, write


def event(kind: ChangeKind, before: tuple[str, ...], after: tuple[str, ...]) -> ChangeEvent:
    return ChangeEvent(
        id=change_id(kind, (*before, *after)[0], "2017-01-01"),
        provenance=SOURCE,
        kind=kind,
        on="2017-01-01",
        before=before,
        after=after,
    )


CONVERTED = event(ChangeKind.CONVERTED, ("division:town",), ("division:street",))
CREATED = event(ChangeKind.CREATED, (), ("division:other",))
WORLD: list[AnyRecord] = [
    division("town"),
    division("street"),
    division("other"),
    code_of("town", "530502102", since(None, "2017-01-01")),
    code_of("street", "530502005", since("2017-01-01")),
    CONVERTED,
    CREATED,
    *parts_of(CONVERTED),
    *parts_of(CREATED),
]


async def test_events_are_listed_by_kind(store: Store) -> None:
    await write(store, WORLD)
    page = await store.list_records("change", first=9)
    assert page.records == (CONVERTED, CREATED)
    page = await store.list_records("change", first=9, kind="created")
    assert (page.records, page.total) == ((CREATED,), 1)


async def test_a_code_brings_the_way_to_the_events_of_one_that_ended(store: Store) -> None:
    await write(store, WORLD)
    around = await store.neighbourhood(["530502102"], DAY)
    assert [claim.event for claim in around.iter_claims("division:town", ChangedBy)] == [CONVERTED.id]


async def test_a_container_brings_the_way_to_its_events_too(store: Store) -> None:
    await write(store, [*WORLD, division("1"), part_of("division:1", "division:street")])
    around = await store.neighbourhood(["division:1"], DAY)
    assert [claim.event for claim in around.iter_claims("division:street", ChangedBy)] == [CONVERTED.id]


async def test_events_and_the_way_to_them_are_looked_up_by_id(store: Store) -> None:
    await write(store, WORLD)
    around = await store.lookup([CONVERTED.id, "division:street"])
    assert around.find_node(CONVERTED.id) == CONVERTED
    assert [claim.event for claim in around.iter_claims("division:street", ChangedBy)] == [CONVERTED.id]
