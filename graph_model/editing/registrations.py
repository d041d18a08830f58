"""What targets are registered as, and what they are exempt from (认定与豁免)."""

from __future__ import annotations

from graph_model.editing.assignments import check_existence
from graph_model.editing.changes import EndDesignation, EndExemption, RecordDesignation, RecordExemption
from graph_model.editing.draft import Step
from graph_model.editing.faults import FaultCode
from graph_model.keys import claim_id
from graph_model.records import Designation, Division, Exemption, Household


def record_designation(change: RecordDesignation, step: Step) -> None:
    """As ``RecordDesignation``: of any kind that a regime knows."""
    subject = step.node("subject", change.subject, Division, Household)
    known = dict.fromkeys(kind.code for regime in step.draft.rules.regimes.values() for kind in regime.designations)
    if change.kind not in known:
        step.unknown_code("kind", change.kind, list(known))
    validity = step.validity(change.since, change.until)
    if subject is None or validity is None:
        return
    check_existence(subject, validity, "since", step)
    designation = Designation(
        id=step.new_id(claim_id("designation", subject.id, change.kind), validity),
        provenance=step.provenance,
        basis=step.basis,
        subject=subject.id,
        kind=change.kind,
        validity=validity,
    )
    step.begin(designation)


def end_designation(change: EndDesignation, step: Step) -> None:
    """As ``EndDesignation``."""
    designation = step.dated("designation", change.designation, Designation)
    if designation is not None:
        step.end("until", designation, change.until, change.expected_version)


def record_exemption(change: RecordExemption, step: Step) -> None:
    """As ``RecordExemption``: of a target of the level that has the duty."""
    subject = step.target("subject", change.subject)
    regime = step.regime(change.regime)
    validity = step.validity(change.since, change.until)
    duty = None
    if regime is not None:
        position = regime.duty_positions.get(change.duty)
        duty = None if position is None else regime.duties[position]
        if duty is None:
            step.unknown_code("duty", change.duty, list(regime.duty_positions))
    if subject is None or regime is None or duty is None or validity is None:
        return
    level = regime.find_level(subject)
    if level is None or level.code != duty.level:
        step.fault(
            FaultCode.END_NOT_ALLOWED,
            "subject",
            f"{duty.labels.zh}（{duty.code}）是 {duty.level} 的责任要求，{subject.id} 不是",
            f"{duty.code} is a duty of the level {duty.level}, and {subject.id} is not of it",
            allowed=[duty.level],
        )
    check_existence(subject, validity, "since", step)
    exemption = Exemption(
        id=step.new_id(claim_id("exemption", subject.id, duty.code), validity),
        provenance=step.provenance,
        basis=step.basis,
        subject=subject.id,
        regime=regime.code,
        duty=duty.code,
        validity=validity,
    )
    step.begin(exemption)


def end_exemption(change: EndExemption, step: Step) -> None:
    """As ``EndExemption``."""
    exemption = step.dated("exemption", change.exemption, Exemption)
    if exemption is not None:
        step.end("until", exemption, change.until, change.expected_version)
