"""Figures beside counts: the day, whether they agree, and what is said where they do not."""

from __future__ import annotations

import pytest
from msgspec import structs

from graph_model.dates import parse_day
from graph_model.questions.figures import agrees, day_of, find_differences
from graph_model.records import Basis, Fact, Provenance, Qualifier, Severity, Text

REFERENCE = parse_day("2017-06-30").toordinal()
VISITS = Fact(
    id="fact:1.2:visits",
    provenance=Provenance.SOURCE,
    basis=Basis(document="document:report", clause="1.2"),
    subject=Text(zh="市级领导", en="city leaders"),
    measure=Text(zh="调研", en="visits"),
    period="2017-06-30",
    value=1234,
)
OVER = structs.replace(VISITS, qualifier=Qualifier.OVER)


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2017-06-30", "2017-06-30"),
        ("2017", "2017-06-30"),
        ("2016/2017-06-30", "2017-06-30"),
        ("2016", "2016-12-31"),
        ("2017-01/2017-03", "2017-03-31"),
        ("2018", "2018-12-31"),
    ],
)
def test_the_day_is_the_reference_date_where_the_period_holds_it(period: str, day: str) -> None:
    assert day_of(structs.replace(VISITS, period=period), REFERENCE) == parse_day(day).toordinal()


@pytest.mark.parametrize(("counted", "equal"), [(1233, False), (1234, True), (1235, False), (0, False), (None, None)])
def test_an_exact_figure_must_be_equal(counted: int | None, equal: bool | None) -> None:
    assert agrees(VISITS, counted) is equal


@pytest.mark.parametrize(("counted", "met"), [(1233, False), (1234, True), (1235, True), (None, None)])
def test_over_is_met_by_as_many_or_more(counted: int | None, met: bool | None) -> None:
    assert agrees(OVER, counted) is met


def test_a_rule_without_a_number_has_nothing_to_agree_with() -> None:
    assert agrees(structs.replace(VISITS, value=None), 3) is None


def test_a_difference_is_a_finding_with_both_numbers() -> None:
    (finding,) = find_differences([(VISITS, 1200)])
    assert finding.id == "finding:figure-differs:1.2:visits"
    assert (finding.code, finding.severity, finding.clauses) == ("figure-differs", Severity.WARNING, ("1.2",))
    assert finding.basis == Basis(document="document:report", clause="1.2")
    assert finding.message == Text(
        zh="第1.2条，市级领导，调研：源文为1,234，图中计得1,200",
        en="Clause 1.2, city leaders, visits: 1,234 stated, 1,200 counted in the graph",
    )


def test_a_lower_bound_says_so() -> None:
    (finding,) = find_differences([(OVER, 0)])
    assert finding.message.en.endswith("over 1,234 stated, 0 counted in the graph")


def test_what_agrees_or_is_not_counted_is_no_finding() -> None:
    assert list(find_differences([(VISITS, 1234), (OVER, 9999), (VISITS, None)])) == []
