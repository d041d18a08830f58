"""Which entries are the same division over any number of editions: small worlds, written as trees."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from graph_model.records import Code, Division, Finding, Name, Relation, encode
from loaders.divisions.editions import Edition, Entry
from loaders.divisions.history import History, base_name
from loaders.divisions.merge import merge
from loaders.divisions.reading import records_of

Tree = dict[str, str]
"""The names of townships and villages by the digits of their codes that follow those of the county 530501."""

TOWN = {"100": "甲镇", "200": "乙乡"}


def edition(day: str, tree: Tree, county: str = "丙县", city: str = "丁市") -> Edition:
    entries = [Entry("5305", city, "", "city"), Entry("530501", county, "5305", "county")]
    for digits, name in tree.items():
        code, level = f"530501{digits}", "township" if len(digits) == 3 else "village"
        entries.append(Entry(code, name, code[:-3], level))
    return Edition(day, "5305", {entry.code: entry for entry in sorted(entries, key=lambda entry: entry.code)})


def history(*trees: Tree) -> History:
    return merge(edition(f"201{number}-12-31", tree) for number, tree in enumerate(trees))


def villages(told: History) -> dict[str, list[str | None]]:
    """For each village its code's last six digits in each edition."""
    return {
        lineage.id.removeprefix("division:530501"): [
            lineage.entries[number].code[6:] if number in lineage.entries else None for number in range(len(told.days))
        ]
        for lineage in told.lineages
        if lineage.level == "village"
    }


def doubts(told: History) -> list[tuple[str, list[str], list[str]]]:
    return [
        (doubt.kind.value, [lineage.id[15:] for lineage in doubt.before], [entry.code[6:] for entry in doubt.after])
        for doubt in told.doubts
    ]


@pytest.mark.parametrize(
    ("level", "name", "base"),
    [
        ("village", "云华村民委员会", "云华"),
        ("village", "云华村村民委员会", "云华"),
        ("village", "东山社居民委员会", "东山"),
        ("village", "东山社区居民委员会", "东山"),
        ("village", "小曼别村村民委员会", "小曼别"),
        ("village", "李家村委会", "李家"),
        ("village", "银闸社区居委会", "银闸"),
        ("village", "河头村社区民委员会", "河头村社区民委员会"),
        ("village", "村民委员会", "村民委员会"),
        ("township", "河图街道办事处", "河图街道"),
        ("township", "河图镇", "河图镇"),
        ("county", "隆阳区", "隆阳区"),
    ],
)
def test_names_without_their_ending(level: str, name: str, base: str) -> None:
    assert base_name(level, name) == base


def test_the_same_name_within_the_same_parent_continues_whatever_its_code() -> None:
    told = history(TOWN | {"100201": "东村民委员会"}, TOWN | {"100001": "东社区居民委员会"})
    assert villages(told) == {"100201": ["100201", "100001"]}


def test_the_parent_comes_before_the_county() -> None:
    told = history(
        TOWN | {"100201": "东村民委员会", "200201": "东村民委员会"},
        TOWN | {"100202": "东村民委员会", "200202": "东村民委员会"},
    )
    assert villages(told) == {"100201": ["100201", "100202"], "200201": ["200201", "200202"]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            TOWN | {"100202": "西村民委员会"}, TOWN | {"200202": "西村民委员会"}, id="another went the same way"
        ),
        pytest.param(TOWN, {"200": "乙乡"}, id="its parent ended"),
        pytest.param({"100": "甲镇"}, TOWN, id="its new parent began"),
    ],
)
def test_what_is_left_over_is_found_within_the_county(before: Tree, after: Tree) -> None:
    told = history(before | {"100201": "东村民委员会"}, after | {"200201": "东村民委员会"})
    assert villages(told)["100201"] == ["100201", "200201"]
    assert doubts(told) == []


def test_a_lone_village_of_one_name_elsewhere_in_the_county_is_in_doubt() -> None:
    told = history(TOWN | {"100201": "东村民委员会"}, TOWN | {"200201": "东村民委员会"})
    assert villages(told) == {"100201": ["100201", None], "200201@2011-12-31": [None, "200201"]}
    assert doubts(told) == [("move-unsure", ["100201"], ["200201"])]


def test_an_exchange_of_codes_follows_the_names() -> None:
    told = history(
        TOWN | {"100201": "东村民委员会", "100202": "西村民委员会"},
        TOWN | {"100201": "西村民委员会", "100202": "东村民委员会"},
    )
    assert villages(told) == {"100201": ["100201", "100202"], "100202": ["100202", "100201"]}


def test_two_of_one_name_left_over_in_a_county_are_not_guessed() -> None:
    told = history(
        {"100": "甲镇", "200": "乙乡", "100201": "东村民委员会", "200201": "东村民委员会"},
        {"101": "甲街道", "201": "乙镇", "101001": "东村民委员会", "201001": "东村民委员会"},
    )
    assert villages(told) == {
        "100201": ["100201", None],
        "200201": ["200201", None],
        "101001@2011-12-31": [None, "101001"],
        "201001@2011-12-31": [None, "201001"],
    }
    assert doubts(told) == [("division-ambiguous", ["100201", "200201"], ["101001", "201001"])]


def test_two_of_one_name_within_a_parent_are_told_apart_by_their_full_names() -> None:
    told = history(
        TOWN | {"100001": "东社区居民委员会", "100201": "东村民委员会"},
        TOWN | {"100201": "东社区居民委员会", "100202": "东村民委员会"},
    )
    assert villages(told) == {"100001": ["100001", "100201"], "100201": ["100201", "100202"]}
    assert doubts(told) == []


def test_two_of_one_full_name_within_a_parent_are_told_apart_by_their_codes() -> None:
    tree = TOWN | {"100201": "东村民委员会", "100202": "东村民委员会"}
    told = history(tree, tree)
    assert villages(told) == {"100201": ["100201", "100201"], "100202": ["100202", "100202"]}
    assert doubts(told) == [("division-same-name", ["100201", "100202"], ["100201", "100202"])]


def test_what_codes_cannot_tell_apart_stays_apart() -> None:
    told = history(
        TOWN | {"100201": "东村民委员会", "100202": "东村民委员会"},
        TOWN | {"100203": "东村民委员会"},
    )
    assert villages(told) == {
        "100201": ["100201", None],
        "100202": ["100202", None],
        "100203@2011-12-31": [None, "100203"],
    }
    assert doubts(told) == [("division-ambiguous", ["100201", "100202"], ["100203"])]


STAYS = TOWN | {"100201": "东村民委员会", "100202": "西村民委员会"}


def test_a_name_replaced_while_the_rest_of_the_list_stays_is_a_rename() -> None:
    told = history(STAYS | {"100203": "南村民委员会"}, STAYS | {"100203": "北村民委员会"})
    assert villages(told)["100203"] == ["100203", "100203"]
    assert [(one.before.name, one.after.name) for one in told.renames] == [("南村民委员会", "北村民委员会")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(STAYS, STAYS | {"100204": "新村民委员会"}, id="another came"),
        pytest.param(STAYS | {"100204": "旧村民委员会"}, STAYS, id="another went"),
        pytest.param(STAYS, TOWN | {"100201": "西村民委员会", "100202": "东村民委员会"}, id="codes moved"),
        pytest.param(TOWN, TOWN, id="there is no rest"),
        pytest.param(TOWN | {"100202": "东村民委员会"}, TOWN | {"100202": "中村民委员会"}, id="all were replaced"),
    ],
)
def test_a_name_replaced_while_the_list_changes_is_in_doubt(before: Tree, after: Tree) -> None:
    told = history(before | {"100203": "南村民委员会"}, after | {"100203": "北村民委员会"})
    assert villages(told)["100203"] == ["100203", None]
    assert villages(told)["100203@2011-12-31"] == [None, "100203"]
    assert ("rename-unsure", ["100203"], ["100203"]) in doubts(told)


def test_a_name_of_the_same_sound_under_the_same_code_is_a_rename_though_the_list_changes() -> None:
    told = history(STAYS | {"100203": "昇阳村民委员会"}, STAYS | {"100203": "升阳村民委员会", "100204": "新村民委员会"})
    assert villages(told)["100203"] == ["100203", "100203"]
    assert doubts(told) == []


def test_a_township_with_a_new_rank_is_another_one_and_its_villages_move() -> None:
    told = history({"100": "甲镇", "100201": "东村民委员会"}, {"001": "甲街道办事处", "001001": "东社区居民委员会"})
    assert [lineage.id for lineage in told.lineages if lineage.level == "township"] == [
        "division:530501001@2011-12-31",
        "division:530501100",
    ]
    assert villages(told) == {"100201": ["100201", "001001"]}


def test_a_renamed_township_keeps_its_villages() -> None:
    others = {"200": "乙乡", "300": "戊乡"}
    told = history(
        others | {"100": "甲镇", "100201": "东村民委员会", "200201": "东村民委员会"},
        others | {"100": "己镇", "100201": "东村民委员会", "200201": "东村民委员会"},
    )
    assert villages(told) == {"100201": ["100201"] * 2, "200201": ["200201"] * 2}
    assert [one.division for one in told.renames] == ["division:530501100"]


def test_a_city_is_one_division_whatever_its_name() -> None:
    told = merge([edition("2016-07-31", TOWN), edition("2017-10-31", TOWN, city="庚市")])
    assert [one.division for one in told.renames] == ["division:5305"]
    (finding,) = [record for record in records_of(told) if isinstance(record, Finding)]
    assert finding.message.en.endswith("it is the city that the editions are about")


def test_what_disappears_and_is_back_is_one_division_with_two_records_each() -> None:
    told = history(STAYS | {"100203": "南村民委员会"}, STAYS, STAYS | {"100209": "南社区居民委员会"})
    assert villages(told)["100203"] == ["100203", None, "100209"]
    about = [
        (record.id, record.validity)
        for record in records_of(told)
        if isinstance(record, Name | Code | Relation)
        and "division:530501100203" in {getattr(record, "subject", ""), getattr(record, "source", "")}
    ]
    ids = [record_id for record_id, _ in about]
    assert ids == [
        "code:division:530501100203~2010-12-31",
        "code:division:530501100203~2012-12-31",
        "containment:part-of:division:530501100203~division:530501100",
        "containment:part-of:division:530501100203~division:530501100~2012-12-31",
        "name:division:530501100203~2010-12-31",
        "name:division:530501100203~2012-12-31",
    ]
    assert {(validity.since, validity.until) for _, validity in about} == {
        (None, "[2011-01-01..2011-12-31]"),
        ("[2012-01-01..2012-12-31]", None),
    }


def test_editions_of_two_days_in_a_row_know_the_day_of_a_change() -> None:
    told = merge(
        [edition("2016-12-31", STAYS), edition("2017-01-01", STAYS | {"100203": "南村民委员会"})],
    )
    (name,) = [r for r in records_of(told) if isinstance(r, Name) and r.text == "南村民委员会"]
    assert name.validity.since == "2017-01-01"


def test_an_unbroken_run_over_many_editions_is_one_record() -> None:
    told = history(*[STAYS] * 8)
    names = [record for record in records_of(told) if isinstance(record, Name) and record.text == "东村民委员会"]
    assert [len(name.validity.observed) for name in names] == [8]


def test_three_editions_in_any_order_tell_the_same() -> None:
    editions = [
        edition("2016-07-31", STAYS | {"100203": "南村民委员会"}),
        edition("2017-10-31", STAYS | {"200203": "南村民委员会"}),
        edition(
            "2018-10-31", TOWN | {"100201": "东村民委员会", "100202": "中村民委员会", "200203": "南社区居民委员会"}
        ),
    ]
    told = {b"".join(encode(record) for record in records_of(merge(order))) for order in permutations(editions)}
    assert len(told) == 1


def test_a_division_is_named_after_the_first_edition_that_has_it() -> None:
    told = history(TOWN, STAYS, STAYS)
    ids = [record.id for record in records_of(told) if isinstance(record, Division) and record.level == "village"]
    assert ids == ["division:530501100201@2011-12-31", "division:530501100202@2011-12-31"]


def test_findings_name_their_editions() -> None:
    told = history(STAYS | {"100203": "南村民委员会"}, STAYS | {"100203": "北村民委员会"})
    (finding,) = [r for r in records_of(told) if isinstance(r, Finding) and r.code == "division-renamed"]
    assert finding.places == ("divisions/5305/2010-12-31.csv", "divisions/5305/2011-12-31.csv")
    assert Path(finding.places[0]).name == "2010-12-31.csv"
