"""The whole graph as light rows."""

from __future__ import annotations

from graph_model.dates import Validity
from graph_model.exchange import Edit, EditRequest
from graph_model.outline import Outline
from graph_model.records import AnyRecord, Designation, Exemption, Vacancy
from graph_model.stores.base import Store, StoreReader
from tests.conformance.graphs import (
    SOURCE,
    assignment,
    code_of,
    division,
    holding,
    household,
    organization,
    part_of,
    person,
    post,
    since,
)
from tests.conformance.graphs import write as apply
from tests.graph_model.outlines import outline_of

SEEN = Validity(since="2017", observed=("2017-12-31",))
RECORDS: list[AnyRecord] = [
    division("1", "county"),
    division("2"),
    household("2-0001"),
    organization("o"),
    post("a"),
    person("x"),
    code_of("1", "1"),
    part_of("division:2", "division:1", since("[2016-08-01..2017-10-31]")),
    part_of("household:2-0001", "division:2"),
    part_of("post:a", "organization:absent"),
    holding("person:x", "post:a", since(None, "2018")),
    assignment("post:a", "division:1", SEEN),
    assignment("person:x", "household:2-0001", since("2016-02", ".."), kind="helps", regime="second"),
    Designation(id="designation:2~1", provenance=SOURCE, subject="division:2", kind="poor", validity=SEEN),
    Vacancy(id="vacancy:a~1", provenance=SOURCE, subject="post:a", validity=since("2018-01-01")),
    Exemption(id="exemption:2~1", provenance=SOURCE, subject="division:2", regime="first", duty="link", validity=SEEN),
]


def in_order(outline: Outline) -> Outline:
    """The same, with its rows sorted."""
    return Outline(
        0,
        {tag: dict(sorted(nodes.items())) for tag, nodes in outline.nodes.items()},
        {family: sorted(tuple(map(str, row)) for row in rows) for family, rows in outline.edges.items()},  # type: ignore[misc]
        {tag: sorted(tuple(map(str, row)) for row in rows) for tag, rows in outline.claims.items()},  # type: ignore[misc]
    )


async def test_it_has_all_that_duties_are_judged_by(store: Store) -> None:
    await apply(store, RECORDS)
    outline = await store.outline()
    assert in_order(outline) == in_order(outline_of(RECORDS))
    assert outline.generation == (await store.header()).generation


async def test_it_is_that_of_an_earlier_moment(store: Store) -> None:
    await apply(store, RECORDS, at=1_000)
    await apply(store, RECORDS[:5], at=2_000)
    assert in_order(await store.outline(1_000)) == in_order(outline_of(RECORDS))
    assert in_order(await store.outline(2_000)) == in_order(outline_of(RECORDS[:5]))
    assert in_order(await store.outline(999)) == in_order(outline_of([]))


async def test_whoever_decides_on_an_edit_can_ask_for_it(store: Store) -> None:
    await apply(store, RECORDS)
    seen: list[Outline] = []

    async def decide(reader: StoreReader) -> Edit:
        seen.append(await reader.outline())
        return Edit()

    await store.edit(decide, EditRequest("anna", "test"), recorded_at=2_000)
    assert in_order(seen[-1]) == in_order(outline_of(RECORDS))
