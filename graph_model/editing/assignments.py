"""Who answers for what, from when and until when (责任关系)."""

from __future__ import annotations

from msgspec import structs

from graph_model.dates import OPEN, BoundState, Validity, limits, parse_until
from graph_model.editing.changes import CreateAssignment, EndAssignment, TransferAssignment
from graph_model.editing.draft import Step
from graph_model.editing.faults import FaultCode
from graph_model.editing.likeness import spoken
from graph_model.keys import relation_id
from graph_model.records import (
    AnyAssignee,
    AnyNode,
    AnyTarget,
    Code,
    Family,
    Relation,
)
from graph_model.regime import Kind, Regime, allows, patterns_of


def create(change: CreateAssignment, step: Step) -> None:
    """As ``CreateAssignment``."""
    regime = step.regime(change.regime)
    kind = None if regime is None else _kind(change.kind, regime, step)
    assignee = step.assignee("assignee", change.assignee)
    target = step.target("target", change.target)
    validity = step.validity(change.since, change.until)
    _check_ends(kind, assignee, target, "assignee", step)
    if regime is None or kind is None or assignee is None or target is None or validity is None:
        return
    draft = Relation(
        id="",
        provenance=step.provenance,
        basis=step.basis,
        family=Family.RESPONSIBILITY,
        kind=kind.code,
        source=assignee.id,
        target=target.id,
        validity=validity,
        regime=regime.code,
        joint=f"joint:{kind.code}:{target.id}" if change.is_joint else None,
    )
    _begin(draft, target, regime, "since", step)


def end(change: EndAssignment, step: Step) -> None:
    """As ``EndAssignment``."""
    assignment = step.relation("assignment", change.assignment, Family.RESPONSIBILITY)
    if assignment is not None:
        step.end("until", assignment, change.until, change.expected_version)


def transfer(change: TransferAssignment, step: Step) -> None:
    """As ``TransferAssignment``. The new one ends where the old one was to end."""
    assignment = step.relation("assignment", change.assignment, Family.RESPONSIBILITY)
    to = step.assignee("to", change.to)
    if assignment is None or to is None:
        return
    regime = step.regime(assignment.regime)
    target = step.around.find_node(assignment.target)
    step.end("on", assignment, change.on, change.expected_version)
    if regime is None or not isinstance(target, AnyTarget) or not step.is_sound:
        return
    _check_ends(regime.find_kind(assignment.kind), to, target, "to", step)
    if to.id == assignment.source:
        step.fault(FaultCode.NOTHING_TO_DO, "to", f"{to.id} 已负责", f"{to.id} answers for it already")
        return
    was_to_end = parse_until(assignment.validity.until).state in {BoundState.KNOWN, BoundState.PARTIAL}
    validity = step.validity(change.on, assignment.validity.until if was_to_end else OPEN, "on")
    if validity is not None:
        begun = structs.replace(
            assignment, provenance=step.provenance, basis=step.basis, source=to.id, validity=validity
        )
        _begin(begun, target, regime, "on", step)


def _begin(assignment: Relation, target: AnyTarget, regime: Regime, field: str, step: Step) -> None:
    """Record a new assignment, once its time is that of its regime and its target, and nothing says so already."""
    validity = assignment.validity
    days, in_force = limits(validity), limits(regime.bounds)
    if days.possible_from >= in_force.possible_until or days.possible_until <= in_force.possible_from:
        step.fault(
            FaultCode.NOT_IN_FORCE,
            field,
            f"{regime.labels.zh}其时不施行（{spoken(regime.bounds)}）",
            f"{regime.code} is not in force then ({spoken(regime.bounds)})",
        )
    check_existence(target, validity, field, step)
    natural = relation_id(Family.RESPONSIBILITY, assignment.kind, assignment.source, assignment.target)
    step.begin(structs.replace(assignment, id=step.new_id(natural, validity)), field)


def check_existence(node: AnyNode, validity: Validity, field: str, step: Step) -> None:
    """Note where something is said of a division wholly before or after its codes: there was no such division."""
    codes = list(step.around.iter_claims(node.id, Code))
    days, spans = limits(validity), [limits(code.validity) for code in codes]
    if spans and not any(
        days.possible_from < span.possible_until and days.possible_until > span.possible_from for span in spans
    ):
        there = ", ".join(sorted(f"{code.text} {spoken(code.validity)}" for code in codes))
        step.fault(
            FaultCode.OUT_OF_TIME,
            field,
            f"其时没有 {node.id}（{there}）",
            f"there was no {node.id} then ({there})",
        )


def _kind(code: str, regime: Regime, step: Step) -> Kind | None:
    kind = regime.find_kind(code)
    if kind is None:
        step.unknown_code("kind", code, list(regime.kind_positions))
    return kind


def _check_ends(
    kind: Kind | None, assignee: AnyAssignee | None, target: AnyTarget | None, field: str, step: Step
) -> None:
    if kind is None:
        return
    for where, node, allowed in ((field, assignee, kind.assignees), ("target", target, kind.targets)):
        if node is not None and not allows(allowed, node):
            either = ", ".join(allowed)
            step.fault(
                FaultCode.END_NOT_ALLOWED,
                where,
                f"{kind.labels.zh}（{kind.code}）此端不能是 {patterns_of(node)[0]}，只能是：{either}",
                f"{kind.code} cannot have {patterns_of(node)[0]} here, only: {either}",
                allowed=allowed,
            )
