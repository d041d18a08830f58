"""Doubtful data: each sort of it, and what is just not doubtful."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from msgspec import structs

from graph_model.dates import ALWAYS_POSSIBLE, Validity
from graph_model.questions.found import Found
from graph_model.questions.places import find_containment
from graph_model.questions.suspicions import find_suspicions
from graph_model.records import AnyRecord, Family, Relation
from graph_model.regime import Regime
from tests.conformance.graphs import (
    assignment,
    division,
    holding,
    organization,
    part_of,
    person,
    post,
    since,
)
from tests.conformance.small_campaign import REGIME, the_regime
from tests.graph_model.outlines import outline_of

GROUND: tuple[AnyRecord, ...] = (
    division("530521", "county"),
    division("530523", "county"),
    division("530521101", "township"),
    division("530521101201"),
    division("530521101202"),
    part_of("division:530521101", "division:530521", since("2000-01-01", "..")),
    part_of("division:530521101201", "division:530521101", since("2000-01-01", "..")),
    part_of("division:530521101202", "division:530521101", since("2000-01-01", "2018-01-01")),
    organization("group"),
    organization("other-group"),
    organization("unit"),
    part_of("organization:unit", "division:530521", since("2000-01-01", "..")),
    person("anna"),
    post("one"),
    post("two"),
    post("three"),
)
VILLAGE, GOING, OTHER_COUNTY = "division:530521101201", "division:530521101202", "division:530523"


def found(*records: AnyRecord, regime: Regime | None = None) -> list[Found]:
    outline = outline_of([*GROUND, *records])
    return list(find_suspicions(outline, find_containment(outline), regime or the_regime()))


def codes(*records: AnyRecord) -> list[str]:
    return sorted(each.code for each in found(*records))


def told(assignee: str, kind: str, target: str, validity: Validity) -> Relation:
    return assignment(assignee, target, validity, kind=kind, regime=REGIME)


def member(who: str, organization_id: str) -> Relation:
    made = holding(who, organization_id, since("2016-01-01", ".."))
    return structs.replace(made, id=f"membership:{who}~{organization_id}", family=Family.MEMBERSHIP, kind="member-of")


def both(first: Validity, second: Validity) -> Iterable[Relation]:
    return (
        told("organization:group", "leading-group", "division:530521", first),
        told("organization:other-group", "leading-group", "division:530521", second),
    )


@pytest.mark.parametrize(
    ("second", "wanted"),
    [
        (since("2017-06-30", ".."), ["too-many-assignees"]),
        (since("2017-07-01", ".."), []),
        (since("2017-06", ".."), ["too-many-assignees"]),
        (since("2017-07", ".."), []),
        (ALWAYS_POSSIBLE, []),
        (Validity(observed=("2017-06-30",)), ["too-many-assignees"]),
        (Validity(observed=("2017-07-01",)), []),
    ],
)
def test_two_of_what_there_is_one_of(second: Validity, wanted: list[str]) -> None:
    assert codes(*both(since("2016-01-01", "2017-07-01"), second)) == wanted


def test_who_and_since_when() -> None:
    (one,) = found(*both(since("2016-01-01", ".."), since("2017-03-01", "..")))
    assert one.others == ("organization:group", "organization:other-group")
    assert (one.targets, one.place) == (("division:530521",), "division:530521")
    assert one.first is not None
    assert (date.fromordinal(one.first), one.last, one.number) == (date(2017, 3, 1), None, 2)


def test_until_when() -> None:
    (one,) = found(*both(since("2016-01-01", "2017-05-01"), since("2017-03-01", "2018-01-01")))
    assert one.first is not None
    assert one.last is not None
    assert (date.fromordinal(one.first), date.fromordinal(one.last)) == (date(2017, 3, 1), date(2017, 4, 30))


def test_one_assignee_recorded_twice_is_one() -> None:
    one = told("organization:group", "leading-group", "division:530521", since("2016-01-01", ".."))
    assert codes(one, structs.replace(one, id=f"{one.id}~2")) == []


def test_a_first_secretary_of_two_villages() -> None:
    seats = [told("post:one", "first-secretary", each, since("2016-01-01", "2018-01-01")) for each in (VILLAGE, GOING)]
    assert codes(seats[0]) == []
    assert codes(*seats) == ["too-many-targets"]


@pytest.mark.parametrize(("posts", "wanted"), [(("one", "two"), []), (("one", "two", "three"), ["too-many-posts"])])
def test_posts_of_one_person(posts: tuple[str, ...], wanted: list[str]) -> None:
    held = [holding("person:anna", f"post:{each}", since("2016-01-01", "..")) for each in posts]
    assert codes(*held) == wanted


def test_posts_one_after_the_other_are_not_too_many() -> None:
    years = [since("2016-01-01", "2017-01-01"), since("2017-01-01", "2018-01-01"), since("2018-01-01", "..")]
    held = [
        holding("person:anna", f"post:{each}", its) for each, its in zip(("one", "two", "three"), years, strict=True)
    ]
    assert codes(*held) == []


@pytest.mark.parametrize(
    ("begins", "wanted"),
    [("2015-11-28", ["before-regime"]), ("2015-11-29", []), ("2015", []), ("2014", ["before-regime"])],
)
def test_what_begins_before_its_regime(begins: str, wanted: list[str]) -> None:
    assert codes(told("organization:unit", "takes-village", VILLAGE, since(begins, ".."))) == wanted


@pytest.mark.parametrize(
    ("ends", "wanted"),
    [("..", ["outlives-target"]), ("2018-01-02", ["outlives-target"]), ("2018-01-01", []), (None, [])],
)
def test_what_outlives_its_target(ends: str | None, wanted: list[str]) -> None:
    assert codes(told("organization:unit", "takes-village", GOING, since("2016-01-01", ends))) == wanted


def test_a_unit_of_another_county() -> None:
    assert codes(told("organization:unit", "takes-village", VILLAGE, since("2016-01-01", ".."))) == []
    (one,) = found(
        division("530523101201"),
        part_of("division:530523101201", OTHER_COUNTY, since("2000-01-01", "..")),
        told("organization:unit", "takes-village", "division:530523101201", since("2016-01-01", "..")),
    )
    assert (one.code, one.place, one.targets) == ("outside-own-area", OTHER_COUNTY, ("division:530523101201",))


@pytest.mark.parametrize(("home", "wanted"), [("division:530521", []), (OTHER_COUNTY, ["outside-own-area"])])
def test_a_helper_belongs_where_the_unit_does(home: str, wanted: list[str]) -> None:
    records = (
        organization("sending"),
        part_of("organization:sending", home, since("2000-01-01", "..")),
        member("person:anna", "organization:sending"),
        told("person:anna", "takes-village", VILLAGE, since("2016-01-01", "..")),
    )
    assert codes(*records) == wanted


def test_a_unit_that_lies_nowhere_is_not_judged() -> None:
    assert codes(told("organization:group", "takes-village", VILLAGE, since("2016-01-01", ".."))) == []


def test_the_version_is_of_what_it_rests_on() -> None:
    first, second = both(since("2016-01-01", ".."), since("2017-03-01", ".."))
    moved = structs.replace(second, validity=since("2017-04-01", ".."))
    (one,), (same,), (other,) = found(first, second), found(second, first), found(first, moved)
    assert one == same
    assert one.id == other.id
    assert one.version != other.version


def test_without_bounds_nothing_is_doubtful() -> None:
    regime = the_regime()
    kinds = tuple(structs.replace(kind, most_assignees=None) for kind in regime.kinds)
    records = both(since("2016-01-01", ".."), since("2017-03-01", ".."))
    assert found(*records, regime=structs.replace(regime, kinds=kinds)) == []
