"""The cases under ``cases/``: every change, every fault, every stability rule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_model.change_events import divisions_of
from graph_model.dates import day_or_none
from graph_model.editing.deciding import Verdict, decide
from graph_model.editing.effects import Effect, find_effects
from graph_model.editing.faults import FaultCode
from graph_model.editing.stability import Breach
from graph_model.editing.telling import OVERRIDDEN, Remedy, RemedyKind, message_of, remedies_of, spoken_end
from graph_model.records import ChangedBy, ChangeEvent
from graph_model.validation import check_records
from tests.graph_model.editing.case import (
    Case,
    facts_of,
    name,
    read_cases,
    the_regime,
    the_rules,
    words_of,
    words_of_event,
)

CASES = read_cases(Path(__file__).with_name("cases"))


@pytest.fixture(params=CASES, ids=lambda case: case.case)
def case(request: pytest.FixtureRequest) -> Case:
    found = request.param
    assert isinstance(found, Case)
    return found


def verdict_of(case: Case) -> Verdict:
    return decide(case.the_changes(), case.the_override(), case.around(), the_rules())


def faults_of(verdict: Verdict) -> list[str]:
    """All but the breaches, which are told of by themselves."""
    return [
        " ".join([str(0 if fault.index is None else fault.index + 1), ".".join(map(str, fault.path)), fault.code.value])
        for fault in verdict.faults
        if fault.code is not FaultCode.RULE_BROKEN
    ]


def breach_of(breach: Breach) -> str:
    return f"{breach.rule.code} {words_of(breach.record)} {spoken_end(breach.end)} {breach.certainty.value}"


def remedy_of(remedy: Remedy) -> str:
    day = None if remedy.day is None else day_or_none(remedy.day)
    return remedy.kind.value if day is None else f"{remedy.kind.value} {day}"


def effects_of(effect: Effect) -> Iterator[str]:
    at = f"{day_or_none(effect.day)} {name(effect.target.id)}:"
    difference = effect.difference
    for link in difference.gained:
        yield f"{at} gained {words_of(link.assignment)} {link.certainty.value}"
    for link in difference.lost:
        yield f"{at} lost {words_of(link.assignment)} {link.certainty.value}"
    for changed in difference.changed:
        held = [
            ",".join(name(row.person.id) for row in link.holders) or "nobody"
            for link in (changed.before, changed.after)
        ]
        if changed.holders:
            yield f"{at} holder {words_of(changed.after.assignment)}: {held[0]} -> {held[1]}"
        elif changed.certainty:
            sure = f"{changed.before.certainty.value} -> {changed.after.certainty.value}"
            yield f"{at} certainty {words_of(changed.after.assignment)}: {sure}"
    for gap in difference.opened:
        yield f"{at} opened {gap.duty.code} {gap.cause.value} {gap.certainty.value}"
    for gap in difference.closed:
        yield f"{at} closed {gap.duty.code} {gap.cause.value} {gap.certainty.value}"
    for turned in difference.gaps_changed:
        yield f"{at} gap {turned.after.duty.code}: {turned.before.cause.value} -> {turned.after.cause.value}"


def test_the_faults_are_as_expected(case: Case) -> None:
    assert faults_of(verdict_of(case)) == case.expect.faults


def test_the_breaches_are_as_expected(case: Case) -> None:
    assert sorted(map(breach_of, verdict_of(case).breaches)) == sorted(case.expect.breaches)


def test_a_breach_is_refused_unless_it_is_overridden(case: Case) -> None:
    verdict = verdict_of(case)
    refused = [fault.rule for fault in verdict.faults if fault.code is FaultCode.RULE_BROKEN]
    assert len(refused) == len(verdict.breaches) - len(verdict.overridden)
    assert {breach.rule.code for breach in verdict.overridden} <= set(case.override or [])


def test_an_override_is_a_finding(case: Case) -> None:
    verdict = verdict_of(case)
    assert [finding.code for finding in verdict.findings] == [OVERRIDDEN] * len(verdict.overridden)
    for finding, breach in zip(verdict.findings, verdict.overridden, strict=True):
        assert finding.clauses == (breach.rule.clause,)
        assert breach.target.id in finding.subjects
        assert finding.basis.document is not None


def test_what_would_be_allowed_is_as_expected(case: Case) -> None:
    if case.expect.allowed is not None:
        breaches = sorted(verdict_of(case).breaches, key=breach_of)
        assert [remedy_of(remedy) for remedy in remedies_of(breaches[0])] == case.expect.allowed


def test_what_is_so_afterwards_is_as_expected(case: Case) -> None:
    after = facts_of(verdict_of(case).plan.after)
    assert {words: after.get(words, []) for words in case.expect.after} == case.expect.after


def test_the_effects_are_as_expected(case: Case) -> None:
    if case.expect.effects is not None:
        found = [told for effect in find_effects(verdict_of(case).plan, the_rules()) for told in effects_of(effect)]
        assert found == case.expect.effects


def test_the_events_are_as_expected(case: Case) -> None:
    if case.expect.events is not None:
        after = verdict_of(case).plan.after
        events = [node for node in after.iter_nodes() if isinstance(node, ChangeEvent)]
        assert sorted(map(words_of_event, events)) == sorted(case.expect.events)
        parts = {(claim.subject, claim.event) for claim in after.iter_all_claims() if isinstance(claim, ChangedBy)}
        assert parts == {(division, event.id) for event in events for division in divisions_of(event)}


def test_what_is_sound_can_be_written(case: Case) -> None:
    verdict = verdict_of(case)
    assert not check_records(verdict.puts)
    assert not verdict.is_sound or verdict.plan.changed


def test_nothing_is_said_of_a_breach_without_rule_and_clause(case: Case) -> None:
    verdict = verdict_of(case)
    for breach in verdict.breaches:
        message = message_of(breach, verdict.plan.after)
        assert f"clause {breach.rule.clause}" in message.en
        assert f"第{breach.rule.clause}条" in message.zh
        assert remedies_of(breach)[-1].kind is RemedyKind.OVERRIDE


def test_every_stability_rule_is_shown_refused_and_overridden() -> None:
    rules = {rule.code for rule in the_regime().stability_rules}
    assert {words.split()[0] for case in CASES for words in case.expect.breaches} == rules
    assert {code for case in CASES for code in case.override or []} >= rules
