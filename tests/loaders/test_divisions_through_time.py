"""The eight editions of Baoshan's divisions as one history: what ships, and the page that tells of it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from graph_model.dates import Certainty, certainty_on, parse_day
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.naming import code_on, name_on, resolve_code
from graph_model.questions.ways import Ways
from graph_model.records import (
    AnyRecord,
    ChangeEvent,
    ChangeKind,
    Code,
    Coverage,
    Division,
    Finding,
    Name,
    Relation,
    encode,
)
from graph_model.validation import check_records
from loaders.divisions import read_divisions
from loaders.divisions.telling import tell_history
from loaders.reading import Reading

PROJECT = Path(__file__).parents[2]
EDITIONS = sorted((PROJECT / "data" / "divisions" / "5305").glob("*.csv"))
DAYS = [path.stem for path in EDITIONS]
VILLAGES = [921, 921, 954, 955, 954, 957, 958, 957]
TOWNSHIPS = [77, 78, 78, 78, 77, 76, 77, 76]
TENGYUE_TOWN, TENGYUE, XIYUAN = "division:530581101", "division:530581001@2021-10-31", "division:530581002@2022-10-31"


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_divisions(EDITIONS)


@pytest.fixture(scope="module")
def around(reading: Reading) -> Neighbourhood:
    seeds: dict[str, set[str]] = {}
    for record in reading.records:
        if isinstance(record, Code):
            seeds.setdefault(record.text, set()).add(record.subject)
    return Neighbourhood(
        [record for record in reading.records if isinstance(record, Division)],
        [record for record in reading.records if isinstance(record, Name | Code)],
        [record for record in reading.records if isinstance(record, Relation)],
        seeds={code: tuple(sorted(subjects)) for code, subjects in seeds.items()},
    )


@pytest.fixture(scope="module")
def coverages(reading: Reading) -> list[Coverage]:
    return [record for record in reading.records if isinstance(record, Coverage)]


def day(text: str) -> int:
    return parse_day(text).toordinal()


def events(reading: Reading, kind: ChangeKind) -> list[ChangeEvent]:
    return [record for record in reading.records if isinstance(record, ChangeEvent) and record.kind is kind]


def test_eight_editions_are_read_whole(reading: Reading) -> None:
    assert len(EDITIONS) == 8
    assert reading.refused == ()
    assert reading.rows == sum(VILLAGES) + sum(TOWNSHIPS) + 8 * (5 + 1)
    assert check_records(reading.records) == []


def test_what_was_published_of_the_first_two_editions_keeps_its_id(reading: Reading) -> None:
    before = {record.id for record in read_divisions(EDITIONS[:2]).records}
    kept = {record.id for record in reading.records}
    assert before - kept == set()


@pytest.mark.parametrize(("on", "villages", "townships"), list(zip(DAYS, VILLAGES, TOWNSHIPS, strict=True)))
def test_on_the_day_of_an_edition_there_is_what_it_lists(
    around: Neighbourhood, coverages: list[Coverage], on: str, villages: int, townships: int
) -> None:
    ways = Ways(around, day(on), coverages)
    found = Counter(
        node.level
        for node in around.iter_nodes()
        if isinstance(node, Division) and ways.certainty_of(node.id, "division:5305") is Certainty.CERTAIN
    )
    assert (found["village"], found["township"], found["county"]) == (villages, townships, 5)


def test_what_no_edition_changed_is_sure_on_every_day_from_the_first_to_the_last(
    around: Neighbourhood, coverages: list[Coverage]
) -> None:
    village = "division:530521101201"
    for on in range(day(DAYS[0]), day(DAYS[-1]) + 1):
        assert Ways(around, on, coverages).certainty_of(village, "division:530521") is Certainty.CERTAIN


def test_containment_is_covered_from_2016_to_2023(coverages: list[Coverage]) -> None:
    (coverage,) = coverages
    days = (day(DAYS[0]) - 1, day(DAYS[0]), day("2019-01-01"), day(DAYS[-1]), day(DAYS[-1]) + 1)
    sure = [Certainty.NO, Certainty.CERTAIN, Certainty.CERTAIN, Certainty.CERTAIN, Certainty.NO]
    assert [certainty_on(coverage.validity, on) for on in days] == sure


@pytest.mark.parametrize(
    ("on", "townships"),
    [
        ("2016-07-31", {TENGYUE_TOWN: Certainty.CERTAIN}),
        ("2020-06-30", {TENGYUE_TOWN: Certainty.CERTAIN}),
        ("2021-01-01", {TENGYUE_TOWN: Certainty.POSSIBLE, TENGYUE: Certainty.POSSIBLE}),
        ("2021-10-31", {TENGYUE: Certainty.CERTAIN}),
        ("2022-01-01", {TENGYUE: Certainty.POSSIBLE, XIYUAN: Certainty.POSSIBLE}),
        ("2023-06-30", {XIYUAN: Certainty.CERTAIN}),
    ],
)
def test_a_village_of_tengyue_lies_in_the_township_of_its_day(
    around: Neighbourhood, coverages: list[Coverage], on: str, townships: dict[str, Certainty]
) -> None:
    machang = "division:530581101210"
    ways = Ways(around, day(on), coverages)
    assert {one: ways.certainty_of(machang, one) for one in ways.containers_of(machang)} == townships
    assert ways.certainty_of(machang, "division:530581") is Certainty.CERTAIN


def test_the_townships_that_changed(reading: Reading) -> None:
    assert [(one.before, one.after, one.on) for one in events(reading, ChangeKind.CONVERTED)] == [
        (("division:530502102",), ("division:530502005@2017-10-31",), "[2016-08-01..2017-10-31]"),
        ((TENGYUE_TOWN,), (TENGYUE,), "[2020-07-01..2021-10-31]"),
        (("division:530581202",), ("division:530581112@2022-10-31",), "[2021-11-01..2022-10-31]"),
        (("division:530581203",), ("division:530581113@2022-10-31",), "[2021-11-01..2022-10-31]"),
    ]
    assert [(one.before, one.after) for one in events(reading, ChangeKind.SPLIT)] == [((TENGYUE,), (TENGYUE, XIYUAN))]
    origins = ("division:530502103", "division:530502202", "division:530502203")
    created = [one for one in events(reading, ChangeKind.CREATED) if one.before]
    assert [(one.before, one.after) for one in created] == [(origins, ("division:530502006@2017-10-31", *origins))]
    sure = [*events(reading, ChangeKind.CONVERTED), *events(reading, ChangeKind.SPLIT), *created]
    assert {one.confidence for one in sure} == {Certainty.CERTAIN}


@pytest.mark.parametrize(
    ("code", "on", "name"),
    [
        ("530581101210", "2016-07-31", "马常"),
        ("530581101210", "2017-10-31", "凤山"),
        ("530581101213", "2016-07-31", "凤山"),
        ("530581101213", "2020-06-30", "岗峨"),
        ("530581001210", "2021-10-31", "凤山"),
        ("530581001213", "2021-10-31", "岗峨"),
        ("530581002204", "2022-10-31", "岗峨"),
        ("530581002200", "2023-06-30", "马常"),
    ],
)
def test_reused_codes_under_tengyue_are_told_apart(around: Neighbourhood, code: str, on: str, name: str) -> None:
    (division,) = resolve_code(around, code, day(on))
    assert name_on(around, division, day(on)).text == f"{name}社区村民委员会"
    assert code_on(around, division, day(on)).text == code


def test_only_codes_under_tengyue_surely_meant_several(reading: Reading) -> None:
    found = [record for record in reading.records if isinstance(record, Finding) and record.code == "code-reused"]
    assert [one.id[-12:-3] for one in found] == ["530581101"] * 6
    assert "凤山社区村民委员会 on 2017-10-31 to 2020-06-30" in found[0].message.en


def test_what_is_left_unsure(reading: Reading) -> None:
    found = [
        record.id for record in reading.records if isinstance(record, Finding) and record.code == "division-unsure"
    ]
    assert [one.removeprefix("finding:division-unsure:") for one in found] == [
        "ended:530502001~2018-10-31",
        "move-unsure:530502106003~2021-10-31",
        "rename-unsure:530502002007~2018-10-31",
        "rename-unsure:530502003002~2018-10-31",
        "renamed:530581108202~2017-10-31",
        "renamed:530581108202~2018-10-31",
    ]


def test_the_order_of_the_files_does_not_matter(reading: Reading) -> None:
    shuffle = random.Random(5305)  # noqa: S311 - no secret
    expected = _bytes(reading.records)
    for _ in range(3):
        files = list(EDITIONS)
        shuffle.shuffle(files)
        assert _bytes(read_divisions(files).records) == expected


def _bytes(records: Sequence[AnyRecord]) -> list[bytes]:
    return [encode(record) for record in records]


def test_the_page_tells_what_is_loaded(reading: Reading) -> None:
    page = (PROJECT / "docs" / "divisions-through-time.md").read_text(encoding="utf-8")
    told = page.split("<!-- told -->\n")[1].split("<!-- /told -->")[0]
    assert told == "\n".join(tell_history(reading.records)) + "\n", "put there what `loaders divisions tell` prints"
