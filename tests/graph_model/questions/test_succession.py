"""What a code means on a day, and what became of those that have ended by then."""

from __future__ import annotations

import pytest

from graph_model.change_events import change_id, parts_of
from graph_model.dates import Certainty, Validity, parse_day
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.change_words import tell_event, tell_reading
from graph_model.questions.succession import (
    CodeMeaning,
    CodeReading,
    Succession,
    departures,
    events_of,
    follow,
    has_ended,
    read_code,
)
from graph_model.records import ChangeEvent, ChangeKind, Code, Division, Provenance

SOURCE = Provenance.SOURCE
BETWEEN = "[2016-08-01..2017-10-31]"


def day(text: str) -> int:
    return parse_day(text).toordinal()


def code(division: str, text: str, validity: Validity, word: str = "1") -> Code:
    return Code(
        id=f"code:division:{division}~{word}",
        provenance=SOURCE,
        subject=f"division:{division}",
        text=text,
        scheme="",
        validity=validity,
    )


def world(*codes: Code) -> Neighbourhood:
    ids = sorted({claim.subject for claim in codes})
    seeds = {text: tuple(sorted({c.subject for c in codes if c.text == text})) for text in {c.text for c in codes}}
    divisions = [Division(id=one, provenance=SOURCE, level="village") for one in ids]
    return Neighbourhood(divisions, codes, seeds=seeds)


TOWN = code("town", "102", Validity(until=BETWEEN, observed=("2016-07-31",)))
MOVED = [
    code("village", "102201", Validity(until=BETWEEN, observed=("2016-07-31",)), "1"),
    code("village", "005001", Validity(since=BETWEEN, observed=("2017-10-31",)), "2"),
]
LATER = code("later", "300", Validity(since="2020-01-01"))


@pytest.mark.parametrize(
    ("text", "on", "bearer", "meaning"),
    [
        ("102", "2016-07-31", "town", CodeMeaning.PRESENT),
        ("102", "2017-06-30", "town", CodeMeaning.PRESENT),
        ("102", "2017-10-31", "town", CodeMeaning.ENDED),
        ("102201", "2016-07-31", "village", CodeMeaning.PRESENT),
        ("102201", "2023-01-01", "village", CodeMeaning.FORMER),
        ("005001", "2023-01-01", "village", CodeMeaning.PRESENT),
        ("005001", "2016-07-31", "village", CodeMeaning.FUTURE),
        ("300", "2016-07-31", "later", CodeMeaning.FUTURE),
        ("300", "2020-01-01", "later", CodeMeaning.PRESENT),
    ],
)
def test_what_a_code_means(text: str, on: str, bearer: str, meaning: CodeMeaning) -> None:
    reading = read_code(world(TOWN, *MOVED, LATER), text, day(on))
    assert reading == CodeReading(text, f"division:{bearer}", meaning)


def test_a_code_that_nobody_bore_means_nothing() -> None:
    assert read_code(world(TOWN), "999", day("2017-06-30")) is None


def test_a_code_means_nothing_at_another_level() -> None:
    assert read_code(world(TOWN), "102", day("2016-07-31"), "county") is None


def test_others_that_bore_the_code_are_told() -> None:
    first = code("machang", "210", Validity(until=BETWEEN, observed=("2016-07-31",)))
    then = code("fengshan", "210", Validity(since=BETWEEN, until="2021-01-01", observed=("2017-10-31",)))
    now = code("fengshan", "220", Validity(since="2021-01-01"), "2")
    reading = read_code(world(first, then, now), "210", day("2023-01-01"))
    assert reading == CodeReading("210", "division:fengshan", CodeMeaning.FORMER, ("division:machang",))


def test_one_that_is_missing_for_a_while_has_not_ended() -> None:
    around = world(code("a", "1", Validity(until="2017-01-01")), code("a", "1", Validity(since="2018-01-01"), "2"))
    assert [has_ended(around, "division:a", day(on)) for on in ("2016-01-01", "2017-06-30", "2019-01-01")] == [
        False
    ] * 3


def test_one_without_codes_has_not_ended() -> None:
    assert not has_ended(Neighbourhood([]), "division:a", day("2017-06-30"))


def happened(
    kind: ChangeKind, before: str, after: str, on: str = "2017-05-01", confidence: Certainty = Certainty.CERTAIN
) -> ChangeEvent:
    olds, news = ([f"division:{one}" for one in side.split()] for side in (before, after))
    return ChangeEvent(
        id=change_id(kind, (*olds, *news)[0], on),
        provenance=SOURCE,
        kind=kind,
        on=on,
        before=tuple(olds),
        after=tuple(news),
        confidence=confidence,
    )


def became(start: str, ended: str, *events: ChangeEvent, on: str = "2023-01-01") -> tuple[list[str], list[str]]:
    gone = [f"division:{one}" for one in ended.split()]
    left = {one: departures(events, one, day(on)) for one in gone}
    found = follow(f"division:{start}", left, gone)
    return [one[9:] for one in found.sure], [one[9:] for one in found.possible]


CONVERTED = happened(ChangeKind.CONVERTED, "a", "b")
PERHAPS = happened(ChangeKind.CONVERTED, "a", "b", confidence=Certainty.POSSIBLE)


@pytest.mark.parametrize(
    ("events", "ended", "sure", "possible"),
    [
        pytest.param([CONVERTED], "a", ["b"], [], id="one took its place"),
        pytest.param([happened(ChangeKind.SPLIT, "a", "c b")], "a", ["c", "b"], [], id="several, the largest first"),
        pytest.param([happened(ChangeKind.MERGED, "b a", "b")], "a", ["b"], [], id="merged into one that goes on"),
        pytest.param([happened(ChangeKind.CREATED, "a c", "b c")], "a", ["b"], [], id="not one that gave a part too"),
        pytest.param([CONVERTED, happened(ChangeKind.CONVERTED, "b", "c")], "a b", ["c"], [], id="one after another"),
        pytest.param([CONVERTED, happened(ChangeKind.SPLIT, "b", "b c")], "a", ["b"], [], id="no further than needed"),
        pytest.param(
            [PERHAPS],
            "a",
            [],
            ["b"],
            id="only possibly",
        ),
        pytest.param(
            [
                happened(ChangeKind.CONVERTED, "a", "b", confidence=Certainty.POSSIBLE),
                happened(ChangeKind.CONVERTED, "b", "c"),
            ],
            "a b",
            [],
            ["c"],
            id="possible from there on",
        ),
        pytest.param(
            [CONVERTED, happened(ChangeKind.SPLIT, "a", "b c", confidence=Certainty.POSSIBLE)],
            "a",
            ["b"],
            ["c"],
            id="sure counts more than possible",
        ),
        pytest.param([happened(ChangeKind.ENDED, "a", "")], "a", [], [], id="nothing is known"),
        pytest.param([], "a", [], [], id="nothing is recorded"),
        pytest.param([CONVERTED, happened(ChangeKind.CONVERTED, "b", "a")], "a b", [], [], id="a circle ends"),
        pytest.param([happened(ChangeKind.CONVERTED, "a", "b", "2024-01-01")], "a", [], [], id="not yet by the day"),
    ],
)
def test_what_became_of_it(events: list[ChangeEvent], ended: str, sure: list[str], possible: list[str]) -> None:
    assert became("a", ended, *events) == (sure, possible)


def test_the_events_on_the_way_are_told_in_order() -> None:
    later = happened(ChangeKind.CONVERTED, "b", "c", "2019")
    left = {"division:a": [CONVERTED], "division:b": [later]}
    assert follow("division:a", left, left) == Succession(("division:c",), (), (CONVERTED, later))


def test_a_division_names_its_events() -> None:
    around = Neighbourhood([], parts_of(CONVERTED))
    assert events_of(around, "division:a") == events_of(around, "division:b") == (CONVERTED.id,)


def name(division: str, on: int) -> str:
    return division[9:].upper() + ("'" if on >= day("2017-05-01") else "")


@pytest.mark.parametrize(
    ("event", "zh", "en"),
    [
        (CONVERTED, "2017-05-01，A改设为B'", "A became B' on 2017-05-01"),
        (
            happened(ChangeKind.SPLIT, "a", "a b c", "[2017-04-01..2017-05-01]"),
            "2017-04-01 至 2017-05-01 之间，从A析出B'、C'",
            "B' and C' were formed of a part of A on some day from 2017-04-01 to 2017-05-01",
        ),
        (
            happened(ChangeKind.SPLIT, "a", "b c"),
            "2017-05-01，A分为B'、C'",
            "A was divided into B' and C' on 2017-05-01",
        ),
        (happened(ChangeKind.MERGED, "b a", "b"), "2017-05-01，A并入B'", "A was merged into B' on 2017-05-01"),
        (
            happened(ChangeKind.MERGED, "a b", "c"),
            "2017-05-01，A、B合并为C'",
            "A and B were merged into C' on 2017-05-01",
        ),
        (happened(ChangeKind.CREATED, "", "a"), "2017-05-01，新设A'", "A' began on 2017-05-01"),
        (
            happened(ChangeKind.CREATED, "a b", "c a b"),
            "2017-05-01，析A、B各一部分设立C'",
            "C' was formed of parts of A and B on 2017-05-01",
        ),
        (
            happened(ChangeKind.ENDED, "a", "", "2017", Certainty.POSSIBLE),
            "2017-01-01 至 2017-12-31 之间，A不再存在（不能断定）",
            "A ended on some day from 2017-01-01 to 2017-12-31 (this is not sure)",
        ),
        (
            happened(ChangeKind.ENDED, "a", "", "[..2017-05-01]"),
            "至迟 2017-05-01，A不再存在",
            "A ended on 2017-05-01 at the latest",
        ),
        (
            happened(ChangeKind.ENDED, "a", "", "[2017-05-01..]"),
            "2017-05-01 或其后，A不再存在",
            "A ended on 2017-05-01 or later",
        ),
    ],
)
def test_an_event_in_a_sentence(event: ChangeEvent, zh: str, en: str) -> None:
    told = tell_event(event, name)
    assert (told.zh, told.en) == (zh, en)


@pytest.mark.parametrize(
    ("kind", "old", "new", "en"),
    [
        (ChangeKind.RENAMED, "甲", "乙", "甲 was renamed 乙 on 2017-05-01"),
        (ChangeKind.RECODED, "1", "2", "the code of A' became 2 in place of 1 on 2017-05-01"),
        (ChangeKind.MOVED, "division:b", "division:c", "A went from B to C' on 2017-05-01"),
    ],
)
def test_what_goes_on_in_a_sentence(kind: ChangeKind, old: str, new: str, en: str) -> None:
    event = ChangeEvent(
        id="change:1",
        provenance=SOURCE,
        kind=kind,
        on="2017-05-01",
        before=("division:a",),
        after=("division:a",),
        old=old,
        new=new,
    )
    assert tell_event(event, name).en == en


@pytest.mark.parametrize(
    ("meaning", "successors", "possible", "others", "en"),
    [
        (CodeMeaning.PRESENT, [], [], [], "1 is the code of A"),
        (CodeMeaning.PRESENT, [], [], ["B 2"], "1 is the code of A; at other times it meant B 2"),
        (CodeMeaning.FORMER, [], [], [], "1 was the code of A, whose code on the day is 9"),
        (CodeMeaning.FUTURE, [], [], [], "1 became the code of A later; on the day its code is 9"),
        (CodeMeaning.SUCCEEDED, ["B 2"], [], [], "1 was A, which had ended by the day; in its place: B 2"),
        (
            CodeMeaning.ENDED,
            [],
            ["B 2"],
            [],
            "1 was A, which had ended by the day; what became of it is not known for sure; perhaps B 2",
        ),
        (
            CodeMeaning.ENDED,
            ["B 2"],
            [],
            [],
            "1 was A, which had ended by the day; in its place, at another level: B 2",
        ),
    ],
)
def test_a_reading_in_a_sentence(
    meaning: CodeMeaning, successors: list[str], possible: list[str], others: list[str], en: str
) -> None:
    reading = CodeReading("1", "division:a", meaning)
    told = tell_reading(reading, "A", "9", successors=successors, possible=possible, others=others)
    assert told.en == en
    assert "1" in told.zh
