"""What an import does to chains and gaps, told before anything is written; and what others say otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import graph_model.editing.effects as effects_of_plans
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import Chain, trace_chain
from graph_model.records import Finding, Text
from loaders.rosters.effects import tell_effects
from tests.loaders.rosters.both_languages import check_both_languages
from tests.loaders.rosters.looking import looked_at, with_effects
from tests.loaders.rosters.test_importing import HEADER, TAKEN, imported, run

CsvFile = Callable[..., Path]
POOR = (("乡镇", "村", "状态", "时间"), ("清水镇", "和平", "贫困", "2016-01-01"))


@pytest.fixture
def poor(url: str, csv_file: CsvFile) -> str:
    """The small city, one of whose villages is poor, so that duties apply to it."""
    assert run("import", csv_file(*POOR, name="poor.csv"), "--mapping", "poor-villages", "--store", url, "--write") == 0
    return url


def test_a_designation_opens_gaps(url: str, csv_file: CsvFile) -> None:
    _, effects = with_effects(url, csv_file(*POOR), mapping="poor-villages")
    (told,) = effects.told
    assert (told.day, told.name) == (date(2016, 1, 1), "和平村民委员会")
    assert len(told.opened) == 3
    assert "a linked leader or a unit that takes it" in told.opened[0].en


def test_a_unit_closes_the_gap(poor: str, csv_file: CsvFile) -> None:
    _, effects = with_effects(poor, csv_file(HEADER, (*TAKEN[:4], "2017-03-01", "至今")), mapping="village-units")
    (told,) = effects.told
    assert (told.day, told.target) == (date(2017, 3, 1), "division:990101101201")
    assert [text.zh for text in told.gained] == ["县水务局包和平村民委员会"]
    assert len(told.closed) == 1
    said = list(tell_effects(effects))
    assert said[2] == Text("    新增：县水务局包和平村民委员会", "    gained: 县水务局 takes 和平村民委员会")
    check_both_languages(said[0])
    assert [text.en for text in said][:3] == [
        "chains: 1 of 1 targets differ; 1 gaps close, 0 open",
        "  2017-03-01 和平村民委员会 (division:990101101201)",
        "    gained: 县水务局 takes 和平村民委员会",
    ]


def test_who_is_there_already_and_answers_for_something_new_is_told(poor: str, csv_file: CsvFile) -> None:
    links = csv_file(("村编码", "挂联领导", "挂联起止时间"), ("990101101201", "南山市委书记", "2017.3.1-至今"))
    _, effects = with_effects(poor, links, mapping="village-links")
    (told,) = effects.told
    assert (told.day, [text.en for text in told.gained]) == (
        date(2017, 3, 1),
        ["南山市委书记 is linked to 和平村民委员会"],
    )

    command = ["--mapping", "village-units", "--store", poor, "--write"]
    taken = (*TAKEN[:4], "2017-03-01", "至今")
    assert run("import", csv_file(HEADER, taken), *command) == 0
    elsewhere = ("东河县", "清水镇", "龙塘", *taken[3:])
    _, effects = with_effects(poor, csv_file(HEADER, taken, elsewhere), mapping="village-units")
    assert [[text.zh for text in told.gained] for told in effects.told] == [["县水务局包龙塘村民委员会"]]


def test_what_no_row_says_any_more_is_lost(poor: str, csv_file: CsvFile) -> None:
    command = ["--mapping", "village-units", "--store", poor, "--write"]
    other = ("东河县", "清水镇", "龙塘", "县教育局", "2017-03-01", "至今")
    assert run("import", csv_file(HEADER, TAKEN, other), *command) == 0
    _, effects = with_effects(poor, csv_file(HEADER, other), mapping="village-units")
    (told,) = effects.told
    assert [text.zh for text in told.lost] == ["县水务局包和平村民委员会"]
    assert len(told.opened) == 1


def test_the_same_again_changes_no_chain(poor: str, csv_file: CsvFile) -> None:
    file = csv_file(HEADER, TAKEN)
    assert run("import", file, "--mapping", "village-units", "--store", poor, "--write") == 0
    _, effects = with_effects(poor, file, mapping="village-units")
    assert (effects.targets, effects.told) == (0, ())


def test_a_holder_shows_where_the_post_answers(url: str, csv_file: CsvFile) -> None:
    links = csv_file(("村编码", "挂联领导"), ("990101101202", "南山市委书记"), name="links.csv")
    assert run("import", links, "--mapping", "village-links", "--store", url, "--write") == 0
    groups = csv_file(
        ("地区", "小组职务", "职务", "人员编号", "任职时间"), ("东河县", "成员", "南山市委书记", "G1", "2017-01-01")
    )
    _, effects = with_effects(url, groups, mapping="leading-groups")
    assert "division:990101101202" in {told.target for told in effects.told}


def test_targets_that_are_not_looked_at_are_told(url: str, csv_file: CsvFile) -> None:
    rows = [("", "清水镇", village, "甲", "2017", "") for village in ("和平", "龙塘")]
    _, effects = with_effects(url, csv_file(HEADER, *rows), mapping="village-units", most=1)
    assert (effects.targets, effects.looked_at) == (2, 1)
    many = [("", "清水镇", "和平", f"单位{number}", f"{1900 + number}", "") for number in range(40)]
    _, crowded = with_effects(url, csv_file(HEADER, *many), mapping="village-units", most=1)
    assert (crowded.targets, crowded.looked_at) == (1, 0)
    (only,) = [text for text in tell_effects(effects) if text.en.startswith("  only")]
    assert only.en == "  only 1 of the 2 targets were looked at: --effects takes more"
    check_both_languages(only)


def test_a_thousand_units_of_one_village_are_one_difference(
    poor: str, csv_file: CsvFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    traced: list[str] = []

    def counting(around: Neighbourhood, target: str, *further: Any, **named: Any) -> Chain:  # noqa: ANN401
        traced.append(target)
        return trace_chain(around, target, *further, **named)

    monkeypatch.setattr(effects_of_plans, "trace_chain", counting)
    rows = [("", "清水镇", "和平", f"单位{number}", "2017-03-01", "至今") for number in range(1_000)]
    _, effects = with_effects(poor, csv_file(HEADER, *rows), mapping="village-units")
    (told,) = effects.told
    assert (effects.looked_at, told.day, len(told.gained), len(told.closed)) == (1, date(2017, 3, 1), 1_000, 1)
    assert len(traced) == 2, "before and after: each of the thousand changes is at the same target on the same day"


def test_the_preview_tells_the_chains(poor: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("import", csv_file(HEADER, TAKEN), "--mapping", "village-units", "--store", poor) == 0
    assert "chains: 1 of 1 targets differ; 1 gaps close, 0 open" in capsys.readouterr().out


def test_a_row_that_only_ends_something_is_told_as_ended(url: str, csv_file: CsvFile) -> None:
    command = ["--mapping", "village-units", "--store", url, "--write"]
    assert run("import", csv_file(HEADER, TAKEN), *command) == 0
    looked = looked_at(url, csv_file(HEADER, (*TAKEN[:5], "2018年6月30日")), mapping="village-units")
    assert (list(looked.ended_rows), list(looked.changed_rows)) == ([2], [])
    looked = looked_at(url, csv_file(HEADER, (*TAKEN[:4], "2017", "2018年6月30日")), mapping="village-units")
    assert (list(looked.ended_rows), list(looked.changed_rows)) == ([], [2])


@pytest.mark.parametrize("first", ["village-units", "other-list"])
def test_two_lists_that_disagree_are_told_with_both_places_and_kept(
    first: str, url: str, csv_file: CsvFile, capsys: pytest.CaptureFixture[str]
) -> None:
    lists = {"village-units": csv_file(HEADER, TAKEN, name="a.csv"), "other-list": None}
    lists["other-list"] = csv_file(HEADER, (*TAKEN[:4], "2018", ""), name="b.csv")
    second = next(name for name in lists if name != first)
    command = ["--mapping", "village-units", "--store", url, "--write"]
    assert run("import", lists[first], *command, "--name", first) == 0
    capsys.readouterr()
    assert run("import", lists[second], *command, "--name", second) == 0
    said = capsys.readouterr().out
    assert "another source has other dates, and both are kept: assignment:takes-village:" in said
    assert f"~{first} says" in said
    assert f"at {'a' if second == 'village-units' else 'b'}.csv:2" in said
    (finding,) = [each for each in imported(url, origin="checks") if isinstance(each, Finding)]
    assert finding.code == "duplicate"
    assert sorted(place.partition(": ")[0] for place in finding.places) == ["import/other-list", "import/village-units"]


def test_a_date_that_only_one_list_knows_is_no_dispute(url: str, csv_file: CsvFile) -> None:
    command = ["--mapping", "village-links", "--store", url, "--write"]
    header = ("村编码", "挂联领导", "挂联时间")
    links = csv_file(header, ("990101101202", "南山市委书记", ""))
    assert run("import", links, *command) == 0
    dated = csv_file(header, ("990101101202", "南山市委书记", "2016年至今"), name="dated.csv")
    assert looked_at(url, dated, mapping="village-links", name="other").notes == ()


def test_two_lists_that_agree_are_no_dispute(url: str, csv_file: CsvFile) -> None:
    command = ["--mapping", "village-units", "--store", url, "--write"]
    assert run("import", csv_file(HEADER, TAKEN), *command) == 0
    assert looked_at(url, csv_file(HEADER, TAKEN), mapping="village-units", name="other").notes == ()
