"""The light edges that checks of the whole graph go through."""

from __future__ import annotations

from graph_model.dates import Validity, limits
from graph_model.exchange import Edge, Vacated
from graph_model.records import AnyRecord, Family, Household, Vacancy
from graph_model.stores.base import Store
from tests.conformance.graphs import SOURCE, assignment, division, holding, organization, part_of, person, post, since
from tests.conformance.graphs import write as apply


async def edges_of(store: Store, recorded_as_of: int | None = None) -> dict[str, Edge | Vacated]:
    return {edge.id: edge async for edge in store.edges(recorded_as_of)}


async def test_an_edge_says_what_a_check_needs(store: Store) -> None:
    link = assignment("post:a", "division:1", since("2017", "2018-01-01"))
    await apply(store, [division("1", "county"), post("a"), link], "links")
    assert await edges_of(store) == {
        link.id: Edge(
            id=link.id,
            origin="links",
            family=Family.RESPONSIBILITY,
            kind="leads",
            regime="first",
            source="post:a",
            target="division:1",
            source_sort="post:secretary",
            target_sort="division:county",
            days=limits(link.validity),
        )
    }


async def test_sorts_are_types_and_kinds(store: Store) -> None:
    household = Household(id="household:1-0001", provenance=SOURCE, code="1-0001")
    nodes: list[AnyRecord] = [person("a"), organization("o"), household]
    await apply(store, [*nodes, part_of("person:a", "organization:o"), part_of("household:1-0001", "person:a")])
    found = await edges_of(store)
    sorts = {(edge.source_sort, edge.target_sort) for edge in found.values() if isinstance(edge, Edge)}
    assert sorts == {("person", "organization:office"), ("household", "person")}


async def test_an_end_without_a_record_has_no_sort(store: Store) -> None:
    link = holding("person:a", "post:a")
    await apply(store, [person("a"), link])
    edge = (await edges_of(store))[link.id]
    assert isinstance(edge, Edge)
    assert (edge.source_sort, edge.target_sort) == ("person", None)


async def test_vacancies_are_among_them(store: Store) -> None:
    validity = Validity(observed=("2017-06-30",))
    await apply(
        store, [Vacancy(id="vacancy:post:a~1", provenance=SOURCE, subject="post:a", validity=validity)], "seats"
    )
    assert await edges_of(store) == {
        "vacancy:post:a~1": Vacated("vacancy:post:a~1", "seats", "post:a", limits(validity))
    }


async def test_only_what_is_current(store: Store) -> None:
    first, second = part_of("division:1", "division:2"), part_of("division:2", "division:3")
    await apply(store, [first, second], at=1_000)
    await apply(store, [first], at=2_000)
    assert set(await edges_of(store)) == {first.id}
    assert set(await edges_of(store, 1_000)) == {first.id, second.id}
    assert await edges_of(store, 999) == {}


async def test_a_write_meanwhile_is_not_seen(store: Store) -> None:
    await apply(store, [part_of("division:1", "division:2"), part_of("division:2", "division:3")])
    seen = []
    async for edge in store.edges():
        seen.append(edge.id)
        await apply(store, [])
    assert len(seen) == 2


async def test_vacancies_come_first(store: Store) -> None:
    """Who checks holdings knows by then which posts are said to be vacant."""
    vacancy = Vacancy(id="vacancy:a~1", provenance=SOURCE, subject="post:a", validity=since("2017"))
    await apply(store, [person("a"), post("a"), holding("person:a", "post:a"), vacancy])
    assert [type(edge) async for edge in store.edges()] == [Vacated, Edge]
