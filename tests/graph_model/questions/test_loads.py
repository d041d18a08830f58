"""Who carries how much, and what hangs on one person, on a graph made by hand."""

from __future__ import annotations

from collections.abc import Sequence

from graph_model.dates import ALWAYS_POSSIBLE, Certainty, Validity, parse_day
from graph_model.questions.loads import Loads, Span
from graph_model.questions.places import find_containment
from graph_model.records import AnyRecord, Basis, Family, Provenance, Relation, Text
from graph_model.regime import Kind, Lane, Level, Regime
from tests.conformance.graphs import assignment, division, holding, household, organization, part_of, person, post
from tests.graph_model.outlines import outline_of

WORDS = Text(zh="甲", en="A")
SENTENCE = Text(zh="{assignee}{target}", en="{assignee} {target}")
NOW = Validity(since="2016", until="..")
OVER = Validity(since="2015", until="2016-12-31")
DAY = parse_day("2017-06-30").toordinal()
REGIME = Regime(
    code="first",
    labels=WORDS,
    provenance=Provenance.SOURCE,
    basis=Basis(),
    levels=(
        Level(code="household", labels=WORDS, of=("household",)),
        Level(code="village", labels=WORDS, of=("division:village",)),
        Level(code="county", labels=WORDS, of=("division:county",)),
    ),
    lanes=(Lane(code="all", labels=WORDS),),
    kinds=tuple(
        Kind(code=code, labels=WORDS, sentence=SENTENCE, lane="all", assignees=("person",), targets=("household",))
        for code in ("helps", "leads")
    ),
    designations=(),
    duties=(),
    since="2015",
    until="..",
)
PLACES: list[AnyRecord] = [
    division("1", "county"),
    division("11"),
    division("12"),
    part_of("division:11", "division:1", NOW),
    part_of("division:12", "division:1", NOW),
    *(household(f"11-{number:04}") for number in range(20)),
    *(part_of(f"household:11-{number:04}", "division:11", NOW) for number in range(20)),
    *(person(key) for key in "abcdefghij"),
    post("head"),
    post("deputy"),
    organization("unit"),
]


def helps(who: str, number: int, validity: Validity = NOW) -> Relation:
    return assignment(f"person:{who}", f"household:11-{number:04}", validity, kind="helps")


def loads_of(records: Sequence[AnyRecord], within: str = "division:1", day: int = DAY) -> Loads:
    outline = outline_of([*PLACES, *records])
    return Loads(outline, find_containment(outline), REGIME, day, [within])


def test_households_and_villages_are_counted_apart() -> None:
    (load,) = loads_of([helps("a", 0), helps("a", 1), assignment("person:a", "division:11", NOW)]).loads
    assert (load.assignments, load.certain, load.targets) == (3, 3, 3)
    assert load.by_level == {"household": 2, "village": 1}
    assert load.kinds == {"helps": 2, "leads": 1}


def test_what_is_over_counts_no_more_and_what_may_hold_is_not_certain() -> None:
    (load,) = loads_of([helps("a", 0, OVER), helps("a", 1, ALWAYS_POSSIBLE)]).loads
    assert (load.assignments, load.certain) == (1, 0)


def test_nothing_is_carried_before_the_regime() -> None:
    assert loads_of([helps("a", 0, ALWAYS_POSSIBLE)], day=parse_day("2014-01-01").toordinal()).loads == ()


def test_only_what_lies_in_the_area() -> None:
    records = [helps("a", 0), assignment("person:b", "division:12", NOW)]
    assert [load.assignee for load in loads_of(records, "division:11").loads] == ["person:a"]
    assert [load.assignee for load in loads_of(records).loads] == ["person:a", "person:b"]


def test_the_most_come_first() -> None:
    found = loads_of([helps("a", 0), helps("b", 1), helps("b", 2)]).loads
    assert [(load.assignee, load.assignments) for load in found] == [("person:b", 2), ("person:a", 1)]


# Nine who help one household each, and one who helps six.
UNEVEN = [*(helps(who, number) for number, who in enumerate("abcdefghi")), *(helps("j", n) for n in range(9, 15))]


def test_who_carries_more_than_the_fence_is_an_outlier() -> None:
    loads = loads_of(UNEVEN)
    assert {load.assignee: load.outlier_of for load in loads.loads if load.outlier_of} == {"person:j": ("helps",)}
    (spread,) = loads.distributions([])
    assert (spread.assignees, spread.assignments, spread.least, spread.median, spread.most) == (10, 15, 1, 1.0, 6)
    assert (spread.mean, spread.fence, spread.outliers) == (1.5, 1.0, 1)


def test_of_few_nobody_is_an_outlier() -> None:
    loads = loads_of(UNEVEN[3:])
    assert loads.distributions([])[0].assignees == 7
    assert loads.distributions([])[0].fence is None
    assert not any(load.outlier_of for load in loads.loads)


def test_a_spread_is_told_of_all_and_of_each_group() -> None:
    records = [helps("a", 0), assignment("person:b", "division:12", NOW, kind="helps")]
    found = loads_of(records).distributions(["division:11", "division:12"])
    assert [(each.area, each.assignments) for each in found] == [(None, 2), ("division:11", 1), ("division:12", 1)]


def alone(records: Sequence[AnyRecord]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(point.target, point.person, point.posts) for point in loads_of(records).single_points]


def test_a_household_with_one_helper_hangs_on_one_person() -> None:
    assert alone([helps("a", 0), helps("b", 1), helps("c", 1)]) == [("household:11-0000", "person:a", ())]


def test_two_posts_of_one_person_are_one_person() -> None:
    posts = [assignment("post:head", "division:11", NOW), assignment("post:deputy", "division:11", NOW)]
    held = [holding("person:a", "post:head", NOW), holding("person:a", "post:deputy", NOW)]
    assert alone([*posts, *held]) == [("division:11", "person:a", ("post:deputy", "post:head"))]
    assert alone([*posts, held[0], holding("person:b", "post:deputy", NOW)]) == []


def test_not_where_an_organisation_answers_or_a_holder_is_not_on_record() -> None:
    assert alone([helps("a", 0), assignment("organization:unit", "household:11-0000", NOW, kind="helps")]) == []
    assert alone([assignment("post:head", "division:11", NOW)]) == []


def test_one_who_only_may_answer_hangs_there_only_possibly() -> None:
    (point,) = loads_of([helps("a", 0, ALWAYS_POSSIBLE)]).single_points
    assert point.certainty is Certainty.POSSIBLE


def test_a_span_is_what_lies_below() -> None:
    heads = [assignment("post:head", "division:1", NOW), assignment("post:deputy", "division:1", NOW)]
    assert loads_of(heads).spans("leads") == (
        Span("division:1", ("post:deputy", "post:head"), {"household": 20, "village": 2}),
    )
    assert loads_of(heads).spans("helps") == ()


def test_containment_that_is_over_counts_nothing() -> None:
    moved = part_of("household:11-0000", "division:12", OVER)
    assert moved.family is Family.CONTAINMENT
    (span,) = loads_of([moved, assignment("post:head", "division:12", NOW)]).spans("leads")
    assert span.by_level == {}
