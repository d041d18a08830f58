"""Successions and their deadlines by cases: ``handovers.yaml``.

``facts`` and ``covered`` as in ``case.py``; ``nearer``: a second rule, ``N UNIT in PLACE``; asked about 2021.
``board``: a rule that a board is brought up to date within 15 days of whoever begins; ``done``: the days or periods on
which it was; ``recorded``: when the record of that is complete.
``expect``: who left, the verdict, the deadline (two days where it lies between them), and by whom it was met.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from msgspec import Struct, structs

from graph_model.neighbourhood import Neighbourhood
from graph_model.periods import Unit
from graph_model.questions.handovers import Handover, HandoverChecker
from graph_model.records import AnyTarget, Coverage, Measure, Roster
from graph_model.regime import Deadline, MeasureKind, Regime
from graph_model.yaml_file import read_yaml
from tests.graph_model.questions.case import REGIME, SOURCE, Case, Expected, When, validity_of


class HandoverCase(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One case as it is written."""

    case: str
    facts: dict[str, When]
    covered: dict[str, When] = {}
    nearer: str | None = None
    board: bool = False
    done: list[str] = []
    recorded: str | None = None
    expect: list[str]


CASES = read_yaml(Path(__file__).with_name("handovers.yaml"), list[HandoverCase]).content


def world_of(case: HandoverCase) -> Case:
    return Case(
        case=case.case,
        of="village",
        places={"village": "village", "west": "county"},
        people=dict.fromkeys(("li", "wang", "zhao"), "post"),
        facts=case.facts,
        covered=case.covered,
        expect=Expected(),
    )


def regime_of(case: HandoverCase) -> Regime:
    shared = world_of(case).the_regime()
    rule = Deadline(
        code="successor",
        labels=shared.labels,
        clause="1",
        level="village",
        kinds=("leads",),
        by=("leads", "in-charge"),
        within=15,
        unit="working-days",
        rule="successors",
    )
    rules = [rule]
    if case.nearer is not None:
        number, unit, _, place = case.nearer.split()
        assert unit in get_args(Unit)
        rules.append(structs.replace(rule, code="nearer", within=int(number), unit=unit, area=f"division:{place}"))
    if case.board:
        rules = [structs.replace(rule, code="board", by=(), done="board-update", after="begin", unit="days", rule=None)]
    measures = (MeasureKind(code="board-update", labels=shared.labels),)
    return structs.replace(shared, deadlines=tuple(rules), measures=measures)


def handovers_of(case: HandoverCase, *, backwards: bool = False) -> tuple[Handover, ...]:
    world, step = world_of(case).world(), -1 if backwards else 1
    around = Neighbourhood(world.nodes[::step], world.claims[::step], world.relations[::step])
    first, last = date(2021, 1, 1).toordinal(), date(2021, 12, 31).toordinal()
    node = around.get_node("division:village")
    assert isinstance(node, AnyTarget)
    measures = [
        Measure(
            id=f"measure:{number}",
            provenance=SOURCE,
            kind="board-update",
            by=("post:zhao",),
            to=(node.id,),
            period=period,
        )
        for number, period in enumerate(case.done)
    ]
    coverages = list(world.coverages)
    if case.recorded is not None:
        coverages.append(
            Coverage(
                id="coverage:evidence",
                provenance=SOURCE,
                roster=Roster.EVIDENCE,
                regime=REGIME,
                kind="board-update",
                validity=validity_of(case.recorded),
            )
        )
    return HandoverChecker(around, regime_of(case), first, last, coverages, measures[::step]).check([node])


def said(handover: Handover) -> str:
    due = "/".join(dict.fromkeys(date.fromordinal(day).isoformat() for day in handover.due))
    by = "" if handover.successor is None else f" by {handover.successor.source.partition(':')[2]}"
    done = "" if handover.done is None else f" done {handover.done.period}"
    return f"{handover.assignment.source.partition(':')[2]} {handover.verdict.value} due {due}{by}{done}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.case)
def test_the_handovers_are_as_expected(case: HandoverCase) -> None:
    assert sorted(map(said, handovers_of(case))) == sorted(case.expect)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.case)
def test_records_in_reverse_give_the_same(case: HandoverCase) -> None:
    assert handovers_of(case, backwards=True) == handovers_of(case)
