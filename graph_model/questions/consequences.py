"""What follows from assessments (奖惩): which rows of the regime's table apply, and the measures that they bring.

Results in, named measures out. Nobody is skipped: who cannot be named is there with what the rule calls him. Of several
sanctions for one addressee the gravest holds, and the others are shown as included in it. Source: domain.md 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from graph_model.consequence_rules import Consequence, MeasureRule, Party, ResultKind
from graph_model.dates import Certainty, certainty_on, strongest, weakest
from graph_model.errors import BadUserInputError
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.parties import Assessed, Parties, value_of
from graph_model.questions.seats import Holder, holders_of
from graph_model.questions.ways import Ways
from graph_model.records import AnyNode, Assessment, Coverage, Designation, Post, Result, Text
from graph_model.regime import MeasureKind, Regime, allows


class Verdict(Enum):
    """Whether a row of the table applies (是否适用)."""

    APPLIES = "APPLIES"
    DOES_NOT = "DOES_NOT"
    UNKNOWN = "UNKNOWN"


class Standing(Enum):
    """Whether a measure stands by itself (效力): it holds, or a graver one for the same addressee includes it."""

    HOLDS = "HOLDS"
    INCLUDED = "INCLUDED"


class Missing(Struct, frozen=True):
    """What would have to be recorded to tell: a result of a year; no ``result``: the whole assessment."""

    year: int
    result: str | None


class Row(Struct, frozen=True):
    """One row of the table, and whether it applies to the subject in the year."""

    consequence: Consequence
    verdict: Verdict
    certainty: Certainty
    missing: tuple[Missing, ...] = ()


class Addressee(Struct, frozen=True):
    """Who is meant: ``node`` is None where the graph can name nobody; ``of``: whose he is, where that is known.

    ``holders``: of a post, on the day.
    """

    labels: Text
    node: AnyNode | None
    certainty: Certainty
    of: AnyNode | None = None
    holders: tuple[Holder, ...] = ()


class NamedMeasure(Struct, frozen=True):
    """One measure for one addressee. ``included_in``: the code of the row whose measure includes it."""

    consequence: Consequence
    measure: MeasureKind
    to: Addressee
    by: tuple[Addressee, ...]
    amount: float | None
    purpose: Text | None
    certainty: Certainty
    standing: Standing = Standing.HOLDS
    included_in: str | None = None


class Outcome(Struct, frozen=True):
    """The answer for one subject and year: the rows of the table that speak of it, in order, and their measures."""

    subject: AnyNode
    year: int
    rows: tuple[Row, ...]
    measures: tuple[NamedMeasure, ...]


def find_consequences(
    around: Neighbourhood,
    regime: Regime,
    assessments: Iterable[Assessment],
    subject: str,
    year: int,
    day: int,
    *,
    coverages: Sequence[Coverage] = (),
) -> Outcome:
    """What follows for a subject (a node's id) from the assessments of a year; who is meant is seen on a day (ordinal).

    ``assessments``: of this year and those before, the subject's and others'; of two of one kind, subject and year the
    last counts. Raises KeyError for a subject that is not in the neighbourhood.
    """
    node = around.get_node(subject)
    assessed = Assessed({(one.kind, one.subject, one.year): one for one in assessments if one.regime == regime.code})
    ways = Ways(around, day, coverages)
    parties = Parties(around, regime, day, ways, assessed, year)
    rows = [
        row
        for consequence in regime.consequences
        if (row := _row(consequence, around, regime, assessed, subject, year, day)) is not None
    ]
    kinds = {kind.code: kind for kind in regime.measures}
    found = [
        measure
        for row in rows
        if row.verdict is Verdict.APPLIES
        for rule in row.consequence.measures
        for measure in _measures(row, rule, kinds[rule.measure], parties, around, subject, day)
    ]
    return Outcome(node, year, tuple(rows), tuple(_with_included(found)))


def check_assessments(assessments: Sequence[Assessment], regime: Regime) -> None:
    """Raises BadUserInputError for an assessment that the regime does not know, naming what it knows."""
    kinds = {kind.code: kind for kind in regime.assessments}
    for index, one in enumerate(assessments):
        at = f"assessments[{index}]"
        kind = kinds.get(one.kind)
        if kind is None:
            raise BadUserInputError(f"{at}.kind: unknown kind {one.kind!r}; there are: {', '.join(kinds) or 'none'}")
        results = {result.code: result for result in kind.results}
        known: set[str] = set()
        for number, given in enumerate(one.results):
            _check_result(given, results, f"{at}.results[{number}]")
            if given.code in known:
                raise BadUserInputError(f"{at}.results[{number}].code: {given.code} is given twice: give it once")
            known.add(given.code)


def check_assessed(assessments: Sequence[Assessment], regime: Regime, around: Neighbourhood) -> None:
    """Raises BadUserInputError for an assessment of a node that is not there, or that its kind is not about.

    The kinds must be the regime's (``check_assessments``), and the nodes in the neighbourhood.
    """
    about = {kind.code: kind.of for kind in regime.assessments}
    for index, one in enumerate(assessments):
        node = around.find_node(one.subject)
        if node is None:
            raise BadUserInputError(f"assessments[{index}].subject: there is no {one.subject!r}")
        if not allows(about[one.kind], node):
            raise BadUserInputError(
                f"assessments[{index}]: {one.kind} is an assessment of: {', '.join(about[one.kind])};"
                f" {one.subject} is none"
            )


def _check_result(given: Result, known: Mapping[str, ResultKind], at: str) -> None:
    result = known.get(given.code)
    if result is None:
        raise BadUserInputError(f"{at}.code: unknown result {given.code!r}; there are: {', '.join(known)}")
    if (result.type == "flag") != isinstance(given.value, bool):
        wanted = "flag: true or false" if result.type == "flag" else "number"
        raise BadUserInputError(f"{at}: {given.code} is given by {wanted}")
    is_below = result.least is not None and given.value < result.least
    if is_below or (result.most is not None and given.value > result.most):
        raise BadUserInputError(
            f"{at}: {given.code} {given.value:g} is not within {result.least:g} and {result.most:g}"
        )


def _row(
    consequence: Consequence,
    around: Neighbourhood,
    regime: Regime,
    assessed: Assessed,
    subject: str,
    year: int,
    day: int,
) -> Row | None:
    """A row's verdict; None where the subject has no assessment of its kind in the year."""
    if assessed.find(consequence.assessment, subject, year) is None:
        return None
    designated = weakest(
        _designated(around, subject, consequence.designation, day),
        _not(_designated(around, subject, consequence.undesignated, day)) if consequence.undesignated else _SURE,
        regime.certainty_on(day),
    )
    if not designated.holds:
        return Row(consequence, Verdict.DOES_NOT, Certainty.CERTAIN)
    missing: list[Missing] = []
    for one_year in range(year - consequence.years_running + 1, year + 1):
        assessment = assessed.find(consequence.assessment, subject, one_year)
        if assessment is None:
            missing.append(Missing(one_year, None))
            continue
        for condition in consequence.when:
            value = value_of(assessment, condition.result)
            if value is None:
                missing.append(Missing(one_year, condition.result))
            elif not condition.accepts(value):
                return Row(consequence, Verdict.DOES_NOT, Certainty.CERTAIN)
    verdict = Verdict.UNKNOWN if missing else Verdict.APPLIES
    return Row(consequence, verdict, designated, tuple(missing))


_SURE = Certainty.CERTAIN
_OPPOSITE = {
    Certainty.CERTAIN: Certainty.NO,
    Certainty.POSSIBLE: Certainty.POSSIBLE,
    Certainty.NO: Certainty.CERTAIN,
}


def _not(certainty: Certainty) -> Certainty:
    return _OPPOSITE[certainty]


def _designated(around: Neighbourhood, subject: str, designation: str | None, day: int) -> Certainty:
    if designation is None:
        return Certainty.CERTAIN
    claims = [claim for claim in around.iter_claims(subject, Designation) if claim.kind == designation]
    return strongest(*(certainty_on(claim.validity, day) for claim in claims)) if claims else Certainty.NO


def _measures(
    row: Row,
    rule: MeasureRule,
    kind: MeasureKind,
    parties: Parties,
    around: Neighbourhood,
    subject: str,
    day: int,
) -> list[NamedMeasure]:
    by = tuple(addressee for party in rule.by for addressee in _addressees(party, parties, around, subject, day))
    made: list[NamedMeasure] = []
    for party in rule.to:
        for addressee in _addressees(party, parties, around, subject, day):
            certainty = weakest(row.certainty, addressee.certainty)
            made.append(NamedMeasure(row.consequence, kind, addressee, by, rule.amount, rule.purpose, certainty))
    return made if rule.combined is None else _combined(made, rule.combined)


def _addressees(party: Party, parties: Parties, around: Neighbourhood, subject: str, day: int) -> Iterable[Addressee]:
    return [
        Addressee(found.labels, found.node, found.certainty, found.of, _holders(around, found.node, day))
        for found in parties.find(party, subject)
    ]


def _holders(around: Neighbourhood, node: AnyNode | None, day: int) -> tuple[Holder, ...]:
    return holders_of(around, node.id, day) if isinstance(node, Post) else ()


def _combined(made: Sequence[NamedMeasure], amount: float) -> list[NamedMeasure]:
    """One amount for a person that surely holds several of the posts: at the first of them, the others included."""
    posts_of: dict[str, list[int]] = {}
    for index, measure in enumerate(made):
        for holder in measure.to.holders:
            if holder.certainty is Certainty.CERTAIN:
                posts_of.setdefault(holder.person.id, []).append(index)
    rows = list(made)
    for indexes in posts_of.values():
        if len(indexes) > 1:
            first, *others = indexes
            rows[first] = replace(rows[first], amount=amount)
            for index in others:
                rows[index] = replace(
                    rows[index],
                    amount=None,
                    standing=Standing.INCLUDED,
                    included_in=rows[index].consequence.code,
                )
    return rows


def _with_included(measures: Sequence[NamedMeasure]) -> list[NamedMeasure]:
    """The gravest sanction of each addressee that is surely due holds, and includes those that are no graver.

    A graver one that is only POSSIBLE stands beside it. Where two are as grave, the first row's holds.
    """
    gravest: dict[str, NamedMeasure] = {}
    for measure in measures:
        if measure.to.node is not None and measure.measure.gravity and measure.certainty is Certainty.CERTAIN:
            known = gravest.get(measure.to.node.id)
            if known is None or _gravity(measure) > _gravity(known):
                gravest[measure.to.node.id] = measure
    rows = []
    for measure in measures:
        rival = None if measure.to.node is None else gravest.get(measure.to.node.id)
        is_included = rival is not None and rival is not measure and 0 < _gravity(measure) <= _gravity(rival)
        if rival is not None and is_included:
            rows.append(replace(measure, standing=Standing.INCLUDED, included_in=rival.consequence.code))
        else:
            rows.append(measure)
    return rows


def _gravity(measure: NamedMeasure) -> int:
    return measure.measure.gravity or 0
