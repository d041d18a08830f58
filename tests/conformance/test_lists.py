"""Pages: relations of a node, records of a type, counts, the header and the dump."""

from __future__ import annotations

import pytest

from graph_model.dates import Validity
from graph_model.errors import BadUserInputError
from graph_model.exchange import Count, End, Hit
from graph_model.records import (
    AnyRecord,
    Basis,
    Coverage,
    Dataset,
    Fact,
    Family,
    Finding,
    Provenance,
    RegimeContent,
    Roster,
    Severity,
    Text,
    decode,
    encode,
)
from graph_model.stores.base import Store
from tests.conformance.graphs import (
    DAY,
    SOURCE,
    assignment,
    division,
    ids_of,
    name_of,
    organization,
    part_of,
    person,
    post,
    since,
    write,
)

WORDS = Text(zh="文", en="text")
LINKS = [
    assignment("post:b", "division:1", kind="leads"),
    assignment("post:a", "division:1", kind="leads"),
    assignment("post:c", "division:1", kind="in-charge"),
    assignment("post:a", "division:2", kind="leads"),
]


def finding(key: str, severity: Severity, code: str) -> Finding:
    return Finding(id=f"finding:{key}", provenance=SOURCE, code=code, severity=severity, message=WORDS)


def fact(key: str, clause: str, position: int) -> Fact:
    return Fact(
        id=f"fact:{key}",
        provenance=SOURCE,
        basis=Basis(clause=clause),
        subject=WORDS,
        measure=WORDS,
        period="2017",
        position=position,
    )


async def test_relations_are_in_the_order_of_kind_and_other_end(store: Store) -> None:
    await write(store, LINKS)
    pages = await store.relations(["division:1"], Family.RESPONSIBILITY, End.TARGET, DAY, first=9)
    assert [(each.kind, each.source) for each in pages["division:1"].relations] == [
        ("in-charge", "post:c"),
        ("leads", "post:a"),
        ("leads", "post:b"),
    ]


async def test_relations_continue_behind_the_last_one_seen(store: Store) -> None:
    await write(store, LINKS)
    asked = (["division:1"], Family.RESPONSIBILITY, End.TARGET, DAY)
    first = (await store.relations(*asked, first=2))["division:1"]
    last = first.relations[-1]
    rest = (await store.relations(*asked, first=2, after=(last.kind, last.source, last.id)))["division:1"]
    assert (len(first.relations), first.total, first.has_next) == (2, 3, True)
    assert (ids_of(rest.relations), rest.total, rest.has_next) == (["responsibility:leads:post:b~division:1"], 3, False)


async def test_every_node_has_its_own_page(store: Store) -> None:
    await write(store, LINKS)
    pages = await store.relations(
        ["post:a", "post:b", "post:z", "\0", "\ud800"], Family.RESPONSIBILITY, End.SOURCE, DAY, first=9
    )
    assert {node: page.total for node, page in pages.items()} == {
        "post:a": 2,
        "post:b": 1,
        "post:z": 0,
        "\0": 0,
        "\ud800": 0,
    }


async def test_relations_of_another_family_are_left_away(store: Store) -> None:
    await write(store, [*LINKS, part_of("post:a", "division:1")])
    pages = await store.relations(["post:a"], Family.CONTAINMENT, End.SOURCE, DAY, first=9)
    assert pages["post:a"].total == 1


async def test_relations_of_another_time_are_left_away(store: Store) -> None:
    await write(store, [assignment("post:a", "division:1", since("2015", "2016"))])
    pages = await store.relations(["post:a"], Family.RESPONSIBILITY, End.SOURCE, DAY, first=9)
    assert (pages["post:a"].relations, pages["post:a"].total) == ((), 0)


async def test_relations_can_be_those_of_some_regimes(store: Store) -> None:
    links = [assignment("post:a", f"division:{regime}", regime=regime) for regime in ("first", "second", "third")]
    await write(store, links)
    asked = (["post:a"], Family.RESPONSIBILITY, End.SOURCE, DAY)
    some = await store.relations(*asked, first=9, regimes=["first", "third"])
    none = await store.relations(*asked, first=9, regimes=[])
    assert [each.regime for each in some["post:a"].relations] == ["first", "third"]
    assert none["post:a"].total == 0


async def test_a_page_of_none_says_whether_there_are_any(store: Store) -> None:
    await write(store, LINKS)
    pages = await store.relations(["division:1"], Family.RESPONSIBILITY, End.TARGET, DAY, first=0)
    assert (pages["division:1"].relations, pages["division:1"].total, pages["division:1"].has_next) == ((), 3, True)


async def test_findings_are_ordered_by_severity_code_and_id(store: Store) -> None:
    await write(
        store,
        [
            finding("a", Severity.INFO, "A"),
            finding("b", Severity.ERROR, "B"),
            finding("c", Severity.ERROR, "A"),
            finding("d", Severity.WARNING, "A"),
        ],
    )
    page = await store.list_records("finding", first=9)
    assert ids_of(page.records) == ["finding:c", "finding:b", "finding:d", "finding:a"]


async def test_facts_are_ordered_by_clause_and_position(store: Store) -> None:
    await write(store, [fact("a", "2.1", 1), fact("b", "1.2", 10), fact("c", "1.2", 9)])
    page = await store.list_records("fact", first=9)
    assert ids_of(page.records) == ["fact:c", "fact:b", "fact:a"]


async def test_a_list_continues_behind_the_last_key_seen(store: Store) -> None:
    await write(store, [person(key) for key in "dbca"])
    page = await store.list_records("person", first=2, after="person:a")
    assert (ids_of(page.records), page.total, page.has_next) == (["person:b", "person:c"], 4, True)


async def test_a_list_can_be_of_one_kind(store: Store) -> None:
    await write(store, [division("1", "county"), division("2", "village"), division("3", "village")])
    page = await store.list_records("division", first=9, kind="village")
    assert (ids_of(page.records), page.total) == (["division:2", "division:3"], 2)


async def test_findings_can_be_of_one_code(store: Store) -> None:
    await write(store, [finding("a", Severity.INFO, "A"), finding("b", Severity.ERROR, "B")])
    page = await store.list_records("finding", first=9, kind="A")
    assert (ids_of(page.records), page.total) == (["finding:a"], 1)


async def test_a_list_can_be_of_the_keys_with_a_prefix(store: Store) -> None:
    await write(store, [person(key) for key in ("a", "b1", "b2", "b3", "c")])
    page = await store.list_records("person", first=2, prefix="person:b")
    rest = await store.list_records("person", first=2, after="person:b2", prefix="person:b")
    assert (ids_of(page.records), page.total, page.has_next) == (["person:b1", "person:b2"], 3, True)
    assert (ids_of(rest.records), rest.total, rest.has_next) == (["person:b3"], 3, False)


async def test_a_prefix_and_a_kind_narrow_a_list_together(store: Store) -> None:
    await write(store, [division("11", "county"), division("12"), division("2")])
    page = await store.list_records("division", first=9, kind="village", prefix="division:1")
    assert (ids_of(page.records), page.total) == (["division:12"], 1)


@pytest.mark.parametrize("record_type", ["name", "relation", "dataset"])
async def test_a_list_of_any_type(store: Store, record_type: str) -> None:
    dataset = Dataset(
        id="dataset:d", provenance=SOURCE, name=WORDS, reference_date="2017-06-30", editions=(), regimes=("first",)
    )
    await write(store, [name_of("1", "甲", "jia"), part_of("division:1", "division:2"), dataset])
    assert (await store.list_records(record_type, first=9)).total == 1


async def test_an_unknown_type_is_refused_with_the_known_ones(store: Store) -> None:
    with pytest.raises(BadUserInputError, match="household"):
        await store.list_records("castle", first=1)


async def test_counts_are_by_provenance(store: Store) -> None:
    await write(
        store,
        [person("a"), person("b", Provenance.SYNTHETIC), name_of("1", "甲", "jia"), part_of("person:a", "person:b")],
    )
    assert await store.counts() == (
        Count(Provenance.SOURCE, 1, 1),
        Count(Provenance.DERIVED, 0, 0),
        Count(Provenance.SYNTHETIC, 1, 0),
    )


async def test_the_header_has_dataset_regimes_and_coverages(store: Store) -> None:
    dataset = Dataset(
        id="dataset:d", provenance=SOURCE, name=WORDS, reference_date="2017-06-30", editions=(), regimes=("first",)
    )
    regime = RegimeContent(id="regime:first", provenance=SOURCE, code="first", content="{}")
    coverages = [
        Coverage(id=f"coverage:{key}", provenance=SOURCE, roster=Roster.CONTAINMENT, validity=Validity(since="2016"))
        for key in "ba"
    ]
    await write(store, [dataset, regime, *coverages])
    header = await store.header()
    assert header.dataset == dataset
    assert header.regimes == {"first": regime}
    assert ids_of(header.coverages) == ["coverage:a", "coverage:b"]


async def test_the_header_follows_a_write(store: Store) -> None:
    await write(store, [person("a")])
    before = await store.header()
    await write(store, [RegimeContent(id="regime:first", provenance=SOURCE, code="first", content="{}")], "two")
    after = await store.header()
    assert (list(before.regimes), list(after.regimes)) == ([], ["first"])


async def test_the_dump_is_in_the_order_of_type_and_id(store: Store) -> None:
    records: list[AnyRecord] = [
        person("b"),
        person("a"),
        post("a"),
        organization("z"),
        part_of("division:1", "division:2"),
        name_of("1", "甲", "jia"),
        finding("a", Severity.INFO, "A"),
        finding("b", Severity.ERROR, "A"),
    ]
    await write(store, records)
    dumped = [decode(data).id async for _, data in store.dump()]
    assert dumped == [
        "finding:a",
        "finding:b",
        "name:division:1~1",
        "organization:z",
        "person:a",
        "person:b",
        "post:a",
        "containment:part-of:division:1~division:2",
    ]


async def test_the_dump_has_origins_and_canonical_bytes(store: Store) -> None:
    await write(store, [person("a")], "people")
    assert [row async for row in store.dump()] == [("people", encode(person("a")))]


async def test_the_dump_is_one_state_though_the_store_is_written_meanwhile(store: Store) -> None:
    await write(store, [person("a"), post("z")])
    seen = []
    async for _, data in store.dump():
        seen.append(decode(data).id)
        await write(store, [])
    assert seen == ["person:a", "post:z"]


async def test_a_dump_that_is_given_up_holds_nothing_back(store: Store) -> None:
    await write(store, [person("a"), person("b")])
    dump = store.dump()
    await anext(dump)
    await dump.aclose()  # type: ignore[attr-defined]
    assert (await write(store, [person("c")])).created == 1


async def test_a_cursor_that_no_store_can_hold_is_refused(store: Store) -> None:
    with pytest.raises(BadUserInputError):
        await store.list_records("person", first=1, after="\ud800")


async def test_a_cursor_with_an_endless_number_is_refused(store: Store) -> None:
    with pytest.raises(BadUserInputError):
        await store.search("a", DAY, first=1, after=Hit(1 << 80, 0, "", ""))


async def test_records_of_any_type_by_their_ids(store: Store) -> None:
    every: list[AnyRecord] = [person("a"), name_of("1", "甲", "jia"), LINKS[0], finding("1", Severity.INFO, "doubt")]
    await write(store, [*every, person("b")])
    assert await store.records([*(record.id for record in every), "person:none", "a\0b"]) == {
        record.id: record for record in every
    }


async def test_records_of_an_earlier_moment(store: Store) -> None:
    await write(store, [person("a")], at=1_000)
    await write(store, [person("a", Provenance.DERIVED)], at=2_000)
    assert [await store.records(["person:a"], moment) for moment in (999, 1_999, None)] == [
        {},
        {"person:a": person("a")},
        {"person:a": person("a", Provenance.DERIVED)},
    ]


async def test_an_origin_hands_over_what_is_current_of_it(store: Store) -> None:
    link = assignment("post:a", "division:1")
    await write(
        store, [person("a"), post("a"), link, name_of("1", "甲", "jia"), finding("f", Severity.INFO, "c")], "one"
    )
    await write(store, [person("b")], "other", at=2_000)
    await write(store, [person("a"), post("a", "镇长"), link], "one", at=3_000)
    found = sorted([record async for record in store.of_origin("one")], key=lambda record: record.id)
    assert found == [person("a"), post("a", "镇长"), link]
    assert len([record async for record in store.of_origin("one", 2_500)]) == 5
    assert [record async for record in store.of_origin("nobody")] == []
