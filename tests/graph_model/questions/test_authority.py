"""Whether what a write touches lies within the writer's area."""

from __future__ import annotations

from datetime import date

import pytest

from graph_model.dates import Validity
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.authority import authority_day, find_outside, touched
from graph_model.records import (
    AnyRecord,
    Coverage,
    Dataset,
    Designation,
    Division,
    Family,
    Person,
    Post,
    Provenance,
    Relation,
    Roster,
    Text,
)

SOURCE = Provenance.SOURCE
EDITIONS = Validity(observed=("2016-07-31", "2017-10-31"))


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def inside(source: str, target: str, validity: Validity = EDITIONS) -> Relation:
    return edge(Family.CONTAINMENT, source, target, validity)


def edge(family: Family, source: str, target: str, validity: Validity = EDITIONS) -> Relation:
    return Relation(
        id=f"{source}~{target}",
        provenance=SOURCE,
        family=family,
        kind="any",
        source=source,
        target=target,
        validity=validity,
    )


def covered(since: str | None, until: str | None, roster: Roster = Roster.CONTAINMENT) -> Coverage:
    return Coverage(id="coverage:c", provenance=SOURCE, roster=roster, validity=Validity(since=since, until=until))


COVERED = covered("2016-07-31", "2017-11-01")
MOVED = (
    inside("v2", "county", Validity(until="[2016-08-01..2017-10-31]", observed=("2016-07-31",))),
    inside("v2", "other", Validity(since="[2016-08-01..2017-10-31]", observed=("2017-10-31",))),
)
AROUND = Neighbourhood(
    [Division(id=node, provenance=SOURCE, level="village") for node in ("v", "v2", "county", "other", "city")],
    relations=[
        inside("v", "county"),
        *MOVED,
        inside("county", "city"),
        inside("other", "city"),
        inside("post", "office"),
        inside("office", "county"),
    ],
)


def outside(nodes: list[str], area: str | None, asked: str, *coverages: Coverage) -> tuple[str, ...]:
    return find_outside(AROUND, nodes, area, authority_day(day(asked), coverages), coverages)


@pytest.mark.parametrize("node", ["v", "county", "post", "office"])
def test_what_lies_in_the_area_is_inside(node: str) -> None:
    assert outside([node], "county", "2017-06-30", COVERED) == ()


@pytest.mark.parametrize("node", ["other", "city", "nothing", ""])
def test_what_lies_elsewhere_above_or_nowhere_is_outside(node: str) -> None:
    assert outside([node], "county", "2017-06-30", COVERED) == (node,)


def test_an_area_of_which_nothing_is_known_contains_nothing_but_itself() -> None:
    assert outside(["v", "ghost"], "ghost", "2017-06-30", COVERED) == ("v",)


def test_all_that_are_outside_are_named_in_their_order() -> None:
    assert outside(["v", "other", "v2", "city"], "county", "2017-06-30", COVERED) == ("other", "v2", "city")


def test_everything_is_inside_of_the_whole_data_set() -> None:
    assert outside(["v", "nothing"], None, "2017-06-30", COVERED) == ()


def test_what_only_may_lie_there_is_outside_and_inside_of_what_holds_both() -> None:
    assert outside(["v2"], "county", "2017-03-01", COVERED) == ("v2",)
    assert outside(["v2"], "city", "2017-03-01", COVERED) == ()


@pytest.mark.parametrize(
    ("asked", "is_outside"), [("2010-01-01", False), ("2016-07-31", False), ("2017-10-31", True), ("2026-01-01", True)]
)
def test_after_the_last_edition_the_last_counts_and_before_the_first_the_first(asked: str, is_outside: bool) -> None:
    assert bool(outside(["v2"], "county", asked, COVERED)) is is_outside


def test_without_coverage_the_day_itself_counts() -> None:
    assert outside(["v"], "county", "2017-10-31") == ()
    assert outside(["v"], "county", "2017-11-01") == ("v",)


@pytest.mark.parametrize(
    ("asked", "judged"),
    [("2016-07-30", "2016-07-31"), ("2017-01-01", "2017-01-01"), ("2017-11-01", "2017-10-31")],
)
def test_a_day_is_judged_on_the_nearest_one_that_is_covered(asked: str, judged: str) -> None:
    assert authority_day(day(asked), [COVERED]) == day(judged)


def test_of_several_coverages_the_nearest_counts_and_of_two_the_earlier() -> None:
    coverages = [covered("2020-01-11", "2021-01-01"), covered("2019-01-01", "2020-01-02")]
    assert authority_day(day("2020-01-05"), coverages) == day("2020-01-01")
    assert authority_day(day("2020-01-06"), coverages) == day("2020-01-01")
    assert authority_day(day("2020-01-07"), coverages) == day("2020-01-11")


@pytest.mark.parametrize("coverage", [covered(None, None), covered("2016-07-31", "2017-11-01", Roster.HOLDING)])
def test_what_covers_no_day_surely_or_not_containment_counts_for_nothing(coverage: Coverage) -> None:
    assert authority_day(day("2026-01-01"), [coverage]) == day("2026-01-01")


@pytest.mark.parametrize(
    ("record", "ids"),
    [
        (edge(Family.RESPONSIBILITY, "post", "v"), ("v",)),
        (edge(Family.HOLDING, "person", "post"), ("post",)),
        (edge(Family.MEMBERSHIP, "office", "group"), ("group",)),
        (edge(Family.REPORTING, "office", "group"), ("office",)),
        (inside("v", "county"), ("v", "county")),
        (Designation(id="designation:d", provenance=SOURCE, subject="v", kind="poor"), ("v",)),
        (Post(id="post:p", provenance=SOURCE, kind="head", name="镇长"), ("post:p",)),
        (Person(id="person:p", provenance=SOURCE, code="P-1"), ("person:p",)),
        (COVERED, ("coverage:c",)),
        (
            Dataset(
                id="dataset:d",
                provenance=SOURCE,
                name=Text("甲", "A"),
                reference_date="2017-06-30",
                editions=(),
                regimes=(),
            ),
            ("dataset:d",),
        ),
    ],
)
def test_what_a_record_touches(record: AnyRecord, ids: tuple[str, ...]) -> None:
    assert touched(record) == ids
