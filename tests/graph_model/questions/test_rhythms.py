"""Rhythms by cases: ``rhythms.yaml``.

``rhythms``  name: ``level DESIGNATION: kind; N every PERIOD; per WHOM; season FROM/TO; in PLACE; rule WORD`` (bounds);
             what stands behind the first semicolon may be left away; ``least 1000 metres``: what counts.
``facts``    as in ``case.py``; the target is ``reach``, which may lie in ``west``.
``covered``  ``patrol everywhere`` and when: the record of what was done is complete then.
``done``     who, the day or period, ``at`` what, if not the reach, and ``over`` how many metres.
``expect``   the months in which periods begin, the verdict, and ``perhaps`` where it is only possibly bound.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec import Struct, structs

from graph_model.dates import Certainty, parse_day
from graph_model.neighbourhood import Neighbourhood
from graph_model.periods import Every, Season
from graph_model.questions.rhythms import RhythmCheck, RhythmChecker
from graph_model.records import AnyTarget, Coverage, Measure, Quantity, Roster
from graph_model.regime import Least, MeasureKind, QuantityKind, Regime, Rhythm
from graph_model.yaml_file import read_yaml
from tests.graph_model.questions.case import REGIME, SOURCE, Case, Expected, When, validity_of


class RhythmCase(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"first": "from", "last": "to"}):
    """One case as it is written."""

    case: str
    rhythms: dict[str, str]
    facts: dict[str, When] = {}
    covered: dict[str, str] = {}
    done: list[str] = []
    first: str
    last: str
    expect: list[str]


CASES = read_yaml(Path(__file__).with_name("rhythms.yaml"), list[RhythmCase]).content
_WORDS = re.compile(r"(?P<level>\w+)(?: (?P<designation>\w+))?: (?P<kinds>[a-z -]+)(?P<more>.*?)(?: \((?P<when>.*)\))?")
_TEXT = Case(case="", of="", places={}, expect=Expected()).the_regime().labels


def world_of(case: RhythmCase) -> Case:
    return Case(
        case=case.case,
        of="reach",
        places={"reach": "village", "brook": "village", "west": "county"},
        people={"li": "post", "wang": "post"},
        facts=case.facts,
        expect=Expected(),
    )


def rhythm_of(code: str, words: str) -> Rhythm:
    match = _WORDS.fullmatch(words)
    assert match is not None
    given: dict[str, Any] = {}
    for part in match["more"].split("; ")[1:]:
        word, _, rest = part.partition(" ")
        if word == "season":
            given["season"] = Season(*rest.split("/"))
        elif word == "in":
            given["area"] = f"division:{rest}"
        elif word == "least":
            given["least"] = (Least(quantity=rest.split()[1], at_least=float(rest.split()[0])),)
        elif word in {"rule", "per"}:
            given[word] = rest
        else:
            number, _, every = part.rpartition("every ")
            given["at_least"] = int(number or 1)
            assert every in get_args(Every)
            given["every"] = every
    own = validity_of(match["when"] or "/")
    return Rhythm(
        code=code,
        labels=_TEXT,
        clause="1",
        level=match["level"],
        kinds=tuple(match["kinds"].split(" or ")),
        evidence="patrol",
        designation=match["designation"],
        since=own.since,
        until=own.until,
        **given,
    )


def regime_of(case: RhythmCase) -> Regime:
    shared = world_of(case).the_regime()
    kinds = tuple(structs.replace(shared.kinds[0], code=code) for code in ("chief", "helper"))
    return structs.replace(
        shared,
        kinds=(*shared.kinds, *kinds),
        measures=(MeasureKind(code="patrol", labels=_TEXT, quantities=(QuantityKind(code="metres", labels=_TEXT),)),),
        rhythms=tuple(rhythm_of(code, words) for code, words in case.rhythms.items()),
    )


def measure_of(words: str) -> Measure:
    who, _, rest = words.partition(" ")
    rest, _, metres = rest.partition(" over ")
    when, _, where = rest.partition(" at ")
    return Measure(
        id=f"measure:{words.replace(' ', '-').replace('/', '--')}",
        provenance=SOURCE,
        kind="patrol",
        by=(f"post:{who}",),
        to=(f"division:{where or 'reach'}",),
        period=when,
        quantities=(Quantity("metres", float(metres)),) if metres else (),
    )


def checks_of(case: RhythmCase, *, backwards: bool = False) -> tuple[RhythmCheck, ...]:
    world = world_of(case).world()
    coverages = [
        Coverage(
            id=f"coverage:{number}",
            provenance=SOURCE,
            roster=Roster.EVIDENCE,
            regime=REGIME,
            kind=words.split()[0],
            validity=validity_of(when),
        )
        for number, (words, when) in enumerate(case.covered.items())
    ]
    step = -1 if backwards else 1
    around = Neighbourhood(world.nodes[::step], world.claims[::step], world.relations[::step])
    first, last = (parse_day(day).toordinal() for day in (case.first, case.last))
    measures = [measure_of(words) for words in case.done][::step]
    checker = RhythmChecker(around, regime_of(case), first, last, measures, coverages)
    nodes = checker.nodes_above("division:reach")
    assert all(isinstance(node, AnyTarget) for node in nodes)
    return checker.check(nodes)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.case)
def test_the_periods_are_as_expected(case: RhythmCase) -> None:
    said = [
        f"{date.fromordinal(one.period.first):%Y-%m} {one.verdict.value}"
        + (" perhaps" if one.certainty is Certainty.POSSIBLE else "")
        for check in checks_of(case)
        for one in check.periods
    ]
    assert said == case.expect


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.case)
def test_records_in_reverse_give_the_same(case: RhythmCase) -> None:
    assert checks_of(case, backwards=True) == checks_of(case)
