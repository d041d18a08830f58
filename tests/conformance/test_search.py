"""Search: grades, order, pages, and what time does to keys."""

from __future__ import annotations

import pytest

from graph_model.dates import Validity
from graph_model.exchange import Hit, Window
from graph_model.questions.naming import pick
from graph_model.records import Asset, Code
from graph_model.search_keys import normalise
from graph_model.stores.base import Store
from tests.conformance.graphs import (
    DAY,
    SOURCE,
    code_of,
    division,
    household,
    name_of,
    on,
    organization,
    part_of,
    post,
    since,
    write,
)


async def found(store: Store, text: str, window: Window = DAY) -> list[tuple[int, str]]:
    page = await store.search(normalise(text), window, first=100)
    assert page.total == len(page.hits)
    return [(hit.grade, hit.node) for hit in page.hits]


async def test_exact_comes_before_prefix_before_inside(store: Store) -> None:
    texts = {"1": ("大平地", "da ping di"), "2": ("平地坡", "ping di po"), "3": ("平地", "ping di")}
    await write(store, [record for key, text in texts.items() for record in (division(key), name_of(key, *text))])
    assert await found(store, "平地") == [(0, "division:3"), (1, "division:2"), (2, "division:1")]


@pytest.mark.parametrize("text", ["施甸县", "shidianxian", "Shī Diàn", "sdx", "dian", "dx", "530521", "5305", "甸"])
async def test_a_division_is_found_by(store: Store, text: str) -> None:
    await write(store, [division("1"), name_of("1", "施甸县", "shi dian xian"), code_of("1", "530521")])
    assert [node for _, node in await found(store, text)] == ["division:1"]


async def test_a_code_is_not_found_by_its_middle(store: Store) -> None:
    await write(store, [division("1"), code_of("1", "530521")])
    assert await found(store, "0521") == []


async def test_a_node_is_found_once_with_its_best_grade(store: Store) -> None:
    await write(
        store, [division("1"), name_of("1", "平地平地", "ping di ping di"), name_of("1", "平地", "ping di", word="2")]
    )
    assert await found(store, "平地") == [(0, "division:1")]


async def test_higher_levels_come_first_then_organisations_posts_assets(store: Store) -> None:
    asset = Asset(id="asset:a", provenance=SOURCE, code="a", kind="river", name="龙")
    await write(
        store,
        [
            asset,
            post("a", "龙", "long"),
            organization("a", "龙", "long"),
            division("v", "village"),
            name_of("v", "龙", "long"),
            division("c", "county"),
            name_of("c", "龙", "long"),
        ],
    )
    assert [node for _, node in await found(store, "龙")] == [
        "division:c",
        "division:v",
        "organization:a",
        "post:a",
        "asset:a",
    ]


async def test_equal_ranks_are_ordered_by_code(store: Store) -> None:
    for key, code in (("1", "9"), ("2", "8"), ("3", "7")):
        await write(store, [division(key), name_of(key, "龙", "long"), code_of(key, code)], key)
    page = await store.search("龙", DAY, first=9)
    assert page.hits == (Hit(0, 4, "7", "division:3"), Hit(0, 4, "8", "division:2"), Hit(0, 4, "9", "division:1"))


async def test_organisations_and_assets_have_their_code_posts_their_id(store: Store) -> None:
    asset = Asset(id="asset:a", provenance=SOURCE, code="reach-1", kind="river", name="龙")
    await write(store, [asset, organization("office", "龙", "long"), post("a", "龙", "long")])
    assert [hit.code for hit in (await store.search("龙", DAY, first=9)).hits] == ["office", "post:a", "reach-1"]


async def test_a_division_without_a_code_on_the_day_has_its_id(store: Store) -> None:
    await write(store, [division("1"), name_of("1", "龙", "long"), code_of("1", "5", since("2018"))])
    assert [hit.code for hit in (await store.search("龙", DAY, first=9)).hits] == ["division:1"]


@pytest.mark.parametrize("day", ["2015-01-01", "2016-07-31", "2017-06-30", "2017-10-31", "2018-05-05", "2020-01-01"])
async def test_the_code_is_the_one_that_naming_picks(store: Store, day: str) -> None:
    validities = [
        Validity(until="[2016-08-01..2017-10-31]", observed=("2016-07-31",)),
        Validity(since="[2016-08-01..2017-10-31]", observed=("2017-10-31",)),
        Validity(observed=("2016-07-31", "2018-05-05")),
        Validity(since="2014", until="2018-05-05"),
        Validity(since="2018"),
        Validity(until=".."),
    ]
    for first in range(len(validities)):
        for second in range(len(validities)):
            key = f"{first}{second}"
            claims = [
                code_of(key, f"b{key}", validities[first], "1"),
                code_of(key, f"a{key}", validities[second], "2"),
                code_of(key, f"a{key}", validities[second], "3"),
            ]
            await write(store, [division(key), name_of(key, "龙", "long"), *claims], key)
    page = await store.search("龙", on(day), first=100)
    around = await store.lookup([hit.node for hit in page.hits])
    for hit in page.hits:
        picked = pick(around.iter_claims(hit.node, Code), on(day).first)
        assert hit.code == (picked.text if picked else hit.node)


async def test_a_name_of_another_time_finds_nothing(store: Store) -> None:
    await write(store, [division("1"), name_of("1", "龙", "long", since(None, "2017"))])
    assert await found(store, "龙") == [(0, "division:1")]
    assert await found(store, "龙", on("2018-01-01")) == []


async def test_a_name_of_any_day_of_the_window_finds(store: Store) -> None:
    await write(store, [division("1"), name_of("1", "龙", "long", since("2018"))])
    assert await found(store, "龙", Window(DAY.first, on("2018-01-01").last)) == [(0, "division:1")]


async def test_pages_follow_each_other_without_a_gap(store: Store) -> None:
    for key in range(7):
        await write(store, [division(str(key)), name_of(str(key), "龙" * (key % 3 + 1), "long")], str(key))
    whole = (await store.search("龙", DAY, first=100)).hits
    pages = [await store.search("龙", DAY, first=3)]
    while pages[-1].has_next:
        pages.append(await store.search("龙", DAY, first=3, after=pages[-1].hits[-1]))
    assert [hit for page in pages for hit in page.hits] == list(whole)
    assert {page.total for page in pages} == {7}


async def test_no_text_finds_nothing(store: Store) -> None:
    await write(store, [division("1"), name_of("1", "龙", "long")])
    assert await found(store, " ") == []


@pytest.mark.parametrize("text", ["%", "_", "龙*", "'", '"', "\0", "\ud800"])
async def test_nothing_is_a_wildcard(store: Store, text: str) -> None:
    await write(store, [division("1"), name_of("1", "龙陵县", "long ling xian")])
    assert (await store.search(text, DAY, first=9)).total == 0


@pytest.mark.parametrize("letter", ["\ud7ff", "\U0010ffff", "\ue000", "\uffff", "z"])
async def test_a_prefix_may_end_with_any_letter(store: Store, letter: str) -> None:
    names = [(letter, "a"), (letter + letter, "b"), (letter + "龙", "c"), ("\ufffe" + letter, "d"), ("a", "e")]
    for number, (text, pinyin) in enumerate(names):
        await write(store, [division(str(number)), name_of(str(number), text, pinyin)], str(number))
    page = await store.search(letter, DAY, first=9)
    assert {(hit.node, hit.grade) for hit in page.hits} == {
        ("division:0", 0),
        ("division:1", 1),
        ("division:2", 1),
        ("division:3", 2),
    }


async def test_households_and_unloaded_nodes_are_not_found(store: Store) -> None:
    await write(store, [household("1-0001"), name_of("9", "龙", "long"), part_of("household:1-0001", "division:9")])
    assert await found(store, "1-0001") == []
    assert await found(store, "龙") == []


async def test_a_changed_name_is_found_by_the_new_one_only(store: Store) -> None:
    await write(store, [organization("a", "龙", "long")])
    await write(store, [organization("a", "虎", "hu")])
    assert (await found(store, "龙"), await found(store, "虎")) == ([], [(0, "organization:a")])
