"""The decision on a list of changes (裁定): planned, held against the stability rules, and overridden where allowed."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from graph_model.editing.changes import Change, Override
from graph_model.editing.draft import Rules
from graph_model.editing.faults import Fault, FaultCode, words
from graph_model.editing.likeness import shown
from graph_model.editing.planning import Changed, Plan, plan
from graph_model.editing.stability import Breach, find_breaches
from graph_model.editing.telling import finding_of, message_of, remedies_of
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import AnyRecord, Document, Finding, Text


class Verdict(Struct, frozen=True):
    """What becomes of a list of changes. With any fault nothing may be written.

    ``breaches``: the rules that would be broken; ``overridden``: those of them that the override names.
    """

    plan: Plan
    faults: tuple[Fault, ...]
    breaches: tuple[Breach, ...] = ()
    overridden: tuple[Breach, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether it may be written."""
        return not self.faults

    @property
    def changed(self) -> tuple[Changed, ...]:
        """What differs, record by record: what the changes come to, then the findings of what they override."""
        return (*self.plan.changed, *(Changed(finding.id, None, finding) for finding in self.findings))

    @property
    def puts(self) -> tuple[AnyRecord, ...]:
        """All records to be put: those of the changes, and the findings of what they override."""
        return (*self.plan.puts, *self.findings)


def decide(changes: Sequence[Change], override: Override | None, around: Neighbourhood, rules: Rules) -> Verdict:
    """Decide on some changes. ``around`` must hold what ``gathering.gather`` reads."""
    planned = plan(changes, around, rules)
    faults = list(planned.faults)
    if override is not None:
        faults += _override_faults(override, planned, rules)
    if planned.faults:
        return Verdict(planned, tuple(faults))
    breaches = find_breaches(planned, rules)
    named = set() if override is None else set(override.rules)
    overridden = tuple(breach for breach in breaches if breach.rule.code in named)
    faults += [_fault_of(breach, planned, changes) for breach in breaches if breach.rule.code not in named]
    findings = () if override is None else tuple(finding_of(each, override, planned.after) for each in overridden)
    return Verdict(planned, tuple(faults), breaches, overridden, findings)


def _fault_of(breach: Breach, planned: Plan, changes: Sequence[Change]) -> Fault:
    index = planned.indexes.get(breach.record.id)
    return Fault(
        code=FaultCode.RULE_BROKEN,
        message=message_of(breach, planned.after),
        index=index,
        path=() if index is None else (changes[index].day_field,),
        allowed=tuple(remedy.message for remedy in remedies_of(breach)),
        record=breach.record.id,
        rule=breach.rule.code,
    )


def _override_faults(override: Override, planned: Plan, rules: Rules) -> list[Fault]:
    known = [rule.code for regime in rules.regimes.values() for rule in regime.stability_rules]
    faults = [
        Fault(
            code=FaultCode.UNKNOWN_CODE,
            message=Text(
                zh=f"没有规定 {shown(code)}，可用：{', '.join(known)}",
                en=f"there is no rule {shown(code)}; there are: {', '.join(known)}",
            ),
            path=("override", "rules"),
            allowed=words(known),
        )
        for code in override.rules
        if code not in known
    ]
    document = override.basis.document
    if document is None:
        text = Text(zh="突破规定须有依据文件", en="an override rests on a document: name it")
        faults.append(Fault(code=FaultCode.NO_BASIS, message=text, path=("override", "basis", "document")))
    elif not isinstance(planned.after.find_node(document), Document):
        text = Text(zh=f"没有文件 {shown(document)}", en=f"there is no document {shown(document)}")
        faults.append(Fault(code=FaultCode.NOT_FOUND, message=text, path=("override", "basis", "document")))
    return faults
