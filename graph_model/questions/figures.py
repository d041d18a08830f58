"""Figures beside what the graph counts (对账): on which day, whether they agree, and a finding where they do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph_model.dates import AFTER_ALL_DAYS, parse_period
from graph_model.records import Basis, Fact, Finding, Provenance, Qualifier, Severity, Text


def day_of(fact: Fact, reference_day: int) -> int:
    """The day (ordinal) on which a figure is counted: the data set's reference date, or its own period's last day.

    The latter where the period does not hold the reference date.
    """
    first, last = parse_period(fact.period)
    return reference_day if first <= reference_day <= last or last >= AFTER_ALL_DAYS else last


def agrees(fact: Fact, counted: int | None) -> bool | None:
    """Whether a figure and a count agree; None where there is not one of each.

    An exact figure must be equal; one that says "over" is met by as many, or more.
    """
    if fact.value is None or counted is None:
        return None
    return counted >= fact.value if fact.qualifier is Qualifier.OVER else counted == fact.value


def find_differences(counted: Iterable[tuple[Fact, int | None]]) -> Iterator[Finding]:
    """A finding ``figure-differs`` for each figure that does not agree with its count; neither is changed."""
    for fact, number in counted:
        if agrees(fact, number) is not False:
            continue
        stated = f"{fact.value:,.15g}"
        over = fact.qualifier is Qualifier.OVER
        yield Finding(
            id=f"finding:figure-differs:{fact.id.partition(':')[2]}",
            provenance=Provenance.DERIVED,
            basis=Basis(document=fact.basis.document, clause=fact.basis.clause),
            code="figure-differs",
            severity=Severity.WARNING,
            message=Text(
                zh=f"第{fact.basis.clause}条，{fact.subject.zh}，{fact.measure.zh}："
                f"源文为{'逾' if over else ''}{stated}，图中计得{number:,}",
                en=f"Clause {fact.basis.clause}, {fact.subject.en}, {fact.measure.en}: "
                f"{'over ' if over else ''}{stated} stated, {number:,} counted in the graph",
            ),
            clauses=(fact.basis.clause,) if fact.basis.clause else (),
        )
