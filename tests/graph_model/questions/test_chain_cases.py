"""The cases under ``cases/``, each against the code, the oracle, and its own records in reverse."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph_model.dates import parse_day
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import Chain, Completeness, trace_chain
from graph_model.questions.duties import Gap, GapCause
from graph_model.questions.seats import Holder
from tests.graph_model.questions.case import Case, Expected, read_cases
from tests.graph_model.questions.naive_chain import NaiveTracer, World
from tests.graph_model.questions.plain_chain import plain

CASES = read_cases(Path(__file__).with_name("cases"))


@pytest.fixture(params=CASES, ids=lambda case: case.case)
def case(request: pytest.FixtureRequest) -> Case:
    found = request.param
    assert isinstance(found, Case)
    return found


def traced(case: Case, world: World) -> Chain:
    return trace_chain(
        Neighbourhood(world.nodes, world.claims, world.relations),
        case.id_of(case.of),
        case.the_regime(),
        parse_day(case.as_of).toordinal(),
        coverages=world.coverages,
        lanes=None if case.lanes is None else case.the_regime().check_lanes(case.lanes),
    )


def name(node_id: str) -> str:
    return node_id.partition(":")[2]


def held_by(holders: tuple[Holder, ...]) -> str:
    if not holders:
        return ""
    return ", held by " + ", ".join(f"{name(row.person.id)} {row.certainty.value}" for row in holders)


def gap_of(gap: Gap) -> dict[str, str]:
    return {f"{name(gap.target.id)} {gap.duty.code}": f"{gap.cause.value} {gap.certainty.value}"}


def as_written(chain: Chain, expected: Expected) -> Expected:
    """A chain in the notation of the cases, as far as a case speaks of it."""
    way = [{name(rung.node.id): rung.certainty.value} for rung in chain.way]
    links = [
        {
            f"{name(link.assignee.id)} {link.kind.code} {name(link.target.id)}": link.certainty.value
            + held_by(link.holders)
        }
        for link in chain.links
    ]
    return Expected(
        way=None if expected.way is None else way,
        links=None if expected.links is None else links,
        gaps=None if expected.gaps is None else [gap_of(gap) for gap in chain.gaps],
        completeness=None if expected.completeness is None else chain.completeness.value,
    )


def test_the_chain_is_as_expected(case: Case) -> None:
    chain = traced(case, case.world())

    assert as_written(chain, case.expect) == case.expect


def test_the_oracle_says_the_same(case: Case) -> None:
    world = case.world()
    tracer = NaiveTracer(world, case.the_regime(), parse_day(case.as_of).toordinal())

    assert plain(traced(case, world)) == tracer.trace(case.id_of(case.of), case.lanes)


def test_records_in_reverse_give_the_same_chain(case: Case) -> None:
    world = case.world()
    reverse = World(world.nodes[::-1], world.claims[::-1], world.relations[::-1], world.coverages[::-1])

    assert traced(case, reverse) == traced(case, world)


def test_the_cases_show_every_cause_with_every_certainty() -> None:
    shown = {words for case in CASES for gap in case.expect.gaps or [] for words in gap.values()}
    assert shown == {f"{cause.value} {certainty}" for cause in GapCause for certainty in ("CERTAIN", "POSSIBLE")}


def test_the_cases_show_every_completeness() -> None:
    assert {case.expect.completeness for case in CASES} - {None} == {each.value for each in Completeness}
